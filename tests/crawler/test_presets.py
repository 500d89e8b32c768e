"""Presets: what the addresses of each software come to, told from the addresses alone."""

import time
import tomllib
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archive import urls
from crawler import presets

SITE = "https://site.example"


def rules(preset: str, *keep: str, seed: str = f"{SITE}/") -> presets.Presets:
    return presets.choose(preset, (seed,), keep)


FOLDED = [
    ("wordpress", "/a/?replytocom=12", "/a/", "preset wordpress: replytocom"),
    ("wordpress", "/a/?share=facebook&nb=1", "/a/", "preset wordpress: share, nb"),
    ("wordpress", "/a/?share=custom-17&p=3", "/a/?p=3", "preset wordpress: share"),
    ("wordpress", "/a/?like_comment=5&_wpnonce=0a", "/a/", "preset wordpress: like_comment, _wpnonce"),
    ("wordpress", "/a/amp/", "/a/", "preset wordpress: amp"),
    ("wordpress", "/a/?amp", "/a/", "preset wordpress: amp"),
    ("wordpress", "/a/comment-page-3/", "/a/", "preset wordpress: pages of comments"),
    ("wordpress", "/a/amp/?utm_source=x", "/a/", "preset wordpress: amp; preset generic: utm_source"),
    ("blogger", "/2020/05/a.html?m=1", "/2020/05/a.html", "preset blogger: m"),
    ("blogger", "/?m=1", "/", "preset blogger: m"),
    ("blogger", "/2020/05/a.html?showComment=12&m=0", "/2020/05/a.html", "preset blogger: showComment, m"),
    ("blogger", "/a.html?zx=1a&view=mosaic", "/a.html", "preset blogger: zx, view"),
    ("generic", "/a?utm_source=x&utm_medium=y&b=1", "/a?b=1", "preset generic: utm_source, utm_medium"),
    ("generic", "/a?fbclid=1&gclid=2&mc_cid=3&yclid=4", "/a", "preset generic: fbclid, gclid, mc_cid, yclid"),
    ("generic", "/a?b=1&print=1", "/a?b=1", "preset generic: print"),
    ("generic", "/a?format=print", "/a", "preset generic: format"),
    ("joomla", "/a?tmpl=component&print=1&page=", "/a", "preset joomla: tmpl, page; preset generic: print"),
    ("joomla", "/a?limitstart=0", "/a", "preset joomla: limitstart"),
    ("drupal", "/news?page=0", "/news", "preset drupal: page"),
    ("drupal", "/node/5?destination=/a", "/node/5", "preset drupal: destination"),
    ("ghost", "/a/?ref=other.example", "/a/", "preset ghost: ref"),
    ("ghost", "/a/amp/", "/a/", "preset ghost: amp"),
    ("substack", "/p/a?r=1b2c&utm_medium=ios", "/p/a", "preset substack: r; preset generic: utm_medium"),
    ("mediawiki", "/wiki/A?useskin=vector", "/wiki/A", "preset mediawiki: useskin"),
    ("mediawiki", "/index.php?title=A&printable=yes", "/index.php?title=A", "preset generic: printable"),
]


@pytest.mark.parametrize(("preset", "twin", "stands", "by"), FOLDED)
def test_twins_become_one_url(preset: str, twin: str, stands: str, by: str) -> None:
    told = rules(preset).fold(SITE + twin)
    assert told == presets.Folded(SITE + stands, by)
    assert rules(preset).fold(told.url) == presets.Folded(told.url)


@pytest.mark.parametrize(
    ("preset", "url"),
    [
        ("generic", "/a?m=1"),
        ("generic", "/a?p=1&page=2&s=x"),
        ("generic", "/a?view=list&print=colour"),
        ("generic", "/a?xutm_source=1"),
        ("generic", "/a?share=a-photo&nb=20"),
        ("wordpress", "/amp/"),
        ("wordpress", "/stamp/"),
        ("wordpress", "/?p=123"),
        ("blogger", "/a.html?m=2"),
        ("ghost", "/a/?action=vote"),
        ("drupal", "/news?page=1"),
    ],
)
def test_what_is_no_twin_stays(preset: str, url: str) -> None:
    assert rules(preset).fold(SITE + url) == presets.Folded(SITE + url)


