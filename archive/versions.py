"""From the captures of one page to its versions, changes and verdicts: the rules, and nothing else.

No I/O, no clock, no state: the same captures give the same history, in whatever order they arrived.
`docs/changes.md` tells the rules to readers.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import timedelta

from archive import diff
from archive.alternation import STEPS, stilled
from archive.announced import openness
from archive.edits import digest
from archive.gate import quadruples, refusal
from archive.heirs import heir, named
from archive.model import (
    Change,
    History,
    Judgement,
    Kind,
    Like,
    Observation,
    Target,
    Text,
    Verdict,
    Version,
)
from archive.sentences import count

PERMANENT = frozenset({301, 308})
GONE = frozenset({404, 410})
REFUSED = frozenset({401, 402, 403, 407, 429, 451})
NOT_IT = frozenset({Verdict.BLOCKED, Verdict.FAILED})
ALIKE = 0.5
"""Share of common word quadruples from which two texts count as the same article (Jaccard index)."""
APART = timedelta(hours=1)
"""So much time must lie between two 404s that count together: one fault of a server may be seen twice."""
UNCOUNTED = "not counted yet"
REDIRECT, CANONICAL, SAME_TEXT = "a redirect", "its canonical link", "the same text"
"""By what a move is known."""


def history(observations: Iterable[Observation], before: Text | None = None) -> History:
    """The history of a page from all its captures.

    `before` is what the page said at the address it moved from: its first version is then not new.
    """
    ordered = sorted(observations, key=lambda seen: (seen.at, seen.payload, seen.status, seen.capture))
    told = _told(ordered, before)
    while len(told.versions) >= STEPS and (quiet := stilled(ordered, told, _identity)):
        ordered = quiet
        told = _told(ordered, before)
    return told


def _told(ordered: Iterable[Observation], before: Text | None) -> History:
    page = _Page(before=before)
    for seen in ordered:
        judged = _judge(page, seen)
        noisy = judged.reason is None and judged.verdict in (Verdict.SAME, Verdict.RESTYLED)
        page.judgements.append(replace(judged, reason=seen.noise) if noisy else judged)
    _passed_over(page)
    return History(tuple(page.judgements), tuple(page.versions), tuple(page.changes), page.moved_to)


@dataclass
class _Page:
    """The fold's state. `shown` is the text that stands at present, `readings` what other extractors made of
    the same payload; `lost` is the first answer since the last good capture by which the page was not there,
    and `missing` are the 404s since then that do not count yet, by their places among the judgements;
    `refused` are the payloads that were not the page.
    """

    before: Text | None
    versions: list[Version] = field(default_factory=list)
    numbers: dict[tuple[object, ...], int] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    judgements: list[Judgement] = field(default_factory=list)
    good: Observation | None = None
    shown: Text | None = None
    readings: tuple[Text, ...] = ()
    absent: Kind | None = None
    lost: Observation | None = None
    missing: list[tuple[int, Observation]] = field(default_factory=list)
    refused: dict[str, Judgement] = field(default_factory=dict)
    moved_to: str | None = None
    moved_by: str | None = None

    @property
    def number(self) -> int | None:
        return self.versions[-1].number if self.versions else None

    def find(self) -> None:
        """It is there, whatever was missed before."""
        self.lost = None
        self.missing.clear()


def _judge(page: _Page, seen: Observation) -> Judgement:
    if seen.ruled in NOT_IT:
        return Judgement(seen.capture, seen.ruled, "so ruled by hand")
    if seen.status == 304 and page.good is not None:
        if seen.payload in page.refused and seen.payload != page.good.payload:
            return replace(page.refused[seen.payload], capture=seen.capture)  # the wall has not changed
        # It carries no payload of its own: what the page showed before still holds.
        good = page.good
        seen = replace(good, capture=seen.capture, at=seen.at, status=seen.status, likes=seen.likes)
        if page.absent is not None:
            return _back(page, seen, page.shown, None)
        return _again(page, seen, Verdict.SAME)
    if seen.status in GONE or seen.ruled is Verdict.GONE:
        return _missing(page, seen)
    if 300 <= seen.status < 400:
        return _redirected(page, seen)
    return (None if seen.ruled else _renamed(page, seen) or _poor(page, seen)) or _answered(page, seen)


def _poor(page: _Page, seen: Observation) -> Judgement | None:
    """Why this capture does not show the page, where it does not."""
    status = seen.status
    if status in REFUSED:
        return Judgement(seen.capture, Verdict.BLOCKED, f"the server refused it (HTTP {status})")
    if not 200 <= status < 300:
        return Judgement(seen.capture, Verdict.FAILED, f"HTTP {status}" if status else "no valid HTTP answer")
    if seen.truncated:
        return Judgement(seen.capture, Verdict.FAILED, "the answer is truncated")
    if seen.unread is not None:
        return Judgement(seen.capture, Verdict.FAILED, f"its text could not be read: {seen.unread}")
    found = refusal(seen.text, page.shown, seen.front)
    if found is not None:
        judged = Judgement(seen.capture, found.verdict, found.reason)
        page.refused[seen.payload] = judged
        return judged
    if (seen.text is None or not seen.text.text) and page.shown is not None:
        return Judgement(seen.capture, Verdict.FAILED, "no text found where earlier captures have some")
    return None


def _answered(page: _Page, seen: Observation) -> Judgement:
    text = seen.text if seen.text and seen.text.text else None
    if page.good is None:
        return _first(page, seen, text)
    pair = _comparable(page, seen, text)
    if page.absent is not None:
        return _back(page, seen, text, pair)
    restyled = Verdict.SAME if seen.payload == page.good.payload else Verdict.RESTYLED
    if text is None:
        return _again(page, seen, restyled)
    if page.shown is None:
        _begin_version(page, seen, text)
        return _again(page, seen, restyled)
    if pair and (kinds := diff.kinds(*pair)):
        return _edited(page, seen, text, pair, kinds, Verdict.EDITED)
    _show(page, seen, text)
    if not pair and restyled is Verdict.RESTYLED:
        return _again(page, seen, Verdict.SAME, "read by another extractor, not compared")
    return _again(page, seen, restyled)


def _comparable(page: _Page, seen: Observation, text: Text | None) -> tuple[Text, Text] | None:
    """What the page said and what it says, as one extractor read both; None where none has.

    Two programs' readings of two payloads differ for reasons that say nothing of the page.
    """
    if text is None or page.shown is None:
        return None
    earlier = {one.extractor: one for one in (*page.readings, page.shown)}
    for later in (text, *seen.readings):
        if later.extractor in earlier:
            return earlier[later.extractor], later
    return None


def _first(page: _Page, seen: Observation, text: Text | None) -> Judgement:
    page.good = seen
    if text is not None:
        _begin_version(page, seen, text)
    if page.before is not None and text is not None:
        kinds = diff.kinds(page.before, text) if page.before.extractor == text.extractor else ()
        if kinds:
            page.changes.append(_change(page.before, text, kinds, seen, None, None, 1))
        return Judgement(seen.capture, Verdict.MOVED, "moved here from another address", page.number)
    if seen.complete_before and text is not None and not page.judgements:
        new = Change((Kind.NEW,), seen.capture, None, seen.at, None, page.number)
        page.changes.append(replace(new, added=count(text.text), share=1.0))
    return Judgement(seen.capture, Verdict.NEW, None, page.number)


def _back(page: _Page, seen: Observation, text: Text | None, pair: tuple[Text, Text] | None) -> Judgement:
    page.absent = page.moved_to = page.moved_by = None
    if text is not None and page.shown is not None:
        old, new = pair or (text, text)
        return _edited(page, seen, text, (old, new), (Kind.BACK, *diff.kinds(old, new)), Verdict.BACK)
    last = page.good.at if page.good else None
    page.changes.append(Change((Kind.BACK,), seen.capture, last, seen.at, None, None))
    return _again(page, seen, Verdict.BACK)


def _edited(
    page: _Page,
    seen: Observation,
    text: Text,
    pair: tuple[Text, Text],
    kinds: tuple[Kind, ...],
    verdict: Verdict,
) -> Judgement:
    earlier = page.numbers.get(_identity(text))
    change = _change(*pair, kinds, seen, page.good, page.number, len(page.versions) + 1)
    page.changes.append(replace(change, back_to=earlier))
    page.good = seen
    page.find()
    _begin_version(page, seen, text)
    return Judgement(seen.capture, verdict, None, page.number)


def _change(
    old: Text,
    new: Text,
    kinds: tuple[Kind, ...],
    seen: Observation,
    last: Observation | None,
    from_version: int | None,
    to_version: int | None,
) -> Change:
    compared = diff.compare(old, new)
    told, by = openness(kinds, compared.blocks, seen, last)
    words = count(old.text) + count(new.text)
    return Change(
        kinds=kinds,
        capture=seen.capture,
        from_at=last.at if last else None,
        to_at=seen.at,
        from_version=from_version,
        to_version=to_version,
        openness=told,
        announced_by=by,
        added=compared.added,
        removed=compared.removed,
        changed=compared.changed,
        share=round(min(1.0, (compared.added + compared.removed) / max(words, 1)), 4),
        edit=digest(kinds, compared),
    )


def _begin_version(page: _Page, seen: Observation, text: Text) -> None:
    number = len(page.versions) + 1
    page.versions.append(Version(number, seen.at, seen.at, 1, seen.capture))
    page.numbers.setdefault(_identity(text), number)
    _show(page, seen, text)


def _show(page: _Page, seen: Observation, text: Text) -> None:
    page.shown, page.readings = text, seen.readings


def _again(page: _Page, seen: Observation, verdict: Verdict, reason: str | None = None) -> Judgement:
    page.find()
    if page.versions and page.versions[-1].capture != seen.capture:
        last = page.versions[-1]
        page.versions[-1] = replace(last, last=seen.at, captures=last.captures + 1)
    page.good = seen
    return Judgement(seen.capture, verdict, reason, page.number)


def _missing(page: _Page, seen: Observation) -> Judgement:
    """Gone at the second 404, or at the first of a healthy run; it was so from the first one on."""
    said = f"HTTP {seen.status}"
    if page.good is None:
        return Judgement(seen.capture, Verdict.FAILED, f"{said}, and never seen otherwise")
    if page.absent is Kind.MOVED and page.moved_by != REDIRECT and seen.ruled is None:
        return Judgement(seen.capture, Verdict.MOVED, f"{said}; {_whereto(page)}")
    if page.absent is not None:  # one that moved away goes on elsewhere, whatever is said here
        page.absent = Kind.GONE
        return Judgement(seen.capture, Verdict.GONE, said)
    page.lost = page.lost or seen
    first = page.missing[0][1] if page.missing else seen
    if not (seen.healthy or seen.ruled) and seen.at - first.at < APART:
        page.missing.append((len(page.judgements), seen))
        return Judgement(seen.capture, Verdict.FAILED, f"{said}, {UNCOUNTED}")
    missed = list(page.missing)
    if seen.ruled in (None, Verdict.MOVED) and (judged := _went(page, seen)):
        for place, earlier in missed:
            reason = f"HTTP {earlier.status}; {judged.reason}"
            page.judgements[place] = replace(judged, capture=earlier.capture, reason=reason)
        return replace(judged, reason=f"{said}; {judged.reason}")
    page.missing.clear()
    for place, earlier in missed:
        page.judgements[place] = Judgement(earlier.capture, Verdict.GONE, f"HTTP {earlier.status}")
    change = Change((Kind.GONE,), seen.capture, page.good.at, first.at, page.number, None)
    page.changes.append(replace(change, removed=_size(page), share=1.0))
    page.absent = Kind.GONE
    return Judgement(seen.capture, Verdict.GONE, said)


def _redirected(page: _Page, seen: Observation) -> Judgement:
    target = seen.target
    if target is None:
        return Judgement(seen.capture, Verdict.FAILED, f"HTTP {seen.status} that leads nowhere else")
    if page.good is None:
        return Judgement(seen.capture, Verdict.MOVED, f"redirects to {target.url}")
    if page.absent is Kind.MOVED and page.moved_to == target.url:
        return Judgement(seen.capture, Verdict.MOVED, f"redirects to {target.url}")
    if seen.ruled is None and not _is_move(page, seen, target):
        return _led_away(page, seen, target)
    return _moved(page, seen, target.url, REDIRECT)


def _led_away(page: _Page, seen: Observation, target: Target) -> Judgement:
    """A redirect to another page, such as the front page: its text may stand under an address of its own."""
    said = f"redirects to {target.url}, which is another page"
    if page.absent is Kind.MOVED and page.moved_by != REDIRECT:
        return Judgement(seen.capture, Verdict.MOVED, f"{said}; {_whereto(page)}")
    page.lost = page.lost or seen
    if page.absent is None and (judged := _went(page, seen)):
        return replace(judged, reason=f"{said}; {judged.reason}")
    return Judgement(seen.capture, Verdict.FAILED, said)


def _renamed(page: _Page, seen: Observation) -> Judgement | None:
    """A page that calls a younger one with its text its own address, and did not do so before."""
    good = page.good
    if seen.own is None or seen.text is None or good is None:
        return None
    if page.absent is Kind.MOVED and page.moved_to == seen.own:
        judged = Judgement(seen.capture, Verdict.MOVED, _whereto(page))
    elif page.absent is not None or good.own == seen.own:
        return None
    elif named((seen.text, *seen.readings), good.at, seen.own, seen.likes):
        judged = _moved(page, seen, seen.own, CANONICAL)
    else:
        return None
    page.refused[seen.payload] = judged
    return judged


def _passed_over(page: _Page) -> None:
    """A page that is not asked for any more, where it was good to the last and its text is elsewhere."""
    good = page.good
    if good is None or page.absent is not None or page.judgements[-1].capture != good.capture or good.ruled:
        return
    if found := _heir(page, good.likes):
        like, by = found
        _moved(page, replace(good, capture=like.capture, at=like.first), like.url, by)


def _went(page: _Page, seen: Observation) -> Judgement | None:
    """Where a page went that was first missed at `page.lost`."""
    assert page.lost is not None
    if found := _heir(page, page.lost.likes):
        return _moved(page, replace(seen, at=page.lost.at), found[0].url, found[1])
    return None


def _heir(page: _Page, likes: tuple[Like, ...]) -> tuple[Like, str] | None:
    """The page that goes on with this one, and by what that is known."""
    if page.good is None or page.shown is None:
        return None
    found = heir((page.shown, *page.readings), page.good.at, page.versions[0].first, likes)
    return (found[0], f"{SAME_TEXT} ({found[1]:.0%})") if found else None


def _moved(page: _Page, seen: Observation, url: str, by: str) -> Judgement:
    last = page.good.at if page.good else None
    change = Change((Kind.MOVED,), seen.capture, last, seen.at, page.number, None)
    page.changes.append(replace(change, moved_to=url, moved_by=by))
    page.absent, page.moved_to, page.moved_by = Kind.MOVED, url, by
    page.find()
    return Judgement(seen.capture, Verdict.MOVED, _whereto(page))


def _whereto(page: _Page) -> str:
    told = f"moved to {page.moved_to}"
    return told if page.moved_by == REDIRECT else f"{told}, by {page.moved_by}"


def _is_move(page: _Page, seen: Observation, target: Target) -> bool:
    """A redirect to a page of its own that stood there before (the home page, a log-in) is not a move."""
    assert page.good is not None
    if target.text is not None and page.shown is not None:
        return alike(page.shown, target.text)
    if target.seen and target.first is None:
        return False
    known_before = target.first is not None and target.first <= page.good.at
    return seen.status in PERMANENT and not known_before


def alike(one: Text, other: Text) -> bool:
    """Whether two texts are the same article, give or take some editing."""
    first, second = quadruples(one.text), quadruples(other.text)
    return len(first & second) >= ALIKE * len(first | second)


def _size(page: _Page) -> int:
    return count(page.shown.text) if page.shown else 0


def _identity(text: Text) -> tuple[object, ...]:
    """Equal for texts between which there are no differences."""
    return (text.title, text.date, text.author, diff.said(text.entries), text.text)
