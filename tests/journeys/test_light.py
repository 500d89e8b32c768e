"""Between two full crawls: a light run finds new posts and edits with few requests, and no removals."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest

from tests.journeys.program import Person
from tests.sites import blogger, news, wordpress
from tests.sites.prose import ENGLISH
from tests.sites.server import Page, Server, State
from tests.sites.theme import png

# Blogger's index has no dates, so all of it is asked for.
BLOGGER = (blogger, "/feeds/posts/default")
PARTS = [f"/sitemap.xml?page={number}" for number in (1, 2, 3)]
# The sitemaps of categories, tags and authors name no posts; at /sitemap.xml there was none.
WORDPRESS = (wordpress, "/feed/")
POSTS = ["/wp-sitemap.xml", "/wp-sitemap-posts-post-1.xml", "/wp-sitemap-posts-page-1.xml"]
# The index dates the sitemaps of the months: those that have not changed since are left alone.
NEWS = (news, "/rss.xml")
MONTH = ["/sitemap_index.xml.gz", "/news-sitemap.xml", "/sitemaps/sitemap-pages.xml.gz"]
MONTH += ["/sitemaps/sitemap-2026-03.xml.gz"]

full = pytest.mark.nightly


@pytest.mark.parametrize(
    ("of", "size", "sitemaps"),
    [
        pytest.param(BLOGGER, {"count": 24, "cap": 15}, ["/sitemap.xml", *PARTS[:2]], id="blogger"),
        pytest.param(WORDPRESS, {"count": 24}, POSTS, id="wordpress"),
        pytest.param(NEWS, {"count": 60}, MONTH, id="news", marks=full),
        pytest.param(BLOGGER, {}, ["/sitemap.xml", *PARTS], id="blogger-full", marks=full),
        pytest.param(WORDPRESS, {}, POSTS, id="wordpress-full", marks=full),
        pytest.param(NEWS, {}, MONTH, id="news-full", marks=full),
    ],
)
def test_new_and_edited_at_once_and_withdrawn_at_the_next_full_run(
    tmp_path: Path, of: tuple[ModuleType, str], size: dict[str, int], sitemaps: list[str]
) -> None:
    site, feed = of
    steps = site.changes(size.get("count", site.POSTS))
    new, edited, withdrawn = (site.path(one) for one in (steps.new, steps.edited, steps.withdrawn))
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    person = Person(tmp_path / "home")
    with Server(site.state(**size)) as server:
        person.run_here("init", str(person.home))
        person.run_here("add", server.url, "--allow-private", "--delay", "0")
        person.run_here("crawl")
        person.later(2)
        server.state = site.state(1, on=yesterday, **size)
        before = len(server.exchanges)
        person.run_here("crawl", "--light")
        asked = [one.path for one in server.exchanges[before:]]
        person.run_here("crawl")
    # Somebody has commented on the new post: a link that is another redirects to it.
    short = [f"/?p={wordpress.identity(steps.new)}"] if site is wordpress else []
    assert sorted(asked) == sorted(["/robots.txt", "/", feed, *sitemaps, new, edited, *short])
    assert len(asked) < 10
    by_run: dict[str, dict[str, Any]] = {}
    for row in person.json("changes"):
        by_run.setdefault(row["run"], {})[row["url"].removeprefix(server.url)] = row["kinds"]
    light, walked = by_run.values()
    assert light == {"/": ["entries"], new: ["new"], edited: ["body"]}
    articles = site.articles(0, size.get("count", site.POSTS))
    assert {path: kinds for path, kinds in walked.items() if path in articles} == {withdrawn: ["gone"]}


def blog(posts: int) -> State:
    """A blog without feed and sitemap: its front page names the last ten posts, each post the ten before."""
    numbers = range(posts)
    state = {f"/{number}/": _post(number) for number in numbers}
    kind = (("Content-Type", "image/png"),)
    state |= {f"/{number}.png": Page(200, kind, png(number)) for number in numbers}
    titles = ((number, ENGLISH.title(Random(number))) for number in numbers[-10:])
    listed = "".join(f'<li><a href="/{number}/">{title}</a></li>' for number, title in titles)
    return {**state, "/": _page("The Oxley Gazette", f"<ul>{listed}</ul>"), "*": Page(404)}


def _post(number: int) -> Page:
    sentences = list(islice(ENGLISH.sentences(Random(number)), 12))
    near = "".join(f'<a href="/{beside}/">{beside}</a> ' for beside in range(max(0, number - 10), number))
    paragraphs = f"<p>{' '.join(sentences[:6])}</p><p>{' '.join(sentences[6:])}</p>"
    title = ENGLISH.title(Random(number))
    return _page(title, f"<article><h1>{title}</h1>{paragraphs}</article><nav>{near}</nav>", number)


def _page(title: str, body: str, picture: int = 0) -> Page:
    head = f"<head><title>{title}</title></head>"
    return Page(body=f'<html lang="en">{head}<body>{body}<img src="/{picture}.png"></body></html>'.encode())


def test_a_light_run_asks_what_is_new_or_due_and_a_full_one_walks_everything(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server(blog(20)) as server:
        person.watch(server.url, "gazette")

        def asked(*words: str) -> list[str]:
            before = len(server.exchanges)
            person.run_here("crawl", *words)
            return server.paths[before:]

        assert len(asked("--light")) == 2 + 1 + 2 * 20, "before all was seen once it is a full run"
        assert asked("--light") == ["/"]
        (row,) = person.json("why", f"{server.url}/13/")
        told = "One light run since then did not ask for it: they ask for what is new or due."
        assert told in row["reasons"]
        person.later(31)
        server.state = blog(23)
        assert len(asked("--light", "--max-pages", "2")) == 3, "robots.txt, the front page and a post"
        before = len(server.exchanges)
        lightly, fully = person.json("crawl")
        assert len(server.exchanges) - before == 2 * 3 + (20 - 1) + (1 + 24 + 23)
    assert (lightly["light"], lightly["outcome"], lightly["resumed"]) == (True, "succeeded", 1)
    assert (fully["light"], fully["counts"]["same"]) == (False, 24)
    assert [row["light"] for row in person.json("runs")] == [False, True, True, False]
