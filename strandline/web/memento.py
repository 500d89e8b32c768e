"""Memento (RFC 7089): the TimeGate, TimeMaps and mementos of each URL, for the programs that know them."""

import re
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for

from archive import access
from strandline.web import answers
from strandline.web.room import room

area = Blueprint("memento", __name__)

MOST = 1000
"""Mementos of one TimeMap; the older ones are in another."""
_RFC_1123 = "%a, %d %b %Y %H:%M:%S GMT"
_STAMP = re.compile(r"(\d{1,14})(id_|if_|im_|cs_|js_)?", re.ASCII)
_POLICY = "sandbox; default-src 'none'"


@area.get("/timegate/<path:url>")
def timegate(url: str) -> Response:
    """Lead to the memento that is nearest to Accept-Datetime, or to the last (RFC 7089, section 4.1.1)."""
    url = _asked(url)
    wanted = request.headers.get("Accept-Datetime")
    at = datetime.max.replace(tzinfo=UTC) if wanted is None else _accepted(wanted)
    near = access.around(room().archive, url, at)
    if near["memento"] is None:
        answers.absent(f"{url} was never captured so that it could be shown.")
    answer = redirect(_uri(near["memento"]["at"], url))
    answer.headers["Vary"] = "accept-datetime"
    answer.headers["Link"] = ", ".join(_links(url, near))
    assert isinstance(answer, Response)
    return answer


@area.get("/timemap/link/<path:url>")
def timemap(url: str) -> Response:
    """The mementos of a URL as application/link-format (RFC 7089, section 5)."""
    page, rows, older = _map(_asked(url))
    lines = [
        f'<{_safe(page)}>; rel="original"',
        f'<{url_for("memento.timegate", url=page, _external=True)}>; rel="timegate"',
        f'<{request.url}>; rel="self"; type="application/link-format"; from="{_date(rows[0]["at"])}"; '
        f'until="{_date(rows[-1]["at"])}"',
    ]
    if older:
        address = url_for("memento.timemap", url=page, before=older, _external=True)
        lines.append(
            f'<{address}>; rel="timemap"; type="application/link-format"; until="{_date(rows[0]["at"])}"'
        )
    for number, row in enumerate(rows):
        ends = [] if request.args else ["last"] if number == len(rows) - 1 else []
        words = " ".join([*(["first"] if number == 0 and not older else []), *ends, "memento"])
        lines.append(f'<{_uri(row["at"], page)}>; rel="{words}"; datetime="{_date(row["at"])}"')
    return Response(",\n".join(lines) + "\n", content_type="application/link-format; charset=utf-8")


@area.get("/timemap/json/<path:url>")
def timemap_json(url: str) -> Response:
    """The mementos of a URL as JSON, in the form of MemGator."""
    page, rows, older = _map(_asked(url))
    listed = [{"datetime": f"{row['at']:%Y-%m-%dT%H:%M:%SZ}", "uri": _uri(row["at"], page)} for row in rows]
    address = url_for("memento.timemap_json", url=page, before=older, _external=True) if older else None
    return answers.as_json(
        {
            "original_uri": page,
            "self": request.url,
            "timegate_uri": url_for("memento.timegate", url=page, _external=True),
            "mementos": {"list": listed, "first": listed[0], "last": listed[-1]},
            "older": address,
        }
    )


@area.get("/memento/<stamp>/<path:url>")
@area.get("/web/<stamp>/<path:url>", endpoint="wayback")
def memento(stamp: str, url: str) -> Any:
    """What was archived of a URL at an instant, with the status that it had; nothing of it runs here."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        answers.wrong(f"{stamp[:40]!r} is no instant: write it as YYYYMMDDhhmmss.")
    url, at = _asked(url), answers.instant(found[1])
    its = room()
    near = access.around(its.archive, url, at.replace(microsecond=999_999) if len(found[1]) == 14 else at)
    row = near["memento"]
    if row is None:
        answers.absent(f"{url} was never captured so that it could be shown.")
    if f"{row['at']:%Y%m%d%H%M%S}" != found[1]:
        return redirect(_uri(row["at"], url, found[2] or ""))
    body = access.payload_of(its.archive, row["payload"]) if row["payload"] else b""
    if body is None:
        answers.absent("The WARC file that holds it is missing, or cannot be read.")
    answer = Response(body, row["status"], content_type=row["content_type"] or "application/octet-stream")
    if row["redirect"] and 300 <= row["status"] < 400:
        answer.headers["Location"] = _uri(row["at"], row["redirect"], found[2] or "")
    answer.headers["Memento-Datetime"] = _date(row["at"])
    answer.headers["Link"] = ", ".join(_links(url, near))
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _asked(url: str) -> str:
    """The URL that is meant, with its query."""
    query = request.query_string.decode("latin-1")
    if query and not query.startswith("before="):
        url += f"?{query}"
    return re.sub(r"^(https?:)/(?!/)", r"\1//", url if "://" in url or ":/" in url else f"http://{url}")


def _accepted(text: str) -> datetime:
    """Accept-Datetime: a date of RFC 1123 and no other (RFC 7089, section 2.1.1)."""
    try:
        return datetime.strptime(text.strip(), _RFC_1123).replace(tzinfo=UTC)
    except ValueError:
        answers.wrong(f"{text[:60]!r} is no date as in: Mon, 27 Jan 2025 06:00:00 GMT")


def _map(url: str) -> tuple[str, list[access.MementoRow], str | None]:
    """The URL, its mementos, and before which stamp there are more."""
    before = request.args.get("before")
    page, rows = access.mementos(room().archive, url, answers.instant(before) if before else None, MOST + 1)
    if not rows:
        answers.absent(f"{page} has no memento here.")
    more = len(rows) > MOST
    rows = rows[1:] if more else rows
    return page, rows, f"{rows[0]['at']:%Y%m%d%H%M%S.%f}" if more else None


def _links(url: str, near: dict[str, access.MementoRow | None]) -> list[str]:
    """The links between the resources (RFC 7089, section 2.2)."""
    said: dict[datetime, list[str]] = {}
    for name in ("first", "prev", "memento", "next", "last"):
        if row := near[name]:
            said.setdefault(row["at"], []).append(name)
    listed = [
        f'<{_uri(at, url)}>; rel="{" ".join([*(one for one in names if one != "memento"), "memento"])}"; '
        f'datetime="{_date(at)}"'
        for at, names in sorted(said.items())
    ]
    gate, list_ = (url_for(f"memento.{one}", url=url, _external=True) for one in ("timegate", "timemap"))
    return [
        f'<{_safe(url)}>; rel="original"',
        f'<{gate}>; rel="timegate"',
        f'<{list_}>; rel="timemap"; type="application/link-format"',
        *listed,
    ]


def _uri(at: datetime, url: str, mode: str = "") -> str:
    return url_for("memento.memento", stamp=f"{at:%Y%m%d%H%M%S}{mode}", url=url, _external=True)


def _date(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC).replace(microsecond=0), usegmt=True)


def _safe(url: str) -> str:
    return re.sub(r"[<>\"\s]", lambda found: f"%{ord(found[0]):02X}", url)
