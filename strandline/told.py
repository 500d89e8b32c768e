"""A change, or a verdict, in the words of a table or of a feed."""

from archive import access


def kinds(row: access.ChangeRow) -> str:
    """For example `body (silent), back to version 2`. How a move is known is told where it is no redirect."""
    said = ", ".join(row["kinds"])
    if row["openness"] in ("silent", "redated"):
        said += f" ({row['openness']})"
    if row["moved_to"]:
        said += f" to {row['moved_to']}" + (f" ({by})" if (by := row["moved_by"]) != "a redirect" else "")
    if row["back_to"]:
        said += f", back to version {row['back_to']}"
    return said


def verdict(name: str | None) -> str:
    """What a verdict means, where nothing more particular is known."""
    return _VERDICTS.get(name or "", "")


_VERDICTS = {
    "new": "the first good answer",
    "same": "as it was before",
    "edited": "the text, title, date or author is another than before",
    "restyled": "other bytes, the same text",
    "moved": "it is at another address now",
    "gone": "the server says that there is no such page any more",
    "back": "a good answer after it was gone or moved",
    "blocked": "the server refused, or a wall came instead of the page",
    "failed": "no usable answer",
}


def words(row: access.ChangeRow) -> str:
    """For example `+10 -9`."""
    return " ".join(
        f"{sign}{number}" for sign, number in (("+", row["added"]), ("-", row["removed"])) if number
    )


def step(row: access.ChangeRow) -> str:
    """For example `1 → 2`."""
    numbers = (row["from_version"], row["to_version"])
    return " → ".join("" if number is None else str(number) for number in numbers) if any(numbers) else ""
