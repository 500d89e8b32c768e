"""A change as it is read: marked words, moved sentences linked both ways, keys, a stable address."""

import re

from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from archive import diff
from strandline.web import beside, bounded, server
from tests.strandline.conftest import Gazette
from tests.strandline.web.browser import browser, watch


def test_a_silent_edit_is_read_inline(client: FlaskClient, gazette: Gazette) -> None:
    html = client.get(f"/change/{gazette.page('breakwater')}/1..2").text
    assert "<del>decided</del>" in html and "<ins>agreed in principle</ins>" in html
    assert "silent" in html and "Changed between" in html and "<details>" in html
    assert "<details><summary>…" not in client.get(f"/change/{gazette.page('breakwater')}/1..2?whole=1").text


def test_it_is_read_side_by_side(client: FlaskClient, gazette: Gazette) -> None:
    html = client.get(f"/change/{gazette.page('breakwater')}/1..2?look=side").text
    cells = re.findall(r'<td dir="auto">(.*?)</td>', html, re.DOTALL)
    (old, new) = next(pair for pair in zip(cells[::2], cells[1::2], strict=True) if "<del>" in pair[0])
    assert "<ins>" not in old and "<del>" not in new and "seven votes" in old and "seven votes" in new


def test_all_that_the_page_showed_is_compared(client: FlaskClient, gazette: Gazette) -> None:
    assert "<ins>" in client.get(f"/change/{gazette.page('breakwater')}/1..2?look=page").text


def test_the_archived_pages_stand_side_by_side(client: FlaskClient, gazette: Gazette) -> None:
    answer = client.get(f"/change/{gazette.page('breakwater')}/1..2?look=archived")
    before, after = re.findall(r'<iframe class="kept" src="([^"]+)" sandbox=""', answer.text)
    assert before != after and before.startswith("http://localhost:8321/")
    assert "frame-src http://localhost:8321;" in answer.headers["Content-Security-Policy"]


def test_in_the_archived_pages_what_the_other_lacks_is_marked(
    served: server.Serving, gazette: Gazette
) -> None:
    with browser() as chromium:
        seen = watch(chromium.new_context())
        seen.page.goto(f"{served.url}/change/{gazette.page('breakwater')}/1..2?look=archived")
        for number, tag, words in ((0, "del", "decided"), (1, "ins", "agreed in principle")):
            mark = seen.page.frame_locator("iframe").nth(number).locator(f"{tag}[data-mark]").first
            assert mark.inner_text() == words
            assert mark.evaluate("e => getComputedStyle(e).backgroundColor") != "rgba(0, 0, 0, 0)"
        seen.only(served.url, str(served.room.kept))
        assert [one for one in seen.said if one.startswith(("error", "dialog"))] == []


def test_keys_lead_through_a_change(served: server.Serving, gazette: Gazette) -> None:
    with browser() as chromium:
        seen = watch(chromium.new_context())
        seen.page.goto(f"{served.url}/change/{gazette.page('')}/1..2")
        seen.page.keyboard.press("j")
        first = seen.page.locator(".current-mark").inner_text()
        seen.page.keyboard.press("j")
        assert seen.page.locator(".current-mark").inner_text() != first
        seen.page.keyboard.press("k")
        assert seen.page.locator(".current-mark").inner_text() == first
        for key, end in (("]", "/2..3?look=inline"), ("s", "/2..3?look=side"), ("a", "/2..3?look=archived")):
            seen.page.keyboard.press(key)
            seen.page.wait_for_url(f"**{end}")
        kept = seen.page.locator("iframe.kept").last.get_attribute("src") or ""
        frame = seen.page.frame_locator("iframe.kept").last
        assert "Marram Gazette" in frame.locator("body").inner_text()
        assert [said for said in seen.said if "sandbox" not in said] == []
        seen.only(served.url, kept)


def test_its_address_by_instants_is_the_same_change(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    told = client.get(f"/change.json/{url}/1..2").get_json()
    again = client.get(f"/change.json/{url}/{told['stable']}").get_json()
    assert (again["from_version"], again["to_version"], again["blocks"]) == (1, 2, told["blocks"])
    assert (told["added"], told["removed"]) == (10, 9)
    assert client.get(f"/change.json/{url.rstrip('/')}/1..2").get_json()["blocks"] == told["blocks"]


def test_a_change_leads_to_those_around_it(client: FlaskClient, gazette: Gazette) -> None:
    front = gazette.page("")
    told = client.get(f"/change.json/{front}/1..2").get_json()
    assert (told["previous"], told["next"]["to_version"]) == (None, 3)
    assert 'data-key="next"' in client.get(f"/change/{front}/1..2").text


def test_what_is_no_change_is_told(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    assert [client.get(f"/change/{url}/{step}").status_code for step in ("2..1", "1", "1..9", "a..b")] == [
        400, 400, 404, 400,
    ]  # fmt: skip
    assert client.get(f"/change/{url}/1..2?look=askance").status_code == 400


def compared(old: str, new: str) -> list[beside.Row]:
    return beside.rows(diff.compare_strings(old, new))


def test_what_moved_is_linked_both_ways() -> None:
    one, two, three = (f"This is the long sentence number {n} of the harbour." for n in ("one", "two", "six"))
    rows = compared(f"{one}\n\n{two}\n\n{three}", f"{three}\n\n{one}\n\n{two}")
    moved = [piece for row in rows for piece in (*row.old, *row.new) if piece.look == "moved"]
    assert len(moved) == 2 and {one.own for one in moved} == {one.other for one in moved}


SOME = st.lists(st.sampled_from(["The sea.", "A boat came.", "\n\n", "\n", " ", "Nine boats came at noon."]))


@given(SOME, SOME)
def test_the_sides_are_the_texts(old: list[str], new: list[str]) -> None:
    rows = compared("".join(old), "".join(new))
    assert "".join(piece.text for row in rows for piece in row.old) == "".join(old)
    assert "".join(piece.text for row in rows for piece in row.new) == "".join(new)
    assert [row for _, some in beside.folded(rows) for row in some] == rows


def test_very_long_texts_are_cut_to_what_differs() -> None:
    lines = [f"This is the sentence number {n} of a long report." for n in range(2000)]
    old, new = "\n\n".join(lines), "\n\n".join([*lines[:1000], "A new one.", *lines[1001:]])
    found, cut = bounded.blocks(diff.compare_strings(old, new), 1000)
    text = "".join(block.new for block in found)
    assert not cut and len(text) < 5000 and "A new one." in text and "characters are the same" in text
    found, cut = bounded.blocks(diff.compare_strings(old, ""), 1000)
    assert cut and 900 < sum(len(block.old) for block in found) <= 1000


def test_marks_end_where_the_words_end() -> None:
    rows = compared("The sea.", "A boat came at noon.\n\nThe sea.")
    (added,) = [piece for row in rows for piece in row.new if piece.look == "added"]
    assert (added.core, added.space) == ("A boat came at noon.", "\n\n")
