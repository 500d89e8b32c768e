"""What each answer to the question for robots.txt leads to: real servers, one real crawl, all decisions.

The servers are those of the torture table (`tests/torture/robots.py`), one an address, and some more.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from archive import access, database, runs, urls
from crawler import why
from crawler.manners import read
from crawler.robots import LARGEST
from crawler.rows import State
from tests.crawler.crawls import Crawl, source
from tests.torture.robots import ROBOTS
from tests.torture.row import SHUT, Row, Want
from tests.torture.scripts import in_turn, moved, refused, reset, text
from tests.torture.server import TortureServer

OURS = b"User-agent: strandline\nDisallow: /shut\n"
LINE = "line 2: Disallow: /shut"
FILLING = b"# " + b"x" * 97 + b"\n"
LONG = b"User-agent: *\nDisallow: /shut\n" + FILLING * 5240
ALL = b"\nDisallow: /"


def row(number: int, name: str, wants: dict[str, Want], asked: int = 1, **scripts: object) -> Row:
    first, *_ = wants
    plays = {f"/{path.replace('_', '.')}": script for path, script in scripts.items()}
    also = {**dict(list(wants.items())[1:]), "/robots.txt": Want(None, requests=asked)}
    return Row(number, name, name, plays, wants[first], also, seeds=tuple(wants))  # type: ignore[arg-type]  # scripts


OBEYED = {"/open": Want(), "/shut": SHUT}
MORE = (
    row(801, "2 hops", OBEYED, robots_txt=moved(b"/a"), a=moved(b"/b", 307), b=text(OURS)),
    row(802, "3 hops", OBEYED, robots_txt=moved(b"/a"), a=moved(b"/b"), b=moved(b"/c"), c=text(OURS)),
    row(
        803, "4 hops", OBEYED,
        robots_txt=moved(b"/a"), a=moved(b"/b"), b=moved(b"/c"), c=moved(b"/d"), d=text(OURS),
    ),
    row(804, "503, then well", OBEYED, 2, robots_txt=in_turn(refused(503), text(OURS))),
    row(805, "reset", {path: Want("failed", None, requests=0) for path in OBEYED}, 3, robots_txt=reset),
    row(
        806, "cut off within a line", {"/open": Want(), "/shut": SHUT, "/shut2": SHUT},
        robots_txt=text(LONG + b"#" * (LARGEST - len(LONG) - len(ALL)) + ALL + b"other\n"),
    ),
    row(
        807, "nobody else's", {"/open": Want(), "/shut": Want()},
        robots_txt=text(b"User-agent: strandliner\nDisallow: /\n\nUser-agent: other\nDisallow: /\n"),
    ),
    row(
        808, "an empty group for us", {"/open": Want(), "/shut": Want()},
        robots_txt=text(b"User-agent: strandline\nDisallow:\n\nUser-agent: *\nDisallow: /\n"),
    ),
    row(
        809, "$ and * as they are", {"/a$b": SHUT, "/aXb": Want(), "/c": SHUT, "/cc": Want()},
        robots_txt=text(b"User-agent: *\nDisallow: /a%24b\nDisallow: /c$\n"),
    ),
    row(
        810, "the longer rule wins, and allow a tie", {"/p/q": Want(), "/p/r": SHUT, "/t": Want()},
        robots_txt=text(b"User-agent: *\nDisallow: /p\nAllow: /p/q\nDisallow: /t\nAllow: /t\n"),
    ),
    row(
        811, "600 KB, with a rule after 520,000 bytes", OBEYED,
        robots_txt=text(
            b"User-agent: *\n" + FILLING * 5200 + b"Disallow: /shut\n" + FILLING * 800 + b"Disallow: /open\n"
        ),
    ),
)  # fmt: skip
ROWS = (*ROBOTS, *MORE)

STATUS = {
    **dict.fromkeys((*range(197, 200), *range(210, 222), 226, 228, *range(801, 812)), 200),
    **{200: 301, 201: 401, 202: 403, 203: 404, 204: 410, 205: 429, 206: 500, 207: 503},
    **{222: 204, 223: 304, 224: 302, 227: 302},
    **dict.fromkeys((208, 209, 225, 805)),
}
"""The status that the rules were made from."""

CLOSED = {
    205: "status 429",
    206: "status 500",
    207: "status 503",
    208: ".+",
    209: ".+",
    225: "10.0.0.1 is not a public address.*",
    228: ".+",
    805: ".+",
}
"""Why nothing at all may be asked for."""

LINES = {
    (212, "/shut"): "line 4902: Disallow: /shut",
    (216, "/shut"): "line 8: Disallow: /shut",
    (217, "/shut"): r"line 2: Disallow: /\*ut\$",
    (218, "/shut"): "line 2: Disallow: /",
    (219, "/shut"): "line 2: Disallow: /%73hut",
    (219, "/caf%C3%A9"): "line 3: Disallow: /caf%c3%a9",
    (226, "/shut"): "line [0-9]+: Disallow: /shut",
    (809, "/a$b"): "line 2: Disallow: /a%24b",
    (809, "/c"): r"line 3: Disallow: /c\$",
    (810, "/p/r"): "line 2: Disallow: /p",
    (811, "/shut"): "line 5202: Disallow: /shut",
}
"""The line that decides, where it is not `LINE`."""


@dataclass
class Tried:
    server: TortureServer
    crawl: Crawl
    archive: access.Archive

    def why(self, url: str) -> why.Why:
        (answer,) = why.why(self.crawl.home, self.archive, [self.crawl.source], url)
        return answer


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tried]:
    folder = tmp_path_factory.mktemp("matrix")
    with TortureServer(ROWS, folder) as server:
        seeds = [server.url(row, path) for row in ROWS for path in row.seeds]
        crawl = Crawl(
            folder,
            source(*seeds, limits={"page_bytes": 4096}, manners={"allow_private": False}),
            settings="tests.torture.settings",
            environment={"TORTURE_SECONDS": "1", "TORTURE_NAMES": "{}"},
        )
        # The index knows of the run, as after `strandline crawl`, so that `why` can be asked.
        engine = database.open_index(crawl.home)
        begun = runs.begin(engine, crawl.source.name, {}, crawl.order.software)
        engine.dispose()
        crawl.order = replace(crawl.order, run=begun.id)
        assert crawl.finish(120) == 0
        with access.Archive(crawl.home) as archive:
            yield Tried(server, crawl, archive)


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row.number} {row.name}") for row in ROWS])
def test_each_answer_leads_to_its_decision(tried: Tried, row: Row) -> None:
    run = tried.crawl.order.run
    rows, said = tried.crawl.rows(run), tried.crawl.robots(run)
    origin = tried.server.url(row)
    ((status, reason, body),) = [tuple(rest) for of, _, *rest in said if of == origin]
    assert status == STATUS[row.number]
    assert re.fullmatch(CLOSED.get(row.number, "None"), str(reason)), reason
    for path, want in row.wanted.items():
        url = urls.canonical(tried.server.url(row, path))
        if path == "/robots.txt":
            assert asked(tried, url) == want.requests
            continue
        _, state, noted, _ = rows[url]
        assert re.fullmatch(want.state or "None", state), (url, state, noted)
        assert asked(tried, url) == want.requests
        # What is kept of the answer is enough to come to the same decision again.
        decision = read(status, reason, body).rules.decide(urls.canonical(url)[len(origin) :])
        assert decision.allowed == (state == "done")
        told = tried.why(url)
        assert (told.allowed, told.state) == (decision.allowed, why.STATES[State(state)])
        assert (reason or decision.line or f"status {status}") in (told.robots or "")
        if state == "robots":
            closed = row.number in CLOSED
            line = f"robots.txt: {CLOSED[row.number]}" if closed else LINES.get((row.number, path), LINE)
            assert re.fullmatch(line, noted or ""), (url, noted)
            assert decision.line == noted
        if state == "failed":
            assert (reason or "").endswith(noted or "?")


def asked(tried: Tried, url: str) -> int:
    return sum(urls.canonical(one.url) == url for one in tried.server.sent)


def test_every_answer_is_in_the_archive(tried: Tried) -> None:
    kept = {record.uri for record in tried.crawl.responses()}
    for row in ROWS:
        has = f"{tried.server.url(row)}/robots.txt" in kept
        assert has == (row.number not in (208, 209, 805)), row.name
