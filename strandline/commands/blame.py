"""`strandline blame`: which version brought each sentence of a page, and which took it away."""

from typing import Annotated

import typer

from archive import access
from strandline.commands import HomeOption, JsonOption
from strandline.output import json_lines, say, table
from strandline.reading import archive_of


def blame(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The page's address.")],
    removed: Annotated[
        bool, typer.Option("--removed", help="Tell of the sentences that are gone instead.")
    ] = False,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Tell of each sentence of a page which version brought it; --removed: which version removed it.

    A sentence that moved is the same sentence; one that was reworded is a new one.
    """
    with archive_of(home) as archive:
        found = access.origins(archive, url)
    rows = found["removed"] if removed else found["sentences"]
    if found["from_version"] > 1:
        say(
            f"Versions before {found['from_version']} were read by another extractor or are too many: what "
            f"version {found['from_version']} has may be older."
        )
    if json:
        json_lines(rows)
    elif not rows:
        say("No sentence was removed." if removed else "It has no text.")
    elif removed:
        table(["removed", "brought", "since", "sentence"], [
            (row["removed"], row["version"], row["since"], row["sentence"]) for row in rows
        ])  # fmt: skip
    else:
        table(["version", "since", "back in", "sentence"], [
            (row["version"], row["since"], row["returned"], row["sentence"]) for row in rows
        ])  # fmt: skip
