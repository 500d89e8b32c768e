"""What a source is: the checked content of `sources/NAME.toml` (design: `docs/sources.md`).

Every key but `seeds` has a default, and an unknown key is an error: a typo must not silently widen a crawl.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field


class Part(BaseModel):
    """A frozen table of a source file that refuses unknown keys."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)


class ScopeRules(Part):
    """Which addresses belong to the source. `include`, `exclude`, `keep`: regexes, searched in the URL.

    `twins` are origins (`http://www.example.org`) that have the pages of the first seed's origin too.
    """

    within: Literal["prefix", "host", "domain", "surt"] = "host"
    twins: tuple[str, ...] = ()
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    depth: Annotated[int, Field(ge=0, le=1000)] = 20


class Manners(Part):
    """How the source is treated. `delay` is in seconds between the requests to one host."""

    delay: Annotated[float, Field(ge=0, le=3600)] = 1.0
    concurrency: Annotated[int, Field(ge=1, le=32)] = 1
    robots: Literal["obey", "ignore"] = "obey"
    allow_private: bool = False


class Limits(Part):
    """Where a run stops: `pages` fetched in one run, `requests` of all kinds and repeated ones too, sizes in
    bytes, `minutes` of wall time, `stall` minutes without anything fetched, bytes of `memory`. `light_pages`
    are the known pages that a light run asks again at most.
    """

    pages: Annotated[int, Field(ge=1)] = 100_000
    requests: Annotated[int, Field(ge=1)] = 1_000_000
    bytes: Annotated[int, Field(ge=1)] = 50_000_000_000
    minutes: Annotated[float, Field(gt=0)] = 1440
    stall: Annotated[float, Field(gt=0)] = 10
    memory: Annotated[int, Field(ge=50_000_000)] = 1_000_000_000
    page_bytes: Annotated[int, Field(ge=1024)] = 64 * 1024 * 1024
    light_pages: Annotated[int, Field(ge=0)] = 100


class Fetch(Part):
    """What is fetched and how: `requisites` are the images, stylesheets, scripts and fonts of a page."""

    requisites: bool = True
    headers: dict[str, str] = {}
    revisit_every: Annotated[int, Field(ge=1)] = 10


class About(Part):
    """Descriptive metadata of the collection, after Dublin Core."""

    title: str | None = None
    creator: str | None = None
    language: str | None = None
    description: str | None = None
    rights: str | None = None
    subject: str | None = None


class Source(Part):
    """One watched site. `name` is the file's name, not a key of it."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
    seeds: Annotated[tuple[str, ...], Field(min_length=1)]
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    schedule: str | None = None
    light: str | None = None
    paused: bool = False
    preset: str = "auto"
    scope: ScopeRules = ScopeRules()
    manners: Manners = Manners()
    limits: Limits = Limits()
    fetch: Fetch = Fetch()
    about: About = About()
