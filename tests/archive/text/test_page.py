"""What becomes of one page's bytes: encodings, dates, canonical form, and bytes that are no page at all."""
# ruff: noqa: E501  (a page reads best unbroken)

import random
import subprocess
import sys
from datetime import date

import pytest

from archive.text import EXTRACTOR, extract
from archive.text.dates import first

URL = "https://lamp.example/a"
RUSSIAN = "В посёлке построили новый причал длиной сорок пять метров. Лестница насчитывает шестьдесят ступеней, и сверху виден весь залив. "


def page(body: str, head: str = "") -> str:
    return f"<html><head>{head}<title>x</title></head><body><div><p>{body * 4}</p></div></body></html>"


def test_the_charset_and_the_rule_that_told_it_are_kept() -> None:
    found = extract(page(RUSSIAN).encode("cp1251"), URL, "text/html; charset=windows-1251")
    assert (found.charset, found.reasons[0]) == ("windows-1251", "charset windows-1251: the HTTP header")
    assert found.text == (RUSSIAN * 4).strip()


@pytest.mark.parametrize("element", ["article", "main", "section", "header", "div"])
def test_tags_that_may_be_left_out_may_be(element: str) -> None:
    """HTML, section 13.1.2.4: of `html`, `head` and `body` neither tag is needed."""
    head = "<meta charset=utf-8><title>Boats</title>"
    body = f"<{element}><h1>Boats</h1><p>The harbour master counted nine boats on Monday.</p></{element}><p>More.</p>"
    short, whole = (
        extract(page.encode(), "https://example.org/", None)
        for page in (head + body, f"<html><head>{head}</head><body>{body}</body></html>")
    )
    assert "nine boats" in whole.text
    assert (short.title, short.text) == (whole.title, whole.text)


def test_a_page_that_shows_much_and_says_little_is_doubtful() -> None:
    said = "The ferry will not run on Monday, whatever the poster on the quay says about it."
    boxes = f"<p class='sidebar'><a href='/ferry'>{said}</a></p>"
    text = extract(f"<html><body><h1>Lamp</h1><p>Short.</p>{boxes * 30}</body></html>".encode(), URL)
    assert text.text == "Short."
    assert text.reasons[-1] == "doubtful: the text has 6 of the page's 2441 visible characters"
    whole = extract(page(RUSSIAN).encode(), URL)
    assert not [reason for reason in whole.reasons if reason.startswith("doubtful")]


@pytest.mark.parametrize(
    ("text", "language", "day"),
    [
        ("5 Jul, 2025 21:37", None, date(2025, 7, 5)),
        ("Monday, January 27, 2025", None, date(2025, 1, 27)),
        ("23 January 2018", None, date(2018, 1, 23)),
        ("14th May 1893", None, date(1893, 5, 14)),
        ("5 июля 2025", None, date(2025, 7, 5)),
        ("Δευτέρα 27 Ιανουαρίου 2025", None, date(2025, 1, 27)),
        ("18 de septiembre de 2020", None, date(2020, 9, 18)),
        ("1er août 2021", None, date(2021, 8, 1)),
        ("3. März 2019", None, date(2019, 3, 3)),
        ("2024-02-29T10:00:00Z", None, date(2024, 2, 29)),
        ("05.09.2023", None, date(2023, 9, 5)),
        ("05/09/2023", "es", date(2023, 9, 5)),
        ("05/09/2023", "en-US", date(2023, 5, 9)),
        ("05/09/2023", "en", None),
        ("25/09/2023", "en", date(2023, 9, 25)),
        ("31 February 2023", None, None),
        ("in 1998, 34 people", None, None),
        ("Sale 12 marks 2024", None, None),
        ("May 2024", None, None),
    ],
)
def test_dates(text: str, language: str | None, day: date | None) -> None:
    assert first(text, language) == day