@pytest.mark.parametrize(
    ("host", "stands"),
    [
        ("x.blogspot.de", "x.blogspot.com"),
        ("x.blogspot.co.uk", "x.blogspot.com"),
        ("x.blogspot.com.br", "x.blogspot.com"),
        ("x.blogspot.lv", "x.blogspot.com"),
        ("x.blogspot.com", "x.blogspot.com"),
        ("blogspot.de", "blogspot.de"),
        ("x.blogspot.de.evil.example", "x.blogspot.de.evil.example"),
    ],
)
def test_the_countries_addresses_of_blogger_are_one_for_every_source(host: str, stands: str) -> None:
    for preset in ("blogger", "auto", "wordpress"):
        assert rules(preset).fold(f"https://{host}/a.html").url == f"https://{stands}/a.html"


SKIPPED = [
    ("wordpress", "/a/feed/", "a feed of one post"),
    ("wordpress", "/2024/05/a/feed/", "feed"),
    ("wordpress", "/category/a/feed/atom/", "a feed of one post, category or author"),
    ("wordpress", "/comments/feed/", "feed"),
    ("wordpress", "/?feed=rss2&p=5", "feed"),
    ("wordpress", "/wp-json/oembed/1.0/embed?url=x", "the programs' view"),
    ("wordpress", "/?rest_route=/wp/v2/posts", "the programs' view"),
    ("wordpress", "/wp-login.php?redirect_to=x", "a form"),
    ("wordpress", "/?s=seal", "results of the site's search"),
    ("wordpress", "/2024/05/06/", "a day of the calendar"),
    ("wordpress", "/tag/sea/page/2/", "further pages of a tag"),
    ("blogger", "/search?q=seal", "results of the blog's search"),
    ("blogger", "/search?updated-max=2020&max-results=7&reverse-paginate=true", "once more"),
    ("blogger", "/feeds/123/comments/default", "a feed of comments"),
    ("blogger", "/feeds/posts/default/-/Sea", "of a label"),
    ("drupal", "/user/login?destination=/a", "a form"),
    ("drupal", "/taxonomy/term/5/feed", "a feed of one term"),
    ("joomla", "/index.php?option=com_mailto&tmpl=component", "a form"),
    ("joomla", "/news?format=feed&type=rss", "as a feed"),
    ("ghost", "/tag/sea/rss/", "a feed of one tag"),
    ("substack", "/p/a/comments", "comments of readers"),
    ("substack", "/subscribe?x=1", "a form"),
    ("mediawiki", "/index.php?title=A&action=edit", "to be edited"),
    ("mediawiki", "/index.php?title=A&oldid=5", "an old state"),
    ("mediawiki", "/wiki/Special:RecentChanges", "made by the program"),
    ("generic", "/shop?add-to-cart=5", "does something"),
    ("generic", "/print/123", "a print view"),
    ("generic", "/2026/03/a-ferry/print/", "a print view"),
]


@pytest.mark.parametrize(("preset", "url", "reason"), SKIPPED)
def test_what_leads_nowhere_is_skipped_with_a_reason(preset: str, url: str, reason: str) -> None:
    skip = rules(preset).skip(SITE + url)
    assert skip is not None and reason in skip.reason
    assert str(skip).startswith(f"skipped by preset {skip.preset}: ")


@pytest.mark.parametrize(
    ("preset", "url"),
    [
        ("wordpress", "/"),
        ("wordpress", "/feed/"),
        ("wordpress", "/2024/05/06/a-day-at-sea/"),
        ("wordpress", "/?p=123"),
        ("wordpress", "/feed-the-birds/"),
        ("wordpress", "/wp-content/uploads/2024/05/report.pdf"),
        ("blogger", "/2024/05/a.html"),
        ("blogger", "/p/about.html"),
        ("blogger", "/feeds/posts/default?start-index=26&max-results=25"),
        ("drupal", "/node/5"),
        ("joomla", "/index.php?option=com_content&view=article&id=5"),
        ("mediawiki", "/wiki/A"),
        ("mediawiki", "/wiki/Talk:A"),
        ("substack", "/p/a"),
        ("generic", "/wiki/Special:RecentChanges"),
        ("generic", "/user/login"),
        ("generic", "/print/"),
        ("generic", "/print/edition-of-may"),
    ],
)
def test_what_is_to_be_read_is_not_skipped(preset: str, url: str) -> None:
    assert rules(preset).skip(SITE + url) is None
    assert rules(preset).listing(SITE + url) is None


