"""TOML files that people write: read, checked against a model, complaints with file, line and key."""

import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

LIMIT = 1_000_000
"""Bytes of a configuration file; a longer one is some other file."""

Place = tuple[str | int, ...]
"""Where a value stands: the names of tables and keys, and positions in lists."""

Model = TypeVar("Model", bound=BaseModel)

_HEADER = re.compile(r"\[([^\[\]]+)\]")
_KEY = re.compile(r"""("[^"]*"|'[^']*'|[\w.-]+)\s*=\s*(.*)""")


class TomlError(Exception):
    """A file that cannot be used. `complaints` holds everything found wrong: `file:line: key: what`."""

    def __init__(self, complaints: Iterable[str]) -> None:
        self.complaints = tuple(complaints)
        super().__init__("\n".join(self.complaints))


@dataclass(frozen=True, slots=True)
class Document:
    """A file that is TOML: `name` as complaints show it, its values, and the line of each key."""

    name: str
    data: Mapping[str, Any]
    lines: Mapping[Place, int]

    def complaint(self, place: Place, what: str) -> str:
        known = next((place[:n] for n in range(len(place), 0, -1) if place[:n] in self.lines), None)
        key = ".".join(part for part in place if isinstance(part, str))
        return f"{self.name}:{self.lines[known] if known else 1}: {key}: {what}"


def read(path: Path, name: str) -> Document:
    """Read a file. Raises TomlError where it is not TOML, OSError where it cannot be read."""
    with path.open("rb") as file:
        content = file.read(LIMIT + 1)
    if len(content) > LIMIT:
        raise TomlError([f"{name}:1: the file is larger than {LIMIT:,} bytes"])
    try:
        text = content.decode("utf-8-sig")
        return Document(name, tomllib.loads(text), locate(text))
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise TomlError([f"{name}:{line}: not UTF-8; save the file as UTF-8"]) from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TomlError([_syntax(name, text, str(error))]) from error


def _syntax(name: str, text: str, message: str) -> str:
    if match := re.search(r" \(at line (\d+), column (\d+)\)", message):
        return f"{name}:{match[1]}: not TOML: {message[: match.start()]} (column {match[2]})"
    what = message.removesuffix(" (at end of document)")
    return f"{name}:{max(1, len(text.splitlines()))}: not TOML: {what} at the end of the file"


def locate(text: str) -> dict[Place, int]:
    """The line of every table and key; strings over several lines are skipped."""
    lines: dict[Place, int] = {}
    table: Place = ()
    quotes = ""
    for number, line in enumerate(text.splitlines(), 1):
        if quotes:
            quotes = "" if quotes in line else quotes
        elif header := _HEADER.match(line.strip()):
            table = _names(header[1])
            lines.setdefault(table, number)
        elif key := _KEY.match(line.strip()):
            lines.setdefault(table + _names(key[1]), number)
            quotes = next((q for q in ('"""', "'''") if key[2].count(q) == 1), "")
    return lines


def _names(dotted: str) -> Place:
    return tuple(part.strip().strip("\"'") for part in dotted.split("."))


def check(document: Document, model: type[Model], more: Iterable[str] = (), **given: object) -> Model:
    """The document as a value of `model`; `given` are fields that must not come from the file.

    `more` are complaints of the caller. Raises TomlError with these and all that the model has, by line.
    """
    complaints = [document.complaint((key,), "cannot be set here") for key in given if key in document.data]
    complaints.extend(more)
    try:
        value = model.model_validate({**document.data, **given})
    except ValidationError as error:
        complaints.extend(_complaints(document, model, error, given))
    if complaints:
        raise TomlError(sorted(complaints, key=lambda complaint: _line(document, complaint)))
    return value


def _line(document: Document, complaint: str) -> int:
    return int(complaint.removeprefix(f"{document.name}:").partition(":")[0])


def _complaints(
    document: Document, model: type[BaseModel], error: ValidationError, given: Iterable[str]
) -> Iterator[str]:
    tables = _tables(model, given)
    for found in error.errors(include_url=False):
        place = found["loc"]
        if found["type"] == "extra_forbidden":
            yield document.complaint(place, _unknown(tables, place))
        else:
            yield document.complaint(place, _what(found["type"], found["msg"], found["input"]))


_TYPES = {
    "tuple_type": 'must be a list, like ["..."]',
    "dict_type": "must be a table, like { name = value }",
    "model_type": "must be a table, written as [name] on a line of its own",
    "string_type": 'must be a string in quotes, like "..."',
    "too_short": "must not be empty",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_type": "must be a whole number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
}


def _what(kind: str, message: str, given: object) -> str:
    if kind == "missing":
        return "is missing"
    what = _TYPES.get(kind) or message.removeprefix("Value error, ").replace("Input should", "must", 1)
    shown = repr(given)
    return f"{what}; it is {shown if len(shown) < 80 else shown[:79] + '…'}"


def _unknown(tables: Mapping[str, list[str]], place: Place) -> str:
    """What to say of a key that the model does not have: where it belongs, or what it might be."""
    wrong = str(place[-1])
    if homes := [name for name, keys in tables.items() if wrong in keys]:
        where = f"under [{homes[0]}]" if homes[0] else "at the top, above the first [table]"
        return f"unknown key here; it belongs {where}"
    keys = tables.get(".".join(str(part) for part in place[:-1]), [])
    if near := get_close_matches(wrong, keys, 1):
        return f"unknown key; did you mean {near[0]!r}?"
    return f"unknown key; known here are {', '.join(keys)}"


def _tables(model: type[BaseModel], given: Iterable[str]) -> dict[str, list[str]]:
    """The keys of each table; the top of the file is the table without a name."""
    tables = {"": [name for name in model.model_fields if name not in given]}
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            tables[name] = list(field.annotation.model_fields)
    return tables
