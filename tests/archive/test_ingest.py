"""From WARC files to captures, texts, versions and changes, with the real extractor and a real index."""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from archive import access, database, ingest, instants, runs, schema, warc
from archive.home import Home
from archive.text import Extractors
from tests.sites.records import Answer, article, write

MONDAY = datetime(2025, 1, 27, 6, tzinfo=UTC)
SITE = "https://gazette.example"
QUAY = (
    "The council met on Monday evening in the fish hall. It voted to keep the north quay open all winter.",
    "The crane will be repaired before the ice comes. Nobody spoke against the motion, which is rare enough.",
)


class Archived:
    """A home with an index, into which a test puts runs of hand-made answers."""

    def __init__(self, root: Path, extractors: Extractors) -> None:
        self.home = Home(root)
        self.engine = database.open_index(self.home)
        self.extractors = extractors
        self.number = 0

    def run(self, day: float, *answers: tuple[str, str | int], complete: bool = True) -> runs.Run:
        """A run of the source on a day: (path, body) for a 200, (path, status) for anything else."""
        made = [self.answer(day, n, path, said) for n, (path, said) in enumerate(answers)]
        return self.run_of(day, made, complete=complete)

    def run_of(self, day: int, answers: list[Answer], *, complete: bool = True) -> runs.Run:
        run = self.begin(day)
        path = self.home.warc / "gazette" / "2025" / f"gazette-{day}-{run.id}.warc.gz"
        self.intake(run).take(write(path, answers))
        ended = MONDAY + timedelta(days=day, hours=1)
        self.intake(run).conclude(complete=complete)
        runs.finish(
            self.engine, run.id, outcome=runs.Outcome.SUCCEEDED, reason=None, complete=complete, requests=0,
            received=0,
        )  # fmt: skip
        with self.engine.begin() as connection:
            connection.execute(update(schema.runs).where(schema.runs.c.id == run.id).values(ended=ended))
        return run

    def begin(self, day: int) -> runs.Run:
        run = runs.begin(self.engine, "gazette", {}, "a test")
        with self.engine.begin() as connection:
            begun = update(schema.runs).where(schema.runs.c.id == run.id)
            connection.execute(begun.values(started=MONDAY + timedelta(days=day)))
        return run

    def intake(self, run: runs.Run) -> ingest.Ingest:
        return ingest.Ingest(self.home, self.engine, self.extractors, "gazette", run.id)

    def answer(self, day: int, n: int, path: str, said: str | int) -> Answer:
        at = MONDAY + timedelta(days=day, minutes=n)
        if isinstance(said, str) and said.startswith("/"):
            return Answer(SITE + path, at, status=301, headers=(("Location", said),))
        if isinstance(said, int):
            return Answer(SITE + path, at, "<p>An error.</p>", status=said)
        return Answer(SITE + path, at, said)

    def changes(self) -> dict[str, list[str]]:
        """Kinds of change by path."""
        with access.Archive(self.home) as archive:
            return {row["url"].removeprefix(SITE): row["kinds"] for row in archive.changes()}

    def rows(self, table: str) -> int:
        with self.engine.connect() as connection:
            return connection.execute(
                select(func.count()).select_from(schema.metadata.tables[table])
            ).scalar_one()


@pytest.fixture(scope="module")
def extractors() -> Iterator[Extractors]:
    with Extractors(workers=1) as made:
        yield made


@pytest.fixture
def archived(tmp_path: Path, extractors: Extractors) -> Archived:
    return Archived(tmp_path, extractors)


