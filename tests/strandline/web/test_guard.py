"""Who gets in, from where, and what they may do."""

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.home import Home
from strandline.complaint import Complaint
from strandline.web import peers, server
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
    codes = [client.get("/", auth=("", str(n))).status_code for n in range(peers.TRIES + 2)]
    assert codes == [401] * peers.TRIES + [429] * 2
    assert client.get("/", auth=("", "high tide")).status_code == 429


def test_programs_bring_their_password_with_them(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch)
    assert client.get("/index.json", auth=("anyone", "low tide")).status_code == 200


def test_a_proxy_tells_who_it_is(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch, 'proxy_header = "X-Remote-User"\nkeepers = ["anna"]\n')
    assert "(keeper)" in client.get("/", headers={"X-Remote-User": "anna"}).text
    assert "(reader)" in client.get("/", headers={"X-Remote-User": "bert"}).text


def test_a_header_of_somebody_else_than_the_proxy_is_not_believed(
    writable: Writable, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = protected(
        writable.home,
        monkeypatch,
        'proxy_header = "X-User"\nkeepers = ["anna"]\nproxies = ["192.0.2.0/24"]\n',
    )
    anna = {"X-User": "anna"}
    for address, code in {"192.0.2.9": 200, "::1": 200, "::ffff:192.0.2.9": 200, "198.51.100.7": 401}.items():
        assert client.get("/", headers=anna, environ_base={"REMOTE_ADDR": address}).status_code == code


def test_who_guesses_locks_out_nobody_else(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch)

    def code(password: str, address: str) -> int:
        return client.get("/", auth=("", password), environ_base={"REMOTE_ADDR": address}).status_code

    assert code("low tide", "192.0.2.1") == 200
    for number in range(peers.TRIES_OF_ALL):
        assert code("no tide", f"198.51.100.{number // peers.TRIES}") == 401
    assert code("high tide", "198.51.100.0") == 429, "an address that guessed"
    assert code("high tide", "203.0.113.1") == 429, "one that nobody knows, while many guess"
    assert code("high tide", "192.0.2.1") == 200, "one that a right password came from"


def test_neighbours_of_one_network_are_one(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch)
    codes = [
        client.get("/", auth=("", "x"), environ_base={"REMOTE_ADDR": f"2001:db8::{n:x}"}).status_code
        for n in range(peers.TRIES + 1)
    ]
    assert codes[-2:] == [401, 429]


def test_no_shared_cache_gets_a_session(writable: Writable, monkeypatch: pytest.MonkeyPatch) -> None:
    client = protected(writable.home, monkeypatch, "https = true\n")
    client.environ_base["wsgi.url_scheme"] = "https"
    cookie = sign_in(client, "low tide").headers["Set-Cookie"]
    assert cookie.startswith("__Host-strandline-8320=")
    assert all(word in cookie for word in ("Secure", "HttpOnly", "SameSite=Strict", "Path=/"))
    client.get("/")  # its form takes a token into the session
    page = client.get("/")
    assert "Set-Cookie" not in page.headers
    style = client.get(page.text.split('rel="stylesheet" href="', 1)[1].split('"', 1)[0])
    assert "public" in style.headers["Cache-Control"]
    assert "Set-Cookie" not in style.headers and "Vary" not in style.headers


@pytest.mark.parametrize("address", ["/", "/index.json", "/changes.atom", "/cdx?url=a.example", "/metrics"])
def test_what_needs_a_password_is_kept_by_no_cache(
    writable: Writable, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """Also where a proxy on this machine asks who comes, and the server itself is bound to this machine."""
    protected(writable.home, monkeypatch)
    client = client_of(writable.home)
    assert client.get(address).status_code == 401
    answer = client.get(address, auth=("", "low tide"))
    assert answer.status_code == 200 and answer.headers["Cache-Control"] == "private, no-store"


def test_a_reader_changes_nothing_and_sees_no_secret_header(
    writable: Writable, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = protected(writable.home, monkeypatch)
    html = client.get("/sign-in").text
    token = html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    form = {"password": "low tide", "csrf_token": token}
    assert client.post("/sign-in", data=form).status_code == 302
    token = client.get("/").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    values = {"name": "gazette", "number": "1", "url": "http://a.example/", "at": "2025", "id": "1"}
    changing = [
        rule for rule in client.application.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and not rule.endpoint.startswith("guard.")
    ]  # fmt: skip
    assert len(changing) >= 8
    for rule in changing:
        address = re.sub(r"<(?:\w+:)?(\w+)>", lambda found: values[found[1]], rule.rule)
        assert client.post(address, data={"csrf_token": token}).status_code == 403, address
    assert client.get("/source/gazette/edit").status_code == 403


def test_another_site_may_lead_here_and_takes_no_part_of_it(client: FlaskClient) -> None:
    """Else it could measure by the time what is archived, or keep the server busy."""
    link = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    image = {"Sec-Fetch-Mode": "no-cors", "Sec-Fetch-Dest": "image"}
    frame = {"Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "iframe"}
    for site, how, code in (
        ("cross-site", link, 200), ("cross-site", image, 403), ("same-site", image, 403),
        ("cross-site", frame, 403), ("same-origin", image, 200), ("none", link, 200),
    ):  # fmt: skip
        answer = client.get("/search?q=tide", headers={"Sec-Fetch-Site": site, **how})
        assert answer.status_code == code, (site, how)


def test_a_wrong_host_is_told_nothing(client: FlaskClient) -> None:
    told = client.get("/", headers={"Host": "rebound.example"}).text
    assert "home" not in told and "<" not in told


@pytest.mark.parametrize(
    "address",
    [
        "/cdx?url=a.example&to=9999", "/cdx?url=a.example&to=99991231235959",
        "/source/" + 300 * "a", "/source/%00", "/run/%2e%2e", "/source/%2e%2e/edit", "/?year=0",
        "/search?q=" + 149 * '"', "/changes?until=9999-12-31", "/record/%0d%0a",
    ],
)  # fmt: skip
def test_what_is_absurd_is_no_fault_of_ours(client: FlaskClient, address: str) -> None:
    assert client.get(address).status_code < 500


@pytest.mark.parametrize(
    "filter_", [60 * ".?", 30 * "(.|.)", "((a|a)(a|a)(a|a)(a|a))", "a{99999999999}", "[]].?.?.?", "(?=a)"]
)
def test_no_expression_keeps_the_server_busy_for_ever(client: FlaskClient, filter_: str) -> None:
    asked = {"url": "http://127.0.0.1/*", "filter": f"original:{filter_}!"}
    assert client.get("/cdx", query_string=asked).status_code == 400


def test_other_machines_are_let_in_by_password_only(home: Home) -> None:
    with pytest.raises(Complaint, match="password"), server.serving(home, "0.0.0.0", 0):
        pass


def test_a_form_of_another_site_is_refused(client: FlaskClient) -> None:
    assert client.post("/sign-out").status_code == 400
    assert client.post("/sign-out", headers={"Origin": "http://evil.example"}).status_code == 403
    assert client.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
