"""Which home is meant, and what its `strandline.toml` says."""

import os
import re
import shlex
from datetime import date
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, field_validator, model_validator

from archive import home, space
from schedules import cadence, sources, toml
from strandline.complaint import Complaint

VARIABLE = "STRANDLINE_HOME"
CALLED = "STRANDLINE_CALLED"
"""How the program was started, where that is not by its own name: `./run` sets it."""

_PART = r"[^\s()<>@\"\\]+"
_CONTACT = re.compile(rf"https?://{_PART}\.{_PART}|{_PART}@{_PART}\.{_PART}", re.ASCII)
"""Goes into the comment of the User-Agent header, which parentheses would end (RFC 9110, section 5.6.5)."""


class Disk(BaseModel):
    """The table `[disk]`: `reserve` is how many bytes are to stay free (None: as `archive.space` has it)."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reserve: Annotated[int, Field(ge=0)] | None = None

    @field_validator("reserve", mode="before")
    @classmethod
    def _bytes(cls, reserve: object) -> object:
        return space.parse(reserve) if isinstance(reserve, str) else reserve


_Secret = Annotated[str, Field(pattern=r"^(env|file):.+$", max_length=1000)]
"""Where a secret is kept: `env:NAME` or `file:PATH`, never the secret itself."""


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class Email(_Table):
    """`[notify.email]`: the server that takes mail, and who gets it."""

    host: Annotated[str, Field(min_length=1, max_length=255)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: _Secret | None = None
    sender: Annotated[str, Field(pattern=r"^[^\s<>]+@[^\s<>]+$", max_length=200)]
    to: Annotated[
        list[Annotated[str, Field(pattern=r"^[^\s<>,]+@[^\s<>,]+$", max_length=200)]],
        Field(min_length=1, max_length=50),
    ]

    @model_validator(mode="after")
    def _never_in_clear(self) -> Self:
        if self.user and self.security == "none":
            raise ValueError("a password is sent over TLS only: set security to starttls or tls")
        return self


class Webhook(_Table):
    """`[notify.webhook]`: gets every message as JSON, signed with `secret`."""

    url: Annotated[str, Field(pattern=r"^https?://", max_length=2000)]
    secret: _Secret | None = None


_PingUrl = Annotated[str, Field(pattern=r"^(https?://|env:|file:).", max_length=2000)]


class Ping(_Table):
    """`[notify.ping]`, or `[notify.pings.NAME]` for one source: asked for when a run begins and ends."""

    start: _PingUrl | None = None
    success: _PingUrl | None = None
    fail: _PingUrl | None = None


class Notify(_Table):
    """The table `[notify]`: who is told of troubles. `digest`: one message for all of a `crawl --due`."""

    by_hand: bool = False
    digest: bool = False
    email: Email | None = None
    webhook: Webhook | None = None
    command: Annotated[list[str], Field(max_length=100)] = []
    apprise: Annotated[list[_Secret], Field(max_length=20)] = []
    ping: Ping = Ping()
    pings: dict[str, Ping] = {}


class Alarms(_Table):
    """The table `[alarms]`: from where on something is a trouble."""

    silent: Annotated[float, Field(ge=2, le=1000)] = 6
    errors: Annotated[float, Field(gt=0, le=1)] = 0.2
    check: Annotated[int, Field(ge=1, le=10_000)] = 100
    scheduler: Annotated[float, Field(gt=0, le=10_000)] = 24


class Keep(_Table):
    """The table `[keep]`: the folders of runs that are over are kept for so many days."""

    runs: Annotated[int, Field(ge=1, le=100_000)] = 90


class Web(_Table):
    """The table `[web]`: who may enter the reading room where it is not on this machine alone, and as whom.

    `names` are host names that it answers to. `keeper` and `reader` are passwords. `proxy_header` is the
    header in which an authenticating proxy tells the user; it is believed from this machine and from
    `proxies` alone. `keepers` are the users who may change something.
    `https`: it is reached by TLS only, through a proxy. `kept` is the origin of the archived pages where they
    are reached through a proxy.
    """

    names: Annotated[
        list[Annotated[str, Field(pattern=r"^[a-z0-9:][a-z0-9.:-]*$", max_length=255)]], Field(max_length=50)
    ] = []
    keeper: _Secret | None = None
    reader: _Secret | None = None
    proxy_header: Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9-]*$", max_length=100)] | None = None
    proxies: Annotated[list[IPvAnyNetwork], Field(max_length=50)] = []
    keepers: Annotated[list[str], Field(max_length=1000)] = []
    https: bool = False
    kept: Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:\[\]-]+$", max_length=300)] | None = None


class Settings(BaseModel):
    """The checked content of `strandline.toml`; every key is optional.

    `contact` is the web or e-mail address of whoever runs the crawls, told to every site; `workers` is the
    number of processes that extract texts (None: as many as there are cores); `zone` holds for cadences that
    name none, and for instants that are shown; `baselines` names days with which everything can be compared.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    format: Annotated[int, Field(ge=1)] = home.FORMAT
    contact: str | None = None
    zone: str = "UTC"
    workers: Annotated[int, Field(ge=1, le=256)] | None = None
    disk: Disk = Disk()
    notify: Notify = Notify()
    alarms: Alarms = Alarms()
    keep: Keep = Keep()
    web: Web = Web()
    baselines: dict[Annotated[str, Field(min_length=1, max_length=100)], date] = {}

    @field_validator("contact")
    @classmethod
    def _reachable(cls, contact: str | None) -> str | None:
        if contact and not (_CONTACT.fullmatch(contact) and contact.isascii() and len(contact) <= 200):
            raise ValueError("must be a web address (https://...) or an e-mail address")
        return contact or None

    @field_validator("zone")
    @classmethod
    def _known(cls, zone: str) -> str:
        return cadence.zone_named(zone)


