"""What goes into the frontier, as which URL: presets, scope and traps in one."""

from dataclasses import replace
from typing import Any

import pytest

from crawler.admission import Admission
from crawler.rows import Found, Row, State, UrlKind
from tests.crawler.crawls import source

SITE = "http://quay.example"


def admission(preset: str = "wordpress", seed: str = f"{SITE}/", **more: Any) -> Admission:
    return Admission(source(seed, preset=preset, **more))


def page(path: str, depth: int = 1, hops: int = 0, kind: UrlKind = UrlKind.PAGE) -> Found:
    return Found(f"{SITE}{path}", kind, depth, hops)


def row(path: str) -> Row:
    return Row(1, f"{SITE}{path}", "quay.example", UrlKind.PAGE)


def test_a_page_goes_in_as_the_url_that_stands_for_its_twins() -> None:
    assert admission().admit(page("/a/?replytocom=5")) == page("/a/")
    assert admission().admit(page("/a/?p=5")) == page("/a/?p=5")


def test_a_requisite_stays_as_the_page_names_it() -> None:
    style = page("/a.css?utm_source=x", kind=UrlKind.REQUISITE)
    assert admission().admit(style) == style


def test_scope_and_exclude_see_the_folded_url() -> None:
    one = admission(scope={"exclude": ["replytocom", "/b/$"]})
    assert one.admit(page("/a/?replytocom=5")).state is State.QUEUED
    assert one.admit(page("/b/?replytocom=5")).state is State.OUT


def test_what_is_skipped_is_left_out_with_its_reason() -> None:
    left = admission().admit(page("/a/feed/"))
    assert left.state is State.OUT
    assert (left.reason or "").startswith("skipped by preset wordpress: a feed of one post")


def test_a_seed_is_folded_and_never_skipped() -> None:
    one = admission(seed=f"{SITE}/feed-list/feed/?utm_source=x", preset="wordpress")
    assert one.starts == (f"{SITE}/feed-list/feed/",)
    assert one.admit(page("/feed-list/feed/", 0)).state is State.QUEUED


def test_the_scope_is_around_the_seed_and_what_stands_for_it() -> None:
    one = admission("blogger", "http://x.blogspot.de/")
    assert one.starts == ("http://x.blogspot.com/",)
    for host in ("x.blogspot.de", "x.blogspot.com", "x.blogspot.co.uk"):
        assert one.admit(Found(f"http://{host}/a.html", UrlKind.PAGE, 1)) == Found(
            "http://x.blogspot.com/a.html", UrlKind.PAGE, 1
        )


@pytest.mark.parametrize(
    ("asked", "target", "hops", "goes_in_as"),
    [
        ("/old/", "/a/?utm_source=feed", 1, "/a/"),
        ("/a/", "/a/?utm_source=feed", 1, "/a/?utm_source=feed"),
        ("/a/?utm_source=feed", "/a/?utm_source=feed&nb=1", 1, "/a/?utm_source=feed&nb=1"),
        ("/gate/", "/a/?utm_source=feed", 2, "/a/?utm_source=feed"),
    ],
)
def test_a_redirect_back_to_a_twin_is_followed_as_it_is(
    asked: str, target: str, hops: int, goes_in_as: str
) -> None:
    assert admission().admit(page(target, 1, hops), row(asked)) == page(goes_in_as, 1, hops)


def test_what_lists_others_is_no_page_unless_it_is_a_seed() -> None:
    one = admission(seed=f"{SITE}/category/sea/")
    assert one.admit(page("/category/birds/")) == page("/category/birds/", kind=UrlKind.LISTING)
    assert one.admit(page("/category/sea/", 1)).kind is UrlKind.PAGE
    assert one.admit(page("/category/home/", 0, 1)).kind is UrlKind.PAGE
    assert one.admit(page("/a/", 2, 1, UrlKind.LISTING)) == page("/a/", 2, 1)


def test_lists_that_lead_to_lists_get_no_deeper() -> None:
    one = admission(scope={"depth": 2})
    first = replace(row("/page/2/"), kind=UrlKind.LISTING, depth=1)
    assert one.admit(page("/page/3/", 2), first) == page("/page/3/", 1, kind=UrlKind.LISTING)
    assert one.admit(page("/a/", 2), first) == page("/a/", 2)
    assert one.admit(page("/page/3/", 3), row("/a/")).state is State.OUT


def test_lists_are_bounded_and_told_again() -> None:
    one = admission("blogger")
    labels = [page(f"/search/label/{number}") for number in range(501)]
    kinds = [one.admit(found).state for found in labels]
    assert (kinds.count(State.QUEUED), kinds[-1]) == (500, State.OUT)
    assert one.admit(labels[0]).state is State.QUEUED
    assert one.admit(labels[500]).reason == "trap: more than 500 pages of labels, by preset blogger"
