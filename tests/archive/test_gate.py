"""What comes under status 200 and is not the page: told from real edits by weighed signs."""
# ruff: noqa: E501  (a pattern reads best unbroken)

import time
from dataclasses import replace

import pytest

from archive.gate import refusal
from archive.model import Text, Verdict
from archive.signs import REFUSALS, Trouble
from archive.text import extract
from tests.sites.walls import WALLS

URL = "https://gazette.example/mill"
MILL = (
    "The mill on the north bank was sold to the council on Friday, after eleven years of debate about it. "
    "Nobody had expected it to be sold before the winter, and least of all the miller himself, who learned of "
    "the sale from this paper.\n\nThe council paid 48,000 crowns and will keep the wheel. The sluice is to be "
    "repaired before the ice comes, and the granary will house the archive of the parish."
)
ALL = [(trouble, name) for trouble, pages in WALLS.items() for name in pages]


UNSURE = {"chatty", "wordpress critical"}
"""Told only by what is lost: they might be all that a small page says."""


def said(text: str = MILL, title: str | None = "The mill was sold", **more: object) -> Text:
    return replace(Text(title, None, None, "en", text, (), "x 1"), **more)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(("trouble", "name"), ALL)
def test_what_is_not_the_page_is_refused_with_its_reason(trouble: Trouble, name: str) -> None:
    found = refusal(extract(WALLS[trouble][name].encode(), URL), said())
    assert found is not None
    assert found.reason == trouble.value
    assert found.verdict is (Verdict.BLOCKED if trouble in REFUSALS else Verdict.FAILED)


@pytest.mark.parametrize(("trouble", "name"), ALL)
def test_most_of_it_is_told_also_before_the_page_was_ever_seen(trouble: Trouble, name: str) -> None:
    if name not in UNSURE:
        assert refusal(extract(WALLS[trouble][name].encode(), URL), None) is not None


ABOUT = {
    "an article about a 404": said(
        "The page you are looking for could not be found: with these words the town's new site greeted its first "
        "visitors on Monday. "
        + MILL
        + "\n\nThe mayor blamed the agency. The agency blamed the mayor. "
        + MILL,
        "404 Not Found",
    ),
    "an article about a captcha": said(
        MILL
        + "\n\nTo read the minutes one has to solve the captcha, and some of the older members could not. "
        "“I am not a robot,” said Edwin Hall, who is eighty. " + MILL,
        "Captcha",
    ),
    "a notice of a maintenance": said(
        "The site will be down for maintenance on Sunday from two to four o'clock, when the server moves to the "
        "cellar of the town hall.",
        "The library's catalogue moves",
    ),
    "a short poem": said("Just a moment,\njust a sigh,\njust a sparrow\nrushing by.", "Sparrow"),
    "a note on what is to come": said("My book on the mill will be out in May.", "Coming soon"),
    "a page about cookies": said(
        "We bake cookies on Friday. Our partners use oats and honey, and store them in a tin. Before you go on to "
        "the oven, read the recipe to its end.",
        "Cookies",
    ),
}


@pytest.mark.parametrize("name", ABOUT)
def test_an_article_about_it_stays_an_article(name: str) -> None:
    article = ABOUT[name]
    assert refusal(article, None) is None
    assert refusal(article, said()) is None
    edited = replace(article, text=article.text.replace("the", "that", 1) + " Amended.")
    assert refusal(edited, article) is None


SHORTENED = {
    "a correction": "Correction: the mill was not sold. We regret the error.",
    "withdrawn": "This article has been withdrawn at the request of the council.",
    "one word": "Sold.",
    "first sentence": MILL[: MILL.index(" Nobody")],
    "first paragraph": MILL[: MILL.index("\n\n")],
    "last paragraph": MILL[MILL.index("\n\n") + 2 :],
    "something else": "The ferry will not run on Monday, whatever the poster on the quay says about it.",
}


@pytest.mark.parametrize("name", SHORTENED)
def test_an_article_that_was_shortened_or_replaced_is_an_edit(name: str) -> None:
    assert refusal(said(SHORTENED[name]), said()) is None


def test_a_page_whose_text_still_stands_is_the_page_whatever_is_added() -> None:
    banner = "We and our 842 partners store and/or access information on a device."
    assert refusal(said(banner + "\n\n" + MILL, "Log in"), said()) is None


