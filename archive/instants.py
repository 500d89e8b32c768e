"""Instants: always UTC, always aware, written so that their order is the order of their text."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present instant in UTC."""
    return datetime.now(UTC)


def iso(instant: datetime) -> str:
    """ISO 8601 in UTC with microseconds and `Z`: the form of WARC-Date (WARC 1.1, section 5.4)."""
    return instant.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """Read what `iso` writes, with or without the fraction. Raises ValueError for anything else."""
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError(f"{text!r} has no zone; write it with a trailing Z")
    return instant.astimezone(UTC)


def stamp(instant: datetime) -> str:
    """`YYYYMMDDThhmmssZ`, for file names."""
    return instant.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
