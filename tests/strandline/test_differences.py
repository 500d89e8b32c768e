"""A comparison as people and programs get to see it."""

import io
import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from lxml import html as lxml_html
from rich.console import Console

from archive import diff
from archive.model import Text
from strandline.differences import Comparison, as_json, as_text, as_unified
from strandline.fragment import as_html

LEDGER = "The harbour master keeps a ledger of every vessel that came in since 1931. It has never been lost."
OLD = f"""The tide came in at six. Nobody saw it. The gulls had left. A dog ran by. It barked.

{LEDGER}

Roses are red
Violets are blue

One thing stays. Another stays, too.

This sentence will be written anew."""
NEW = f"""The tide came in at seven. Nobody saw it. The gulls had left. A dog ran by. It barked.

Roses are red
Violets are dark blue

One thing stays. Another stays, too.

Nobody knows what was here before.

{LEDGER}"""


def text(
    body: str, title: str | None = "Harbour", day: date | None = None, author: str | None = None
) -> Text:
    return Text(title, day, author, None, body, (), "test 1")


def compared(old: Text, new: Text, kinds: tuple[str, ...] = ("body",)) -> Comparison:
    first, second = datetime(2025, 1, 27, 6, tzinfo=UTC), datetime(2025, 2, 3, 6, 30, tzinfo=UTC)
    return Comparison("https://example.org/harbour", first, second, kinds, diff.compare(old, new), 1, 2)


EDITED = compared(text(OLD), text(NEW, "The harbour", date(2025, 1, 28)), ("body", "title", "date"))
SAME = compared(text(OLD), text(OLD), ())


def plain(c: Comparison) -> str:
    console = Console(file=io.StringIO(), color_system=None, width=80)
    console.print(as_text(c), soft_wrap=True)
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def coloured(c: Comparison) -> str:
    console = Console(
        file=io.StringIO(), force_terminal=True, color_system="standard", no_color=False, width=200
    )
    console.print(as_text(c))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def page_of(c: Comparison) -> Any:
    return lxml_html.fromstring(as_html(c))


# --- terminal


def test_without_colours_the_marks_tell_all() -> None:
    assert plain(EDITED).splitlines() == [
        "https://example.org/harbour",
        "2025-01-27 06:00:00 UTC (version 1) → 2025-02-03 06:30:00 UTC (version 2)",
        "body, title, date: 8 words added, 7 words removed, 2 sentences changed, 2 sentences moved",
        "title: Harbour → The harbour",
        "date: none → 2025-01-28",
        "",
        "The tide came in at [-six-]{+seven+}. Nobody saw it.",
        "",
        "… 2 sentences unchanged …",
        "",
        "It barked.",
        "",
        "[↓ The harbour master keeps a ledger of every vessel that came…]",
        "",
        "Roses are red",
        "Violets are {+dark+} blue",
        "",
        "One thing stays. Another stays, too.",
        "",
        "[-This sentence will be written anew.-]{+Nobody knows what was here before.+}",
        "",
        f"{{↓ {LEDGER}}}",
    ]


def test_with_colours_there_are_no_marks() -> None:
    shown = coloured(EDITED)
    assert "\x1b[9;31msix\x1b[0m\x1b[32mseven\x1b[0m" in shown
    assert f"\x1b[34m↓ {LEDGER}\x1b[0m" in shown
    assert "{+" not in shown


def test_nothing_to_show_is_said() -> None:
    assert "no difference" in plain(SAME)
    only_title = plain(compared(text("Same."), text("Same.", "New"), ("title",)))
    assert "title: Harbour → New" in only_title
    assert "Same." not in only_title


def test_a_paragraph_break_that_came_is_marked() -> None:
    assert "One here.{+¶+}\n\nTwo here." in plain(
        compared(text("One here. Two here."), text("One here.\n\nTwo here."))
    )
    assert "One here.[-¶-] Two here." in plain(
        compared(text("One here.\n\nTwo here."), text("One here. Two here."))
    )


def test_an_appended_paragraph_stands_apart() -> None:
    assert "One here.\n\n{+Two here.+}" in plain(compared(text("One here."), text("One here.\n\nTwo here.")))


def test_instants_are_shown_in_their_zone() -> None:
    riga = datetime(2025, 1, 27, 6, tzinfo=UTC).astimezone(ZoneInfo("Europe/Riga"))
    c = Comparison("https://example.org/", riga, riga, (), SAME.diff, None, None)
    assert "2025-01-27 08:00:00 EET → 2025-01-27 08:00:00 EET" in plain(c)


# --- unified


def test_the_unified_form_has_a_sentence_a_line() -> None:
    assert as_unified(
        compared(text("One. Two.\n\nThree."), text("One. Two too.\n\nThree."))
    ).splitlines() == [
        "--- https://example.org/harbour\t2025-01-27T06:00:00.000000Z",
        "+++ https://example.org/harbour\t2025-02-03T06:30:00.000000Z",
        "@@ -1,4 +1,4 @@",
        " One.",
        "-Two.",
        "+Two too.",
        " ",
        " Three.",
    ]


