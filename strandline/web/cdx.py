"""The CDX server API, as far as clients of the Wayback Machine use it."""

import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import chain, islice
from typing import get_type_hints

from dateutil.relativedelta import relativedelta
from flask import Blueprint, Response, request

from archive import access
from strandline.web import answers
from strandline.web.room import room

area = Blueprint("cdx", __name__)

FIELDS = tuple(get_type_hints(access.CdxRow))
MOST = 150_000
"""Rows of one answer."""
ROWS = 50_000
"""Rows of one page, where pages are asked for."""
_SEEN = 2048
"""So many characters of a value are compared with an expression."""
FILTERING = 10.0
"""Seconds that the filters of one question may take."""
Row = access.CdxRow


@area.get("/cdx")
@area.get("/cdx/search/cdx")
def cdx() -> Response:
    """The captures of a URL, or of all that match it: url, matchType, from, to, limit, offset, output, fl,
    filter, collapse, sort, page, pageSize, showNumPages, showResumeKey, resumeKey.
    """
    url, match = _url()
    limit = _number("limit", MOST)
    backwards = answers.asked("sort") == "reverse" or limit < 0
    part = _Part(
        min(abs(limit), MOST), match == "exact" and not backwards and not request.args.get("collapse")
    )
    since = answers.instant(text) if (text := answers.asked("from")) else None
    if key := answers.asked("resumeKey", 60):
        since = part.resume(key) or since
    until = _end(text) if (text := answers.asked("to")) else None
    try:
        rows: Iterator[Row] = access.cdx(room().archive, access.CdxAsked(url, match, since, until, backwards))
        rows = _collapsed(filter(_wanted(), rows))
        if "showNumPages" in request.args:
            number = sum(1 for _ in islice(rows, MOST))
            return Response(f"{-(-number // ROWS)}\n", content_type="text/plain")
        start = _number("offset", 0, least=0)
        if "page" in request.args:
            size = min(max(_number("pageSize", 1), 1) * ROWS, MOST)
            start, part.most = _number("page", 0, least=0) * size, size
        rows = islice(rows, start + part.skip, None)
        first = next(rows, None)
    except ValueError as error:
        answers.wrong(str(error))
    if first is None and _number("page", 0) > 0:
        # As pywb does: some clients ask for page after page until they are told.
        answers.wrong("There is no such page: the one before it was the last.")
    part.rows = rows if first is None else chain((first,), rows)
    if limit < 0 and answers.asked("sort") != "reverse":
        part.rows = iter(list(islice(part.rows, part.most))[::-1])
    return _written(part)


class _Part:
    """Rows up to a number, and the key by which a later answer goes on behind them.

    The key is `tSTAMP~N`, behind N rows of that time, where all rows are in the order of time; else `oN`.
    """

    def __init__(self, most: int, timed: bool) -> None:
        self.most, self.timed = most, timed
        self.rows: Iterator[Row] = iter(())
        self.skip, self.given = 0, 0
        self.stamp, self.same = "", 0

    def resume(self, key: str) -> datetime | None:
        """Go on behind a key; from when on, where it tells."""
        found = re.fullmatch(r"t(\d{14})~(\d{1,6})|o(\d{1,9})", key, re.ASCII)
        if found is None or bool(found[1]) is not self.timed:
            answers.wrong("That resumeKey is of another question: ask the same, with the key of its answer.")
        if found[3]:
            self.skip = int(found[3])
            return None
        self.stamp, self.skip = found[1], int(found[2])
        self.same = self.skip
        return answers.instant(self.stamp)

    def __iter__(self) -> Iterator[Row]:
        for row in islice(self.rows, self.most):
            self.same = self.same + 1 if row["timestamp"] == self.stamp else 1
            self.stamp = row["timestamp"]
            self.given += 1
            yield row

    def key(self) -> str | None:
        """The key, once all rows were given and there are more."""
        if next(self.rows, None) is None:
            return None
        return f"t{self.stamp}~{self.same}" if self.timed else f"o{self.skip + self.given}"


def _url() -> tuple[str, str]:
    url, match = answers.asked("url", 8000), answers.asked("matchType")
    if url is None:
        answers.wrong("Say which URL, as in: /cdx?url=example.org/page")
    if match is None:
        match = "prefix" if url.endswith("*") else "domain" if url.startswith("*.") else "exact"
    if match not in ("exact", "prefix", "host", "domain"):
        answers.wrong(f"{match[:40]!r} is no matchType: exact, prefix, host and domain are.")
    return url.removesuffix("*").removeprefix("*."), match


def _number(name: str, default: int, least: int | None = None) -> int:
    text = answers.asked(name, 12)
    if text is None:
        return default
    if not re.fullmatch(r"-?\d{1,9}", text, re.ASCII):
        answers.wrong(f"{name!r} must be a whole number.")
    if least is not None and int(text) < least:
        answers.wrong(f"{name!r} must be at least {least}.")
    return int(text)


