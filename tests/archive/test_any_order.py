"""The same captures in any order and in any portions give the same history, whatever a site did.

Worlds are made by chance: articles are edited, move in every way that there is, go, come back, are copied,
get a box that comes and goes; the server fails now and then, and runs do not ask for all. The WARC files of
a world are shuffled, and what the index and the folder of texts say is compared.
"""

import random
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from archive import database, histories, schema
from archive.home import Home
from archive.ingest import Ingest
from archive.text import Extractors
from tests.archive.test_order import said
from tests.sites.records import Answer, article, write
from tests.sites.walls import CHALLENGES

MONDAY = datetime(2025, 1, 27, 6, tzinfo=UTC)
SITE = "https://gazette.example"
FRONT = article("The Gazette", "All that happens between the quay and the mill, told every day but Sunday.")
BOX = "Read more of this in the paper of tomorrow, which costs a crown and a half at the kiosk by the mill."
TALE = (
    "The council met on Monday evening in the fish hall and voted to keep the north quay open in winter.",
    "The crane will be repaired before the ice comes, said the harbour master, who waited for it since May.",
    "Nobody spoke against the motion, which is rare in a town where even the tide has its opponents.",
    "The ferry runs twice a day until the first frost, and after that when the captain finds it safe.",
)
LEAD = ("Of the heron", "Of the mill", "Of the winter", "Of the kiosk")
WAYS = ("404", "front", "redirect", "silent", "canonical", "copy")
DAYS, STORIES = 5, 4


@dataclass
class Story:
    """An article at one address after the other; `ways` is how each earlier address is answered.

    `flips`: it has a box every other day.
    """

    number: int
    flips: bool
    edits: int = 0
    box: bool = False
    ways: list[str] = field(default_factory=list)

    def url(self, place: int) -> str:
        return f"/{self.number}/{place}"

    def page(self, canonical: str = "") -> str:
        lead = f"{LEAD[self.number % 3]} much is said. {LEAD[self.number]} we tell here what was never told."
        edited = [f"{TALE[0]} It was added later, in version {'abcde'[self.edits]}."] if self.edits else []
        body = article("The story", lead, *TALE, *edited, *([BOX] if self.box else []))
        link = f'<link rel="canonical" href="{SITE}{canonical}">' if canonical else ""
        return body.replace("<head>", f"<head>{link}")


@dataclass(frozen=True)
class World:
    """The files of each run, by day, and what the runs were."""

    files: dict[tuple[int, int], list[Answer]]
    light: int
    incomplete: int


@cache
def world(seed: int) -> World:
    dice = random.Random(seed)
    stories = [Story(number, flips=dice.random() < 0.5) for number in range(STORIES)]
    files: dict[tuple[int, int], list[Answer]] = {}
    for day in range(DAYS):
        answers = [Answer(f"{SITE}/", MONDAY + timedelta(days=day), FRONT)]
        for story in stories:
            if day and (not story.flips or dice.random() < 0.3):
                happens(story, dice)
            if story.flips:
                story.box = day % 2 == 1
            for path, answer in answered(story, dice):
                at = MONDAY + timedelta(days=day, minutes=len(answers))
                answers.append(made(path, at, answer))
        dice.shuffle(answers)
        cut = dice.randrange(len(answers))
        files |= {(day, part): some for part, some in enumerate((answers[:cut], answers[cut:])) if some}
    return World(files, light=dice.choice((2, 9)), incomplete=dice.choice((3, 9)))


def happens(story: Story, dice: random.Random) -> None:
    what = dice.choice(("stay", "stay", "edit", "box", "move", "move"))
    if what == "edit":
        story.edits += 1
    elif what == "box":
        story.box = not story.box
    elif what == "move" and len(story.ways) < 2:
        story.ways.append(dice.choice(WAYS))


def answered(story: Story, dice: random.Random) -> Iterator[tuple[str, str | int]]:
    """What each address of a story says."""
    here = story.url(len(story.ways))
    for place, way in enumerate(story.ways):
        old: dict[str, str | int] = {"404": 404, "front": "/", "redirect": here, "copy": story.page()}
        old["canonical"] = story.page(canonical=here)
        if way in old and dice.random() < 0.9:
            yield story.url(place), old[way]
    odd = dice.choice((None, None, None, None, None, 503, 404, 304, CHALLENGES["akamai"], "not asked"))
    if odd != "not asked":
        yield here, odd or story.page()


def made(path: str, at: datetime, said: str | int) -> Answer:
    if isinstance(said, int):
        return Answer(SITE + path, at, status=said)
    if said.startswith("/"):
        return Answer(SITE + path, at, status=301, headers=(("Location", said),))
    return Answer(SITE + path, at, said)


Told = dict[str, list[object]]


