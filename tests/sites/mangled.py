"""Broken pages for fuzzing: bytes and tags lost, doubled, moved and made up. A number tells which page."""

import random
from collections.abc import Callable
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "archive" / "text" / "data"
LARGEST = 400_000
"""Bytes of a mangled page; what larger ones cost is for the tests of the limits."""

TYPES = (None, "text/html", "text/html; charset=windows-1251", "text/html; charset=utf-16", "text/plain")
WORDS = (
    "harbour",
    "гавань",
    "λιμάνι",
    "港口",
    "ميناء",
    "e\u0301",
    "\u200b",
    "\xad",
    "0:00",
    "12/13/2024",
    "@" * 40,
)
ODD = (
    *(b"\x00", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\x1b$B", b"\r", b"\x85"),
    *(b"<", b">", b"&", b"&#x110000;", b"&#55296;", b"&#0;", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?xml"),
    *(b"<table><tr><td>", b"</p>", b"<br><br>", b"<script>", b"</script", b"<svg><title>", b"<template>"),
    *(
        b"<plaintext>",
        b"<frameset>",
        b"<select><option>",
        b"<noscript>",
        b"<h1>",
        b"<article>",
        b"<a href=//[>",
    ),
    *(
        b'<meta charset="utf-7">',
        b"<meta charset=shift_jis>",
        b"<base href='http://[::1'>",
        b"<time datetime=-1>",
    ),
    b'<script type="application/ld+json">{"@type":"Article","headline":[[{}]],"dateCreated":9e99}</script>',
    b'<script type="application/ld+json">' + b"[" * 3_000 + b"</script>",
    b'<span data-cfemail="zz">',
    b'<a class="__cf_email__" data-cfemail="10ff"></a>',
    b'<div style="display:none">',
    b"2024-99-99T99:99:99Z",
    b"9" * 200,
)


@cache
def pages() -> tuple[bytes, ...]:
    """The pages to begin with, in an order of their own."""
    return tuple(path.read_bytes() for path in sorted(DATA.rglob("*.html")))


def mangled(number: int) -> tuple[bytes, str | None]:
    """The broken page of a number, and what its server calls it: the same for the same number."""
    pick = random.Random(number)
    page = pick.choice(pages())
    for mark in (b"@BODY@", b"@INSIDE@", b"@SIDE@"):
        page = page.replace(mark, _soup(pick))
    for _ in range(pick.choice((1, 2, 4, 16, 64))):
        page = pick.choice(WAYS)(pick, page)[:LARGEST] or b"<"
    if pick.random() < 0.1:
        page = page.decode("utf-8", "replace").encode(
            pick.choice(("utf-16", "cp1251", "koi8-r", "gb18030")), "replace"
        )
    return page, pick.choice(TYPES)


def _soup(pick: random.Random) -> bytes:
    tags = (
        "p",
        "div",
        "h2",
        "li",
        "ul",
        "td",
        "table",
        "a href=x",
        "b",
        "blockquote",
        "aside",
        "figure",
        "pre",
    )
    parts = [
        f"<{pick.choice(tags)}>" + " ".join(pick.choices(WORDS, k=pick.randint(0, 30))) for _ in range(20)
    ]
    return "".join(parts).encode()


def _span(pick: random.Random, page: bytes, most: int = 2_000) -> tuple[int, int]:
    start = pick.randrange(len(page))
    return start, min(len(page), start + pick.randint(1, most))


def _flip(pick: random.Random, page: bytes) -> bytes:
    place = pick.randrange(len(page))
    return page[:place] + bytes([pick.randrange(256)]) + page[place + 1 :]


def _lose(pick: random.Random, page: bytes) -> bytes:
    start, end = _span(pick, page)
    return page[:start] + page[end:]


def _double(pick: random.Random, page: bytes) -> bytes:
    start, end = _span(pick, page)
    return page[:end] + page[start:end] * pick.choice((1, 2, 50)) + page[end:]


def _move(pick: random.Random, page: bytes) -> bytes:
    start, end = _span(pick, page)
    place = pick.randrange(len(page))
    return page[:place] + page[start:end] + page[place:]


def _put(pick: random.Random, page: bytes) -> bytes:
    place = pick.randrange(len(page))
    return page[:place] + pick.choice(ODD) * pick.choice((1, 1, 1, 3, 300)) + page[place:]


def _cut(pick: random.Random, page: bytes) -> bytes:
    return page[: pick.randint(1, len(page))] if pick.random() < 0.2 else page


def _unclose(pick: random.Random, page: bytes) -> bytes:
    tag = pick.choice((b"</div>", b"</p>", b"</td>", b"</a>", b"</script>", b"</h1>", b">", b'"'))
    return page.replace(tag, b"", pick.choice((1, 5, -1)))


def _nest(pick: random.Random, page: bytes) -> bytes:
    place = pick.randrange(len(page))
    tag = pick.choice(
        (b"<div>", b"<b>", b"<table><tr><td>", b"<ul><li>", b"<a href=y>", b"<blockquote>", b"<font>")
    )
    return page[:place] + tag * pick.choice((10, 300, 5_000)) + page[place:]


WAYS: tuple[Callable[[random.Random, bytes], bytes], ...] = (
    *(_flip, _lose, _double, _move, _put, _put, _cut, _unclose, _nest),
)
