"""`strandline check`: whether all that is kept is what it was."""

from dataclasses import asdict
from typing import Annotated

import typer

from archive import care, database, instants
from schedules import sources as source_files
from strandline.commands import HomeOption, JsonOption
from strandline.complaint import Complaint, ExitCode
from strandline.gauge import counting
from strandline.output import json_lines, say
from strandline.settings import enter


def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", show_default=False, help="Only these sources; else all."),
    ] = None,
    json: JsonOption = False,
    home: HomeOption = None,
) -> None:
    """Read all that is kept once more, and tell what is not what it was.

    Of WARC files every byte, record and digest; of the index and the texts all that follows from them.
    Nothing is changed, and crawls may go on. With damage the exit code is 4.
    """
    found, _ = enter(home)
    known = care.sources(found)
    if unknown := sorted(set(names or ()) - known):
        raise Complaint(f"{unknown[0]!r} is no source of this home. See: strandline sources")
    findings = [
        care.Finding("sources", complaint, "Mend the file.")
        for complaint in ([] if names else source_files.load_all(found)[1])
    ]

    def tell(finding: care.Finding) -> None:
        findings.append(finding)
        if not json:
            say(_line(finding))

    if not json:
        for finding in findings:
            say(_line(finding))
    began = instants.now()
    try:
        with counting("reading") as watch:
            checked = care.check(found, names or known, tell, watch)
    except database.DatabaseTrouble as error:
        raise Complaint(str(error)) from error
    care.words(found)  # says aloud what it throws away, and is no damage: it follows from the index
    damage = sum(finding.damage for finding in findings)
    if not names:
        care.note(found, began, damage)
    if json:
        json_lines(map(asdict, findings))
    else:
        say(_summary(checked, damage))
    if damage:
        raise typer.Exit(ExitCode.DAMAGE)


def _line(finding: care.Finding) -> str:
    place = "" if finding.offset is None else f" at {finding.offset}"
    url = "" if finding.url is None else f" ({finding.url})"
    return f"{finding.file}{place}: {finding.what}{url}. {finding.remedy}"


def _summary(checked: care.Checked, damage: int) -> str:
    looked = f"{checked.files} WARC files and {checked.captures} captures were looked at"
    lines = [f"{looked}: {f'{damage} things are damaged' if damage else 'all is whole'}."]
    lines += [f"{name} was being crawled: its texts were not looked at." for name in checked.crawled]
    return "\n".join(lines)
