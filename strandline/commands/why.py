"""`strandline why`: what became of a URL, and why."""

from dataclasses import asdict
from typing import Annotated

import typer

from crawler import why as reasons
from schedules import sources as files
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, printable, say, table, write
from strandline.reading import archive_of
from strandline.settings import enter


def why(
    url: Annotated[str, typer.Argument(metavar="URL", show_default=False, help="The address.")],
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Tell what became of a URL and why: scope, robots.txt, tries, last good capture.

    Any URL may be asked for, also one that was never met. One answer for each source that knows it.
    """
    found, _ = enter(home)
    sources, complaints = files.load_all(found)
    with archive_of(found.root) as archive:
        try:
            answers = reasons.why(found, archive, sources, url)
        except ValueError as error:
            raise Complaint(_no_address(url, [source.name for source in sources], error)) from error
    for complaint in complaints:
        say(f"strandline: {complaint}")
    if json:
        json_lines(asdict(answer) for answer in answers)
        return
    for number, answer in enumerate(answers):
        _show(answer, first=number == 0)


def _no_address(text: str, names: list[str], error: ValueError) -> str:
    if text in names:
        return f"{text} is a source. Ask for one of its addresses: strandline pages {text} lists them."
    return f"{error}. Give the whole address of a page, as in: strandline why https://example.org/page"


def _show(answer: reasons.Why, first: bool) -> None:
    if not first:
        write("")
    write(printable(answer.url))
    verdicts = ", ".join(str(one["verdict"]) for one in answer.history)
    seen = f"{answer.captures}, the newest: {verdicts}" if answer.captures else "none"
    rows = {
        "stands for": answer.twin,
        "source": answer.source,
        "state": answer.state + (f" (status {answer.status})" if answer.status else ""),
        "scope": f"{answer.scope}: {answer.rule}" if answer.scope else "unknown",
        "robots": answer.robots or "not known: robots.txt was not asked for",
        "tries": answer.tries,
        "captures": seen,
        "last good": answer.last_good or "never",
    }
    table(("", ""), [(f"  {name}", value) for name, value in rows.items() if value is not None])
    write("")
    table(("", ""), [("  -", reason) for reason in answer.reasons])
