"""The index file: made, migrated, refused when it is not ours to touch."""

import sqlite3
import threading
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select

from archive import database, schema
from archive.home import Home

AT = "2025-01-27T06:00:00.000000Z"
NOT_NULL = "complete, resumed, requests, bytes, counts, settings, software"
ROW = (AT, AT, 1, 0, 1, 7, "{}", "{}", "a test")


def test_the_migrations_make_the_tables_that_the_program_uses(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []


def test_the_newest_step_is_the_one_the_program_expects() -> None:
    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    assert ScriptDirectory.from_config(config).get_current_head() == schema.REVISION


def test_an_index_of_the_first_version_keeps_what_it_holds(tmp_path: Path) -> None:
    config = Config()
    config.set_main_option("script_location", "archive:migrations")
    with create_engine(f"sqlite:///{tmp_path / 'archive.db'}").begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    with sqlite3.connect(tmp_path / "archive.db") as raw:
        raw.execute(f"INSERT INTO runs (id, source, slot, started, {NOT_NULL}) VALUES {('r', 's', *ROW)}")
        raw.execute("INSERT INTO warcs (id, name, source, run, read, sealed) VALUES (1, 'w', 's', 'r', 9, 1)")
        raw.execute("INSERT INTO pages (id, source, url, article) VALUES (1, 's', 'http://a.example/', 1)")
        raw.execute(
            "INSERT INTO captures (page, run, warc, offset, record, at, status, payload, size, truncated) "
            f"VALUES (1, 'r', 1, 5, '<urn:uuid:1>', '{AT}', 200, 'sha256:0', 7, 0)"
        )
    engine = database.open_index(Home(tmp_path))
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), schema.metadata) == []
        (capture,) = connection.execute(select(schema.captures))
    engine.dispose()
    assert (capture.record, capture.size, capture.certificate) == ("<urn:uuid:1>", 7, None)


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    assert database.check(Home(tmp_path)) == database.check(Home(tmp_path)) == schema.REVISION


def test_an_index_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    database.check(Home(tmp_path))
    with sqlite3.connect(tmp_path / "archive.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(database.DatabaseTrouble, match=r"archive\.db was written by a newer Strandline"):
        database.open_index(Home(tmp_path))


def test_a_file_that_is_no_index_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive.db").write_bytes(b"This is a letter, not a database.\n" * 100)
    with pytest.raises(database.DatabaseTrouble, match=r"archive\.db cannot be used as the index"):
        database.open_index(Home(tmp_path))


def test_instants_come_back_aware_and_exact(tmp_path: Path) -> None:
    at = datetime(2025, 1, 27, 6, 0, 0, 1, tzinfo=UTC)
    engine = database.open_index(Home(tmp_path))
    with engine.begin() as connection:
        row = {"id": "r", "source": "s", "slot": at, "started": at, "settings": {}, "software": "test"}
        connection.execute(insert(schema.runs).values(row))
        found = connection.execute(select(schema.runs.c.started)).scalar_one()
    assert found == at
    assert found.tzinfo is not None


def test_readers_do_not_wait_for_a_writer(tmp_path: Path) -> None:
    engine = database.open_index(Home(tmp_path))
    with engine.begin(), database.reading(engine) as connection:
        assert connection.execute(select(schema.runs)).all() == []


def test_two_writers_take_turns(tmp_path: Path) -> None:
    """The second one waits until the first has committed, and neither fails."""
    engine = database.open_index(Home(tmp_path))
    order = []

    def write(name: str, pause: float) -> None:
        with engine.begin():
            order.append(f"{name} in")
            time.sleep(pause)
            order.append(f"{name} out")

    first = threading.Thread(target=write, args=("first", 0.3))
    first.start()
    time.sleep(0.1)
    write("second", 0)
    first.join()
    assert order == ["first in", "first out", "second in", "second out"]
