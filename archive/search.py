"""The words of all texts, in HOME/search.db: made from the index, and made anew at any time.

SQLite's FTS5 holds the tokens of `archive/tokens.py` under the number of each text, and beside them, once
each, the letters of scripts without spaces, whose tokens are pairs. It has no texts: what a version says, and
whether it still is one, is asked of the index when somebody searches.
"""

import fcntl
import logging
import re
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from itertools import chain

from sqlalchemy import Engine, func, select

from archive.database import reading
from archive.home import Home
from archive.schema import texts
from archive.tokens import is_letter, letters, tokens

FORM = 2
"""Of the file; another one is thrown away."""
BATCH = 500
LONGEST = 2_000_000
"""Characters of a text that are searched."""

_TABLES = """
CREATE TABLE about (form INTEGER NOT NULL, last INTEGER NOT NULL, sha256 TEXT NOT NULL);
INSERT INTO about VALUES (2, 0, '');
CREATE VIRTUAL TABLE said USING fts5 (words, letters, content = '', tokenize = 'ascii', detail = 'full');
"""


_log = logging.getLogger(__name__)


class Damaged(sqlite3.DatabaseError):
    """The file is not what was written."""

    def __init__(self, home: Home, what: object) -> None:
        super().__init__(str(what))
        self.home = home


class QueryError(ValueError):
    """What was asked cannot be searched for; the message says why."""


Pattern = tuple[list[str], bool]
"""A series of tokens, and whether the last of them is only the beginning of one."""

Watch = Callable[[int, int], None]
"""Hears how far it is, of how many."""


def follow(home: Home, engine: Engine, seconds: float = 60.0, watch: Watch | None = None) -> int:
    """Take in the texts that came; returns how many are left. One process does it at a time, and gives up
    after some seconds: the rest is taken in the next time.
    """
    if home.derived is not None:
        return 0
    with _alone(home) as is_free:
        if not is_free:
            return behind(home, engine)
        try:
            return _follow(home, engine, seconds, watch)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "malformed" not in str(error):
                raise
            _log.warning("%s was damaged: it was thrown away, and is made anew.", home.search)
            forget(home)
            return _follow(home, engine, seconds, watch)


def forget(home: Home) -> None:
    """Throw it away; it is made anew when somebody searches."""
    for ending in ("", "-wal", "-shm", "-journal"):
        home.search.with_name(home.search.name + ending).unlink(missing_ok=True)


def behind(home: Home, engine: Engine) -> int:
    """How many texts are not taken in yet."""
    last = 0
    with suppress(sqlite3.Error), closing(_open(home)) as db:
        last = db.execute("SELECT last FROM about").fetchone()[0]
    with reading(engine) as connection:
        newest = connection.execute(select(func.max(texts.c.id))).scalar() or 0
    return max(0, int(newest) - int(last))


@contextmanager
def beside(home: Home) -> Iterator[sqlite3.Connection | None]:
    """A connection that reads `said`, with the index beside it as `kept`; None where nothing was taken in.

    Raises QueryError for a query that FTS5 cannot read, and Damaged.
    """
    if not home.search.exists():
        yield None
        return
    try:
        with closing(_open(home)) as db:
            db.execute("ATTACH ? AS kept", (f"{home.database.resolve().as_uri()}?mode=ro",))
            db.execute("BEGIN")  # all answers are of one moment, whatever is written meanwhile
            has = db.execute("SELECT 1 FROM main.sqlite_master WHERE name = 'said'").fetchone()
            yield db if has else None
    except sqlite3.OperationalError as error:
        if re.search("fts5: |unterminated|too many|expression tree", str(error)):
            raise QueryError(f"that cannot be searched for: {error}") from error
        raise
    except sqlite3.DatabaseError as error:
        raise Damaged(home, error) from error


def mend(home: Home) -> None:
    """Throw a damaged one away; what it held is taken in again."""
    with _alone(home) as is_free:
        if is_free:
            _log.warning("%s was damaged: it was thrown away, and is made anew.", home.search)
            forget(home)


def is_sound(home: Home) -> bool:
    """Whether it is whole, also where there is none, or where it is being written. Reads all of it."""
    with _alone(home) as is_free:
        if not is_free or not home.search.exists():
            return True
        try:
            with closing(sqlite3.connect(home.search, isolation_level=None, timeout=5)) as db:
                if [row[0] for row in db.execute("PRAGMA quick_check(1)")] != ["ok"]:
                    return False
                db.execute("BEGIN IMMEDIATE")
                db.execute("INSERT INTO said (said) VALUES ('integrity-check')")  # writes nothing
                db.execute("ROLLBACK")
        except sqlite3.OperationalError as error:
            return not re.search("malformed|no such table", str(error))
        except sqlite3.DatabaseError:
            return False
    return True


