"""The unbroken times in which a page said something. Pure; a part of `archive/access`."""

from collections.abc import Sequence, Set
from datetime import datetime
from typing import NamedTuple, TypedDict

from archive import instants

MOST_VERSIONS = 2_000
"""So many versions of a page are asked whether they say it, the newest."""
STRETCHES = 50
"""So many times are told of, the last."""


class Version(NamedTuple):
    """What the index knows of a version, instants as it writes them."""

    number: int
    text: int
    first: str
    last: str


class SaidRow(TypedDict):
    """A time in which a page said it. `appeared` is when it was first seen so, `last_said` when it was last;
    `vanished` when it was first seen without it, None where it stands. `at_first`: it stood there from the
    first capture on, so when it came is not known. `brought` and `removed` are the changes that did it, as in
    `1..2`; None where it was there at first, where it stands, and where it went with the page.
    """

    from_version: int
    to_version: int
    appeared: datetime
    at_first: bool
    last_said: datetime
    vanished: datetime | None
    brought: str | None
    removed: str | None


def stretches(versions: Sequence[Version], saying: Set[int], absent: str | None) -> list[SaidRow]:
    """The times in which the texts `saying` stood; `absent` is when the page was first seen to be gone."""
    found: list[SaidRow] = []
    for place, one in enumerate(versions):
        if one.text not in saying:
            continue
        following = versions[place + 1] if place + 1 < len(versions) else None
        after = following.first if following else absent
        said = SaidRow(
            from_version=one.number, to_version=one.number, appeared=instants.parse(one.first),
            at_first=place == 0 and len(versions) < MOST_VERSIONS,
            last_said=instants.parse(one.last), vanished=instants.parse(after) if after else None,
            brought=f"{versions[place - 1].number}..{one.number}" if place else None,
            removed=f"{one.number}..{following.number}" if following else None,
        )  # fmt: skip
        if place and found and versions[place - 1].text in saying:
            begun = found.pop()
            said["from_version"], said["appeared"] = begun["from_version"], begun["appeared"]
            said["at_first"], said["brought"] = begun["at_first"], begun["brought"]
        found.append(said)
    return found[-STRETCHES:]
