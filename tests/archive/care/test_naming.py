"""Every page has a file of its own, in the folder of its host, on every file system."""

import re
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.care.naming import path_of

NAMED = {
    "https://example.org/": "s/example.org/index.md",
    "https://example.org/2025/03/breakwater.html": "s/example.org/2025/03/breakwater.html.md",
    "https://example.org/a/": "s/example.org/a/index.md",
    "https://example.org/a": "s/example.org/a.md",
    "http://example.org:8080/a": "s/example.org~8080~http/a.md",
}


@pytest.mark.parametrize(("url", "path"), NAMED.items(), ids=NAMED.keys())
def test_plain_addresses_can_be_read(url: str, path: str) -> None:
    assert path_of("s", url) == path


@pytest.mark.parametrize(
    "path",
    ["/index", "/A", "/a?b=c", "/.git/config", "/../../etc/passwd", "/a//b", "/con", "/a.md", "/ä", "/a.",
     "/" + "x" * 300, "/%2e%2e/x", "/a.lock", "/-o"],
)  # fmt: skip
def test_others_are_told_apart_by_a_digest(path: str) -> None:
    made = path_of("s", f"https://example.org{path}")
    assert re.search(r"~[0-9a-f]{10}\.md$", made)
    assert re.fullmatch(r"s/example\.org(/[a-z0-9][a-z0-9._-]*)*/[a-z0-9][a-z0-9._-]*~[0-9a-f]{10}\.md", made)


paths = st.text(alphabet="aAbä/.-_ ~?:%", max_size=12).map(lambda text: "/" + quote(text, safe="/?~:"))


@given(st.lists(paths, unique=True, min_size=2, max_size=8))
def test_no_two_pages_share_a_file_and_none_is_in_the_way_of_another(some: list[str]) -> None:
    made = [path_of("s", f"https://example.org{one}").lower() for one in some]
    assert len(set(made)) == len(made)
    folders = {one.rsplit("/", n)[0] for one in made for n in range(1, one.count("/"))}
    assert not folders & set(made)
