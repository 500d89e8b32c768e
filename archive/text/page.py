"""One page from bytes to Text: decode, parse once, clean, then read its entries or its article."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from lxml.etree import ParserError
from lxml.html import HtmlElement, HTMLParser, document_fromstring

from archive import urls
from archive.model import Entry, Evidence, Shape, Text
from archive.text import (
    article,
    bylines,
    clean,
    column,
    dates,
    entries,
    evidence,
    facts,
    index,
    leads,
    letters,
    sections,
)
from archive.text import blocks as reading
from archive.text.decode import decoded
from archive.text.extractor import EXTRACTOR
from archive.text.measures import LONG, Measures, measure, text_of

SURROGATE = re.compile("[\ud800-\udfff]")
UNFIT = re.compile(
    r"[\x00-\x08\x0e-\x1f\ufffe\uffff]"
    r"|&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])|x0*(?:[0-8bcef]|1[0-9a-f]|fff[ef]))(?![0-9a-f]);?",
    re.IGNORECASE,
)
"""Characters and references that a page may have and a tree may not (XML 1.0, section 2.2)."""

CLOSING = 3
"""Blocks at the end of a letter that may have its place and day."""

PLACED = re.compile(
    r"^[^\W\d][^\d.,:;!?]{1,40},\s*(?:a |le |el |den |am |il |lì |dnia |dne )?\d[^.!?]{5,30}\.?$", re.I
)
EXCERPT = 400
SEEN = 400
"""Visible characters from which a page may be expected to have a text."""

DOUBT = 0.05
"""A text that is a smaller share of the visible characters is marked as doubtful."""

WHAT = {
    Shape.ARTICLES: "{} articles: repeated parts with headings or linked titles hold most of the text",
    Shape.LETTERS: "{} letters or chronicles, one after the other below their headings or days",
    Shape.EXCERPTS: "a list of {} excerpts",
    Shape.LIVE: "a live blog of {} entries: its head says so",
}

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


HUGE = 10_000_000
"""Bytes of one text from which on libxml2 leaves out it and what follows, unless it is told of huge pages."""


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
    characters, charset, rule = decoded(payload, content_type)
    said = f"charset {charset}: {rule}"
    start = characters[:5000].lower().encode("utf-8", "replace")
    if kind == "text/plain" or (not any(tag in start for tag in MARKUP) and "<" not in characters[:5000]):
        text = reading.plain(characters)
        return Text(None, None, None, None, text, (), EXTRACTOR, charset, (said, "plain text"))
    try:
        root = parse(characters)
    except ParserError:  # tags that were never closed, or comments only
        return _empty("no element in it can be read", charset)
    read = _page(root, url, charset)
    return replace(read, reasons=(said, *read.reasons))


def parse(characters: str) -> HtmlElement:
    """The tree of a page: libxml2's recovering parser with its own limits of depth and size, no comments."""
    data = UNFIT.sub("", characters.replace("\x0b", " ").replace("\x0c", " ")).encode("utf-8", "replace")
    is_huge = len(data) >= HUGE
    parser = HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=is_huge)
    return _with_body(document_fromstring(data, parser=parser, ensure_head_body=True))


def _with_body(tree: HtmlElement) -> HtmlElement:
    """The page with everything in its body that a head cannot hold: there it begins, said or not (HTML,
    section 13.2.6.4.4). The parser does not know that of elements younger than itself.
    """
    head, body = tree.head, tree.body
    first = next((n for n, one in enumerate(head) if one.tag not in _OF_HEADS), None)
    if first is None:
        return tree
    moved = head[first:]
    moved[-1].tail = "".join(filter(None, (moved[-1].tail, body.text))) or None
    body.text = None
    body[:0] = moved
    return tree


_OF_HEADS = frozenset(
    ("base", "basefont", "bgsound", "link", "meta", "noframes", "noscript", "object", "script", "style",
     "template", "title")
)  # fmt: skip


def _empty(reason: str, charset: str | None) -> Text:
    return Text(None, None, None, None, "", (), EXTRACTOR, charset, (reason,))


