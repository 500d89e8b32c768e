"""How the commands that read open the archive, and read page addresses and times as people write them."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC
from pathlib import Path

from archive import access, database, instants
from strandline.complaint import Complaint
from strandline.settings import enter
from strandline.when import Moment, parse


@contextmanager
def archive_of(option: Path | None) -> Iterator[access.Archive]:
    """The archive of the home that is meant. Raises Complaint for what is not there or not readable."""
    home, _settings = enter(option)
    try:
        with access.Archive(home) as archive:
            yield archive
    except (access.NotInArchive, database.DatabaseTrouble) as error:
        raise Complaint(str(error)) from error


def moment(text: str) -> Moment:
    """A time as a person wrote it; days are UTC days. Raises Complaint."""
    return parse(text, instants.now(), UTC)
