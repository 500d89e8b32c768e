"""Unified diffs that patch(1) takes."""

import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strandline.hunks import hunks

Lines = list[tuple[str, str]]


def sides(lines: Lines) -> tuple[list[str], list[str]]:
    return [line for mark, line in lines if mark != "+"], [line for mark, line in lines if mark != "-"]


def patched(old: list[str], diff: list[str]) -> list[str]:
    """What a strict reader makes of it: every count, place and context line must be right."""
    new: list[str] = []
    at = n = 0
    while n < len(diff):
        ranges = diff[n].removeprefix("@@ -").removesuffix(" @@").split(" +")
        (start, size), (new_start, new_size) = ([int(x) for x in (r + ",1").split(",")[:2]] for r in ranges)
        begin = start - 1 if size else start
        new += old[at:begin]
        assert len(new) == (new_start - 1 if new_size else new_start)
        at, n = begin, n + 1
        while size or new_size:
            mark, line = diff[n][0], diff[n][1:]
            if mark != "+":
                assert old[at] == line
                at, size = at + 1, size - 1
            if mark != "-":
                new.append(line)
                new_size -= 1
            n += 1
    return new + old[at:]


def test_changes_far_apart_are_hunks_of_their_own() -> None:
    lines: Lines = [(" ", str(n)) for n in range(20)]
    lines[2:3] = [("-", "two"), ("+", "zwei")]
    lines.append(("+", "end"))
    assert list(hunks(lines)) == [
        *("@@ -1,6 +1,6 @@", " 0", " 1", "-two", "+zwei", " 3", " 4", " 5"),
        *("@@ -18,3 +18,4 @@", " 17", " 18", " 19", "+end"),
    ]


def test_an_empty_side_names_the_line_before() -> None:
    assert list(hunks([("+", "all new")])) == ["@@ -0,0 +1 @@", "+all new"]
    assert list(hunks([(" ", "same")])) == []


@given(
    st.lists(st.tuples(st.sampled_from("   -+"), st.sampled_from(["a", "b", "", "-", "+ c"])), max_size=60)
)
def test_any_hunks_turn_one_side_into_the_other(lines: Lines) -> None:
    old, new = sides(lines)
    assert patched(old, list(hunks(lines))) == new


@pytest.mark.skipif(shutil.which("patch") is None, reason="patch(1) is not installed")
def test_patch_takes_it(tmp_path: Path) -> None:
    lines: Lines = [(" -+"[n % 7 % 3] if n % 5 == 0 else " ", f"line {n}") for n in range(100)]
    old, new = sides(lines)
    file = tmp_path / "text"
    file.write_text("".join(f"{line}\n" for line in old))
    diff = "".join(f"{line}\n" for line in ("--- text", "+++ text", *hunks(lines)))
    subprocess.run(["patch", "--fuzz=0", str(file)], input=diff, text=True, check=True, capture_output=True)
    assert file.read_text() == "".join(f"{line}\n" for line in new)
