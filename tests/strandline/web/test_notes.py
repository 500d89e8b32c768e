"""Notes that are written from a page, and what they mean for its history."""

from flask.testing import FlaskClient

from tests.strandline.conftest import Gazette
from tests.strandline.web.conftest import Writable, client_of


def capture(client: FlaskClient, url: str, number: int = 0) -> str:
    at = client.get(f"/page.json/{url}").get_json()["captures"][number]["at"]
    return str(at).translate(str.maketrans("", "", "-:TZ"))


def test_a_note_is_written_shown_and_withdrawn(writable: Writable, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    at = capture(writable.client, url)
    answer = writable.post(f"/note/{url}/{at}", f"/capture/{url}/{at}", text="Seen by <b>me</b>.")
    assert answer.status_code == 302
    html = writable.client.get(answer.headers["Location"]).text
    assert "Seen by &lt;b&gt;me&lt;/b&gt;." in html and "was written down" in html
    (note,) = writable.client.get("/notes.json").get_json()["notes"]
    writable.post(f"/notes/withdraw/{note['id']}", f"/capture/{url}/{at}")
    assert writable.client.get("/notes.json").get_json()["notes"] == []
    assert writable.post(f"/notes/withdraw/{note['id']}", f"/capture/{url}/{at}").status_code == 404


def test_a_verdict_of_a_person_changes_the_history(writable: Writable, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    at = capture(writable.client, url, 1)
    writable.post(f"/note/{url}/{at}", f"/capture/{url}/{at}", verdict="blocked")
    told = writable.client.get(f"/page.json/{url}").get_json()
    assert told["captures"][1]["verdict"] == "blocked"


def test_a_note_that_says_nothing_is_refused(writable: Writable, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    at = capture(writable.client, url)
    for fields in ({"text": " "}, {"verdict": "great"}, {"text": "x" * 10_001}):
        assert writable.post(f"/note/{url}/{at}", f"/capture/{url}/{at}", **fields).status_code == 400


def test_a_reader_writes_none(writable: Writable, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    at = capture(writable.client, url)
    writable.home.settings.write_text('[web]\nproxy_header = "X-User"\nkeepers = ["anna"]\n')
    reader = client_of(writable.home, open_to_all=False, names=("localhost",))
    page = reader.get(f"/capture/{url}/{at}", headers={"X-User": "bert"}).text
    assert "<textarea" not in page
    token = page.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    answer = reader.post(
        f"/note/{url}/{at}", data={"csrf_token": token, "text": "x"}, headers={"X-User": "bert"}
    )
    assert answer.status_code == 403
