"""Blocks that move by themselves: learned from the texts of a source, named, left out, and overruled."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import access, rulings
from archive.model import Entry, Text
from archive.noise import Habit, learn, without
from archive.text import Extractors
from tests.archive.test_ingest import QUAY, SITE, Archived
from tests.archive.test_versions import said
from tests.sites.records import article

TALE = "The crane was repaired before the ice came."
BOX = "Boots and oilskins at half the price, this week only."


def states(*shown: str) -> list[str]:
    """A page's texts: `+` with the box, `-` without it."""
    return [f"{TALE}\n\n{BOX}" if one == "+" else TALE for one in shown[0]]


def found(texts: dict[str, list[str]]) -> list[tuple[Habit, str, int]]:
    return [(noise.habit, noise.block, noise.pages) for noise in learn(texts)]


def test_what_goes_to_and_fro_on_one_page_is_noise_and_what_was_taken_back_is_not() -> None:
    assert found({"/a": states("-+-+")}) == [(Habit.FLIPS, BOX, 1)]
    assert found({"/a": states("+-+-++")}) == [(Habit.FLIPS, BOX, 1)]
    assert found({"/a": states("--++--")}) == []
    assert found({"/a": states("+-+")}) == []


def test_what_came_and_went_on_many_pages_is_noise() -> None:
    many = {f"/{n}": states("-" * (n + 1) + "++-") for n in range(5)}
    assert found(many) == [(Habit.PASSES, BOX, 5)]
    assert found({url: many[url] for url in list(many)[:4]}) == []
    assert found({url: shown[:-1] for url, shown in many.items()}) == []


def counted(*numbers: int) -> list[str]:
    return [f"{TALE}\n\nThe page was seen {number} times." for number in numbers]


def test_what_has_another_number_each_time_on_several_pages_looks_like_a_counter() -> None:
    pages = {f"/{n}": counted(n, n + 5, n + 9) for n in range(3)}
    assert found(pages) == [(Habit.COUNTS, "The page was seen # times.", 3)]
    assert found({**pages, "/2": counted(2, 2, 9)}) == []
    assert found({**pages, "/2": counted(2, 7)}) == []


def test_notes_on_edits_and_long_blocks_are_never_noise() -> None:
    for block in ("Updated on Monday.", "Correction: it was not the crane.", "word " * 600):
        assert found({"/a": [TALE, f"{TALE}\n\n{block.strip()}"] * 3}) == []


def test_a_text_without_noise_keeps_the_rest_and_one_of_noise_alone_stays() -> None:
    noise = {(Habit.FLIPS, BOX), (Habit.COUNTS, "Seen # times.")}
    assert without(said(f"{TALE}\n\n{BOX}\n\nSeen 12 times."), noise).text == TALE
    assert without(said(BOX), noise).text == BOX
    assert without(said(TALE), ()) == said(TALE)
    listing = said(f"{TALE}\n\n{BOX}", entries=(Entry("A", None, None, None, BOX),))
    assert without(listing, noise) is listing


TEXTS = st.dictionaries(
    st.sampled_from(["/a", "/b", "/c"]),
    st.lists(st.sampled_from([TALE, BOX, f"{TALE}\n\n{BOX}", "Seen 1.", "Seen 2."])),
)


@given(TEXTS)
def test_what_is_learned_does_not_depend_on_the_order_of_pages(texts: dict[str, list[str]]) -> None:
    assert learn(dict(reversed(texts.items()))) == learn(texts)
    for noise in learn(texts):
        assert noise.example in texts
        kept: Text = without(said(noise.block), {(noise.habit, noise.block)})
        assert kept.text == noise.block


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def crawled(archived: Archived) -> None:
    """Five runs: a box comes and goes at one page, whose article is edited once; the others stand still."""
    for day in range(5):
        tale = [QUAY[0].replace("voted", "hopes") if day > 2 else QUAY[0], QUAY[1]]
        box = [BOX] if day % 2 else []
        lead = [f"On day {day // 4} the council told of its plans for the harbour."]
        archived.run(
            day, ("/quay", article("The quay", *lead, *tale, *box)), ("/still", article("Still", *QUAY))
        )


def test_a_box_that_comes_and_goes_is_left_out_and_edits_stay(archived: Archived) -> None:
    crawled(archived)
    assert changed(archived) == [["body"], ["body"]]
    (row,) = rulings.noise(archived.engine, "gazette")
    assert (row["kind"], row["block"], row["pages"], row["example"]) == ("to and fro", BOX, 1, f"{SITE}/quay")


def test_a_person_may_keep_it_and_the_word_outlives_the_next_run(archived: Archived) -> None:
    crawled(archived)
    (row,) = rulings.noise(archived.engine, "gazette")
    rulings.overrule(archived.home, archived.engine, "gazette", [row["id"]], keep=True)
    assert len(changed(archived)) == 4
    archived.run(5, ("/still", article("Still", *QUAY)))
    assert len(changed(archived)) == 4
    assert not rulings.noise(archived.engine, "gazette")[0]["left_out"]
    rulings.overrule(archived.home, archived.engine, "gazette", [row["id"]], keep=False)
    assert len(changed(archived)) == 2


def changed(archived: Archived) -> list[list[str]]:
    with access.Archive(archived.home) as archive:
        return [row["kinds"] for row in archive.changes()]


def test_the_order_of_runs_does_not_matter(tmp_path: Path, extractors: Extractors) -> None:
    told = []
    for turn in range(3):
        (tmp_path / str(turn)).mkdir()
        archived = Archived(tmp_path / str(turn), extractors)
        days = random.Random(turn).sample(range(5), 5) if turn else list(range(5))
        for day in days:
            box = [BOX] if day % 2 else []
            archived.run(day, ("/quay", article("The quay", QUAY[0], f"Day {day // 3}.", *box)))
        told.append((changed(archived), rulings.noise(archived.engine, "gazette")))
    assert told[0] == told[1] == told[2]
    assert told[0][0] == [["body"]]
