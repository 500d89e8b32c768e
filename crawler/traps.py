"""Crawler traps: URLs without end that lead to nothing new, told from a URL itself or from what came before.

Ordinary sites must pass whole: numbered pages, `?p=123`, dated archives of decades, threads in tens of
thousands. So nothing is refused for being one of many; it is refused for being one more *recombination*
of parts that were all seen before, or one more page of a calendar. Endless chains of numbered pages look
like ordinary ones: the depth of the scope ends those.
"""

import re
from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple
from zlib import crc32

from archive import urls

SEGMENTS = 25
VARIANTS = 500
"""So many pages that may belong to a trap are let through for each shape of URL."""

MEMORY = 200_000
"""So many numbers are kept in mind, at about 100 bytes each."""

_REPEATS = 3
_SHORT_REPEATS = 6  # of `1/1/1`, a date or a map tile, or of `a/a/a`, a folder by first letters
_SAME_SEGMENT = 5
_AHEAD = 24  # pages dated beyond the next year
_MONTHS = 1200  # of a dated archive: a century
_DEPTHS = 3
_ITEMS = 16

_LETTER = re.compile("[a-z]", re.IGNORECASE)
_INDEX = re.compile("%5B[0-9]*%5D")  # PHP's `f[0]=a&f[1]=b`
_SEVERAL = re.compile("%2C|%7C|,")

_SESSION = re.compile(
    r""";(?:jsessionid|phpsessid|sid)=[^/?;&]+
    |/\([A-Z]\([a-z0-9]{20,}\)\)(?=/)                      # ASP.NET
    |(?<=[?&])(?:jsessionid|phpsessid|aspsessionid\w*|sess(?:ion)?_?id|oscsid|zenid|cftoken)=[\w!.,%~-]{8,}
    |(?<=[?&])(?:sid|s|session|sess)=(?=[a-f]*[0-9])(?=[0-9]*[a-f])[0-9a-f]{16,}(?![^&])""",
    re.IGNORECASE | re.VERBOSE,
)
_CALENDAR = re.compile(
    r"(?<![a-z0-9])(?:calendars?|cal|kalend[a-z]+|calendrier|calendario|events?|agenda|termine"
    r"|veranstaltungen|pasakumi|notikumi|eventdisplay)(?![a-z0-9])"
)
_YEAR = r"(?:19|20|21)[0-9]{2}"
_MONTH = r"(?:0[1-9]|1[0-2])"
_DAY = r"(?:0[1-9]|[12][0-9]|3[01])"
_CALENDAR_DATE = re.compile(
    rf"(?<![0-9])(?:{_YEAR}(?:[/-](?:w|week[/-])?[0-9]{{1,2}}){{1,2}}"
    rf"|[0-9]{{1,2}}[/-](?:[0-9]{{1,2}}[/-])?{_YEAR}"
    rf"|{_YEAR}{_MONTH}{_DAY}|\b(?:date|time|ts|t|d)=[0-9]{{10}})(?![0-9-])"
)
_BLANKED = re.compile(  # what is left out of a calendar's URL to see which one it is
    rf"(?<![0-9])(?:1[0-9]{{3}}|{_YEAR})(?:[/-](?:w|week[/-])?[0-9]{{1,2}}){{1,2}}(?![0-9])"
    rf"|(?<![0-9])[0-9]{{1,2}}[/-](?:[0-9]{{1,2}}[/-])?{_YEAR}(?![0-9])"
    r"|(?<=[/=])[0-9]{6,10}(?=[/&]|$)"
    r"|(?<=[?&])(?:year|yr|y|jahr|annee|gads|month|mon|m|monat|mois|menesis|day|d|tag|jour|diena)=[0-9]+"
    r"|(?<=[/=])(?:day|week|month|year|list|grid|agenda|map|photo|summary)(?=[/&]|$)"
)
_PATH_DATE = re.compile(
    rf"(?:^|/(?P<front>[^/]*))/(?P<year>1[0-9]{{3}}|{_YEAR})(?P<mark>[/-])(?P<month>{_MONTH})"
    rf"(?P<day>(?P=mark){_DAY})?(?:/page/[0-9]+)?/?$"
)
_QUERY_DATE = re.compile(
    rf"=(1[0-9]{{3}}|{_YEAR})-({_MONTH})(?:-{_DAY})?(?=[&T]|$)"
    rf"|(?:^|&)(?:m|month|date|day|tribe-bar-date)=({_YEAR})({_MONTH})(?:{_DAY})?(?=&|$)"
)
_QUERY_YEAR = re.compile(r"(?:^|&)(?:year|yr|y|jahr|annee|gads)=([12][0-9]{3})(?=&|$)")
_QUERY_MONTH = re.compile(r"(?:^|&)(?:month|mon|m|monat|mois|menesis)=(0?[1-9]|1[0-2])(?=&|$)")
_DATED = re.compile("[12][0-9]{3}")
_NUMBERED = re.compile(
    r"(?<=[?&])(offset|start|startat|paged?|pagenum|page_num|pg|seite|lapa)=[0-9]+(?=&|$)"
    r"|(?<=/)(page)/[0-9]+(?=/?(?:\?|$))",
    re.IGNORECASE,
)
_SESSION_HINT = re.compile("[;(]|[sS][eE][sS]|[sS][iI]?[dD]?=|zenid=|cftoken=")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ARCHIVES = _words("archive archives archiv arhivs blog news posts day month date week by-date")

