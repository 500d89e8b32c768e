"""The reading room as one application: its areas, its guard, and what it says when something goes wrong."""

from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Blueprint, Flask, Response, render_template, request, url_for
from werkzeug.exceptions import HTTPException

from archive import access, database
from strandline import __version__
from strandline.complaint import Complaint
from strandline.output import say
from strandline.web import (
    adding,
    answers,
    calendar,
    cdx,
    changes,
    changes_shown,
    guard,
    kept,
    machines,
    memento,
    notes,
    overview,
    pages,
    runs,
    search,
    show,
    sources,
    turnstile,
)
from strandline.web.room import Room

AREAS: tuple[Blueprint, ...] = (
    overview.area,
    adding.area,
    changes.area,
    cdx.area,
    changes_shown.area,
    kept.area,
    machines.area,
    memento.area,
    notes.area,
    pages.area,
    runs.area,
    search.area,
    sources.area,
)
"""Every area of the reading room; the order is that of the alphabet after the overview."""

_STATIC = Path(__file__).parent / "static"


def create(its: Room) -> Flask:
    """The application over a room."""
    app = Flask("strandline.web")
    app.jinja_environment = show.Templates
    app.extensions["strandline"] = its
    app.url_map.merge_slashes = False  # a URL inside an address has two
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    digests = {file.name: sha256(file.read_bytes()).hexdigest()[:12] for file in sorted(_STATIC.iterdir())}

    def file(name: str) -> str:
        return url_for("static", filename=name, v=digests[name])

    app.jinja_env.globals.update(
        file=file,
        drawn=calendar.drawn,
        link=answers.link,
        same=answers.same,
        url_for=answers.address,
        version=__version__,
        home_name=its.home.root.name,
    )
    turnstile.put(app)
    guard.put(app, its)
    show.put(app)
    for area in AREAS:
        app.register_blueprint(area)
    app.register_error_handler(Exception, _failed)
    app.teardown_request(lambda _: its.forget() if request.method == "POST" else None)
    return app


def _failed(error: Exception) -> Any:
    """What went wrong, as a page or as JSON. A fault of ours is told to whoever runs the server, in words."""
    if isinstance(error, HTTPException):
        if error.response is not None or (error.code or 500) < 400:
            return error.get_response()
        code, message = error.code or 500, error.description or ""
    elif isinstance(error, access.NotInArchive):
        code, message = 404, str(error)
    elif isinstance(error, Complaint | access.BadKey):
        code, message = 400, str(error)
    elif isinstance(error, database.DatabaseTrouble):
        code, message = 503, str(error)
    else:
        code, message = 500, "This is a fault in Strandline, not in what you asked for. Please report it."
        say(f"strandline: a fault in the reading room at {request.path}: {type(error).__name__}: {error}")
    if answers.is_twin():
        return answers.as_json({"error": message, "status": code}, code)
    html = render_template("error.html", message=message, status=code)
    return Response(html, code)
