"""Broken pages harm nobody; `benchmarks/fuzz_text.py` asks the same for as long as wanted."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text import extract
from tests.sites.mangled import mangled

URL = "https://lamp.example/2024/a.html"
SECONDS = 5.0
"""CPU time for a page of at most 400 kB, on any machine."""

TAGS = st.sampled_from(
    (
        *("p", "div", "h1", "h2", "a", "ul", "li", "table", "tr", "td", "aside", "footer", "article"),
        *("section", "br", "hr", "pre", "form", "script", "time", "span", "b", "title"),
    )
)
HTML = st.recursive(
    st.text(max_size=40),
    lambda inner: st.builds(
        lambda tag, parts, name: f'<{tag} class="{name}" href="{name}">{"".join(parts)}</{tag}>',
        TAGS,
        st.lists(inner, max_size=5),
        st.sampled_from(
            ["", "post", "comments", "date", "author", "entry-title", "share", "2024-01-02", "http://["]
        ),
    ),
    max_leaves=25,
)


def test_mangled_pages_are_read_in_bounded_time() -> None:
    for number in range(150):
        payload, kind = mangled(number)
        began = time.process_time()
        text = extract(payload, URL, kind)
        assert time.process_time() - began < SECONDS, number
        assert not [reason for reason in text.reasons if reason.startswith("could not")], number


@settings(max_examples=80, deadline=None, derandomize=True)
@given(HTML)
def test_any_tree_of_tags_gives_a_text(html: str) -> None:
    text = extract(html.encode("utf-8", "surrogatepass"), URL)
    assert not [reason for reason in text.reasons if reason.startswith("could not")]
    text.text.encode()


@settings(max_examples=80, deadline=None, derandomize=True)
@given(st.binary(max_size=400), st.sampled_from([None, "text/html; charset=utf-16", "text/html; charset=hz"]))
def test_any_bytes_give_a_text(payload: bytes, kind: str | None) -> None:
    assert not [reason for reason in extract(payload, URL, kind).reasons if reason.startswith("could not")]
