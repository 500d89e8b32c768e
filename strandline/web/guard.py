"""Who may come in, and what a page may do: hosts, passwords, roles, forms, and the headers of every answer.

On a loopback address whoever is at the machine is the keeper. Elsewhere a password, or a proxy that knows
people, is demanded. A page of a foreign site can make a browser ask this server: so the host it asks for must
be ours (against DNS rebinding), and nothing is changed but by a form of ours (OWASP: Cross-Site Request
Forgery).
"""

import hmac
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from flask import (
    Blueprint,
    Flask,
    Response,
    abort,
    current_app,
    g,
    redirect,
    render_template,
    request,
    session,
    url_for,
)  # fmt: skip
from flask_wtf.csrf import CSRFProtect, generate_csrf
from markupsafe import Markup
from werkzeug.wrappers import Response as AnyResponse

from strandline import channels
from strandline.web import passes, peers
from strandline.web.room import Room, room

area = Blueprint("guard", __name__)

LOOPBACK = ("127.0.0.1", "localhost", "::1")
DAYS = 30
"""A session lasts so long."""

_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # with `no-referrer` the Origin of our own forms is `null`
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
}


def put(app: Flask, its: Room) -> None:
    """Put a guard before every view of the application."""
    name = f"strandline-{urlsplit(its.origin).port or 0}"  # cookies do not tell ports apart
    app.config.update(
        SECRET_KEY=its.secret,
        SESSION_COOKIE_NAME=f"__Host-{name}" if its.settings.web.https else name,  # no neighbour can set such
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Strict",
        SESSION_COOKIE_SECURE=its.settings.web.https,
        PERMANENT_SESSION_LIFETIME=DAYS * 86_400,
        SESSION_REFRESH_EACH_REQUEST=False,  # or every answer would hand the cookie out again
        WTF_CSRF_TIME_LIMIT=None,  # a form may be open for days; its token is good for its session alone
        WTF_CSRF_SSL_STRICT=False,  # the origin is looked at in `_own_site`
        MAX_CONTENT_LENGTH=1_000_000,
        MAX_FORM_MEMORY_SIZE=1_000_000,
        MAX_FORM_PARTS=100,
    )
    app.extensions["strandline-tries"] = peers.Tries()
    app.before_request(own_host)
    app.before_request(_own_site)
    app.before_request(_who)
    CSRFProtect(app)
    app.register_blueprint(area)
    app.after_request(_dress)
    app.jinja_env.globals["form_token"] = _form_token
    app.context_processor(
        lambda: {"keeper": g.get("role") == "keeper", "role": g.get("role"), "open_to_all": is_open(its)}
    )


def may_change(view: Callable[..., Any]) -> Callable[..., Any]:
    """Only a keeper may do this."""

    @wraps(view)
    def guarded(**values: Any) -> Any:
        if g.role != "keeper":
            abort(403, "Only a keeper may change something here, and you are a reader.")
        return view(**values)

    return guarded


def own_host() -> None:
    """The host that was asked for must be one of ours, or a foreign page could read all of this by DNS."""
    its = room()
    name = _host_name(request.host)
    ours = {_host_name(urlsplit(its.origin).netloc), *its.names, *its.settings.web.names}
    if its.open_to_all:
        ours |= set(LOOPBACK)
    if name not in ours:
        text = f"This server is not {name[:100]!r}. What it answers to is set by names in [web].\n"
        abort(Response(text, 421, content_type="text/plain; charset=utf-8"))  # and nothing of what is here


def _host_name(host: str) -> str:
    """The host without port, brackets and the dot of the root."""
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def _who() -> AnyResponse | None:
    """Find out who asks: `g.role` is `keeper`, `reader`, or nobody is let in."""
    its = room()
    g.role = None
    if request.endpoint in ("static", "overview.health_of_server"):
        return None  # nothing of it is of anybody, so it may be kept by caches
    g.role = "keeper" if is_open(its) else _role(its)
    if g.role or request.endpoint == "guard.sign_in":
        return None
    is_person = "text/html" in request.headers.get("Accept", "")
    if request.method == "GET" and is_person and not request.authorization:
        back = request.full_path.rstrip("?")
        return redirect(url_for("guard.sign_in", back=back if back != "/" else None))
    return Response(
        "A password is needed here.\n",
        401,
        {"WWW-Authenticate": 'Basic realm="Strandline", charset="UTF-8"'},
    )


