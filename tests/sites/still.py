"""A site on which nothing moves: what a second crawl of it costs, and whether all pages replay at all dates.

Every page has some 40 KB of markup, links to others, and shares a style sheet and eight images. For
`tests.sites.server`: `validated` answers with ETag and Last-Modified, `bare` with neither, and `mixed` with
them for every second path.
"""

import gzip
import zlib
from collections.abc import Callable
from itertools import islice
from random import Random

from tests.sites.prose import ENGLISH
from tests.sites.server import Page, State
from tests.sites.theme import png

IMAGES = 8
COLOUR = "rgb(0, 51, 102)"
"""The colour of headings, which only the style sheet tells."""

_DATE = "Wed, 01 Oct 2025 08:00:00 GMT"
_STYLE = f"h1 {{ color: {COLOUR} }} body {{ font: 18px serif; margin: 2em; max-width: 40em }}".encode()


def validated(pages: int) -> State:
    return _state(pages, lambda _: True)


def bare(pages: int) -> State:
    return _state(pages, lambda _: False)


def mixed(pages: int) -> State:
    return _state(pages, lambda number: number % 2 == 0)


def path(number: int) -> str:
    return f"/{2010 + number % 15}/{number}/" if number else "/"


def _state(pages: int, validated: Callable[[int], bool]) -> State:
    files = {"/style.css": ("text/css", _STYLE)}
    files |= {f"/image-{number}.png": ("image/png", png(number)) for number in range(IMAGES)}
    state = {path(number): _page("text/html; charset=utf-8", number, validated(number), markup(number, pages))
             for number in range(pages)}  # fmt: skip
    for number, (name, (kind, body)) in enumerate(files.items()):
        state[name] = _page(kind, number, validated(number), body)
    return {**state, "*": Page(404, (("Content-Type", "text/plain"),), b"Nothing is here.\n")}


def _page(kind: str, number: int, validated: bool, body: bytes) -> Page:
    """Coded once: a server that codes at every request would be what is measured."""
    headers = [("Content-Type", kind)]
    if validated:
        headers += [("ETag", f'W/"{number:x}-{zlib.crc32(body):x}"'), ("Last-Modified", _DATE)]
    if kind.startswith(
        "text/"
    ):  # coded once: a server that does so at each request would be what is measured
        headers.append(("Content-Encoding", "gzip"))
        body = gzip.compress(body, 6, mtime=0)
    return Page(headers=tuple(headers), body=body)


def markup(number: int, pages: int) -> bytes:
    """A page before it is coded: 40 KB, of which a third is text, the rest what themes put around it."""
    dice = Random(number)
    sentences = list(islice(ENGLISH.sentences(dice), 110))
    paragraphs = "".join(f"<p>{' '.join(sentences[start : start + 5])}</p>\n" for start in range(0, 110, 5))
    near = [*range(number * 4 + 1, number * 4 + 5), *range(number + 1, number + 21)]
    links = "".join(
        f'<li class="menu-item"><a href="{path(one)}">{ENGLISH.title(dice)}</a></li>\n'
        for one in near
        if one < pages
    )
    images = "".join(f'<img src="/image-{one}.png" alt="" width="64" height="48">' for one in range(IMAGES))
    icons = "".join(
        f'<path d="M{dice.randrange(99)} {dice.randrange(99)}l{dice.random():.4f} {dice.random():.4f}"/>\n'
        for _ in range(950)
    )
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{number}</title>'
        f'<link rel="stylesheet" href="/style.css"></head><body><nav><ul>{links}</ul></nav>{images}'
        f"<main><article><h1>{ENGLISH.title(dice)}</h1>{paragraphs}</article></main>"
        f'<svg width="1" height="1">{icons}</svg></body></html>'
    ).encode()
