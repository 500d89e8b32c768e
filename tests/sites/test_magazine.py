"""What the magazine says changed is what differs between its two states, and nothing else."""

import re
from collections import Counter
from urllib.parse import urljoin, urlsplit

from lxml import html

from tests.sites import magazine, theme
from tests.sites.server import OTHER, Asked, Page, State

PROMISED = {"body": 12, "title": 2, "new": 5, "gone": 4, "moved": 1}


def body(page: Page, number: int = 1) -> bytes:
    asked = Asked(number, "http://site", "http://other")
    return page.body(asked) if callable(page.body) else page.body


def still(page: Page) -> str:
    """The title, date and own text of a page, without what moves: the holes of its sheet."""
    assert isinstance(page.body, theme.Sheet)
    markup = "".join(part for part in page.body.parts[::2])
    return re.sub(r"\s+", " ", html.fromstring(markup).text_content())


def kinds(path: str, before: State, after: State) -> set[str]:
    if path not in before or path not in after:
        return {"new"} if path not in before else {"gone"}
    if after[path].status == 301:
        return {"moved"}
    old, new = still(before[path]), still(after[path])
    titles = (html.fromstring(body(state[path])).findtext(".//h1") for state in (before, after))
    return {"title"} if len(set(titles)) == 2 else {"body"} if old != new else set()


def test_the_states_differ_as_promised() -> None:
    before, after = magazine.state_a(), magazine.state_b()
    articles = {path for path in {*before, *after} if re.match(r"/20\d\d/", path)}
    found = {path: kinds(path, before, after) for path in articles if kinds(path, before, after)}
    assert found.pop(magazine.MOVED_TO) == {"new"}
    assert found == magazine.EXPECTED
    assert Counter(kind for one in found.values() for kind in one) == PROMISED
    assert len(magazine.BEFORE) == 300
    assert still(before[magazine.MOVED[0].path]) == still(after[magazine.MOVED_TO])


def test_only_the_listings_named_differ_beside_the_articles() -> None:
    before, after = magazine.state_a(), magazine.state_b()
    others = {path for path in {*before, *after} if not re.match(r"/20\d\d/|.*\.xml", path)}
    assert {path for path in others if _fixed(before, path) != _fixed(after, path)} == magazine.LISTINGS
    assert "/" in magazine.LISTINGS


def _fixed(state: State, path: str) -> object:
    """What stands still on a page, without the links to a listing's other pages: their number changes."""
    page = state.get(path)
    if page is None or not isinstance(page.body, theme.Sheet):
        return page and page.headers
    return re.sub(r'<nav class="navigation.*?</nav>', "", "".join(page.body.parts))


def test_every_article_can_be_reached_and_every_requisite_is_served() -> None:
    for state in (magazine.state_a(), magazine.state_b()):
        seen, ahead = set(), ["/"]
        while ahead:
            path = ahead.pop()
            if path in seen or not path.startswith("/") or path == "/private/":
                continue
            seen.add(path)
            assert path in state, path
            if state[path].status == 200 and dict(state[path].headers)["Content-Type"].startswith(
                "text/html"
            ):
                ahead += _links(path, body(state[path]))
        unlinked = set(state) - seen - {"*", "/private/", magazine.MOVED[0].path}
        assert {path.rpartition("/")[2] for path in unlinked} == {
            *("robots.txt", "sitemap.xml", "tide.woff2", "paper.png")
        }


def _links(path: str, markup: bytes) -> list[str]:
    tree = html.fromstring(markup)
    found = tree.xpath("//a/@href | //link/@href | //img/@src | //script/@src")
    found += [one.split()[0] for both in tree.xpath("//img/@srcset") for one in both.split(",")]
    parts = [urlsplit(urljoin(f"http://site{path}", link)) for link in found]
    roots = {"site": "", "other": OTHER}
    return [
        roots[part.netloc] + part.path + (f"?{part.query}" if part.query else "")
        for part in parts
        if part.netloc in roots
    ]


def test_articles_have_150_to_700_words_of_their_own() -> None:
    sentences = Counter(line for one in magazine.BEFORE for block in one.blocks for line in block.lines)
    words = [sum(len(" ".join(block.lines).split()) for block in one.blocks) for one in magazine.BEFORE]
    assert min(words) >= 140
    assert max(words) <= 720
    assert len(sentences) > 0.85 * sentences.total()


def test_all_pages_move_between_any_two_requests_but_not_in_their_text() -> None:
    state = magazine.state_a()
    for path in ("/", "/about/", "/tag/harbour/", *(one.path for one in magazine.BEFORE[:8])):
        assert body(state[path], 1) != body(state[path], 2)
        assert body(state[path], 1) == body(state[path], 1)
