"""How a run is brought to its end: by a limit, by request, or by trouble; the first word counts."""

import errno
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass

EXHAUSTED, CRASHED, STOPPED, NO_SPACE = 0, 1, 3, 5
"""Exit codes of the child process."""

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FULL_SQLITE = frozenset({sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR})


def is_full(error: BaseException) -> bool:
    """Whether an error says that nothing more can be written."""
    if isinstance(error, sqlite3.OperationalError):
        # The low byte is the kind of error (https://www.sqlite.org/rescode.html#extrc).
        return error.sqlite_errorcode & 0xFF in _FULL_SQLITE
    return isinstance(error, OSError) and error.errno in _FULL


@dataclass(slots=True)
class Ending:
    """`reason` and exit code of an end that was asked for; `act` is called once, when it is."""

    reason: str | None = None
    code: int = EXHAUSTED
    limit: bool = False
    act: Callable[[], None] | None = None

    @property
    def asked(self) -> bool:
        return self.reason is not None

    def ask(self, reason: str, code: int = STOPPED, *, limit: bool = False) -> None:
        if not self.asked:
            self.reason, self.code, self.limit = reason, code, limit
            if self.act:
                self.act()
