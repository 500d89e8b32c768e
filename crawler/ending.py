"""How a run is brought to its end: by a limit, by request, or by trouble; the first word counts."""

from collections.abc import Callable
from dataclasses import dataclass

from archive import space

EXHAUSTED, CRASHED, STOPPED, STALLED, NO_SPACE, BROKEN_DISK = 0, 1, 3, 4, 5, 6
"""Exit codes of the child process."""


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

    def lose(self, trouble: space.DiskTrouble) -> None:
        """End because nothing more can be written; that comes before any other reason."""
        if self.code not in (NO_SPACE, BROKEN_DISK):
            code = NO_SPACE if trouble.full else BROKEN_DISK
            if self.asked:
                self.reason, self.code, self.limit = str(trouble), code, False
            else:
                self.ask(str(trouble), code)