def test_line_borders_lists_and_paragraphs() -> None:
    html = """<html><body><h1>Poem</h1><div>One line<br>of two.<br><br>  Next \u200bparagraph\u00a0 here.
    <ul><li>first</li><li><p>second</p></li></ul><pre>kept\n  lines</pre><p>e\u0301</p></div></body></html>"""
    text = extract(html.encode(), URL)
    assert text.title == "Poem"
    assert text.text == "One line\nof two.\n\nNext paragraph here.\n\nfirst\nsecond\n\nkept\nlines\n\né"


def test_an_address_hidden_by_cloudflare_is_read_whatever_its_key() -> None:
    texts = set()
    for key in (0x10, 0x77):
        code = bytes([key, *(byte ^ key for byte in b"ann@lamp.example")]).hex()
        body = f'<p>Write to <a class="__cf_email__" data-cfemail="{code}">[email&#160;protected]</a> before the end of May.</p>'
        texts.add(extract(f"<html><body><h1>Hello there</h1>{body}</body></html>".encode(), URL).text)
    assert texts == {"Write to ann@lamp.example before the end of May."}


def test_a_page_without_a_date_gets_none() -> None:
    text = extract(page("In June 1998 the society bought the tower for 12,000 pounds. ").encode(), URL)
    assert (text.date, text.author, text.entries) == (None, None, ())


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b" \n ",
        b"\x00" * 1000,
        b"%PDF-1.7 ...",
        bytes(range(256)) * 20,
        b"<",
        b"<html>",
        b"<html><frameset><frame src=a></frameset></html>",
        b"<!DOCTYPE html [<!ENTITY a 'x'>]><p>&a;</p>",
        b"<div>" * 100_000 + b"deep",
        b"<table><tr><td>" * 3000,
        b"<p>" + b"&#x10FFFF;&#0;" * 100,
        b"\xff\xfe<",
        random.Random(7).randbytes(5000),
    ],
)
def test_any_bytes_give_a_text(payload: bytes) -> None:
    text = extract(payload, URL)
    assert isinstance(text.text, str)
    assert text.extractor == EXTRACTOR


@pytest.mark.nightly  # six seconds
def test_a_text_of_more_than_ten_megabytes_is_read_to_its_end() -> None:
    said = "The harbour master counted the boats, and wrote it down in the large book. " * 140_000
    page = (
        f"<title>Long</title><article><h1>Long</h1><p>{said}</p><p>That is all there is to say.</p></article>"
    )
    assert extract(page.encode(), "https://a.example/", "text/html").text.endswith("there is to say.")


def test_plain_text_is_read_as_it_is() -> None:
    assert extract(b"One\r\nline\r\n\r\nTwo", URL, "text/plain").text == "One\nline\n\nTwo"


def test_the_extractor_names_both_versions() -> None:
    assert EXTRACTOR.startswith("strandline-text 5; trafilatura 2.")


def test_importing_the_room_loads_neither_lxml_nor_trafilatura() -> None:
    code = "import sys, archive.text; print(sorted({'lxml', 'trafilatura', 'multiprocessing'} & set(sys.modules)))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("head", "reasons"),
    [
        (
            '<meta property="og:title" content="The quay"><meta name="dc.date" content="2024-05-03">',
            [
                "title: from the head, og:title (likely)",
                "date: from the head, dc.date (likely)",
                "author: none was found",
            ],
        ),
        (
            '<title>The quay</title><script type="application/ld+json">{"@type": "NewsArticle", "author": '
            '{"name": "Ann Reed"}, "datePublished": "2024-05-03T10:00:00Z"}</script>',
            [
                "title: from the head, title (likely)",
                "date: from the head, JSON-LD (likely)",
                "author: from the head, JSON-LD (likely)",
            ],
        ),
    ],
)
def test_each_value_says_where_it_comes_from(head: str, reasons: list[str]) -> None:
    body = "<p>The ferry will not run in a strong wind, whatever the poster says.</p>" * 3
    text = extract(f"<html><head>{head}</head><body>{body}</body></html>".encode(), URL)
    assert [one for one in text.reasons if one.startswith(("title:", "date:", "author:"))] == reasons
