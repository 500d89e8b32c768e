"""The frame of a page that loads nothing and runs nothing."""

import re
from base64 import b64encode
from hashlib import sha256

from strandline.sheet import sheet


def test_the_policy_allows_the_one_style_and_nothing_else() -> None:
    page = sheet("A <title> & more", "<p>body</p>")
    style = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    assert len(style) == 1
    digest = b64encode(sha256(style[0].encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'sha256-{digest}';" in page
    assert "<title>A &lt;title&gt; &amp; more</title>" in page
    assert "prefers-color-scheme: dark" in style[0]
    assert "url(" not in style[0]
    assert "@import" not in style[0]
