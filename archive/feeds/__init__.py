"""The feeds room: from the bytes of a feed to what it says of each article: address, title and dates."""

from archive.feeds.document import LARGEST, is_feed, parse
from archive.feeds.entries import MOST, NO_FEED, SECONDS, Entry, Feed

__all__ = ["LARGEST", "MOST", "NO_FEED", "SECONDS", "Entry", "Feed", "is_feed", "parse"]
