"""The cookies of one run (RFC 6265): in memory only, bounded in number and size."""

import re
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

MOST = 3000
PER_HOST = 180
LARGEST = 4096
"""Cookies in all, those that one host or domain sets, and bytes of one: what browsers hold."""

LONGEST = 8192
"""Bytes of cookies in one request: many servers take no more than that in all headers together."""

_LINES = 500
_UNFIT = re.compile(r"[\x00-\x08\x0a-\x1f\x7f;]")
_DIGITS = re.compile(r"-?[0-9]{1,10}")


@dataclass(frozen=True, slots=True)
class _Cookie:
    """`exact`: for the very host that set it; else for all hosts of that domain too. `until` as time.time."""

    name: str
    value: str
    path: str
    exact: bool
    secure: bool
    until: float | None

    @property
    def size(self) -> int:
        return len(self.name) + len(self.value)

    def fits(self, path: str, secure: bool) -> bool:
        """RFC 6265, section 5.1.4."""
        if self.secure and not secure:
            return False
        if path == self.path:
            return True
        return path.startswith(self.path if self.path.endswith("/") else f"{self.path}/")


class Cookies:
    """What servers set, by host or domain. `is_suffix` tells whether a domain is one under which anybody may
    have a name, as `co.uk` or `github.io`: no cookie is for all of those.
    """

    def __init__(self, is_suffix: Callable[[str], bool]) -> None:
        self._is_suffix = is_suffix
        self._held: dict[str, dict[tuple[str, str], _Cookie]] = {}
        self._count = 0

    def __bool__(self) -> bool:
        return bool(self._held)

    def take(self, url: str, lines: Iterable[str]) -> None:
        """Take in the Set-Cookie headers of an answer, in Latin-1; what is no cookie is passed over."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        for line in tuple(lines)[:_LINES]:
            domain, cookie = _read(line, host, parts.path, parts.scheme == "https")
            if cookie is None or (domain != host and (_is_address(host) or self._is_suffix(domain))):
                continue
            self._put(domain, cookie)

    def header(self, url: str) -> str:
        """The Cookie header of a request, in Latin-1; empty where there is none. The longest paths come first
        (section 5.4).
        """
        parts = urlsplit(url)
        host, now = parts.hostname or "", time.time()
        secure = parts.scheme == "https"
        found: list[_Cookie] = []
        for domain in _domains(host) if self._held else ():
            for key, cookie in tuple(self._held.get(domain, {}).items()):
                if cookie.until is not None and cookie.until <= now:
                    self._drop(domain, key)
                elif (domain == host or not cookie.exact) and cookie.fits(parts.path, secure):
                    found.append(cookie)
        found.sort(key=lambda cookie: -len(cookie.path))
        room, kept = LONGEST, []
        for cookie in found:
            room -= cookie.size + 3
            if room >= 0:
                kept.append(f"{cookie.name}={cookie.value}" if cookie.name else cookie.value)
        return "; ".join(kept)

    def _put(self, domain: str, cookie: _Cookie) -> None:
        key = (cookie.name, cookie.path)
        self._drop(domain, key)
        if cookie.until is not None and cookie.until <= time.time():
            return
        held = self._held.pop(domain, {})
        self._held[domain] = held  # behind those that were set longer ago
        held[key] = cookie
        self._count += 1
        if len(held) > PER_HOST:
            self._drop(domain, next(iter(held)))
        while self._count > MOST:
            oldest = next(iter(self._held))
            self._drop(oldest, next(iter(self._held[oldest])))

    def _drop(self, domain: str, key: tuple[str, str]) -> None:
        held = self._held.get(domain, {})
        if held.pop(key, None) is not None:
            self._count -= 1
            if not held:
                del self._held[domain]


def _domains(host: str) -> Iterable[str]:
    """The host itself and the domains it is in."""
    yield host
    while not _is_address(host) and "." in host:
        host = host.partition(".")[2]
        yield host


def _read(line: str, host: str, at: str, secure: bool) -> tuple[str, _Cookie | None]:
    """A Set-Cookie header (RFC 6265, sections 5.2 and 5.3), and the domain that it is for."""
    pair, *rest = line[: 2 * LARGEST].split(";")
    name, equals, value = pair.partition("=")
    name, value = (name.strip(), value.strip()) if equals else ("", name.strip())
    said = {}
    for attribute in rest[:20]:
        key, _, text = attribute.partition("=")
        said[key.strip().lower()] = text.strip()
    named = said.get("domain", "").removeprefix(".").lower()
    domain = named or host
    fine = domain == host or host.endswith("." + domain)
    if not (name or value) or not fine or len(line) > 2 * LARGEST or len(name) + len(value) > LARGEST:
        return domain, None
    if _UNFIT.search(name + value) or ("secure" in said and not secure):
        return domain, None
    path = said.get("path", "")
    if not path.startswith("/") or len(path) > 1024:
        path = at[: at.rindex("/")] or "/"
    return domain, _Cookie(name, value, path, not named, "secure" in said, _until(said))


def _until(said: dict[str, str]) -> float | None:
    """When a cookie ends; None for one that lasts as long as the run."""
    age = said.get("max-age", "")
    if _DIGITS.fullmatch(age):
        return time.time() + int(age)
    try:
        return parsedate_to_datetime(said["expires"].replace("-", " ")).timestamp()
    except (KeyError, ValueError, OverflowError):
        return None


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
