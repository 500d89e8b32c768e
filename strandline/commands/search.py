"""`strandline search`: where something was said, in all versions of all pages."""

from typing import Annotated

import typer

from archive import access
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint
from strandline.output import json_lines, printable, say, table
from strandline.progress import asking
from strandline.reading import archive_of, moment

Query = access.Query


def search(
    words: Annotated[
        list[str], typer.Argument(metavar="WORDS", show_default=False, help="What is searched for.")
    ],
    source: Annotated[
        str | None, typer.Option("--source", metavar="NAME", show_default=False, help="Only in this source.")
    ] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", show_default=False, help="Only in this language, as in en.")
    ] = None,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", show_default=False, help="Only what stood then or later.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="WHEN", show_default=False, help="Only what stood then or before.")
    ] = None,
    current: Annotated[
        bool, typer.Option("--current/--ever", help="Only what stands now, or whatever was ever said.")
    ] = False,
    appeared: Annotated[
        bool, typer.Option("--appeared", help="Each time it appeared and vanished, the first time first.")
    ] = False,
    most: Annotated[int, typer.Option("--most", metavar="N", min=1, max=10_000, help="So many pages.")] = 20,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Find the pages that say something, or ever said it, and when it appeared and vanished.

    All words must be there; "a phrase" is searched in one piece, -word leaves out, OR stands between two
    of which one is enough, and a star at the end of a word stands for its endings. Case and accents do not
    matter.
    """
    query = Query(
        " ".join(words), source, language,
        moment(since).start if since else None, moment(until).end if until else None, current,
    )  # fmt: skip
    with archive_of(home) as archive:
        with asking("reading what is new") as show:
            access.follow(archive, lambda done, number: show(f"{done:,} of {number:,} texts"))
        try:
            answer = access.find(archive, query, most=most)
        except access.QueryError as error:
            raise Complaint(f"{query.words!r}: {error}") from error
    if answer["behind"]:
        say(f"{answer['behind']:,} texts are not searched yet: another process takes them in.")
    if appeared:
        _tell_times(answer["found"], json)
    elif json:
        json_lines(dict(row) for row in answer["found"])
    elif answer["found"]:
        columns = ("since", "until", "url", "what it says")
        table(columns, [_row(found, said) for found in answer["found"] for said in found["said"]])
    if not answer["found"]:
        say("Nothing says that, or ever did." if answer["next"] is None else "None of the newest says that.")
    elif answer["next"] is not None:
        say(f"There is more; see --most {most * 5}.")


def _tell_times(found: list[access.FoundRow], json: bool) -> None:
    """A line for each time that a page said it, with the changes that brought and removed it."""
    times = sorted(((said, row) for row in found for said in row["said"]), key=lambda one: one[0]["appeared"])
    if json:
        json_lines({"source": row["source"], "url": row["url"], **said} for said, row in times)
    elif times:
        table(
            ("appeared", "by change", "vanished", "by change", "url"),
            [
                (_since(said), said["brought"], _until(said), said["removed"] or _how(said), row["url"])
                for said, row in times
            ],
        )


def _how(said: access.SaidRow) -> str | None:
    return "with the page" if said["vanished"] else None


def _row(found: access.FoundRow, said: access.SaidRow) -> list[object]:
    text = "".join(f"[{piece}]" if marked else piece for piece, marked in found["snippet"])
    return [_since(said), _until(said), found["url"], printable(text)]


def _since(said: access.SaidRow) -> str:
    first = f"{said['appeared']:%Y-%m-%d %H:%M}"
    return f"{first} or before" if said["at_first"] else first


def _until(said: access.SaidRow) -> str:
    return f"{said['vanished']:%Y-%m-%d %H:%M}" if said["vanished"] else "stands"
