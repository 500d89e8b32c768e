"""Keys of a CDXJ index: as replay tools fold the URL that they are asked for."""

import random
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from archive import keys, urls
from tests import oracles
from tests.sites import records

PIECES = (
    *(
        "a",
        "B",
        "/",
        "//",
        "?",
        "&",
        "=",
        "%41",
        "%2F",
        "%252e",
        "%C3%A4",
        "ä",
        ".",
        "..",
        "/../",
        "/./",
        "+",
    ),
    *(" ", "www.", "sid=0123456789abcdef0123456789abcdef", "%", "'", "~", "|", "\\", "(", ")", "%00"),
)
HOSTS = (
    "example.org",
    "www.example.org",
    "WWW9.Example.org",
    "example.org:81",
    "192.0.2.4",
    "[2001:db8::1]:81",
)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("https://www.Example.org/Blog/?b=2&a=1", "org,example)/blog?a=1&b=2"),
        ("http://www2.example.org:80/", "org,example)/"),
        ("http://www.example.org:8080/?", "org,example:8080)/"),
        ("http://sub.example.co.uk/a//b///", "uk,co,example,sub)/a/b"),
        ("http://example.org/%C3%84%2520", "org,example)/%c3%84%20"),
        ("http://example.org/a%252e%252e/%2E%2E/b", "org,example)/b"),
        ("http://example.org/x?a&a=&A=1&", "org,example)/x?&a&a=&a=1"),
        ("http://example.org/x?JSESSIONID=1&z", "org,example)/x?jsessionid=1&z"),
        ("http://example.org/x?a=1&PHPSESSID=0123456789abcdef0123456789abcdef&b", "org,example)/x?a=1&b"),
        ("http://example.org/x?cfid=12&cftoken=34", "org,example)/x"),
        ("http://example.org/(s(0123456789abcdefghijklmn))/a.aspx", "org,example)/a.aspx"),
        ("http://192.0.2.4:8000/q", "4,2,0,192:8000)/q"),
        ("http://[2001:db8::1]:81/Q/", "2001:db8::1:81)/q"),
        ("http://bücher.example/ü", "example,xn--bcher-kva)/%c3%bc"),
    ],
)
def test_key(url: str, wanted: str) -> None:
    assert keys.key(url) == wanted


def test_a_url_that_is_encoded_a_thousand_times_takes_no_time() -> None:
    start = time.process_time()
    keys.key("http://example.org/" + "%3" * 1500 + "%31")
    assert time.process_time() - start < 0.2


def test_keys_are_those_of_pywb_for_anything(tmp_path: Path) -> None:
    dice = random.Random(7)
    wanted = {
        urls.canonical(f"http://{dice.choice(HOSTS)}/" + "".join(dice.choices(PIECES, k=dice.randrange(9))))
        for _ in range(1500)
    }
    answers = [records.Answer(url, datetime(2026, 1, 2, tzinfo=UTC)) for url in sorted(wanted)]
    theirs = {
        row["url"]: row["key"] for row in oracles.pywb_cdx([records.write(tmp_path / "a.warc.gz", answers)])
    }
    assert len(theirs) > 1000
    assert {url: keys.key(url) for url in theirs} == theirs
