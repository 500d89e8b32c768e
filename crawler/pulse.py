"""How often a feed is asked: a pure function of the instants of its entries. No I/O and no clock.

The rate at which entries come is what the last ones say, those of hours as well as those of months, whichever
tell of more. The feed is asked again when what may have come since has waited for `PATIENCE`, all together:
so one with four times as many entries is asked twice as often. One request finds all there is, so the
patience is a tenth of that with pages (`crawler/revisit.py`).
"""

import math
from collections.abc import Iterable
from datetime import datetime, timedelta

LEAST = timedelta(minutes=15)
MOST = timedelta(days=1)
"""Bounds, whatever a feed does."""

PATIENCE = 0.005
"""Days that the entries since the last look may be expected to have waited, together."""

RECENT = 25
"""So many of the last entries count: as many as a usual feed has."""

_SLACK = 0.5
"""Days besides those since an entry came, as half an entry less: one that has just come makes no rush."""

_DAY = timedelta(days=1)


def interval(entries: Iterable[datetime], asked: datetime) -> timedelta:
    """How long after it was `asked` a feed with entries of these instants is to be asked again.

    Entries of one instant count once: they came together, or the feed does not know. Those of the future
    count for nothing.
    """
    past = sorted({at for at in entries if at <= asked}, reverse=True)[:RECENT]
    rates = ((number - 0.5) / ((asked - at) / _DAY + _SLACK) for number, at in enumerate(past, 1))
    rate = max(rates, default=0.0)
    wanted = math.sqrt(2 * PATIENCE / rate) * _DAY if rate else MOST
    return min(MOST, max(LEAST, wanted))
