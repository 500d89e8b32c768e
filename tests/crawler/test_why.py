"""Why a URL was captured or not, by homes whose frontiers were written by hand and by the real child."""

import sqlite3
from pathlib import Path

import pytest

from archive import access, database, http, instants, runs
from archive.home import Home
from archive.text import Extractors
from crawler import known, run, why
from crawler.exchange import Answer
from crawler.frontier import Frontier
from crawler.ledger import Ledger
from crawler.rows import Fetched, Found, State, UrlKind
from crawler.source import Source
from tests.archive.test_ingest import SITE, Archived
from tests.archive.test_moves import STORY
from tests.sites.records import article

ORIGIN = "https://quay.example"
AT = "2026-01-01T12:00:00.000000Z"
SOURCE = Source(name="quay", seeds=(f"{ORIGIN}/",))


class Past:
    """A home with runs of the source that exist as frontiers only."""

    def __init__(self, root: Path) -> None:
        self.home = Home(root)
        self.source = SOURCE

    def run(self) -> tuple[str, Frontier]:
        """Begin a run; the one before has ended."""
        engine = database.open_index(self.home)
        for row in sqlite3.connect(self.home.database).execute("SELECT id FROM runs WHERE ended IS NULL"):
            ended = {"outcome": runs.Outcome.SUCCEEDED, "reason": None, "complete": True}
            runs.finish(engine, row[0], requests=0, received=0, **ended)  # type: ignore[arg-type]  # mixed
        begun = runs.begin(engine, self.source.name, known.settings(self.source), "test")
        engine.dispose()
        order = run.Order(begun.id, self.source, begun.started, None, 0, "test")
        run.prepare(self.home, order, ())
        return begun.id, Frontier(self.home.run(begun.id) / "frontier.db")

    def ask(self, url: str, *sources: Source) -> list[why.Why]:
        with access.Archive(self.home) as archive:
            return why.why(self.home, archive, sources or (self.source,), url)

    def one(self, path: str) -> why.Why:
        (answer,) = self.ask(ORIGIN + path)
        return answer


@pytest.fixture
def past(tmp_path: Path) -> Past:
    return Past(tmp_path)


def narrowed(exclude: str) -> Source:
    return SOURCE.model_copy(update={"scope": SOURCE.scope.model_copy(update={"exclude": (exclude,)})})


def page(path: str, **more: object) -> Found:
    return Found(ORIGIN + path, UrlKind.PAGE, 1, **more)  # type: ignore[arg-type]  # test shorthand


HEARD = {
    "disallowed": (200, None, b"User-agent: *\nDisallow: /a\n"),
    "allowed": (200, None, b"User-agent: *\nDisallow: /\nAllow: /a\n"),
    "html": (200, None, b"<html>nothing here</html>"),
    "missing": (404, None, b""),
    "forbidden": (403, None, b""),
    "circle": (301, None, b""),
    "trouble": (503, "robots.txt: status 503", b""),
    "refused": (None, "connection refused", b""),
}
TOLD = {
    "disallowed": (False, "line 2: Disallow: /a (robots.txt of T, status 200)"),
    "allowed": (True, "line 3: Allow: /a (robots.txt of T, status 200)"),
    "html": (True, "it is a web page and has no rules: allowed (robots.txt of T, status 200)"),
    "missing": (True, "no robots.txt (status 404, asked T): all allowed"),
    "forbidden": (True, "no robots.txt (status 403, asked T): all allowed"),
    "circle": (True, "robots.txt leads nowhere (status 301, asked T): all allowed"),
    "trouble": (False, "robots.txt could not be had (status 503, asked T): nothing may be fetched"),
    "refused": (False, "robots.txt could not be had (connection refused, asked T): nothing may be fetched"),
    "never-asked": (None, ""),
}


def test_the_line_or_the_answer_of_robots_txt_that_decides_is_told(past: Past) -> None:
    _, frontier = past.run()
    for host, (status, reason, body) in HEARD.items():
        frontier.hear(f"https://{host}.example", AT, status, reason, body)
    frontier.close()
    told = {}
    for host in TOLD:
        (answer,) = past.ask(f"https://{host}.example/a")
        told[host] = (answer.allowed, (answer.robots or "").replace("2026-01-01 12:00:00 UTC", "T"))
    assert told == TOLD


def test_each_state_has_its_word_and_its_story(past: Past) -> None:
    name, frontier = past.run()
    frontier.add([page(path) for path in ("/done", "/failed", "/shut", "/again", "/waiting")])
    rows = {
        row.url.removeprefix(ORIGIN): row for row in iter(lambda: frontier.take("quay.example", 1.0), None)
    }
    frontier.finish(rows["/done"], State.DONE, Fetched(AT, 200, "truncated: length"))
    frontier.finish(rows["/failed"], State.FAILED, Fetched(AT, 500, "status 500 (3 tries)"))
    frontier.deny(rows["/shut"], State.ROBOTS, "line 2: Disallow: /shut")
    frontier.again(rows["/again"], Fetched(AT, 503, "status 503"), 4_000_000_000)
    frontier.release(rows["/waiting"])
    frontier.add([page("/trap", state=State.OUT, reason="trap: 30 path segments > 25")])
    frontier.close()
    told = {path: past.one(path) for path in (*rows, "/trap", "/never")}
    assert {path: answer.state for path, answer in told.items()} == {
        "/": "in flight", "/sitemap.xml": "in flight", "/done": "fetched", "/failed": "failed",
        "/shut": "disallowed", "/again": "queued", "/waiting": "queued", "/trap": "out of scope",
        "/never": "never met",
    }  # fmt: skip
    assert "truncated: length" in told["/done"].reasons[1]
    assert told["/failed"].reasons[1].endswith("UTC: status 500.")
    assert "line 2: Disallow: /shut" in told["/shut"].reasons[1]
    assert "to be asked for again, not before 2096-10-02" in told["/again"].reasons[1]
    assert told["/waiting"].reasons[1] == f"Queued in run {name}: its turn has not come yet."
    assert (told["/trap"].scope, told["/trap"].rule) == ("out", "trap: 30 path segments > 25")
    assert told["/"].reasons[0] == "Every crawl of the source begins with it."
    assert told["/never"].reasons[0].startswith("No run has met it")


