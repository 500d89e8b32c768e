"""The same article gives the same text whatever moves around it; one changed thing in it always shows."""
# ruff: noqa: E501  (a page reads best unbroken)

import dataclasses
import random
import re
from collections.abc import Iterable
from datetime import date
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from archive.model import Text
from archive.text import extract

DATA = Path(__file__).with_name("data")
TEMPLATES = sorted(path.stem for path in DATA.glob("*.html"))
URL = "https://harbour.example/2024/lamp.html"

TITLE = "A new lamp for the old tower"
AUTHOR = "Rosalind Peake"
BODY = """<p class="lead">The lamp in the tower was replaced on Tuesday after forty years of service.</p>
<p>The old lamp weighed 56 kilograms and was carried down the stairs by six volunteers, who needed two hours.
It will be shown in the <a href="/museum">museum of the harbour</a> from May on.</p>
<h2>Light for the bay</h2>
<p>The new lamp can be seen from 21 miles away. &ldquo;It is as bright as the old one,&rdquo; the keeper said.</p>
<figure><img src="lamp.jpg"><figcaption>The lamp on its last evening. Photo: Ann Reed</figcaption></figure>
<ul><li>Height above sea level: 34 metres</li><li>Flashes every 5 seconds</li><li>Built in 1893</li></ul>
<blockquote><p>Keep the light,<br>keep the night,<br>keep the harbour in sight.</p></blockquote>
<table><tr><th>Year</th><th>Keeper</th></tr><tr><td>1893</td><td>Tom Rudkin</td></tr><tr><td>1921</td><td>Ivy Hall</td></tr></table>
<p>Questions can be sent to the society before the end of June, when the committee meets again in the hall.</p>
<p>Yes.</p>
<p><sup>1</sup> Minutes of the society, volume 3.</p>
<p>Signed, Edwin Hall</p>
"""
SENTENCES = (
    "The choir sang in the bell frame, where the echo makes six voices sound like three of them.",
    "Frost on the night of the eighth took the early blossom, but the dahlias were unharmed.",
    "A survey of the seed store found damp in the north corner and sixteen slipped tiles.",
    "Volunteers unloaded thirty sacks of peat and drove on to the quay before the tide turned.",
    "Nobody remembers who ordered the clock, yet it goes on striking the quarters day and night.",
)
HEADLINES = (
    "Storm damage less than feared",
    "Seed swap: 96 varieties change hands",
    "How to mend a larch hinge without swearing",
    "Lost plans of the seed store found in an attic",
    "Bees, beans and a copper gate",
    "The reading room opens again",
)


class Rendering:
    """One rendering of a template: `number` seeds everything that is not the article."""

    def __init__(self, number: int) -> None:
        self.random = random.Random(number)

    def page(self, template: str, inside: str = "", side: str = "", **article: str) -> bytes:
        page = (DATA / f"{template}.html").read_text("utf-8")
        given = {"TITLE": TITLE, "AUTHOR": AUTHOR, "DATE": "14 March 2024", "ISO": "2024-03-14", "BODY": BODY}
        given |= {"INSIDE": inside, "SIDE": side} | article
        for _ in range(2):
            page = re.sub("@([A-Z]+)@", lambda match: given.get(match[1]) or self.fill(match[1]), page)
        return page.encode()

    def fill(self, name: str) -> str:
        pick = self.random
        return {
            "NUMBER": lambda: str(pick.randint(2, 98_765)),
            "TOKEN": lambda: f"{pick.getrandbits(64):016x}",
            "SENTENCE": lambda: pick.choice(SENTENCES),
            "HEADLINE": lambda: pick.choice(HEADLINES),
            "CLOCK": lambda: f"{pick.randint(0, 23):02}:{pick.randint(0, 59):02}",
            "LINKS": lambda: "".join(
                f'<li><a href="/{pick.randint(1, 999)}">{line}</a></li>'
                for line in pick.sample(HEADLINES, pick.randint(2, 5))
            ),
            "THOUSANDS": lambda: f"{pick.randint(1, 99)},{pick.randint(100, 999)}",
        }.get(name, lambda: "")()


