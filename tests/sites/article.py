"""Made-up articles, and the twelve ways in which the test magazine edits the body of one."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import islice
from random import Random

from tests.sites.prose import ENGLISH, TONGUES

TAGS = (
    "harbour",
    "gardens",
    "history",
    "music",
    "transport",
    "weather",
    "people",
    "money",
    "school",
    "letters",
    "craft",
    "night",
)
LANGUAGES = ("en",) * 8 + ("de", "de", "ru", "el", "es")

Lines = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Block:
    """One block. `kind` is p, h2, quote, list or figure; `lines` are sentences, items or a caption."""

    kind: str
    lines: Lines


@dataclass(frozen=True, slots=True)
class Article:
    number: int
    slug: str
    language: str
    title: str
    author: str
    published: date
    modified: date
    tags: tuple[str, ...]
    blocks: tuple[Block, ...]

    @property
    def path(self) -> str:
        return f"/{self.published:%Y/%m}/{self.slug}/"

    @property
    def excerpt(self) -> str:
        words = " ".join(self.blocks[0].lines).split()
        return " ".join(words[:30]) + " […]"


def article(number: int, published: date) -> Article:
    """The article of that number: always the same, of 150 to 700 words."""
    rng = Random(f"article {number}")
    language = rng.choice(LANGUAGES)
    title = TONGUES[language].title(rng)
    words = re.findall(r"[a-z]+", title.lower()) if language == "en" else [language]
    slug = "-".join([*words[:6], str(number)])
    author = rng.choice(TONGUES[language].words["person"]).removeprefix("η ").removeprefix("ο ")
    tags = tuple(sorted(rng.sample(TAGS, 2)))
    return Article(number, slug, language, title, author, published, published, tags, _blocks(rng, language))


def _blocks(rng: Random, language: str) -> tuple[Block, ...]:
    endless = TONGUES[language].sentences(rng)

    def sentences(least: int, most: int) -> Lines:
        return tuple(islice(endless, rng.randint(least, most)))

    target = rng.randint(120, 510)
    blocks = [Block("p", sentences(3, 4)), Block("figure", sentences(1, 1))]
    while sum(len(line.split()) for block in blocks for line in block.lines) < target:
        blocks += [Block("p", sentences(2, 5)), Block("p", sentences(2, 4))]
        extra = rng.random()
        if extra < 0.2:
            blocks.append(Block("h2", (TONGUES[language].title(rng),)))
        elif extra < 0.35:
            blocks.append(Block("quote", sentences(1, 2)))
        elif extra < 0.5:
            blocks.append(Block("list", sentences(3, 5)))
        blocks.append(Block("p", sentences(2, 5)))
    return tuple(blocks)


def _first(pattern: str, change: Callable[[re.Match[str]], str]) -> Callable[[Lines], Lines]:
    """A change of the first line in which the pattern is found; none where it is not."""

    def changed(lines: Lines) -> Lines:
        for at, line in enumerate(lines):
            if re.search(pattern, line):
                return (*lines[:at], re.sub(pattern, change, line, count=1), *lines[at + 1 :])
        return lines

    return changed


_NAMES = ENGLISH.words["person"]
_EXTRA = "Since this was first printed, the two sides have agreed to meet in the market hall."

EDITS: dict[str, tuple[str, str, Callable[[Lines], Lines]]] = {
    "word": ("en", "p", _first(r"\b(stubborn|patient|narrow|rusty|modest)\b", lambda _: "splendid")),
    "number": ("de", "p", _first(r"\d+", lambda found: str(int(found[0]) + 8))),
    "name": ("en", "p", _first("|".join(_NAMES[1:]), lambda _: _NAMES[0])),
    "spelling": ("en", "p", _first(r"\bcouncil\b", lambda _: "counsel")),
    "punctuation": ("ru", "p", lambda lines: (lines[0].rstrip(".") + "!", *lines[1:])),
    "sentence added": ("en", "p", lambda lines: (*lines, _EXTRA)),
    "sentence removed": ("el", "p", lambda lines: lines[1:] or lines),
    "paragraph added": ("en", "p", lambda lines: (*lines, "\n", _EXTRA, _EXTRA.replace("two", "three"))),
    "quote": ("en", "quote", _first(r"\b(the|a)\b", lambda _: "that")),
    "list item added": ("es", "list", lambda lines: (*lines, "Quedan por contar los que no vinieron.")),
    "subheading": ("en", "h2", lambda lines: ("What nobody wanted to know",)),
    "caption": ("en", "figure", lambda lines: ("The weighbridge at Oxley, photographed by a passer-by.",)),
}
"""What is edited -> language of the article, kind of the block, the change of its lines."""


def edited(article: Article, edit: str) -> Article | None:
    """The article with that edit, some days later; None where the edit does not apply to it.

    The first paragraph stays as it is, so that the excerpts in listings do too.
    """
    language, kind, change = EDITS[edit]
    for at, block in enumerate(article.blocks):
        if at and article.language == language and block.kind == kind and change(block.lines) != block.lines:
            blocks = (*article.blocks[:at], *_split(kind, change(block.lines)), *article.blocks[at + 1 :])
            return replace(article, blocks=blocks, modified=article.published + timedelta(days=40))
    return None


def retitled(article: Article) -> Article:
    """The article under another title, at its old address."""
    return replace(article, title=f"Corrected: {article.title}")


def _split(kind: str, lines: Lines) -> Iterable[Block]:
    if "\n" not in lines:
        return [Block(kind, lines)]
    at = lines.index("\n")
    return [Block(kind, lines[:at]), Block(kind, lines[at + 1 :])]
