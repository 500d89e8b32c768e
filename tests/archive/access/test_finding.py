"""Where something was said, since when and until when, in any version of any page."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from archive import access, search
from archive.access import frequency
from archive.home import Home
from tests.journeys.program import Person
from tests.sites.posts import page
from tests.sites.server import Server, State

LONG = "The harbour master counted nine boats on Monday evening, and wrote it down in the large book."

TOKYO = "東京都知事は新しい港の計画を発表した。工事は来年の春に始まる予定である。"


def story(title: str, *paragraphs: str) -> str:
    body = "".join(f"<p>{one}</p>" for one in (*paragraphs, LONG))
    return f"<title>{title}</title><article><h1>{title}</h1>{body}</article>"


def site(claim: str, more: bool = True) -> State:
    links = '<a href="/claim">c</a> <a href="/tokyo">t</a> <a href="/old">o</a>'
    found = {
        "/": page(f"<title>Front</title>{links}"),
        "/claim": page(story("The claim", claim)),
        "/tokyo": page(
            story("知事", "東京都知事は新しい港の計画を発表した。工事は来年の春に始まる予定である。")
        ),
    }
    return {**found, "/old": page(story("Old", "Żółta łódź była tu zawsze."))} if more else found


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[access.Archive]:
    person = Person(tmp_path_factory.mktemp("finding") / "home")
    with Server(site("Nobody has paid for it, said the mayor of the town.")) as server:
        person.watch(server.url)
        person.run_here("crawl")
        server.state = site("The town has paid for it, said the mayor.", more=False)
        person.run_here("crawl")
        server.state = site("Nobody has paid for it, said the mayor of the town.", more=False)
        person.run_here("crawl")
    with access.Archive(Home(person.home)) as archive:
        yield archive


def found(archive: access.Archive, words: str, **more: bool) -> list[access.FoundRow]:
    return access.find(archive, access.Query(words, **more))["found"]  # type: ignore[arg-type]  # `current` alone


def paths(rows: list[access.FoundRow]) -> list[str]:
    return sorted(row["url"].split("/", 3)[3] for row in rows)


def test_a_phrase_appeared_vanished_and_came_back(archive: access.Archive) -> None:
    (row,) = found(archive, '"nobody has paid"')
    assert [(one["from_version"], one["to_version"], one["at_first"]) for one in row["said"]] == [
        (1, 1, True),
        (3, 3, False),
    ]
    assert row["said"][0]["vanished"] is not None and row["said"][1]["vanished"] is None and row["current"]
    (other,) = found(archive, '"town has paid"')
    assert not other["current"] and other["said"][0]["vanished"] == row["said"][1]["appeared"]
    assert found(archive, '"town has paid"', current=True) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("知事", ["tokyo"]),
        ("東京都知事", ["tokyo"]),
        ("京", ["tokyo"]),
        ("事", ["tokyo"]),
        ("る", ["tokyo"]),
        ("ある -京", []),
        ("zolta LODZ", ["old"]),
        ("lod*", ["old"]),
        ("paid -harbour", []),
        ("paid OR łódź", ["claim", "old"]),
        ("mayor boats", ["claim"]),
        ("unheard", []),
    ],
)
def test_words_of_any_script(archive: access.Archive, words: str, expected: list[str]) -> None:
    assert paths(found(archive, words)) == expected


def test_what_is_found_is_marked(archive: access.Archive) -> None:
    (row,) = found(archive, "zolta")
    assert [text for text, marked in row["snippet"] if marked] == ["Żółta"]
    (row,) = found(archive, "東京都")
    assert "".join(text for text, marked in row["snippet"] if marked).startswith("東京")


def test_a_page_that_is_gone_says_it_no_more(archive: access.Archive) -> None:
    (row,) = found(archive, "zolta")
    assert not row["current"] and row["said"][0]["vanished"] is not None


def test_it_is_counted_over_time(archive: access.Archive) -> None:
    (stood,) = access.standing(archive).values()
    counted = access.over_time(archive, access.Query("harbour"), stood)
    assert counted["one_in"] == 1
    assert counted["months"][-1]["said"] == 3 and counted["months"][-1]["standing"] >= 3


def test_each_page_is_told_once_however_many_answers_it_takes(archive: access.Archive) -> None:
    told: list[str] = []
    before, answers = None, 0
    while answers == 0 or before is not None:
        answer = access.find(archive, access.Query("mayor OR harbour"), before, most=1)
        told += paths(answer["found"])
        before, answers = answer["next"], answers + 1
    assert sorted(told) == ["claim", "old", "tokyo"] and answers >= 3


def test_the_changes_that_brought_and_removed_it_are_named(archive: access.Archive) -> None:
    (row,) = found(archive, '"town has paid"')
    assert [(one["brought"], one["removed"]) for one in row["said"]] == [("1..2", "2..3")]
    assert (row["hits"], row["newest"]) == (1, 3)
    (row,) = found(archive, "zolta")
    assert [(one["brought"], one["removed"]) for one in row["said"]] == [(None, None)]


def test_of_many_texts_a_part_is_counted(archive: access.Archive, monkeypatch: pytest.MonkeyPatch) -> None:
    (stood,) = access.standing(archive).values()
    monkeypatch.setattr(frequency, "SAMPLED", 3)
    counted = access.over_time(archive, access.Query("harbour"), stood)
    assert counted["one_in"] == 2 and counted["months"][-1]["said"] <= counted["months"][-1]["standing"]


@pytest.mark.parametrize("words", ["", '""', "-paid", "!!!"])
def test_what_cannot_be_searched_for_is_told(archive: access.Archive, words: str) -> None:
    with pytest.raises(access.QueryError):
        found(archive, words)


def test_a_damaged_or_lost_file_is_made_anew(archive: access.Archive, tmp_path: Path) -> None:
    copy = Home(tmp_path / "home")
    shutil.copytree(archive.home.root, copy.root)
    with access.Archive(copy) as other:
        for damage in (b"", b"not a database " * 500):
            for ending in ("-wal", "-shm"):
                Path(f"{copy.search}{ending}").unlink(missing_ok=True)
            copy.search.write_bytes(damage)
            assert access.follow(other) == 0
            assert paths(found(other, "知事")) == ["tokyo"]


def test_damage_within_is_mended_and_told(
    archive: access.Archive, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    copy = Home(tmp_path / "home")
    shutil.copytree(archive.home.root, copy.root)
    with closing(sqlite3.connect(copy.search)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        db.execute("UPDATE said_data SET block = randomblob(length(block)) WHERE id > 10")
        db.commit()
    assert not search.is_sound(copy)
    with access.Archive(copy) as other:
        assert access.find(other, access.Query("知事"))["behind"] > 0
        assert "damaged" in caplog.text and access.follow(other) == 0
        assert paths(found(other, "知事")) == ["tokyo"] and search.is_sound(copy)


def test_check_takes_damage_to_it_for_none(archive: access.Archive, tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    shutil.copytree(archive.home.root, person.home)
    Home(person.home).search.write_bytes(b"not a database " * 500)
    person.run_here("check")
    assert not Home(person.home).search.exists()
    person.run_here("check")


def test_another_index_in_its_place_is_searched(archive: access.Archive, tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    shutil.copytree(archive.home.root, person.home)
    person.run_here("rebuild")
    with access.Archive(Home(person.home)) as other:
        assert access.behind(other) == 0
        assert paths(found(other, "知事")) == ["tokyo"] and len(found(other, '"nobody has paid"')) == 1
