"""Memento by the letter of RFC 7089, and the CDX API, WARC records and the description of it all."""

import gzip
import re
from datetime import datetime

import pytest
from flask.testing import FlaskClient

from archive.home import Home
from strandline.web import openapi
from tests.strandline.conftest import Gazette

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


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "url=a.example&matchType=near",
        "url=a.example&filter=x:y",
        "url=a.example&limit=x",
        "url=a.example&filter=urlkey:(a%2B)%2B",
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
