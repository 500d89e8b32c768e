"""Whether a page told of its edits, and how large they were."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from archive import schema
from archive.model import Openness
from archive.text import Extractors
from archive.versions import history
from tests.archive.test_ingest import QUAY, Archived
from tests.archive.test_versions import HARBOUR, MONDAY, said, seen
from tests.sites.records import article


def test_both_silent_forms_have_a_name() -> None:
    first = said(day=date(2025, 1, 27))
    edited = said(HARBOUR + " More.", day=date(2025, 1, 27))
    assert history([seen(0, first), seen(1, edited)]).changes[0].openness is Openness.SILENT
    redated = said(day=date(2025, 1, 30))
    assert history([seen(0, first), seen(1, redated)]).changes[0].openness is Openness.REDATED


NOTES = (
    "Correction: the crane was repaired last year.",
    "Updated on 29 January.",
    "This article was amended on 29 January.",
    "Aktualisiert am 29. Januar.",
    "Mis à jour le 29 janvier.",
    "Corrección: la grúa fue reparada.",
    "Обновлено 29 января.",
    "Labots 29. janvārī.",
    "更新：1月29日。",
)


@pytest.mark.parametrize("note", NOTES)
def test_a_note_that_came_with_the_edit_announces_it(note: str) -> None:
    later = said(HARBOUR.replace("north", "south") + "\n\n" + note)
    (change,) = history([seen(0, said()), seen(1, later)]).changes
    assert (change.openness, change.announced_by) == (Openness.ANNOUNCED, "a note in its text")
    again = said(later.text.replace("twice", "once"))
    assert history([seen(0, later), seen(1, again)]).changes[0].openness is Openness.SILENT


def test_the_dates_of_modification_and_of_the_feed_announce_an_edit() -> None:
    edited = said(HARBOUR + " More.")
    for name, by in (("modified", "its date of modification"), ("updated", "the feed")):
        captures = [
            seen(0, said(), **{name: MONDAY}),
            seen(1, edited, **{name: f"{MONDAY + timedelta(days=1)}"}),
        ]
        (change,) = history(captures).changes
        assert (change.announced, change.announced_by) == (True, by)
        captures[1] = replace(captures[1], **{name: MONDAY})  # type: ignore[arg-type]  # a name of a field
        assert history(captures).changes[0].announced is False


def test_a_date_of_modification_announces_only_if_it_moved() -> None:
    first = seen(0, said(), modified="2025-01-20")
    edited = seen(2, said(HARBOUR + " More."), modified="2025-01-20")
    assert history([first, seen(1, None, 304), edited]).changes[0].announced is False
    dated = replace(edited, modified="2025-01-29")
    assert history([first, seen(1, None, 304), dated]).changes[0].announced is True
    assert history([replace(first, modified=None), dated]).changes[0].announced is True
    older = replace(first, modified=None, text=said(extractor="x 0"), readings=(said(),))
    assert history([older, dated]).changes[0].announced is False


def test_a_change_tells_which_share_of_the_text_it_concerns() -> None:
    words = " ".join(f"word{n}" for n in range(99))
    (change,) = history([seen(0, said(words + " one")), seen(1, said(words + " two"))]).changes
    assert change.share == 0.01
    (change,) = history([seen(0, said()), seen(1, said("Nothing of it is left, not a line."))]).changes
    assert change.share == 1.0


def test_the_date_of_modification_that_a_page_states_announces_its_edit(
    tmp_path: Path, extractors: Extractors
) -> None:
    archived = Archived(tmp_path, extractors)
    for day, tale in enumerate((QUAY, (QUAY[0].replace("voted", "hopes"), QUAY[1]))):
        stated = f'<meta property="article:modified_time" content="2025-01-{20 + day}T10:00:00Z"></head>'
        archived.run(day, ("/quay", article("The quay", *tale).replace("</head>", stated)))
    with archived.engine.connect() as connection:
        row = connection.execute(select(schema.changes)).one()
    assert (row.openness, row.announced_by) == ("announced", "its date of modification")


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made
