"""How a view answers: as a page, and under the address of its twin as JSON.

The twin of `/changes` is `/changes.json`, that of `/page/URL` is `/page.json/URL`, that of `/` is
`/index.json`: the first part of the path tells, so that no URL at its end is taken for another one.
"""

import json
import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from enum import Enum
from functools import lru_cache, wraps
from pathlib import PurePath
from types import NoneType
from typing import Any, NoReturn

from flask import Blueprint, Response, abort, current_app, render_template, request, url_for
from werkzeug.routing import BuildError

from archive import instants
from strandline import when
from strandline.complaint import Complaint
from strandline.output import instant as written

ROWS = 100
"""So many rows are on one page of a list."""
LONGEST = 400
"""Longer parts of addresses are not remembered."""
PAGES = 1000
"""No list is turned over further than this."""

View = Callable[..., Any]
"""Returns a dictionary, or an answer of its own."""


def page(area: Blueprint, rule: str, template: str) -> Callable[[View], View]:
    """Let a view answer at `rule` with the template, and at its twin's address with what the view returns."""

    def put(view: View) -> View:
        @wraps(view)
        def shown(**values: Any) -> Any:
            found = view(**values)
            if not isinstance(found, dict):
                return found
            return render_template(template, **found, twin=_twin_address())

        @wraps(view)
        def told(**values: Any) -> Any:
            found = view(**values)
            return as_json(found) if isinstance(found, dict) else found

        area.add_url_rule(rule, view.__name__, shown)
        area.add_url_rule(twin_of(rule), f"{view.__name__}_json", told)
        return view

    return put


def twin_of(rule: str) -> str:
    """The address, or rule, of the JSON twin of another one."""
    first, slash, rest = rule.removeprefix("/").partition("/")
    return f"/{first or 'index'}.json{slash}{rest}"


def _twin_address() -> str | None:
    values = {**(request.view_args or {}), **request.args.to_dict(flat=False)}
    return link(f"{request.endpoint}_json", **values)


def is_twin() -> bool:
    """Whether JSON was asked for: by a twin's address, or by a program at an address that has none."""
    return bool(re.match(r"/[^/]+\.json(/|$)", request.path)) or (
        request.accept_mimetypes.best == "application/json"
    )


def as_json(value: Any, status: int = 200) -> Response:
    """JSON with instants in ISO 8601 with `Z`, as `--json` prints them; for anybody's program to read."""
    text = json.dumps(value, ensure_ascii=False, default=_jsonable) + "\n"
    return Response(text.encode("utf-8", "backslashreplace"), status, mimetype="application/json")


def _jsonable(value: object) -> object:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PurePath | Enum):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no JSON form")


def link(endpoint: str, **values: Any) -> str | None:
    """The address of a view; None where there is no such view, or one of the values is missing."""
    try:
        return address(endpoint, **values)
    except BuildError:
        return None


def address(endpoint: str, **values: Any) -> str:
    """What `url_for` gives; a page has hundreds of addresses, many of them the same as on the page before."""
    for name, one in values.items():
        kind = type(one)
        if not (kind is NoneType or kind is date or (kind is str and len(one) < LONGEST)) or name[0] == "_":
            return url_for(endpoint, **values)
    if request.script_root:
        return url_for(endpoint, **values)
    return _built(current_app.url_map, endpoint, tuple(values.items()))


@lru_cache(maxsize=4096)
def _built(_: object, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    return url_for(endpoint, **dict(values))


def absent(message: str) -> NoReturn:
    """There is no such thing: 404, with what there is."""
    abort(404, message)


def wrong(message: str) -> NoReturn:
    """It was not asked in a way that can be answered: 400, with what can be asked."""
    abort(400, message)


_STAMP = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.(\d{1,6}))?", re.ASCII)


def instant(text: str) -> datetime:
    """An instant of an address: `YYYYMMDDhhmmss`, with a fraction, or cut off at any unit. 400 for others."""
    found = _STAMP.fullmatch(text)
    try:
        if not found:
            raise ValueError
        year, month, day, hour, minute, second = (int(one) if one else None for one in found.groups()[:6])
        micro = int((found[7] or "").ljust(6, "0"))
        return datetime(
            year or 0, month or 1, day or 1, hour or 0, minute or 0, second or 0, micro, tzinfo=UTC
        )
    except ValueError:
        wrong(f"{text[:40]!r} is no instant: write it as YYYYMMDDhhmmss, such as 20250127060000.")


def moment(name: str) -> when.Moment | None:
    """What a query says of a time, as people write times; None where it says nothing. 400 for others."""
    text = asked(name)
    if text is None:
        return None
    try:
        return when.parse(text, instants.now(), UTC)
    except Complaint as error:
        wrong(str(error))


def asked(name: str, most: int = 500) -> str | None:
    """A value of the query, without white space around it; None where there is none. 400 for a long one."""
    text = request.args.get(name, "").strip()
    if len(text) > most:
        wrong(f"{name!r} is too long: at most {most} characters.")
    return text or None


def whole(name: str, default: int, most: int = PAGES) -> int:
    """A whole number of the query, from 0 to `most`. 400 for anything else."""
    text = asked(name, 20)
    if text is None:
        return default
    if not (text.isascii() and text.isdigit() and int(text) <= most):
        wrong(f"{name!r} must be a whole number up to {most:,}.")
    return int(text)


def same(**values: Any) -> str:
    """The address of this page with some values of its query replaced; None takes one away."""
    query = {**request.args.to_dict(flat=False), **values}
    kept = {name: value for name, value in query.items() if value is not None}
    return address(request.endpoint or "overview.overview", **{**(request.view_args or {}), **kept})
