"""What is due: by example, and under a simulated clock with a real table of runs."""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise, takewhile
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import select, update

from archive import access, database, instants, runs, schema
from archive.home import Home
from crawler.source import Source
from schedules.cadence import Cadence, fires, parse
from schedules.due import Due, Plan, due, following, plan, turn

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)  # a Wednesday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def at(hours: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=hours)


def row(
    full: datetime | None = None,
    light: datetime | None = None,
    started: datetime | None = None,
    left: access.LeftRow | None = None,
) -> access.SlotsRow:
    return access.SlotsRow(full=full, light=light, started=started or full, left=left, ahead=None)


def daily(light: str | None = None, schedule: str | None = "daily at 06:00", paused: bool = False) -> Plan:
    return plan(Source(name="gazette", seeds=("x",), schedule=schedule, light=light, paused=paused))


def test_what_has_never_run_is_due_at_once_and_after_downtime_only_the_newest_slot_is() -> None:
    assert turn(daily(), None, NOON) == Due("gazette", at(-6), light=False)
    assert turn(daily(), row(full=at(-6 - 24 * 40)), NOON) == Due("gazette", at(-6), light=False)
    assert turn(daily(), row(full=at(-6)), NOON) is None
    assert following(daily(), row(full=at(-6)), NOON) == (at(18), False)


def test_a_full_run_that_is_due_makes_the_light_one_needless() -> None:
    both = daily("every 20 minutes")
    assert turn(both, row(full=at(-30)), NOON) == Due("gazette", at(-6), light=False)
    # It began at noon: the light run of noon is had too, and the one after it is not.
    begun = row(full=at(-6), started=at(0))
    assert turn(both, begun, at(0.1)) is None
    assert turn(both, begun, at(0.4)) == Due("gazette", at(1 / 3), light=True)
    assert following(both, begun, at(0.1)) == (at(1 / 3), True)


def test_a_run_by_hand_counts_for_the_slots_before_it() -> None:
    assert turn(daily(), row(full=at(-1)), NOON) is None


def test_nothing_is_due_of_what_is_paused_manual_or_without_a_schedule() -> None:
    left = row(left={"run": "k", "slot": at(-1), "light": False, "resumed": 0})
    for one in (daily(paused=True), daily(schedule=None), daily(schedule="manual", light="manual")):
        assert turn(one, left, NOON) is None
        assert following(one, left, NOON) is None


def test_what_was_left_behind_comes_first_but_not_for_ever() -> None:
    left: access.LeftRow = {"run": "k3", "slot": at(-30), "light": False, "resumed": runs.TAKEN_UP - 1}
    assert turn(daily(), row(full=at(-30), left=left), NOON) == Due("gazette", at(-30), False, left="k3")
    left["resumed"] = runs.TAKEN_UP
    assert turn(daily(), row(full=at(-6), left=left), NOON) is None
    assert turn(daily(), row(full=at(-30), left=left), NOON) == Due("gazette", at(-6), False)


def test_the_oldest_overdue_comes_first_and_what_is_running_not_at_all() -> None:
    texts = {"a": "hourly", "b": "daily at 06:00", "c": "weekly", "d": "daily at 06:00"}
    plans = [Plan(name, parse(text), None) for name, text in texts.items()]
    assert [one.source for one in due(plans, {}, {"b"}, NOON)] == ["c", "d", "a"]


def test_a_clock_that_was_years_ahead_once_stops_no_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = database.open_index(Home(tmp_path))
    monkeypatch.setattr(instants, "now", lambda: NOON + 4000 * DAY)
    done(engine, runs.begin(engine, "gazette", {}, "test", NOON + 4000 * DAY))
    monkeypatch.setattr(instants, "now", lambda: NOON)
    found = access.slots_of(engine, ["gazette"], NOON)["gazette"]
    assert (found["full"], found["ahead"]) == (None, NOON + 4000 * DAY)
    assert turn(daily(), found, NOON) == Due("gazette", at(-6), light=False)
    assert runs.begin(engine, "gazette", {}, "test", at(-6)).resumed == 0


KINDS = (
    "daily at 06:00", "daily at 02:30", "daily at 00:00, 12:00", "every 20 minutes", "every 4 hours",
    "every 3 days at 01:30", "weekly on Mon, Thu at 05:30", "every 2 weeks on Sun at 03:00",
    "monthly on the last day at 04:00", "monthly on 1, 15, 29, 31 at 02:00", "0 */6 * * *",
    "30 2 * * mon-fri", "0 3 29 2 *", "*/15 2 13 * fri", "@weekly",
    "every 30 minutes between 08:00 and 20:00", "every hour between 22:00 and 03:00 on Sat, Sun",
    "daily at 01:30 {zone} jitter 50 minutes",
)  # fmt: skip
ZONES = (
    "UTC",
    "Europe/Riga",
    "America/New_York",
    "Australia/Lord_Howe",
    "America/Santiago",
    "Asia/Kathmandu",
)


def cadence_of(number: int) -> Cadence:
    kind, zone = KINDS[number % len(KINDS)], ZONES[number % len(ZONES)]
    return parse(kind.format(zone=zone) if "{" in kind else f"{kind} {zone}", f"source-{number}")


def done(engine: database.Engine, run: runs.Run, complete: bool = True) -> None:
    outcome = runs.Outcome.SUCCEEDED
    runs.finish(engine, run.id, outcome=outcome, reason=None, complete=complete, requests=1, received=1)


