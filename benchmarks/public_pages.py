"""Our text beside plain trafilatura's on published pages. Run: `python benchmarks/public_pages.py FOLDER...`

The folders hold pages as somebody published them, such as the documentation that a distribution packages.
What a page's text is (*gold*) is known from the structure that its generator gives it: the element of the
content without navigation, lists of contents and its headline; or from a text of the same name in a folder
`txt` beside the page's. Pages of 300 to 8,000 words; at most `--most` a generator, taken in turns from its
folders, so that languages and books mix, and the same ones each time; `--sample N` takes others.

F1 of the bags of words and, in brackets, of the bags of four words in a row; *behind* is the number of pages
on which ours is worse by more than 0.05 in the first. `--pages` names them.
"""

import argparse
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from hashlib import sha256
from itertools import zip_longest
from pathlib import Path
from statistics import mean
from typing import NamedTuple

sys.path.insert(0, str(Path(__file__).parents[1]))

import trafilatura
from lxml.html import HtmlElement

from archive.text import decoded, extract
from archive.text.measures import BLOCKS as BLOCK_TAGS
from archive.text.page import parse

FEWEST, MOST_WORDS, BIGGEST = 300, 8_000, 400_000
# A letter of a script that does not part its words counts as a word.
UNPARTED = "\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff"
WORD = re.compile(rf"[{UNPARTED}]|[^\W{UNPARTED}]+")
BLOCKS = (*BLOCK_TAGS, "br")
NOT_TEXT = "script, style, noscript, template, button, input, select, svg, title"


class Generator(NamedTuple):
    """How a generator's pages are known, where their content is, and what in it is not its text (CSS)."""

    name: str
    known: str
    content: str
    rest: str = ""


GENERATORS = (
    Generator("Publican", "meta[content^=publican i]", "body > div:not(#banner)", ".toc, .docnav, #title"),
    Generator(
        "DocBook XSL",
        "meta[content*='DocBook XSL'], .titlepage",
        "body > div:not(.navheader):not(.navfooter), body > section, body > article",
        ".toc, .list-of-figures, .list-of-tables, .list-of-examples, .navheader, .navfooter",
    ),
    Generator(
        "DocBook DSSSL",
        "meta[content^='Modular DocBook']",
        "body > div:not(.NAVHEADER):not(.NAVFOOTER)",
        ".TOC, .LOT",
    ),
    Generator(
        "Sphinx",
        "div.body[role=main]",
        "div.body[role=main]",
        ".headerlink, .contents, .toctree-wrapper",
    ),
    Generator("mdBook", "#mdbook-content main, #content main", "main"),
    Generator(
        "MkDocs",
        "article.md-content__inner, div.col-md-9[role=main]",
        "article.md-content__inner, div.col-md-9[role=main]",
        ".headerlink, .toc",
    ),
    Generator("AsciiDoc", "meta[content^=AsciiDoc i]", "#content, #footnotes", "#toc, .toc"),
    Generator(
        "Texinfo",
        "meta[content^=texi]",
        "#main, body:not(:has(#main))",
        ".header, .nav_table, .node_path, .contents, .shortcontents, .languages, .footer, .copiable-anchor, "
        ".menu, table.nav_tab, .toc, .topbar, #tocframe",
    ),
    Generator("pandoc", "meta[content=pandoc]", "body", "#TOC, #rmd-source-code"),
    Generator(
        "Apache",
        "#page-content",
        "#page-content",
        "#quickview, .top, #comments_section, .comments, .bottomlang",
    ),
    Generator(
        "SQLite",
        ".nosearch > .searchmenu, div.fancy",
        "body",
        ".nosearch, .fancy_toc, .fancy-toc, .yyterm-toc",
    ),
    Generator("Node.js", "#apicontent", "#apicontent", ".mark, .copy-button"),
    Generator("Tomcat", "#mainRight #content", "#mainRight #content", "#docs_toc"),
    Generator("SiSU", "meta[content^=SiSU i]", "div.substance", ".toc"),
    Generator("postfix", "h1 img[src*=postfix]", "body"),
)


class Page(NamedTuple):
    """A page, its generator's name, its headline and its gold."""

    path: Path
    generator: str
    headline: str
    gold: str


def beside(path: Path) -> Path | None:
    """The text of a page in the folder beside its own, if there is one."""
    text = path.parent.parent / "txt" / f"{path.stem}.txt"
    return text if text.is_file() else None


def page(path: Path) -> Page | None:
    """A page with its gold; nothing for one of no known generator or no fitting size."""
    payload = path.read_bytes()
    text = beside(path)
    if len(payload) > BIGGEST or not payload.strip():
        return None
    if text is not None:
        found = Page(path, "text beside", "", text.read_text())
    else:
        root = parse(decoded(payload, "")[0])
        known = next((one for one in GENERATORS if root.cssselect(one.known)), None)
        if known is None:
            return None
        found = Page(path, known.name, *gold(root, known))
    return found if FEWEST <= len(words(found.gold)) <= MOST_WORDS else None


