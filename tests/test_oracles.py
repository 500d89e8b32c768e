"""The oracles themselves: they see what is in a WARC file that another program wrote."""

from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from tests import oracles

URL = "http://example.org/tide"
AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
BODY = b"<p>high water at six"


@pytest.fixture
def warc(tmp_path: Path) -> Path:
    path = tmp_path / "one.warc.gz"
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
        date = {"WARC-Date": AT.strftime("%Y-%m-%dT%H:%M:%SZ")}
        record = writer.create_warc_record(
            URL, "response", BytesIO(BODY), http_headers=head, warc_headers_dict=date
        )
        writer.write_record(record)
    return path


def test_pywb_indexes_it(warc: Path) -> None:
    (row,) = oracles.pywb_cdx([warc])
    assert (row["key"], row["timestamp"], row["status"]) == ("org,example)/tide", "20260102030405", "200")


def test_pywb_replays_it(warc: Path) -> None:
    with oracles.pywb_replay([warc]) as fetch:
        assert (fetch(URL, AT).status, fetch(URL, AT).body) == (200, BODY)
        assert fetch("http://example.org/never", AT).status == 404
