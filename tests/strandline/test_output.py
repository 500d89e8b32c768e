"""Tables and JSON lines, also of hostile text."""

import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from strandline.output import json_lines, printable, say, table


def test_json_lines_are_stable_in_form(capsys: pytest.CaptureFixture[str]) -> None:
    riga = timezone(timedelta(hours=2))
    json_lines(
        [
            {"at": datetime(2025, 1, 27, 6, 0, tzinfo=riga), "date": date(2025, 1, 27), "no": None},
            {"at": datetime(2025, 1, 27, 6, 0, 0, 5, tzinfo=UTC), "file": Path("a/b"), "list": (1, "ū")},
        ]
    )
    assert capsys.readouterr().out.splitlines() == [
        '{"at": "2025-01-27T04:00:00Z", "date": "2025-01-27", "no": null}',
        '{"at": "2025-01-27T06:00:00.000005Z", "file": "a/b", "list": [1, "ū"]}',
    ]


def test_json_holds_hostile_text_unharmed(capsys: pytest.CaptureFixture[str]) -> None:
    json_lines([{"title": "\x1b[31m\n\u202e"}])
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert json.loads(printed) == {"title": "\x1b[31m\n\u202e"}


def test_a_table_shows_every_kind_of_cell(capsys: pytest.CaptureFixture[str]) -> None:
    rows = [
        ("a", 7, datetime(2025, 1, 27, 6, tzinfo=UTC), ["x", "y"], True),
        ("[bold]b", None, None, [], False),
    ]
    table(("name", "pages", "last", "list", "is"), rows)
    assert capsys.readouterr().out == (
        "name     pages  last                     list  is\n"
        "a            7  2025-01-27 06:00:00 UTC  x     yes\n"
        "                                         y\n"
        "[bold]b                                        no\n"
    )


def test_a_title_cannot_steer_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table(("title",), [("\x1b]0;owned\x07\x9b2J\u202eevil\nnext",)])
    say("\x1b[31mred\nnext")
    captured = capsys.readouterr()
    assert captured.out == "title\n\\x1b]0;owned\\x07\\x9b2J\\u202eevil next\n"
    assert captured.err == "\\x1b[31mred\nnext\n"


def test_long_cells_are_folded_not_cut(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "40")
    url = "https://example.org/" + "x" * 100
    table(("url",), [(url,)])
    lines = re.sub(r"\x1b\[\d*m", "", capsys.readouterr().out).splitlines()
    assert max(map(len, lines)) <= 40
    assert "".join(lines[1:]) == url


def test_a_table_without_a_head(capsys: pytest.CaptureFixture[str]) -> None:
    table(("", ""), [("title", "x"), ("n", 7)])
    assert capsys.readouterr().out == "title  x\nn      7\n"


def test_running_text_keeps_its_lines() -> None:
    assert printable("one\ntwo\x1b", lines=True) == "one\ntwo\\x1b"
