"""How a robots.txt is come by: redirects, trouble, no answer (RFC 9309, section 2.3)."""

from datetime import UTC, datetime

import pytest

from archive import http
from crawler.exchange import Answer, Cut
from crawler.manners import Further, Manners, Word, origin
from crawler.rows import Row, UrlKind

AT = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "https://example.org"
ROW = Row(1, f"{ORIGIN}/robots.txt", "example.org", UrlKind.ROBOTS)


def answer(head: bytes, body: bytes = b"", cut: Cut | None = None) -> Answer:
    return Answer(AT, http.parse(b"HTTP/1.1 " + head + b"\r\n\r\n" + body), cut)


def last(of: Answer, manners: Manners | None = None) -> tuple[Word, list[Row]]:
    """Give the same answer until there is a word; also what was asked on the way."""
    manners = manners or Manners(1.0)
    row, asked = ROW, [ROW]
    while isinstance(heard := manners.answered(ORIGIN, row, of), Further):
        row = heard.row
        asked.append(row)
    assert manners.word(ORIGIN) is heard
    return heard, asked


def test_origin_is_scheme_and_host() -> None:
    assert origin("http://example.org:8080/a/b?c=/d") == "http://example.org:8080"


def test_the_file_is_read() -> None:
    word, asked = last(answer(b"200 OK", b"User-agent: Strandline\nDisallow: /x\nCrawl-delay: 3\n"))
    assert not word.rules.decide("/x").allowed
    assert word.rules.decide("/y").allowed
    assert word.rules.crawl_delay == 3
    assert len(asked) == 1


@pytest.mark.parametrize("status", [b"401", b"403", b"404", b"410"])
def test_no_file_allows_all(status: bytes) -> None:
    word, asked = last(answer(status + b" X"))
    assert word.rules.decide("/x").allowed
    assert len(asked) == 1


@pytest.mark.parametrize("status", [b"500", b"503", b"429"])
def test_a_server_in_trouble_allows_nothing_after_three_tries(status: bytes) -> None:
    word, asked = last(answer(status + b" X"))
    assert not word.rules.decide("/x").allowed
    assert word.unreachable is None
    assert [row.tries for row in asked] == [0, 1, 2]


def test_no_answer_makes_the_host_unreachable() -> None:
    word, asked = last(Answer(AT, error="connection refused"))
    assert word.unreachable == "connection refused"
    assert len(asked) == 3
    assert len(last(Answer(AT, error="10.0.0.1 is not a public address", final=True))[1]) == 1


def test_five_redirects_are_followed_and_more_count_as_no_file() -> None:
    word, asked = last(answer(b"302 Found\r\nLocation: https://www.example.org/robots.txt"))
    assert word.rules.decide("/x").allowed
    assert [row.hops for row in asked] == [0, 1, 2, 3, 4, 5]
    assert asked[1].url == "https://www.example.org/robots.txt"
    assert {row.host for row in asked} == {"example.org"}


def test_what_is_broken_off_is_not_taken_for_the_whole() -> None:
    word, asked = last(answer(b"200 OK", b"User-agent: *\nAllow: /\n", Cut.DISCONNECT))
    assert not word.rules.decide("/x").allowed
    assert len(asked) == 3


def test_retry_after_is_waited_for() -> None:
    heard = Manners(1.0).answered(ORIGIN, ROW, answer(b"503 X\r\nRetry-After: 77"))
    assert isinstance(heard, Further)
    assert heard.wait == 77
