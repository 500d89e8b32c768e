"""What the demo site prints: its articles, and what happens to them from one state to the next.

State 1 is how it began. In state 2 a decision of the council was softened, the date of a notice was moved so
that it seems to have been in time, and an article came. In state 3 a sentence was taken out of a letter, an
article disappeared, and a page moved.
"""

from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

FOLDER = Path(__file__).parent
STATES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Article:
    """One article. `body` is markup; `path` is its address on the site."""

    name: str
    title: str
    author: str
    day: date
    body: str
    path: str

    @property
    def teaser(self) -> str:
        """The first paragraph, as markup."""
        return self.body[: self.body.index("</p>") + len("</p>")]


@dataclass(frozen=True, slots=True)
class Edit:
    """From `state` on the article's text has `new` where it had `old`, or `day` instead of its own date."""

    state: int
    name: str
    old: str = ""
    new: str = ""
    day: date | None = None


EDITS = (
    Edit(
        2,
        "breakwater",
        "the council decided that the breakwater will be repaired before the first of October, and\n"
        "that harbour dues will not rise to pay for it.",
        "the council agreed in principle that the breakwater should be repaired as soon as funds allow, and\n"
        "that harbour dues may rise to pay for it.",
    ),
    Edit(2, "fish-hall", day=date(2025, 3, 12)),
    Edit(
        3,
        "letter",
        "The only bidder is a company that was founded in February, and\n"
        "its one director is married to the mayor's sister. ",
    ),
)
ADDED = {"seal": 2}
REMOVED = {"oil": 3}
MOVED = {"ferry": (3, "/ferry/")}


def articles(state: int) -> tuple[Article, ...]:
    """The articles on the site in that state, the newest first."""
    found = [
        _moved(_edited(article, state), state)
        for article in map(_read, sorted((FOLDER / "articles").glob("*.html")))
        if ADDED.get(article.name, 1) <= state < REMOVED.get(article.name, STATES[-1] + 1)
    ]
    return tuple(sorted(found, key=lambda article: (article.day, article.name), reverse=True))


def redirects(state: int) -> dict[str, str]:
    """Old path -> new path of what has moved by that state."""
    old = {name: _read(FOLDER / "articles" / f"{name}.html").path for name in MOVED}
    return {old[name]: path for name, (at, path) in MOVED.items() if at <= state}


def about() -> str:
    """The about page's text, as markup."""
    return (FOLDER / "about.html").read_text("utf-8")


def _read(file: Path) -> Article:
    head, _, body = file.read_text("utf-8").partition("\n\n")
    said = dict(line.split(": ", 1) for line in head.splitlines())
    day = date.fromisoformat(said["date"])
    return Article(file.stem, said["title"], said["author"], day, body, f"/{day:%Y/%m}/{file.stem}/")


def _edited(article: Article, state: int) -> Article:
    for edit in EDITS:
        if edit.name == article.name and edit.state <= state:
            body = article.body.replace(edit.old, edit.new) if edit.old else article.body
            article = replace(article, body=body, day=edit.day or article.day)
    return article


def _moved(article: Article, state: int) -> Article:
    at, path = MOVED.get(article.name, (STATES[-1] + 1, ""))
    return replace(article, path=path) if at <= state else article