def close(engine: database.Engine, begun: list[runs.Run], now: datetime) -> None:
    """All these runs have ended well; at once, as that is not what is tested and there are very many."""
    for kind in (False, True):
        mine = schema.runs.c.id.in_([run.id for run in begun if run.light is kind])
        ended = update(schema.runs).where(mine).values(ended=now, outcome="succeeded", complete=not kind)
        with engine.begin() as connection:
            connection.execute(ended)


@dataclass
class World:
    """Schedulers that wake now and then under a clock that is stepped, machines that are down, and runs that
    take their time. `true` is the time that passes, `step` how far the clock is off.
    """

    engine: database.Engine
    plans: dict[str, Plan]
    random: Random
    true: datetime
    step: timedelta = timedelta(0)
    running: dict[str, datetime] = field(default_factory=dict)
    free: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    refused: int = 0

    @property
    def now(self) -> datetime:
        return self.true + self.step

    def wake(self) -> None:
        """Two schedulers look at the same table, and both begin what they find."""
        self.running = {name: end for name, end in self.running.items() if end > self.true}
        for name in self.plans.keys() - self.running.keys():
            self.free[name].append(self.now)
        found = self.look(self.plans)
        assert found == sorted(found, key=lambda one: (one.slot, one.source))
        assert all(one.left is None for one in found)
        begun = [self.begin(one) for one in found]
        close(self.engine, begun, self.now)
        for one in found:
            # The lock of the source is not asked here: also when the first run is over, its slot is had.
            with pytest.raises(runs.SlotTaken):
                self.begin(one)
            self.running[one.source] = self.true + self.random.random() * 2 * HOUR
            self.refused += 1
        assert self.look([one.source for one in found], running=()) == []

    def look(self, names: Collection[str], running: Collection[str] | None = None) -> list[Due]:
        rows = access.slots_of(self.engine, names, self.now)
        plans = [self.plans[name] for name in names]
        return due(plans, rows, self.running if running is None else running, self.now)

    def begin(self, one: Due) -> runs.Run:
        return runs.begin(self.engine, one.source, {}, "test", slot=one.slot, light=one.light)


def steps(random: Random, days: int) -> Iterator[tuple[timedelta, timedelta]]:
    """How long the next sleep is, and how the clock is stepped meanwhile; some are downtimes."""
    slept, downtimes = timedelta(0), [HOUR, 3 * DAY, 40 * DAY] if days > 100 else [HOUR, DAY, 2 * DAY]
    falls = {days * (number + 1) // 4: length for number, length in enumerate(downtimes)}
    while slept < days * DAY:
        length = falls.pop(slept.days, None) or timedelta(
            minutes=random.randint(1, random.choice([10, 90, 480]))
        )
        stepped = random.choice([-3, 3]) * HOUR if random.random() < 0.01 else timedelta(0)
        slept += length
        yield length, stepped


@pytest.mark.parametrize(
    ("begin", "days", "sources"),
    [
        pytest.param(datetime(2026, 3, 28, tzinfo=UTC), 9, 9, id="spring"),
        pytest.param(datetime(2026, 10, 24, tzinfo=UTC), 9, 9, id="autumn"),
        pytest.param(datetime(2027, 1, 1, tzinfo=UTC), 730, 40, id="two-years", marks=[
            pytest.mark.nightly, pytest.mark.timeout(1200)]),
    ],
)  # fmt: skip
def test_every_slot_is_run_once_or_caught_up_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, begin: datetime, days: int, sources: int
) -> None:
    random = Random(7)
    plans = {f"source-{n}": Plan(f"source-{n}", cadence_of(n), None) for n in range(sources)}
    for number in range(0, sources, 5):
        both = plans[f"source-{number}"]
        plans[both.source] = Plan(both.source, both.schedule, parse("every 3 hours"))
    world = World(database.open_index(Home(tmp_path)), plans, random, begin)
    monkeypatch.setattr(instants, "now", lambda: world.now)
    for length, stepped in steps(random, days):
        world.true += length
        world.step = max(-3 * HOUR, min(3 * HOUR, world.step + stepped))
        world.wake()
    assert world.refused > days
    end = world.true + 4 * HOUR
    with world.engine.connect() as connection:
        columns = schema.runs.c.source, schema.runs.c.slot, schema.runs.c.light
        table = list(connection.execute(select(*columns).order_by(schema.runs.c.started, schema.runs.c.slot)))
    leap = {name for name, slot, _ in table if f"{slot:%Y-%m-%d %H}" == "2028-02-29 03"}
    assert days < 730 or "source-12" in leap, "0 3 29 2 * comes once in these two years"
    for name, one in plans.items():
        had = [slot for source, slot, light in table if source == name and not light]
        assert had == wanted(one.schedule, begin, end, world.free[name]), one.schedule
        if one.light:
            lightly = sorted(slot for source, slot, light in table if source == name and light)
            assert lightly and not set(lightly) & set(had)
            assert set(lightly) <= set(takewhile(lambda slot: slot < end, fires(one.light, begin - DAY)))


def wanted(cadence: Cadence | None, begin: datetime, end: datetime, looks: list[datetime]) -> list[datetime]:
    """The slots to be run, from their list and the times on the clock at which somebody looked: at each the
    newest one, unless it or a later one was run.
    """
    assert cadence is not None
    slots = list(takewhile(lambda slot: slot <= end, fires(cadence, begin - 1500 * DAY)))
    found: list[datetime] = []
    for look in looks:
        index = bisect_right(slots, look)
        if index and (not found or slots[index - 1] > found[-1]):
            found.append(slots[index - 1])
    assert all(slot < later for slot, later in pairwise(found))
    return found