def is_open(its: Room) -> bool:
    """Whether nobody is asked who they are."""
    web = its.settings.web
    return its.open_to_all and not (web.keeper or web.reader or web.proxy_header)


def _role(its: Room) -> str | None:
    web = its.settings.web
    from_proxy = peers.is_among(request.remote_addr or "", web.proxies)
    if web.proxy_header and from_proxy and (user := request.headers.get(web.proxy_header)):
        return "keeper" if user in web.keepers else "reader"
    if request.authorization and request.authorization.type == "basic":
        return _by_password(request.authorization.password or "")
    role, proof = session.get("role"), session.get("proof", "")
    if role in ("keeper", "reader") and hmac.compare_digest(str(proof), _proof(its, role)):
        return str(role)
    return None


def _by_password(given: str) -> str | None:
    """The role that a password gives. After too many wrong ones none is looked at for a while."""
    tries: peers.Tries = current_app.extensions["strandline-tries"]
    looked, role = tries.look(request.remote_addr or "", lambda: _given(given))
    if not looked:
        abort(429, f"Too many wrong passwords. Try again in {peers.WINDOW:.0f} seconds.")
    return role


def _given(given: str) -> str | None:
    for role in ("keeper", "reader"):
        known = _password(room(), role)
        if known is not None and hmac.compare_digest(_digest(known), _digest(given)):
            return role
    return None


def _password(its: Room, role: str) -> str | None:
    return channels.secret(getattr(its.settings.web, role))


def _digest(text: str) -> bytes:
    return sha256(text.encode("utf-8", "replace")).digest()


def _proof(its: Room, role: str) -> str:
    """Holds as long as the role's password does: who changes it, ends all sessions."""
    return hmac.new(its.secret, _digest(_password(its, role) or ""), sha256).hexdigest()


def _own_site() -> None:
    """A page of another site may lead here and no more; what changes something must come from a page of ours.
    As far as the browser tells (Fetch Metadata): a form has a token besides.
    """
    changes = request.method not in ("GET", "HEAD", "OPTIONS")
    if request.headers.get("Sec-Fetch-Site", "none") not in ("same-origin", "none"):
        if changes:
            abort(403, "This form was sent from another site.")
        how = request.headers.get("Sec-Fetch-Mode"), request.headers.get("Sec-Fetch-Dest")
        if how != ("navigate", "document"):
            abort(403, "Another site asked for this as a part of it, and is not given it.")
    origin = request.headers.get("Origin")
    if changes and origin is not None and urlsplit(origin).netloc.lower() != request.host.lower():
        abort(403, "This form was sent from another site.")


def _form_token() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


@area.route("/sign-in", methods=["GET", "POST"])
def sign_in() -> Any:
    """Let somebody in by password."""
    back = request.values.get("back", "/")
    message = None
    if request.method == "POST":
        role = _by_password(request.form.get("password", ""))
        if role:
            session.clear()
            session.permanent = True
            session.update(role=role, proof=_proof(room(), role))
            return redirect(back if _is_ours(back) else "/")
        message = "That is not the password."
    return render_template("sign_in.html", back=back, message=message), 403 if message else 200


@area.route("/sign-out", methods=["POST"])
def sign_out() -> Any:
    """End the session."""
    session.clear()
    return redirect(url_for("guard.sign_in"))


def _is_ours(address: str) -> bool:
    """Whether it is a path here: two slashes, or a backslash, would lead to another site."""
    return address.startswith("/") and address[1:2] not in ("/", "\\") and address.isprintable()


def _dress(response: Response) -> Response:
    """The headers of every answer. What an answer says itself holds."""
    its = room()
    base = passes.kept_base(its) if request.blueprint in ("kept", "changes_shown") else None
    frames = f" frame-src {base};" if base else ""
    policy = (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        f"form-action 'self';{frames} base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.endpoint == "static" and "v" in request.args:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    elif not is_open(its):
        response.headers["Cache-Control"] = "private, no-store"
    elif not response.headers.get("Cache-Control"):
        response.headers["Cache-Control"] = "private, no-cache"
    return response
