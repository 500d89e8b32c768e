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


def test_a_list_of_terms_is_no_list_of_links_though_its_first_term_is_one() -> None:
    terms = f"<dl><dt><a href='/wick'>Wick</a></dt><dd>{LONG * 2}</dd><dt>Oil</dt><dd>{LONG}</dd></dl>"
    found = read(f"<h1>The lamp</h1><p>{LONG * 5}</p>{terms}<p>{LONG}</p>")
    assert "\n\nWick\nThe keeper climbs" in found.text


def test_sections_of_one_name_are_one_column() -> None:
    """Though the second tells little and in a list, for which trafilatura leaves it out."""
    links = "".join(
        f"<li><p><a href='https://{place}.example/'>https://{place}.example/lamps/</a> - {LONG}</p></li>"
        for place in ("ness", "quay", "cape", "reef")
    )
    found = read(
        f"<div><h1>The lamp</h1><div class='text'><p>{LONG * 9}</p></div>"
        f"<h2>More lamps</h2><div class='text'><p>{LONG}</p><ul>{links}</ul></div></div>"
    )
    assert "More lamps" in found.text
    assert found.text.count(LONG.strip()) == 14


def test_a_word_in_code_is_no_heading_over_comments() -> None:
    code = "with urllib.request.urlopen(the_address_of_the_lamp) as <b>response</b>:\n    <b>read</b>()"
    found = read(f"<h1>The lamp</h1><p>{LONG * 3}</p><pre>{code}</pre><p><b>Notes</b> are red.</p>")
    assert "as response:\nread()" in found.text
    assert found.text.endswith("Notes are red.")


def test_a_chapter_on_comments_is_not_what_readers_wrote() -> None:
    chapters = "".join(f"<h2>{name}</h2><p>{LONG * 3}</p>" for name in ("Oil", "Comments", "Wick", "Glass"))
    found = read(f"<h1>The lamp</h1><p>{LONG * 3}</p>{chapters}")
    assert found.text.count(LONG.strip()) == 15


def test_the_anchor_of_a_heading_does_not_make_it_furniture() -> None:
    found = read(
        f"<h1>The lamp</h1><p>{LONG * 3}</p><h2 id='related'>Related <a href='/'>lamps</a></h2><p>{LONG}</p>"
    )
    assert "\n\nRelated lamps\n\n" in found.text


def test_short_paragraphs_of_a_dense_script_are_the_article() -> None:
    line = "灯台守は毎晩階段を上り、芯を切りそろえて、日誌に時刻を書き入れます。"
    lines = "".join(f"<div class='s'><p>{number}{line}</p></div>" for number in range(30))
    found = read(f"<h1>灯台</h1><div><div class='s'><p>{line * 3}</p></div>{lines}</div>")
    assert found.text.count(line) == 33


def test_an_aside_between_paragraphs_is_the_articles_though_it_is_called_a_sidebar() -> None:
    aside = f"<div class='sidebar'><p>On wicks: {LONG}</p></div>"
    side = f"<div class='sidebar'><p>Write to us! {LONG}</p></div>"
    found = read(f"<div><h1>The lamp</h1><p>{LONG * 3}</p>{aside}<p>{LONG * 3}</p></div>{side}")
    assert "On wicks" in found.text
    assert "Write to us" not in found.text


def test_numbers_of_sections_are_no_times_of_day() -> None:
    sections = "".join(
        f"<div class='section'><h3>9.1{number}.1. Oil</h3><p>{LONG * 3}</p></div>" for number in range(3)
    )
    found = read(f"<div><h2>9. Stores</h2><p>{LONG}</p>{sections}</div>")
    assert found.shape is Shape.ARTICLE


def test_paragraphs_that_are_marked_one_by_one_are_the_article() -> None:
    """As where the class says what is behind a paywall, or a name of furniture stands on every paragraph."""
    for mark in ("paywall", "promo"):
        said = [
            f"Paragraph {n} of the article says what it has to say about the tower, at some length."
            for n in range(9)
        ]
        body = "".join(f'<p class="{mark}">{one}</p>' for one in said)
        text = extract(
            f"<html><body><h1>The tower</h1><div>{body}</div></body></html>".encode(), "https://a.example/"
        )
        assert text.text == "\n\n".join(said), mark


def test_boxes_that_name_parts_of_comments_are_the_readers_and_one_alone_is_not() -> None:
    said = "The tower was painted on Monday, and nobody knew who had asked for it to be so red."
    comment = '<div class="x_comment_text"><p>I liked it better when it was white.</p></div>'
    reader = f'<div class="x_comment">{comment}</div>'
    for readers, kept in ((reader * 3, False), (reader, True)):
        html = f"<html><body><h1>The tower</h1><div><p>{said}</p>{readers}</div></body></html>"
        assert ("white" in extract(html.encode(), "https://a.example/").text) is kept
