"""How a robots.txt is come by: redirects, trouble, no answer (RFC 9309, section 2.3)."""

from datetime import UTC, datetime

import pytest

from archive import http
from crawler.exchange import Answer, Cut
from crawler.manners import LIFE, UNREACHABLE_LIFE, Further, Heard, Manners, Word, origin, read
from crawler.rows import Row, UrlKind

AT = datetime(2026, 1, 1, tzinfo=UTC)
ORIGIN = "https://example.org"
ROW = Row(1, f"{ORIGIN}/robots.txt", "example.org", UrlKind.ROBOTS)


def answer(head: bytes, body: bytes = b"", cut: Cut | None = None) -> Answer:
    return Answer(AT, http.parse(b"HTTP/1.1 " + head + b"\r\n\r\n" + body), cut)


def last(of: Answer) -> tuple[Heard, list[Row]]:
    """Give the same answer until all has been heard; also what was asked on the way."""
    manners = Manners(1.0)
    row, asked = ROW, [ROW]
    while isinstance(heard := manners.answered(row, of), Further):
        row = heard.row
        asked.append(row)
    return heard, asked


def word(heard: Heard) -> Word:
    return read(heard.status, heard.reason, heard.body)


def test_origin_is_scheme_and_host() -> None:
    assert origin("http://example.org:8080/a/b?c=/d") == "http://example.org:8080"


def test_the_file_is_read() -> None:
    body = b"User-agent: Strandline\nDisallow: /x\nCrawl-delay: 3\n"
    heard, asked = last(answer(b"200 OK", body))
    assert heard == Heard(AT, 200, None, body)
    assert not word(heard).rules.decide("/x").allowed
    assert word(heard).rules.decide("/y").allowed
    assert word(heard).rules.crawl_delay == 3
    assert len(asked) == 1


@pytest.mark.parametrize("status", [b"401", b"403", b"404", b"410"])
def test_no_file_allows_all(status: bytes) -> None:
    heard, asked = last(answer(status + b" X", b"User-agent: *\nDisallow: /"))
    assert (heard.status, heard.reason) == (int(status), None)
    assert word(heard).rules.decide("/x").allowed
    assert len(asked) == 1


@pytest.mark.parametrize("status", [b"500", b"503", b"429", b"101"])
def test_a_server_in_trouble_allows_nothing_after_three_tries(status: bytes) -> None:
    heard, asked = last(answer(status + b" X"))
    assert (heard.status, heard.reason) == (int(status), f"status {status.decode()}")
    decision = word(heard).rules.decide("/x")
    assert (decision.allowed, decision.line) == (False, f"robots.txt: {heard.reason}")
    assert word(heard).unreachable is None
    assert [row.tries for row in asked] == [0, 1, 2]


def test_no_answer_makes_the_host_unreachable() -> None:
    heard, asked = last(Answer(AT, error="connection refused"))
    assert heard == Heard(AT, None, "connection refused")
    assert word(heard).unreachable == "connection refused"
    assert len(asked) == 3
    assert len(last(Answer(AT, error="10.0.0.1 is not a public address", final=True))[1]) == 1


def test_five_redirects_are_followed_and_more_count_as_no_file() -> None:
    heard, asked = last(answer(b"302 Found\r\nLocation: https://www.example.org/robots.txt"))
    assert (heard.status, heard.reason) == (302, None)
    assert word(heard).rules.decide("/x").allowed
    assert [row.hops for row in asked] == [0, 1, 2, 3, 4, 5]
    assert asked[1].url == "https://www.example.org/robots.txt"
    assert {row.host for row in asked} == {"example.org"}


def test_what_is_broken_off_is_not_taken_for_the_whole() -> None:
    heard, asked = last(answer(b"200 OK", b"User-agent: *\nAllow: /\n", Cut.DISCONNECT))
    assert not word(heard).rules.decide("/x").allowed
    assert len(asked) == 3


def test_retry_after_is_waited_for() -> None:
    heard = Manners(1.0).answered(ROW, answer(b"503 X\r\nRetry-After: 77"))
    assert isinstance(heard, Further)
    assert (heard.wait, heard.cool) == (77, True)


def test_an_answer_holds_for_a_day_and_an_unreachable_file_for_ten_minutes() -> None:
    manners, at = Manners(1.0), AT.timestamp()
    assert manners.word(ORIGIN, at) is None
    found = manners.adopt(ORIGIN, Heard(AT, 404), at + 5)
    assert manners.word(ORIGIN, at + LIFE - 1) is found
    assert manners.word(ORIGIN, at + LIFE) is None
    other = "https://other.example"
    manners.adopt(other, Heard(AT, 503, "status 503"), at + 60)
    assert manners.word(other, at + 60 + UNREACHABLE_LIFE - 1)
    assert manners.word(other, at + 60 + UNREACHABLE_LIFE) is None
    assert manners.adopt(other, Heard(AT, 200), at + 900).rules.decide("/x").allowed


def test_what_was_said_goes_on_where_the_file_is_unreachable_a_day_later() -> None:
    manners, at = Manners(1.0), AT.timestamp()
    before = manners.adopt(ORIGIN, Heard(AT, 200, None, b"User-agent: *\nDisallow: /x"), at)
    now = at + LIFE + 5
    assert manners.adopt(ORIGIN, Heard(AT, 503, "status 503"), now) is before
    assert manners.word(ORIGIN, now + UNREACHABLE_LIFE - 1) is before
    assert manners.word(ORIGIN, now + UNREACHABLE_LIFE) is None


def test_the_rules_of_many_origins_do_not_pile_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.manners._RULES", 2000)
    manners, now = Manners(1.0), AT.timestamp()
    long = b"User-agent: *\n" + b"Disallow: /a\n" * 300
    for number in range(20):
        manners.adopt(f"https://{number}.example", Heard(AT, 200, None, long), now)
    held = [number for number in range(20) if manners.word(f"https://{number}.example", now)]
    assert held == list(range(14, 20))
