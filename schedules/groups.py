"""Which sources are at the same servers, so that only one of them is crawled at a time."""

from functools import cache

import tldextract

from archive import urls
from crawler import source


def groups_of(watched: source.Source) -> frozenset[str]:
    """The politeness groups of a source: the registered domains of its seeds; of an address without one, such
    as a number, the host with its port.
    """
    return frozenset(_group(seed) for seed in watched.seeds)


def _group(seed: str) -> str:
    host = urls.host(seed)
    return _extract()(host).top_domain_under_public_suffix or host


@cache
def _extract() -> tldextract.TLDExtract:
    """By the list that came with the library: nothing is fetched. Of a platform each blog is a site."""
    return tldextract.TLDExtract(cache_dir=None, suffix_list_urls=(), include_psl_private_domains=True)