@dataclass(frozen=True)
class Written:
    """Worlds whose files were written once: each record has one name."""

    root: Path
    extractors: Extractors
    in_order: dict[int, Told] = field(default_factory=dict)

    def file(self, seed: int, day: int, part: int) -> Path:
        path = self.root / str(seed) / f"gazette-{day}-run{day}-0000{part}.warc.gz"
        return path if path.exists() else write(path, world(seed).files[day, part])

    def afresh(self, seed: int, order: list[tuple[int, int]], portion: int) -> Told:
        root = Path(tempfile.mkdtemp(prefix="home", dir=self.root))
        try:
            return told(self, Home(root), seed, order, portion)
        finally:
            shutil.rmtree(root)

    def shuffled(self, seed: int, chance: random.Random) -> None:
        files = sorted(world(seed).files)
        if seed not in self.in_order:
            self.in_order[seed] = self.afresh(seed, files, 16 * 1024 * 1024)
        order, portion = chance.sample(files, len(files)), chance.choice((2_000, 16 * 1024 * 1024))
        differ = unlike(self.in_order[seed], self.afresh(seed, order, portion))
        assert not differ, (seed, order, portion)


def unlike(one: Told, other: Told) -> list[str]:
    """The rows and files that are in one of them only."""
    found = []
    for name in one.keys() | other.keys():
        rows = [{repr(row) for row in some.get(name, [])} for some in (one, other)]
        found += [f"{name} {mark} {row}" for mark, n in (("-", 0), ("+", 1)) for row in rows[n] - rows[1 - n]]
    return sorted(found)


def told(written: Written, home: Home, seed: int, order: list[tuple[int, int]], portion: int) -> Told:
    """All that follows from the files of a world, taken in this order."""
    engine = database.open_index(home)
    known, left = world(seed), {day: sum(file[0] == day for file in order) for day in range(DAYS)}
    folder = home.warc / "gazette" / "2025"
    folder.mkdir(parents=True)
    begun: set[int] = set()
    for day, part in order:
        run = f"run{day}"
        if day not in begun:
            begun.add(day)
            with engine.begin() as connection:
                _begin(connection, run, day, light=day == known.light)
        file = Path(shutil.copy(written.file(seed, day, part), folder))
        intake = Ingest(home, engine, written.extractors, "gazette", run)
        while intake.take(file, most=1, size=portion):
            pass
        left[day] -= 1
        if not left[day]:
            intake.conclude(complete=day not in (known.light, known.incomplete))
    with engine.begin() as connection:
        found = {**said(connection), **besides(connection)}
        histories.settle(connection, home, connection.execute(select(schema.pages.c.id)).scalars().all())
        differ = unlike(found, {**said(connection), **besides(connection)})
        assert not differ, ("derived at once", differ)
    engine.dispose()
    paths = sorted(path for path in home.text.rglob("*") if path.is_file())
    return {**found, "texts": [(path.relative_to(home.text).as_posix(), path.read_bytes()) for path in paths]}


def _begin(connection: Connection, run: str, day: int, *, light: bool) -> None:
    at = MONDAY + timedelta(days=day, minutes=-1)
    row = {"id": run, "source": "gazette", "slot": at, "started": at, "settings": {}, "light": light}
    ended = {"ended": at + timedelta(hours=1), "outcome": "succeeded", "software": "a test"}
    connection.execute(schema.runs.insert().values(**row, **ended))


def besides(connection: Connection) -> dict[str, list[object]]:
    """What is known of noise, and what pages are like."""
    noise, like, pages = schema.noise, schema.likenesses, schema.pages
    alike = select(pages.c.url, like.c.hash).join(pages).order_by(pages.c.url, like.c.hash)
    heard = select(*(column for column in noise.c)).order_by(noise.c.id)
    return {
        "noise": [tuple(row) for row in connection.execute(heard)],
        "likenesses": [tuple(row) for row in connection.execute(alike)],
    }


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Written]:
    with Extractors(1) as extractors:
        yield Written(tmp_path_factory.mktemp("worlds"), extractors)


CHANCE = st.randoms(use_true_random=False)
AS_IT_IS = (Phase.explicit, Phase.generate)
"""To make a failing example smaller would take hours."""


@pytest.mark.parametrize("seed", [7, pytest.param(9, marks=pytest.mark.nightly)])
def test_any_order_gives_the_same_history(written: Written, seed: int) -> None:
    """Of worlds in which a page is asked for no more, or calls another its own, and boxes come and go."""
    written.shuffled(seed, random.Random(seed))
    told = written.in_order[seed]
    assert told["noise"]
    assert "the same text" in repr(told["changes"])


@pytest.mark.nightly
@given(st.integers(0, 200), CHANCE)
@settings(max_examples=60, deadline=None, phases=AS_IT_IS)
@pytest.mark.timeout(900)
def test_any_order_of_many_worlds_gives_the_same_history(
    written: Written, seed: int, chance: random.Random
) -> None:
    written.shuffled(seed, chance)
