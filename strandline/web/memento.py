"""Memento (RFC 7089): the TimeGate, TimeMaps and mementos of each URL, for the programs that know them."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for

from archive import access, urls
from strandline.web import answers
from strandline.web.room import room

area = Blueprint("memento", __name__)

MOST = 1000
"""Mementos of one TimeMap; the older ones are in another."""
_RFC_1123 = "%a, %d %b %Y %H:%M:%S GMT"
_STAMP = re.compile(r"(\d{1,14})(id_|if_|im_|cs_|js_)?", re.ASCII)
_POLICY = "sandbox; default-src 'none'"
_LARGE = 8 * 1024 * 1024
"""Larger ones are passed on in pieces, in the content-coding that they have."""
_HEADERS = 100
_LONGEST = 4000
_BEFORE = re.compile(r"before=(\d{14}(?:\.\d{1,6})?)", re.ASCII)
_TYPE = re.compile(r"[A-Za-z0-9.+*_-]{1,100}/[A-Za-z0-9.+*_-]{1,100}(?:[ \t]*;[ -~]{0,200})?")
_TOKEN = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}")
_UNPRINTED = re.compile(r"[^\x20-\x7e\xa0-\xff]")


@area.get("/timegate/<path:url>")
def timegate(url: str) -> Response:
    """Lead to the memento that is nearest to Accept-Datetime, or to the last (RFC 7089, section 4.1.1)."""
    wanted = request.headers.get("Accept-Datetime")
    at = datetime.max.replace(tzinfo=UTC) if wanted is None else _accepted(wanted)
    near = access.around(room().archive, _asked(url), at)
    answer = redirect(_uri(near["memento"]["at"], near["url"]))
    answer.headers["Vary"] = "accept-datetime"
    answer.headers["Link"] = ", ".join(_links(near))
    assert isinstance(answer, Response)
    return answer


@area.get("/timemap/link/<path:url>")
def timemap(url: str) -> Response:
    """The mementos of a URL as application/link-format (RFC 7089, section 5)."""
    its = _map(url)
    page, rows = its.page, its.rows
    lines = [
        f'<{_safe(page)}>; rel="original"',
        f'<{url_for("memento.timegate", url=page, _external=True)}>; rel="timegate"',
        f'<{its.address("memento.timemap", its.before)}>; rel="self"; type="application/link-format"; '
        f'from="{_date(rows[0]["at"])}"; until="{_date(rows[-1]["at"])}"',
    ]
    if its.older:
        address = its.address("memento.timemap", f"{rows[0]['at']:%Y%m%d%H%M%S.%f}")
        lines.append(
            f'<{address}>; rel="timemap"; type="application/link-format"; until="{_date(its.older["at"])}"'
        )
    for number, row in enumerate(rows):
        words = [
            *(["first"] if number == 0 and not its.older else []),
            *(["last"] if number == len(rows) - 1 and not its.before else []),
            "memento",
        ]
        lines.append(f'<{_uri(row["at"], page)}>; rel="{" ".join(words)}"; datetime="{_date(row["at"])}"')
    return Response(",\n".join(lines) + "\n", content_type="application/link-format; charset=utf-8")


@area.get("/timemap/json/<path:url>")
def timemap_json(url: str) -> Response:
    """The mementos of a URL as JSON, in the form of MemGator."""
    its = _map(url)
    listed = [
        {"datetime": f"{row['at']:%Y-%m-%dT%H:%M:%SZ}", "uri": _uri(row["at"], its.page)} for row in its.rows
    ]
    here, list_ = (its.address(f"memento.{one}", its.before) for one in ("timemap_json", "timemap"))
    older = f"{its.rows[0]['at']:%Y%m%d%H%M%S.%f}"
    return answers.as_json(
        {
            "original_uri": its.page,
            "self": here,
            "timegate_uri": url_for("memento.timegate", url=its.page, _external=True),
            "timemap_uri": {"link_format": list_, "json_format": here},
            "mementos": {"list": listed, "first": listed[0], "last": listed[-1]},
            "older": its.address("memento.timemap_json", older) if its.older else None,
        }
    )


@area.get("/memento/<stamp>/<path:url>")
@area.get("/web/<stamp>/<path:url>", endpoint="wayback")
def memento(stamp: str, url: str) -> Any:
    """What was archived of a URL at an instant, with the status that it had; nothing of it runs here."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        answers.wrong(f"{stamp[:40]!r} is no instant: write it as YYYYMMDDhhmmss.")
    if request.headers.get("Sec-Fetch-Dest", "empty") not in ("document", "empty"):
        abort(403, "What was archived is looked at by itself here, and is no part of another page.")
    near = access.around(room().archive, _asked(url), answers.instant(found[1]))
    row, mode = near["memento"], found[2] or ""
    if f"{row['at']:%Y%m%d%H%M%S}" != found[1]:
        return redirect(_uri(row["at"], near["url"], mode))
    answer = _archived(row)
    if row["redirect"] and 300 <= row["status"] < 400:
        answer.headers["Location"] = _uri(row["at"], row["redirect"], mode)
    answer.headers["Memento-Datetime"] = _date(row["at"])
    answer.headers["Link"] = ", ".join(_links(near))
    answer.headers["Content-Security-Policy"] = _POLICY
    answer.headers["Cache-Control"] = "private, max-age=3600"
    return answer


