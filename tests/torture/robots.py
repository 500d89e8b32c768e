"""Rows 197 to 228: robots.txt (RFC 9309)."""

from tests.torture.row import SHUT, Group, Row, Script, Want
from tests.torture.scripts import endless, gz, hang_up, moved, ok, refused, silence, text

_OURS = b"User-agent: strandline\nDisallow: /shut\n"
_OPEN = {"/open": Want(), "/shut": Want()}
_OBEYED = {"/open": Want(), "/shut": SHUT}
_CLOSED = {"/open": SHUT, "/shut": SHUT}
_PARSED = text(_OURS)


def _row(
    number: int, name: str, does: str, robots: Script, seen: dict[str, Want], asked: int, **more: Script
) -> Row:
    """`asked`: how often robots.txt itself is asked for."""
    scripts = {"/robots.txt": robots, **{f"/{path}": script for path, script in more.items()}}
    wants = {**seen, "/robots.txt": Want(None, requests=asked)}
    first, *others = wants
    return Row(
        number, f"robots {name}", does, scripts, wants[first], {path: wants[path] for path in others},
        Group.MANNERS, seeds=tuple(seen),
    )  # fmt: skip


def _hops(number: int, hops: int, seen: dict[str, Want]) -> Row:
    steps = {f"r{n}": moved(b"/r%d" % (n + 1), 301) for n in range(1, hops)}
    return _row(
        number,
        f"{hops} hops",
        f"{hops} redirects to robots.txt",
        moved(b"/r1", 301),
        seen,
        1,
        **steps,
        **{f"r{hops}": _PARSED},
    )


_LARGE = b"# " + b"x" * 97 + b"\n"

ROBOTS = (
    _row(197, "200", "a group for us", _PARSED, _OBEYED, 1),
    _hops(198, 1, _OBEYED),
    _hops(199, 5, _OBEYED),
    _hops(200, 6, _OPEN),
    _row(201, "401", "401", refused(401), _OPEN, 1),
    _row(202, "403", "403", refused(403), _OPEN, 1),
    _row(203, "404", "404", refused(404), _OPEN, 1),
    _row(204, "410", "410", refused(410), _OPEN, 1),
    _row(205, "429", "429", refused(429), _CLOSED, 3),
    _row(206, "500", "500", refused(500), _CLOSED, 3),
    _row(207, "503", "503", refused(503), _CLOSED, 3),
    _row(
        208,
        "hangs",
        "no answer",
        silence,
        {path: Want("failed", None, "robots.txt|no whole", 0) for path in ("/open", "/shut")},
        3,
    ),
    _row(
        209,
        "closes",
        "closes",
        hang_up,
        {path: Want("failed", None, requests=0) for path in ("/open", "/shut")},
        3,
    ),
    _row(210, "HTML", "an HTML page", ok(), _OPEN, 1),
    _row(
        211,
        "600 KB",
        "rules before and after 512 KB",
        text(_OURS + _LARGE * 6000 + b"Disallow: /open\n"),
        _OBEYED,
        1,
    ),
    _row(
        212,
        "480 KB",
        "a rule after 480 KB",
        text(b"User-agent: *\n" + _LARGE * 4900 + b"Disallow: /shut\n"),
        _OBEYED,
        1,
    ),
    _row(213, "endless", "no end", endless(b"HTTP/1.1 200 OK\r\n\r\n" + _OURS, _LARGE * 600), _OBEYED, 1),
    _row(214, "BOM", "a byte order mark", text(b"\xef\xbb\xbf" + _OURS), _OBEYED, 1),
    _row(215, "CR", "lines end in CR", text(_OURS.replace(b"\n", b"\r")), _OBEYED, 1),
    _row(
        216,
        "merged",
        "two groups for us, one for all",
        text(
            b"User-agent: strandline\nDisallow: /a\n\nUser-agent: *\nDisallow: /\n\n"
            b"User-Agent: Strandline/9\nDisallow: /shut"
        ),
        _OBEYED,
        1,
    ),
    _row(
        217,
        "wildcards",
        "* and $",
        text(b"User-agent: *\nDisallow: /*ut$\n"),
        {**_OBEYED, "/shutter": Want()},
        1,
    ),
    _row(
        218,
        "longest",
        "allow wins by length",
        text(b"User-agent: *\nDisallow: /\nAllow: /open\nAllow: /sitemap"),
        _OBEYED,
        1,
    ),
    _row(
        219,
        "encoded",
        "percent-encodings",
        text(b"User-agent: *\nDisallow: /%73hut\nDisallow: /caf%c3%a9"),
        {**_OBEYED, "/caf%C3%A9": SHUT},
        1,
    ),
    _row(220, "gzip", "coded", text(gz(_OURS), b"Content-Encoding: gzip"), _OBEYED, 1),
    _row(221, "empty", "no rules at all", text(b""), _OPEN, 1),
    _row(222, "204", "204", ok(body=b"", sized=False, start=b"HTTP/1.1 204 No"), _OPEN, 1),
    _row(223, "304", "304, and nobody asked", ok(body=b"", sized=False, start=b"HTTP/1.1 304 No"), _OPEN, 1),
    _row(224, "loop", "redirects to itself", moved(b"/robots.txt"), _OPEN, 6),
    _row(
        225,
        "to private",
        "redirects to 10.0.0.1",
        moved(b"http://10.0.0.1/robots.txt"),
        {path: Want("failed|robots", None, "not a public address", 0) for path in ("/open", "/shut")},
        1,
    ),
    _row(226, "NUL", "NUL bytes and nonsense", text(b"\0\xff:::\n" * 99 + _OURS), _OBEYED, 1),
    _row(227, "no Location", "302 without a Location", ok(start=b"HTTP/1.1 302 Moved"), _OPEN, 1),
    _row(
        228,
        "cut",
        "closed before its length",
        ok(b"Content-Length: 999", sized=False, body=_OURS, end="close"),
        _CLOSED,
        3,
    ),
)
