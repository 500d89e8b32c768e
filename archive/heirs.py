"""Which other page goes on with one that went away: told by its text, and by when it came. Pure.

Two pages that were there at the same time are copies, or pages of a series with one frame: neither is where
the other went. In doubt there is no heir: a person can see a move that was missed, a false one misleads.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from archive.likeness import near
from archive.model import Like, Text


def heir(
    shown: Iterable[Text], since: datetime, began: datetime, likes: Sequence[Like]
) -> tuple[Like, float] | None:
    """The page that has the text (in some reading) of one that was first good at `began` and last at `since`,
    and how much of it is the same (0 to 1).
    """
    mine = list(shown)
    found = [(like, share) for like in likes if (share := _share(mine, like)) is not None]
    for like, share in sorted(found, key=lambda one: (one[0].first, one[0].url)):
        alone = not any(_beside(like, other, began) for other, _ in found)
        if like.timely and like.first > since and alone:
            return like, share
    return None


def named(shown: Iterable[Text], since: datetime, url: str | None, likes: Iterable[Like]) -> Like | None:
    """The younger page with the same text that a page calls its own address."""
    mine = list(shown)
    for like in likes:
        if like.url == url and like.first > since and _share(mine, like) is not None:
            return like
    return None


def _share(mine: Iterable[Text], like: Like) -> float | None:
    shares = (near(text, other) for text in mine for other in like.texts)
    return max((share for share in shares if share is not None), default=None)


def _beside(one: Like, other: Like, began: datetime) -> bool:
    """Whether another was there already, or came in the same run; one that had left before is where the page
    itself came from.
    """
    if other.url == one.url or (other.first > one.first and other.run != one.run):
        return False
    return other.left is None or other.left > began
