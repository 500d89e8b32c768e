"""What a person sees of a source's noise, and a person's word on it."""

from collections.abc import Iterable
from typing import TypedDict

from sqlalchemy import Engine, select

from archive import histories, quiet, schema
from archive.database import reading, seal
from archive.home import Home


class NoiseRow(TypedDict):
    """One block; `kind` is one of `archive.noise.Habit`, `example` the URL of one of its `pages`."""

    id: str
    source: str
    kind: str
    left_out: bool
    pages: int
    example: str
    block: str


def noise(engine: Engine, source: str) -> list[NoiseRow]:
    """The noise of a source, what is on the most pages first."""
    table = schema.noise
    wanted = select(table).where(table.c.source == source).order_by(table.c.pages.desc(), table.c.id)
    with reading(engine) as connection:
        return [
            NoiseRow(
                id=row.id, source=row.source, kind=row.kind, left_out=row.left_out, pages=row.pages,
                example=row.example, block=row.block,
            )
            for row in connection.execute(wanted)
        ]  # fmt: skip


def overrule(home: Home, engine: Engine, source: str, ids: Iterable[str], *, keep: bool) -> None:
    """Keep blocks in the comparison, or leave them out, from now on and for all that was captured so far."""
    quiet.rule(home, source, ids, quiet.KEEP if keep else quiet.OUT)
    with engine.begin() as connection:
        histories.hush(connection, home, source)
    histories.sweep(home, engine)
    seal(home)