INSIDE = {
    "related list": '<ul class="related-posts">@LINKS@</ul>',
    "related section": '<section id="related"><h3>You may also like</h3><ul>@LINKS@</ul></section>',
    "related heading only": "<h3>Related posts</h3><ul>@LINKS@</ul>",
    "related in bold": "<p><strong>Read more:</strong></p><ul>@LINKS@</ul>",
    "read also line": '<p>Read also: <a href="/7">@HEADLINE@</a></p>',
    "cards": '<div class="x1"><h3>You may also like</h3><div class="c"><h4><a href="/1">@HEADLINE@</a></h4><p>@SENTENCE@</p></div>'
    '<div class="c"><h4><a href="/2">@HEADLINE@</a></h4><p>@SENTENCE@</p></div></div>',
    "views": '<p class="views">@THOUSANDS@ views</p>',
    "views without a name": "<p>Viewed @NUMBER@ times</p>",
    "comments count": '<span id="counter">@NUMBER@ comments</span>',
    "ago": "<div>Posted @NUMBER@ hours ago</div>",
    "minutes": "<div><span>@NUMBER@ min read</span></div>",
    "share": '<div class="share-buttons"><a href="#">Facebook</a> <b>@NUMBER@</b> <a href="#">X</a> <b>@NUMBER@</b></div>',
    "form": '<form><input type="hidden" name="csrf" value="@TOKEN@"><label>Your address</label><button>Send @NUMBER@</button></form>',
    "ad": '<div class="ad-slot" id="div-gpt-@TOKEN@"><span>Advertisement</span><a href="/ad/@TOKEN@">@HEADLINE@ for @NUMBER@ pounds</a></div>',
    "aside": '<aside><p>@SENTENCE@ <a href="/5">@HEADLINE@</a></p></aside>',
    "script": "<script>var a = '@TOKEN@';</script><noscript><img src='/pixel?@NUMBER@'></noscript>",
    "tags": '<p class="tags">Tags: <a href="/t/@NUMBER@">@HEADLINE@</a></p>',
    "player": '<div class="player"><span>0:00</span> <span>@CLOCK@</span></div>',
    "clock": "<div>@CLOCK@</div>",
    "newsletter": '<div class="newsletter-signup"><h4>Join @NUMBER@ readers</h4><p>@SENTENCE@</p></div>',
    "box without a name": '<div class="xk2"><div class="q9">More from the harbour</div><div class="w"><a href="/1"><img><span>@HEADLINE@</span></a></div></div>',
    "cards without a heading": '<div class="xk2"><div class="w"><a href="/1"><h4>@HEADLINE@</h4></a><p>@SENTENCE@</p></div>'
    '<div class="w"><a href="/2"><h4>@HEADLINE@</h4></a><p>@SENTENCE@</p></div></div>',
    "previous and next": '<div class="pn"><a href="/p">« @HEADLINE@</a> | <a href="/n">@HEADLINE@ »</a></div>',
    "rating": "<div>Rating: 4.@NUMBER@ / 5 (@NUMBER@ votes)</div>",
    "number with an icon": '<div><i class="fa fa-eye"></i> @NUMBER@</div>',
    "views in bold": "<p>Views: <b>@NUMBER@</b></p>",
    "page viewed": "<p>This page has been viewed @NUMBER@ times.</p>",
    "online": "<div>Users online: @NUMBER@</div>",
    "generated": "<p>Page generated in 0.@NUMBER@ seconds</p>",
    "last visit": "<p>Your last visit: 12 May 2024 @CLOCK@</p>",
    "comments": '<h3>Comments (@NUMBER@)</h3><div class="cmt"><b>Tom</b> wrote: @SENTENCE@</div>',
    "links in a table": '<table><tr><td><a href="/1">@HEADLINE@</a></td></tr><tr><td><a href="/2">@HEADLINE@</a></td></tr></table>',
    "list of links": '<div class="zz"><ul>@LINKS@</ul></div>',
}
SIDE = {
    "recent posts": '<div class="widget widget_recent_entries"><h2>Recent posts</h2><ul>@LINKS@</ul></div>',
    "plain lists": "<h3>Most read</h3><ul>@LINKS@</ul><h3>Archive</h3><ul><li><a href='/1'>March</a> (@NUMBER@)</li></ul>",
    "text": '<div class="widget"><h3>Thought of the day</h3><p>@SENTENCE@</p></div>',
    "numbers": "<p>Visitors online: @NUMBER@</p><p>@CLOCK@</p><p>@THOUSANDS@ hits</p>",
    "recent comments": '<div class="box"><h4>Recent comments</h4><ul><li>Tom: <a href="/c">@SENTENCE@</a></li><li>Ann: <a href="/c">@SENTENCE@</a></li></ul></div>',
    "poll": '<div class="box"><h4>Poll</h4><form><p>@SENTENCE@</p><button>Vote (@NUMBER@)</button></form></div>',
    "order": "",
}


