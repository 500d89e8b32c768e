"""Preparing a run: what its frontier holds, and what is not done again when it is taken up."""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from archive import instants
from archive.home import Home
from crawler import run
from crawler.frontier import Frontier
from crawler.rows import Found, Standing, State, UrlKind
from crawler.source import Source
from tests.crawler.crawls import RUN, source

SEED = "https://quay.example/"


def prepared(root: Path, given: Source, known: Iterator[Found]) -> list[str]:
    """The paths that wait, in their order."""
    home = Home(root)
    run.prepare(home, run.Order(RUN, given, instants.now(), None, 0, "test"), known)
    frontier = Frontier(home.run(RUN) / "frontier.db")
    frontier.recall()
    taken = iter(lambda: frontier.take("quay.example", 1.0), None)
    waiting = [row.url.removeprefix(SEED) for row in taken if row.kind is UrlKind.PAGE]
    frontier.close()
    return waiting


def pages() -> Iterator[Found]:
    for path, depth, standing in (
        ("a", 2, Standing.SAME),
        ("tag/x", 1, Standing.SAME),
        ("b", 3, Standing.CHANGED),
    ):
        yield Found(SEED + path, UrlKind.PAGE, depth, standing=standing)


def never() -> Iterator[Found]:
    raise AssertionError("what the archive knows is looked at a second time")
    yield


def test_what_changed_before_comes_before_the_rest(tmp_path: Path) -> None:
    assert prepared(tmp_path, source(SEED), pages()) == ["", "b", "tag/x", "a"]


def test_a_run_that_is_taken_up_has_what_it_starts_from(tmp_path: Path) -> None:
    first = prepared(tmp_path, source(SEED), pages())
    assert prepared(tmp_path, source(SEED), never()) == first


def test_it_is_filled_again_where_it_was_broken_off(tmp_path: Path) -> None:
    def broken() -> Iterator[Found]:
        yield next(pages())
        raise KeyboardInterrupt

    with suppress(KeyboardInterrupt):
        prepared(tmp_path, source(SEED), broken())
    assert prepared(tmp_path, source(SEED), pages()) == ["", "b", "tag/x", "a"]


def test_what_the_archive_knows_goes_in_as_what_stands_for_it(tmp_path: Path) -> None:
    twins = ["a/?replytocom=5", "a/", "a/?replytocom=6", "b/?replytocom=7"]
    known = (Found(SEED + path, UrlKind.PAGE, 1) for path in twins)
    assert prepared(tmp_path, source(f"{SEED}?utm_source=x"), known) == ["", "a/", "b/"]


def test_a_preset_that_was_changed_meanwhile_holds(tmp_path: Path) -> None:
    def known() -> Iterator[Found]:
        yield Found(f"{SEED}a/feed/", UrlKind.PAGE, 1)

    assert prepared(tmp_path, source(SEED, preset="generic"), known()) == ["", "a/feed/"]
    assert prepared(tmp_path, source(SEED, preset="wordpress"), known()) == [""]
    assert prepared(tmp_path, source(SEED, preset="wordpress", scope={"keep": ["/feed/"]}), known()) == [
        "",
        "a/feed/",
    ]


def test_a_scope_that_was_changed_meanwhile_holds(tmp_path: Path) -> None:
    prepared(tmp_path, source(SEED), pages())
    narrow = source(SEED, scope={"exclude": ["/tag/"]})
    assert prepared(tmp_path, narrow, pages()) == ["", "b", "a"]
    assert run.progress(Home(tmp_path), RUN).states[State.OUT] == 1
    assert prepared(tmp_path, source(SEED, scope={"depth": 2}), pages()) == ["", "tag/x", "a"]
