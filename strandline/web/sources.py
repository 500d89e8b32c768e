"""The sources: how each stands and when it is crawled; there it is run, paused, and its file edited."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from archive import access, instants
from schedules import due, editing
from schedules import sources as source_files
from strandline import timetable
from strandline.complaint import Complaint
from strandline.settings import source as source_of
from strandline.web import answers, calendar, guard, overview
from strandline.web.room import room

area = Blueprint("sources", __name__)

RUNS, CHANGES = 10, 10


@answers.page(area, "/sources", "sources.html")
def sources() -> dict[str, Any]:
    """All sources, with how they stand."""
    its = room()
    loaded, _ = source_files.load_all(its.home)
    seen, complaints = overview.view(its)
    counted = {name: pages for name, (_, _, pages) in its.archive.source_summary().items()}
    schedules = {one.name: (one.schedule, one.light) for one in loaded}
    rows = [
        {
            **overview.standing(its, stand),
            "schedule": schedules.get(stand.source, (None, None))[0],
            "light": schedules.get(stand.source, (None, None))[1],
            "pages": counted.get(stand.source, 0),
        }
        for stand in seen.sources
    ]
    known = {row["source"] for row in rows}
    broken = sorted(path.stem for path in its.home.sources.glob("*.toml") if path.stem not in known)
    return {"sources": rows, "complaints": complaints, "broken": broken}


@answers.page(area, "/source/<name>", "source.html")
def source(name: str) -> Any:
    """One source: its health, its times, its runs, changes and pages."""
    its = room()
    try:
        one = _source(name)
    except Complaint:
        if answers.is_twin():
            raise
        return redirect(url_for("sources.edit", name=name))
    stand = next(found for found in overview.view(its)[0].sources if found.source == name)
    now = instants.now()
    slots = access.slots_of(its.archive.engine, [name], now)
    standing = timetable.standing(its.home, one, its.settings.zone, slots, now)
    runs = access.runs_page(its.archive, source=name, most=RUNS)
    told = [run for run in runs if not run["imported"]][::-1]
    plan = due.plan(one, its.settings.zone)
    begins, after = answers.asked("begins", 2000) or "", answers.asked("after", 10_000) or ""
    pages = access.pages_page(its.archive, name, after=after, begins=begins, most=answers.ROWS + 1)
    return {
        "source": overview.standing(its, stand),
        "about": {key: value for key, value in one.about.model_dump().items() if value},
        "seeds": list(one.seeds),
        "schedule": one.schedule,
        "light": one.light,
        "upcoming": timetable.ahead(plan.schedule, now),
        "upcoming_light": timetable.ahead(plan.light, now),
        "why": list(timetable.reasons(its.home, standing, told, its.settings, now)),
        "runs": runs,
        "changes": access.changes_page(its.archive, {"source": name}, most=CHANGES, grouped=True)[0],
        "calendar": calendar.year(its.days, name, answers.whole("year", now.year, 9999)),
        "pages": pages[: answers.ROWS],
        "begins": begins,
        "next": pages[answers.ROWS - 1]["url"] if len(pages) > answers.ROWS else None,
    }


@area.post("/source/<name>/run")
@guard.may_change
def run_now(name: str) -> Any:
    """Crawl it now."""
    its = room()
    _source(name)
    try:
        its.begun.begin(its.home, name, light=bool(request.form.get("light")))
        flash(f"{name} is being crawled.")
    except Complaint as complaint:
        flash(str(complaint), "bad")
        return redirect(url_for("sources.source", name=name))
    newest = access.runs_page(its.archive, source=name, most=1)
    if newest and newest[0]["ended"] is None:
        return redirect(url_for("runs.run", run=newest[0]["run"]))
    return redirect(url_for("sources.source", name=name))


@area.post("/source/<name>/stop")
@guard.may_change
def stop(name: str) -> Any:
    """End its run cleanly."""
    try:
        room().begun.stop(name, room().daemon)
        flash(f"The run of {name} is ending; the next one goes on with it.")
    except Complaint as complaint:
        flash(str(complaint), "bad")
    return redirect(url_for("sources.source", name=name))


@area.post("/source/<name>/pause")
@guard.may_change
def pause(name: str) -> Any:
    """Let its schedule rest, or go on."""
    its, rests = room(), request.form.get("rests") == "1"
    text = _text(name)
    try:
        editing.save(its.home, name, editing.paused(text, rests), editing.digest(text))
        flash(f"{name} rests: it is crawled only when you say so." if rests else f"{name} goes on.")
    except (editing.Changed, source_files.SourceError) as error:
        flash(str(error), "bad")
    return redirect(url_for("sources.source", name=name))


@area.route("/source/<name>/edit", methods=["GET", "POST"])
@guard.may_change
def edit(name: str) -> Any:
    """Edit its file: checked with every line that is wrong, saved as a whole or not at all. The headers in it
    may be secrets: no reader sees it.
    """
    text = _text(name)
    known = editing.digest(text)
    if request.method == "GET":
        return _editor(name, text, known, editing.complaints(name, text))
    return _edited(name)


def _edited(name: str) -> Any:
    its = room()
    text = request.form.get("text", "").replace("\r\n", "\n")
    known = request.form.get("known", "")
    complaints = editing.complaints(name, text)
    if "save" in request.form and not complaints:
        try:
            editing.save(its.home, name, text, known)
            flash(f"sources/{name}.toml was saved.")
            return redirect(url_for("sources.source", name=name))
        except editing.Changed as error:
            complaints = [str(error)]
    elif not complaints:
        flash("Nothing is wrong with it. It is not saved yet.")
    return _editor(name, text, known, complaints), 400 if complaints else 200


def _editor(name: str, text: str, known: str, complaints: list[str]) -> str:
    return render_template("source_edit.html", name=name, text=text, known=known, complaints=complaints)


def _source(name: str) -> source_files.Source:
    try:
        source_files.check_name(name)
    except source_files.SourceError as error:
        answers.absent(f"{error}.")
    try:
        return source_of(room().home, name)
    except Complaint as complaint:
        if room().home.source(name).is_file() and name in _names():
            raise
        answers.absent(str(complaint))


def _names() -> set[str]:
    return {path.stem for path in room().home.sources.glob("*.toml")}


def _text(name: str) -> str:
    try:
        return editing.read(room().home, name)
    except source_files.SourceError as error:
        answers.absent(f"{error}.")
