"""Memento by the letter of RFC 7089, and the CDX API, WARC records and the description of it all."""

import gzip
import json
import re
from datetime import datetime
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.home import Home
from strandline.web import openapi
from tests.journeys.program import Person
from tests.oracles.openapi import complaints
from tests.sites.posts import page
from tests.sites.server import Page, Server
from tests.strandline.conftest import Gazette
from tests.strandline.web.conftest import client_of

LINK = re.compile(r'<([^>]*)>((?:; ?\w+="[^"]*")+)')
DATE = "%a, %d %b %Y %H:%M:%S GMT"


def links(text: str) -> list[tuple[str, dict[str, str]]]:
    """Links with their attributes (RFC 8288)."""
    return [(url, dict(re.findall(r'(\w+)="([^"]*)"', rest))) for url, rest in LINK.findall(text)]


def path(address: str) -> str:
    return address.split("localhost", 1)[1]


def test_a_timegate_leads_to_the_nearest_memento(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    last = client.get(f"/timegate/{url}")
    assert last.status_code == 302 and "accept-datetime" in last.headers["Vary"].lower()
    assert "Memento-Datetime" not in last.headers  # RFC 7089, section 4.1.1
    first = client.get(f"/timegate/{url}", headers={"Accept-Datetime": "Mon, 01 Jan 2001 00:00:00 GMT"})
    assert first.headers["Location"] != last.headers["Location"]
    said = {rel for _, one in links(first.headers["Link"]) for rel in one["rel"].split()}
    assert said >= {"original", "timegate", "timemap", "first", "last", "memento"}
    assert [target for target, one in links(first.headers["Link"]) if one["rel"] == "original"] == [url]
    shown = client.get(path(first.headers["Location"]))
    assert shown.status_code == 200 and "the council decided" in shown.text
    datetime.strptime(shown.headers["Memento-Datetime"], DATE)
    assert shown.headers["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize(
    "date", ["yesterday", "2025-01-27", "Mon, 27 Jan 2025 06:00:00", "Mon, 99 Jan 2025 06:00:00 GMT"]
)
def test_a_malformed_date_is_refused(client: FlaskClient, gazette: Gazette, date: str) -> None:
    answer = client.get(f"/timegate/{gazette.page('seal')}", headers={"Accept-Datetime": date})
    assert answer.status_code == 400


def test_what_was_never_captured_has_no_gate(client: FlaskClient) -> None:
    assert client.get("/timegate/https://never.example/").status_code == 404
    assert client.get("/timemap/link/https://never.example/").status_code == 404


def test_a_timemap_lists_all_mementos(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    answer = client.get(f"/timemap/link/{url}")
    assert answer.content_type.startswith("application/link-format")
    found = links(answer.text)
    listed = [(target, one) for target, one in found if "memento" in one["rel"].split()]
    assert len(listed) == 3 and "first" in listed[0][1]["rel"] and "last" in listed[-1][1]["rel"]
    (own,) = [one for _, one in found if one["rel"] == "self"]
    assert (own["from"], own["until"]) == (listed[0][1]["datetime"], listed[-1][1]["datetime"])
    for target, one in listed:
        shown = client.get(path(target))
        assert (shown.status_code, shown.headers["Memento-Datetime"]) == (200, one["datetime"])
    told = client.get(f"/timemap/json/{url}").get_json()
    assert [one["uri"] for one in told["mementos"]["list"]] == [target for target, _ in listed]


def test_a_long_timemap_is_in_parts(
    client: FlaskClient, gazette: Gazette, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("strandline.web.memento.MOST", 2)
    newest = links(client.get(f"/timemap/link/{gazette.page('breakwater')}").text)
    (older,) = [target for target, one in newest if one["rel"] == "timemap"]
    rest = links(client.get(path(older)).text)
    both = [target for target, one in (*newest, *rest) if "memento" in one["rel"].split()]
    assert len(both) == len(set(both)) == 3


def test_the_original_status_is_kept(client: FlaskClient, gazette: Gazette) -> None:
    gone = client.get(path(client.get(f"/timegate/{gazette.page('oil')}").headers["Location"]))
    assert gone.status_code == 404 and "Memento-Datetime" in gone.headers
    moved = client.get(path(client.get(f"/timegate/{gazette.page('ferry')}").headers["Location"]))
    assert moved.status_code in (301, 302, 308) and "/memento/" in moved.headers["Location"]


def test_a_timegate_is_one_by_the_letter(client: FlaskClient, gazette: Gazette) -> None:
    """RFC 7089: what each of the answers must and must not have, from the first memento to the last."""
    url = gazette.page("breakwater")
    map_ = links(client.get(f"/timemap/link/{url}").text)
    times = [one["datetime"] for _, one in map_ if "memento" in one["rel"].split()]
    for number, time in enumerate(times):
        gate = client.head(f"/timegate/{url}", headers={"Accept-Datetime": time})
        found = links(gate.headers["Link"])
        named = {rel: one for _, one in found for rel in one["rel"].split() if rel != "memento"}
        assert gate.status_code == 302 and gate.headers["Vary"] == "accept-datetime"
        assert gate.headers["Location"] in [target for target, _ in found] and gate.data == b""
        assert [target for target, one in found if one["rel"] == "original"] == [url]
        assert named["first"]["datetime"] == times[0] and named["last"]["datetime"] == times[-1]
        assert ("prev" in named) is (number > 0) and ("next" in named) is (number < len(times) - 1)
        shown = client.get(path(gate.headers["Location"]))
        assert shown.headers["Memento-Datetime"] == time
        assert "accept-datetime" not in shown.headers.get("Vary", "")
        assert links(shown.headers["Link"]) == found  # both tell the same of their surroundings


@pytest.mark.parametrize("bad", ["ftp://x.example/", "http://", "http://x:99999/", "%ff"])
def test_what_is_no_url_is_not_found(client: FlaskClient, bad: str) -> None:
    for way in ("timegate", "timemap/link", "timemap/json", "memento/2025", "web/2025id_"):
        assert client.get(f"/{way}/{bad}").status_code == 404


def test_a_memento_is_no_part_of_a_page_of_ours(client: FlaskClient, gazette: Gazette) -> None:
    """Its bytes are hostile: nothing of it runs, and no page can take it in as its script, style or frame."""
    address = path(client.get(f"/timegate/{gazette.page('seal')}").headers["Location"])
    shown = client.get(address)
    assert shown.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert shown.headers["X-Archive-Orig-Content-Type"].startswith("text/html")
    for part in ("script", "style", "iframe", "worker", "serviceworker", "object", "image"):
        assert client.get(address, headers={"Sec-Fetch-Dest": part}).status_code == 403


def test_odd_addresses_headers_and_sizes_are_kept_as_they_were(tmp_path: Path) -> None:
    """Clients send a URL as it is; programs that know ours encode it. Headers of old do not become ours."""
    big = b"0123456789abcdef" * 600_000
    odd = (("X-Odd", "a\x01b"), ("Set-Cookie", "theirs=1"), ("Content-Type", "text/html;\x7fcharset=x"))
    paths = ("/a%2Fb", "/q?x=1&before=20200101000000", "/big.txt", "/odd")
    person = Person(tmp_path / "home")
    with Server({"/": page("".join(f'<p><a href="{one}">{one}</a></p>' for one in paths))}) as site:
        site.state = {
            **site.state,
            paths[0]: page("<p>The slash</p>"),
            paths[1]: page("<p>The query</p>"),
            paths[2]: Page(200, (("Content-Type", "text/plain"),), big),
            paths[3]: Page(200, odd, b"<p>Odd</p>"),
        }
        person.watch(site.url)
        person.run_here("crawl")
    client = client_of(Home(person.home))

    def follow(url: str) -> TestResponse:
        gate = client.get(f"/timegate/{url}")
        assert gate.status_code == 302, url
        return client.get(path(gate.headers["Location"]))

    for url in (site.url + paths[0], quote(site.url + paths[0], safe="")):
        assert "The slash" in follow(url).text
    for url in (site.url + paths[1], quote(site.url + paths[1], safe="")):
        assert "The query" in follow(url).text
        assert client.get(f"/timemap/link/{url}").status_code == 200
    assert follow(site.url + paths[2]).data == big
    shown = follow(site.url + paths[3])
    assert shown.content_type == "application/octet-stream" and "Set-Cookie" not in shown.headers
    assert shown.headers["X-Archive-Orig-X-Odd"] == "a b" and shown.text == "<p>Odd</p>"


def rows(client: FlaskClient, **asked: str) -> list[dict[str, str]]:
    table = client.get("/cdx", query_string={**asked, "output": "json"}).get_json()
    return [dict(zip(table[0], row, strict=True)) for row in table[1:]]


def test_captures_are_listed_as_a_cdx_server_does(client: FlaskClient, gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    exact = rows(client, url=url)
    assert [row["statuscode"] for row in exact] == ["200"] * 3 and exact[0]["original"] == url
    assert rows(client, url=url.removeprefix("http://").rstrip("/")) == exact
    every = rows(client, url=gazette.page(""), matchType="host")
    assert every == sorted(every, key=lambda row: (row["urlkey"], row["timestamp"]))
    assert rows(client, url=f"{gazette.page('')}2025/*") == [
        row for row in every if "/2025/" in row["original"]
    ]
    assert len(rows(client, url=url, limit="1")) == 1
    assert rows(client, url=url, limit="-1") == exact[-1:]
    assert rows(client, url=url, offset="1") == exact[1:]
    assert rows(client, url=url, sort="reverse") == exact[::-1]
    assert rows(client, url=url, to="2001") == [] and rows(client, url=url, **{"from": "2001"}) == exact
    others = rows(client, url=f"{gazette.page('')}*", filter="!statuscode:200")
    assert {row["statuscode"] for row in others} <= {"301", "302", "308", "404"} and others
    assert len(rows(client, url=f"{gazette.page('')}*", collapse="urlkey")) == len(
        {row["urlkey"] for row in every}
    )
    text = client.get("/cdx/search/cdx", query_string={"url": url, "fl": "timestamp,statuscode"}).text
    assert text.splitlines() == [f"{row['timestamp']} 200" for row in exact]
    assert rows(client, url="https://never.example/") == []


@pytest.mark.parametrize("match", ["exact", "host", "domain"])
@pytest.mark.parametrize("output", ["text", "json"])
def test_a_long_answer_is_resumed(client: FlaskClient, gazette: Gazette, match: str, output: str) -> None:
    asked = {"url": gazette.page("breakwater"), "matchType": match, "output": output}
    whole = client.get("/cdx", query_string=asked).text
    parts, key = [], None
    while key is not None or not parts:
        more = {"limit": "2", "showResumeKey": "true", **({"resumeKey": key} if key else {})}
        text = client.get("/cdx", query_string={**asked, **more}).text
        found = json.loads(text)[1:] if output == "json" else [line.split() for line in text.splitlines()]
        key = found[-1][0] if len(found) > 1 and not found[-2] else None
        parts += found[:-2] if key else found
        assert len(parts) < 1000
    assert parts == (
        json.loads(whole)[1:] if output == "json" else [line.split() for line in whole.splitlines()]
    )
    assert client.get("/cdx", query_string={**asked, "resumeKey": "x"}).status_code == 400


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "url=a.example&matchType=near",
        "url=a.example&filter=x:y",
        "url=a.example&limit=x",
        "url=a.example&filter=urlkey:(a%2B)%2B",
        "url=a.example&filter=original:.*.*.*x",
        "url=a.example&offset=-1",
        "url=a.example&fl=soul",
        "url=a.example&collapse=x",
    ],
)
def test_what_a_cdx_server_is_wrongly_asked_is_told(client: FlaskClient, asked: str) -> None:
    assert client.get(f"/cdx?{asked}").status_code == 400


def test_a_record_is_given_byte_for_byte(client: FlaskClient, home: Home, gazette: Gazette) -> None:
    seen = client.get(f"/page.json/{gazette.page('seal')}").get_json()["captures"][-1]
    answer = client.get(f"/record/{seen['record'].strip('<>')}")
    assert answer.content_type == "application/warc" and "attachment" in answer.headers["Content-Disposition"]
    block = gzip.decompress(answer.data)
    assert block.startswith(b"WARC/1.1\r\n") and seen["record"].encode() in block
    (file,) = home.warc.glob(f"*/*/{seen['file']}")
    assert file.read_bytes()[seen["offset"] :][: len(answer.data)] == answer.data
    plain = client.get(f"/record/{seen['record'].strip('<>')}?form=plain")
    assert plain.data == block and "attachment" in plain.headers["Content-Disposition"]
    assert client.get("/record/urn:uuid:0").status_code == 404


def test_every_address_is_described(client: FlaskClient) -> None:
    told = client.get("/openapi.json").get_json()
    rules = [rule.rule for rule in client.application.url_map.iter_rules() if rule.endpoint != "static"]
    assert set(told["paths"]) == {re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule) for rule in rules}
    assert all(one["summary"] for path in told["paths"].values() for one in path.values())
    asked = {one["name"] for one in told["paths"]["/changes.json"]["get"]["parameters"]}
    assert asked == {
        "source",
        "kind",
        "openness",
        "since",
        "until",
        "words",
        "added",
        "removed",
        "before",
        "grouped",
    }
    refs = set(re.findall(r"#/components/schemas/(\w+)", client.get("/openapi.json").text))
    assert refs <= set(told["components"]["schemas"])


def test_a_validator_finds_nothing_in_the_description_or_in_answers(
    client: FlaskClient, gazette: Gazette
) -> None:
    told = client.get("/openapi.json").get_json()
    page = client.get("/changes.json").get_json()["changes"][0]["url"]
    answers = [
        ("/index.json", "/index.json"), ("/changes.json", "/changes.json"), ("/runs.json", "/runs.json"),
        ("/sources.json", "/sources.json"), ("/source.json/{name}", "/source.json/gazette"),
        ("/page.json/{url}", f"/page.json/{page}"), ("/notes.json", "/notes.json"),
        ("/search.json", "/search.json?q=council"), ("/why.json/{url}", f"/why.json/{page}"),
        ("/timemap/json/{url}", f"/timemap/json/{page}"),
    ]  # fmt: skip
    assert not complaints(told, [(path, client.get(asked).get_json()) for path, asked in answers])


def test_the_twins_answer_as_they_are_described(client: FlaskClient) -> None:
    told = client.get("/openapi.json").get_json()
    for address in ("/index.json", "/changes.json", "/runs.json", "/source.json/gazette", "/notes.json"):
        path = address.replace("/gazette", "/{name}")
        schema = told["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        found = client.get(address).get_json()
        for name, one in schema["properties"].items():
            row = told["components"]["schemas"][one["items"]["$ref"].rsplit("/", 1)[1]]
            for value in found[name]:
                assert set(value) == set(row["properties"]), (address, name)
    assert openapi.description(client.application) == told
