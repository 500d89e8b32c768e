"""Files that are taken in become runs that asked nobody; wherever that is cut short, the next try goes on."""

import gzip
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from archive import access, instants, space, warc
from archive.facts import Beginning, ended, told
from tests.archive.care.foreign_files import MONDAY, SITE, members, one_member, plain, response, wacz
from tests.archive.care.keeper import FIRST, OTHER, SECOND, Keeper
from tests.sites.records import Answer


def test_a_file_is_a_run_that_asked_nobody(keeper: Keeper, tmp_path: Path) -> None:
    path = members(tmp_path / "old.warc.gz", [response("/1", 0, FIRST), response("/2", 1, OTHER)])
    taken = keeper.take(path)
    assert (taken.outcome, taken.captures, taken.pages, taken.changes) == ("taken", 2, 2, 0)
    assert (taken.copied, taken.records, taken.damage) == (True, {"response": 2}, {})
    (run,) = keeper.runs()
    assert (run["imported"], run["outcome"], run["requests"], run["bytes"]) == (True, "succeeded", 0, 0)
    assert (run["started"], run["ended"]) == (MONDAY, MONDAY + timedelta(days=1))
    copy, *_ = [one for one in keeper.files() if one.name.endswith("00000.warc.gz")]
    assert copy.read_bytes() == path.read_bytes()
    with access.Archive(keeper.order.home) as archive:
        slots = access.slots_of(archive.engine, ["gazette"], instants.now())["gazette"]
    assert not any(slots.values()), "for the calendar it never was"


def test_a_file_that_is_known_adds_nothing(keeper: Keeper, tmp_path: Path) -> None:
    path = members(tmp_path / "old.warc.gz", [response("/1", 0, FIRST)])
    (run,) = keeper.take(path).runs
    before = keeper.files()
    renamed = path.rename(tmp_path / "other-name.warc.gz")
    again = keeper.take(renamed)
    assert (again.outcome, again.runs) == ("known", (run,))
    unpacked = plain(tmp_path / "unpacked.warc", [response("/1", 0, FIRST)])
    again = keeper.take(unpacked)
    assert (again.outcome, again.reason, again.duplicates) == ("known", "all of its captures are here", 1)
    assert (keeper.files(), len(keeper.runs())) == (before, 1)


def test_the_order_of_files_does_not_matter(keeper: Keeper, tmp_path: Path) -> None:
    bodies = [FIRST, FIRST, SECOND, SECOND, FIRST]
    packings = [members, plain, one_member, members, plain]
    paths = [
        pack(tmp_path / f"{day}.warc", [response("/1", day, body)])
        for day, (body, pack) in enumerate(zip(bodies, packings, strict=True))
    ]
    for path in random.Random(3).sample(paths, len(paths)):
        assert keeper.take(path).outcome == "taken"
    assert keeper.versions() == [2, 2, 1]
    assert [(kinds, to[:10]) for _, kinds, to in keeper.changes()] == [
        (["body"], "2019-03-06"),
        (["body"], "2019-03-08"),
    ]


def test_what_is_half_known_adds_the_other_half(keeper: Keeper, tmp_path: Path) -> None:
    first, second = response("/1", 0, FIRST), response("/1", 1, SECOND)
    keeper.take(members(tmp_path / "a.warc.gz", [first]))
    taken = keeper.take(members(tmp_path / "b.warc.gz", [first, second]))
    assert (taken.captures, taken.duplicates, keeper.versions()) == (1, 1, [1, 1])


@pytest.mark.parametrize(
    ("records", "said"),
    [([], "no WARC file"), ([b"<html>"], "no WARC file")],
    ids=["empty", "a page"],
)
def test_what_is_no_archive_is_refused(
    keeper: Keeper, tmp_path: Path, records: list[bytes], said: str
) -> None:
    taken = keeper.take(plain(tmp_path / "x", records))
    assert taken.outcome == "refused" and said in str(taken.reason)
    assert keeper.runs() == [] and keeper.files() == []
    assert keeper.take(tmp_path).outcome == keeper.take(tmp_path / "none").outcome == "refused"


def test_a_name_cannot_write_fields_or_paint_the_terminal(keeper: Keeper, tmp_path: Path) -> None:
    path = plain(tmp_path / "a\r\nWARC-Type: x\x1b[31m.warc", [response("/1", 0, FIRST)])
    taken = keeper.take(path)
    assert taken.file == "a??WARC-Type: x?[31m.warc"
    heads = [gzip.decompress(one.read_bytes()) for one in keeper.files() if one.name.endswith(".warc.gz")]
    assert len(heads) == 2 and not any(b"\nWARC-Type: x" in head or b"\x1b" in head for head in heads)
    assert keeper.take(path).outcome == "known"