def test_the_first_run_is_the_baseline(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    assert archived.changes() == {}
    with access.Archive(archived.home) as archive:
        shown = archive.show(f"{SITE}/quay")
    assert shown["title"] == "The quay"
    assert shown["text"].split("\n\n") == list(QUAY)
    assert (shown["version"], shown["at"]) == (1, MONDAY)


def test_a_vanished_page_comes_back_by_a_304(archived: Archived) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    archived.run(1, ("/quay", 404))
    archived.run(2, ("/quay", 304))
    assert archived.changes() == {"/quay": ["back"]}
    with access.Archive(archived.home) as archive:
        shown = archive.show(f"{SITE}/quay")
    assert (shown["version"], shown["text"].split("\n\n")) == (2, list(QUAY))


def test_crawl_change_crawl_diff(archived: Archived) -> None:
    archived.run(
        0,
        ("/quay", article("The quay", *QUAY, extra="12 readers")),
        (
            "/oil",
            article("Oil on the water", "A film of oil was seen off the north quay on Tuesday morning."),
        ),
        ("/old", article("The ferry", "The ferry to the island runs twice a day until the ice comes in.")),
        (
            "/same",
            article("The fish", "The fish hall opens at six in the morning and closes when it is empty."),
        ),
    )
    archived.run(
        7,
        ("/quay", article("The quay", QUAY[0].replace("voted", "hopes"), QUAY[1], extra="13 readers")),
        ("/oil", 404),
        ("/old", "/ferry"),
        ("/ferry", article("The ferry", "The ferry to the island runs twice a day until the ice comes in.")),
        (
            "/same",
            article("The fish", "The fish hall opens at six in the morning and closes when it is empty."),
        ),
        (
            "/news",
            article("The crane", "The crane on the quay was repaired a week earlier than was promised."),
        ),
    )
    assert archived.changes() == {"/quay": ["body"], "/oil": ["gone"], "/old": ["moved"], "/news": ["new"]}


def test_a_source_cut_short_at_first_finds_its_other_pages_without_calling_them_new(
    archived: Archived,
) -> None:
    archived.run(0, ("/a", article("A", QUAY[0])), complete=False)
    archived.run(1, ("/a", article("A", QUAY[0])), ("/b", article("B", QUAY[1])))
    assert archived.changes() == {}


def test_reading_the_same_file_again_adds_nothing(archived: Archived) -> None:
    run = archived.run(0, ("/quay", article("The quay", *QUAY)))
    (file,) = archived.home.warc.glob("*/*/*.warc.gz")
    before = [archived.rows(table) for table in ("captures", "texts", "versions", "pages")]
    assert archived.intake(run).take(file) == 0
    with archived.engine.begin() as connection:
        connection.execute(update(schema.warcs).values(read=0))
    assert archived.intake(run).take(file) == 2
    assert [archived.rows(table) for table in ("captures", "texts", "versions", "pages")] == before


def test_a_growing_file_is_read_as_far_as_it_is_whole(archived: Archived) -> None:
    run = archived.begin(0)
    answers = [archived.answer(0, n, f"/{n}", article(f"Page {n}", *QUAY)) for n in range(4)]
    path = archived.home.warc / "gazette" / "2025" / f"gazette-0-{run.id}.warc.gz"
    grown = write(path, answers, seal=False)
    whole = grown.read_bytes()
    borders = [record.offset for record in warc.read(grown)]
    grown.write_bytes(whole[: borders[3] + 10])
    intake = archived.intake(run)
    assert intake.take(grown) == 3
    assert intake.take(grown) == 0
    grown.write_bytes(whole)
    assert intake.take(grown) == 2
    assert archived.rows("captures") == 4


def test_what_is_noted_of_an_answer_half_written_waits_for_it(archived: Archived) -> None:
    run = archived.begin(0)
    path = archived.home.warc / "gazette" / "2025" / f"gazette-0-{run.id}.warc.gz"
    path.parent.mkdir(parents=True)
    url, answer = f"{SITE}/map.png", warc.new_id()
    about = (("WARC-Concurrent-To", answer),)
    response = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nmap"
    http = "application/http;msgtype=response"
    writer = warc.Writer(path, {})
    writer.write([
        warc.Draft("metadata", url, MONDAY, b"kind: asset\r\ndepth: 3\r\n", "application/warc-fields", about),
        warc.Draft("response", url, MONDAY, response, http, record_id=answer),
    ])  # fmt: skip
    writer.close()
    grown = path.with_name(f"{path.name}.open")
    whole = grown.read_bytes()
    grown.write_bytes(whole[:-10])
    intake = archived.intake(run)
    assert intake.take(grown, growing=True) == 0
    grown.write_bytes(whole)
    assert intake.take(grown) == 3
    with archived.engine.connect() as connection:
        assert connection.execute(select(schema.pages.c.depth)).scalars().all() == [3]


def test_a_page_of_several_mib_is_read_whole(archived: Archived) -> None:
    """Its record is larger than what is held in memory of one; the text stands at its end."""
    page = article("The quay", *QUAY).replace("<main>", f"<script>{'// low tide' * 300_000}</script><main>")
    archived.run(0, ("/quay", page))
    (record,) = (one for path in archived.home.warc.rglob("*.gz") for one in warc.read(path) if one.uri)
    assert not record.whole
    with access.Archive(archived.home) as archive:
        shown = archive.show(f"{SITE}/quay")
    assert shown["text"].split("\n\n") == list(QUAY)


def test_a_large_record_under_way_is_not_looked_at_all_the_time(archived: Archived) -> None:
    run = archived.begin(0)
    noise = random.Random(1).randbytes(4_000_000).decode("latin-1")
    answers = [archived.answer(0, n, f"/{n}", text) for n, text in enumerate(("<p>one", noise, "<p>three"))]
    path = archived.home.warc / "gazette" / "2025" / f"gazette-0-{run.id}.warc.gz"
    grown = write(path, answers, seal=False)
    whole = grown.read_bytes()
    grown.write_bytes(whole[:-5000])
    intake = archived.intake(run)
    assert intake.take(grown, growing=True) == 2
    began = time.process_time()
    for _ in range(100):
        assert intake.take(grown, growing=True) == 0
    assert time.process_time() - began < 0.5
    grown.write_bytes(whole)
    assert intake.take(grown) == 2


def test_one_payload_is_read_once_whatever_its_addresses(archived: Archived) -> None:
    archived.run(0, *((f"/{n}", article("The quay", *QUAY)) for n in range(5)))
    assert (archived.rows("texts"), archived.rows("captures")) == (1, 5)


def test_the_history_is_the_same_whatever_the_order_of_ingest(tmp_path: Path, extractors: Extractors) -> None:
    quay, ferry = article("The quay", *QUAY), article("The ferry", QUAY[1])
    states: dict[int, list[tuple[str, str | int]]] = {
        0: [("/quay", quay), ("/old", ferry)],
        1: [("/quay", article("The quay", QUAY[1])), ("/old", "/ferry"), ("/ferry", ferry)],
        2: [("/quay", quay), ("/old", "/ferry"), ("/ferry", article("The ferry", QUAY[0]))],
    }

    def told(root: Path, order: list[int]) -> list[tuple[object, ...]]:
        root.mkdir()
        archived = Archived(root, extractors)
        for day in order:
            archived.run(day, *states[day])
        keys = ("url", "kinds", "from", "to", "from_version", "to_version", "back_to")
        with access.Archive(archived.home) as archive:
            return [tuple(dict(row)[key] for key in keys) for row in archive.changes()]

    in_order = told(tmp_path / "in order", [0, 1, 2])
    assert [(str(url).removeprefix(SITE), kinds) for url, kinds, *_ in in_order] == [
        ("/quay", ["body"]),
        ("/old", ["moved"]),
        ("/quay", ["body"]),
        ("/ferry", ["body"]),
    ]
    assert told(tmp_path / "late", [0, 2, 1]) == in_order
    assert told(tmp_path / "backwards", [2, 1, 0]) == in_order


@pytest.mark.parametrize("end", [200, 404])
@pytest.mark.parametrize("parts", [["a", "bc"], ["ab", "c"], ["c", "b", "a"], ["b", "ac"], ["a", "b", "c"]])
def test_what_a_chain_of_redirects_means_does_not_depend_on_what_was_read_first(
    tmp_path: Path, extractors: Extractors, parts: list[str], end: int
) -> None:
    last = article("The quay", *QUAY) if end == 200 else end
    said: dict[str, str | int] = {"a": "/b", "b": "/c", "c": last}

    def told(root: Path, parts: list[str]) -> list[tuple[object, ...]]:
        root.mkdir()
        archived = Archived(root, extractors)
        for part in parts:
            archived.run_of(0, [archived.answer(0, ord(name), f"/{name}", said[name]) for name in part])
        with access.Archive(archived.home) as archive:
            found = [archive.past("gazette", f"{SITE}/{name}") for name in said]
        newest = [past["newest"][0] for past in found if past]
        return [(one["verdict"], one["reason"]) for one in newest]

    whole = told(tmp_path / "whole", ["abc"])
    assert whole[0] == ("moved", f"redirects to {SITE}/c")
    assert told(tmp_path / "parts", parts) == whole


def test_the_dated_archive_has_one_file_a_version(archived: Archived) -> None:
    archived.run(0, ("/2025/quay.html", article("The quay", *QUAY, date="2025-01-20")))
    archived.run(1, ("/2025/quay.html", article("The quay", QUAY[0], date="2025-01-20")))
    files = sorted(
        path.relative_to(archived.home.text).as_posix() for path in archived.home.text.rglob("*.*")
    )
    assert len(files) == 2
    assert all(file.startswith("gazette/2025/01/20/2025-quay-") for file in files)
    assert [file.rsplit("/", 1)[1] for file in files] == ["20250127T060000Z.md", "20250128T060000Z.md"]
    written = (archived.home.text / files[0]).read_text()
    assert f'url: "{SITE}/2025/quay.html"' in written
    assert written.endswith(f"---\n\n{QUAY[0]}\n\n{QUAY[1]}\n")


def test_truncated_and_broken_answers_are_captures_and_no_changes(archived: Archived) -> None:
    body = article("The quay", *QUAY)
    archived.run(0, ("/quay", body))
    torn = Answer(f"{SITE}/quay", MONDAY + timedelta(days=1), body[:300], truncated="disconnect")
    archived.run_of(1, [torn])
    archived.run(2, ("/quay", 503))
    archived.run(3, ("/quay", body))
    assert archived.changes() == {}
    with access.Archive(archived.home) as archive:
        (version,) = archive.versions(f"{SITE}/quay")
        (page,) = archive.pages("gazette")
    assert (version["captures"], page["captures"]) == (2, 4)
    assert version["last"] == MONDAY + timedelta(days=3)


def test_a_redirect_chain_keeps_the_history_and_a_loop_is_no_move(archived: Archived) -> None:
    story, other = article("The ferry", QUAY[0]), article("The crane", QUAY[1])
    archived.run(0, ("/a", story), ("/x", other), ("/self", article("The fish", " ".join(QUAY))))
    archived.run(1, ("/a", "/b"), ("/b", "/c"), ("/c", story), ("/x", "/y"), ("/y", "/x"), ("/self", "/self"))
    assert archived.changes() == {"/a": ["moved"]}
    with access.Archive(archived.home) as archive:
        (moved,) = archive.changes()
    assert moved["moved_to"] == f"{SITE}/c"


def test_a_move_back_invents_nothing(archived: Archived) -> None:
    story = article("The ferry", QUAY[0])
    archived.run(0, ("/old", story))
    archived.run(1, ("/old", "/new"), ("/new", story))
    archived.run(2, ("/new", "/old"), ("/old", story))
    with access.Archive(archived.home) as archive:
        told = [(row["url"].removeprefix(SITE), row["kinds"]) for row in archive.changes()]
    assert ("/new", ["new"]) not in told
    assert told[0] == ("/old", ["moved"])


def test_lone_surrogates_of_a_page_do_not_stop_the_rest(archived: Archived) -> None:
    said = '<script type="application/ld+json">{"@type": "Article", "author": {"name": "J \\udc00"}}</script>'
    archived.run(0, ("/quay", article("The quay", *QUAY).replace("</head>", f"{said}</head>")))
    with access.Archive(archived.home) as archive:
        assert archive.show(f"{SITE}/quay")["title"] == "The quay"


def test_a_page_whose_extraction_failed_is_read_when_it_is_met_again(
    archived: Archived, monkeypatch: pytest.MonkeyPatch
) -> None:
    archived.run(0, ("/quay", article("The quay", *QUAY)))
    edited = article("The quay", QUAY[0]) + "<!-- slow to read -->" * 50_000
    with Extractors(workers=1, seconds=0.000_001) as hasty:
        monkeypatch.setattr(archived, "extractors", hasty)
        archived.run(1, ("/quay", edited))
    assert archived.changes() == {}
    monkeypatch.undo()
    archived.run(2, ("/quay", edited))
    with access.Archive(archived.home) as archive:
        (change,) = archive.changes()
    assert (change["kinds"], change["to"]) == (["body"], MONDAY + timedelta(days=1))


def test_what_a_failed_write_took_back_is_forgotten(archived: Archived) -> None:
    run = archived.begin(0)
    answers = [archived.answer(0, n, f"/{n}", article(f"Page {n}", *QUAY)) for n in range(3)]
    path = archived.home.warc / "gazette" / "2025" / f"gazette-0-{run.id}.warc.gz"
    grown = write(path, answers, seal=False)
    archived.intake(run).take(grown)
    last = list(warc.read(grown))[-1].offset
    grown.write_bytes(grown.read_bytes()[:last])
    archived.intake(run).take(grown)
    assert (archived.rows("captures"), archived.rows("versions")) == (2, 2)


def test_instants_are_kept_to_the_microsecond(archived: Archived) -> None:
    at = datetime(2025, 1, 27, 6, 0, 0, 123456, tzinfo=UTC)
    archived.run_of(0, [Answer(f"{SITE}/quay", at, article("The quay", *QUAY))])
    with access.Archive(archived.home) as archive:
        assert instants.iso(archive.show(f"{SITE}/quay")["at"]) == "2025-01-27T06:00:00.123456Z"
