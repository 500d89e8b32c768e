"""Rows 106 to 135: connections that break, stall or lie, and TLS."""

import asyncio
from typing import Any

from tests.sites.wire_server import SHAPES
from tests.torture.row import FAILED, Row, Want
from tests.torture.scripts import (
    BODY,
    LINK,
    OK,
    endless,
    hang_up,
    in_turn,
    ok,
    reset,
    say,
    shape,
    silence,
)

_LATE = Want("failed", None, "no whole answer within|no connection in time", requests=3)
_CUT = Want(cut="disconnect", requests=3)
_TLS = Want("failed", None, requests=range(1, 4))


def _answered(*problems: str) -> Want:
    return Want(told=tuple(f"certificateProblem: {problem}" for problem in problems))


async def _close_later(call: Any) -> None:
    """An answer that says nothing of it, and the connection is closed a moment after."""
    await ok(body=BODY + b"".join(b'<a href="/%d">x</a>' % n for n in range(4)))(call)
    await asyncio.sleep(0.02)
    await call.end("close")


async def _lone_byte(call: Any) -> None:
    await call.send(OK + b"\r\nContent-Length: 100\r\n\r\n")
    for _ in range(100):
        await call.send(b"z")
        await asyncio.sleep(1)


CONNECTIONS = (
    Row(106, "RST at once", "resets as soon as it is asked", reset, FAILED),
    Row(107, "RST before", "resets before it reads", reset, FAILED, raw=True),
    Row(
        108,
        "RST in the head",
        "resets within the headers",
        say(OK + b"\r\nX-A: b\r\nX-", end="reset"),
        FAILED,
    ),
    Row(109, "RST in the body", "resets in a body without a length", shape(SHAPES["/reset"]), _CUT),
    Row(
        110,
        "RST in a length",
        "resets in a body with a length",
        say(OK + b"\r\nContent-Length: 999\r\n\r\n", BODY, end="reset"),
        _CUT,
    ),
    Row(111, "closes", "closes without an answer", shape(SHAPES["/silent"]), FAILED),
    Row(112, "closes unread", "closes before it reads", hang_up, FAILED, raw=True),
    Row(113, "closes in the head", "closes within the headers", say(OK + b"\r\nX-A: b", end="close"), FAILED),
    Row(114, "closes in the status", "closes after HTT", say(b"HTT", end="close"), FAILED),
    Row(115, "half-close", "sends no more, but reads on", ok(end="half")),
    Row(116, "half-close, no length", "the same, and the body has no length", ok(sized=False, end="half")),
    Row(
        117,
        "slow head",
        "a header line every quarter second",
        endless(OK + b"\r\n", b"X-Slow: y\r\n", 0.25),
        _LATE,
    ),
    Row(118, "slow body", "a byte a second", _lone_byte, Want(cut="time", requests=3)),
    Row(119, "stalled body", "stops within the body", shape(SHAPES["/stalls"]), Want(cut="time", requests=3)),
    Row(120, "silence", "never answers", silence, _LATE),
    Row(121, "deaf", "the connection is never accepted", want=_LATE, kind="deaf", raw=True),
    Row(
        122,
        "refuses",
        "nobody listens",
        want=Want("failed", None, "connection refused", 3),
        kind="refuses",
        raw=True,
    ),
    Row(123, "hasty", "answers before it has read", ok(body=b"hasty " + BODY, end="half"), raw=True),
    Row(
        124,
        "stays open",
        "no length, not chunked, never closed",
        ok(sized=False, end="stall"),
        Want(cut="time", requests=3),
    ),
    Row(
        125,
        "closes what it keeps",
        "closes idle connections without a word",
        {"*": _close_later},
        also={f"/{n}": Want(requests=range(1, 3)) for n in range(4)},
    ),
    Row(126, "says close", "says close and stays open", ok(b"Connection: close", end="stall")),
    Row(127, "mail", "a mail server", shape(SHAPES["/no-http"]), FAILED),
    Row(
        128,
        "recovers",
        "two breaks, then an answer",
        in_turn(reset, hang_up, ok()),
        Want(requests=3, responses=1),
    ),
)

SECURED = (
    Row(129, "self-signed", "a certificate of its own", want=_answered("self-signed"), kind="tls"),
    Row(130, "expired", "an expired certificate", want=_answered("expired"), kind="tls-expired"),
    Row(131, "not yet", "a certificate of next week", want=_answered("not yet valid"), kind="tls-future"),
    Row(
        132,
        "wrong host",
        "a certificate for another host",
        want=_answered("not issued for 127.7.0.132"),
        kind="tls-elsewhere",
    ),
    Row(
        133,
        "handshake garbage",
        "no TLS at all",
        {"*": say(b"\x16\x03\x01 garbage" * 9, end="close")},
        _TLS,
        seeds=("https://127.7.0.133:@PORT@/",),
        raw=True,
    ),
    Row(
        134,
        "handshake closed",
        "closes in the handshake",
        {"*": hang_up},
        _TLS,
        seeds=("https://127.7.0.134:@PORT@/",),
        raw=True,
    ),
    Row(
        135,
        "handshake silence",
        "never speaks in the handshake",
        {"*": silence},
        Want("failed", None, "no whole answer|no connection", requests=3),
        seeds=("https://127.7.0.135:@PORT@/",),
        raw=True,
    ),
    Row(136, "client certificate", "asks for a certificate of ours", want=_TLS, kind="tls-client", raw=True),
    Row(
        137,
        "plain on TLS",
        "answers TLS with HTTP",
        {"*": say(b"HTTP/1.1 400 Bad\r\n\r\n", end="close")},
        _TLS,
        seeds=("https://127.7.0.137:@PORT@/",),
        raw=True,
    ),
    Row(
        138,
        "TLS without an end",
        "no close_notify after a body without length",
        ok(sized=False, end="reset"),
        Want(requests=range(1, 4), cut="None|disconnect"),
        kind="tls",
    ),
    Row(139, "IPv6", "[::1]", {"/": ok(body=LINK + BODY)}, address="::1", also={"/found": Want()}),
    Row(
        140,
        "IDN",
        "a host with umlauts",
        {"/": ok(body=LINK + BODY)},
        host="bücher.torture.test",
        also={"/found": Want()},
    ),
    Row(141, "underscore", "a host name with an underscore", host="a_b.torture.test"),
    Row(
        142,
        "no such host",
        "a name that does not resolve",
        want=Want("failed", None, "resolve", 3),
        host="nobody.torture.test",
        raw=True,
    ),
)