def test_changed_metadata_leads_the_unified_form() -> None:
    lines = as_unified(EDITED).splitlines()
    assert lines[3:6] == ["-title: Harbour", "+title: The harbour", "+date: 2025-01-28"]
    assert as_unified(SAME) == ""


def test_the_lines_of_a_version_are_the_same_in_every_comparison() -> None:
    """Or a series of diffs could not be applied one after the other."""
    texts = [
        "One here. Two here.",
        "One here.\n\nTwo here, and three.",
        "One here.\nTwo here. And three.",
        "Four.",
    ]
    for body in texts:
        seen = set()
        for other in texts:
            if other != body:
                lines = as_unified(compared(text(body), text(other))).splitlines()[3:]
                seen.add(tuple(line[1:] for line in lines if line[0] != "+"))
        assert len(seen) == 1


# --- page


def test_the_page_shows_changes_as_insertions_and_deletions() -> None:
    page = page_of(EDITED)
    assert [e.text_content() for e in page.xpath("//main//del[not(@class)]")] == [
        "six",
        "This sentence will be written anew.",
    ]
    assert [e.text_content() for e in page.xpath("//dl//ins")] == ["The harbour", "2025-01-28"]
    assert [e.text_content() for e in page.xpath("//summary")] == ["… 2 sentences unchanged …"]
    assert "A dog ran by." in page.xpath("string(//details)")
    assert [e.text_content() for e in page.xpath("//p[.//br]")] == ["Roses are red\nViolets are dark blue"]


def test_the_two_places_of_a_move_lead_to_each_other() -> None:
    page = page_of(EDITED)
    away, here = page.xpath("//*[@class='moved']")
    assert (away.tag, here.tag) == ("del", "ins")
    assert away.text_content() == here.text_content() == f"↓{LEDGER}"
    assert away.xpath(".//a/@href") == ["#" + here.xpath(".//a/@id")[0]]
    assert here.xpath(".//a/@href") == ["#" + away.xpath(".//a/@id")[0]]


# --- JSON


def test_the_json_has_the_documented_keys() -> None:
    answer = json.loads(json.dumps(as_json(EDITED)))
    assert answer["url"] == "https://example.org/harbour"
    assert (answer["from"], answer["to"]) == ("2025-01-27T06:00:00.000000Z", "2025-02-03T06:30:00.000000Z")
    assert answer["kinds"] == ["body", "title", "date"]
    assert answer["metadata"][1] == {"field": "date", "old": None, "new": "2025-01-28"}
    assert answer["blocks"][0] == {
        "op": "replace",
        "old": "The tide came in at six. ",
        "new": "The tide came in at seven. ",
        "words": [
            {"op": "equal", "old": "The tide came in at ", "new": "The tide came in at "},
            {"op": "replace", "old": "six", "new": "seven"},
            {"op": "equal", "old": ". ", "new": ". "},
        ],
    }
    assert {block["op"] for block in answer["blocks"]} == {"equal", "insert", "delete", "replace", "move"}
    assert "".join(block["old"] for block in answer["blocks"]) == OLD


# --- hostile texts

EVIL = (
    "\x1b]0;owned\x07\x1b[2J \x9b31m \u202eslaer \r\x00 \x7f [red]x[/red] <script>alert(1)</script> </p>&amp;"
)


@pytest.mark.parametrize("form", [plain, coloured, as_unified, as_html])
def test_nothing_steers_the_terminal_or_opens_a_tag(form: Callable[[Comparison], str]) -> None:
    c = compared(
        text(f"Same {EVIL} here. {EVIL}", EVIL), text(f"Same {EVIL} there. New {EVIL}", None, None, EVIL)
    )
    shown = form(
        Comparison("https://example.org/" + EVIL, c.source_from, c.source_to, (EVIL,), c.diff, None, None)
    )
    ours = re.sub(r"\x1b\[[0-9;]*m", "", shown)
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]", ours)
    assert "␛]0;owned␇" in ours
    if form is as_html:
        page: Any = lxml_html.fromstring(shown)
        assert not page.xpath("//script | //@style | //@*[starts-with(name(), 'on')]")
        assert "<script>alert(1)</script> </p>&amp;" in page.text_content()
    else:
        assert "[red]x[/red]" in ours
        assert "\x1b[2J" not in shown


NASTY = st.text(
    alphabet=st.one_of(st.sampled_from(list(" \n.<&>\"'\x1b\x85\u2028\ud800ab")), st.characters()),
    max_size=80,
)


@given(NASTY, NASTY)
def test_every_form_takes_every_text(old: str, new: str) -> None:
    c = compared(text(old, old), text(new, new))
    plain(c).encode()
    as_json(c)
    assert len(as_unified(c).encode().decode().split("\n")) == as_unified(c).count("\n") + 1
    etree.fromstring(re.sub(r"<meta [^>]*>|<!doctype html>", "", as_html(c)).replace("<br>", "<br/>"))
