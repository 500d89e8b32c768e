"""The archived pages, on an origin of their own: no script runs there, and nothing is fetched from elsewhere.

The answers are what hostile sites once said. Three things keep them harmless, each by itself: another origin
than the reading room's, a sandbox without scripts, and a policy that names what may be loaded and from where.
"""

import re
import secrets
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, abort, redirect, request

from archive import access
from archive import text as texts
from strandline.web import answers, guard, marking, passes, rewriting
from strandline.web.room import Room, room

_IMAGES = re.compile(r"image/(png|gif|jpeg|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon)")
_MEDIA = re.compile(r"(audio|video)/[a-z0-9.+-]{1,60}")
_FONTS = {
    b"wOFF": "font/woff",
    b"wOF2": "font/woff2",
    b"OTTO": "font/otf",
    b"\0\1\0\0": "font/ttf",
    b"true": "font/ttf",
}
_PLAIN = frozenset({"text/plain", "application/json", "application/xml", "text/xml"})
_HTML = frozenset({"text/html", "application/xhtml+xml"})


def create_kept(its: Room) -> Flask:
    """The application of that origin."""
    app = Flask("strandline.web.kept", static_folder=None)
    app.extensions["strandline"] = its
    app.url_map.merge_slashes = False
    app.before_request(guard.own_host)
    app.add_url_rule("/<granted>/<stamp>/<path:url>", "kept", kept)
    app.register_error_handler(Exception, _failed)
    app.after_request(_dress)
    return app


def kept(granted: str, stamp: str, url: str) -> Any:
    """What was archived of a URL, as near to an instant as there is."""
    its = room()
    if not passes.holds(its, granted):
        abort(403)
    if request.query_string:
        url += "?" + request.query_string.decode("latin-1")
    first, _, second = stamp.partition(passes.BESIDE)
    at, beside = answers.instant(first), answers.instant(second) if second else None
    near = access.nearest(its.archive, url, at, exact=_is_frame())
    if near is None:
        abort(404)
    if near["redirect"]:
        return redirect(passes.path(granted, at, near["redirect"]))
    body = access.payload_of(its.archive, near["payload"]) if near["payload"] else b""
    if body is None:
        abort(404)

    def address(link: str) -> str:
        return passes.path(granted, at, link)

    return _answer(near, body, address, _marks(url, at, beside, address) if beside else None)


def _marks(url: str, at: datetime, beside: datetime, address: rewriting.Address) -> rewriting.Look | None:
    """What marks a page by its state at another instant; None where that is no page, or a very large one."""
    its = room()
    other = access.nearest(its.archive, url, beside, exact=True)
    body = access.payload_of(its.archive, other["payload"]) if other and other["payload"] else None
    if other is None or body is None or len(body) > marking.LARGEST:
        return None
    text, charset, _ = texts.decoded(body, other["content_type"])
    seen: list[marking.Seen] = []
    rewriting.page(text, other["url"], charset, address, "", lambda root, _: seen.append(marking.look(root)))
    return lambda root, nonce: marking.mark(root, seen[0], "ins" if at > beside else "del", nonce)


def _is_frame() -> bool:
    """Whether it is asked for as a page: such a one is shown whatever it was, also an error."""
    return request.headers.get("Sec-Fetch-Dest") in ("iframe", "document", "frame")


def _answer(
    near: access.NearRow, body: bytes, address: rewriting.Address, marks: rewriting.Look | None = None
) -> Response:
    kind = (near["content_type"] or "").split(";")[0].strip().lower()
    wanted = request.headers.get("Sec-Fetch-Dest", "")
    nonce = secrets.token_urlsafe(16)
    if font := _FONTS.get(body[:4]) if wanted in ("font", "") else None:
        answer = Response(body, content_type=font)
        answer.headers["Access-Control-Allow-Origin"] = "null"  # a sandboxed page's fonts are asked for so
    elif kind in _HTML or (not kind and wanted in ("iframe", "document")):
        text, charset, _ = texts.decoded(body, near["content_type"])
        marks = marks if len(body) <= marking.LARGEST else None
        made = rewriting.page(text, near["url"], charset, address, nonce, marks)
        answer = Response(made.html, content_type="text/html; charset=utf-8")
    elif kind == "text/css" or wanted == "style":
        text, charset, _ = texts.decoded(body, near["content_type"])

        def requisite(link: str) -> str | None:
            return rewriting.requisite(near["url"], link, charset, address)

        answer = Response(rewriting.stylesheet(text, requisite), content_type="text/css; charset=utf-8")
    elif _IMAGES.fullmatch(kind) or _MEDIA.fullmatch(kind):
        answer = Response(body, content_type=kind)
    elif kind in _PLAIN and _is_frame():
        answer = Response(
            texts.decoded(body, near["content_type"])[0], content_type="text/plain; charset=utf-8"
        )
    elif wanted in ("iframe", "document", ""):
        answer = Response(body, content_type="application/octet-stream")
        answer.headers["Content-Disposition"] = "attachment"
    else:
        abort(404)
    answer.headers["Content-Security-Policy"] = _policy(nonce)
    answer.headers["Memento-Datetime"] = f"{near['at']:%a, %d %b %Y %H:%M:%S} GMT"
    answer.headers["X-Archived-Status"] = str(near["status"])
    return answer


def _policy(nonce: str) -> str:
    here = request.host_url.rstrip("/")
    return (
        f"sandbox; default-src 'none'; img-src {here} data:; media-src {here}; font-src {here}; "
        f"style-src {here} 'nonce-{nonce}'; form-action 'none'; base-uri 'none'; "
        f"frame-ancestors {' '.join(_parents())}"
    )


def _parents() -> list[str]:
    """Where the reading room is reached, which alone may frame these pages."""
    its = room()
    host = urlsplit(f"//{request.host}").hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return [
        f"{request.scheme}://{shown}:{urlsplit(its.origin).port}",
        *(f"https://{name}" for name in its.settings.web.names),
    ]


def _failed(error: Exception) -> Response:
    """In few words, and without anything of what was asked."""
    code = getattr(error, "code", None) or (404 if isinstance(error, access.NotInArchive) else 500)
    said = {
        403: "This look at the archive is over: open it again from the reading room.",
        404: "Not archived.",
    }
    return Response(said.get(code, "It cannot be shown."), code, content_type="text/plain; charset=utf-8")


def _dress(response: Response) -> Response:
    response.headers.setdefault("Content-Security-Policy", "sandbox; default-src 'none'")
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"  # a sandboxed page is of no origin
    response.headers["Cache-Control"] = "private, max-age=600"
    response.headers.pop("Set-Cookie", None)
    return response