class CutShort(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("packed", [True, False], ids=["a WACZ file", "plain"])
def test_wherever_it_is_cut_short_the_next_time_goes_on(keeper: Keeper, tmp_path: Path, packed: bool) -> None:
    records = [response(f"/{n}", n, FIRST.replace("Nine", f"{n + 9}")) for n in range(6)]
    if packed:
        halves = [
            members(tmp_path / "a.warc.gz", records[:3]),
            one_member(tmp_path / "b.warc.gz", records[3:]),
        ]
        path = wacz(tmp_path / "site.wacz", halves)
    else:
        path = plain(tmp_path / "site.warc", records)
    steps: list[str] = []

    def end_at(place: int) -> Any:
        def watch(what: str, _done: int, _total: int) -> None:
            steps.append(what)
            if len(steps) > place:
                raise CutShort

        return watch

    place = 0
    while True:
        steps.clear()
        try:
            keeper.take(path, watch=end_at(place))
            break
        except CutShort:
            place += 1
        assert place < 200
    assert place > 8
    assert len(keeper.runs()) == 1 and keeper.runs()[0]["outcome"] == "succeeded"
    assert [keeper.versions(f"/{n}") for n in range(6)] == [[1]] * 6
    assert keeper.take(path).outcome == "known"
    assert not [one for one in keeper.files() if one.name.endswith(".open")]
    assert keeper.damage() == []


def test_without_room_it_stops_and_goes_on_later(keeper: Keeper, tmp_path: Path) -> None:
    path = plain(tmp_path / "a.warc", [response("/1", 0, FIRST)])
    with pytest.raises(space.DiskTrouble) as caught:
        keeper.take(path, reserve=1 << 60)
    assert caught.value.full
    assert (keeper.files(), keeper.runs()) == ([], [])
    copied = members(tmp_path / "b.warc.gz", [response("/1", 0, FIRST)])
    with pytest.raises(space.DiskTrouble):
        keeper.take(copied, reserve=1 << 60)
    assert [run["outcome"] for run in keeper.runs()] == ["failed"], "it is known that it was begun"
    assert keeper.take(copied).outcome == "taken"
    assert [run["outcome"] for run in keeper.runs()] == ["succeeded"]


def crawled(path: Path, run: str, day: int, bodies: dict[str, str], *, last: bool) -> Path:
    """A file of a run of another home; the last one tells that all there was had been asked."""
    at = MONDAY.astimezone(UTC) + timedelta(days=day)
    begun = Beginning(run, "elsewhere", at, at, False, 0, {"delay": 1}, "Strandline/0.1")
    writer = warc.Writer(path, told(begun))
    for name, body in bodies.items():
        writer.write([Answer(SITE + name, at + timedelta(minutes=len(name)), body).draft()])
    if last:
        writer.write([ended(run, {"ended": instants.iso(at + timedelta(hours=1)), "exhausted": "yes"})])
    return writer.seal()


@pytest.mark.parametrize("seed", range(3))
def test_files_of_our_own_runs_come_in_any_order(keeper: Keeper, tmp_path: Path, seed: int) -> None:
    """Those of one run become one run; and after a whole one, what is new to the next is a new page."""
    paths = [
        crawled(tmp_path / "a-0.warc.gz", "aaaaaaaa", 0, {"/1": FIRST}, last=False),
        crawled(tmp_path / "a-1.warc.gz", "aaaaaaaa", 0, {"/": OTHER}, last=True),
        crawled(tmp_path / "b-0.warc.gz", "bbbbbbbb", 2, {"/1": SECOND, "/2": OTHER}, last=False),
        crawled(tmp_path / "b-1.warc.gz", "bbbbbbbb", 2, {"/": OTHER}, last=True),
    ]
    random.Random(seed).shuffle(paths)
    for path in paths:
        assert keeper.take(path).outcome == "taken"
    runs = keeper.runs()
    assert [(run["started"], run["outcome"], run["captures"]) for run in runs] == [
        (MONDAY, "succeeded", 2),
        (MONDAY + timedelta(days=2), "succeeded", 3),
    ]
    assert [run["ended"] for run in runs] == [run["started"] + timedelta(hours=1) for run in runs]
    assert {(page, *kinds) for page, kinds, _ in keeper.changes()} == {("/1", "body"), ("/2", "new")}
    assert keeper.damage() == []


def test_a_file_may_hold_several_runs(keeper: Keeper, tmp_path: Path) -> None:
    """As `cat` makes one of many: each is a run again."""
    parts = [
        crawled(tmp_path / "a.warc.gz", "aaaaaaaa", 0, {"/1": FIRST}, last=True),
        crawled(tmp_path / "b.warc.gz", "bbbbbbbb", 2, {"/1": SECOND}, last=True),
        members(tmp_path / "c.warc.gz", [response("/1", 9, FIRST)]),
    ]
    path = tmp_path / "all.warc.gz"
    path.write_bytes(b"".join(one.read_bytes() for one in reversed(parts)))
    taken = keeper.take(path)
    assert (taken.outcome, len(taken.runs), taken.captures) == ("taken", 3, 3)
    assert keeper.versions() == [1, 1, 1]
    assert keeper.take(parts[0]).outcome == "known"
    assert keeper.damage() == []


def test_nothing_is_dated_by_the_day_of_the_import(keeper: Keeper, tmp_path: Path) -> None:
    keeper.take(members(tmp_path / "a.warc.gz", [response("/1", 0, FIRST)]))
    with access.Archive(keeper.order.home) as archive:
        (row,) = archive.versions(SITE + "/1")
    assert row["first"] == row["last"] == datetime(2019, 3, 4, 6, tzinfo=UTC)
