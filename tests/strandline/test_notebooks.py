"""An archive in Python: the documented example runs, and the rows are plain."""

import io
import re
from contextlib import redirect_stdout
from datetime import datetime
from pathlib import Path

import pytest

import strandline
from strandline.complaint import Complaint
from tests.strandline.conftest import Gazette

DOC = Path(__file__).parents[2] / "docs" / "notebooks.md"


def test_the_documented_example_runs(gazette: Gazette) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", DOC.read_text("utf-8"), re.DOTALL)
    with redirect_stdout(io.StringIO()) as said:
        exec(code, {"HOME": gazette.home})
    assert "Letter to the editor" in said.getvalue() and gazette.page("letter") in said.getvalue()


def test_every_method_is_documented(gazette: Gazette) -> None:
    with strandline.open_archive(gazette.home) as archive:
        methods = {name for name in dir(archive) if not name.startswith("_")} - {"archive", "close"}
    assert set(re.findall(r"^\| `(\w+)\(", DOC.read_text("utf-8"), re.MULTILINE)) == methods


def test_rows_are_plain_and_times_are_as_people_write_them(gazette: Gazette) -> None:
    url = gazette.page("breakwater")
    with strandline.open_archive(str(gazette.home)) as archive:
        assert [row["verdict"] for row in archive.captures(url)] == ["new", "edited", "restyled"]
        assert isinstance(archive.versions(url)[0]["first"], datetime)
        assert archive.changes(until="2001") == []
        assert len(archive.changes("gazette", since="today", kind="gone")) == 1
        assert "agreed in principle" in archive.text(url, "today")["text"]
        assert archive.diff(url)["added"] == 10
        assert archive.sources()[0]["last_outcome"] == "succeeded" and len(archive.runs()) == 3
        assert sum(day["changes"] for day in archive.days(archive.runs()[0]["started"].year)) == 8
        assert archive.pages("gazette")


def test_what_is_no_home_is_told(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="not a Strandline home"):
        strandline.open_archive(tmp_path)
