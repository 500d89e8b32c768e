"""Nothing of an article is lost to rules that are made for furniture: code, anchors, sections, boxes."""

from lxml.html import fromstring

from archive.model import Shape, Text
from archive.text import extract
from archive.text.measures import text_of

LONG = "The keeper climbs the stair each evening, trims the wick and writes the hour into the book. "


def read(body: str) -> Text:
    page = f"<html><head><title>The lamp</title></head><body>{body}</body></html>"
    return extract(page.encode(), "https://lamp.example/a.html")


def test_code_after_an_empty_line_is_kept() -> None:
    found = read(
        f"<h1>The lamp</h1><p>{LONG * 3}</p><pre>wick = 1\n\nwhile wick:\n    burn()\n\nrest()</pre>"
    )
    assert found.text.split("\n\n")[1:] == ["wick = 1", "while wick:\nburn()", "rest()"]


def test_words_inside_of_words_keep_their_order() -> None:
    heading = fromstring("<h1><a href='/'><i>The</i> old</a> lamp<br>of <b>Ness</b></h1>")
    assert text_of(heading) == "The old lamp of Ness"


def test_sections_whose_headings_lead_to_themselves_are_one_article() -> None:
    """Generators of manuals put a link to a section behind its heading, or make the heading that link."""
    sections = "".join(
        f"<section id=s{number}><h2><a href='#s{number}'>Part {number}</a></h2><p>{LONG * 3}</p></section>"
        for number in range(1, 5)
    )
    found = read(f"<h1>The lamp</h1><p>{LONG}</p>{sections}")
    assert found.shape is Shape.ARTICLE
    assert found.text.startswith("The keeper climbs")
    assert [f"Part {number}" in found.text for number in range(1, 5)] == [True] * 4


def test_short_sections_with_anchors_are_no_cards() -> None:
    """An answer of two lines below a question that is a place on the page, as in lists of questions."""
    answers = "".join(
        f"<div class='q'><h3><a name='q{number}'>Who keeps light number {number}?</a></h3><p>{LONG}</p></div>"
        for number in range(3)
    )
    found = read(f"<h1>Questions</h1><p>{LONG * 8}</p>{answers}")
    assert found.text.count("Who keeps light number") == 3
    assert found.text.count(LONG.strip()) == 11
