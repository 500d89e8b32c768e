"""The main job on a site of 300 articles: crawl, crawl again, crawl what changed."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from warcio.archiveiterator import ArchiveIterator

from archive import warc
from tests import oracles
from tests.journeys.program import Person
from tests.sites import magazine
from tests.sites.server import Exchange, Server


@dataclass
class Told:
    """Three crawls of the magazine: state A, state A again, state B."""

    person: Person
    url: str
    exchanges: list[Exchange]
    after_first: int
    before_third: int
    unchanged: list[dict[str, object]]
    versions_before: list[dict[str, object]]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    person = Person(tmp_path_factory.mktemp("home") / "archive")
    with Server(magazine.state_a()) as server:
        person.watch(server.url)
        person.run("crawl")
        first = len(server.exchanges)
        person.run_here("crawl")
        unchanged = person.json("changes")
        versions = person.json("pages", "magazine")
        second = len(server.exchanges)
        server.state = magazine.state_b()
        person.run_here("crawl")
        yield Told(person, server.url, list(server.exchanges), first, second, unchanged, versions)


@pytest.mark.timeout(400)
def test_an_unchanged_site_has_no_change_and_no_further_version(told: Told) -> None:
    assert told.unchanged == []
    assert {page["versions"] for page in told.versions_before} == {1}
    assert len(told.versions_before) > magazine.ARTICLES


def test_exactly_what_changed_is_told(told: Told) -> None:
    changes = told.person.json("changes")
    kinds = {str(row["url"]).removeprefix(told.url): set(row["kinds"]) for row in changes}
    articles = {path: found for path, found in kinds.items() if not _is_listing(path)}
    assert articles == magazine.EXPECTED
    assert len(changes) == len(kinds), "no page is told twice"
    (moved,) = (row for row in changes if row["kinds"] == ["moved"])
    assert moved["moved_to"] == told.url + magazine.MOVED_TO


def test_listings_change_by_their_entries(told: Told) -> None:
    changes = told.person.json("changes")
    kinds = {str(row["url"]).removeprefix(told.url): row["kinds"] for row in changes}
    listings = {path: found for path, found in kinds.items() if _is_listing(path)}
    assert set(listings) == magazine.LISTINGS
    assert {kind for found in listings.values() for kind in found} <= {"entries", "new", "gone"}


def test_every_exchange_is_in_the_warc_byte_for_byte(told: Told) -> None:
    recorded: Counter[tuple[str, bytes]] = Counter()
    for path in told.person.warcs:
        recorded.update((one.type, one.block) for one in warc.read(path) if one.type != "metadata")
    revisits = [block for kind, block in recorded.elements() if kind == "revisit"]
    served = Counter([("request", one.request) for one in told.exchanges])
    served.update([("response", one.response) for one in told.exchanges])
    lacking = (served - recorded).elements()
    heads = [response.partition(b"\r\n\r\n")[0] + b"\r\n\r\n" for _, response in lacking]
    assert sorted(heads) == sorted(revisits), "only what came again is not kept again, but for its head"
    assert {kind for kind, _ in recorded - served} == {"warcinfo", "revisit"}


def test_nothing_forbidden_or_asked_twice(told: Told) -> None:
    first = [one.path for one in told.exchanges[: told.after_first]]
    assert not [path for path in first if path.startswith("/private/")]
    twice = {
        path: n
        for path, n in Counter((one.port, one.path) for one in told.exchanges[: told.after_first]).items()
        if n > 1
    }
    assert twice == {}


def test_requisites_of_another_host_are_kept_and_not_followed(told: Told) -> None:
    files = [one.path.partition("?")[0] for one in told.exchanges]
    assert {"css", "png", "js", "woff2"} <= {path.rsplit(".", 1)[-1] for path in files if "." in path}
    elsewhere = [one for one in told.exchanges[: told.after_first] if f":{one.port}" not in told.url]
    assert elsewhere
    asked = {one.path for one in elsewhere}
    assert "/robots.txt" in asked, "also the other host's rules are obeyed"
    assert not [path for path in asked if path.endswith("/")], "and none of its pages is asked for"


def test_three_independent_readers_agree(told: Told) -> None:
    ours = Counter(record.type for path in told.person.warcs for record in warc.read(path))
    assert ours["response"] + ours["revisit"] == len(told.exchanges)
    fast: Counter[str] = Counter()
    slow: Counter[str] = Counter()
    for path in told.person.warcs:
        with path.open("rb") as file:
            for record in FastIterator(file, parse_http=False, verify_digests=True):
                fast[record.headers["WARC-Type"]] += 1
        with path.open("rb") as file:
            # Not its digest check: of a chunked answer it hashes the frames, which are not the payload.
            for found in ArchiveIterator(file):
                found.content_stream().read()
                slow[found.rec_type] += 1
    assert fast == ours
    assert slow == ours


def test_pywb_indexes_every_answer(told: Told) -> None:
    rows = oracles.pywb_cdx(told.person.warcs)
    assert len(rows) == len(told.exchanges)


def test_the_reading_commands_agree_with_each_other(told: Told) -> None:
    person = told.person
    edited = next(
        row
        for row in person.json("changes", "--kind", "body")
        if not _is_listing(row["url"].removeprefix(told.url))
    )
    versions = person.json("versions", edited["url"])
    assert [version["number"] for version in versions] == [1, 2]
    (diff,) = person.json("diff", edited["url"])
    assert "".join(block["old"] for block in diff["blocks"]) == _text(
        person, edited["url"], versions[0]["first"]
    )
    assert "".join(block["new"] for block in diff["blocks"]) == _text(person, edited["url"], "now")
    assert {block["op"] for block in diff["blocks"]} != {"equal"}
    for version in versions:
        assert (person.home / version["file"]).is_file()
    runs = person.json("runs")
    assert [run["outcome"] for run in runs] == ["succeeded"] * 3
    assert [run["edited"] > 0 for run in runs] == [False, False, True]
    assert runs[2]["gone"] == len(person.json("changes", "--kind", "gone"))
    assert runs[2]["moved"] == 1


def _text(person: Person, url: str, at: str) -> str:
    (shown,) = person.json("show", url, "--at", at)
    return str(shown["text"])


def _is_listing(path: str) -> bool:
    return path in magazine.LISTINGS
