"""`strandline note` in a home with three real runs: written, shown, deleted."""

from tests.strandline.conftest import Gazette


def test_a_note_is_shown_where_it_belongs_until_it_is_deleted(gazette: Gazette) -> None:
    page = gazette.page("breakwater")
    (note,) = gazette.json("note", page, "2", "Who agreed?")
    rows = gazette.json("versions", page)
    assert note["at"] == rows[1]["first"]
    assert [len(row["notes"]) for row in rows] == [0, 1]
    (shown,) = gazette.json("show", page)
    assert shown["notes"] == [note]
    assert f"note:    Who agreed? ({note['id']})" in gazette.run("show", page)
    assert "Who agreed?" in gazette.run("versions", page)
    (change,) = gazette.json("changes", page)
    assert change["notes"] == [note]
    assert "Who agreed?" in gazette.run("changes", page)
    assert gazette.json("note", page, "--list") == gazette.json("note", "--list") == [note]
    gazette.run("note", "--delete", note["id"])
    assert gazette.json("note", "--list") == []
    assert gazette.json("show", page)[0]["notes"] == []
    gazette.run("note", "--delete", note["id"], code=2)


def test_a_verdict_is_written_down_of_the_capture_that_is_meant(gazette: Gazette) -> None:
    page = gazette.page("oil")
    (change,) = gazette.json("changes", page)
    (note,) = gazette.json("note", page, "now", "--verdict", "good")
    assert (note["verdict"], note["at"]) == ("good", change["to"])
    gazette.run("note", "--delete", note["id"])


def test_a_capture_that_a_person_calls_blocked_is_no_version_until_told_otherwise(gazette: Gazette) -> None:
    """What the second run saw, the person says, was not the page: its edit is of the third run then."""
    page = gazette.page("breakwater")
    versions, changes = gazette.json("versions", page), gazette.json("changes", page)
    (note,) = gazette.json("note", page, "v2", "a wall of another make", "--verdict", "blocked")
    second = gazette.json("versions", page)[1]
    assert (second["first"], second["captures"]) == (versions[1]["last"], versions[1]["captures"] - 1)
    assert gazette.json("changes", page)[0]["from"] == changes[0]["from"]
    assert gazette.json("changes", page)[0]["to"] == second["first"]
    gazette.run("note", "--delete", note["id"])
    assert (gazette.json("versions", page), gazette.json("changes", page)) == (versions, changes)


def test_slips_are_explained(gazette: Gazette) -> None:
    page = gazette.page("oil")
    for words in (["note"], ["note", page], ["note", page, " "], ["note", page, "1999", "--verdict", "good"],
                  ["note", page, "--verdict", "wrong"], ["note", "https://no.example/", "x"]):  # fmt: skip
        gazette.run(*words, code=2)
