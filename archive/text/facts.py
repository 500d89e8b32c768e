"""What a page says of itself in its head: JSON-LD, OpenGraph and meta elements, read before the cleaning."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from lxml.html import HtmlElement

from archive.text import dates
from archive.text.blocks import line
from archive.text.measures import text_of

ARTICLE = re.compile(r"(?:Article|BlogPosting|Report|Review|Recipe)$")
DATED = """
    article:published_time datepublished date dc.date dc.date.issued dcterms.date dcterms.created
    dc.date.created sailthru.date parsely-pub-date pubdate publishdate publish_date article.published
    og:published_time citation_publication_date
    """.split()  # noqa: SIM905 (a word list reads best as running text)
"""Meta names of the day of publication, the surest first."""
MODIFIED = (
    *("article:modified_time", "og:updated_time", "datemodified"),
    *("dcterms.modified", "dc.date.modified", "last-modified"),
)
SITE = re.compile(
    r"^(?:https?:|www\.|@)|\.(?:com|org|net)$|^(?:admin|administrator|editor|redacción|redaction)$", re.I
)
MOST = 200_000


@dataclass(frozen=True, slots=True)
class Facts:
    """The head's title, date, author and language; `article` where it declares a single article, `live` where
    that is a live blog. `published` and `modified` are in the form of `dates.instant`, `stated` counts the
    places that give the day of `published`. `places` tell which part of the head has each value.
    """

    title: str | None
    document: str | None
    site: str | None
    published: str | None
    stated: int
    modified: str | None
    canonical: str | None
    author: str | None
    language: str | None
    article: bool
    live: bool
    places: Mapping[str, str]

    @property
    def day(self) -> date | None:
        """The day of publication."""
        return date.fromisoformat(self.published[:10]) if self.published else None


def read(root: HtmlElement) -> Facts:
    """Read the head of a parsed page; broken parts are passed over."""
    metas = _metas(root)
    data = next((item for item in _data(root) if ARTICLE.search(str(item.get("@type")))), {})
    site = metas.get("og:site_name")
    authors = {"JSON-LD": _name(data.get("author"))} | {
        key: metas.get(key) for key in ("author", "article:author", "dc.creator")
    }
    by = _first(authors)
    author = authors.get(by)
    if author and (SITE.search(author) or author == site or not 2 < len(author) <= 120):
        author = None
    document = root.find(".//head/title")
    stamps = {"JSON-LD": dates.instant(str(data.get("datePublished") or ""))} | {
        key: dates.instant(metas.get(key)) for key in DATED
    }
    changed = {"JSON-LD": dates.instant(str(data.get("dateModified") or ""))} | {
        key: dates.instant(metas.get(key)) for key in MODIFIED
    }
    published, modified = stamps.get(_first(stamps)), changed.get(_first(changed))
    titles = {
        "og:title": metas.get("og:title"),
        "JSON-LD": _string(data.get("headline")),
        "twitter:title": metas.get("twitter:title"),
    }
    language = (
        root.get("lang") or root.get("xml:lang") or metas.get("content-language") or metas.get("og:locale")
    )
    return Facts(
        title=titles.get(_first(titles)),
        document=text_of(document)[:500] or None if document is not None else None,
        site=site,
        published=published,
        stated=sum(1 for one in stamps.values() if one and published and one[:10] == published[:10]),
        modified=modified,
        canonical=_canonical(root) or metas.get("og:url"),
        author=author,
        language=_language(language),
        article=bool(data) or metas.get("og:type") == "article",
        live="LiveBlogPosting" in str(data.get("@type")),
        places={"title": _first(titles), "date": _first(stamps), "author": by, "modified": _first(changed)},
    )


def _canonical(root: HtmlElement) -> str | None:
    for link in root.iterfind(".//head/link"):
        if "canonical" in (link.get("rel") or "").lower().split():
            return line(link.get("href") or "")[:2000] or None
    return None


def _first(values: Mapping[str, object]) -> str:
    """The first place that has a value; empty where none has."""
    return next((place for place, value in values.items() if value), "")


def _metas(root: HtmlElement) -> dict[str, str]:
    found: dict[str, str] = {}
    for meta in root.iter("meta"):
        key = meta.get("property") or meta.get("name") or meta.get("itemprop") or meta.get("http-equiv")
        value = line(meta.get("content") or "")[:500]
        if key and value:
            found.setdefault(key.strip().lower(), value)
    return found


def _data(root: HtmlElement) -> Iterator[dict[str, object]]:
    for script in root.iter("script"):
        if "ld+json" not in (script.get("type") or "") or not script.text or len(script.text) > MOST:
            continue
        try:
            yield from _items(json.loads(script.text, strict=False), 0)
        except (ValueError, RecursionError):
            continue


def _items(value: object, depth: int) -> Iterator[dict[str, object]]:
    if isinstance(value, list) and depth < 4:
        for item in value[:50]:
            yield from _items(item, depth + 1)
    elif isinstance(value, dict):
        yield value
        yield from _items(value.get("@graph"), depth + 1)


def _name(value: object) -> str | None:
    if isinstance(value, list):
        return ", ".join(dict.fromkeys(filter(None, map(_name, value[:10])))) or None
    return _string(value.get("name") if isinstance(value, dict) else value)


def _string(value: object) -> str | None:
    return line(value)[:500] or None if isinstance(value, str) else None


def _language(value: str | None) -> str | None:
    match = re.match(r"\s*([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}))?\b", value or "")
    if not match:
        return None
    return match[1].lower() + (f"-{match[2].upper()}" if match[2] else "")