_PART = re.compile(r'(?P<minus>-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>\S+))')


def match_of(query: str) -> str:
    """The query of FTS5 for what a person wrote: all words, "a phrase", one OR another, -not.

    Raises QueryError.
    """
    groups: list[list[str]] = []
    without: list[str] = []
    joins = False
    for part in _PART.finditer(query):
        if part["word"] == "OR" and groups and not part["minus"]:
            joins = True
            continue
        phrase = _phrase(part["phrase"] if part["phrase"] is not None else part["word"])
        if phrase is None:
            continue
        if part["minus"]:
            without.append(phrase)
        elif joins:
            groups[-1].append(phrase)
        else:
            groups.append([phrase])
        joins = False
    if not groups:
        raise QueryError("there is no word in it that could be searched for.")
    wanted = " AND ".join(f"({' OR '.join(group)})" for group in groups)
    return f"({wanted})" + "".join(f" NOT {one}" for one in without)


def _phrase(words: str) -> str | None:
    """The tokens in one piece."""
    series, begins = _pattern(words)
    where = "letters : " if len(series) == 1 and is_letter(series[0]) else ""
    return f'{where}"{" ".join(series)}"' + (" *" if begins else "") if series else None


def _pattern(words: str) -> Pattern:
    """A starred word begins one; but a letter of a script without spaces is found wherever it stands."""
    found = tokens(words)
    return found, bool(found) and words.endswith("*") and not (len(found) == 1 and is_letter(found[0]))


def patterns(query: str) -> list[Pattern]:
    """What is to be marked in a text that was found."""
    wanted = (part for part in _PART.finditer(query) if not part["minus"] and part["word"] != "OR")
    found = (_pattern(part["phrase"] if part["phrase"] is not None else part["word"]) for part in wanted)
    return [pattern for pattern in found if pattern[0]]


def _follow(home: Home, engine: Engine, seconds: float, watch: Watch | None) -> int:
    end = time.monotonic() + seconds
    with closing(_open(home, make=True)) as db:
        last: int
        last, sha256 = db.execute("SELECT last, sha256 FROM about").fetchone()
        with reading(engine) as connection:
            known = connection.execute(select(texts.c.sha256).where(texts.c.id == last)).scalar()
            newest: int = connection.execute(select(func.max(texts.c.id))).scalar() or 0
        if last and known != sha256:  # another index is in the place of the one that it was made from
            db.execute("INSERT INTO said (said) VALUES ('delete-all')")
            last = 0
        while last < newest and time.monotonic() < end:
            last = _take(db, engine, last)
            if watch:
                watch(last, newest)
        return newest - last


def _take(db: sqlite3.Connection, engine: Engine, last: int) -> int:
    """Take in some texts; returns the last of them."""
    wanted = select(texts.c.id, texts.c.title, texts.c.author, texts.c.text, texts.c.sha256)
    with reading(engine) as connection:
        rows = connection.execute(wanted.where(texts.c.id > last).order_by(texts.c.id).limit(BATCH)).all()
    words = [(row.id, *_words(row.title, row.author, row.text)) for row in rows]
    with _writing(db):
        db.executemany("INSERT INTO said (rowid, words, letters) VALUES (?, ?, ?)", words)
        db.execute("UPDATE about SET last = ?, sha256 = ?", (rows[-1].id, rows[-1].sha256))
    return int(rows[-1].id)


def _words(*parts: str | None) -> tuple[str, str]:
    """The tokens of the parts, and the letters; no phrase goes from one part to the next."""
    found = [tokens(part[:LONGEST]) for part in parts if part]
    return " \u2029 ".join(map(" ".join, found)), " ".join(sorted(letters(chain(*found))))


@contextmanager
def _writing(db: sqlite3.Connection) -> Iterator[None]:
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _open(home: Home, make: bool = False) -> sqlite3.Connection:
    if not make:
        return sqlite3.connect(f"{home.search.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    db = sqlite3.connect(home.search, isolation_level=None, timeout=5)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=NORMAL")
    has = db.execute("SELECT 1 FROM sqlite_master WHERE name = 'about'").fetchone()
    if has and db.execute("SELECT form FROM about").fetchone() != (FORM,):
        db.close()
        forget(home)
        return _open(home, make=True)
    if not has:
        with _writing(db):
            for statement in _TABLES.strip().split(";\n"):
                db.execute(statement)
    return db


@contextmanager
def _alone(home: Home) -> Iterator[bool]:
    home.runs.mkdir(parents=True, exist_ok=True)
    with (home.runs / ".search.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            yield False
            return
        yield True
