"""The harvester's settings, for tests of a disk that takes its time."""

import os
import time

from crawler.settings import *  # noqa: F403 - all of them, but:

_fsync = os.fsync


def _late(descriptor: int) -> None:
    time.sleep(0.3)
    _fsync(descriptor)


os.fsync = _late  # type: ignore[assignment]  # narrower than what it stands for