def test_where_it_was_found_and_which_runs_did_not_meet_it(past: Past) -> None:
    first, frontier = past.run()
    front = frontier.claim(f"{ORIGIN}/", UrlKind.PAGE)
    frontier.finish(front, State.DONE, Fetched(AT, 200), [page("/a")])
    frontier.close()
    for _ in range(2):
        past.run()[1].close()
    answer = past.one("/a")
    assert (answer.run, answer.found_on) == (first, f"{ORIGIN}/")
    assert answer.reasons == (
        f"Found on {ORIGIN}/ in run {first}, one link from a seed.",
        f"Queued when run {first} ended.",
        "2 runs since then did not meet it.",
    )


def test_a_scope_that_was_changed_since_is_told(past: Past) -> None:
    past.source = narrowed("/tag/")
    _, frontier = past.run()
    frontier.add([page("/tag/x", state=State.OUT, reason="exclude '/tag/'"), page("/a")])
    frontier.close()
    assert (past.one("/tag/x").scope, past.one("/tag/x").rule) == ("out", "exclude '/tag/'")
    (answer,) = past.ask(f"{ORIGIN}/tag/x", SOURCE)
    assert (answer.scope, answer.state) == ("in", "out of scope")
    assert any("now it is inside" in reason for reason in answer.reasons)
    (answer,) = past.ask(f"{ORIGIN}/a", narrowed("/a$"))
    assert (answer.scope, answer.rule, answer.state) == ("out", "exclude '/a$'", "queued")
    assert any("present scope it is outside" in reason for reason in answer.reasons)


def test_what_a_sitemap_may_not_list_and_what_of_it_was_not_read(past: Past) -> None:
    past.source = SOURCE.model_copy(update={"seeds": (*SOURCE.seeds, "https://shop.example/")})
    name, frontier = past.run()
    row = frontier.claim(f"{ORIGIN}/sitemap.xml", UrlKind.SITEMAP)
    text = b"HTTP/1.1 200 OK\r\n\r\nhttps://shop.example/a\nnonsense\n"
    Ledger(past.source, frontier).close(row, Answer(instants.parse(AT), http.parse(text)))
    frontier.close()
    (answer,) = past.ask("https://shop.example/a")
    rule = "listed by a sitemap of another host: the robots.txt of https://shop.example would have to name it"
    assert (answer.scope, answer.rule) == ("out", f"{rule}, and is not known")
    assert answer.reasons[0].startswith(f"Found on {ORIGIN}/sitemap.xml")
    assert answer.reasons[1] == f"Left out in run {name}: {rule}, and is not known."
    told = "status 200; sitemap: 1 address read; 1 of its entries has no web address."
    assert past.one("/sitemap.xml").reasons[-1].endswith(told)


def test_one_answer_for_each_source_that_has_to_do_with_it(past: Past) -> None:
    other = Source(name="other", seeds=(f"{ORIGIN}/blog/",))
    foreign = Source(name="foreign", seeds=("https://elsewhere.example/",))
    answers = past.ask(f"{ORIGIN}/a", SOURCE, other, foreign)
    assert [answer.source for answer in answers] == ["other", "quay"]
    (nobody,) = past.ask("https://nowhere.example/", SOURCE, other, foreign)
    assert (nobody.source, nobody.scope, nobody.state) == (None, "out", "never met")
    assert "foreign: outside host elsewhere.example" in nobody.reasons


def test_a_frontier_that_cannot_be_read_hides_no_other(past: Past) -> None:
    _, frontier = past.run()
    frontier.add([page("/a")])
    frontier.close()
    broken, frontier = past.run()
    frontier.close()
    (past.home.run(broken) / "frontier.db").write_bytes(b"no database" * 1000)
    answer = past.one("/a")
    assert answer.state == "queued"
    assert "cannot be read" in answer.reasons[-1]


def test_what_is_no_address_is_refused(past: Past) -> None:
    with pytest.raises(ValueError, match="scheme"):
        past.ask("nonsense")


def test_a_page_that_is_asked_for_no_more_and_whose_text_is_elsewhere(tmp_path: Path) -> None:
    said = article("The quay", *STORY)
    with Extractors(workers=1) as extractors:
        archived = Archived(tmp_path, extractors)
        archived.run(0, ("/", article("The Gazette", "All that happens.")), ("/old", said))
        archived.run(1, ("/", article("The Gazette", "All that happens.")), ("/new", said))
    source = Source(name="gazette", seeds=(f"{SITE}/",))
    with access.Archive(archived.home) as archive:
        (answer,) = why.why(archived.home, archive, (source,), f"{SITE}/old")
    assert f"It was not asked for any more, and its text is now at {SITE}/new." in answer.reasons
