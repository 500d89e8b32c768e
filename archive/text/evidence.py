"""What several places of a page say of one value, fused: the value, where it comes from and how sure it is.

What a reader sees stands before what the head declares, and both before the address. Two places that agree
make a value sure; what only the address tells is a guess.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from archive.model import Evidence, Sureness
from archive.text import bylines, dates
from archive.text.facts import Facts


@dataclass(frozen=True, slots=True)
class Values:
    """The fused values of a page, each with its evidence."""

    published: str | None
    modified: str | None
    author: str | None
    evidence: tuple[Evidence, ...]

    @property
    def day(self) -> date | None:
        """The day of publication."""
        return date.fromisoformat(self.published[:10]) if self.published else None


NONE = Values(None, None, None, ())


def fuse(
    url: str,
    head: bylines.Headline,
    known: Facts,
    stamp: str | None,
    modified: str | None,
    author: str | None,
    signed: date | None = None,
) -> Values:
    """`stamp`, `modified` and `author` are those of the byline, `signed` is the day over a signature."""
    inferred = dates.from_url(url)
    address = inferred.isoformat() if inferred else None
    days = {"the byline": stamp, _head(known, "date"): known.published, "the address": address}
    days |= {"the line of place and day at its end": signed.isoformat() if signed else None}
    changes = {"the byline": modified, _head(known, "modified"): known.modified}
    authors = {"the byline": author, _head(known, "author"): known.author}
    return Values(
        published=_whole(days),
        modified=_whole(changes),
        author=next((one for one in authors.values() if one), None),
        evidence=(
            *_title(head, known),
            *_told("date", {place: day and day[:10] for place, day in days.items()}, known.stated),
            *_told("author", {place: name and bylines.key(name) for place, name in authors.items()}, 1),
            *_told("modified", {place: day and day[:10] for place, day in changes.items()}, 1),
        ),
    )


def _head(known: Facts, field: str) -> str:
    return f"the head, {known.places.get(field) or 'title'}"


def _whole(stamps: dict[str, str | None]) -> str | None:
    """The first stamp; if it is a mere day, with the time that another place has for the same day."""
    first = next((one for one in stamps.values() if one), None)
    if first is None:
        return None
    return max((one for one in stamps.values() if one and one[:10] == first[:10]), key=len)


def _told(field: str, values: dict[str, str | None], stated: int) -> Iterator[Evidence]:
    """The evidence of a value; `stated` counts the places of the head that have it."""
    telling = [(place, value) for place, value in values.items() if value]
    if not telling:
        return
    place, value = telling[0]
    others = [other for other, same in telling[1:] if same == value]
    if others or (stated > 1 and place.startswith("the head")):
        yield Evidence(field, " and ".join([place, *others]), Sureness.SURE)
    else:
        yield Evidence(field, place, Sureness.GUESS if place == "the address" else Sureness.LIKELY)


def _title(head: bylines.Headline, known: Facts) -> Iterator[Evidence]:
    if head.title is None:
        return
    if head.element is None:
        yield Evidence("title", _head(known, "title"), Sureness.LIKELY)
    elif any(bylines.key(head.title) in bylines.key(one) for one in (known.title, known.document) if one):
        yield Evidence("title", "a heading and the head", Sureness.SURE)
    else:
        yield Evidence("title", "a heading", Sureness.LIKELY)
