"""Letters one after the other, live blogs, cards, players: what tells them, in several languages."""
# ruff: noqa: E501  (a page reads best unbroken)

from datetime import date

import pytest

from archive.model import Text
from archive.text import extract

WORDS = "The ferry was late again, and nobody on the quay could say for how long it would stay that way. "


def page(body: str, head: str = "", lang: str = "en") -> Text:
    text = f"<!doctype html><html lang={lang}><head><title>Post bag</title>{head}</head><body>{body}</body></html>"
    return extract(text.encode(), "https://quay.example/post")


def letter(title: str, *lines: str, end: str = "") -> str:
    opening = "".join(f"<p>{line}</p>" for line in lines)
    return f"<h3>{title}</h3>{opening}<p>{WORDS * 3}</p><p>{WORDS * 2}</p>{end}"


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Dear editor,", "Sir:"),
        ("Sehr geehrte Damen und Herren,", "Liebe Leserin, lieber Leser!"),
        ("Chère Madame,", "Monsieur le maire,"),
        ("Estimada redacción:", "Querida vecina:"),
        ("Gentile direttore,", "Cari amici,"),
        ("Уважаемая редакция!", "Дорогие друзья!"),
        ("Шановна редакціє!", "Шановні сусіди!"),
        ("Αγαπητοί φίλοι,", "Αξιότιμε κύριε,"),
        ("Szanowni Państwo,", "Drodzy czytelnicy!"),
        ("Cienījamā redakcija!", "Mīļie draugi!"),
        ("亲爱的编辑：", "尊敬的读者："),
    ],
)
def test_letters_are_told_by_whom_they_address(first: str, second: str) -> None:
    found = page(f"<h1>Letters</h1><div>{letter('One', first)}{letter('Two', second)}</div>")
    assert [entry.title for entry in found.entries] == ["One", "Two"]
    assert [entry.text.split("\n\n")[0] for entry in found.entries] == [first, second]
    assert all(entry.complete for entry in found.entries)


def test_a_letters_own_line_of_place_and_day_is_its_date_and_stays_in_its_text() -> None:
    body = letter("One", "Hallby, 3 May 1994") + letter(
        "Two", "Mr Tom Reed<br>The Mill<br>4 June 1994", "Dear Mr Reed,"
    )
    found = page(f"<h1>Letters</h1><div>{body}</div>")
    assert [entry.date for entry in found.entries] == [date(1994, 5, 3), date(1994, 6, 4)]
    assert found.entries[0].text.startswith("Hallby, 3 May 1994\n\n")
    assert found.entries[1].text.startswith("Mr Tom Reed\nThe Mill\n4 June 1994\n\nDear Mr Reed,")
    assert found.date is None, "the page is of no day"


def test_an_article_with_headings_is_no_page_of_letters() -> None:
    body = letter("What happened", "It began in the morning.") + letter(
        "What follows", "On 4 June 1994 all was over."
    )
    assert page(f"<article><h1>The ferry</h1>{body}</article>").entries == ()


def update(clock: str, stamp: str, title: str) -> str:
    return (
        f'<div class=x><div><time datetime="{stamp}">{clock}</time></div><h3>{title}</h3><p>{WORDS}</p></div>'
    )


def test_a_live_blog_has_its_updates_as_entries_and_the_day_that_it_declares() -> None:
    data = '{"@type": "LiveBlogPosting", "headline": "Post bag", "datePublished": "2025-08-02T21:00:00Z"}'
    updates = "".join(update(f"1{n}:05", f"2025-08-0{n}T1{n}:05Z", f"Leg {n}") for n in (4, 3, 2))
    found = page(
        f"<h1>Post bag</h1><div>{updates}</div>", f'<script type="application/ld+json">{data}</script>'
    )
    assert [(entry.title, entry.date) for entry in found.entries] == [
        ("Leg 4", date(2025, 8, 4)), ("Leg 3", date(2025, 8, 3)), ("Leg 2", date(2025, 8, 2))
    ]  # fmt: skip
    assert found.date == date(2025, 8, 2)


def test_cards_are_excerpts() -> None:
    cards = "".join(f'<div class=c><h2><a href="/{n}">Leg {n}</a></h2><p>{WORDS}</p></div>' for n in range(4))
    assert [entry.complete for entry in page(f"<div>{cards}</div>").entries] == [False] * 4


def test_players_and_links_to_the_top_are_no_text() -> None:
    player = "<p>Hör zu</p><p>0:00</p><p>12:40</p>"
    found = page(
        f"<h1>Post bag</h1>{player}<p>{WORDS * 4}</p><p>{WORDS * 4}</p><p><a href='#top'>^ auf</a></p>"
    )
    assert found.text == f"{(WORDS * 4).strip()}\n\n{(WORDS * 4).strip()}"


def test_comments_that_are_cut_still_tell_how_the_site_writes_days() -> None:
    comments = "<div id=comments><p>31/07/2018</p><p>So it is.</p></div>"
    article = f"<h1>Post bag</h1><span class=pubdate>04/07/2018</span><p>{WORDS * 9}</p>"
    assert page(f"<article>{article}</article>{comments}").date == date(2018, 7, 4)
    assert page(f"<article>{article}</article>").date is None, "April or July"


def test_the_sites_name_in_the_largest_letters_is_not_the_headline() -> None:
    found = page(f"<h1><a href='/'>Post bag</a></h1><h2>The ferry</h2><p>{WORDS * 9}</p>")
    assert found.title == "The ferry"