def gold(root: HtmlElement, generator: Generator) -> tuple[str, str]:
    """The headline and the text of the content."""
    for element in root.cssselect(", ".join(filter(None, (NOT_TEXT, generator.rest)))):
        if element.getparent() is not None:
            element.drop_tree()
    content = root.cssselect(generator.content)
    outer = [part for part in content if not set(content).intersection(part.iterancestors())]
    headline = next((title for part in outer for title in part.iter("h1", "h2")), None)
    said = "" if headline is None else plain(headline)
    if headline is not None:
        headline.clear(keep_tail=True)
    return said, "\n".join(plain(part) for part in outer)


def plain(element: HtmlElement) -> str:
    """All text of an element; blocks and line breaks part words."""
    for node in element.iter(*BLOCKS):
        node.text, node.tail = f" {node.text or ''} ", f" {node.tail or ''}"
    return str(element.text_content())


def chosen(folders: list[Path], most: int, sample: int) -> Iterator[Page]:
    """At most so many pages of each generator, in turns from its folders."""
    by_folder: dict[Path, list[Path]] = defaultdict(list)
    places: dict[Path, bytes] = {}
    for folder in folders:
        for path in folder.rglob("*.html*"):
            if path.is_file() and not path.is_symlink() and path.suffix != ".gz":
                by_folder[path.parent].append(path)
                places[path] = sha256(f"{sample}{path.relative_to(folder)}".encode()).digest()
    for paths in by_folder.values():
        paths.sort(key=lambda path: places[path])
    counts: Counter[str] = Counter()
    seen: set[str] = set()
    for turn in zip_longest(*(by_folder[key][: 3 * most] for key in sorted(by_folder))):
        for path in filter(None, turn):
            found = page(path)
            if found and counts[found.generator] < most and found.gold not in seen:
                counts[found.generator] += 1
                seen.add(found.gold)
                yield found


def words(text: str) -> list[str]:
    return WORD.findall(text.lower())


def runs(text: str) -> list[tuple[str, ...]]:
    """Four words in a row."""
    found = words(text)
    return [tuple(found[start : start + 4]) for start in range(max(len(found) - 3, 1))]


def score(gold: str, text: str) -> tuple[float, float]:
    """F1 of the bags of words and of runs of four."""

    def f1(wanted: list[object], got: list[object]) -> float:
        both = (Counter(wanted) & Counter(got)).total()
        return 2 * both / (len(wanted) + len(got)) if wanted or got else 1.0

    return f1([*words(gold)], [*words(text)]), f1([*runs(gold)], [*runs(text)])


def scores(page: Page) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ours and trafilatura's; a first line that only repeats the headline counts for nobody."""
    payload = page.path.read_bytes()
    ours = extract(payload, f"https://pages.example/{page.path.name}").text
    plain = trafilatura.extract(payload, favor_recall=False, deduplicate=False) or ""
    first, second = (_without(page.headline, text) for text in (ours, plain))
    return score(page.gold, first), score(page.gold, second)


def _without(headline: str, text: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if words(first) == words(headline) else text


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--most", type=int, default=25, help="pages a generator")
    parser.add_argument("--sample", type=int, default=0, help="which pages are taken")
    parser.add_argument("--pages", action="store_true", help="name the pages on which ours is behind")
    asked = parser.parse_args()
    found: dict[str, list[tuple[tuple[float, float], tuple[float, float]]]] = defaultdict(list)
    for one in chosen(asked.folders, asked.most, asked.sample):
        ours, plain = scores(one)
        found[one.generator].append((ours, plain))
        if asked.pages and ours[0] < plain[0] - 0.05:
            print(f"behind: {ours[0]:.3f} {plain[0]:.3f} {one.generator}: {one.path}", flush=True)
    print(f"{'generator':16}{'pages':>6}{'ours':>16}{'trafilatura':>16}{'behind':>8}")
    rows = []
    for name, results in sorted(found.items()):
        row = [mean(one[side][metric] for one in results) for side in (0, 1) for metric in (0, 1)]
        behind = sum(ours[0] < plain[0] - 0.05 for ours, plain in results)
        rows.append((row, len(results), behind))
        print(_line(name, *rows[-1]))
    if rows:
        means = [mean(row[place] for row, _, _ in rows) for place in range(4)]
        print(_line("mean", means, sum(row[1] for row in rows), sum(row[2] for row in rows)))
    return 0 if rows else 1


def _line(name: str, row: list[float], pages: int, behind: int) -> str:
    both = [f"{100 * row[side]:.1f} ({100 * row[side + 1]:.1f})" for side in (0, 2)]
    return f"{name:16}{pages:6}{both[0]:>16}{both[1]:>16}{behind:8}"


if __name__ == "__main__":
    sys.exit(main())
