"""The sites of many posts hang together: what is listed is there, and a day later three posts are not as
before."""

import gzip
import http.client
import re
from collections.abc import Iterator
from types import ModuleType
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from tests.sites import blogger, letters, news, wordpress
from tests.sites.server import Server, State

SITES = {"blogger": blogger, "wordpress": wordpress, "news": news, "letters": letters}
EACH = pytest.mark.parametrize("site", SITES.values(), ids=SITES)


class Reader:
    """Somebody who asks the server for one path after another."""

    def __init__(self, state: State) -> None:
        self._server = Server(state, record=False).__enter__()
        self._client = http.client.HTTPConnection(self._server.url.removeprefix("http://"))

    def __enter__(self) -> "Reader":
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        self._server.__exit__()

    def status(self, path: str) -> int:
        return self._ask(path)[0]

    def text(self, path: str) -> str:
        status, body = self._ask(path)
        assert status == 200, path
        return body.decode("utf-8", "replace").replace(self._server.url, "")

    def _ask(self, path: str) -> tuple[int, bytes]:
        self._client.request("GET", path)
        answer = self._client.getresponse()
        body = answer.read()
        return answer.status, gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body

    def links(self, path: str) -> list[str]:
        """Where a page leads on its own host, without what no link is."""
        found = html.fromstring(self.text(path)).xpath("//a/@href | //frame/@src")
        whole = [urlsplit(urljoin(f"http://here{path}", link.replace("\\", "/"))) for link in found]
        return [
            part.path.replace(" ", "%20") + f"?{part.query}" * bool(part.query)
            for part in whole
            if part.netloc == "here"
        ]


def listed(reader: Reader, sitemap: str) -> Iterator[str]:
    """The pages of a sitemap and of all that it is an index of."""
    tree = etree.fromstring(reader.text(sitemap).encode())
    for place in tree.xpath("//*[local-name() = 'loc']/text()"):
        if tree.tag.endswith("sitemapindex"):
            yield from listed(reader, place)
        else:
            yield place


def fed(reader: Reader, feed: str, entry: str) -> list[str]:
    """The entries' identities; Atom's `next` links are followed."""
    tree = etree.fromstring(reader.text(feed).encode())
    here = tree.xpath(f"//*[local-name() = '{entry}']/*[local-name() = 'id' or local-name() = 'guid']/text()")
    onward = tree.xpath("/*/*[local-name() = 'link'][@rel = 'next']/@href")
    return here + (fed(reader, onward[0], entry) if onward else [])


@EACH
def test_all_articles_are_there_and_a_trap_leads_to_the_next(site: ModuleType) -> None:
    with Reader(site.state()) as reader:
        ones = site.articles()
        assert len(set(ones)) == len(ones) >= 120
        for path in ones[::10]:
            assert reader.status(path) == 200
        met = {link for path in ("/", ones[0], ones[5], ones[7]) for link in reader.links(path)}
        for name, pattern in site.TRAPS.items():
            assert name in UNLINKED or any(re.search(pattern, link) for link in met), name


UNLINKED = {
    "entries of the feed",
    "program interface",
    "search",
    "more of what was shown",
    "days without articles",
}
"""These are found in a feed, in the head of a page or in a form, or are further away."""


@EACH
def test_a_day_later_one_is_new_one_edited_and_one_withdrawn(site: ModuleType) -> None:
    before, after = site.articles(0), site.articles(1)
    done = site.changes()
    path = getattr(site, "path", lambda one: one.path)
    new, edited, withdrawn = (
        path(one).replace(" ", "%20") for one in (done.new, done.edited, done.withdrawn)
    )
    assert set(after) - set(before) == {new}
    assert set(before) - set(after) == {withdrawn}
    with Reader(site.state(0)) as then, Reader(site.state(1)) as now:
        assert [reader.status(new) for reader in (then, now)] == [404, 200]
        assert [reader.status(withdrawn) for reader in (then, now)] == [200, 404]
        assert then.text(edited) != now.text(edited)


