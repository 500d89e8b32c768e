"""A page that shows now one text and now another, to and fro: a headline on trial, a box with two faces.

Once to and back is an edit that was taken back. Only what came twice each way, A B A B, is taken for noise,
and then the whole series is one version. When the page stays with the second for good, that is an edit.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace

from archive.model import History, Observation, Text, Verdict

STEPS = 4
"""So many states in turn between two make a series."""
SETTLED = 3
"""So many captures, and more than ever before, show that a page stays with the second state."""

TITLE = "noise: the title goes to and fro between two"
WHOLE = "noise: the page goes to and fro between two texts"

_State = tuple[Hashable, Observation, Text]


def stilled(
    ordered: Sequence[Observation], told: History, identity: Callable[[Text], Hashable]
) -> list[Observation] | None:
    """The captures with the first of two texts, or titles, wherever they alternate; None where none do.

    `told` is the history without this; `identity` is equal for texts that say the same.
    """
    for said, reason in ((identity, WHOLE), (_title, TITLE)):
        first_of = dict(_series(_states(ordered, told, said)))
        if first_of:
            return [_with(seen, first_of.get(seen.capture), reason) for seen in ordered]
    return None


def _title(text: Text) -> Hashable:
    return text.title


def _states(ordered: Sequence[Observation], told: History, said: Callable[[Text], Hashable]) -> list[_State]:
    """What each good capture shows. A page that was gone begins anew: that it went is no noise."""
    judged = {judgement.capture: judgement for judgement in told.judgements}
    states: list[_State] = []
    absences = 0
    for seen in ordered:
        absences += judged[seen.capture].verdict is Verdict.BACK
        if judged[seen.capture].version is not None and seen.text is not None:
            states.append(((absences, said(seen.text)), seen, seen.text))
    return states


def _with(seen: Observation, first: Text | None, reason: str) -> Observation:
    if first is None or seen.text is None:
        return seen
    text = first if reason == WHOLE else replace(seen.text, title=first.title)
    return replace(seen, text=text, noise=reason)


def _series(states: Sequence[_State]) -> Iterator[tuple[int, Text]]:
    """Each capture that shows the second state of a series, with the text that is the first."""
    start = 0
    while start < len(states):
        stretches = _alternating(states, start)
        if len(stretches) < STEPS:
            start = stretches[0].stop
            continue
        last = len(stretches[-1])
        stays = last >= SETTLED and last > max(map(len, stretches[:-1]))
        for stretch in stretches[1 : -1 if stays else None : 2]:
            yield from ((states[place][1].capture, states[start][2]) for place in stretch)
        start = stretches[-1].stop


def _alternating(states: Sequence[_State], start: int) -> list[range]:
    """The stretches of equal states from `start` on, as long as they alternate between two."""
    found: list[range] = []
    while start < len(states):
        if len(found) >= 2 and states[start][0] != states[found[-2].start][0]:
            break
        stop = start
        while stop < len(states) and states[stop][0] == states[start][0]:
            stop += 1
        found.append(range(start, stop))
        start = stop
    return found