def _end(text: str) -> datetime:
    """The last instant of what a stamp that is cut off means: `2024` is all of that year."""
    start = answers.instant(text)
    steps = {
        4: relativedelta(years=1),
        6: relativedelta(months=1),
        8: relativedelta(days=1),
        10: relativedelta(hours=1),
        12: relativedelta(minutes=1),
    }
    try:
        return start + steps.get(len(text), relativedelta(seconds=1)) - timedelta(microseconds=1)
    except (ValueError, OverflowError):
        return datetime.max.replace(tzinfo=UTC)


def _wanted() -> Callable[[Row], bool]:
    """Whether a row passes all filters: [!]field:expression."""
    tests: list[tuple[bool, str, re.Pattern[str]]] = []
    for one in request.args.getlist("filter")[:10]:
        without, field, text = one.startswith("!"), *one.removeprefix("!").partition(":")[::2]
        if field not in FIELDS:
            answers.wrong(f"{field[:40]!r} is no field: {', '.join(FIELDS)} are.")
        if _is_costly(text):
            answers.wrong(
                "That expression is too costly: it may have two repetitions, none of a group, and a choice."
            )
        try:
            tests.append((without, field, re.compile(text)))
        except (re.error, OverflowError, RecursionError) as error:
            answers.wrong(f"{text[:60]!r} is no regular expression: {error}.")

    spent = 0.0

    def passes(row: Row) -> bool:
        nonlocal spent
        values, began = dict[str, object](row), time.monotonic()
        found = all(
            (test.fullmatch(str(values[field])[:_SEEN]) is None) is without for without, field, test in tests
        )
        spent += time.monotonic() - began
        if spent > FILTERING:
            raise ValueError("These filters take too long: ask for fewer captures, or simpler.")
        return found

    return passes


def _is_costly(text: str) -> bool:
    """Whether an expression could take for ever: while one is tried, nothing else is done in this process.

    Each repetition, and each group with a choice in it, multiplies the time that a match takes to fail.
    """
    plain = re.sub(r"\\.", "x", text, flags=re.DOTALL)
    plain = re.sub(r"\[\^?\]?[^]]*\]", "x", plain).replace("(?:", "(")
    plain = re.sub(r"([*+?}])\?", r"\1", plain)  # as few as can be is no repetition more
    choices = plain.count("|")
    factors = len(re.findall(r"[*+?{]", plain)) + min(choices, plain.count("("))
    many = len(text) > 200 or choices > 20 or factors > 3
    return many or bool(re.search(r"\(\?|[*+}]\)*[*+{]|\)[*+{]|(?:[*+?{].*){3}", plain, re.DOTALL))


def _collapsed(rows: Iterator[Row]) -> Iterator[Row]:
    """Of neighbours that are equal in a field, or in its first characters, the first."""
    collapse = answers.asked("collapse", 40)
    if collapse is None:
        yield from rows
        return
    field, _, length = collapse.partition(":")
    if field not in FIELDS or not (length == "" or length.isdigit()):
        answers.wrong(f"{collapse!r} is no way to collapse: write a field, or a field and a length.")
    last: tuple[str, str] | None = None
    for row in rows:
        value = str(dict[str, object](row)[field])
        key = ("" if field == "urlkey" else row["urlkey"], value[: int(length)] if length else value)
        if key != last:
            yield row
        last = key


def _written(part: _Part) -> Response:
    fields = (answers.asked("fl", 200) or ",".join(FIELDS)).split(",")
    if unknown := set(fields) - set(FIELDS):
        answers.wrong(f"{', '.join(sorted(unknown))[:60]!r} is no field: {', '.join(FIELDS)} are.")
    resumes = answers.asked("showResumeKey") == "true"
    if answers.asked("output") == "json":
        return Response(_json(part, fields, resumes), content_type="application/json")
    return Response(_text(part, fields, resumes), content_type="text/plain; charset=utf-8")


def _text(part: _Part, fields: list[str], resumes: bool) -> Iterator[str]:
    """A line for each row; behind an empty line, the key."""
    for row in part:
        yield " ".join(str(dict(row)[field]) for field in fields) + "\n"
    if resumes and (key := part.key()):
        yield f"\n{key}\n"


def _json(part: _Part, fields: list[str], resumes: bool) -> Iterator[str]:
    """An array of arrays, the first with the names of the fields; empty where nothing was found."""
    before = f"[{json.dumps(fields)}"
    for row in part:
        yield f"{before},\n{json.dumps([dict(row)[field] for field in fields])}"
        before = ""
    key = part.key() if resumes else None
    yield "[]\n" if before else f',\n[],\n["{key}"]]\n' if key else "]\n"
