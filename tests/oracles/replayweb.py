"""ReplayWeb.page: its service worker, in Chromium, loads our files from a server on loopback."""

import base64
import json
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.oracles.chromium import Chromium, chromium
from tests.oracles.replayed import FOLDER, Replayed, merged, missing

_PACKAGE = FOLDER / "replayweb" / "package"
_BATCH = 100
_TOGETHER = "all.warc.gz"

_LOAD = """
(async () => {
  await navigator.serviceWorker.register("/sw.js");
  const worker = (await navigator.serviceWorker.ready).active;
  if (!navigator.serviceWorker.controller)
    await new Promise(done => navigator.serviceWorker.addEventListener("controllerchange", done));
  const added = new Promise((done, failed) => {
    navigator.serviceWorker.addEventListener("message", ({data}) => {
      if (data.msg_type === "collAdded") done();
      if (data.error) failed(new Error(data.error));
    });
  });
  worker.postMessage({msg_type: "addColl", name: "coll", file: FILE});
  await added;
})()
"""
_FETCH = """
(async () => {
  const one = async path => {
    const answer = await fetch(path, {redirect: HOW});
    const body = new Uint8Array(await answer.arrayBuffer());
    const parts = [];
    for (let at = 0; at < body.length; at += 32768)
      parts.push(String.fromCharCode(...body.subarray(at, at + 32768)));
    return [answer.status, Object.fromEntries(answer.headers), btoa(parts.join(""))];
  };
  const answers = [];
  for (const path of PATHS) answers.push(await one(path));
  return answers;
})()
"""
_SHOW = """
(async () => {
  document.body.replaceChildren(window.frame = document.createElement("iframe"));
  frame.style = "border: 0; width: 100%; height: 95vh";
  await new Promise(done => { frame.onload = done; frame.src = PATH; });
})()
"""


class ReplayWeb:
    """ReplayWeb.page with a collection of WARC files."""

    def __init__(self, browser: Chromium) -> None:
        self.browser = browser

    def fetch(self, wanted: Iterable[tuple[str, datetime]], *, follow: bool = False) -> list[Replayed]:
        """What is replayed for each URL at its instant (UTC), content-decoded and not rewritten. In a WACZ
        file a redirect leads to each page, which one may `follow`.
        """
        paths = [self._path(url, at, "id_") for url, at in wanted]
        found = []
        for start in range(0, len(paths), _BATCH):
            script = _FETCH.replace("PATHS", json.dumps(paths[start : start + _BATCH]))
            script = script.replace("HOW", '"follow"' if follow else '"manual"')
            found += [
                Replayed(status, headers, base64.b64decode(body))
                for status, headers, body in self.browser.run(script)
            ]
        return found

    def show(self, url: str, at: datetime) -> None:
        """Open an archived page in a frame, as its own page does; then there is `frame.contentDocument`."""
        self.browser.run(_SHOW.replace("PATH", json.dumps(self._path(url, at, "mp_"))))

    @staticmethod
    def _path(url: str, at: datetime, kind: str) -> str:
        return f"/w/coll/{at:%Y%m%d%H%M%S}{kind}/{url}"


@contextmanager
def replayweb_replay(warcs: Sequence[Path], *, cdxj: bool = False) -> Iterator[ReplayWeb]:
    """Serves the WARC files, or one WACZ file, with ReplayWeb.page. Skips the test where that or Chromium is
    missing.

    It reads all records at once, as it does with small files, or finds them by the CDXJ files beside the WARC
    files when it needs them.
    """
    if not (FOLDER / "ready-replayweb").exists():
        missing("no ReplayWeb.page; `./run tests` fetches it, and needs npm for that")
    with tempfile.TemporaryDirectory() as name, chromium() as browser:
        folder = Path(name)
        for file in ("sw.js", "ui.js", "adblock"):
            (folder / file).symlink_to(_PACKAGE / file)
        (folder / "index.html").write_text("<!doctype html><title>Replay</title>")
        with _serving(folder) as address:
            browser.open(address)
            file = {"sourceUrl": f"{address}/{_lay_out(folder, warcs, cdxj)}"}
            browser.run(_LOAD.replace("FILE", json.dumps(file)))
            yield ReplayWeb(browser)


def _lay_out(folder: Path, warcs: Sequence[Path], cdxj: bool) -> str:
    """Put the files where the browser finds them; returns the name of the one to load."""
    if warcs[0].suffix == ".wacz":
        (folder / warcs[0].name).symlink_to(warcs[0].resolve())
        return warcs[0].name
    if cdxj:
        for warc in warcs:
            (folder / warc.name).symlink_to(warc.resolve())
        (folder / "all.cdxj").write_text(merged(warcs), "ascii")
        return "all.cdxj"
    with (folder / _TOGETHER).open("wb") as together:
        for warc in warcs:
            with warc.open("rb") as file:
                shutil.copyfileobj(file, together)
    return _TOGETHER


@contextmanager
def _serving(folder: Path) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


class _Files(SimpleHTTPRequestHandler):
    """Files of a folder, also in part (RFC 9110, section 14): what is loaded on demand is asked for so.

    All but the one WARC file: it would not read that at once, were it large and to be had in parts.
    """

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "").removeprefix("bytes=")
        path = Path(self.translate_path(self.path))
        if not asked or not path.is_file() or path.name == _TOGETHER:
            super().do_GET()
            return
        size = path.stat().st_size
        first, _, last = asked.partition("-")
        start, end = int(first or max(size - int(last), 0)), min(int((first and last) or size), size - 1)
        with path.open("rb") as file:
            file.seek(start)
            part = file.read(end + 1 - start)
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {start}-{end}/{size}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
