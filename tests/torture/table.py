"""The table of the torture tests: what servers do to us, and what must come of it."""

from tests.torture.bodies import CODINGS, FRAMINGS
from tests.torture.connections import CONNECTIONS, SECURED
from tests.torture.heads import HEADS, STATUSES
from tests.torture.pages import MORE, PAGES
from tests.torture.redirects import LATER, REDIRECTS
from tests.torture.robots import ROBOTS
from tests.torture.row import Group, Row

TABLE: tuple[Row, ...] = (
    *HEADS,
    *STATUSES,
    *FRAMINGS,
    *CODINGS,
    *CONNECTIONS,
    *SECURED,
    *REDIRECTS,
    *LATER,
    *ROBOTS,
    *PAGES,
    *MORE,
)

NAMES: dict[str, list[str]] = {
    "inside.torture.test": ["127.0.0.1"],
    "outside.torture.test": ["127.7.1.2"],
    "nobody.torture.test": [],
}
"""Names that resolve to these addresses, besides those of the rows."""

KNOWN: dict[int, str] = {}
"""Rows that do not hold yet, with what is missing. Each is expected to fail: take it out when it holds."""

LARGE: dict[Group, str] = {}
"""Groups whose child takes too much memory, as `KNOWN`."""
