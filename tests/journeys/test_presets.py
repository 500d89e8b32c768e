"""Sites as WordPress and Blogger make them: all articles are found, nothing is asked twice, traps end."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.journeys.program import Person
from tests.sites.server import Asked, Page, Server

STORY = "The boats came in before the storm, and the harbour was full by noon. "
POSTS = 30
AT_ONCE = 5
JSON = (("Content-Type", "application/json"),)
FEED = (("Content-Type", "application/rss+xml"),)


def page(title: str, links: list[str], head: str = "") -> Page:
    anchors = "".join(f'<a href="{link}">{title} {n}</a> ' for n, link in enumerate(links))
    body = (
        f"<!doctype html><head>{head}<title>{title}</title></head><h1>{title}</h1><p>{STORY * 4}{title}</p>"
    )
    return Page(body=f"{body}<nav>{anchors}</nav>".encode())


def twins(state: dict[str, Page], path: str, queries: list[str]) -> None:
    state.update({f"{path}?{query}": state[path] for query in queries})


WORDPRESS = '<meta name="generator" content="WordPress 6.5">'
SHARED = ("share=facebook", "share=x&nb=1", "replytocom=7", "like_comment=9", "amp=1", "utm_source=rss")


def wordpress() -> dict[str, Page]:
    """Front page and archives show five posts each; a post has twins, a feed, JSON, and a calendar."""
    state: dict[str, Page] = {"*": Page(404)}
    posts = [f"/2024/{number % 12 + 1:02}/post-{number}/" for number in range(POSTS)]
    calendar = [f"/2024/{month:02}/{day:02}/" for month in range(1, 13) for day in range(1, 29)]
    frame = ["/", "/category/sea/", "/author/anna/", "/feed/", "/wp-login.php", "/?s=sea", *calendar[:28]]
    lasts = (POSTS - 1) // AT_ONCE + 1
    for number in range(1, lasts + 1):
        shown = posts[(number - 1) * AT_ONCE : number * AT_ONCE]
        older = [f"/page/{number + 1}/"] if number < lasts else []
        state["/" if number == 1 else f"/page/{number}/"] = page(
            f"Page {number}", [*shown, *older, *frame], WORDPRESS
        )
    for post in posts:
        links = [f"{post}?{query}" for query in SHARED]
        links += [f"{post}feed/", f"{post}amp/", f"/wp-json/oembed/1.0/embed?url={post}", f"{post}trackback/"]
        state[post] = page(post, [*links, *frame], WORDPRESS)
        twins(state, post, list(SHARED))
        state[f"{post}amp/"] = state[post]
        state[f"{post}feed/"] = Page(200, FEED, b"<rss><channel></channel></rss>")
        state[f"/wp-json/oembed/1.0/embed?url={post}"] = Page(200, JSON, b"{}")
    state.update({day: page(f"Day {day}", posts[:2] + calendar) for day in calendar})
    state["/category/sea/"] = page("Sea", [*posts[:5], *frame])
    state["/author/anna/"] = page("Anna", [*posts[:5], *frame])
    state["/feed/"] = Page(200, FEED, b"<rss><channel></channel></rss>")
    return state


def endless(asked: Asked) -> bytes:
    """A page of posts that always names further ones."""
    links = "".join(
        f'<a href="/search?updated-max=2024-{asked.number}-{n}&amp;reverse-paginate=true">x</a>'
        f'<a href="/search?q={asked.number}-{n}">x</a>'
        for n in range(5)
    )
    return f"<!doctype html><title>Search {asked.number}</title><p>{STORY}</p>{links}".encode()


def blogger() -> dict[str, Page]:
    """Older posts are behind `/search`, page by page; labels and the archive list some of them."""
    generator = '<meta content="blogger" name="generator">'
    state: dict[str, Page] = {"*": Page(body=endless)}
    state["/robots.txt"] = Page(404)
    state["/sitemap.xml"] = state["/atom.xml?redirect=false&start-index=1&max-results=500"] = Page(404)
    state["/feeds/posts/default"] = Page(404)
    posts = [f"/2024/{number % 12 + 1:02}/post-{number}.html" for number in range(POSTS)]
    frame = [
        "/?m=1",
        "/search/label/Sea",
        "/2024/",
        "/2024/05/",
        "/feeds/1/comments/default",
        "/search?q=sea",
    ]
    pages = ["/", *(f"/search?updated-max=2023-{n}&amp;max-results=5" for n in range(1, POSTS // AT_ONCE))]
    for number, address in enumerate(pages):
        shown = posts[number * AT_ONCE : (number + 1) * AT_ONCE]
        back = f"/search?updated-max=2022-{number}&amp;max-results=5&amp;reverse-paginate=true"
        older = pages[number + 1 : number + 2]
        state[address.replace("&amp;", "&")] = page(
            f"Page {number}", [*shown, *older, back, *frame], generator
        )
    for post in posts:
        state[post] = page(
            post, [f"{post}?m=1", f"{post}?showComment=5#c5", f"{post}?m=0&zx=1", *frame], generator
        )
        twins(state, post, ["m=1", "showComment=5", "m=0&zx=1"])
    state["/?m=1"] = state["/"]
    for listing in ("/search/label/Sea", "/2024/", "/2024/05/"):
        state[listing] = page(listing, [*posts[:5], f"{listing}?m=1", *frame], generator)
        state[f"{listing}?m=1"] = state[listing]
    return state


class Visitor(Person):
    """Somebody who adds a site and crawls it, without a look at the source file."""

    def __init__(self, home: Path, server: Server) -> None:
        super().__init__(home)
        self.url = server.url
        self.run_here("init", str(home))
        self.added = self.json("add", server.url, "--name", "site", "--allow-private", "--delay", "0")[0]
        server.exchanges.clear()
        self.run_here("crawl")
        self.asked = Counter(server.paths)


@pytest.fixture(scope="module")
def wordpressed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with Server(wordpress()) as server:
        yield Visitor(tmp_path_factory.mktemp("wordpress") / "home", server)


@pytest.fixture(scope="module")
def blogged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Visitor]:
    with Server(blogger()) as server:
        yield Visitor(tmp_path_factory.mktemp("blogger") / "home", server)


def articles(visitor: Visitor) -> set[str]:
    return {row["url"].removeprefix(visitor.url) for row in visitor.json("pages", "site")}


def test_wordpress_each_post_is_found_and_asked_for_once(wordpressed: Visitor) -> None:
    assert wordpressed.added["preset"] == "wordpress"
    posts = {path for path in wordpress() if "/post-" in path and path.endswith("/") and path.count("/") == 4}
    assert len(posts) == POSTS
    assert articles(wordpressed) == {"/", *posts}
    assert set(wordpressed.asked.values()) == {1}
    lists = {f"/page/{number}/" for number in range(2, POSTS // AT_ONCE + 1)} | {
        "/category/sea/",
        "/author/anna/",
    }
    assert set(wordpressed.asked) == {"/", "/robots.txt", "/sitemap.xml", "/feed/", *posts, *lists}


def test_blogger_each_post_is_found_and_the_trap_ends(blogged: Visitor) -> None:
    assert blogged.added["preset"] == "blogger"
    posts = {path for path in blogger() if path.endswith(".html")}
    assert len(posts) == POSTS
    assert articles(blogged) == {"/", *posts}
    assert set(blogged.asked.values()) == {1}
    assert not [path for path in blogged.asked if "m=" in path or "reverse" in path or "q=" in path]
    assert blogged.asked.total() < 1.3 * POSTS + 5


def test_why_answers_with_the_url_that_stands_for_a_twin(wordpressed: Visitor) -> None:
    post = f"{wordpressed.url}/2024/01/post-0/"
    [told] = wordpressed.json("why", f"{post}?replytocom=7")
    assert (told["url"], told["twin"], told["state"]) == (post, f"{post}?replytocom=7", "fetched")
    assert f"is folded to {post} by preset wordpress: replytocom." in told["reasons"][0]
    assert "stands for" in wordpressed.run("why", f"{post}?share=facebook")


def test_why_names_the_reason_of_what_was_skipped_and_of_lists(wordpressed: Visitor) -> None:
    post = f"{wordpressed.url}/2024/01/post-0/"
    for url, reason in (
        (f"{post}feed/", "a feed of one post"),
        (f"{wordpressed.url}/2024/01/02/", "a day of the"),
    ):
        [told] = wordpressed.json("why", url)
        assert (told["state"], told["scope"]) == ("out of scope", "out")
        assert told["rule"].startswith("skipped by preset wordpress: ")
        assert reason in told["rule"] or "the feed of one post" in told["rule"]
    [listing] = wordpressed.json("why", f"{wordpressed.url}/page/2/")
    assert (listing["state"], listing["kind"]) == ("fetched", "listing")
    assert "It is asked for to find links, and is no article." in listing["reasons"]


def test_scope_says_what_the_crawl_did(wordpressed: Visitor) -> None:
    post = f"{wordpressed.url}/2024/01/post-0/"
    out = [f"{post}feed/", f"{wordpressed.url}/wp-login.php", f"{wordpressed.url}/2024/01/02/"]
    told = [
        json.loads(line) for line in wordpressed.run("scope", "site", *out, "--json", code=1).splitlines()
    ]
    assert [(one["scope"], one["rule"]) for one in told] == [
        ("out", wordpressed.json("why", url)[0]["rule"]) for url in out
    ]
    wordpressed.run("scope", "site", f"{post}?share=x", f"{wordpressed.url}/page/3/")
    assert "out" in wordpressed.run("scope", "site", "https://elsewhere.example/", code=1)


def test_a_second_crawl_asks_for_the_same(blogged: Visitor) -> None:
    first = blogged.asked
    again = blogged.json("crawl")[0]
    assert again["requests"] <= first.total()
    assert again["counts"].get("edited", 0) == 0
