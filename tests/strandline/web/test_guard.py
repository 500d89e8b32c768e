"""Who gets in, from where, and what they may do."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.home import Home
from strandline.complaint import Complaint
from strandline.web import guard, server
from tests.strandline.web.conftest import Writable, client_of

PERSON = {"Accept": "text/html,*/*"}


@pytest.mark.parametrize("host", ["127.0.0.1:8320", "localhost:8320", "[::1]:8320", "LOCALHOST.:1"])
def test_this_machine_is_answered(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["rebound.example", "127.0.0.1.example", "[", "", "127.0.0.2:8320"])
def test_a_name_that_was_bound_to_this_machine_is_not(client: FlaskClient, host: str) -> None:
    assert client.get("/", headers={"Host": host}).status_code == 421


def protected(home: Home, monkeypatch: pytest.MonkeyPatch, web: str = "") -> FlaskClient:
    monkeypatch.setenv("KEEPER", "high tide")
    monkeypatch.setenv("READER", "low tide")
    words = '[web]\nkeeper = "env:KEEPER"\nreader = "env:READER"\n' + web
    home.settings.write_text(words)
    return client_of(home, open_to_all=False, names=("localhost",))


def sign_in(client: FlaskClient, password: str, back: str = "/") -> TestResponse:
    html = client.get("/sign-in").text
    token = html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    return client.post("/sign-in", data={"password": password, "back": back, "csrf_token": token})


def test_elsewhere_a_password_lets_in_and_its_change_ends_the_session(
    writable: Writable, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = protected(writable.home, monkeypatch)
    assert client.get("/", headers=PERSON).headers["Location"].startswith("/sign-in")
    assert client.get("/index.json").status_code == 401
    assert sign_in(client, "no tide").status_code == 403
    assert sign_in(client, "low tide").headers["Location"] == "/"
    page = client.get("/")
    assert page.status_code == 200 and "Sign out (reader)" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    monkeypatch.setenv("READER", "ebb")
    assert client.get("/", headers=PERSON).status_code == 302


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "/\t/evil.ex"])
def test_signing_in_leads_to_no_other_site(
    writable: Writable, monkeypatch: pytest.MonkeyPatch, back: str
) -> None:
    client = protected(writable.home, monkeypatch)
    assert sign_in(client, "high tide", back).headers["Location"] == "/"


def test_guessing_has_an_end(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch)
    codes = [client.get("/", auth=("", str(n))).status_code for n in range(guard.TRIES + 2)]
    assert codes == [401] * guard.TRIES + [429] * 2
    assert client.get("/", auth=("", "high tide")).status_code == 429


def test_programs_bring_their_password_with_them(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch)
    assert client.get("/index.json", auth=("anyone", "low tide")).status_code == 200


def test_a_proxy_tells_who_it_is(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch, 'proxy_header = "X-Remote-User"\nkeepers = ["anna"]\n')
    assert "(keeper)" in client.get("/", headers={"X-Remote-User": "anna"}).text
    assert "(reader)" in client.get("/", headers={"X-Remote-User": "bert"}).text


def test_other_machines_are_let_in_by_password_only(home: Home) -> None:
    with pytest.raises(Complaint, match="password"), server.serving(home, "0.0.0.0", 0):
        pass


def test_a_form_of_another_site_is_refused(client: FlaskClient) -> None:
    assert client.post("/sign-out").status_code == 400
    assert client.post("/sign-out", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
