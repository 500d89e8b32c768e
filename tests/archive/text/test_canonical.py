"""The canonical form of a text is what docs/on-disk.md defines, example by example."""

import json
import re
import unicodedata
from hashlib import sha256
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archive.text import digests, extract

PAGE = (Path(__file__).parents[3] / "docs" / "on-disk.md").read_text("utf-8")
DEFINITION = PAGE.partition("### Canonical text")[2].partition("\n## ")[0]
EXAMPLES = re.findall(r'^\| `(".*?")` \| `(".*?")` \| (\d) \|$', DEFINITION, re.MULTILINE)


def canonical(html: str) -> str:
    """The text of a page that is nothing but an article."""
    return extract(
        f"<html><body>{html}</body></html>".encode("utf-8", "surrogatepass"), "https://a.example/"
    ).text


def test_the_definition_has_a_version_and_examples() -> None:
    assert "Version 1." in DEFINITION
    assert len(EXAMPLES) == 9


@pytest.mark.parametrize(("html", "text", "blocks"), EXAMPLES)
def test_the_examples_of_the_definition(html: str, text: str, blocks: str) -> None:
    assert canonical(json.loads(html)) == json.loads(text)
    assert len(digests(json.loads(text))) == int(blocks)


def test_a_block_has_a_digest_of_its_own() -> None:
    one, two = digests("Keep the light,\nkeep the night.\n\nTürn.")
    assert one == sha256(b"Keep the light,\nkeep the night.").hexdigest()
    assert two == sha256("Türn.".encode()).hexdigest()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(st.text(max_size=30), max_size=6), st.sampled_from(["</p><p>", "<br>", "<br><br>", "</p><pre>"])
)
def test_any_characters_give_the_form(pieces: list[str], between: str) -> None:
    text = canonical("<p>" + between.join(pieces))
    assert text == unicodedata.normalize("NFC", text)
    assert all(
        line == " ".join(line.split()) and line
        for block in text.split("\n\n")
        if text
        for line in block.split("\n")
    )
    assert not re.search("[\u00ad\u200b\u2060\ufeff\ud800-\udfff]", text)
