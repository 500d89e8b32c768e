"""Writes the citation of a version, or of the change between two: for a footnote, BibTeX, CSL-JSON.

A change happened between two captures, and is never said to have happened at one of them.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlsplit

from archive import access
from strandline import __version__
from strandline.output import instant, printable


@dataclass(frozen=True)
class Citation:
    """What is cited: a version, or the step to it from an earlier one (`before`).

    `about` is what the source's file says of the collection.
    """

    after: access.CitedRow
    before: access.CitedRow | None
    about: Mapping[str, str]

    @property
    def between(self) -> tuple[datetime, datetime] | None:
        """The captures between which the change happened."""
        return (self.before["last"], self.after["first"]) if self.before else None

    @property
    def key(self) -> str:
        """A name for the entry: host, end of the path and versions, in ASCII."""
        parts = urlsplit(self.after["url"])
        words = re.findall(r"[a-z0-9]+", f"{parts.hostname} {parts.path[-40:]}".lower())
        numbers = [f"v{side['version']}" for side in (self.before, self.after) if side]
        return "-".join([*words, *numbers])


def as_json(c: Citation) -> dict[str, object]:
    """The keys of `cite --json`."""
    return {
        **c.after,
        "between": [instant(one) for one in c.between] if c.between else None,
        "before": c.before,
        "about": dict(c.about),
        "cited_with": f"Strandline {__version__}",
    }


def as_text(c: Citation) -> str:
    """For a footnote: one paragraph that tells where the bytes are."""
    said = [f"{one}." for one in (c.after["author"], _quoted(c.after["title"])) if one]
    said += [f"{c.after['date'].isoformat()}."] if c.after["date"] else []
    said += [c.after["url"], *_evidence(c)]
    return printable(" ".join(said))


def _quoted(title: str | None) -> str | None:
    return f"“{title}”" if title else None


def _evidence(c: Citation) -> Iterator[str]:
    """The sentences that every form carries."""
    after, before = c.after, c.before
    if before and c.between:
        start, end = map(instant, c.between)
        yield (
            f"Changed between {start} and {end}, from version {before['version']} to version "
            f"{after['version']} of {after['versions']}."
        )
    else:
        yield (
            f"Version {after['version']} of {after['versions']}, captured {instant(after['first'])}, seen "
            f"unchanged until {instant(after['last'])} ({after['captures']} captures)."
        )
    for side in (before, after):
        if side:
            yield _held(side)
    told = [c.about[key] for key in ("title", "creator", "rights") if key in c.about]
    yield f"Archive: {', '.join([*told, 'source ' + after['source']])}."
    yield f"Recorded by {after['program']}, cited with Strandline {__version__}."


def _held(side: access.CitedRow) -> str:
    warc = side["warc"]
    return (
        f"Version {side['version']}: WARC {warc['file']}, offset {warc['offset']}, "
        f"record {warc['record_id']}, payload {side['payload']}, text sha256:{side['text_sha256']}, "
        f"read by {side['extractor']}."
    )


def as_csl(c: Citation) -> str:
    """CSL-JSON, as citation programs import it: a list of one item."""
    after = c.after
    item: dict[str, object] = {
        "id": c.key,
        "type": "webpage",
        "title": after["title"] or after["url"],
        "URL": after["url"],
        "accessed": _date_parts(after["first"]),
        "archive": c.about.get("title") or after["source"],
        "archive_location": f"{after['warc']['file']}, offset {after['warc']['offset']}",
        "version": str(after["version"]),
        "note": " ".join(_evidence(c)),
    }
    if after["author"]:
        item["author"] = [{"literal": after["author"]}]
    if after["date"]:
        item["issued"] = _date_parts(after["date"])
    if after["language"]:
        item["language"] = after["language"]
    return json.dumps([item], ensure_ascii=False, indent=2)


def _date_parts(day: date) -> dict[str, object]:
    return {"date-parts": [[day.year, day.month, day.day]]}


def as_bibtex(c: Citation) -> str:
    """An entry for BibTeX and biber. Values keep their capitals; authors are taken as they are written."""
    after = c.after
    fields = {
        "title": f"{{{_tex(after['title'] or after['url'])}}}",
        "author": f"{{{_tex(after['author'])}}}" if after["author"] else None,
        "year": f"{after['date'].year:04d}" if after["date"] else None,
        "month": str(after["date"].month) if after["date"] else None,
        "howpublished": _tex(f"Web page, {urlsplit(after['url']).hostname}"),
        "url": _tex_url(after["url"]),
        "urldate": after["first"].date().isoformat(),
        "language": _tex(after["language"]) if after["language"] else None,
        "note": _tex(" ".join(_evidence(c))),
    }
    lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value is not None]
    return "\n".join([f"@misc{{{c.key},", *lines, "}"])


_TEX = {
    "\\": r"\textbackslash{}", "{": r"\{", "}": r"\}", "$": r"\$", "&": r"\&", "#": r"\#", "_": r"\_",
    "%": r"\%", "^": r"\textasciicircum{}", "~": r"\textasciitilde{}",
}  # fmt: skip


def _tex(text: str) -> str:
    """Text in which TeX sees no command, and braces pair off: BibTeX counts the escaped ones too."""
    plain = " ".join(printable(text).split())
    if _unpaired(plain):
        plain = plain.translate({ord("{"): "(", ord("}"): ")"})
    return "".join(_TEX.get(character, character) for character in plain)


def _unpaired(text: str) -> bool:
    depth = 0
    for character in text:
        depth += (character == "{") - (character == "}")
        if depth < 0:
            return True
    return depth != 0


def _tex_url(url: str) -> str:
    """A URL is taken as it is: what would unbalance the entry is percent-encoded."""
    return "".join(f"%{ord(one):02X}" if one in "{}\\" else one for one in printable(url))
