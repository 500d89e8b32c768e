"""Fifty-three pages made by somebody who had not seen the rules: other programs, languages, wordings.

`data/further/ID.json` says what a careful archivist would keep of `ID.html`. The scores of the first reading
are in docs/text.md; here stand the present ones, which must not fall.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from archive.model import Text
from archive.text import extract

FOLDER = Path(__file__).parent / "data" / "further"
WORD = re.compile(r"\w")


@cache
def pages() -> list[tuple[dict[str, Any], Text]]:
    golds = (json.loads(file.read_text("utf-8")) for file in sorted(FOLDER.glob("*.json")))
    return [(gold, extract((FOLDER / f"{gold['id']}.html").read_bytes(), gold["url"])) for gold in golds]


def words(text: str) -> list[str]:
    """Words as they stand between spaces; without spaces, characters."""
    return [
        word for part in text.split() if WORD.search(part) for word in (part if len(part) > 30 else [part])
    ]


def quadruples(text: str, optional: list[str]) -> Counter[tuple[str, ...]]:
    """Four words in a row, and so on; what may be kept or not is left out."""
    for passage in sorted(optional, key=len, reverse=True):
        text = " ".join(text.split()).replace(" ".join(passage.split()), " ") if " " in passage else text
    row = words(text)
    return Counter(tuple(row[start : start + 4]) for start in range(max(1, len(row) - 3)))


def score(gold: dict[str, Any], text: Text) -> float:
    """F1 of the quadruples."""
    right, read = (quadruples(said, gold["optional"]) for said in (gold["text"], text.text))
    return 2 * sum((right & read).values()) / (sum(right.values()) + sum(read.values()))


def test_the_text_is_the_authors() -> None:
    scores = {gold["id"]: score(gold, text) for gold, text in pages()}
    assert sum(scores.values()) / len(scores) >= 0.965, scores
    assert min(scores.values()) >= 0.7, scores


def test_furniture_is_left_out() -> None:
    kept = [
        (gold["id"], one)
        for gold, text in pages()
        for one in gold["junk"]
        if " ".join(one.split()) in flat(text)
    ]
    assert len(kept) <= 17, kept


def flat(text: Text) -> str:
    return " ".join(text.text.split())


def test_lines_and_addresses_are_kept() -> None:
    for gold, text in pages():
        lines = set(text.text.split("\n"))
        for verse in gold["poems"]:
            assert set(verse) <= lines, gold["id"]
        for address in gold["emails"]:
            assert address in text.text, gold["id"]


def test_titles_and_days_are_right_and_none_is_invented() -> None:
    assert [gold["id"] for gold, text in pages() if text.title != gold["title"]] == ["B26_forum_en"]
    assert [gold["id"] for gold, text in pages() if str(text.date) != str(gold["date"])] == []


def test_entries_have_their_titles_and_days() -> None:
    wrong = dict(differing())
    assert wrong == {
        # A quotation is set as a heading.
        "A07_tumblr_en": [("“I don’t lose gloves. I let them go ahead of me.”", "2016-11-12")],
    }


def differing() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    for gold, text in pages():
        right = [(entry["title"], str(entry["date"])) for entry in gold["entries"]]
        found = [(entry.title or "", str(entry.date)) for entry in text.entries]
        if found != right:
            yield gold["id"], [one for one in found if one not in right] or found