# What a parameter does, by its name: leads to another page, shows the same in another way, turns pages.
_ROUTE = _words(
    "option view task action act do mode module mod controller section title lang language hl locale"
)
_SHOW = _words(
    "sort sortby sort_by sortorder order orderby order_by dir direction asc desc limit per_page perpage "
    "pagesize page_size rows layout display viewmode sk sd st ipp"
)
_PAGER = _words("page p pg paged start offset from pagenum page_num startat begin seite lapa")
_DATE = _words("year yr y month mon m day d jahr monat tag annee mois jour gads menesis diena")


def trap(url: str) -> str | None:
    """The rule, in words, by which a canonical URL is a trap by itself; None where it is not."""
    if len(url) > urls.LONGEST:
        return f"trap: {len(url)} characters > {urls.LONGEST}"
    _, path, query = _split(url)
    return _loop(path) or _repeated(query)


def _split(url: str) -> tuple[str, str, str]:
    """Host, path without its first slash, query."""
    _, _, host, target = url.split("/", 3)
    path, _, query = target.partition("?")
    return host, path, query


def _loop(path: str) -> str | None:
    segments = path.split("/")
    count = len(segments) - (segments[-1] == "")
    if count > SEGMENTS:
        return f"trap: {count} path segments > {SEGMENTS}"
    if len(set(segments)) == len(segments):
        return None
    for size in range(1, count // _REPEATS + 1):
        for start in range(count - _REPEATS * size + 1):
            group = segments[start : start + size]
            times = _SHORT_REPEATS if size == 1 and len(group[0]) == 1 else _REPEATS
            if not _LETTER.search("".join(group)):
                times = _SHORT_REPEATS
            if segments[start : start + times * size] == group * times:
                return f"trap: {'/'.join(group)} repeated {times} times in the path"
    for segment in segments:
        if segments.count(segment) >= _SAME_SEGMENT and len(segment) > 1 and _LETTER.search(segment):
            return f"trap: {segment} {_SAME_SEGMENT} times in the path"
    return None


def _repeated(query: str) -> str | None:
    parts = query.split("&")
    for part in parts:
        name, _, value = part.partition("=")
        if value.count(f"{name}%") >= _REPEATS - 1 and name:
            return f"trap: {name} nested {_REPEATS} times in the query"
        if len(parts) >= _REPEATS and value and parts.count(part) >= _REPEATS:
            return f"trap: {part} repeated {_REPEATS} times in the query"
    return None


class _Parameters(NamedTuple):
    """A query taken apart.

    `items` without those that route or show; `free` of them turn no pages and are no date.
    """

    route: str
    items: list[int]
    free: int
    shows: bool


class Traps:
    """The guard of one run. `year` is the present one.

    Ask it about each URL that is to be fetched, best in the order in which they are met: the answer depends
    on nothing else. A URL that was let through is so again as long as it is remembered; memory is bounded,
    and what was not met for longest is forgotten first.
    """

    def __init__(self, year: int, variants: int = VARIANTS, memory: int = MEMORY) -> None:
        self._year = year
        self._variants = variants
        self._seen = Memory(memory)
        self._depths_limit = memory // 10
        self._depths: dict[str, int] = {}

    def trap(self, url: str) -> str | None:
        """The rule, in words, by which a canonical URL is a trap; None lets it through."""
        if rule := trap(url):
            return rule
        host, path, query = _split(url)
        return (
            self._session(url, host)
            or self._calendar(host, path, query)
            or (self._recombined(host, path, query) if query else None)
            or self._wandering(host, path)
        )

    def _session(self, url: str, host: str) -> str | None:
        """A page is asked for under one session id only, the first that is met."""
        found = _SESSION.search(url) if _SESSION_HINT.search(url) else None
        if not found:
            return None
        shape = f"session {host}"
        bare = crc32(_SESSION.sub("", url).encode())
        if self._seen.has(shape, crc32(url.encode())):
            return None
        if self._seen.has(shape, bare):
            return f"trap: known under another session id than {found[0].strip(';/')}"
        self._seen.add(shape, (bare, crc32(url.encode())))
        return None

    def _calendar(self, host: str, path: str, query: str) -> str | None:
        target = f"{path}?{query}" if query else path
        dated = _dated(path, query, target)
        if dated is None:
            return None
        calendar, month = dated
        shape = f"calendar {host}/{_BLANKED.sub('0', target)}"
        if month and month[0] > self._year + 1 and not self._room(f"ahead {shape}", target, _AHEAD):
            return f"trap: more than {_AHEAD} pages dated after {self._year + 1} of {shape}"
        if calendar and not self._room(shape, target, self._variants):
            return f"trap: more than {self._variants} pages of {shape}"
        if month and not calendar and not self._room(shape, f"{month}", _MONTHS):
            return f"trap: more than {_MONTHS} months of {shape}"
        return None

    def _recombined(self, host: str, path: str, query: str) -> str | None:
        """Facets and sort orders: all pairs of parameters were met before, only their combination is new.

        An ordinary page with many parameters has one, its number, that is new with most others. Two
        parameters, or one and the page of a list and a date, are never too many.
        """
        found = _parameters(query)
        if not found.shows and found.free <= 1:
            return None
        place = f"{host}/{path}{found.route}"
        whole = crc32(query.encode())
        if self._seen.has(place, whole):
            return None
        # What is shown in another way is nothing new; nor is what has only pairs that were met.
        tied = combinations(found.items, 2) if found.free > 1 else (found.items,)
        marks = [hash(tuple(items)) for items in tied]
        ordinary = len(found.items) <= 2 and not found.shows
        if not ordinary and all(self._seen.has(place, mark) for mark in marks):
            room = self._room(f"facets {place}", query, self._variants)
            self._seen.add(place, (whole,) if room else ())
            if not room:
                return f"trap: more than {self._variants} recombined parameters of {place}"
        else:
            self._seen.add(place, (*marks, whole))
        return None

    def _wandering(self, host: str, path: str) -> str | None:
        """Relative links that go astray: `about/team/` on every page makes folders in any order.

        A folder's name is mostly found at one depth, or two. Where all names of a path were met at three
        and more, it was put together from links.
        """
        folders = path.split("/")[:-1]
        wanders = len(folders) >= _DEPTHS
        for depth, folder in enumerate(folders):
            mask = self._mark(f"{host}/{folder}", depth)
            wanders = wanders and mask.bit_count() >= _DEPTHS
        if wanders and not self._room(f"folders {host}", "/".join(folders), self._variants):
            return f"trap: more than {self._variants} folders of {host} that are the same names in any order"
        return None

    def _mark(self, name: str, depth: int) -> int:
        mask = self._depths.pop(name, 0) | 1 << depth
        self._depths[name] = mask
        if len(self._depths) > self._depths_limit:
            del self._depths[next(iter(self._depths))]
        return mask

    def _room(self, shape: str, variant: str, limit: int) -> bool:
        """Whether a variant of a shape is one of the first so many; then it is remembered."""
        mark = crc32(variant.encode())
        if self._seen.has(shape, mark):
            return True
        room = self._seen.size(shape) < limit
        # What is full is touched too: forgotten, it would be open again.
        self._seen.add(shape, (mark,) if room else ())
        return room


class Place(NamedTuple):
    """The calendar, or else the numbered list, that a URL is a page of; all pages of it have its `name`."""

    name: str
    is_calendar: bool


def names_calendar(url: str) -> bool:
    """Whether a canonical URL has a word for a calendar in it."""
    return _CALENDAR.search(url.lower().split("/", 3)[3]) is not None


def place(url: str) -> Place | None:
    """What a canonical URL is a page of by its date or number; None for all others."""
    host, path, query = _split(url)
    target = f"{path}?{query}" if query else path
    if _dated(path, query, target):
        return Place(f"{host}/{_BLANKED.sub('0', target)}", True)
    name = _NUMBERED.sub(lambda found: f"{found[1]}=0" if found[1] else f"{found[2]}/0", f"/{target}")
    return Place(host + name, False) if name != f"/{target}" else None


def _dated(path: str, query: str, target: str) -> tuple[bool, tuple[int, int] | None] | None:
    """Whether a URL is one of a calendar, and its month; None where it is of no date."""
    if not _DATED.search(target):
        return None
    lower = target.lower()
    calendar = _CALENDAR.search(lower) is not None
    month = _month(path, query, calendar)
    calendar = calendar and (month is not None or _CALENDAR_DATE.search(lower) is not None)
    return (calendar, month) if calendar or month else None


def _month(path: str, query: str, calendar: bool) -> tuple[int, int] | None:
    """Year and month of a URL that is of a date and nothing else."""
    end = path[-2:].rstrip("/")[-1:]
    if end.isdigit() and (found := _PATH_DATE.search(f"/{path}")):
        front = found["front"]
        # `/topic/2031/05` is page 5 of a topic rather than a month.
        if calendar or found["day"] or not front or front.lower() in _ARCHIVES:
            return int(found["year"]), int(found["month"])
    if query and (found := _QUERY_DATE.search(query)):
        return int(found[1] or found[3]), int(found[2] or found[4])
    year = _QUERY_YEAR.search(query) if query else None
    month = _QUERY_MONTH.search(query) if year else None
    return (int(year[1]), int(month[1])) if year and month else None


def _parameters(query: str) -> _Parameters:
    route, shows, free, date = "", False, 0, ""
    items: set[int] = set()
    for part in query.split("&"):
        key, equals, value = part.partition("=")
        name = _INDEX.sub("", key).lower() if "%" in key else key.lower()
        if name in _ROUTE:
            route += f"?{part}"
        elif name in _SHOW:
            shows = True
        elif name in _DATE and value.isdigit():
            date += part
        elif value or not equals:
            values = _SEVERAL.split(value) if "," in value or "%" in value else (value,)
            items.update(crc32(f"{name}={one}".encode()) for one in values)
            free += len(values) * (name not in _PAGER or not value.isdigit())
    if date:
        items.add(crc32(date.encode()))
    return _Parameters(route, sorted(items)[:_ITEMS], free, shows)


class Memory:
    """Sets of numbers by name, `limit` in all and a half of it in one; the set used last is kept longest."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._weight = 0
        self._sets: dict[str, set[int]] = {}

    def has(self, name: str, mark: int) -> bool:
        return mark in self._sets.get(name, ())

    def size(self, name: str) -> int:
        return len(self._sets.get(name, ()))

    def add(self, name: str, marks: Iterable[int]) -> None:
        known = self._take(name)
        known.update(marks)
        if len(known) > self._limit // 2:
            known.clear()
        self._sets[name] = known
        self._weight += _weight(name, known)
        while self._weight > self._limit:
            self._take(next(iter(self._sets)))

    def _take(self, name: str) -> set[int]:
        known = self._sets.pop(name, None)
        if known is None:
            return set()
        self._weight -= _weight(name, known)
        return known


def _weight(name: str, marks: set[int]) -> int:
    """In numbers: what a set and its name take beside them."""
    return len(marks) + 8 + len(name) // 32