def crossed(variants: Iterable[str]) -> list[ParameterSet]:
    """Each variant with one template in turn; with all of them by night."""
    return [
        pytest.param(template, variant, marks=[pytest.mark.nightly] * ((row + column) % len(TEMPLATES) != 0))
        for row, variant in enumerate(variants)
        for column, template in enumerate(TEMPLATES)
    ]


def seen(text: Text) -> dict[str, object]:
    """What is compared between two captures of a page."""
    return {name: getattr(text, name) for name in ("title", "date", "author", "language", "text", "entries")}


@pytest.mark.parametrize(("template", "variant"), crossed(INSIDE))
def test_furniture_inside_the_article_is_not_the_article(template: str, variant: str) -> None:
    one, two = (Rendering(number).page(template, inside=INSIDE[variant]) for number in (1, 2))
    assert one != two or "LINKS" not in INSIDE[variant]
    bare = Rendering(3).page(template)
    assert seen(extract(one, URL)) == seen(extract(two, URL)) == seen(extract(bare, URL))


@pytest.mark.parametrize(("template", "variant"), crossed(SIDE))
def test_side_columns_are_not_the_article(template: str, variant: str) -> None:
    boxes = list(SIDE.values())
    pages = []
    for number in (1, 2, 3):
        rendering = Rendering(number)
        if variant == "order":
            rendering.random.shuffle(boxes)
        side = "".join(boxes[:4]) if variant == "order" else SIDE[variant]
        pages.append(rendering.page(template, side=side))
    first, *others = (seen(extract(page, URL)) for page in pages)
    assert others == [first, first]


SHORT = {
    "two sentences": "<p>The ferry will not run on Monday, whatever the poster on the quay says about it.</p><p>Ask at the kiosk.</p>",
    "line breaks": "The ferry will not run on Monday, whatever the poster on the quay says about it.<br><br>Ask at the kiosk.<br><br>The captain",
    "poem": "<p>Keep the light,<br>keep the night,<br>keep the harbour<br>in sight.</p><p>Turn the lens,<br>turn again,<br>over fens<br>and glen.</p>",
    "divisions": "<div>The ferry will not run on Monday, whatever the poster on the quay says about it.</div><div>Ask at the kiosk for a refund.</div>",
    "sources": "<p>Two sources were used:</p><ul><li><a href='/1'>The minutes of the society</a></li><li><a href='/2'>The harbour log of 1893</a></li></ul>"
    "<p>All of them are kept in the library of the harbour, where they may be read on Tuesdays.</p>",
}


@pytest.mark.parametrize(("template", "body"), crossed(SHORT))
def test_short_articles_among_much_furniture(template: str, body: str) -> None:
    article = SHORT[body]
    bare = extract(Rendering(1).page(template, BODY=article), URL)
    plain = re.sub(r"<(?:br|/?p|/?div|/?ul|/?li)>", "\n", article)
    assert bare.text.split() == re.sub("<[^>]+>", "", plain).split()
    for variant in ("aside", "newsletter", "share", "related section", "views"):
        page = Rendering(2).page(template, INSIDE[variant], "".join(SIDE.values()), BODY=article)
        assert changed(bare, extract(page, URL)) == set(), variant


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_whole_article_is_read_and_nothing_else(template: str) -> None:
    text = extract(Rendering(1).page(template, INSIDE["cards"], SIDE["recent posts"]), URL)
    assert (text.title, str(text.date), text.author) == (TITLE, "2024-03-14", AUTHOR)
    assert text.entries == ()
    assert text.text == EXPECTED


