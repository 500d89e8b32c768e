"""The bundled site: three states, served over real HTTP."""

import http.client
import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest

from strandline.demo.site import Site, serve

COUNCIL = "/2025/03/breakwater/"
NOTICE = "/2025/03/fish-hall/"
LETTER = "/2025/03/letter/"
OIL = "/2025/03/oil/"
FERRY = "/2025/03/ferry/"
SEAL = "/2025/03/seal/"


@pytest.fixture
def site() -> Iterator[Site]:
    with serve() as running:
        yield running


class Visitor:
    """One keep-alive connection to the site."""

    def __init__(self, site: Site) -> None:
        self._client = http.client.HTTPConnection(site.url.removeprefix("http://"))

    def ask(self, path: str) -> http.client.HTTPResponse:
        self._client.request("GET", path)
        self.answer = self._client.getresponse()
        self.body = self.answer.read().decode()
        return self.answer

    def text(self, path: str) -> str:
        """The page's own column, in one line."""
        assert self.ask(path).status == 200, path
        column = self.body.partition("<main>")[2].partition("</main>")[0]
        return " ".join(re.sub(r'<p class="views">.*?</p>', "", column).split())


class _Links(HTMLParser):
    found: set[str]

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found |= {value for name, value in attributes if name in ("href", "src") and value}


def links(markup: str) -> set[str]:
    parser = _Links()
    parser.found = set()
    parser.feed(markup)
    return parser.found


def test_the_first_state_has_eight_articles_and_no_dead_link(site: Site) -> None:
    visitor = Visitor(site)
    visitor.ask("/")
    assert visitor.body.count('<article class="entry">') == 8
    seen: set[str] = set()
    ahead = {"/"}
    while ahead:
        path = ahead.pop()
        assert visitor.ask(path).status == 200, path
        seen.add(path)
        ahead |= links(visitor.body) - seen
    assert seen == {*re.findall(rf"{site.url}(\S+?)</loc>", _sitemap(visitor)), "/style.css", "/harbour.svg"}


def _sitemap(visitor: Visitor) -> str:
    visitor.ask("/sitemap.xml")
    return visitor.body


def test_in_the_second_state_a_decision_is_softened_a_date_moved_and_an_article_new(site: Site) -> None:
    visitor = Visitor(site)
    paths = [COUNCIL, NOTICE, LETTER, OIL, FERRY, "/about/"]
    before = {path: visitor.text(path) for path in paths}
    assert visitor.ask(SEAL).status == 404
    site.state = 2
    after = {path: visitor.text(path) for path in [*paths, SEAL]}
    assert {path for path in paths if before[path] != after[path]} == {COUNCIL, NOTICE}
    assert "harbour dues will not rise" in before[COUNCIL]
    assert "harbour dues may rise" in after[COUNCIL]
    assert before[NOTICE].replace("2025-03-20", "2025-03-12").replace("20 March", "12 March") == after[NOTICE]
    assert "seal" in after[SEAL]


def test_in_the_third_state_a_page_is_gone_one_has_moved_and_a_letter_is_shorter(site: Site) -> None:
    visitor = Visitor(site)
    site.state = 2
    before = {path: visitor.text(path) for path in (COUNCIL, NOTICE, LETTER, FERRY, SEAL)}
    site.state = 3
    assert visitor.ask(OIL).status == 404
    assert visitor.ask(FERRY).status == 301
    assert visitor.answer.headers["Location"] == "/ferry/"
    assert visitor.text("/ferry/") == before[FERRY]
    assert {path for path in (COUNCIL, NOTICE, SEAL) if visitor.text(path) != before[path]} == set()
    assert "mayor's sister" in before[LETTER]
    assert "mayor's sister" not in visitor.text(LETTER)
    assert OIL not in visitor.text("/")


def test_side_column_counter_and_token_differ_at_every_request(site: Site) -> None:
    visitor = Visitor(site)
    tokens = set()
    for _ in range(3):
        visitor.ask(COUNCIL)
        tokens |= set(re.findall(r'content="([0-9a-f]{32})"', visitor.body))
    assert len(tokens) == 3


def test_there_is_no_fourth_state(site: Site) -> None:
    with pytest.raises(ValueError, match="no state 4"):
        site.state = 4
