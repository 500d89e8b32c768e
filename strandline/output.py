"""How answers are printed: tables for people, JSON lines for programs; the talk goes to stderr."""

import json
import re
import sys
import threading
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import PurePath
from zoneinfo import ZoneInfo

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What may move a terminal's cursor, change its colours or turn the direction of reading around."""

_WIDE = 10_000
"""Columns of a table that nobody sees: a file or a pipe has no edge to fold at."""


def printable(text: str, lines: bool = False) -> str:
    """The text without the power to steer a terminal: control characters are spelled out as `\\x1b`.

    White space becomes a space; `lines` keeps line feeds, for running text.
    """
    return _CONTROL.sub(lambda match: _spelled(match.group(), lines), text)


def _spelled(character: str, lines: bool) -> str:
    if character == "\n" and lines:
        return character
    if character in "\t\n\r\x0b\x0c\x85\u2028\u2029":
        return " "
    return f"\\x{ord(character):02x}" if ord(character) < 0x100 else f"\\u{ord(character):04x}"


_log = threading.Event()
"""Set for all threads of the process: a daemon talks from several."""


def log_as_json() -> None:
    """From now on the talk is JSON, an object a line: `at`, `message`, and what is known besides."""
    _log.set()


def log_as_text() -> None:
    """From now on the talk is for people, as it is at first."""
    _log.clear()


def logs_json() -> bool:
    """Whether the talk is JSON."""
    return _log.is_set()


def say(text: str, **facts: str) -> None:
    """One or more lines of talk on stderr; that nobody listens any more stops no work. `facts` are told in
    JSON only.
    """
    line = printable(text, lines=True)
    if _log.is_set():
        line = json.dumps({"at": instant(datetime.now(UTC)), "message": text, **facts})
    with suppress(BrokenPipeError):
        sys.stderr.write(line + "\n")
        sys.stderr.flush()


def write(text: str) -> None:
    """One or more lines of the answer on stdout, as they are."""
    sys.stdout.write(text + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], zone: str | None = None) -> None:
    """Print a table for people; long cells are folded, not cut. No cell is taken for markup.

    Columns without names have no head.
    Instants are shown in `zone`, else in the one they carry, None as an empty cell, a list as one line an
    item.
    """
    # rich takes 0.1 s to load: only a table pays for it
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = [tuple(row) for row in rows]
    its = ZoneInfo(zone) if zone else None
    drawn = Table(box=None, pad_edge=False, header_style="bold", show_header=any(columns))
    for number, column in enumerate(columns):
        figures = all(_is_figure(row[number]) for row in grid)
        drawn.add_column(column, overflow="fold", justify="right" if grid and figures else "left")
    for row in grid:
        drawn.add_row(*(Text(_cell(value, its)) for value in row))
    console = Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False)
    with console.capture() as captured:
        console.print(drawn)
    write("\n".join(line.rstrip() for line in captured.get().rstrip("\n").split("\n")))


def _is_figure(value: object) -> bool:
    return isinstance(value, int | float | None) and not isinstance(value, bool)


def _cell(value: object, zone: ZoneInfo | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        shown = value.astimezone(zone) if zone else value
        return f"{shown:%Y-%m-%d %H:%M:%S %Z}".rstrip()
    if isinstance(value, list | tuple):
        return "\n".join(_cell(item, zone) for item in value)
    return printable(str(value))


def json_lines(rows: Iterable[Mapping[str, object]]) -> None:
    """One JSON object a line; instants ISO 8601 in UTC with `Z`, dates `YYYY-MM-DD`, absent is null."""
    escape = not (sys.stdout.encoding or "").lower().startswith("utf")
    for row in rows:
        write(json.dumps(row, ensure_ascii=escape, default=_plain))


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def instant(value: datetime) -> str:
    """ISO 8601 in UTC with `Z`; the fraction only where there is one."""
    return value.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
