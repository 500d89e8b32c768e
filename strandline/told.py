"""A change in the words of a table or of a feed."""

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


def words(row: access.ChangeRow) -> str:
    """For example `+10 -9`."""
    return " ".join(
        f"{sign}{number}" for sign, number in (("+", row["added"]), ("-", row["removed"])) if number
    )


def step(row: access.ChangeRow) -> str:
    """For example `1 → 2`."""
    numbers = (row["from_version"], row["to_version"])
    return " → ".join("" if number is None else str(number) for number in numbers) if any(numbers) else ""
