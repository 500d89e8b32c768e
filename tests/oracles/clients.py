"""Clients of web archives that others wrote, pointed at a reading room on this machine."""

import json
import subprocess
from typing import Any

from tests.oracles.replayed import FOLDER, missing

_PROGRAM = """
import datetime, json, re, sys
base, url = sys.argv[1:]

import cdx_toolkit, cdx_toolkit.myrequests
cdx_toolkit.myrequests.retry_info["default"]["minimum_interval"] = 0
fetcher = cdx_toolkit.CDXFetcher(source=base + "/cdx")
found = {"cdx_toolkit": [[one["timestamp"], one["status"]] for one in fetcher.iter(url, limit=100)]}

from waybackpy import WaybackMachineCDXServerAPI
server = WaybackMachineCDXServerAPI(url, user_agent="a test", filters=["statuscode:200"])
server.endpoint = base + "/cdx/search/cdx"
found["waybackpy"] = [[one.timestamp, one.statuscode] for one in server.snapshots()]

import wayback, wayback._client, wayback._utils
wayback._client.CDX_SEARCH_URL = base + "/cdx/search/cdx"
wayback._utils.MEMENTO_URL_PATTERN = re.compile(re.escape(base) + r"/web/(\\d+)(\\w\\w_)?/(.+)$")
wayback._utils.MEMENTO_URL_TEMPLATE = base + "/web/{timestamp}{mode}/{url}"
with wayback.WaybackClient() as client:
    # One a request: it goes on by the key at the end of each answer.
    rows = list(client.search(url, limit=1, skip_malformed_results=False))
    found["wayback"] = [[one.timestamp.strftime("%Y%m%d%H%M%S"), str(one.status_code)] for one in rows]
    found["wayback_raw"] = rows[0].raw_url
    memento = client.get_memento(rows[0])
    kind = memento.headers["Content-Type"]
    found["wayback_memento"] = [memento.memento_url, memento.ok, kind, memento.text]

from memento_client import MementoClient
with MementoClient(timegate_uri=base + "/timegate/", check_native_timegate=False) as client:
    info = client.get_memento_info(url, datetime.datetime(2001, 1, 1))
    found["memento_client"] = {name: one["uri"] for name, one in info["mementos"].items()}
    found["timegate"] = info["timegate_uri"]
    closest = found["memento_client"]["closest"][0]
    found["is_memento"] = MementoClient.is_memento(closest)
    found["is_timegate"] = MementoClient.is_timegate(base + "/timegate/" + url)
print(json.dumps(found))
"""


def ask(base: str, url: str) -> dict[str, Any]:
    """What the clients find of a URL at a reading room. The URL must be answered too: one of them asks it."""
    if not (FOLDER / "ready-oracles").exists():
        missing("no clients of web archives; `./run tests` installs them")
    done = subprocess.run(
        [str(FOLDER / "bin" / "python"), "-c", _PROGRAM, base, url],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
