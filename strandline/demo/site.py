"""Serves the demo site on 127.0.0.1. Its side column, counters and tokens are different at every request."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from random import SystemRandom
from secrets import token_hex
from string import Template
from threading import Thread

from strandline.demo import gazette
from strandline.demo.gazette import Article

ADVERTS = (
    "Chandlery Moe: rope by the metre, advice by the hour.",
    "Wanted: a trombone, or somebody who has one.",
    "Skerrow Creamery. The island cheese, now also in winter.",
    "Piano lessons above the bakery. It is always warm.",
    "For sale, a boat, cheap, sees mostly mud.",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site says to one request. `location` is set for a redirect."""

    status: int
    content_type: str
    body: bytes
    location: str | None = None


class Site:
    """The running site: `url` has no trailing slash; set `state` to 1, 2 or 3 to turn the page."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._state = gazette.STATES[0]

    @property
    def state(self) -> int:
        return self._state

    @state.setter
    def state(self, state: int) -> None:
        if state not in gazette.STATES:
            raise ValueError(f"the demo site has no state {state}; it has {gazette.STATES}")
        self._state = state


@contextmanager
def serve(port: int = 0) -> Iterator[Site]:
    """Serve the site in a thread until the block ends. Port 0 takes any free one."""
    server = _Server(("127.0.0.1", port), _Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server.site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def answer(path: str, state: int, url: str) -> Answer:
    """The site's answer to a path in that state. `url` is the site's own address, for the sitemap."""
    articles = gazette.articles(state)
    for article in articles:
        if article.path == path:
            return _page(article.title, _article(article), articles, _published(article))
    if path in (moves := gazette.redirects(state)):
        return Answer(301, "text/html; charset=utf-8", b"<p>This page has moved.</p>\n", moves[path])
    match path:
        case "/":
            return _page("News", "\n".join(map(_entry, articles)), articles)
        case "/about/":
            return _page(
                "About", f"<article><h1>About the Gazette</h1>\n{gazette.about()}</article>", articles
            )
        case "/style.css":
            return Answer(200, "text/css", (gazette.FOLDER / "style.css").read_bytes())
        case "/harbour.svg":
            return Answer(200, "image/svg+xml", (gazette.FOLDER / "harbour.svg").read_bytes())
        case "/robots.txt":
            rules = f"User-agent: *\nDisallow: /subscribe\n\nSitemap: {url}/sitemap.xml\n"
            return Answer(200, "text/plain", rules.encode())
        case "/sitemap.xml":
            return Answer(200, "application/xml", _sitemap(articles, url))
    return _page("Not found", "<h1>Not found</h1>\n<p>The tide has taken it.</p>", articles, status=404)


def _page(title: str, main: str, articles: tuple[Article, ...], head: str = "", status: int = 200) -> Answer:
    chance = SystemRandom()
    popular = "".join(f"<li>{_link(article)}</li>" for article in chance.sample(articles, 4))
    page = Template((gazette.FOLDER / "page.html").read_text("utf-8")).substitute(
        title=escape(title),
        head=head,
        main=main,
        popular=popular,
        token=token_hex(16),
        height=f"{chance.randint(2, 31) / 10:.1f}",
        motion=chance.choice(("rising", "falling")),
        readers=chance.randint(3, 60),
        minutes=chance.randint(2, 59),
        advert=chance.choice(ADVERTS),
        views=f"{chance.randint(1000, 99_999):,}",
    )
    return Answer(status, "text/html; charset=utf-8", page.encode())


def _link(article: Article) -> str:
    return f'<a href="{article.path}">{escape(article.title)}</a>'


def _byline(article: Article) -> str:
    day = f"{article.day.day} {article.day:%B %Y}"
    return (
        f'<p class="meta"><time datetime="{article.day}">{day}</time>, by '
        f'<span class="author">{escape(article.author)}</span></p>'
    )


def _published(article: Article) -> str:
    return f'<meta property="article:published_time" content="{article.day}">\n'


def _article(article: Article) -> str:
    views = SystemRandom().randint(100, 9_999)
    return (
        f'<article class="story">\n<h1>{escape(article.title)}</h1>\n{_byline(article)}\n'
        f'<div class="entry-content">\n{article.body}</div>\n<p class="views">{views:,} views</p>\n</article>'
    )


def _entry(article: Article) -> str:
    return (
        f'<article class="entry">\n<h2>{_link(article)}</h2>\n{_byline(article)}\n{article.teaser}\n'
        f'<p><a class="more-link" href="{article.path}">Read on</a></p>\n</article>'
    )


def _sitemap(articles: tuple[Article, ...], url: str) -> bytes:
    paths = ["/", "/about/", *(article.path for article in articles)]
    locations = "".join(f"<url><loc>{url}{path}</loc></url>\n" for path in paths)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{locations}</urlset>\n'
    ).encode()


class _Server(ThreadingHTTPServer):
    def server_activate(self) -> None:
        super().server_activate()
        self.site = Site(f"http://127.0.0.1:{self.server_address[1]}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        self._send(with_body=True)

    def do_HEAD(self) -> None:
        self._send(with_body=False)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing: the crawl in the foreground is what is to be seen."""

    def _send(self, with_body: bool) -> None:
        assert isinstance(self.server, _Server)
        site = self.server.site
        said = answer(self.path, site.state, site.url)
        self.send_response(said.status)
        self.send_header("Content-Type", said.content_type)
        if said.location:
            self.send_header("Location", said.location)
        self.send_header("Set-Cookie", f"visit={token_hex(8)}; Path=/; HttpOnly")
        self.send_header("Content-Length", str(len(said.body)))
        self.end_headers()
        if with_body:
            self.wfile.write(said.body)