@pytest.mark.parametrize(
    ("preset", "url", "name"),
    [
        ("blogger", "/search?updated-max=2020-01-01T00:00:00%2B02:00&max-results=7", "pages of posts"),
        ("blogger", "/search/label/Sea", "pages of labels"),
        ("blogger", "/2024/05/", "archives by date"),
        ("blogger", "/2024_05_01_archive.html", "archives by date"),
        ("wordpress", "/page/2/", "pages of posts"),
        ("wordpress", "/blog/page/12/", "pages of posts"),
        ("wordpress", "/category/sea/page/2/", "pages of categories"),
        ("wordpress", "/2024/05/", "archives by date"),
        ("wordpress", "/author/anna/", "tags and authors"),
        ("ghost", "/page/2/", "pages of posts"),
        ("substack", "/archive", "archives"),
        ("mediawiki", "/wiki/Special:AllPages", "lists of all pages"),
        ("drupal", "/taxonomy/term/5?page=2", "lists of a term"),
    ],
)
def test_what_only_lists_others(preset: str, url: str, name: str) -> None:
    listing = rules(preset).listing(SITE + url)
    assert listing is not None and listing.name == name
    assert rules(preset).skip(SITE + url) is None
    assert rules("generic").listing(SITE + url) is None


def test_what_is_kept_is_left_alone() -> None:
    kept = rules("wordpress", "/wp-json/", "replytocom=12$", "/category/news")
    assert kept.skip(f"{SITE}/wp-json/wp/v2/posts") is None
    assert kept.skip(f"{SITE}/a/feed/") is not None
    assert kept.fold(f"{SITE}/a/?replytocom=12").by is None
    assert kept.fold(f"{SITE}/a/?replytocom=13").url == f"{SITE}/a/"
    assert kept.listing(f"{SITE}/category/news/") is None


def test_auto_is_generic_what_cannot_be_mistaken_and_what_the_host_tells() -> None:
    auto, plain, hosted = rules("auto"), rules("generic"), rules("auto", seed="https://x.blogspot.com/")
    for one in (auto, plain):
        assert one.fold(f"{SITE}/a?replytocom=5&m=1").url == f"{SITE}/a?m=1"
        assert one.skip(f"{SITE}/wp-json/") is not None
        assert one.skip(f"{SITE}/search?q=a") is None
    assert hosted.fold("https://x.blogspot.com/a.html?m=1").url == "https://x.blogspot.com/a.html"
    assert hosted.skip("https://x.blogspot.com/search?q=a") is not None


@pytest.mark.parametrize(
    ("witness", "preset"),
    [
        ({"host": "x.blogspot.com"}, "blogger"),
        ({"host": "x.blogspot.co.uk"}, "blogger"),
        ({"host": "news.substack.com"}, "substack"),
        ({"generators": ["WordPress 6.5"]}, "wordpress"),
        ({"generators": ["Slider 1.2", "WordPress 6.5"]}, "wordpress"),
        ({"generators": ["blogger"]}, "blogger"),
        ({"generators": ["Drupal 10 (https://www.drupal.org)"]}, "drupal"),
        ({"generators": ["Joomla! - Open Source Content Management"]}, "joomla"),
        ({"generators": ["Ghost 5.82"]}, "ghost"),
        ({"generators": ["MediaWiki 1.41.0"]}, "mediawiki"),
        ({"headers": [("Link", '<https://x.example/wp-json/>; rel="https://api.w.org/"')]}, "wordpress"),
        ({"headers": [("X-Pingback", "https://x.example/xmlrpc.php")]}, "wordpress"),
        ({"headers": [("X-Drupal-Cache", "HIT")]}, "drupal"),
        ({"body": b"<link href=/wp-content/themes/a/style.css>"}, "wordpress"),
        ({"body": b'<script>mw.config.set({"wgPageName":"A"})'}, "mediawiki"),
        ({"generators": ["Hugo 0.120"], "body": b"<p>Plain"}, None),
        ({"generators": ["Ghost 5"], "body": b"we moved from /wp-content/"}, "ghost"),
    ],
)
def test_the_software_is_told_from_an_answer(witness: dict[str, Any], preset: str | None) -> None:
    seen: dict[str, Any] = {"host": "x.example", "generators": (), "headers": (), "body": b"", **witness}
    found = presets.detect(**seen)
    assert (found.preset if found else None) == preset


