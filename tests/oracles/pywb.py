"""pywb: its index of WARC files, and its replay of them."""

import http.client
import json
import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from tests.oracles.replayed import FOLDER, Replayed, merged, missing

_QUIET = {**os.environ, "PYTHONWARNINGS": "ignore", "PYTHONPATH": ""}
_START_SECONDS = 30


def pywb_cdx(warcs: Sequence[Path]) -> list[dict[str, str]]:
    """The index of pywb, a row a record: key, timestamp, url, mime, status, digest, offset, length, name."""
    return [_row(line) for line in _index(*warcs).splitlines()]


@contextmanager
def pywb_replay(
    warcs: Sequence[Path], *, cdxj: bool = False
) -> Iterator[Callable[[str, datetime], Replayed]]:
    """Serves the WARC files with pywb on loopback; yields a function of URL and instant (UTC).

    pywb indexes the files itself, or takes the CDXJ files beside them for its index.
    """
    program = _program("wayback")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        _collection(folder / "collections" / "coll", warcs, cdxj)
        port = _free_port()
        with (folder / "log").open("wb") as log:
            command = [program, "-b", "127.0.0.1", "-p", str(port), "-d", name]
            server = subprocess.Popen(command, env=_QUIET, stdout=log, stderr=log)
        try:
            _await_server(server, port, folder / "log")
            yield lambda url, at: _fetch(port, f"/coll/{at:%Y%m%d%H%M%S}id_/{url}")
        finally:
            server.kill()
            server.wait()


def _program(name: str) -> str:
    if not (FOLDER / "ready-oracles").exists():
        missing("no pywb; `./run tests` installs it")
    return str(FOLDER / "bin" / name)


def _index(*arguments: str | Path) -> str:
    command = [_program("cdx-indexer"), "--cdxj", *arguments]
    done = subprocess.run(command, env=_QUIET, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def _row(line: str) -> dict[str, str]:
    key, timestamp, fields = line.split(" ", 2)
    return {"key": key, "timestamp": timestamp, **json.loads(fields)}


def _collection(folder: Path, warcs: Sequence[Path], cdxj: bool) -> None:
    archive, index = folder / "archive", folder / "indexes" / "index.cdxj"
    archive.mkdir(parents=True)
    index.parent.mkdir()
    for warc in warcs:
        (archive / warc.name).symlink_to(warc.resolve())
    index.write_text(merged(warcs) if cdxj else _index("--sort", archive), "utf-8")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _await_server(server: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while server.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"pywb did not start: {log.read_text(errors='replace')}")


def _fetch(port: int, path: str) -> Replayed:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request("GET", path, headers={"Accept-Encoding": "gzip, deflate, br"})
        answer = connection.getresponse()
        return Replayed(answer.status, dict(answer.getheaders()), answer.read())
    finally:
        connection.close()