def _archived(row: access.MementoRow) -> Response:
    """Status, type and bytes of a memento; its other headers are there as X-Archive-Orig-NAME."""
    archive = room().archive
    body: Any = b""
    coding = None
    if row["payload"]:
        body = access.payload_of(archive, row["payload"]) if row["size"] <= _LARGE else None
        if body is None or len(body) > _LARGE:
            large = access.large_payload(archive, row["payload"])
            if large is None:
                answers.absent("The WARC file that holds it is missing, or cannot be read.")
            coding, body = large
    kind = row["content_type"] or ""
    if not _TYPE.fullmatch(kind) or kind.lower().startswith(
        "multipart/"
    ):  # its parts would have heads of their own
        kind = "application/octet-stream"
    answer = Response(body, row["status"], content_type=kind)
    for name, value in (access.answer_head(archive, row) or [])[1 : _HEADERS + 1]:
        if _TOKEN.fullmatch(name) and len(value) <= _LONGEST:
            answer.headers.add(f"X-Archive-Orig-{name}", _UNPRINTED.sub(" ", value))
    if coding and _TOKEN.fullmatch(coding):
        answer.headers["Content-Encoding"] = coding
    return answer


def _asked(url: str) -> str:
    """The URL that is meant, with its query: percent-encoded as in our links, or as clients send it."""
    query = request.query_string.decode("latin-1")
    ours = _whole(f"{url}?{query}" if query and not _BEFORE.fullmatch(query) else url)
    raw = str(request.environ.get("REQUEST_URI", ""))
    slashes = str(request.url_rule).partition("<path:")[0].count("/")
    if not raw.startswith("/") or _BEFORE.fullmatch(query):
        return ours
    theirs = _whole(raw.split("/", slashes)[-1])
    return theirs if theirs != ours and not _known(ours) and _known(theirs) else ours


def _whole(url: str) -> str:
    found = re.match(r"(https?):/+", url, re.IGNORECASE)
    return f"{found[1]}://{url[found.end() :]}" if found else f"http://{url}"


def _known(url: str) -> bool:
    try:
        return bool(room().archive.sources_of(urls.canonical(url)))
    except ValueError:
        return False


def _accepted(text: str) -> datetime:
    """Accept-Datetime: a date of RFC 1123 and no other (RFC 7089, section 2.1.1)."""
    try:
        return datetime.strptime(text.strip(), _RFC_1123).replace(tzinfo=UTC)
    except ValueError:
        answers.wrong(f"{text[:60]!r} is no date as in: Mon, 27 Jan 2025 06:00:00 GMT")


@dataclass(frozen=True)
class _Map:
    """A part of a TimeMap: it ends before the stamp `before`, and `older` is the memento that precedes it."""

    page: str
    rows: list[access.MementoRow]
    before: str | None
    older: access.MementoRow | None

    def address(self, endpoint: str, before: str | None) -> str:
        return url_for(endpoint, url=self.page, before=before, _external=True)


def _map(url: str) -> _Map:
    found = _BEFORE.fullmatch(request.query_string.decode("latin-1"))
    before = found[1] if found else None
    page, rows = access.mementos(
        room().archive, _asked(url), answers.instant(before) if before else None, MOST + 1
    )
    older = rows.pop(0) if len(rows) > MOST else None
    # Two in one second have one address: it leads to the later one.
    seen = {f"{row['at']:%Y%m%d%H%M%S}": row for row in rows}
    return _Map(page, list(seen.values()), before, older)


def _links(near: access.AroundRow) -> list[str]:
    """The links between the resources (RFC 7089, section 2.2)."""
    said: dict[datetime, list[str]] = {}
    named = [
        ("first", near["first"]), ("prev", near["prev"]), ("memento", near["memento"]),
        ("next", near["next"]), ("last", near["last"]),
    ]  # fmt: skip
    for name, row in named:
        if row:
            said.setdefault(row["at"], []).append(name)
    url = near["url"]
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
