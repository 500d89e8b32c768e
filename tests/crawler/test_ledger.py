"""What came of an attempt, noted in the frontier."""

from pathlib import Path

import pytest

from archive import http, instants
from crawler import ledger
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.rows import Found, State, UrlKind
from tests.crawler.crawls import source

SEED = "http://quay.example/"
PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<a href=/a>a</a>"


def test_an_answer_on_which_the_reading_fails_is_done_and_ends_no_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(url: str, message: http.Message) -> None:
        raise UnicodeDecodeError("utf-8", b"\xed", 0, 1, "surrogates not allowed")

    monkeypatch.setattr(ledger, "page_links", fail)
    frontier = Frontier(tmp_path / "frontier.db")
    frontier.add([Found(SEED, UrlKind.PAGE)])
    row = frontier.take("quay.example", 0.0)
    assert row is not None
    entry = ledger.Ledger(source(SEED), frontier).close(row, Answer(instants.now(), http.parse(PAGE)))
    assert (entry.outcome.state, entry.outcome.reason) == (State.DONE, ledger.CUT)
    assert frontier.count(State.DONE) == 1
