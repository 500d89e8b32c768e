"""The whole of a page: menus and all, but nothing that is hidden, in bounded time."""

import time

from archive.text import rendered

PAGE = b"""<html><head><title>T</title><style>p{}</style></head><body>
<nav><a href="/a#x">Home</a> <a href="b?q=1">B</a>
</nav><p>One <b>bold</b>
word.</p><p hidden>No</p><div style="DISPLAY : none">No</div><script>no()</script><a href="/a">again</a>
<a href="mailto:x@y">mail</a><map><area href="https://b.example/" alt="Map"></map></body></html>"""


def test_text_and_links() -> None:
    found = rendered(PAGE, "https://a.example/dir/")
    assert found.text == "Home B\nOne bold word.\nagain mail"
    assert found.links == (
        ("https://a.example/a", "Home"),
        ("https://a.example/dir/b?q=1", "B"),
        ("https://b.example/", "Map"),
    )


def test_hostile_bytes_end_in_time() -> None:
    start = time.process_time()
    for payload in (b"", b"\x00\xff" * 1000, b"<div>" * 200_000, b"<a href=/x>" * 50_000, b"<!-- "):
        rendered(payload, "https://a.example/")
    assert time.process_time() - start < 5