EXPECTED = """The lamp in the tower was replaced on Tuesday after forty years of service.

The old lamp weighed 56 kilograms and was carried down the stairs by six volunteers, who needed two hours. It will be shown in the museum of the harbour from May on.

Light for the bay

The new lamp can be seen from 21 miles away. “It is as bright as the old one,” the keeper said.

The lamp on its last evening. Photo: Ann Reed

Height above sea level: 34 metres
Flashes every 5 seconds
Built in 1893

Keep the light,
keep the night,
keep the harbour in sight.

Year Keeper
1893 Tom Rudkin
1921 Ivy Hall

Questions can be sent to the society before the end of June, when the committee meets again in the hall.

Yes.

1 Minutes of the society, volume 3.

Signed, Edwin Hall"""

EDITS = {
    "word": ("six volunteers", "five volunteers"),
    "digit": ("56 kilograms", "57 kilograms"),
    "one letter": ("stairs", "stair"),
    "punctuation": ("after forty years of service.", "after forty years of service!"),
    "capital": ("the keeper said", "The keeper said"),
    "quotation marks": ("&ldquo;It is", "&laquo;It is"),
    "accent": ("Tuesday", "Tüesday"),
    "link text": ("museum of the harbour", "museum of the island"),
    "subheading": ("Light for the bay", "Light for the town"),
    "caption": ("last evening", "last morning"),
    "photographer": ("Ann Reed", "Ann Read"),
    "list item": ("Flashes every 5 seconds", "Flashes every 6 seconds"),
    "list item gone": ("<li>Built in 1893</li>", ""),
    "quotation": ("keep the night", "guard the night"),
    "poem's line break": ("Keep the light,<br>keep", "Keep the light, keep"),
    "table cell": ("Ivy Hall", "Ivy Hill"),
    "table row gone": ("<tr><td>1921</td><td>Ivy Hall</td></tr>", ""),
    "sentence gone": ("It will be shown in the <a href=\"/museum\">museum of the harbour</a> from May on.", ""),
    "sentence added": ("the keeper said.", "the keeper said. He smiled."),
    "paragraph split": ("needed two hours.\n", "needed two hours.</p><p>"),
    "lead": ("forty years", "fifty years"),
    "last paragraph": ("Signed, Edwin Hall", "Signed, Edwin Hull"),
    "one word paragraph": ("<p>Yes.</p>", "<p>No.</p>"),
    "footnote": ("volume 3", "volume 4"),
    "short line added": ("<p>Yes.</p>", "<p>Yes.</p><p>Maybe.</p>"),
    "paragraphs swapped": ("<p>Yes.</p>\n<p><sup>1</sup> Minutes of the society, volume 3.</p>", "<p><sup>1</sup> Minutes of the society, volume 3.</p>\n<p>Yes.</p>"),
}  # fmt: skip


@pytest.mark.parametrize(("template", "edit"), crossed(EDITS))
def test_one_edit_of_the_article_changes_its_text_and_nothing_else(template: str, edit: str) -> None:
    old, new = EDITS[edit]
    assert BODY.count(old) == 1
    before = extract(Rendering(1).page(template), URL)
    after = extract(Rendering(2).page(template, BODY=BODY.replace(old, new)), URL)
    assert changed(before, after) - {"links"} == {"text"}  # a sentence may take its link with it


