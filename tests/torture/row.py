"""What a row of the torture table is: what a server does to us, and what must come of it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

Script = Callable[[Any], Awaitable[None]]
"""Answers one request; gets a `tests.torture.server.Call`. When it returns, the connection is kept."""


class Group(Enum):
    """Rows that are run by one child process. Robots.txt is ignored where servers break all they do."""

    WIRE = "wire"
    MANNERS = "manners"
    HEAVY = "heavy"


@dataclass(frozen=True)
class Want:
    """What must come of a URL.

    `state`, `status` and `reason` (a regular expression) are the frontier's; state None: it is not there at
    all. `requests` is how many attempts there are, at the server and in the WARC, `responses` how many
    response records (by default as many, where there is a status). `cut` is WARC-Truncated of all of them.
    `whole`: of at least one of them all that was sent. `told` (regular
    expressions) must be in the last metadata record. `gap` is the least pause in seconds between attempts.
    """

    state: str | None = "done"
    status: int | None = 200
    reason: str = ""
    requests: int | range = 1
    responses: int | None = None
    cut: str | None = None
    told: tuple[str, ...] = ()
    gap: float = 0.0
    whole: bool = False

    @property
    def recorded(self) -> int | None:
        """How many response records there must be; None for as many as attempts."""
        return 0 if self.status is None and self.responses is None else self.responses


FINE = Want()
FAILED = Want("failed", None, requests=3)
REFUSED = Want("failed", None, "is not a public address", requests=range(2))
"""Where robots.txt is asked for first, that is refused already."""

READ = Want(cut="None|unspecified|disconnect", requests=range(1, 4), whole=True)
"""What browsers show and no standard allows: all of it is kept, whatever it is called."""

SHUT = Want("robots", None, requests=0)
OUT = Want("out", None, requests=0)
NEVER = Want(None, None, requests=0)


@dataclass(frozen=True)
class Row:
    """One behaviour. `number` is also its address, from 127.7.0.1 on, unless it has an `address`.

    `play` answers `/`, or each path; what has no script is a small page, and /robots.txt and /sitemap.xml
    are missing. `want` is for the first of the `seeds`, `also` for further paths or absolute URLs.
    `host` is a name to be used instead, and `resolves` what it resolves to if not to the address.
    `raw` servers do not read what is asked. `kind` is how the port behaves before HTTP: `http`, `tls`
    (`tls-NAME` with that certificate), `refuses`, `deaf` (listens and accepts nobody).
    """

    number: int
    name: str
    does: str
    play: Script | Mapping[str, Script] = field(default_factory=dict)
    want: Want = FINE
    also: Mapping[str, Want] = field(default_factory=dict)
    group: Group = Group.WIRE
    seeds: tuple[str, ...] = ("/",)
    host: str = ""
    address: str = ""
    resolves: tuple[str, ...] = ()
    kind: str = "http"
    raw: bool = False

    @property
    def at(self) -> str:
        return self.address or f"127.7.{self.number // 256}.{self.number % 256}"

    @property
    def wanted(self) -> dict[str, Want]:
        return {self.seeds[0]: self.want, **self.also}

    def script(self, path: str) -> Script | None:
        scripts = {"/": self.play} if callable(self.play) else self.play
        return scripts.get(path) or scripts.get("*")
