"""What the front desk says when it cannot do what was asked, and the exit codes that go with it."""

from enum import IntEnum


class ExitCode(IntEnum):
    """The program's exit codes (`docs/cli.md`). The list is closed; scripts rely on it."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    RUNNING = 3
    DAMAGE = 4
    GUARD = 5
    INTERRUPTED = 130
    PIPE = 141
    TERMINATED = 143


class Complaint(Exception):
    """Something the person at the keyboard can put right.

    The message says what is wrong, where, and what to do next; `main` prints it as `strandline: message`
    on stderr, never with a traceback, and exits with `code`. Several complaints go on lines of their own.
    """

    def __init__(self, message: str, code: int = ExitCode.USAGE) -> None:
        super().__init__(message)
        self.code = code