@pytest.mark.parametrize("template", TEMPLATES)
def test_one_edit_of_title_date_or_author_changes_just_that(template: str) -> None:
    before = extract(Rendering(1).page(template), URL)
    title = extract(Rendering(2).page(template, TITLE="A new lamp for the tall tower"), URL)
    day = extract(Rendering(3).page(template, DATE="15 March 2024", ISO="2024-03-15"), URL)
    author = extract(Rendering(4).page(template, AUTHOR="Rosalind Pike"), URL)
    assert changed(before, title) == {"title"}
    assert changed(before, day) == {"date"}
    assert changed(before, author) == {"author"}


def changed(before: Text, after: Text) -> set[str]:
    around = {"reasons", "evidence", "published"}  # of which a day is in `date`
    fields = {field.name for field in dataclasses.fields(Text)} - around
    return {name for name in fields if getattr(before, name) != getattr(after, name)}


def test_counters_and_invitations_that_blog_software_puts_around_an_article() -> None:
    """Seen on real kinds of sites: a Drupal link list, a sign-up box within the text, a visitor line."""

    def rendered(number: int) -> Text:
        html = f"""<html lang="en"><head><title>The mill | The Courier</title></head><body><div id="content">
        <h1 class="title" id="page-title">The mill</h1><div class="node node-article">
        <div class="submitted">Posted by <a href="/user/5">Gil Forster</a> on 18 December 2024 - {number:,} reads</div>
        <div class="content"><p>The mill was sold to the council on Friday, after eleven years of debate about it.</p>
        <section><h2>Never miss a story</h2><p>Join {number:,} readers who get our newsletter every Friday.</p>
        <form><input type="email"><button>Sign up</button></form></section>
        <p>Nobody had expected it to be sold before the winter, and least of all the miller himself.</p></div>
        <ul class="links inline"><li><a href="/user/login">Log in</a> or <a href="/user/register">register</a> to post
        comments</li><li class="statistics_counter"><span>{number:,} reads</span></li></ul></div></div>
        <div>Visitors: {number}. Write to us. Last visit at 12:{number % 60:02}</div></body></html>"""
        return extract(html.encode(), "https://courier.example/mill")

    one = rendered(1173)
    assert one == rendered(2274)
    assert (one.title, one.author, one.date) == ("The mill", "Gil Forster", date(2024, 12, 18))
    assert [block.split()[0] for block in one.text.split("\n\n")] == ["The", "Nobody"]


def test_the_title_of_a_post_is_its_own_and_not_the_blogs() -> None:
    html = """<html><head><title>The Harbour Notebook: Round 34</title></head><body><h1>The Harbour Notebook</h1>
    <p>Small news from a small town</p><h2 class="date-header">Friday, 27 September 2024</h2><div class="post hentry">
    <h3 class="post-title entry-title">Since midsummer there are 347</h3><div class="post-body entry-content">
    <p>Some of the committee disagree and would rather sell the harbour than wait for John Harrow.</p></div></div>
    </body></html>"""
    text = extract(html.encode(), "https://harbour.example/2024/09/since.html")
    assert text.title == "Since midsummer there are 347"
    assert text.text.startswith("Some of the committee disagree")


@pytest.mark.parametrize(
    "part",
    [
        '<p class="comment">The editor adds that this is {} right.</p>',
        '<div class="related-parties"><p>The related parties have {} agreed on a price.</p></div>',
        '<div class="popular-opinion"><p>Popular opinion is {} against the sale.</p></div>',
    ],
)
def test_names_that_only_sound_like_furniture_hide_no_edit(part: str) -> None:
    said = "<p>The mill was sold to the council on Friday, after eleven years of debate about it.</p>"

    def text(word: str) -> str:
        html = (
            f"<html><body><article><h1>The mill</h1>{said}{part.format(word)}{said}</article></body></html>"
        )
        return extract(html.encode(), "https://courier.example/mill").text

    assert "fully" in text("fully")
    assert text("fully") != text("partly")


def test_how_many_people_like_it_is_not_the_article() -> None:
    def text(number: int) -> Text:
        html = f"<html><body><article><h1>The mill</h1><p>It was sold.</p><p>{number} people like this</p></article></body></html>"
        return extract(html.encode(), "https://courier.example/mill")

    assert text(12) == text(13)