@pytest.mark.parametrize(
    ("site", "sitemap"),
    [(blogger, "/sitemap.xml"), (wordpress, "/wp-sitemap.xml"), (news, "/sitemap_index.xml.gz")],
)
@pytest.mark.parametrize("at", [0, 1])
def test_a_sitemap_lists_all_articles(site: ModuleType, sitemap: str, at: int) -> None:
    with Reader(site.state(at)) as reader:
        assert set(site.articles(at)) <= set(listed(reader, sitemap))


def test_a_news_sitemap_has_two_days_and_a_gazette_more_than_that() -> None:
    with Reader(news.state()) as reader:
        recent = list(listed(reader, "/news-sitemap.xml"))
    assert recent == list(news.articles()[: len(recent)])
    assert 15 < len(recent) < 40


def test_blogger_gives_150_entries_at_a_time() -> None:
    with Reader(blogger.state()) as reader:
        feed = "/feeds/posts/default"
        assert [len(re.findall("<entry>", reader.text(f"{feed}?max-results={n}"))) for n in (7, 500)] == [
            7,
            150,
        ]
        assert len(re.findall("<entry>", reader.text(feed))) == 25
        assert "<openSearch:totalResults>400</openSearch:totalResults>" in reader.text(feed)
        assert len(set(fed(reader, f"{feed}?max-results=500", "entry"))) == 400
        assert len(re.findall("<entry>", reader.text(f"{feed}?start-index=391&max-results=150"))) == 10
        assert len(re.findall("<item>", reader.text(f"{feed}?alt=rss"))) == 25


def test_blogger_s_old_addresses_of_the_feed_redirect_unless_asked_not_to() -> None:
    with Reader(blogger.state()) as reader:
        assert reader.status("/atom.xml") == reader.status("/rss.xml") == 302
        assert len(re.findall("<entry>", reader.text("/atom.xml?redirect=false&max-results=500"))) == 150


def test_wordpress_gives_ten_items_at_a_time_and_404_after_the_last() -> None:
    with Reader(wordpress.state()) as reader:
        ids = {one for number in (1, 2, 60) for one in fed(reader, f"/feed/?paged={number}", "item")}
        assert len(ids) == 30
        assert reader.status("/feed/?paged=61") == 404
        assert [reader.status(path) for path in ("/page/60/", "/page/61/", "/page/1/")] == [200, 404, 301]


@pytest.mark.parametrize(
    ("site", "feed"), [(blogger, "/feeds/posts/default"), (wordpress, "/feed/"), (news, "/rss.xml")]
)
def test_the_new_post_is_the_first_of_the_feed(site: ModuleType, feed: str) -> None:
    with Reader(site.state(1)) as reader:
        text = reader.text(feed)
        entry = re.split("<entry>|<item>", text)[1]
        assert site.path(site.changes().new) in entry
        assert f"{site.changes().new.published.year}" in entry


def test_an_edited_post_has_a_later_date_in_blogger_s_feed_and_in_sitemaps() -> None:
    with Reader(blogger.state(1)) as reader:
        (first, second) = re.split(
            "<entry>", reader.text("/feeds/posts/default?orderby=updated&max-results=2")
        )[1:]
        path = blogger.path(blogger.changes().edited)
        assert path in first + second
        assert "<updated>2026-03-21" in first and "<updated>2026-03-21" in second
    for site, sitemap in (
        (blogger, "/sitemap.xml?page=3"),
        (wordpress, "/wp-sitemap-posts-post-1.xml"),
        (news, "/sitemaps/sitemap-2026-03.xml.gz"),
    ):
        path = site.path(site.changes().edited)
        with Reader(site.state(1)) as reader:
            assert re.search(f"<loc>{path}</loc><lastmod>2026-03-21", reader.text(sitemap)), site
