"""What moves on a page, or comes instead of it, and is no change: at most one in a hundred is reported."""
# ruff: noqa: E501  (a page reads best unbroken)

import html
import random
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from archive.model import Target, Verdict
from archive.text import extract
from tests.archive.changes.articles import URL, Answer, Article, articles, bare, page, told
from tests.archive.text.test_stillness import INSIDE, SENTENCES, SIDE
from tests.sites.walls import EMPTY, WALLS

BASES = articles(6)
Again = Callable[[Article, bytes, random.Random], bytes]
"""From an article and one rendering of it to what came the next time."""


def _changed(pattern: str, by: str | Callable[[re.Match[str]], str]) -> Again:
    return lambda article, old, dice: re.sub(pattern, by, old.decode()).encode()


def _with(inside: str = "", side: str = "") -> Again:
    return lambda article, old, dice: bare(article, dice.randrange(10**6), inside, side)


def _attributes(article: Article, old: bytes, dice: random.Random) -> bytes:
    def shuffled(tag: re.Match[str]) -> str:
        attributes = re.findall(r"""\s[\w-]+=(?:"[^"]*"|'[^']*')""", tag[2])
        dice.shuffle(attributes)
        return f"<{tag[1]}{''.join(attributes)}>"

    return re.sub(r"""<(\w+)((?:\s[\w-]+=(?:"[^"]*"|'[^']*'))+)>""", shuffled, old.decode()).encode()


def _ids(article: Article, old: bytes, dice: random.Random) -> bytes:
    text = re.sub(r"<(p|li|figure)>", lambda tag: f'<{tag[1]} id="n{dice.getrandbits(40):x}">', old.decode())
    return re.sub("<script>", f'<script nonce="{dice.getrandbits(64):x}">', text).encode()


def _entities(article: Article, old: bytes, dice: random.Random) -> bytes:
    return old.decode().encode("ascii", "xmlcharrefreplace")


def _named(article: Article, old: bytes, dice: random.Random) -> bytes:
    names = {
        chr(number): f"&{name};" for number, name in html.entities.codepoint2name.items() if number > 127
    }
    return old.decode().translate(str.maketrans(names)).encode()


def _before(end: str, added: str) -> Again:
    return lambda article, old, dice: (
        old.decode().replace(end, added.replace("@", f"{dice.getrandbits(32):x}") + end, 1).encode()
    )


STILL: dict[str, Again] = {
    "nothing": lambda article, old, dice: old,
    "all that surrounds it": lambda article, old, dice: page(article, dice.randrange(10**6)),
    "counters": _with(INSIDE["views"] + INSIDE["comments count"], SIDE["numbers"]),
    "viewed so many times": _with(INSIDE["page viewed"] + INSIDE["views in bold"]),
    "clocks": _with(INSIDE["clock"] + INSIDE["last visit"]),
    "posted so long ago": _with(INSIDE["ago"] + INSIDE["minutes"]),
    "advertisements": _with(INSIDE["ad"], SIDE["text"]),
    "a box that rotates": _with(INSIDE["cards"] + INSIDE["aside"]),
    "related articles": _with(INSIDE["related list"] + INSIDE["related section"], SIDE["recent posts"]),
    "what to read next": _with(INSIDE["previous and next"] + INSIDE["read also line"]),
    "shares": _with(INSIDE["share"] + INSIDE["rating"]),
    "tokens of forms": _with(INSIDE["form"] + INSIDE["script"]),
    "comments": _with(INSIDE["comments"], SIDE["recent comments"]),
    "a newsletter": _with(INSIDE["newsletter"], SIDE["poll"]),
    "a player": _with(INSIDE["player"] + INSIDE["online"]),
    "no furniture any more": _with(),
    "white space": _changed(r">\s*\n\s*<", ">\n\n\t  <"),
    "white space within sentences": _changed(r"(?<=\w) (?=\w+ \w+[.<])", "\n      "),
    "line ends": _changed(r"\n", "\r\n"),
    "upper-case tags": _changed(r"</?[a-z]\w*", lambda tag: tag[0].upper()),
    "attributes in another order": _attributes,
    "ids made anew": _ids,
    "characters as references": _entities,
    "characters by their names": _named,
    "another quotation mark of attributes": _changed(r"='([^'\"]*)'", r'="\1"'),
    "comments in the source": _changed(r"<p>", "<!-- block --><p>"),
    "closed tags": _changed(r"<(img|br|meta)([^>]*?)/?>", r"<\1\2 />"),
    "open tags": _changed(r"</(?:li|p)>", ""),
    "a cookie banner": _before("</body>", '<div id="cookie-banner" class="cookie-notice"><p>We use cookies to make this site better. By using it you accept that.</p><button>Accept</button></div>'),
    "a consent dialog": _before("</body>", '<div role="dialog" aria-label="consent" class="cmp-container" id="sp_@"><h2>We value your privacy</h2><p>We and our 842 partners store and/or access information on a device.</p><button>Accept all</button></div>'),
    "a banner at the top": _changed(r"(<body[^>]*>)", r'\1<div class="cookie-bar">This site uses cookies. <a href="/privacy">Read more</a> <button>OK</button></div>'),
    "scripts and styles": _before("</head>", "<script>window.t='@'</script><style>.x@{color:red}</style>"),
    "versions of files": _changed(r"\.(css|js|jpg)", r".\1?v=20250127"),
    "a pixel": _before("</body>", '<img src="/pixel?@" width="1" height="1" alt=""><noscript><iframe src="/t?@"></iframe></noscript>'),
    "an advertisement between paragraphs": _changed(r"</figure>", '</figure><div class="advertisement"><span>Advertisement</span><a href="/ad/7">Boots for 20 pounds</a></div>'),
    "pictures loaded late": _changed(r'<img src="([^"]*)"', r'<img loading="lazy" src="data:image/gif;base64,R0lGOD" data-src="\1"'),
    "links with a mark": _changed(r'href="(/[^"]*)"', r'href="\1?utm_source=home"'),
    "spans of style": _changed(r"<p>(\S+)", r'<p><span style="font-weight:400">\1</span>'),
    "a mark of order in the text": _changed(r"<p>", "<p>\ufeff"),
    "soft hyphens and no-break spaces": _changed(r" (?=\d)", "\u00a0"),
}  # fmt: skip
CHARSETS = {"en": "cp1252", "de": "iso-8859-15", "ru": "koi8-r", "el": "iso-8859-7", "es": "utf-16"}


