"""What came of an attempt, noted in the frontier."""

from pathlib import Path

import pytest

from archive import http, instants
from crawler import held, ledger, links
from crawler.discovery import Discovery
from crawler.exchange import Answer
from crawler.frontier import Frontier, reading
from crawler.rows import RANK, Found, Standing, State, UrlKind
from tests.crawler.crawls import source

SEED = "http://quay.example/"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<a href=/a>a</a>"
MOVED = b"HTTP/1.1 302 Found\r\nLocation: /a\r\n\r\n"


def test_an_answer_on_which_the_reading_fails_is_done_and_ends_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(url: str, message: http.Message) -> None:
        raise UnicodeDecodeError("utf-8", b"\xed", 0, 1, "surrogates not allowed")

    monkeypatch.setattr(ledger, "page_links", fail)
    assert closed(tmp_path, SEED, UrlKind.PAGE, PAGE) == ledger.UNREAD


def test_what_is_too_long_is_told_from_what_cannot_be_read(tmp_path: Path) -> None:
    many = b"".join(b"<a href=/%d>x</a>" % number for number in range(links.MOST + 1))
    assert closed(tmp_path, SEED, UrlKind.PAGE, PAGE) is None
    assert closed(tmp_path, f"{SEED}many", UrlKind.PAGE, PAGE + many) == ledger.CUT
    broken = f"<urlset><url><loc>{SEED}a</loc></url><loc>&#xD83D;</loc>".encode("utf-16")
    listed = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n" + broken
    told = closed(tmp_path, f"{SEED}sitemap.xml", UrlKind.SITEMAP, listed)
    assert told == "sitemap: 1 address read, then broken XML at line 1"


def closed(folder: Path, url: str, kind: UrlKind, answer: bytes) -> str | None:
    """The reason with which an answer is done."""
    frontier = Frontier(folder / "frontier.db")
    row = frontier.claim(url, kind)
    entry = ledger.Ledger(source(SEED), frontier).close(row, Answer(instants.now(), http.parse(answer)))
    with reading(folder / "frontier.db") as db:
        noted = db.execute("SELECT state, reason FROM url WHERE url = ?", (url,)).fetchone()
    assert noted == (entry.outcome.state, entry.outcome.reason)
    assert entry.outcome.state is State.DONE
    frontier.close()
    return entry.outcome.reason


def lightly(tmp_path: Path, answer: bytes, *known: str, depth: int = 0, **more: str) -> set[str]:
    """What is left to do after an answer in a light run, by path; `known` are the paths the archive has."""
    held.write(tmp_path / "held.db", (SEED + path for path in known))
    frontier = Frontier(tmp_path / "frontier.db")
    frontier.add([Found(SEED, UrlKind.PAGE, depth)])
    row = frontier.take("quay.example", 0.0)
    assert row is not None
    book = ledger.Ledger(source(SEED, **more), frontier, held=held.Held(tmp_path / "held.db"))
    book.close(row, Answer(instants.now(), http.parse(answer)))
    taken = iter(lambda: frontier.take("quay.example", 1.0), None)
    return {left.url.removeprefix(SEED) for left in taken}


def test_a_light_run_follows_links_to_what_is_new(tmp_path: Path) -> None:
    answer = PAGE + b"<a href=/b>b</a><img src=/c.png><img src=/d.png><a href=/d.png>d</a>"
    assert lightly(tmp_path, answer, "a", "c.png") == {"b", "d.png"}


def test_a_light_run_leaves_pages_that_only_list_others_to_full_ones(tmp_path: Path) -> None:
    answer = PAGE + b"<a href=/category/boats/>boats</a><a href=/b/>b</a>"
    assert lightly(tmp_path, answer, preset="wordpress") == {"a", "b/"}


def test_a_light_run_follows_a_seed_to_where_it_redirects(tmp_path: Path) -> None:
    assert lightly(tmp_path, MOVED, "a") == {"a"}


def test_a_light_run_does_not_follow_another_page_to_a_known_one(tmp_path: Path) -> None:
    assert lightly(tmp_path, MOVED, "a", depth=1) == set()


def test_a_light_run_asks_for_a_held_page_that_is_said_to_have_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = Found(f"{SEED}a", UrlKind.PAGE, 1, standing=Standing.CHANGED)
    monkeypatch.setattr(ledger, "linked", lambda *_: Discovery((said, Found(f"{SEED}b", UrlKind.PAGE, 1))))
    assert lightly(tmp_path, PAGE, "a", "b") == {"a"}


def test_what_a_light_run_goes_by_stays_as_it_was_when_the_run_began(tmp_path: Path) -> None:
    held.write(tmp_path / "held.db", [SEED])
    held.write(tmp_path / "held.db", [f"{SEED}b"])
    listed = held.Held(tmp_path / "held.db")
    assert (SEED in listed, f"{SEED}b" in listed) == (True, False)


ITEMS = "".join(f"<item><link>{SEED}{number}</link></item>" for number in range(3))


def further(book: ledger.Ledger, frontier: Frontier, path: str, items: str, older: str = "") -> list[str]:
    """To which documents a feed leads that is the one before the last at this path; an empty one to none."""
    row = frontier.claim(SEED + path, UrlKind.FEED)
    link = f'<atom:link rel="next" href="{SEED}{older}"/>' if older else ""
    feed = f'<rss xmlns:atom="http://www.w3.org/2005/Atom"><channel>{link}{items}</channel></rss>'
    message = http.parse(b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n" + feed.encode())
    book.close(row, Answer(instants.now(), message))
    taken = iter(lambda: frontier.take("quay.example", 1.0, RANK[UrlKind.FEED]), None)
    return [left.url.removeprefix(SEED) for left in taken]


def test_of_two_feeds_with_the_same_entries_one_is_followed_back(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.db")
    book = ledger.Ledger(source(SEED), frontier)
    assert further(book, frontier, "short", ITEMS) == []
    assert further(book, frontier, "rss", ITEMS, "rss/2") == ["rss/2"], "the one before led nowhere"
    assert further(book, frontier, "atom", ITEMS, "atom/2") == []
    assert further(book, frontier, "other", ITEMS.replace("2<", "9<"), "other/2") == ["other/2"]
    with reading(tmp_path / "frontier.db") as db:
        left = db.execute("SELECT url, reason FROM url WHERE state = 'out'").fetchall()
    assert left == [(f"{SEED}atom/2", ledger.TOLD)]


def test_a_run_that_is_taken_up_counts_the_lists_it_had(tmp_path: Path) -> None:
    frontier = Frontier(tmp_path / "frontier.db")
    pages = [Found(f"{SEED}search/label/{number}", UrlKind.LISTING, 1) for number in range(500)]
    frontier.add(pages)
    row = frontier.claim(SEED, UrlKind.PAGE)
    book = ledger.Ledger(source(SEED, preset="blogger"), frontier)
    book.close(row, Answer(instants.now(), http.parse(PAGE + b"<a href=/search/label/x>x</a>")))
    with reading(tmp_path / "frontier.db") as db:
        sql = "SELECT reason FROM url WHERE url = ?"
        told = db.execute(sql, (f"{SEED}search/label/x",)).fetchone()
    assert told == ("trap: more than 500 pages of labels, by preset blogger",)
