"""What came of an attempt, noted in the frontier."""

from pathlib import Path

import pytest

from archive import http, instants
from crawler import ledger, links
from crawler.exchange import Answer
from crawler.frontier import Frontier, reading
from crawler.rows import State, UrlKind
from tests.crawler.crawls import source

SEED = "http://quay.example/"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<a href=/a>a</a>"


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
