"""Blocks that move by themselves, learned from all pages of one source: what comes and goes, what counts.

Pure: the same texts teach the same noise. A wrongly ignored edit is worse than a reported widget, so only
what no editor does is left out by itself; what merely looks like noise is named, for a person to decide.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import pairwise

from archive.announced import is_note
from archive.model import Text

FLIPS = 3
"""So often a block must have come or gone on one page to be going to and fro."""
PASSING = 5
"""On so many pages a block must have come and gone again to be none of theirs."""
COUNTING = 3
"""On so many pages a block must have had so many values, never one of them twice, to look like a counter."""
LONGEST = 2_000
"""Characters of a block that is learned: longer ones are articles."""

_DIGITS = re.compile(r"\d+")


class Habit(StrEnum):
    """How a block moves. The list is closed."""

    FLIPS = "to and fro"
    PASSES = "came and went"
    COUNTS = "counts"


LEFT_OUT = frozenset({Habit.FLIPS, Habit.PASSES})
"""What comparisons leave out unless a person says otherwise."""


@dataclass(frozen=True, slots=True)
class Noise:
    """One block, a counter's with `#` for its numbers; so many `pages` have it, of which `example` is one."""

    habit: Habit
    block: str
    pages: int
    example: str

    @property
    def id(self) -> str:
        """By which a person names it: stays the same as long as the block does."""
        return hashlib.sha256(f"{self.habit}\n{self.block}".encode()).hexdigest()[:10]


def learn(texts: Mapping[str, Sequence[str]]) -> tuple[Noise, ...]:
    """The noise of a source, from what each of its pages, by URL, said at one capture after the other."""
    found: dict[tuple[Habit, str], list[str]] = defaultdict(list)
    for url in sorted(texts):
        states = [frozenset(blocks(said)) for said in texts[url]]
        for block in sorted(frozenset().union(*states)):
            if len(block) > LONGEST or is_note(block):
                continue
            there = [block in state for state in states]
            turns = sum(one != other for one, other in pairwise(there))
            if turns >= FLIPS:
                found[Habit.FLIPS, block].append(url)
            if turns >= 2 and not there[0] and not there[-1]:
                found[Habit.PASSES, block].append(url)
        for form in _counting(states):
            found[Habit.COUNTS, form].append(url)
    least = {Habit.FLIPS: 1, Habit.PASSES: PASSING, Habit.COUNTS: COUNTING}
    return tuple(
        Noise(habit, block, len(urls), urls[0])
        for (habit, block), urls in sorted(found.items())
        if len(urls) >= least[habit]
    )


def _counting(states: Sequence[frozenset[str]]) -> list[str]:
    """The shapes of which every state has one block, each time with other numbers."""
    if len(states) < COUNTING:
        return []
    values: dict[str, list[str]] = defaultdict(list)
    for state in states:
        for block in state:
            if len(block) <= LONGEST and _DIGITS.search(block) and not is_note(block):
                values[shape(block)].append(block)
    return sorted(form for form, had in values.items() if len(had) == len(set(had)) == len(states))


def blocks(text: str) -> list[str]:
    """The blocks of a canonical text."""
    return text.split("\n\n")


def shape(block: str) -> str:
    """A block with `#` for every number."""
    return _DIGITS.sub("#", block)


def without(text: Text, loud: Iterable[tuple[Habit, str]]) -> Text:
    """A text without noise, as it is compared. Where nothing else is in it, or in a listing, all stays."""
    noise = frozenset(loud)
    if not noise or text.entries:
        return text
    every = list(blocks(text.text))
    kept = [block for block in every if not _is(block, noise)]
    if not kept or len(kept) == len(every):
        return text
    return replace(text, text="\n\n".join(kept), links=())  # which of them were the noise's is not known


def _is(block: str, noise: frozenset[tuple[Habit, str]]) -> bool:
    counts = (Habit.COUNTS, shape(block)) in noise
    return counts or any((habit, block) in noise for habit in LEFT_OUT)