def test_a_teaser_before_a_wall_is_a_wall() -> None:
    teaser = MILL[:103] + "\n\nPlease log in to continue reading."
    found = refusal(said(teaser), said())
    assert found is not None
    assert found.reason == Trouble.LOGIN.value
    assert refusal(said(teaser), said(teaser + " You may also write to us.")) is None


def test_a_log_in_page_that_was_one_before_may_be_edited() -> None:
    before = said("Please log in to continue. The office gives out passwords on Mondays.", "Log in")
    assert (
        refusal(said("Please sign in with your card. Passwords are no longer given out.", "Log in"), before)
        is None
    )


def test_a_short_page_may_say_of_itself_that_it_is_closed() -> None:
    before = said("All services are up and running today.", "Status")
    assert refusal(said("The service is currently down for maintenance.", "Status"), before) is None


FRONT = said(
    "Storm damage less than feared.\n\nThe reading room opens again on Monday, with new lamps.", "The Gazette"
)


def test_the_front_page_at_another_address_is_a_soft_404() -> None:
    shown = replace(FRONT, text=FRONT.text + "\n\nOne more headline.")
    found = refusal(shown, said(), FRONT)
    assert found is not None
    assert found.reason == "a soft 404: it shows the text of the front page"
    assert refusal(shown, None, FRONT) is None
    assert refusal(shown, FRONT, FRONT) is None
    assert refusal(replace(shown, title="Another"), said(), FRONT) is None


HARBOUR = "Ķīlis guļ ostā kopš pirmdienas. Šorīt jūrnieki to pārkrāsoja, un ļaudis brīnījās par krāsu."


def test_letters_that_became_nonsense_are_no_edit_and_nonsense_in_a_text_is() -> None:
    garbled = HARBOUR.encode().decode("cp1252", "replace")
    lost = HARBOUR.encode("cp1257", "replace").decode("utf-8", "replace")
    for broken in (garbled, lost):
        found = refusal(said(broken), said(HARBOUR))
        assert found is not None
        assert "garbled" in found.reason
    assert refusal(said(HARBOUR), said(garbled)) is None
    assert refusal(said(HARBOUR + " Old files read Ä£ and Å¡ here."), said(HARBOUR)) is None
    curly = MILL.replace("Nobody", "“Nobody”")
    found = refusal(said(curly.encode().decode("cp1252", "replace")), said(curly))
    assert found is not None


def test_a_text_that_ends_in_the_middle_of_a_sentence_is_cut_off() -> None:
    cut = said(MILL[:130])
    found = refusal(cut, said())
    assert found is not None
    assert found.reason == "its text is cut off in the middle of a sentence"
    assert refusal(said(MILL[:20]), said()) is None
    assert refusal(said(MILL[:-1]), said()) is None
    assert refusal(said(MILL[: MILL.index(". Nobody")]), said()) is None


def test_a_text_in_a_script_without_spaces_is_compared_by_its_letters() -> None:
    mill = "北岸の水車小屋は十一年に及ぶ議論の末、金曜日に町議会へ売却された。冬の前に売れるとは誰も思わず、粉屋自身も新聞で初めて知った。"
    longer = said(mill + "ページが見つかりません。", "ページが見つかりません")
    assert refusal(longer, said(mill, "水車小屋")) is None
    assert (
        refusal(said("お探しのページは見つかりませんでした。", "ページが見つかりません"), said(mill))
        is not None
    )


def test_a_long_text_that_was_never_seen_is_an_article() -> None:
    assert refusal(said("The requested page could not be found. " + 6 * MILL, "404 Not Found"), None) is None


HOSTILE = (
    "a " * 1_000_000,
    "a" * 2_000_000,
    "\ufffd " * 500_000,
    "the page you requested " * 100_000,
    "a\n\n" * 500_000,
)


@pytest.mark.parametrize("text", HOSTILE, ids=["words", "letters", "garbled", "signs", "blocks"])
def test_hostile_texts_take_little_time(text: str) -> None:
    began = time.process_time()
    refusal(said(text), said("zz " + text[::-1]))
    refusal(said(text), None)
    assert time.process_time() - began < 2


def test_nothing_that_can_be_read_is_not_judged_here() -> None:
    assert refusal(None, said()) is None
    assert refusal(said("", None), said()) is None
