"""A small site that changes at every state: articles are edited, added, removed and moved.

Half of its files have validators, so that a crawl gets "not modified" as well as the same payload again.
"""

import hashlib
from itertools import islice
from random import Random

from tests.sites.prose import ENGLISH
from tests.sites.server import Page, State
from tests.sites.theme import png

MANY = 12
"""So many articles stand on a page of the list."""


def state(number: int, articles: int) -> State:
    """The site in its state `number`, counted from 0."""
    there = [*range(articles), *(1000 + n for n in range(1, number + 1))]
    pages = {_path(one): _article(one, number) for one in there}
    for one in range(1, number + 1):
        pages[_path(5 * one)] = Page(410)
        old, new = _path(5 * one + 1), f"/moved/{5 * one + 1}"
        if old in pages:
            pages[new] = pages[old]
            pages[old] = Page(301, (("Location", new), ("Content-Type", "text/html")))
    lists = [there[start : start + MANY] for start in range(0, len(there), MANY)]
    pages |= {f"/list/{at}": _listing(ones) for at, ones in enumerate(lists)}
    links = "".join(f'<li><a href="/list/{at}">Page {at}</a></li>' for at in range(len(lists)))
    return {
        **pages,
        "/": _page(f"<h1>The island</h1><ul>{links}</ul>", validators=False),
        "/style.css": _page("body { color: navy }", "text/css"),
        "/map.png": Page(headers=(("Content-Type", "image/png"),), body=png(1)),
        "/robots.txt": Page(headers=(("Content-Type", "text/plain"),), body=b"User-agent: *\nAllow: /\n"),
    }


def _path(one: int) -> str:
    return f"/article/{one}"


def _article(one: int, number: int) -> Page:
    rng = Random(f"article {one}")
    title = ENGLISH.title(rng)
    sentences = list(islice(ENGLISH.sentences(rng), 8))
    for edit in range(1, number + 1):
        if (one + edit) % 7 == 0:
            sentences[edit % 8] = next(ENGLISH.sentences(Random(f"{one} {edit}")))
    text = f"<p>{' '.join(sentences[:4])}</p>\n<p>{' '.join(sentences[4:])}</p>"
    main = f'<article><h1>{title}</h1>\n{text}\n<img src="/map.png" alt="map"></article>'
    return _page(main, validators=one % 2 == 0)


def _listing(ones: list[int]) -> Page:
    links = "".join(f'<li><a href="{_path(one)}">Article {one}</a></li>' for one in ones)
    return _page(f"<h1>Articles</h1><ul>{links}</ul>")


def _page(main: str, kind: str = "text/html; charset=utf-8", *, validators: bool = True) -> Page:
    head = '<!DOCTYPE html><html lang="en"><head><link rel="stylesheet" href="/style.css"></head><body>'
    body = (f"{head}{main}</body></html>" if kind.startswith("text/html") else main).encode()
    tag = ("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
    return Page(headers=(("Content-Type", kind), *((tag,) if validators else ())), body=body)
