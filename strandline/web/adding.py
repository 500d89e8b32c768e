"""A site that is to be watched: looked at, shown with what a first crawl would do, then added."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for

from schedules import editing, template
from schedules import sources as source_files
from strandline import adding, findings
from strandline.complaint import Complaint
from strandline.web import answers, guard, looks
from strandline.web.room import room

area = Blueprint("adding", __name__)


@area.get("/add")
def form() -> Any:
    """Ask which site."""
    return render_template("add.html", wishes=None, trouble=None)


@area.post("/add")
@guard.may_change
def begin() -> Any:
    """Begin to look at a site."""
    its = room()
    wishes = adding.Wishes(
        url=request.form.get("url", "").strip()[:8000],
        name=request.form.get("name", "").strip()[:100] or None,
        allow_private=request.form.get("allow_private") == "1",
    )
    if wishes.url and "://" not in wishes.url:
        wishes = adding.Wishes(f"https://{wishes.url}", wishes.name, allow_private=wishes.allow_private)
    number = its.looks.begin(its.home, its.settings, wishes)
    if number is None:
        trouble = f"{looks.AT_ONCE} sites are being looked at already. Wait a little, then try again."
        return render_template("add.html", wishes=wishes, trouble=trouble), 503
    return redirect(url_for("adding.look", number=number))


@area.get("/add/<number>")
def look(number: str) -> Any:
    """How a look stands, and in the end what came of it."""
    its = room()
    one = its.looks.get(number)
    if one is None:
        answers.absent("This look at a site is no longer remembered. Begin again.")
    if one.trouble is not None:
        return render_template("add.html", wishes=one.wishes, trouble=one.trouble), 400
    if one.looked is None:
        return render_template("add_wait.html", look=one), 200, {"Refresh": "2"}
    text = template.render(one.looked.source, one.looked.why)
    return _shown(number, one, one.looked.source.name, text, [])


@area.post("/add/<number>")
@guard.may_change
def save(number: str) -> Any:
    """Write the source file, as it was proposed or edited."""
    its = room()
    one = its.looks.get(number)
    if one is None:
        answers.absent("This look at a site is no longer remembered. Begin again.")
    name, text = request.form.get("name", "").strip(), request.form.get("text", "").replace("\r\n", "\n")
    complaints = editing.complaints(name, text)
    if not complaints:
        try:
            editing.save(its.home, name, text, None)
        except (editing.Changed, source_files.SourceError, OSError) as error:
            complaints = [str(error)]
    if complaints:
        return _shown(number, one, name, text, complaints), 400
    its.looks.forget(number)
    flash(f"{name} is watched from now on.")
    if "run" in request.form:
        try:
            its.begun.begin(its.home, name)
        except Complaint as complaint:
            flash(str(complaint), "bad")
    return redirect(url_for("sources.source", name=name))


def _shown(number: str, one: looks.Look, name: str, text: str, complaints: list[str]) -> str:
    looked, its = one.looked, room()
    found = findings.as_json(looked.source, looked.found, looked.first, its.settings.zone) if looked else {}
    warned = looked and findings.warnings(looked.found, its.settings.contact, one.wishes.allow_private)
    return render_template(
        "add_found.html", number=number, name=name, text=text, complaints=complaints, found=found,
        warnings=list(warned or ()), why=looked.why if looked else "",
    )  # fmt: skip
