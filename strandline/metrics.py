"""The state of the home as Prometheus reads it (text format 0.0.4)."""

from collections.abc import Callable, Iterator

from archive import access, runs
from strandline.lookout import Stand, View


def text(view: View) -> str:
    """All gauges, each with its help and type."""
    return "\n".join(_lines(view)) + "\n"


_OF_RUN: tuple[tuple[str, str, Callable[[access.LatelyRow], float]], ...] = (
    ("start_time_seconds", "When the last run began.", lambda row: row["moment"].timestamp()),
    ("end_time_seconds", "When the last run ended.", lambda row: row["ended"].timestamp()),
    ("requests", "Requests of the last run.", lambda row: row["requests"]),
    ("received_bytes", "Bytes that the last run received.", lambda row: row["bytes"]),
    ("pages_new", "Pages that the last run found new.", lambda row: row["new"]),
    ("pages_failed", "Pages that failed in the last run.", lambda row: row["failed"]),
)
_OF_SOURCE: tuple[tuple[str, str, Callable[[Stand], float | None]], ...] = (
    ("running", "Whether the source is being crawled.", lambda one: one.running),
    ("alarms", "What is wrong with the source.", lambda one: len(one.alarms)),
    ("next_time_seconds", "When it is crawled next.", lambda one: one.next.timestamp() if one.next else None),
)


def _lines(view: View) -> Iterator[str]:
    ran = [(one.source, one.last) for one in view.sources if one.last]
    for name, help_, of_run in _OF_RUN if ran else ():
        yield from _head(f"run_{name}", help_)
        for source, row in ran:
            yield f"strandline_run_{name}{_labels(source=source)} {_number(of_run(row))}"
    if ran:
        yield from _head("run_outcome", "How the last run ended: 1 at its outcome.")
    for source, row in ran:
        for outcome in runs.Outcome:
            labels = _labels(source=source, outcome=outcome)
            yield f"strandline_run_outcome{labels} {int(row['outcome'] == outcome)}"
    for name, help_, of_source in _OF_SOURCE:
        values = [(one.source, of_source(one)) for one in view.sources]
        if any(value is not None for _, value in values):
            yield from _head(f"source_{name}", help_)
        for source, value in values:
            if value is not None:
                yield f"strandline_source_{name}{_labels(source=source)} {_number(value)}"
    yield from _of_home(view)


def _of_home(view: View) -> Iterator[str]:
    house = view.house
    figures: tuple[tuple[str, str, float | None], ...] = (
        ("disk_free_bytes", "Free on the disk of the home.", house.free),
        ("disk_size_bytes", "Size of the disk of the home.", house.total),
        ("check_damage", "Damaged things that the last check found.", house.damage),
        (
            "check_time_seconds",
            "When all was checked last.",
            house.checked.timestamp() if house.checked else None,
        ),
        (
            "look_time_seconds",
            "When somebody looked what is due.",
            house.looked.timestamp() if house.looked else None,
        ),
        ("home_alarms", "What is wrong with the home.", len(view.alarms)),
    )
    for name, help_, value in figures:
        if value is not None:
            yield from _head(name, help_)
            yield f"strandline_{name} {_number(value)}"


def _head(name: str, help_: str) -> Iterator[str]:
    yield f"# HELP strandline_{name} {help_}"
    yield f"# TYPE strandline_{name} gauge"


def _labels(**labels: str) -> str:
    escaped = {
        key: value.replace("\\", "\\\\").replace("\n", "\\n").replace('"', '\\"')
        for key, value in labels.items()
    }
    return "{" + ",".join(f'{key}="{value}"' for key, value in escaped.items()) + "}"


def _number(value: float) -> str:
    return str(int(value)) if isinstance(value, bool | int) else f"{value:.3f}"
