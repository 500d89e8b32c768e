"""Tells an answer under status 200 that is not the page: a block page, a wall, a soft 404, a broken text.

Pure. Such a capture is kept and never becomes a version. A real edit must pass: signs are weighed against
the length of the text and what the page said before, and a page whose text still stands is always the page.
`docs/changes.md` tells the rules.
"""

import re
from dataclasses import dataclass
from itertools import accumulate

from archive.model import Text, Verdict
from archive.sentences import count, units
from archive.signs import REFUSALS, SENTENCES, TITLES, WALLS, Trouble

STANDS = 0.5
"""Share of the earlier text's word quadruples from which on it still stands."""
LOST = 0.1
"""Share up to which nothing of the earlier text is left."""
ENOUGH = 4
"""The weight of signs that decides."""
LONG = 300
"""Words above which a text is no answer for the site, unless its title changed with it."""
FAR = 8_000
"""So many characters at its start and at its end are looked at, and its words are counted so far."""
SHORT_SENTENCE = 400
"""Characters up to which a sentence can be a sign: a sign is a line of its own, not part of an argument."""

_PARTS = re.compile(r"\s+[|–—:·»«/-]+\s+|\s*[|·»]\s*")
_WORDS = 50_000

_GARBLED = re.compile(
    "\ufffd|[\u00c2-\u00c5\u00d0\u00d1\u00d7\u00d8\u00d9\u00ce\u00cf][\u0080-\u00bf\u20ac\u201a\u0192\u201e\u2026"
    "\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153"
    "\u017e\u0178]|\u00e2(?:\u20ac|\u0080)[\u0080-\u00bf\u2122\u0153\u009d\u201c\u201d\u02dc\u00a6\u00a2\u00b9\u00ba]?"
)
"""What UTF-8 looks like when it is read as one byte a letter, and what other bytes do when read as UTF-8."""
_BEYOND = re.compile(r"[^\x00-\x7f]")


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a capture is not the page: the verdict it gets and the reason to show."""

    verdict: Verdict
    reason: str


def refusal(text: Text | None, before: Text | None, front: Text | None = None) -> Refusal | None:
    """Why an answer under a good status is not the page, or None.

    `before` is what the page said last, None while it never said anything; `front` is what the front page of
    its site said in the same run, None for that page itself.
    """
    if text is None or (before is not None and text.text == before.text):
        return None
    if before is not None and _is_garbled(text.text, before.text):
        return Refusal(Verdict.FAILED, "its letters are garbled: the encoding it was sent in is wrong")
    if before is not None and _is_cut_off(text.text, before.text):
        return Refusal(Verdict.FAILED, "its text is cut off in the middle of a sentence")
    if before is not None and _stands(before, text):
        return None
    trouble = _trouble(text, before)
    if trouble is not None:
        verdict = Verdict.BLOCKED if trouble in REFUSALS else Verdict.FAILED
        return Refusal(verdict, trouble.value)
    if before is None or not before.text:
        return None
    if front is not None and _is_front(text, before, front):
        return Refusal(Verdict.FAILED, "a soft 404: it shows the text of the front page")
    return None


def _stands(old: Text, new: Text) -> bool:
    """Whether half of the old text is still there: in whole blocks, which is soon known, or else in words."""
    there = set(new.text.split("\n\n"))
    kept = sum(len(block) for block in old.text.split("\n\n") if block in there)
    return bool(old.text) and (kept >= STANDS * len(old.text) or _share(old, new) >= STANDS)


@dataclass(frozen=True, slots=True)
class _Look:
    """What of a text can be a sign: its title, its short sentences, how many words it has."""

    title: str | None
    sentences: tuple[str, ...]
    words: int


def _look(text: Text) -> _Look:
    said = text.text
    ends = units(said[:FAR]) + units(said[max(FAR, len(said) - FAR) :])
    short = tuple(one.strip() for one in ends if len(one) <= SHORT_SENTENCE)
    return _Look(text.title, short, count(text.text[:FAR]))


def _trouble(text: Text, before: Text | None) -> Trouble | None:
    """The trouble with the heaviest signs, if they are heavy enough."""
    if before is None and count(text.text[:FAR]) > LONG:
        return None  # an article, whatever it says; spares the search
    now, then = _look(text), _look(before) if before is not None else None
    share = 1.0 if before is None or not before.text else _share(before, text)
    shrunk = before is not None and 2 * len(text.text) < len(before.text)
    found = {trouble: _weight(trouble, now, then, share, shrunk) for trouble in Trouble}
    worst = max(Trouble, key=found.__getitem__)
    return worst if found[worst] >= ENOUGH else None


def _weight(trouble: Trouble, now: _Look, then: _Look | None, share: float, shrunk: bool) -> int:
    """The weight of the signs of one trouble. What the page said or was called before is no sign.

    `share` is how much of the earlier text is left; `shrunk`: it is less than half as long.
    """
    title = _titled(trouble, now.title) and not (then and _titled(trouble, then.title))
    said = 0 if then and _said(trouble, then.sentences) else _said(trouble, now.sentences)
    if not said and (not title or now.words >= (15 if then else 4)):
        return int(title)  # a headline like others, over a text that says something else
    weight = 2 * title + 2 * (said > 0) + (said > 1) + (now.title is None)
    weight += _shortness(now.words, bool(title and then))
    if then is None or not then.words:
        return weight
    if trouble not in WALLS and then.title == now.title and then.words < 60:
        weight -= 2  # a short page may say of itself that it is closed
    return weight + (share <= LOST) + (shrunk and trouble in WALLS)


def _titled(trouble: Trouble, title: str | None) -> bool:
    if title is None:
        return False
    parts = [title, *_PARTS.split(title[:300])]
    whole = any(TITLES[trouble].fullmatch(part.strip()) for part in parts if len(part) <= 120)
    return bool(whole or SENTENCES[trouble].search(title[:300]))


def _said(trouble: Trouble, sentences: tuple[str, ...]) -> int:
    """How many sentences are signs."""
    return sum(1 for one in sentences if SENTENCES[trouble].search(one))


def _shortness(words: int, retitled: bool) -> int:
    """What answers for the site are short; a long one under a new title lists what else the site has."""
    if words < 15:
        return 2
    if words < 60:
        return 1
    return 0 if words <= 150 else -1 if words <= LONG or retitled else -3


def _is_front(text: Text, before: Text, front: Text) -> bool:
    """Whether it says what the front page says. What it said itself before must be gone."""
    same = text.text == front.text or (
        text.title == front.title and min(_share(front, text), _share(text, front)) >= STANDS
    )
    return bool(text.text) and same and _share(before, text) <= LOST


def _is_garbled(new: str, old: str) -> bool:
    """Whether most of what was beyond ASCII is nonsense now. One that quotes some is not meant."""
    if new.isascii():
        return False
    broken = len(_GARBLED.findall(new)) - len(_GARBLED.findall(old))
    if broken < 2:
        return False
    words = [word for word in old.split()[:_WORDS] if _BEYOND.search(word)]
    lost = len(set(words) - set(new.split()))
    return 2 * lost > len(set(words)) and 2 * broken >= len(words)


def _is_cut_off(new: str, old: str) -> bool:
    """Whether it is the beginning of what it was, up to the middle of a sentence, with more missing."""
    if len(new) < 40 or not old.startswith(new):
        return False
    end = next(end for end in accumulate(map(len, units(old))) if end >= len(new))
    return bool(old[len(new) : end].strip(" \n.!?…")) and end < len(old)


def _share(old: Text, new: Text) -> float:
    """How much of the old text is in the new one, in word quadruples."""
    first, second = quadruples(old.text), quadruples(new.text)
    return len(first & second) / len(first)


def quadruples(text: str) -> frozenset[tuple[str, ...]]:
    """All four words in a row of a text, by which two texts are told to be alike; never empty.

    A text in a script without spaces is taken letter by letter. Bounded: a hostile page of millions of words
    is judged by its beginning.
    """
    words = text.split(maxsplit=_WORDS)[:_WORDS]
    if len(text) > 40 * len(words):
        words = list(text[:_WORDS])
    return frozenset(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3)))
