"""The words of Strandline as values: what is passed between the rooms and kept in the index."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum


class Verdict(StrEnum):
    """What one capture means for its page. The list is closed."""

    NEW = "new"
    SAME = "same"
    EDITED = "edited"
    RESTYLED = "restyled"
    MOVED = "moved"
    GONE = "gone"
    BACK = "back"
    BLOCKED = "blocked"
    FAILED = "failed"


class Outcome(StrEnum):
    """How a run ended. `stopped`: by a limit or by request; `stalled`: nothing came any more. After both of
    them what is left is taken up by the next crawl. `interrupted`: left behind too often, and given up.
    `blocked`: most answers were refusals or walls; `skipped`: it was not begun, for another ran, or for a
    guard.
    """

    SUCCEEDED = "succeeded"
    PARTLY = "partly"
    FAILED = "failed"
    STOPPED = "stopped"
    STALLED = "stalled"
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"
    SKIPPED = "skipped"


class Kind(StrEnum):
    """What a change consists of; one change may have several kinds. The list is closed."""

    NEW = "new"
    BODY = "body"
    TITLE = "title"
    DATE = "date"
    AUTHOR = "author"
    ENTRIES = "entries"
    LINKS = "links"
    MOVED = "moved"
    GONE = "gone"
    BACK = "back"


class Openness(StrEnum):
    """Whether a page told its readers of a change. `silent`: its text changed and nothing said so. `redated`:
    its date changed, and its text did not.
    """

    ANNOUNCED = "announced"
    SILENT = "silent"
    REDATED = "redated"


class Sureness(StrEnum):
    """How sure a value of a text is: two places of the page agree, one says so, or it was inferred."""

    SURE = "sure"
    LIKELY = "likely"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Where a value of a text comes from (`place`), and how sure it is. `field` is the value's name."""

    field: str
    place: str
    sureness: Sureness


class Shape(StrEnum):
    """What a page is, as far as its text goes. The list is closed."""

    ARTICLE = "article"
    ARTICLES = "articles"
    EXCERPTS = "excerpts"
    LETTERS = "letters"
    LIVE = "live"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Entry:
    """One article inside a page.

    `complete` is false for an excerpt that ends in a link to the whole. `text` has the form of
    `Text.text`; `link` is absolute.
    """

    title: str | None
    date: date | None
    author: str | None
    link: str | None
    text: str
    complete: bool = True


@dataclass(frozen=True, slots=True)
class Text:
    """What the extractor made of one payload.

    `text` is canonical: NFC, blocks separated by one empty line, lines inside a block (a poem, a list,
    an address) by one line feed, no other white space than single spaces. On a page of several entries
    it consists of the entries: title, then text, in page order. `entries` is empty for a single article.
    `extractor` names extractor and version: two texts are compared only when it is equal.
    `reasons` says what was decided and why, for a person.

    `published` and `modified` are what the page says of itself, ISO 8601: a day, with the time and the zone
    where they are given; the day of `published` is `date`. `canonical` is the absolute address that the page
    calls its own. `evidence` tells of title, date, author and modified where each comes from. `links` are
    where its sentences lead, sorted, without scheme, `www.` and parameters that only track.
    """

    title: str | None
    date: date | None
    author: str | None
    language: str | None
    text: str
    entries: tuple[Entry, ...]
    extractor: str
    charset: str | None = None
    reasons: tuple[str, ...] = ()
    published: str | None = None
    modified: str | None = None
    canonical: str | None = None
    shape: Shape = Shape.ARTICLE
    evidence: tuple[Evidence, ...] = ()
    links: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Target:
    """Where a redirect leads in the end, as far as the archive knows it.

    `first` is the instant of the target's first good capture and `text` what it said then; both are None
    while there is none. `seen`: whether it was asked for at all; what is out of scope was not.
    """

    url: str
    first: datetime | None
    text: Text | None
    seen: bool = True


@dataclass(frozen=True, slots=True)
class Like:
    """Another page with a text that is much like that of a page.

    `first`, `capture` and `run` are of its first good capture, `texts` all readings of what it said then.
    `left` is when the run began that first missed it, None as long as none did. `timely`: whether it came at
    the right time to be where the page went.
    """

    url: str
    texts: tuple[Text, ...]
    first: datetime
    capture: int
    run: str
    left: datetime | None
    timely: bool


@dataclass(frozen=True, slots=True)
class Observation:
    """A capture as the rules for versions see it (`archive/versions.py`).

    `payload` is the digest of the payload; `text` is None where nothing was extracted (error answers,
    images). `complete_before` tells whether an earlier run of the source had reached its end, so that a
    page not seen before is new on the site and not merely new to us. `unread` is why there is no text
    although there should be one.

    `healthy`: its run saw everything, and nearly all others answered well; a single 404 counts only then.
    `front` is what the front page of the site said in the same run. `readings` are what other extractors made
    of the same payload. `modified` is when the page says it was modified, `updated` what a feed
    says of it. `ruled` is a person's verdict, which stands above the rules: a good one means that this is the
    page. `noise` is why this capture shows another text than the one given here, which is compared.

    `target` is where a redirect leads. `own` is the canonical URL that a good answer calls its own, where it
    is another. `likes` are the pages with a like text, looked for only where the page may have moved: where
    it is absent or has another address of its own, and at the last capture before a run that did not ask.
    """

    capture: int
    at: datetime
    status: int
    payload: str
    target: Target | None = None
    text: Text | None = None
    truncated: bool = False
    complete_before: bool = False
    unread: str | None = None
    healthy: bool = True
    front: Text | None = None
    readings: tuple[Text, ...] = ()
    modified: str | None = None
    updated: datetime | None = None
    ruled: Verdict | None = None
    noise: str | None = None
    own: str | None = None
    likes: tuple[Like, ...] = ()


@dataclass(frozen=True, slots=True)
class Version:
    """An unbroken stretch of captures of a page with the same text. `capture` is the first of them."""

    number: int
    first: datetime
    last: datetime
    captures: int
    capture: int


@dataclass(frozen=True, slots=True)
class Change:
    """The step from one version to the next, or to the page's absence.

    It happened after `from_at` (the last capture that still showed the old state; None when there is none)
    and not later than `to_at`. `openness` tells whether the page said so, None where that has no meaning, and
    `announced_by` what said it. Words `added` and `removed`, sentences `changed`; `share` is the part of all
    words of both versions that were added or removed, from 0 to 1. `back_to` is the earlier version whose
    text returned. `moved_by` is by what a move is known. `edit` is equal where the same was edited on other
    pages.
    """

    kinds: tuple[Kind, ...]
    capture: int
    from_at: datetime | None
    to_at: datetime
    from_version: int | None
    to_version: int | None
    openness: Openness | None = None
    announced_by: str | None = None
    added: int = 0
    removed: int = 0
    changed: int = 0
    share: float = 0.0
    moved_to: str | None = None
    moved_by: str | None = None
    back_to: int | None = None
    edit: str | None = None

    @property
    def announced(self) -> bool | None:
        """Whether it was announced; None where that has no meaning."""
        return None if self.openness is None else self.openness is Openness.ANNOUNCED


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the rules say of one capture: verdict, reason where one is needed, the version it shows."""

    capture: int
    verdict: Verdict
    reason: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class History:
    """Everything the rules derive from the captures of one page."""

    judgements: tuple[Judgement, ...]
    versions: tuple[Version, ...]
    changes: tuple[Change, ...]
    moved_to: str | None