def find_home(option: Path | None) -> home.Home:
    """The home that is meant: `--home`, else $STRANDLINE_HOME, else the nearest folder upwards that is one.

    Raises Complaint when that is no home.
    """
    variable = os.environ.get(VARIABLE)
    if option is not None:
        return home_at(option, "--home")
    if variable:
        return home_at(Path(variable), f"${VARIABLE}")
    here = Path.cwd()
    for folder in (here, *here.parents):
        if home.Home(folder).settings.is_file():
            return home.Home(folder)
    raise Complaint(
        f"{here} is not inside a Strandline home. Go to one, name one with --home DIR, "
        "or make one with: strandline init DIR"
    )


def home_at(root: Path, given_by: str = "") -> home.Home:
    """The home that is this folder. Raises Complaint, naming what it was `given_by`, when it is none."""
    found = home.Home(root.expanduser().absolute())
    if not found.settings.is_file():
        raise Complaint(
            f"{root}{given_by and f' (from {given_by})'} is not a Strandline home: "
            f"it has no {found.settings.name}. "
            f"Make it one with: strandline init {shlex.quote(str(root))}"
        )
    return found


def load(home: home.Home) -> Settings:
    """The settings of a home. Raises Complaint with everything wrong in the file, or for too new a home."""
    try:
        document = toml.read(home.settings, home.settings.name)
        _check_format(home, document)
        return toml.check(document, Settings)
    except toml.TomlError as error:
        raise Complaint(str(error)) from error


def _check_format(home: home.Home, document: toml.Document) -> None:
    """Before any other key is looked at: a newer format may have keys that are not known here."""
    written = document.data.get("format")
    newest: int = Settings.model_fields["format"].default
    if isinstance(written, int) and written > newest:
        raise Complaint(
            f"{home.root} is a home from a newer version of Strandline (format {written}, "
            f"this program knows {newest}). Upgrade Strandline; nothing was changed."
        )


def enter(option: Path | None) -> tuple[home.Home, Settings]:
    """Find the home and load its settings: how a command begins. Raises Complaint."""
    found = find_home(option)
    return found, load(found)


def source(home: home.Home, name: str) -> sources.Source:
    """One source of the home. Raises Complaint."""
    try:
        return sources.load(home, name)
    except sources.SourceError as error:
        raise Complaint(str(error)) from error


def command(home: home.Home, words: str) -> str:
    """A command line that reaches this home from here, to be shown as the next thing to do."""
    try:
        found = find_home(None).root
    except Complaint:
        found = None
    program = shlex.quote(os.environ.get(CALLED) or "strandline")
    if found is not None and found.resolve() == home.root.resolve():
        return f"{program} {words}"
    return f"{program} --home {shlex.quote(str(home.root))} {words}"
