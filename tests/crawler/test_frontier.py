"""The frontier, by its file: what is handed out, what comes back, what survives the process."""

import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler import frontier as module
from crawler import tables
from crawler.frontier import Frontier
from crawler.rows import RANK, SUBMISSION, Fetched, Found, Standing, State, UrlKind

HOST = "example.org"
AT = "2026-01-01T00:00:00.000000Z"


def url(path: str) -> str:
    return f"https://{HOST}/{path}"


def page(path: str, **more: object) -> Found:
    return Found(url(path), UrlKind.PAGE, **more)  # type: ignore[arg-type]  # test shorthand


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "frontier.db"


def test_hands_out_requisites_before_further_pages_and_pages_in_order(path: Path) -> None:
    frontier = Frontier(path)
    style = Found(url("style.css"), UrlKind.REQUISITE)
    sitemap = Found(url("sitemap.xml"), UrlKind.SITEMAP)
    frontier.add([page("b"), page("a"), style, sitemap])
    order = []
    while row := frontier.take(HOST, time.time()):
        order.append(row.url)
    assert order == [url("sitemap.xml"), url("style.css"), url("b"), url("a")]


def test_a_url_is_known_once_and_keeps_where_it_was_found(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("")])
    front = frontier.take(HOST, time.time())
    assert front
    frontier.finish(front, State.DONE, Fetched(AT, 200), [page("a", depth=1), page("", depth=1)])
    row = frontier.take(HOST, time.time())
    assert row
    assert (row.url, row.depth, row.via) == (url("a"), 1, url(""))
    assert frontier.take(HOST, time.time()) is None


def test_what_a_sitemap_dates_comes_in_the_order_of_its_dates(path: Path) -> None:
    """Undated pages of their depth come first, deeper ones last; seeds and changed pages keep their place."""
    frontier = Frontier(path)
    old, late, new, never = (datetime(year, 1, 1, tzinfo=UTC) for year in (1969, 2024, 2025, 9999))
    frontier.add([page("seed"), page("changed", depth=1, standing=Standing.CHANGED), page("linked", depth=1)])
    frontier.add([page("same", depth=1, standing=Standing.SAME), page("deep", depth=2)])
    frontier.add(
        [
            *(page(name, depth=1, changed=old) for name in ("old", "changed")),
            *(page(name, depth=1, changed=new) for name in ("new", "seed")),
            *(page("same", depth=1, changed=late), page("never", depth=1, changed=never)),
        ]
    )
    frontier.add([Found(url("old.xml"), UrlKind.SITEMAP, 1, changed=old)])
    frontier.add([Found(url("new.xml"), UrlKind.SITEMAP, 1, changed=new)])
    order = []
    while row := frontier.take(HOST, time.time()):
        order.append(row.url.removeprefix(url("")))
    pages = ["seed", "changed", "linked", "never", "new", "same", "old", "deep"]
    assert order == ["new.xml", "old.xml", *pages]


def test_what_was_out_of_scope_as_a_page_is_fetched_as_a_requisite(path: Path) -> None:
    frontier = Frontier(path)
    picture = "https://cdn.example.net/picture.jpg"
    frontier.add([Found(picture, UrlKind.PAGE, state=State.OUT, reason="outside host example.org")])
    assert frontier.take("cdn.example.net", time.time()) is None
    assert frontier.add([Found(picture, UrlKind.REQUISITE, 1)]) == {"cdn.example.net"}
    row = frontier.take("cdn.example.net", time.time())
    assert row
    assert row.kind is UrlKind.REQUISITE
    assert (frontier.count(State.OUT), frontier.count(State.INFLIGHT)) == (0, 1)


