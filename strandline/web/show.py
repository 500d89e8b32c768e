"""How values look on a page: the filters of the templates.

All that was archived goes through `plain` or `short`.
"""

import re
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, cast
from zoneinfo import ZoneInfo

from flask import Flask, g
from flask.templating import Environment
from markupsafe import Markup

from archive import space
from strandline import told
from strandline.web.room import room

_STEERING = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
"""Controls, and what turns the direction of reading around beyond its element. Marks and joiners that Hebrew,
Persian or emoji need stay.
"""
_UNSEEN = re.compile("[\x00-\x20\x7f-\xa0\xad\u034f\u061c\u115f-\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]")  # fmt: skip  # noqa: E501 - one class of characters
"""What a URL cannot show."""

_LONGEST = 100_000


def plain(text: object) -> str:
    """Archived text that steers nothing; very long text is cut, and says so."""
    whole = "" if text is None else str(text)
    cut = whole if len(whole) <= _LONGEST else f"{whole[:_LONGEST]} […]"
    return _STEERING.sub(lambda found: _sign(ord(found[0])), cut)


def _sign(code: int) -> str:
    return chr(0x2400 + code) if code < 0x20 else "\u2421" if code == 0x7F else "\ufffd"


def short(url: object, most: int = 80) -> str:
    """A URL as it is read: every character visible, shortened in the middle."""
    whole = str(url or "")
    if len(whole) > most:
        whole = f"{whole[: most * 2 // 3]}…{whole[-most // 3 :]}"
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", whole)


def when(at: datetime | None, form: str = "%Y-%m-%d %H:%M") -> Markup | str:
    """An instant as it was in the zone of the settings, with its exact value behind it."""
    if at is None:
        return "–"
    return _told(at, form, _zone())


def at(instant: datetime, form: str = "%Y-%m-%d") -> str:
    """The same where there is place for words alone, as in the title of a drawing."""
    return instant.astimezone(_zone()).strftime(form)


@lru_cache(maxsize=8192)
def _told(at: datetime, form: str, zone: ZoneInfo) -> Markup:
    exact = at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    here = at.astimezone(zone).strftime(form)
    # A page may have thousands of them: too many for Markup.format.
    return Markup(f'<time datetime="{exact}" title="{exact}">{here}</time>')  # noqa: S704 - digits and signs


def _zone() -> ZoneInfo:
    """The zone of the settings, as it was when the page was begun."""
    try:
        return cast(ZoneInfo, g.zone)
    except AttributeError:
        g.zone = zone = ZoneInfo(room().settings.zone)
        return zone


def day(at: datetime | date | None) -> Markup | str:
    """The day of an instant in the zone of the settings, or a date."""
    if isinstance(at, datetime):
        return when(at, "%Y-%m-%d")
    return "–" if at is None else at.isoformat()


def stamp(at: datetime) -> str:
    """An instant in an address: `YYYYMMDDhhmmss`, and a fraction where there is one."""
    utc = at.astimezone(UTC)
    fraction = f".{utc:%f}".rstrip("0") if utc.microsecond else ""
    return f"{utc:%Y%m%d%H%M%S}{fraction}"


def stamp_iso(at: datetime) -> str:
    """An instant in a query, as people may write it too."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def since(at: datetime | None) -> Markup | str:
    """How long ago an instant is, or how far ahead: `3 days ago`, `in 2 hours`."""
    if at is None:
        return "never"
    seconds = (datetime.now(UTC) - at).total_seconds()
    size = abs(seconds)
    units = ((90, 1, "second"), (5400, 60, "minute"), (129_600, 3600, "hour"))
    unit, name = next(((unit, name) for limit, unit, name in units if size < limit), (86_400, "day"))
    number = round(size / unit)
    said = f"{number:,} {name}{'' if number == 1 else 's'}"
    said = f"in {said}" if seconds < 0 else f"{said} ago"
    exact = at.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"
    return Markup('<time datetime="{}" title="{}">{}</time>').format(exact, exact, said)


def amount(number: int | float | None) -> str:
    """Bytes as people write them."""
    return "–" if number is None else space.amount(int(number))


def count(number: int | None) -> str:
    """A whole number with its thousands parted."""
    return "–" if number is None else f"{number:,}"


class Templates(Environment):
    """Templates that look a name up in a row first, and then among what every dict has: rows are dicts."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        if type(obj) is dict and attribute in obj and attribute not in _OF_DICTS:
            return obj[attribute]
        return super().getattr(obj, attribute)


_OF_DICTS = frozenset(dir(dict))


def put(app: Flask) -> None:
    """Give the templates these filters."""
    for filter_ in (plain, short, when, at, day, stamp, stamp_iso, since, amount, count):
        app.add_template_filter(filter_)
    for said in (told.kinds, told.words, told.step, told.verdict):
        app.add_template_filter(said, f"{said.__name__}_told")
