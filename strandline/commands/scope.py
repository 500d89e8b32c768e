"""`strandline scope`: which URLs belong to a source, and by which rule."""

import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Annotated

import typer

from archive import urls
from crawler import admission
from strandline import output, settings
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import ExitCode

_COLUMNS = ("scope", "url", "rule")


def scope(
    source: Annotated[str, typer.Argument(metavar="SOURCE", show_default=False, help="The source's name.")],
    addresses: Annotated[
        list[str],
        typer.Argument(metavar="URL", show_default=False, help="Addresses; - reads them from stdin."),
    ],
    depth: Annotated[
        int, typer.Option(metavar="N", min=0, help="So many links away from a seed they are found.")
    ] = 1,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Tell whether URLs belong to a source, and by which rule: seed, within, include, exclude, depth, preset,
    trap. Nothing is asked of the site, and nothing of robots.txt.

    The exit code is 1 when one of them is out.
    """
    found, _ = settings.enter(home)
    rules = admission.Admission(settings.source(found, source))
    rows = []
    outside = 0
    for address in _given(addresses):
        one = rules.judge(address, depth)
        outside += not one.inside
        row = _row(one)
        if json:
            output.json_lines([row])
        else:
            rows.append((row["scope"], one.url, _told(one)))
    if not json:
        output.table(_COLUMNS, rows)
    if outside:
        raise typer.Exit(ExitCode.FAILED)


def _given(addresses: Iterable[str]) -> Iterator[str]:
    """The addresses, a dash being the lines of standard input; empty lines are none."""
    lines = chain.from_iterable(_lines() if address == "-" else (address,) for address in addresses)
    return filter(None, map(str.strip, lines))


def _lines() -> Iterator[str]:
    while line := sys.stdin.readline(urls.MOST + 2):
        yield line


def _row(one: admission.Judgement) -> dict[str, object]:
    return {
        "url": one.url,
        "scope": "in" if one.inside else "out",
        "rule": one.rule,
        "folded": one.folded,
        "folded_by": one.by,
        "listing": one.listing,
        "depth": one.depth,
    }


def _told(one: admission.Judgement) -> str:
    parts = [one.rule]
    if one.folded:
        parts.insert(0, f"folded to {one.folded} by {one.by}")
    if one.listing:
        parts.append(f"fetched for its links only: {one.listing}")
    return "; ".join(parts)
