"""The rows of an answer in one step, for readers in many threads.

Between any two rows the driver lets other threads run, and then waits for its turn again: where a dozen are
at work, a list of a hundred rows would wait a hundred times.
"""

import json
from collections import namedtuple
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select


def gathered(connection: Connection, wanted: Select[*tuple[Any, ...]]) -> list[Any]:
    """The rows of a query, each with its columns by name, as `Connection.execute` gives them."""
    columns = list(wanted.selected_columns)
    names = tuple(str(column.key) for column in columns)
    assert len(names) == len(set(names)), f"two columns have one name: {names}"
    # By name: the columns of a subquery are made anew each time, which costs more than a short answer.
    each: list[ColumnElement[Any]] = [literal_column(f'found."{name}"') for name in names]
    whole = select(func.json_group_array(func.json_array(*each))).select_from(wanted.subquery("found"))
    rows = json.loads(connection.execute(whole).scalar() or "[]")
    dialect = connection.dialect
    readers = []
    for place, column in enumerate(columns):
        read = column.type.dialect_impl(dialect).result_processor(dialect, None)
        if read is not None:
            readers.append((place, read))
    for row in rows:
        for place, converted in readers:
            row[place] = converted(row[place])
    return list(map(_kind(names)._make, rows))


@lru_cache
def _kind(names: tuple[str, ...]) -> Any:
    return namedtuple("_kind", names)
