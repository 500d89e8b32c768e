"""What belongs to a source, and what a person is told about it."""

import re
from typing import Any

import pytest

from crawler.scope import Ruling, Scope
from crawler.source import ScopeRules, Source


def scope(*seeds: str, feeds: tuple[str, ...] = (), sitemaps: tuple[str, ...] = (), **rules: Any) -> Scope:
    source = Source(name="example", seeds=seeds, feeds=feeds, sitemaps=sitemaps, scope=ScopeRules(**rules))
    return Scope(source)


@pytest.mark.parametrize(
    ("url", "inside"),
    [
        ("http://example.org/", True),
        ("https://example.org/a?b=c", True),
        ("https://www.example.org/", True),
        ("HTTPS://WWW.EXAMPLE.ORG:443/", True),
        ("https://example.org:8443/", False),
        ("https://blog.example.org/", False),
        ("https://www.www.example.org/", False),
        ("https://notexample.org/", False),
        ("https://example.org.evil.example/", False),
        ("https://evil.example/?example.org", False),
        ("https://xn--exmple-cua.org/", False),
    ],
)
@pytest.mark.parametrize("seed", ["http://example.org/", "https://www.example.org/deep/page.html"])
def test_host_is_the_same_with_or_without_www_and_tls(seed: str, url: str, inside: bool) -> None:
    rule = "within host example.org" if inside else "outside host example.org"
    ruling = scope(seed, within="host").decide(url)
    assert ruling == Ruling(inside, rule) or ruling == Ruling(True, "seed")


def test_ports_are_hosts_of_their_own() -> None:
    local = scope("http://127.0.0.1:8000/", within="host")
    assert local.decide("http://127.0.0.1:8000/a").inside
    assert local.decide("http://127.0.0.1:8001/a") == Ruling(False, "outside host 127.0.0.1:8000")
    assert not local.decide("http://127.0.0.1/a").inside


@pytest.mark.parametrize(
    ("seed", "url", "inside"),
    [
        ("https://www.example.org/", "http://example.org/", True),
        ("https://www.example.org/", "https://a.b.example.org/", True),
        ("https://www.example.org/", "https://badexample.org/", False),
        ("https://blog.example.org/", "https://example.org/", False),
        ("https://example.org:8443/", "https://a.example.org:8443/", True),
        ("https://example.org/", "https://a.example.org:8443/", False),
        ("http://localhost/", "http://localhost/a", True),
        ("http://localhost/", "http://a.localhost/", False),
        ("http://10.0.0.1/", "http://10.0.0.1/a", True),
        ("http://[::1]:81/", "http://[::1]:81/a", True),
        ("http://[::1]:81/", "http://[::1]:82/a", False),
    ],
)
def test_domain(seed: str, url: str, inside: bool) -> None:
    assert scope(seed, within="domain").decide(url).inside is inside


@pytest.mark.parametrize(
    ("seed", "url", "inside"),
    [
        ("https://example.org/blog/", "https://www.example.org/blog/2025/a", True),
        ("https://example.org/blog/", "http://example.org/blog/?page=2", True),
        ("https://example.org/blog/", "https://example.org/blog", True),
        ("https://example.org/blog/", "https://example.org/blogs/", False),
        ("https://example.org/blog/", "https://example.org/", False),
        ("https://example.org/blog/", "https://other.example/blog/a", False),
        ("https://example.org/blog/", "https://example.org/blog/../secret", False),
        ("https://example.org/blog/", "https://example.org/?x=/blog/", False),
        ("https://example.org/blog/index.html", "https://example.org/blog/a", True),
        ("https://example.org/blog/?a=/b/c", "https://example.org/blog/a", True),
        ("https://example.org/blog", "https://example.org/blog/a", True),
        ("https://example.org/blog", "https://example.org/blog?page=2", True),
        ("https://example.org/blog", "https://example.org/blogs", False),
        ("https://example.org", "https://example.org/anything", True),
    ],
)
def test_prefix(seed: str, url: str, inside: bool) -> None:
    assert scope(seed, within="prefix").decide(url).inside is inside


def test_surt_takes_www_at_its_word() -> None:
    strict = scope("https://example.org/blog/index.html", within="surt")
    assert strict.decide("http://example.org/blog/a") == Ruling(True, "within surt org,example)/blog/")
    assert strict.decide("https://www.example.org/blog/a") == Ruling(False, "outside surt org,example)/blog/")
    assert not strict.decide("https://example.org/").inside


def test_a_seed_is_inside_whatever_the_rules_say() -> None:
    odd = scope(
        "https://example.org/start",
        feeds=("https://feeds.example/x",),
        sitemaps=("https://cdn.example/sitemap.xml",),
        exclude=["start"],
        include=["/articles/"],
        depth=0,
    )
    for url in (
        "https://example.org/start#top",
        "https://feeds.example/x",
        "https://cdn.example/sitemap.xml",
    ):
        assert odd.decide(url, depth=9) == Ruling(True, "seed")
    assert not odd.decide("https://feeds.example/y").inside


def test_rules_are_named_as_they_are_written() -> None:
    narrow = scope(
        "https://example.org/",
        include=["/articles/", r"\.jpe?g$"],
        exclude=[r"[?&]replytocom=", "/tag/"],
        depth=20,
    )
    assert narrow.decide("https://example.org/articles/1", depth=20) == Ruling(
        True, "within host example.org, include '/articles/'"
    )
    assert narrow.decide("https://example.org/a.jpg").rule == r"within host example.org, include '\.jpe?g$'"
    assert narrow.decide("https://example.org/articles/1?replytocom=7") == Ruling(
        False, "exclude '[?&]replytocom='"
    )
    assert narrow.decide("https://example.org/articles/tag/x") == Ruling(False, "exclude '/tag/'")
    assert narrow.decide("https://example.org/about") == Ruling(
        False, r"include has nothing for it: '/articles/', '\.jpe?g$'"
    )
    quote = scope("https://example.org/", exclude=["it's"])
    assert quote.decide("https://example.org/it's").rule == """exclude "it's\""""
    assert narrow.decide("https://example.org/articles/1", depth=21) == Ruling(False, "depth 21 > 20")
    assert narrow.decide("https://other.example/articles/1") == Ruling(False, "outside host example.org")


def test_many_seeds_are_told_in_short() -> None:
    seeds = [f"https://site{number}.example/" for number in range(6)]
    ruling = scope(*seeds, "http://www.site0.example/").decide("https://other.example/")
    assert ruling.rule == "outside host site0.example, site1.example, site2.example and 3 more"
    assert scope(*seeds).decide("https://site4.example/x").rule == "within host site4.example"


def test_what_is_no_web_address_is_outside_with_the_reason() -> None:
    ruling = scope("https://example.org/").decide("mailto:someone@example.org")
    assert not ruling.inside
    assert "not a web address" in ruling.rule


def test_mistakes_in_the_source_are_raised() -> None:
    with pytest.raises(re.error):
        scope("https://example.org/", exclude=["("])
    with pytest.raises(ValueError, match="no scheme"):
        scope("example.org")
