"""A crawl that is killed again and again ends as if nothing had happened.

./run tests -m nightly tests/survival/test_kills.py -s    # two hundred kills; prints how far it is
"""

import time
from pathlib import Path
from random import Random

import pytest

from tests.journeys.program import Person
from tests.sites.server import Server
from tests.survival import hunt, island, judge

AT_ONCE = 9
"""Answers that may be under way or unwritten at a kill: so many `crawler.child` allows."""


def test_a_few_kills_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    calm, hunted = Person(tmp_path / "calm"), Person(tmp_path / "hunted")
    site = island.state(0, 12)
    with Server(site, conditional=True) as one, Server(site, conditional=True, latency=0.1) as other:
        calm.watch(one.url, "island")
        hunted.watch(other.url, "island")
        undisturbed = calm.start("crawl")
        chase = hunt.Hunt(hunted, other, Random(8), seconds=2, stride=8, early=True)
        chase.pursue(1, 3)
        assert undisturbed.wait(60) == 0
    assert chase.blows.total() >= 2  # a crawl may be quicker than the third
    assert chase.left_over() == []
    judge.compare(judge.history(hunted, other.url), judge.history(calm, one.url))
    judge.check(hunted, other.exchanges, in_flight=AT_ONCE * 3)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_two_hundred_kills_while_the_site_changes(tmp_path: Path) -> None:
    kills, seed = 200, 1
    dice = Random(seed)
    calm, hunted = Person(tmp_path / "calm"), Person(tmp_path / "hunted")
    began = time.monotonic()
    with Server(conditional=True) as one, Server(conditional=True, latency=0.01) as other:
        calm.watch(one.url, "island")
        hunted.watch(other.url, "island")
        chase = hunt.Hunt(hunted, other, dice)
        number = 0
        while _killed(chase) < kills:
            one.state = other.state = island.state(number, 60)
            calm.run("crawl")
            if number % 4 == 1:
                chase.freeze()
            if number % 4 == 2:
                chase.hang()
            chase.pursue(number + 1, min(15, kills - _killed(chase)), hunt.ALL)
            number += 1
            judge.compare(judge.history(hunted, other.url), judge.history(calm, one.url))
            judge.check(hunted, other.exchanges, in_flight=AT_ONCE * chase.blows.total())
            took = time.monotonic() - began
            print(f"{_killed(chase)} kills, {number} states, {took:.0f} s", flush=True)
    print(f"seed {seed}: {dict(chase.blows)}, which met {dict(chase.phases)}")
    assert chase.left_over() == []


def _killed(chase: hunt.Hunt) -> int:
    return sum(n for name, n in chase.blows.items() if name.startswith("SIGKILL"))
