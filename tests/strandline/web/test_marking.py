"""What differs, marked within the archived page itself."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html as markup

from strandline.web import marking


def marked(old: str, new: str) -> str:
    """The new page's body, with what came."""
    before, after = (markup.document_fromstring(f"<html><body>{one}</body></html>") for one in (old, new))
    marking.mark(after, marking.look(before), "ins", "N")
    for style in after.iter("style"):
        style.drop_tree()
    body = markup.tostring(after.find("body"), encoding="unicode")
    return body.removeprefix("<body>").removesuffix("</body>").replace(' data-mark="ins"', "")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("<p>It was agreed.</p>", "<p>It was agreed.</p>", "<p>It was agreed.</p>"),
        (
            "<p>The council <b>decided</b> it.</p>",
            "<p>The council <b>agreed in principle</b> it.</p>",
            '<p>The council <b><ins id="first-mark">agreed in principle</ins></b> it.</p>',
        ),
        (
            "<p>a<br>one two three four</p>",
            "<p>a<br>zero one two three and four five</p>",
            '<p>a<br><ins id="first-mark">zero</ins> one two three <ins>and</ins> four <ins>five</ins></p>',
        ),
        ("<p>東京都知事は</p>", "<p>東京都議会は</p>", '<p>東京都<ins id="first-mark">議会</ins>は</p>'),
        ("<p>x</p><img src=a>", "<p>x</p><img src=b>", '<p>x</p><img src="b">'),
    ],
)  # fmt: skip
def test_what_came_is_marked(old: str, new: str, expected: str) -> None:
    assert marked(old, new) == expected


WORDS = st.lists(
    st.sampled_from(["sea", "tide", "boat", "<b>mast</b>", "<br>", "&lt;i&gt;"]), max_size=30
).map(" ".join)


@given(WORDS, WORDS)
def test_the_page_is_as_it_was_but_for_the_marks(old: str, new: str) -> None:
    page = markup.document_fromstring(f"<html><body><p>{new}</p></body></html>")
    plain = page.text_content()
    marking.mark(page, marking.look(markup.document_fromstring(f"<p>{old}</p>")), "ins", "N")
    for style in page.iter("style"):
        style.drop_tree()
    assert page.text_content() == plain
    assert len(page.xpath("//*[@id='first-mark']")) == (1 if page.xpath("//ins") else 0)


def test_a_page_of_very_many_words_is_left_as_it_is() -> None:
    page = markup.document_fromstring(f"<p>{'sea ' * (marking.MOST + 1)}</p>")
    assert marking.mark(page, marking.Seen(), "ins", "N") == 0
