"""A WACZ file read as its specification (WACZ 1.1.1) has it, and by py-wacz, its authors' own program."""

import gzip
import hashlib
import json
import re
import subprocess
import zipfile
from pathlib import Path
from typing import Any

from tests.oracles.replayed import FOLDER, missing

_PAGE = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")


def strict_wacz(path: Path) -> list[dict[str, Any]]:
    """Check a file from end to end; returns its pages. AssertionError where it is not as it must be."""
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        infos = {info.filename: info for info in file.infolist()}
        assert len(infos) == len(file.infolist()), "a name is there twice"
        assert all(info.compress_type == zipfile.ZIP_STORED for info in infos.values())
        package = json.loads(file.read("datapackage.json"))
        assert (package["profile"], package["wacz_version"]) == ("data-package", "1.1.1")
        seal = json.loads(file.read("datapackage-digest.json"))
        assert seal == {"path": "datapackage.json", "hash": _digest(file.read("datapackage.json"))}
        assert len({one["name"] for one in package["resources"]}) == len(package["resources"])
        listed = {one["path"]: one for one in package["resources"]}
        assert listed.keys() == infos.keys() - {"datapackage.json", "datapackage-digest.json"}
        for name, one in listed.items():
            assert re.fullmatch(r"[-a-z0-9._/]+", one["name"])
            raw = file.read(name)
            assert (one["bytes"], one["hash"]) == (len(raw), _digest(raw))
        _index(file)
        head, *pages = map(json.loads, file.read("pages/pages.jsonl").decode().splitlines())
        assert head["format"] == "json-pages-1.0" and head["id"] and head["title"]
        assert all(one["url"] and one["title"] and _PAGE.fullmatch(one["ts"]) for one in pages)
        assert len({one["id"] for one in pages}) == len(pages)
        return pages


def _index(file: zipfile.ZipFile) -> None:
    """Each line leads to a record; the blocks are in order, and where the index of the index says."""
    packed = file.read("indexes/index.cdx.gz")
    lines = gzip.decompress(packed).decode("ascii").splitlines()
    assert lines == sorted(lines) and lines
    meta, *blocks = file.read("indexes/index.idx").decode("ascii").splitlines()
    assert json.loads(meta.removeprefix("!meta 0 "))["format"] == "cdxj-gzip-1.0"
    end, met = 0, []
    for block in blocks:
        key, at, text = block.split(" ", 2)
        told = json.loads(text)
        raw = packed[told["offset"] : told["offset"] + told["length"]]
        assert (told["offset"], told["digest"]) == (end, _digest(raw))
        end += told["length"]
        met += gzip.decompress(raw).decode("ascii").splitlines()
        assert f"{key} {at} " in gzip.decompress(raw).decode("ascii")
    assert (end, met) == (len(packed), lines)
    for line in lines:
        told = json.loads(line.split(" ", 2)[2])
        whole = file.read(f"archive/{told['filename']}")
        start = int(told["offset"])
        record = gzip.decompress(whole[start : start + int(told["length"])])
        assert f"WARC-Target-URI: {told['url']}\r\n".encode() in record


def _digest(raw: bytes) -> str:
    return f"sha256:{hashlib.sha256(raw).hexdigest()}"


def py_wacz(path: Path) -> str:
    """What py-wacz says of a file. Skips the test where it is not installed."""
    program = FOLDER / "bin" / "wacz"
    if not program.exists():
        missing("no py-wacz; `./run tests` installs it")
    done = subprocess.run(
        [program, "validate", "-f", path], capture_output=True, text=True, timeout=60, check=False
    )
    return done.stdout + done.stderr
