"""Looks at sites that are to be watched, in the background: each takes some ten to forty requests."""

import secrets
import threading
import time
from dataclasses import dataclass, field

from archive import home as homes
from strandline import adding
from strandline.complaint import Complaint
from strandline.settings import Settings

AT_ONCE = 2
"""So many sites are looked at at a time."""
KEPT_SECONDS = 3600.0
"""So long it is remembered what came of a look."""


@dataclass
class Look:
    """A look at a site: what is being asked, and in the end what was found, or what was in the way."""

    wishes: adding.Wishes
    began: float = field(default_factory=time.monotonic)
    asking: str = ""
    looked: adding.Looked | None = None
    trouble: str | None = None

    @property
    def over(self) -> bool:
        return self.looked is not None or self.trouble is not None


@dataclass
class Looks:
    """The looks of one reading room, by a number that nobody guesses."""

    by_number: dict[str, Look] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def get(self, number: str) -> Look | None:
        """None for one that is not, or no longer, remembered."""
        return self.by_number.get(number)

    def forget(self, number: str) -> None:
        """It has served its purpose."""
        self.by_number.pop(number, None)

    def begin(self, home: homes.Home, settings: Settings, wishes: adding.Wishes) -> str | None:
        """Look in a thread of its own; None where enough are at it."""
        with self.lock:
            now = time.monotonic()
            kept = {key: one for key, one in self.by_number.items() if now - one.began < KEPT_SECONDS}
            self.by_number = kept
            if sum(not one.over for one in kept.values()) >= AT_ONCE:
                return None
            number, one = secrets.token_urlsafe(9), Look(wishes)
            kept[number] = one
        threading.Thread(target=_look, args=(home, settings, one), name="look", daemon=True).start()
        return number


def _look(home: homes.Home, settings: Settings, one: Look) -> None:
    def tell(text: str) -> None:
        one.asking = text

    try:
        one.looked = adding.look(home, settings, one.wishes, tell)
    except Complaint as complaint:
        one.trouble = str(complaint)
    except Exception as error:
        one.trouble = f"A fault ended the look ({type(error).__name__}: {error}). Please report it."
