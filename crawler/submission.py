"""Whether a sitemap may speak for another host (sitemaps.org, "Sitemaps & Cross Submits").

On its own host it may list any URL, above its folder and beside it too: what does not belong to the source
is the scope's business. For another host that host's own robots.txt has to name it, or the index it is in;
but among the hosts of a domain that the source's file takes for one site none needs the word of another.
"""

import time
from collections.abc import Callable, Iterable
from functools import lru_cache

from archive import urls
from crawler import robots
from crawler.frontier import Frontier
from crawler.manners import LIFE, PRODUCT, origin
from crawler.rows import SUBMISSION, Row
from crawler.shared import Shared

_ORIGINS = 100

Refusal = Callable[[Row, str], str | None]


def refusals(
    frontier: Frontier,
    shared: Shared | None,
    vouched: Iterable[str],
    is_allied: Callable[[str], bool] = lambda _: False,
) -> Refusal:
    """Says why a sitemap, handed out as a row, may not list a URL; None where it may. `vouched` are sitemaps
    that the source's file names: the word of the operator is as good as that of a robots.txt. `is_allied`:
    whether the file takes the host of a URL for one of its site.
    """
    trusted = frozenset(vouched)

    def named(of: str) -> frozenset[str] | None:
        body = frontier.robots(of)
        if body is None and shared:
            remembered = shared.robots(of, time.time(), LIFE)
            body = remembered[2] if remembered and 200 <= remembered[1] < 300 else None
        return None if body is None else frozenset(robots.parse(body, PRODUCT).sitemaps)

    def refusal(row: Row, url: str) -> str | None:
        if _bare(urls.host(url)) == _bare(row.host) or not trusted.isdisjoint((row.url, row.via)):
            return None
        if is_allied(row.url) and is_allied(url):
            return None
        of = origin(url)
        names = known(row.id, of)
        if names is None:
            return unheard(of)
        return _unnamed(of) if names.isdisjoint((row.url, row.via)) else None

    # For as long as one sitemap is read: what is not known of an origin now may be in a second.
    known = lru_cache(_ORIGINS)(lambda number, of: named(of))
    return refusal


def unheard(of: str) -> str:
    """The reason where the robots.txt of an origin is not known."""
    return f"{SUBMISSION}the robots.txt of {of} would have to name it, and is not known"


def _unnamed(of: str) -> str:
    return f"{SUBMISSION}the robots.txt of {of} does not name it"


def _bare(host: str) -> str:
    """As in the scope, `www.` makes no difference."""
    return host.removeprefix("www.")
