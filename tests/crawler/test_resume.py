"""A run whose process died: what its WARC holds is done, what is torn is fetched again."""

import asyncio
from pathlib import Path

from archive import warc
from archive.home import Home
from crawler import run
from crawler.exchange import Exchange
from crawler.frontier import Frontier
from crawler.ledger import Ledger
from crawler.order import load
from crawler.originals import Originals
from crawler.recorder import Recorder
from crawler.resume import place, recover
from crawler.rows import Found, Row, State, UrlKind
from crawler.traces import look
from tests.crawler.crawls import RUN, Crawl, source

SEED = "http://127.0.0.1:1/"


def fetched(path: str, body: bytes, kind: UrlKind = UrlKind.PAGE, status: bytes = b"200 OK") -> Exchange:
    exchange = Exchange(Row(0, SEED + path, "127.0.0.1:1", kind), 1000)
    exchange.begin("127.0.0.1", lambda: None)
    exchange.sent += b"GET / HTTP/1.1\r\n\r\n"
    exchange.take(b"HTTP/1.1 " + status + b"\r\nContent-Type: text/html\r\n\r\n" + body)
    exchange.end()
    return exchange


def leave(crawl: Crawl, *exchanges: Exchange) -> Path:
    """What a process leaves that recorded these and died before it noted them."""
    run.prepare(crawl.home, crawl.order, ())
    recorder = Recorder(lambda n: place(crawl.home, crawl.order, n), 0, {}, RUN)

    async def keep() -> None:
        for exchange in exchanges:
            await recorder.keep(exchange)

    asyncio.run(keep())
    recorder._writer.close()
    (path,) = crawl.files()
    return path


def recovered(home: Home) -> tuple[int, Frontier]:
    order = load(home, RUN)
    frontier = Frontier(home.run(RUN) / "frontier.db")
    originals = Originals(home.run(RUN) / "originals.db", home.warc / order.source.name)
    return recover(home, order, frontier, Ledger(order.source, frontier, originals), originals), frontier


def test_what_was_recorded_is_done_with_its_links(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    path = leave(crawl, fetched("", b"<a href=/a>a</a><a href=/b>b</a>"), fetched("a", b"<a href=/c>c</a>"))
    number, _ = recovered(crawl.home)
    states = {url.removeprefix(SEED): row[1] for url, row in crawl.rows().items()}
    assert number == 1
    assert states == {"": "done", "a": "done", "b": "queued", "c": "queued", "sitemap.xml": "queued"}
    assert crawl.files() == [path.with_name(path.name.removesuffix(".open"))]


def test_a_torn_tail_is_put_aside_and_its_url_is_fetched_again(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    path = leave(crawl, fetched("", b"<a href=/a>a</a>"), fetched("a", b"a"))
    path.write_bytes(path.read_bytes()[:-20])
    recovered(crawl.home)
    assert crawl.rows()[SEED + "a"][1] == "queued"
    assert len(crawl.responses()) == 1
    assert list(crawl.home.quarantine.iterdir())


def test_a_file_that_was_hardly_begun_is_removed(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    path = leave(crawl)
    path.write_bytes(path.read_bytes()[:5])
    number, _ = recovered(crawl.home)
    assert crawl.files() == []
    assert number in (0, 1)


def test_an_answer_is_taken_into_account_once(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    leave(crawl, fetched("", b"busy", status=b"500 No"))
    _, frontier = recovered(crawl.home)
    for _ in range(3):
        recovered(crawl.home)
    assert frontier.count(State.QUEUED, UrlKind.PAGE) == 1
    assert frontier.total("requests") == 1


def test_what_was_fetched_as_robots_txt_is_not_taken_for_the_page(tmp_path: Path) -> None:
    """A robots.txt may redirect to a page; the page is still to be captured as one."""
    crawl = Crawl(tmp_path, source(SEED))
    leave(crawl, fetched("", b"home", UrlKind.ROBOTS))
    recovered(crawl.home)
    assert crawl.rows()[SEED][1] == "queued"


def test_a_sealed_file_before_an_empty_one_is_read_too(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    path = leave(crawl, fetched("", b"<a href=/a>a</a>"))
    path.rename(path.with_name(path.name.removesuffix(".open")))
    warc.Writer(place(crawl.home, crawl.order, 1), {}).close()
    number, _ = recovered(crawl.home)
    assert number == 2
    assert crawl.rows()[SEED][1] == "done"


def test_a_page_that_set_a_cookie_and_led_to_itself_is_still_to_be_asked_with_it(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    leave(crawl, fetched("", b"", status=b"302 Found\r\nLocation: /\r\nSet-Cookie: seen=1"))
    recovered(crawl.home)
    assert crawl.rows()[SEED][1] == "queued"


def test_what_was_closed_without_a_request_stays_closed_and_robots_stay_known(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    leave(crawl, fetched("", b"<a href=/a>a</a><a href=/b>b</a>"))
    _, frontier = recovered(crawl.home)
    frontier.hear(SEED.rstrip("/"), "2026-01-01T00:00:00.000000Z", 200, None, b"User-agent: *")
    taken = {row.url: row for row in iter(lambda: frontier.take("127.0.0.1:1", 1.0), None)}
    frontier.deny(taken[SEED + "a"], State.ROBOTS, "line 2: Disallow: /a")
    counted = frontier.total("requests"), frontier.total("pages"), frontier.total("bytes")
    for _ in range(2):
        _, frontier = recovered(crawl.home)
    assert (frontier.total("requests"), frontier.total("pages"), frontier.total("bytes")) == counted
    rows = crawl.rows()
    assert rows[SEED + "a"][1:3] == ("robots", "line 2: Disallow: /a")
    assert (rows[SEED][1], rows[SEED + "b"][1]) == ("done", "queued")
    path = crawl.home.run(RUN) / "frontier.db"
    assert look(path, RUN, SEED + "a", SEED.rstrip("/")).robots is not None


def test_what_is_noted_already_is_not_read_again(tmp_path: Path) -> None:
    crawl = Crawl(tmp_path, source(SEED))
    path = leave(crawl, fetched("", b"<a href=/a>a</a>"), fetched("a", b"<a href=/b>b</a>"))
    second = next(record.offset for record in warc.read(path) if record.uri == SEED + "a")
    with path.open("rb+") as file:
        file.write(bytes(second))
    frontier = Frontier(crawl.home.run(RUN) / "frontier.db")
    frontier.add([Found(SEED + "a", UrlKind.PAGE)])
    frontier.mark(0, second)
    frontier.close()
    recovered(crawl.home)
    states = {url.removeprefix(SEED): row[1] for url, row in crawl.rows().items()}
    assert states == {"": "queued", "a": "done", "b": "queued", "sitemap.xml": "queued"}
