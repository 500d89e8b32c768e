"""An archived page made fit to be looked at: nothing runs, every address is one of the archive."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strandline.web import rewriting
from tests.sites import hostile

BASE = "https://a.example/dir/page"


def shown(html: str) -> str:
    return rewriting.page(html, BASE, "utf-8", lambda url: f"/kept/{url}", "N").html.decode()


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ('<img src="x.png" onerror=a()>', '<img src="/kept/https://a.example/dir/x.png">'),
        ('<a href="/b#c" onclick=x>b</a>', '<a href="/kept/https://a.example/b">b</a>'),
        ('<a href="#c">c</a>', '<a href="#c">c</a>'),
        ('<a href="javascript:x()">j</a>', "<a>j</a>"),
        ('<img srcset="a.png 1x, b.png 2x">', "/kept/https://a.example/dir/b.png 2x"),
        (
            '<link rel=stylesheet href="/s.css">',
            '<link rel="stylesheet" href="/kept/https://a.example/s.css">',
        ),
        ('<base href="/other/"><img src="x">', "/kept/https://a.example/other/x"),
        ('<table background="t.gif">', '<table background="/kept/https://a.example/dir/t.gif">'),
        ("<p style=\"background: url('q.png')\">x</p>", "/kept/https://a.example/dir/q.png"),
        ("before<script>x</script>after", "beforeafter"),
        ('<img src="data:image/png;base64,AA=="><img src="data:text/html,x">', "data:image/png;base64,AA=="),
    ],
)
def test_what_is_let_through(html: str, expected: str) -> None:
    assert expected in shown(f"<html><body>{html}</body></html>")


def test_nothing_of_a_hostile_page_is_left_that_runs_or_leads_away() -> None:
    canary = "https://canary.example"
    html = shown(hostile.article(canary))
    unwanted = r"<(script|iframe|object|embed|base|meta|form[^>]*action)"
    assert not re.search(unwanted, html, re.IGNORECASE)
    assert not re.search(r"\son\w+\s*=", tags(html))
    assert re.findall(r"(?<!/kept/)https://canary\.example\S*", html) == []


def tags(html: str) -> str:
    """What a browser takes for tags: not the text between them, nor a stylesheet's."""
    return re.sub(
        r">[^<]*<", "><", re.sub(r"(<style[^>]*>).*?</style>", r"\1</style>", html, flags=re.DOTALL)
    )


PARTS = st.sampled_from(
    [*'\\"<>)x', "'", "\0", "</p>", "<script>", "</script>", "<style>", "</style>", "<svg>", "<math>", "<!--",
     "-->", "<img src=", "<a href=", "javascript:x", " onload=x", "<title>", "</title>", "url(", "<table>",
     "<template>", "<noscript>", "<style><!--", "]]>", "<![CDATA[", "<select>", "<frameset>"]
)  # fmt: skip


@given(st.lists(PARTS, max_size=30))
def test_no_soup_of_tags_gets_a_script_through(parts: list[str]) -> None:
    html = shown("".join(parts))
    assert not re.search(r"<script|\sonload\s*=\s*.?x", tags(html), re.IGNORECASE)


@given(st.text())
def test_a_stylesheet_of_any_sort_is_rewritten(text: str) -> None:
    made = rewriting.stylesheet(f'{text} a {{ background: url("b.png") }}', lambda link: f"/kept/{link}")
    assert isinstance(made, str)


def test_a_stylesheet_loads_from_the_archive_alone() -> None:
    css = "@import \"a.css\"; b { src: url( c\\2e woff ) } @import url('d.css') print; e { f: url(#g) }"
    made = rewriting.stylesheet(css, lambda link: f"/kept/{link}")
    assert made == (
        '@import url("/kept/a.css"); b { src: url("/kept/c.woff") } @import url("/kept/d.css") print; '
        "e { f: url(#g) }"
    )
