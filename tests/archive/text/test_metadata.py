"""What a page says of itself: dates with time and zone, canonical address, and how sure each value is."""

from datetime import date

import pytest
from dateparser.data.date_translation_data import cs, fi, hr, lt, pl, tr, uk

from archive.model import Evidence, Shape, Sureness, Text
from archive.text import dates, extract, months

URL = "https://lamp.example/2024/05/03/quay"
BODY = "<p>The ferry will not run in a strong wind, whatever the poster on the quay says about it.</p>" * 3


def page(head: str = "", before: str = "", body: str = BODY, url: str = URL) -> Text:
    html = f"<html><head>{head}</head><body><article><h1>The quay</h1>{before}{body}</article></body></html>"
    return extract(html.encode(), url)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("5 січня 2023 р.", "uk"),
        ("2023. gada 5. janvārī", "lv"),
        ("2023 m. sausio 5 d.", "lt"),
        ("2023. január 5.", "hu"),
        ("5. ledna 2023", "cs"),
        ("5. 1. 2023", "sk"),
        ("5 stycznia 2023", "pl"),
        ("5. tammikuuta 2023", "fi"),
        ("den 5 januari 2023", "sv"),
        ("5 Ocak 2023", "tr"),
        ("٥ يناير ٢٠٢٣", "ar"),
        ("5 בינואר 2023", "he"),
        ("5 जनवरी 2023", "hi"),
        ("5 ม.ค. 2566", "th"),
        ("2023年1月5日", "ja"),
        ("2023. 1. 5.", "ko"),
        ("5 de gener de 2023", "ca"),
        ("5 tháng 1, 2023", "vi"),
        ("5 ΙΑΝΟΥΑΡΙΟΥ 2023", "el"),
    ],
)
def test_dates_in_the_languages_of_the_sources(text: str, language: str) -> None:
    assert dates.first(text, language) == date(2023, 1, 5)


def test_a_name_that_means_two_months_is_read_in_the_pages_language() -> None:
    assert [dates.first("5 listopada 2023", language) for language in ("pl", "hr", "en", None)] == [
        date(2023, 11, 5),
        date(2023, 10, 5),
        None,
        None,
    ]


@pytest.mark.parametrize("table", [cs, fi, hr, lt, pl, tr, uk])
def test_every_name_of_the_tables_means_its_month(table: object) -> None:
    info: dict[str, list[str]] = table.info  # type: ignore[attr-defined]  # a module without types
    language = str(info["name"])
    for number, english in enumerate(months.ENGLISH, 1):
        for name in info[english]:
            assert len(name) < 3 or months.month(name, language) == number, name


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("2025-07-05T21:37:00+03:00", "2025-07-05T21:37:00+03:00"),
        ("2025-07-05T21:37:00.123Z", "2025-07-05T21:37:00Z"),
        ("20250705T213700Z", "2025-07-05T21:37:00Z"),
        ("20250705213700", "2025-07-05T21:37:00"),
        ("Sat, 05 Jul 2025 21:37:00 +0300", "2025-07-05T21:37:00+03:00"),
        ("5 Jul, 2025 9:37 pm", "2025-07-05T21:37"),
        ("2025-07-05", "2025-07-05"),
        ("2025-07-05T99:99", "2025-07-05"),
        ("yesterday", None),
    ],
)
def test_instants_keep_time_and_zone(field: str, said: str | None) -> None:
    assert dates.instant(field) == said


def test_a_day_that_the_reader_sees_gets_its_time_from_the_head() -> None:
    meta = '<meta property="article:published_time" content="2024-05-03T08:15:00+02:00">'
    text = page(meta, "<p class=byline>By Ann Reed, 3 May 2024. Updated: 4 May 2024, 10:05</p>")
    assert (text.date, text.published) == (date(2024, 5, 3), "2024-05-03T08:15:00+02:00")
    assert (text.author, text.modified) == ("Ann Reed", "2024-05-04T10:05")
    place = "the byline and the head, article:published_time and the address"
    assert Evidence("date", place, Sureness.SURE) in text.evidence
    assert f"date: from {place} (sure)" in text.reasons


def test_what_is_seen_stands_before_what_is_declared_and_is_then_not_sure() -> None:
    meta = '<meta property="article:published_time" content="2024-06-01T08:15:00Z">'
    text = page(meta, "<p class=byline>3 May 2024</p>", url="https://lamp.example/quay")
    assert (text.published, text.evidence[-1]) == (
        "2024-05-03",
        Evidence("date", "the byline", Sureness.LIKELY),
    )


def test_a_day_in_the_address_is_a_guess() -> None:
    text = page()
    assert (text.date, text.evidence[-1]) == (
        date(2024, 5, 3),
        Evidence("date", "the address", Sureness.GUESS),
    )


def test_the_page_names_its_own_address() -> None:
    assert page('<link rel="canonical" href="/quay?a=1#top">').canonical == "https://lamp.example/quay?a=1"
    assert page('<link rel="canonical" href="javascript:alert(1)">').canonical is None
    assert page().canonical is None


def test_what_a_page_is() -> None:
    assert page().shape is Shape.ARTICLE
    form = extract(b"<html><body><h1>Contact</h1><p>Write to us.</p></body></html>", "https://lamp.example/c")
    assert form.shape is Shape.NONE
    posts = "".join(f"<article><h2><a href=/p{n}>Post {n}</a></h2>{BODY}</article>" for n in range(3))
    several = extract(f"<html><body>{posts}</body></html>".encode(), "https://lamp.example/")
    assert several.shape is Shape.ARTICLES
    assert "of the entries 3 have a title, 0 have a date" in several.reasons[-1]