def answers(name: str, article: Article, number: int) -> tuple[bytes, bytes]:
    old = page(article, number)
    return old, STILL[name](article, old, random.Random(f"{name} {number}"))


def false_of(name: str) -> list[str]:
    """On which pages something was reported."""
    wrong = []
    for number, article in enumerate(BASES):
        old, new = answers(name, article, number)
        found = told(old, new).changes
        if found:
            before, after = (extract(one, URL) for one in (old, new))
            wrong.append(f"{name}, {article.layout} {article.language}: {found[0].kinds}\n{before}\n{after}")
    return wrong


def test_at_most_one_in_a_hundred_is_reported() -> None:
    wrong = [one for name in STILL for one in false_of(name)]
    assert len(STILL) * len(BASES) >= 150
    assert len(wrong) <= 0.01 * len(STILL) * len(BASES), "\n\n".join(wrong)


def test_bytes_in_another_encoding_say_the_same() -> None:
    for number, article in enumerate(BASES):
        old, charset = page(article, number), CHARSETS[article.language]
        recoded = (
            old.decode()
            .replace("charset=UTF-8", f"charset={charset}")
            .replace('charset="utf-8"', f'charset="{charset}"')
        )
        new = Answer(
            recoded.encode(charset, "xmlcharrefreplace"), content_type=f"text/html; charset={charset}"
        )
        assert told(old, new).changes == (), (article.language, charset)


def test_a_headline_on_trial_is_no_change() -> None:
    for number, article in enumerate(BASES):
        other = replace(article, title=f"Oxbury, or {article.title}")
        shown = [page((article, other)[turn % 2], number + turn) for turn in range(5)]
        assert told(*shown).changes == (), article


def test_a_page_with_two_faces_is_no_change() -> None:
    for number, article in enumerate(BASES):
        other = replace(article, paragraphs=(*article.paragraphs, (SENTENCES[number % 5],)))
        shown = [page((article, other)[turn in (1, 2, 4, 7)], number + turn) for turn in range(9)]
        assert told(*shown).changes == (), article


INSTEAD = [(trouble, name) for trouble, pages in WALLS.items() for name in pages]


@pytest.mark.parametrize(("trouble", "name"), INSTEAD)
def test_what_comes_instead_of_the_page_is_no_change(trouble: str, name: str) -> None:
    wall = next(pages for key, pages in WALLS.items() if key == trouble)[name].encode()
    for number, article in enumerate(BASES[:3]):
        found = told(page(article, number), wall, page(article, number + 9))
        assert found.changes == (), (article.layout, article.language)
        assert found.judgements[1].verdict in (Verdict.BLOCKED, Verdict.FAILED)
        assert found.judgements[1].reason


def _instead(article: Article, number: int) -> dict[str, bytes | Answer]:
    whole = page(article, number)
    text = whole.decode()
    middle = text.index(article.paragraphs[2][0]) + 30
    log_in = Target("https://gazette.example/login", datetime(2024, 1, 1, tzinfo=UTC), None)
    return {
        **{name: body.encode() for name, body in EMPTY.items()},
        "an error of the server": Answer(b"<h1>503 Service Unavailable</h1>", 503),
        "a refusal": Answer(b"<h1>403 Forbidden</h1>", 403),
        "too many requests": Answer(b"Slow down.", 429),
        "no answer": Answer(b"", 0),
        "one 404": Answer(b"<h1>Not Found</h1>", 404),
        "a redirect to the log-in": Answer(b"", 302, target=log_in),
        "an answer known to be cut off": Answer(whole[:middle], truncated=True),
        "an answer cut off within a sentence": text[:middle].encode(),
        "an image": Answer(b"\x89PNG\r\n\x1a\n" + b"\0" * 99),
        "letters read twice": re.sub(
            r"[^\x00-\x7f]+", lambda one: one[0].encode().decode("cp1252", "replace"), text
        ).encode() if article.language in ("ru", "el") else b"",
    }  # fmt: skip


def test_what_else_comes_instead_of_the_page_is_no_change() -> None:
    for number, article in enumerate(BASES):
        for name, answer in _instead(article, number).items():
            found = told(page(article, number), answer, page(article, number + 9))
            assert found.changes == (), (name, article.layout, article.language)


def test_the_front_page_at_the_article_s_address_is_no_change() -> None:
    cards = "".join(f"<p>{sentence}</p>" for sentence in SENTENCES)
    front = f"<html><head><title>The Gazette</title></head><body><main><h1>The Gazette</h1>{cards}</main></body></html>".encode()
    for number, article in enumerate(BASES):
        found = told(page(article, number), front, page(article, number + 9), front=front)
        assert found.changes == (), article
        assert found.judgements[1].reason == "a soft 404: it shows the text of the front page"
