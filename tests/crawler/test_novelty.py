"""Lists that go on after their end are not followed; what has anything new is."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from archive import http
from crawler import links
from crawler.admission import Admission
from crawler.novelty import DAYS, NUMBERS, Novelty
from tests.crawler.crawls import Crawl, source
from tests.sites.server import Page, Server

HOST = "http://quay.example"
FRAME = '<a href="/">Home</a><a href="/about">About</a><script>var token = "{}";</script>'


def shown(novelty: Novelty, path: str, markup: str, status: int = 200) -> list[str] | None:
    """The paths that are not followed from a page."""
    head = f"HTTP/1.1 {status} OK\r\nContent-Type: text/html\r\n\r\n"
    message = http.parse(
        (head + FRAME.format(f"{path} is not the one before it, nor the next") + markup).encode()
    )
    read = links.find(message.payload(), "text/html", HOST + path)
    left = novelty.judge(HOST + path, read, message).left
    return [one.removeprefix(HOST) for one in left] or None


def day(at: date, more: str = "") -> tuple[str, str]:
    """The page of a day, with the links to the days beside it."""
    near = [at - timedelta(days=1), at + timedelta(days=1)]
    turns = "".join(f'<a href="/archive/{one:%Y/%m/%d}">{one:%A, %d %B %Y}</a>' for one in near)
    return (
        f"/archive/{at:%Y/%m/%d}",
        f"{turns}<p>Nothing happened on this day, or nobody wrote it down. {more}</p>",
    )


def test_a_calendar_ends_after_a_week_of_days_without_anything() -> None:
    novelty, today = Novelty(), date(2026, 3, 20)
    ends = [shown(novelty, *day(today + timedelta(days=n))) for n in range(DAYS + 1)]
    assert ends[:-1] == [None] * DAYS
    assert ends[-1] == [f"/archive/2026/03/{n}" for n in (26, 28)]


@pytest.mark.parametrize(
    "more",
    [
        '<a href="/2026/03/story-{}">Read</a>',
        '<img src="/strip/{}.png">',
        "<p>" + "dear diary, today the tide was out until {} and nobody came" + "</p>",
    ],
    ids=["a link", "an image", "a text"],
)
def test_a_day_that_has_anything_leads_on(more: str) -> None:
    novelty, today = Novelty(), date(2026, 3, 20)
    said = ("ten", "noon", "two", "three", "four", "five", "six", "seven", "eight", "nine", "midnight", "one")
    ends = [shown(novelty, *day(today + timedelta(days=n), more.format(word))) for n, word in enumerate(said)]
    assert ends == [None] * len(said)


def test_days_behind_a_gap_that_is_shorter_are_reached() -> None:
    novelty, today = Novelty(), date(2026, 3, 20)
    for n in range(30):
        text = f'<a href="/story-{n}">Read</a>' if n % DAYS == 0 else ""
        assert shown(novelty, *day(today - timedelta(days=n), text)) is None, n


def test_a_list_that_begins_again_ends() -> None:
    novelty = Novelty()

    def page(number: int) -> tuple[str, str]:
        items = "".join(f'<a href="/story-{(number * 4 + n) % 20}">Read</a>' for n in range(4))
        query = f"?offset={number * 4}" if number else ""
        return f"/news/{query}", f'{items}<a href="/news/?offset={number * 4 + 4}">More</a>'

    ends = [shown(novelty, *page(number)) for number in range(5 + NUMBERS)]
    assert ends[:-1] == [None] * (4 + NUMBERS), "five pages there are, the first without a number"
    assert ends[-1] == [f"/news/?offset={(5 + NUMBERS) * 4}"]


def test_what_is_no_list_and_what_is_not_modified_is_not_judged() -> None:
    novelty = Novelty()
    assert [shown(novelty, f"/story/{n}", f'<a href="/story/{n + 1}">Next</a>') for n in range(20)] == [
        None
    ] * 20
    assert [shown(novelty, *day(date(2026, 3, n + 1)), status=304) for n in range(20)] == [None] * 20


def test_memory_is_bounded_and_a_list_that_is_forgotten_only_begins_anew() -> None:
    novelty = Novelty(memory=2000)
    for n in range(60_000):
        read = links.Links(pages=(f"{HOST}/{n}/?page=2", f"{HOST}/{n}/story"))
        assert not novelty.judge(f"{HOST}/{n}/?page=1", read, http.parse(b"HTTP/1.1 200 OK\r\n\r\n")).left
    assert max(len(novelty._idle), len(novelty._levels)) == 50_000
    assert sum(map(len, novelty._shown._sets.values())) <= 2000


def test_a_crawl_leaves_an_empty_calendar_and_says_why(tmp_path: Path) -> None:
    def answer(path: str) -> Page:
        year, month, number = map(int, path.removeprefix("/archive/").split("/"))
        return Page(body=(FRAME + day(date(year, month, number))[1]).encode())

    state = {
        "/": Page(body=b'<a href="/archive/2026/03/20">Archive</a>'),
        "/about": Page(body=b"About."),
        "/robots.txt": Page(404),
        "/sitemap.xml": Page(404),
        "*": answer,
    }
    with Server(state) as server:
        crawl = Crawl(tmp_path, source(server.url))
        assert crawl.finish() == 0
        asked = [path for path in server.paths if path.startswith("/archive/")]
    # The first has two ways on, as long as each other; it is the only day with a text that is new.
    assert len(asked) == 1 + 2 * DAYS
    left = [row for row in crawl.rows().values() if row[1] == "out"]
    assert len(left) == 2
    name = f"{server.url.removeprefix('http://')}/archive/0"
    assert {row[2] for row in left} == {f"trap: {DAYS} pages of {name} with nothing new"}


def test_a_link_is_not_new_by_what_is_folded_skipped_or_names_the_page() -> None:
    novelty, today = Novelty(Admission(source(f"{HOST}/", preset="wordpress")).sense), date(2026, 3, 20)

    def fleeting(at: date) -> tuple[str, str]:
        path, markup = day(at)
        share = f"https://social.example/share?u=http%3A%2F%2Fquay.example%2Farchive%2F{at:%Y}-{at.day}"
        links = (f"/about?utm_source={at:%A}{at.day}", f"{path}?ical=1", f"/wp-login.php?to={at}", share)
        return path, markup + "".join(f'<a href="{link}">.</a>' for link in links)

    ends = [shown(novelty, *fleeting(today + timedelta(days=n))) for n in range(DAYS + 1)]
    assert (ends[:-1], bool(ends[-1])) == ([None] * DAYS, True)