def test_a_page_that_a_preload_named_first_becomes_a_page_but_never_the_other_way(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([Found(url("a"), UrlKind.REQUISITE, 1), page("b", depth=1)])
    frontier.add([page("a", depth=1), Found(url("b"), UrlKind.REQUISITE, 1)])
    rows = [frontier.take(HOST, time.time()) for _ in range(2)]
    assert [row.kind for row in rows if row] == [UrlKind.PAGE, UrlKind.PAGE]


def test_a_further_try_waits_and_counts(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a")])
    now = time.time()
    row = frontier.take(HOST, now)
    assert row
    frontier.again(row, Fetched(AT, 503, "status 503", 100), now + 60)
    assert frontier.take(HOST, now + 59) is None
    assert frontier.due(HOST) == pytest.approx(now + 60)
    later = frontier.take(HOST, now + 61)
    assert later
    assert later.tries == 1
    assert (frontier.total("requests"), frontier.total("bytes")) == (1, 100)


def test_what_is_queued_of_a_host_is_closed_in_steps(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([*(page(name) for name in "abcd"), Found("https://other.example/", UrlKind.PAGE)])
    under_way = frontier.take(HOST, time.time())
    assert [frontier.abandon(HOST, "host given up", 2) for _ in range(3)] == [2, 1, 0]
    assert (frontier.count(State.FAILED), frontier.count(State.QUEUED)) == (3, 1)
    assert under_way and frontier.count(State.INFLIGHT) == 1


def test_beyond_the_limit_of_pages_only_requisites_are_handed_out(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a"), Found(url("style.css"), UrlKind.REQUISITE)])
    row = frontier.take(HOST, time.time(), RANK[UrlKind.REQUISITE])
    assert row
    assert row.url == url("style.css")
    assert frontier.take(HOST, time.time(), RANK[UrlKind.REQUISITE]) is None
    assert frontier.due(HOST, RANK[UrlKind.REQUISITE]) is None
    assert frontier.due(HOST) == 0


def test_what_a_dead_process_had_taken_is_queued_again(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a"), page("b")])
    taken = frontier.take(HOST, time.time())
    assert taken
    frontier.close()
    frontier = Frontier(path)
    frontier.recall()
    assert frontier.count(State.QUEUED, UrlKind.PAGE) == 2
    assert frontier.hosts() == [HOST]


def test_what_is_held_back_is_seen_when_it_is_committed_and_no_more_than_that_is_lost(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a"), page("b")])
    frontier.hold()
    for number in (1, 2):
        row = frontier.take(HOST, time.time())
        assert row
        frontier.finish(row, State.DONE, Fetched(AT, 200), [page(f"from-{number}", depth=1)])
        frontier.mark(0, number)
        with module.reading(path) as seen:
            assert seen.execute("SELECT count(*) FROM url WHERE state = 'done'").fetchone()[0] == number - 1
        if number == 1:
            frontier.commit()
    frontier._db.close()  # as when the process is killed
    frontier = Frontier(path)
    frontier.recall()
    assert frontier.marked() == (0, 1)
    left = []
    while row := frontier.take(HOST, time.time()):
        left.append(row.url)
    assert left == [url("b"), url("from-1")]


def test_nothing_follows_what_was_held_back_and_lost(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a")])
    frontier.hold()
    row = frontier.take(HOST, time.time())
    assert row
    frontier._db.execute("ROLLBACK")  # as SQLite does by itself after some errors of the disk
    for act in (
        lambda: frontier.mark(0, 1000),
        lambda: frontier.finish(row, State.DONE, Fetched(AT, 200)),
        frontier.commit,
    ):
        with pytest.raises(sqlite3.OperationalError, match="lost with an earlier error"):
            act()
    frontier.close()
    assert Frontier(path).marked() == (0, 0)


def test_unfinished_knows_an_attempt_that_was_noted_already(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a")])
    row = frontier.take(HOST, time.time())
    assert row
    frontier.again(row, Fetched("2026-01-01T00:00:01.000000Z", 503), 0)
    assert frontier.unfinished(url("a"), "2026-01-01T00:00:01.000000Z") is None
    assert frontier.unfinished(url("a"), "2026-01-01T00:00:02.000000Z")
    assert frontier.unfinished(url("never met"), AT) is None


def test_claim_hands_out_whatever_the_state_is(path: Path) -> None:
    frontier = Frontier(path)
    first = frontier.claim(url("robots.txt"), UrlKind.ROBOTS)
    frontier.finish(first, State.DONE, Fetched(AT, 200))
    second = frontier.claim(url("robots.txt"), UrlKind.ROBOTS)
    assert (first.id, second.tries) == (second.id, 0)
    assert frontier.count(State.INFLIGHT, UrlKind.ROBOTS) == 1


def test_urls_out_of_scope_are_bounded(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "OUT_LIMIT", 3)
    frontier = Frontier(path)
    for start in (0, 2):
        frontier.add(page(str(n), state=State.OUT, reason="depth 21 > 20") for n in range(start, start + 3))
    assert frontier.count(State.OUT) == 3


def test_limits_begin_anew_where_they_stopped_the_last_process(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a")])
    row = frontier.take(HOST, time.time())
    assert row
    frontier.finish(row, State.DONE, Fetched(AT, 200, size=10))
    frontier.rebase()
    assert (frontier.total("pages before"), frontier.total("bytes before")) == (1, 10)


def test_taking_does_not_scan_the_table(path: Path) -> None:
    frontier = Frontier(path)
    values = {"host": HOST, "least": 0, "rank": 4, "now": 1.0}
    with sqlite3.connect(path) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {module._TAKE}", values)]
    assert any("INDEX queue (host=? AND rank=? AND not_before<?)" in step for step in plan), plan
    assert not any("SCAN" in step or "TEMP B-TREE" in step for step in plan), plan
    frontier.close()


def test_keeps_what_the_last_robots_txt_of_an_origin_said(path: Path) -> None:
    frontier = Frontier(path)
    origin = "https://example.org"
    frontier.hear(origin, AT, None, "connection refused", b"")
    later = "2026-01-02T00:00:00.000000Z"
    frontier.hear(origin, later, 200, None, b"x" * (module.ROBOTS_LIMIT + 1))
    frontier.close()
    with sqlite3.connect(path) as db:
        rows = db.execute("SELECT origin, at, status, reason, length(body) FROM robots").fetchall()
    assert rows == [(origin, later, 200, None, module.ROBOTS_LIMIT)]


def taken(frontier: Frontier) -> list[str]:
    rows = iter(lambda: frontier.take(HOST, 1.0), None)
    return [row.url.removeprefix(url("")) for row in rows]


def test_seeds_come_first_then_what_changed_before_then_the_rest_by_depth(path: Path) -> None:
    frontier = Frontier(path)
    same, changed = {"standing": Standing.SAME}, {"standing": Standing.CHANGED}
    frontier.add([page("same 1", depth=1, **same), page("same 2", depth=2, **same)])
    frontier.add([page("changed lately", depth=3, **changed), page("changed long ago", depth=1, **changed)])
    frontier.add([page("new 2", depth=2), page("new 1", depth=1), page("seed")])
    frontier.close()
    assert taken(Frontier(path)) == [
        *("seed", "changed lately", "changed long ago", "new 1", "same 1", "new 2", "same 2")
    ]  # fmt: skip


def test_a_page_met_again_never_falls_behind_its_place(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add(
        [page("changed", depth=5, standing=Standing.CHANGED), page("far", depth=9), page("near", depth=3)]
    )
    frontier.add([page("changed", depth=4), page("far", depth=2)])
    assert taken(frontier) == ["changed", "far", "near"]


def test_a_further_try_waits_behind_what_was_not_tried(path: Path) -> None:
    frontier = Frontier(path)
    frontier.add([page("a", depth=1), page("b", depth=9)])
    row = frontier.take(HOST, 1.0)
    assert row
    frontier.again(row, Fetched(AT, 503), 0.5)
    assert taken(frontier) == ["b", "a"]


def test_what_a_crawl_starts_from_is_whole_or_filled_again(path: Path) -> None:
    def torn() -> Iterator[Found]:
        yield page("a", depth=1)
        raise KeyboardInterrupt

    frontier = Frontier(path)
    with pytest.raises(KeyboardInterrupt):
        frontier.fill("scope", torn())
    assert not frontier.filled("scope")
    frontier.fill("scope", [page("a", depth=1), page("b", depth=1)])
    assert (frontier.filled("scope"), frontier.filled("another")) == (True, False)
    assert taken(frontier) == ["a", "b"]


def test_a_scope_that_was_changed_is_applied_to_what_waits_and_to_what_was_left_out(path: Path) -> None:
    frontier = Frontier(path)
    out = {"state": State.OUT, "reason": "exclude /b/"}
    frontier.add([page("a", depth=1), page("b", depth=1, **out), page("done", depth=1)])
    for name, reason in {"trap b": "trap: a repeated", "foreign b": f"{SUBMISSION}not named"}.items():
        frontier.add([page(name, depth=1, state=State.OUT, reason=reason)])
    done = frontier.claim(url("done"), UrlKind.PAGE)
    frontier.finish(done, State.DONE, Fetched(AT, 200))
    frontier.sift(lambda url, depth: None if url.endswith("b") else "not matched by include")
    assert taken(frontier) == ["b"]
    assert (frontier.count(State.OUT), frontier.count(State.DONE)) == (3, 1)


def test_hosts_are_found_without_looking_at_what_they_have(path: Path) -> None:
    frontier = Frontier(path)
    assert frontier.hosts() == []
    frontier.add(Found(f"https://h{n % 3}.example/{n}", UrlKind.PAGE) for n in range(9))
    assert frontier.hosts() == ["h0.example", "h1.example", "h2.example"]
    with sqlite3.connect(path) as db:
        plan = [row[3] for row in db.execute(f"EXPLAIN QUERY PLAN {module._HOSTS}")]
    assert not any("SCAN url" in step for step in plan), plan


V1 = """
CREATE TABLE url (id INTEGER PRIMARY KEY, url TEXT NOT NULL UNIQUE, host TEXT NOT NULL, kind TEXT NOT NULL,
    rank INTEGER NOT NULL, depth INTEGER NOT NULL, hops INTEGER NOT NULL, via INTEGER REFERENCES url (id),
    state TEXT NOT NULL, reason TEXT, status INTEGER, tries INTEGER NOT NULL DEFAULT 0, at TEXT,
    not_before REAL NOT NULL DEFAULT 0);
CREATE INDEX queue ON url (host, rank, not_before) WHERE state = 'queued';
CREATE INDEX failed ON url (id) WHERE state = 'failed';
CREATE TABLE host (host TEXT PRIMARY KEY, cool_until REAL NOT NULL) WITHOUT ROWID;
CREATE TABLE total (name TEXT PRIMARY KEY, n INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE tally (kind TEXT, state TEXT, n INTEGER NOT NULL, PRIMARY KEY (kind, state)) WITHOUT ROWID;
INSERT INTO total VALUES ('requests', 7), ('bytes', 0), ('pages', 5), ('pages before', 0);
INSERT INTO url (url, host, kind, rank, depth, hops, state) VALUES
    ('https://example.org/far', 'example.org', 'page', 2, 5, 0, 'queued'),
    ('https://example.org/near', 'example.org', 'page', 2, 1, 0, 'inflight'),
    ('https://example.org/style', 'example.org', 'requisite', 1, 1, 0, 'queued');
PRAGMA user_version = 1;
"""


def test_a_run_of_an_older_version_goes_on_and_one_of_a_newer_is_refused(path: Path) -> None:
    with sqlite3.connect(path) as db:
        db.executescript(V1)
    frontier = Frontier(path)
    frontier.recall()
    assert (frontier.total("requests"), frontier.total("requests before")) == (7, 0)
    assert taken(frontier) == ["style", "near", "far"]
    frontier.close()
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {tables.VERSION + 1}")
    with pytest.raises(tables.FrontierError, match="newer version"):
        Frontier(path)
