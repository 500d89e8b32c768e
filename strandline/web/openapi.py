"""The description of all addresses (OpenAPI 3.1), made from the application itself: it is never behind.

Paths and methods are those of the routes, their texts the docstrings of the views, the parameters those that
a view asks for, the schemas those of the rows that `archive/access` answers with.
"""

import inspect
import re
import sys
import types
import typing
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from flask import Flask

from archive import access
from strandline import __version__

_ASKED = re.compile(
    r'answers\.(asked|whole|moment)\(\s*"(\w+)"|(_number)\("(\w+)"|request\.args\.(get)\("(\w+)"'
)
_KINDS = {"asked": "string", "get": "string", "moment": "string", "whole": "integer", "_number": "integer"}
_PLAIN: dict[Any, dict[str, str]] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    datetime: {"type": "string", "format": "date-time"},
    date: {"type": "string", "format": "date"},
}
_ROWS: dict[str, dict[str, str]] = {
    "changes.changes": {"changes": "ListedRow"},
    "pages.page": {
        "versions": "VersionRow",
        "changes": "ChangeRow",
        "captures": "SeenRow",
        "notes": "NoteRow",
    },
    "pages.capture": {"notes": "NoteRow"},
    "runs.runs": {"runs": "RunRow"},
    "runs.run": {"changes": "ChangeRow"},
    "sources.source": {"runs": "RunRow", "changes": "ListedRow", "pages": "PageRow"},
    "notes.notes": {"notes": "NoteRow"},
    "overview.overview": {"recent": "ListedRow"},
}
"""The lists of the twins that consist of rows."""


def description(app: Flask) -> dict[str, Any]:
    """The whole description, ready for JSON."""
    paths: dict[str, dict[str, Any]] = {}
    named: dict[str, int] = {}
    for rule in sorted(app.url_map.iter_rules(), key=lambda rule: rule.rule):
        if rule.endpoint == "static":
            continue
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            operation = _operation(
                rule.endpoint, app.view_functions[rule.endpoint], method, sorted(rule.arguments)
            )
            name = operation["operationId"]
            named[name] = named.get(name, 0) + 1
            if named[name] > 1:  # a view at two addresses
                operation["operationId"] = f"{name}.{named[name]}"
            paths.setdefault(path, {})[method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "The reading room of a Strandline archive",
            "version": __version__,
            "description": "Instants are ISO 8601 in UTC with Z. URLs stand in paths percent-encoded.",
        },
        "paths": paths,
        "components": {"schemas": _schemas()},
    }


def _operation(endpoint: str, view: Callable[..., Any], method: str, inside: list[str]) -> dict[str, Any]:
    text = inspect.getdoc(view) or ""
    found: dict[str, Any] = {
        "operationId": f"{endpoint}.{method.lower()}",
        "summary": text.split("\n\n")[0].replace("\n", " "),
        "parameters": [
            *({"name": one, "in": "path", "required": True, "schema": {"type": "string"}} for one in inside),
            *(_parameters(view) if method == "GET" else ()),
        ],
        "responses": {"200": _answer(endpoint), "default": {"description": "What is wrong, and what to do."}},
    }
    if method == "POST":
        found["requestBody"] = {
            "content": {"application/x-www-form-urlencoded": {"schema": {"type": "object"}}}
        }
    return found


def _answer(endpoint: str) -> dict[str, Any]:
    if not endpoint.endswith("_json"):
        return {"description": "The answer."}
    lists = _ROWS.get(endpoint.removesuffix("_json"), {})
    properties = {
        name: {"type": "array", "items": {"$ref": f"#/components/schemas/{row}"}}
        for name, row in lists.items()
    }
    schema = {"type": "object", "properties": properties, "required": sorted(properties)}
    return {"description": "The same as JSON.", "content": {"application/json": {"schema": schema}}}


def _parameters(view: Callable[..., Any]) -> list[dict[str, Any]]:
    """What the query may say: what the view, and the functions of its module that it calls, ask for."""
    plain = inspect.unwrap(view)
    module = sys.modules[plain.__module__]
    seen: dict[str, str] = {}
    waiting, done = [plain], {plain}
    while waiting:
        source = inspect.getsource(waiting.pop())
        for match in _ASKED.finditer(source):
            kind, name = next(
                (a, b) for a, b in zip(match.groups()[::2], match.groups()[1::2], strict=True) if a
            )
            seen[name] = _KINDS[kind]
        for name, other in vars(module).items():
            if (
                isinstance(other, types.FunctionType)
                and re.search(rf"\b{name}\(", source)
                and other not in done
            ):
                done.add(other)
                waiting.append(other)
    return [{"name": name, "in": "query", "schema": {"type": kind}} for name, kind in sorted(seen.items())]


def _schemas() -> dict[str, Any]:
    names = (name for name in access.__all__ if name.endswith(("Row", "Shown", "Warc")))
    rows = {name: getattr(access, name) for name in names}
    return {
        name: {
            "type": "object",
            "properties": {key: _schema(hint) for key, hint in typing.get_type_hints(row).items()},
            "required": sorted(row.__required_keys__),
            **({"description": text} if (text := inspect.getdoc(row)) and row.__doc__ else {}),
        }
        for name, row in rows.items()
        if typing.is_typeddict(row)
    }


def _schema(hint: Any) -> dict[str, Any]:
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if hint in _PLAIN:
        return dict(_PLAIN[hint])
    if origin in (typing.Union, types.UnionType):
        return {"anyOf": [{"type": "null"} if one is types.NoneType else _schema(one) for one in arguments]}
    if origin in (list, tuple):
        return (
            {"type": "array", "items": _schema(arguments[0])}
            if arguments and origin is list
            else {"type": "array"}
        )
    if typing.is_typeddict(hint):
        keys = {key: _schema(one) for key, one in typing.get_type_hints(hint).items()}
        return {"type": "object", "properties": keys}
    return {"type": "object"} if origin is dict else {}
