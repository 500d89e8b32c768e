"""What changed, the newest first: a list to be narrowed down, and the same as a feed to be kept an eye on."""

from typing import Any

from flask import Blueprint, Response, request, url_for

from archive import access, model
from strandline import syndication
from strandline.web import answers
from strandline.web.room import room

area = Blueprint("changes", __name__)

_FEEDS = {"atom": "application/atom+xml", "feed": "application/feed+json"}


@answers.page(area, "/changes", "changes.html")
def changes() -> dict[str, Any]:
    """The changes that are asked for; with `grouped` the same edit on many pages is one row."""
    its, asked = room(), _asked()
    grouped = bool(answers.whole("grouped", 0, 1))
    before = answers.asked("before")
    rows, following = access.changes_page(
        its.archive, asked, before=before, most=answers.ROWS, grouped=grouped
    )
    kept: dict[str, Any] = {name: value for name, value in request.args.items() if name in _KEPT and value}
    return {
        "asked": {**asked, "grouped": grouped},
        "changes": rows,
        "next": following,
        "kinds": [str(kind) for kind in model.Kind],
        "names": sorted(path.stem for path in its.home.sources.glob("*.toml")),
        "feeds": {kind: url_for(f"changes.{kind}", **kept) for kind in _FEEDS},
    }


_KEPT = ("source", "kind", "openness", "words", "added", "removed")
"""What a feed is narrowed down by; it is always of the newest."""


@area.get("/changes.atom")
def atom() -> Response:
    """The newest changes that are asked for, with their diffs, as Atom."""
    return _feed("atom")


@area.get("/changes.feed")
def feed() -> Response:
    """The newest changes that are asked for, with their diffs, as JSON Feed."""
    return _feed("feed")


def _feed(kind: str) -> Response:
    its, asked = room(), _asked()
    rows, _ = access.changes_page(its.archive, asked, most=syndication.ENTRIES // 2)
    said = ", ".join(str(value) for name, value in asked.items() if value and name in _KEPT)
    made = syndication.Feed(
        title=f"Changes: {said or 'all sources'}",
        archive=its.home.root.name,
        source=said or None,
        changes=rows[::-1],
        updated=None,
    )
    text = (syndication.as_atom if kind == "atom" else syndication.as_json_feed)(made, its.archive)
    answer = Response(text, content_type=f"{_FEEDS[kind]}; charset=utf-8")
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _asked() -> access.Asked:
    kind, openness = answers.asked("kind"), answers.asked("openness")
    if kind is not None and kind not in list(model.Kind):
        answers.wrong(f"{kind!r} is no kind of change. The kinds are: {', '.join(model.Kind)}.")
    if openness is not None and openness not in list(model.Openness):
        answers.wrong(f"{openness!r} is none of: {', '.join(model.Openness)}.")
    since, until = answers.moment("since"), answers.moment("until")
    return {
        "source": answers.asked("source"),
        "kind": kind,
        "openness": openness,
        "words": answers.whole("words", 0, 1_000_000),
        "added": answers.asked("added", 200),
        "removed": answers.asked("removed", 200),
        "since": since.start if since else None,
        "until": until.end if until else None,
    }
