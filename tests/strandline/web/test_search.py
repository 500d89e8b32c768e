"""Search in the reading room: found, marked, since when and until when, and drawn."""

from flask.testing import FlaskClient

from strandline.web import server
from tests.strandline.conftest import Gazette
from tests.strandline.web.browser import browser, watch


def test_a_phrase_that_vanished_is_found_with_its_end(client: FlaskClient, gazette: Gazette) -> None:
    told = client.get("/search.json", query_string={"q": '"mayor\'s sister"'}).get_json()
    (row,) = told["answer"]["found"]
    assert row["url"] == gazette.page("letter") and not row["current"]
    html = client.get("/search", query_string={"q": '"mayor\'s sister"'}).text
    assert "<mark>mayor&#39;s sister</mark>" in html and f"/change/{gazette.page('letter')}/1..2" in html
    assert "<svg" in html and "vanished" in html


def test_without_a_question_it_explains_itself(client: FlaskClient) -> None:
    assert "All words must be there" in client.get("/search").text


def test_what_is_wrong_with_a_question_is_told(client: FlaskClient) -> None:
    assert client.get("/search?q=%22%22").status_code == 400
    assert client.get("/search", query_string={"q": "x" * 301}).status_code == 400
    assert "Nothing says that" in client.get("/search?q=unheardof").text


def test_the_command_finds_the_same(gazette: Gazette) -> None:
    (row,) = gazette.json("search", "agreed in principle")
    assert row["url"] == gazette.page("breakwater") and row["said"][0]["at_first"] is False
    assert "[agreed in principle]" in gazette.run("search", '"agreed in principle"')


def test_the_command_tells_when_it_appeared_and_vanished(gazette: Gazette) -> None:
    (row,) = gazette.json("search", "--appeared", '"mayor\'s sister"')
    assert row["url"] == gazette.page("letter") and row["at_first"]
    assert (row["brought"], row["removed"]) == (None, "1..2") and row["vanished"] > row["appeared"]
    assert "1..2" in gazette.run("search", "--appeared", "agreed in principle")


def test_somebody_finds_when_a_phrase_vanished(served: server.Serving, gazette: Gazette) -> None:
    with browser() as chromium, chromium.new_context(java_script_enabled=False) as context:
        watched = watch(context)
        page = watched.page
        page.goto(served.url)
        page.get_by_role("link", name="Search").first.click()
        page.get_by_label("Words").fill('"mayor\'s sister"')
        page.get_by_role("button", name="Search").click()
        assert page.locator("mark").first.inner_text() == "mayor's sister"
        page.locator(".said a").last.click()
        assert page.url.endswith(f"/change/{gazette.page('letter')}/1..2")
        assert "sister" in " ".join(page.locator("del").all_inner_texts())
        watched.only(served.url)


def test_it_fits_a_phone(served: server.Serving) -> None:
    with browser() as chromium, chromium.new_context(viewport={"width": 360, "height": 700}) as context:
        page = context.new_page()
        page.goto(f"{served.url}/search?q=harbour")
        assert page.locator("mark").count() > 0
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