def _page(root: HtmlElement, url: str, charset: str) -> Text:
    known = facts.read(root)
    body = root.find("body")
    if body is None:
        return _empty("the page has no body", charset)
    head = bylines.headline(body, known)
    # Before the comments go, whose dates may tell how this site writes them.
    seen = text_of(body)
    language = dates.habit(seen, known.language)
    visible = len(seen) - sum(
        len(node.text or "") for node in body.iter("script", "style", "noscript", "template")
    )
    reasons = clean.clean(body, head.element)
    linked = leads.find(body, url)
    sizes = measure(body)
    for shape, lead, found in _several(body, sizes, url, language, known, head):
        if parts := tuple(found):
            whole = _entries(parts, lead, shape, head, known, charset, url, reasons)
            return replace(whole, links=linked(whole.text))
    read = article.read(body, sizes, head, language, known.day)
    line = read.byline
    values = evidence.fuse(
        url, head, known, line.stamp, line.modified, line.author, _signed(read.text, language)
    )
    shape = Shape.ARTICLE if _is_article(read.text, known, values) else Shape.NONE
    return Text(
        title=head.title,
        date=values.day,
        author=values.author,
        language=known.language,
        text=read.text,
        entries=(),
        extractor=EXTRACTOR,
        charset=charset,
        reasons=(
            "read as one article"
            if shape is Shape.ARTICLE
            else "read as no article: no paragraph, date or author",
            *reasons,
            *read.reasons,
            *_told(values.evidence),
            *_doubts(read.text, visible),
        ),
        published=values.published,
        modified=values.modified,
        canonical=_canonical(known, url),
        shape=shape,
        evidence=values.evidence,
        links=linked(read.text),
    )


def _signed(text: str, language: str | None) -> date | None:
    """The day of a letter that tells it where letters do: with the place, in one of its last lines."""
    lines = [line for block in text.split("\n\n")[-CLOSING:] for line in block.split("\n")]
    return next((day for line in lines if PLACED.match(line) and (day := dates.first(line, language))), None)


def _several(
    body: HtmlElement,
    sizes: Measures,
    url: str,
    language: str | None,
    known: facts.Facts,
    head: bylines.Headline,
) -> Iterator[tuple[Shape, str, Iterable[Entry]]]:
    """The ways in which a page may hold several entries, each tried when the one before found none; with the
    text above them.
    """
    one = known.article and not known.live
    yield Shape.ARTICLES, "", (entries.read(part, url, language) for part in entries.find(body, sizes, one))
    yield Shape.LETTERS, "", (letters.read(part, url, language) for part in letters.find(body, sizes))
    yield Shape.EXCERPTS, "", (index.read(part, url, language) for part in index.find(body, sizes, one))
    yield Shape.LETTERS, *sections.read(body, head.title, language, one)


def _is_article(text: str, known: facts.Facts, values: evidence.Values) -> bool:
    """Whether anything says so: the page's head, a date, an author, or a block as long as a paragraph."""
    declared = known.article or values.published is not None or values.author is not None
    return declared or any(len(block) >= LONG for block in text.split("\n\n"))


def _canonical(known: facts.Facts, url: str) -> str | None:
    return urls.join(url, known.canonical) if known.canonical else None


def _told(found: tuple[Evidence, ...]) -> Iterator[str]:
    """Where each value comes from, for a person."""
    by_field = {one.field: one for one in found}
    for field in ("title", "date", "author", "modified"):
        if one := by_field.get(field):
            yield f"{field}: from {one.place} ({one.sureness})"
        elif field != "modified":
            yield f"{field}: none was found"


def _doubts(text: str, visible: int) -> Iterator[str]:
    """A warning where the text is so little of what the page shows that it may not be all of the article."""
    if visible >= SEEN and len(text) < DOUBT * visible:
        yield f"doubtful: the text has {len(text)} of the page's {visible} visible characters"


def _entries(
    found: tuple[Entry, ...],
    lead: str,
    shape: Shape,
    head: bylines.Headline,
    known: facts.Facts,
    charset: str,
    url: str,
    reasons: list[str],
) -> Text:
    """A page of several entries has a title, but no date or author of its own, unless it is a live blog."""
    if _are_excerpts(found):
        found = tuple(replace(entry, complete=False) for entry in found)
    if not any(entry.complete for entry in found):
        shape = Shape.EXCERPTS
    shape = Shape.LIVE if known.live else shape
    own = head.title not in {entry.title for entry in found}
    values = evidence.fuse(url, head, known, None, None, None)
    values = values if known.live else evidence.NONE
    return Text(
        title=head.title if own else bylines.declared(known),
        date=values.day,
        author=values.author,
        language=known.language,
        text=reading.join([lead, *(piece for one in found for piece in (one.title or "", one.text))]),
        entries=found,
        extractor=EXTRACTOR,
        charset=charset,
        reasons=(f"read as {WHAT[shape].format(len(found))}", *reasons, *_kept(found)),
        published=values.published,
        modified=values.modified,
        canonical=_canonical(known, url),
        shape=shape,
        evidence=values.evidence,
    )


def _kept(found: tuple[Entry, ...]) -> Iterator[str]:
    """How many entries have which value: a value that one of a row lacks may be one that was not found."""
    counts = {
        "a title": sum(1 for entry in found if entry.title),
        "a date": sum(1 for entry in found if entry.date),
        "an author": sum(1 for entry in found if entry.author),
        "a link": sum(1 for entry in found if entry.link),
        "the whole text": sum(1 for entry in found if entry.complete),
    }
    yield "of the entries " + ", ".join(f"{number} have {what}" for what, number in counts.items())


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
