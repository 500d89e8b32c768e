"""`strandline scope`: in or out, by the rules of the crawl."""

import io
import json
from pathlib import Path
from typing import Any

import pytest

from archive.home import Home
from strandline.cli import main

SITE = "https://quay.example"
FILE = f"""seeds = ["{SITE}/blog/", "{SITE}/tag/birds/"]
preset = "wordpress"
[scope]
exclude = ["/private/"]
keep = ["/wp-json/keep"]
depth = 3
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Home:
    monkeypatch.setenv("STRANDLINE_HOME", str(tmp_path))
    assert main(["init"]) == 0
    Home(tmp_path).source("quay").write_text(FILE)
    capsys.readouterr()
    return Home(tmp_path)


def ask(capsys: pytest.CaptureFixture[str], *words: str, code: int) -> list[dict[str, Any]]:
    assert main(["scope", "quay", "--json", *words]) == code
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("words", "scope", "rule"),
    [
        ([f"{SITE}/blog/"], "in", "seed"),
        ([f"{SITE}/tag/birds/"], "in", "seed"),
        (["HTTP://Quay.Example:80/a#b"], "in", "within host quay.example"),
        (["https://other.example/"], "out", "outside host quay.example"),
        ([f"{SITE}/private/a"], "out", "exclude "),
        ([f"{SITE}/a", "--depth", "4"], "out", "depth 4 > 3"),
        ([f"{SITE}/a", "--depth", "3"], "in", "within host quay.example"),
        ([f"{SITE}/a/feed/"], "out", "skipped by preset wordpress: a feed of one post"),
        ([f"{SITE}/wp-json/keep"], "in", "within host quay.example"),
        ([f"{SITE}/a/b/a/b/a/b/a/b"], "out", "trap: a/b repeated 3 times in the path"),
        (["mailto:a@quay.example"], "out", "'mailto:a@quay.example' is not a web address"),
    ],
)
def test_each_rule_is_named(
    home: Home, capsys: pytest.CaptureFixture[str], words: list[str], scope: str, rule: str
) -> None:
    [told] = ask(capsys, *words, code=0 if scope == "in" else 1)
    assert list(told) == ["url", "scope", "rule", "folded", "folded_by", "listing", "depth"]
    assert told["scope"] == scope
    assert told["rule"].startswith(rule)
    assert (told["folded"], told["listing"]) == (None, None)


def test_twins_and_lists_are_told(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    twin, listing = ask(capsys, f"{SITE}/a/?replytocom=5&utm_source=x", f"{SITE}/page/2/", code=0)
    assert (twin["url"], twin["folded"]) == (f"{SITE}/a/?replytocom=5&utm_source=x", f"{SITE}/a/")
    assert twin["folded_by"] == "preset wordpress: replytocom; preset generic: utm_source"
    assert listing["listing"] == "pages of posts, by preset wordpress"
    assert main(["scope", "quay", f"{SITE}/a/?share=x"]) == 0
    assert f"folded to {SITE}/a/ by preset wordpress: share; within host" in capsys.readouterr().out


def test_a_list_is_read_from_standard_input_and_one_that_is_out_decides(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{SITE}/b\n\n  {SITE}/private/c\r\n"))
    told = ask(capsys, f"{SITE}/a", "-", code=1)
    assert [(one["url"], one["scope"]) for one in told] == [
        (f"{SITE}/a", "in"), (f"{SITE}/b", "in"), (f"{SITE}/private/c", "out"),
    ]  # fmt: skip


def test_a_calendar_shuts_where_it_would_in_a_crawl(
    home: Home, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    months = [f"{SITE}/calendar/{year}/{month:02}/" for year in range(2070, 2100) for month in range(1, 13)]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(months)))
    told = ask(capsys, "-", code=1)
    shut = [one["rule"] for one in told if one["scope"] == "out"]
    assert 0 < len(shut) < len(months)
    assert shut[0].startswith("trap: more than ")


def test_an_unknown_source_is_a_mistake(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["scope", "kay", f"{SITE}/"]) == 2
    assert "there is no source 'kay'" in capsys.readouterr().err
