"""Room on the disk: sizes as people write them, the reserve, and what an error says of a disk."""

import errno
import sqlite3
from pathlib import Path

import pytest

from archive import database, runs, space
from archive.home import Home


@pytest.mark.parametrize(
    ("text", "size"),
    [("500 MB", 500_000_000), ("1.5GB", 1_500_000_000), ("0", 0), ("2 gb", 2 * 10**9), ("7 kB", 7000)],
)
def test_sizes_as_people_write_them(text: str, size: int) -> None:
    assert space.parse(text) == size


@pytest.mark.parametrize("text", ["", "much", "5 %", "-1 GB", "1 GiB 2", "1e3 MB"])
def test_what_is_no_size_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must be a size"):
        space.parse(text)


def test_by_default_a_share_of_a_small_disk_stays_free_and_no_more_of_a_large_one_than_is_of_use() -> None:
    assert space.reserve(space.Space(0, 100 * 10**6), None) == 5 * 10**6
    assert space.reserve(space.Space(0, 8 * 10**12), None) == 10**9
    assert space.reserve(space.Space(0, 8 * 10**12), 7) == 7


def test_the_guard_counts_what_is_on_its_way_and_does_not_look_at_every_call(tmp_path: Path) -> None:
    now = [0.0]
    free = space.look(tmp_path).free
    guard = space.Guard(Home(tmp_path), free // 2, lambda: now[0])
    assert guard.shortage() is None
    now[0] = 0.9 * space.LOOK_SECONDS
    assert guard.shortage(free) is None
    now[0] = 1.0 * space.LOOK_SECONDS
    short = guard.shortage(free)
    assert short is not None and short.full
    assert f"are free on the disk of {tmp_path}, {space.amount(free)} are on their way" in str(short)
    assert space.Guard(Home(tmp_path), 0).shortage(free) is None, "a reserve of nothing is no guard"


def test_errors_of_the_system_and_of_sqlite_are_told_apart_by_what_they_mean(tmp_path: Path) -> None:
    full = space.trouble(OSError(errno.ENOSPC, "No space left on device", "/d/file"), tmp_path)
    assert full is not None and full.full
    assert str(full) == "nothing more can be written: /d/file: No space left on device"
    broken = space.trouble(OSError(errno.EIO, "Input/output error"), tmp_path)
    assert broken is not None and not broken.full
    assert space.trouble(PermissionError(errno.EACCES, "Permission denied"), tmp_path) is None
    assert space.trouble(KeyError("x"), tmp_path) is None


def test_an_index_that_is_full_says_so_through_all_that_is_wrapped_around_it(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    with engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Exception, match="full") as raised:
        for name in range(1000):
            runs.begin(engine, f"source {name}", {"key": "x" * 5000}, "test")
    assert not isinstance(raised.value, sqlite3.Error)
    found = space.trouble(raised.value, tmp_path)
    assert found is not None and found.full


def test_where_sqlite_does_not_say_why_the_disk_is_asked(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError) as raised:
        sqlite3.connect(tmp_path / "no folder" / "db").execute("CREATE TABLE t (a)")
    sound = space.trouble(raised.value, tmp_path)
    assert sound is not None and not sound.full
    assert "unable to open database file" in str(sound)
    asked = space.trouble(raised.value, Path("/dev/null"))
    assert asked is not None and "Not a directory" in str(asked)
