"""Rates of false and missed changes, over renderings in which everything moves that is not the article."""
# ruff: noqa: E501  (a page reads best unbroken)

import random
import re

import pytest

from archive.model import Text
from archive.text import extract
from tests.archive.text.test_stillness import BODY, EDITS, INSIDE, SIDE, TEMPLATES, URL, Rendering, seen

PARTS = """<aside><p>Note: the museum opens at ten, and on Sundays not before noon.</p></aside>
<footer><p>Correction: an earlier report put the weight of the old lamp at 60 kilograms, which was wrong.</p></footer>
<p><a href="/plan">The whole plan of the tower, as drawn in 1893</a></p>
<dl><dt>Opening</dt><dd>10 o'clock</dd></dl>
<pre>lamp  one
lamp  two</pre>
<p>Write to <a class="__cf_email__" data-cfemail="@MAIL@">[email&#160;protected]</a> or to the keeper.</p>
<ol class="footnotes"><li id="n1">Letter of 3 May 1921, box 7.</li></ol>
<p><strong>What comes next?</strong></p>
<p>A last paragraph tells where the plan can be seen, and until when the society will take questions.</p>
"""
MORE_EDITS = {
    "word in an aside": ("opens at ten", "opens at nine"),
    "digit in the article's footer": ("at 60 kilograms", "at 61 kilograms"),
    "paragraph that is one link": ("as drawn in 1893", "as drawn in 1894"),
    "definition": ("10 o'clock", "11 o'clock"),
    "preformatted line": ("lamp  two", "lamp  three"),
    "numbered note": ("box 7", "box 8"),
    "bold line": ("What comes next?", "What came next?"),
    "link added to the text": ("or to the keeper", "or to the <a href='/k'>head keeper</a>"),
    "paragraph gone": ("<p>Yes.</p>", ""),
    "comma gone": ("tower, as drawn", "tower as drawn"),
    "zero": ("weighed 56", "weighed 560"),
    "full stop gone": ("society, volume 3.", "society, volume 3"),
    "dash": ("ten, and", "ten \u2013 and"),
    "list items swapped": (
        "<li>Flashes every 5 seconds</li><li>Built in 1893</li>",
        "<li>Built in 1893</li><li>Flashes every 5 seconds</li>",
    ),
    "verse gone": ("keep the night,<br>", ""),
    "letter in a heading": ("<h2>Light for the bay</h2>", "<h2>Light for the bays</h2>"),
}


def again(page: bytes, pick: random.Random) -> bytes:
    """The same page once more: class names, nonces and tokens that a site makes anew each time."""
    html = page.decode()
    html = re.sub(
        "<(p|li|figure|td)>", lambda tag: f'<{tag[1]} class="css-{pick.getrandbits(32):07x}">', html
    )
    html = html.replace("<script>", f'<script nonce="{pick.getrandbits(64):x}">')
    html = html.replace("</body>", f"<!-- {pick.random()} --><script>t={pick.random()}</script></body>")
    key = pick.randrange(1, 255)
    return html.replace("@MAIL@", bytes([key, *(byte ^ key for byte in b"ann@lamp.example")]).hex()).encode()


def rates(number: int, seed: int) -> tuple[list[str], list[str]]:
    """What was told as a change and is none, and the edits that were missed, of so many pages each."""
    false, missed = [], []
    edits = EDITS | MORE_EDITS
    for turn in range(number):
        pick = random.Random(f"{seed} {turn}")
        template = pick.choice(TEMPLATES)
        body = BODY + PARTS

        def rendering(body: str, pick: random.Random = pick, template: str = template, **said: str) -> Text:
            inside, side = pick.sample(sorted(INSIDE), 5), pick.sample(sorted(SIDE), 5)
            boxes = "".join(INSIDE[name] for name in inside), "".join(SIDE[name] for name in side)
            page = Rendering(pick.getrandbits(32)).page(
                template, *boxes, BODY=body.replace("@MAIL@", "%MAIL%"), **said
            )
            return extract(again(page.replace(b"%MAIL%", b"@MAIL@"), pick), URL)

        before = rendering(body)
        if seen(before) != seen(rendering(body)):
            false.append(f"{template}, turn {turn}")
        name = list(edits)[turn % len(edits)]
        old, new = edits[name]
        assert body.count(old) == 1, name
        if before.text == rendering(body.replace(old, new)).text:
            missed.append(f"{name} on {template}, turn {turn}")
    return false, missed


@pytest.mark.parametrize("number", [84, pytest.param(4_200, marks=pytest.mark.nightly)])
def test_rates_of_false_and_missed_changes(number: int) -> None:
    false, missed = rates(number, seed=5)
    print(f"false changes {len(false) / number:.2%}, missed edits {len(missed) / number:.2%} of {number}")
    assert (len(EDITS | MORE_EDITS), len(false) <= 0.01 * number, len(missed) <= 0.005 * number) == (
        42,
        True,
        True,
    ), (false, missed)


FRONT = """<html><head><title>The Courier</title></head><body><div id="main">{}</div><div class="sidebar">{}</div></body></html>"""
POST = """<div class="post"><h2><a href="/{0}">The {0} was sold</a></h2><p class="date">{1} March 2024</p><p>The {0} was sold on
Friday, after eleven years of debate about it, and hardly anybody had expected that to come about so soon.</p></div>"""


def test_an_entry_added_removed_reordered_or_edited_is_seen() -> None:
    def front(*names: str, day: int = 3, side: str = "") -> Text:
        posts = "".join(POST.format(name, day + place) for place, name in enumerate(names))
        return extract(FRONT.format(posts, side).encode(), "https://courier.example/")

    before = front("mill", "weir", "ferry")
    assert [entry.title for entry in before.entries] == [
        f"The {name} was sold" for name in ("mill", "weir", "ferry")
    ]
    assert seen(before) == seen(front("mill", "weir", "ferry", side="<p>Online: 12</p>"))
    others = [
        front("mill", "weir", "ferry", "barn"),
        front("mill", "weir"),
        front("weir", "mill", "ferry"),
        front("mill", "weirs", "ferry"),
        front("mill", "weir", "ferry", day=4),
    ]
    assert all(before.entries != other.entries for other in others)


def test_entries_without_boxes_of_their_own_have_their_own_dates() -> None:
    html = "".join(
        f"<h2><a href='/{day}'>The {name} was sold</a></h2><p><time>{day} March 2024</time></p><p>The {name} was sold, after "
        "eleven years of debate about it, and hardly anybody had expected that to come about so soon.</p>"
        for day, name in ((3, "mill"), (5, "weir"), (9, "ferry"))
    )
    text = extract(f"<html><body><div>{html}</div></body></html>".encode(), "https://courier.example/")
    assert [entry.date and entry.date.day for entry in text.entries] == [3, 5, 9]