def test_each_file_has_what_is_documented_and_nothing_else() -> None:
    keys = {
        "": {"title", "feeds", "sitemaps", "lists", "detect", "skip", "fold", "discover"},
        "detect": {"hosts", "generator", "headers", "markup"},
        "skip": {"pattern", "reason", "sure"},
        "fold": {"drop", "values", "name", "pattern", "to", "sure"},
        "discover": {"name", "pattern", "most", "whole"},
    }
    there = {file.name for file in files("crawler.presets").iterdir() if file.name.endswith(".toml")}
    assert there == {f"{name}.toml" for name in presets.NAMES}
    for name in presets.NAMES:
        data = tomllib.loads((files("crawler.presets") / f"{name}.toml").read_text("utf-8"))
        assert data.keys() <= keys[""]
        assert data.get("detect", {}).keys() <= keys["detect"]
        for table in ("skip", "fold", "discover"):
            for rule in data.get(table, ()):
                assert rule.keys() <= keys[table], (name, rule)
        for rule in data.get("fold", ()):
            assert ("drop" in rule) != ({"pattern", "name", "to"} <= rule.keys()), (name, rule)


PARTS = st.builds(
    "{}{}".format,
    st.sampled_from(
        ["m", "replytocom", "share", "nb", "utm_a", "utm_", "amp", "page", "print", "view", "", "%26m"]
    ),
    st.sampled_from(["", "=", "=0", "=1", "=x", "=print", "=1;m=1", "=%3Fm=1"]),
)
SEGMENTS = st.sampled_from(
    ["a", "amp", "", "comment-page-2", "feed", "x.html", "%2Famp", "2024", "05", "..", "amp;"]
)
HOSTS = st.sampled_from(
    ["site.example", "x.blogspot.de", "x.blogspot.co.uk", "blogspot.de", "x.blogspot.de:81"]
)


@example("site.example", ["comment-page-2", "comment-page-2"], [], "wordpress")
@example("site.example", ["a", "amp", "comment-page-2", "amp"], [], "wordpress")
@given(HOSTS, st.lists(SEGMENTS, max_size=5), st.lists(PARTS, max_size=5), st.sampled_from(presets.NAMES))
def test_what_stands_for_twins_is_canonical_and_stands_for_itself(
    host: str, segments: list[str], parts: list[str], preset: str
) -> None:
    url = urls.canonical(f"http://{host}/{'/'.join(segments)}?{'&'.join(parts)}")
    folded = rules(preset).fold(url)
    assert urls.canonical(folded.url) == folded.url
    assert (folded.by is None) == (folded.url == url)
    assert rules(preset).fold(folded.url) == presets.Folded(folded.url)


@pytest.mark.parametrize(
    "url",
    [
        "/" + "/amp" * 500 + "x",
        "/?" + "&m=1" * 500,
        "/?" + "feed=&q" * 290,
        "/" + "a/feed" * 300,
        "/search?" + "&" * 2000,
    ],
)
def test_hostile_urls_take_no_time(url: str) -> None:
    began = time.thread_time()
    for one in map(rules, presets.NAMES):
        one.fold(SITE + url)
        one.skip(SITE + url)
        one.listing(SITE + url)
    assert time.thread_time() < began + 1
