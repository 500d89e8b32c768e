"""One page from bytes to Text: decode, parse once, clean, then read its entries or its article."""

import re
from dataclasses import replace

from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive.model import Entry, Text
from archive.text import article, bylines, clean, column, dates, entries, facts, index, letters
from archive.text import blocks as reading
from archive.text.decode import decoded
from archive.text.extractor import EXTRACTOR
from archive.text.measures import measure, text_of

SURROGATE = re.compile("[\ud800-\udfff]")
EXCERPT = 400
MARKUP = (
    b"<html",
    b"<!doctype",
    b"<body",
    b"<div",
    b"<p>",
    b"<head",
    b"<table",
    b"<title",
    b"<h1",
    b"<meta",
    b"<br",
)


def extract(payload: bytes, url: str, content_type: str | None = None) -> Text:
    """What a page says.

    `payload` is the body after content-decoding, `url` the page's absolute address (links of entries are
    resolved against it), `content_type` the header's value. Never raises for any bytes: what cannot be read
    gives an empty text with the reason.
    """
    try:
        return _encodable(_extract(payload, url, content_type or ""))
    except Exception as error:  # hostile bytes: no page may take the ingest down; the reason is kept
        return _empty(f"could not be read: {type(error).__name__}: {error}"[:300], None)


def _encodable(text: Text) -> Text:
    """The text without lone surrogates, which JSON can carry and no file or database can."""

    def plain(said: str | None) -> str | None:
        return SURROGATE.sub("\ufffd", said) if said else said

    entries = tuple(
        replace(one, title=plain(one.title), author=plain(one.author), text=plain(one.text) or "")
        for one in text.entries
    )
    return replace(
        text,
        title=plain(text.title),
        author=plain(text.author),
        language=plain(text.language),
        text=plain(text.text) or "",
        entries=entries,
    )


def _extract(payload: bytes, url: str, content_type: str) -> Text:
    if not payload.strip():
        return _empty("the payload is empty", None)
    kind = content_type.partition(";")[0].strip().lower()
    if payload.startswith(
        (b"%PDF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"\x1f\x8b")
    ) or kind.startswith(
        ("image/", "audio/", "video/", "font/", "text/css", "text/javascript", "application/j")
    ):
        return _empty("not a page of text", None)
    characters, charset = decoded(payload, content_type)
    start = characters[:5000].lower().encode("utf-8", "replace")
    if kind == "text/plain" or (not any(tag in start for tag in MARKUP) and "<" not in characters[:5000]):
        return Text(
            None, None, None, None, reading.plain(characters), (), EXTRACTOR, charset, ("plain text",)
        )
    return _page(parse(characters), url, charset)


def parse(characters: str) -> HtmlElement:
    """The tree of a page: libxml2's recovering parser with its own limits of depth and size, no comments."""
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=False)
    data = characters.replace("\x00", "").encode("utf-8", "replace")
    return document_fromstring(data, parser=parser, ensure_head_body=True)


def _empty(reason: str, charset: str | None) -> Text:
    return Text(None, None, None, None, "", (), EXTRACTOR, charset, (reason,))


def _page(root: HtmlElement, url: str, charset: str) -> Text:
    known = facts.read(root)
    body = root.find("body")
    if body is None:
        return _empty("the page has no body", charset)
    head = bylines.headline(body, known)
    # Before the comments go, whose dates may tell how this site writes them.
    language = dates.habit(text_of(body), known.language)
    reasons = clean.clean(body, head.element)
    sizes = measure(body)
    found = tuple(entries.read(part, url, language) for part in entries.find(body, sizes, known.article))
    found = found or tuple(letters.read(part, url, language) for part in letters.find(body, sizes))
    found = found or tuple(index.read(part, url, language) for part in index.find(body, sizes, known.article))
    if found:
        return _entries(found, head, known, charset, reasons)
    read = article.read(body, sizes, head, language, known.date)
    return Text(
        title=head.title,
        date=read.day or known.date or dates.from_url(url),
        author=read.author or known.author,
        language=known.language,
        text=read.text,
        entries=(),
        extractor=EXTRACTOR,
        charset=charset,
        reasons=(*reasons, *read.reasons),
    )


def _entries(
    found: tuple[Entry, ...], head: bylines.Headline, known: facts.Facts, charset: str, reasons: list[str]
) -> Text:
    """A page of several entries has a title, but no date or author of its own, unless it is a live blog."""
    if _are_excerpts(found):
        found = tuple(replace(entry, complete=False) for entry in found)
    own = head.title not in {entry.title for entry in found}
    return Text(
        title=head.title if own else bylines.declared(known),
        date=known.date if known.live else None,
        author=known.author if known.live else None,
        language=known.language,
        text=reading.join(piece for entry in found for piece in (entry.title or "", entry.text)),
        entries=found,
        extractor=EXTRACTOR,
        charset=charset,
        reasons=(
            *reasons,
            f"{len(found)} entries: repeated parts with headings or linked titles hold most of the text",
        ),
    )


def _are_excerpts(found: tuple[Entry, ...]) -> bool:
    """Cards: each leads to its own page, and says no more than one short paragraph."""
    return len(found) > 2 and all(
        entry.link and len(entry.text) <= EXCERPT and "\n\n" not in entry.text for entry in found
    )


def warm() -> None:
    """Load the libraries that are otherwise loaded by the first page of a process."""
    column.judge(
        document_fromstring("<html><body><p>" + "One sentence to read. " * 20 + "</p></body></html>")
    )
