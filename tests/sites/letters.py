"""A site made by hand between 1996 and 2005: a folder of 120 monthly letters, and nothing that lists them
all.

For `tests.sites.server`. There is no feed, no sitemap and no robots.txt. Each year's letters are linked in
one of
three ways: from a table, from a list under anchors, or from the left frame of a frameset. File names are in
mixed
case, links relative, some with a backslash, a space or a line break; texts are in Windows' own charset.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from itertools import islice
from posixpath import relpath
from random import Random

from tests.sites.posts import moved
from tests.sites.prose import ENGLISH
from tests.sites.server import MISSING, Page, State
from tests.sites.theme import png

LETTERS = 120
FIRST_YEAR = 1996
TRAPS: dict[str, str] = {}
"""None: what is made by hand has an end."""

_FOLDER = "/Newsletters"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Letter:
    number: int
    title: str
    path: str
    text: tuple[str, ...]

    @property
    def year(self) -> int:
        return FIRST_YEAR + self.number // 12


@dataclass(frozen=True, slots=True)
class Steps:
    """What happens from state 0 to state 1; `edited` as it is afterwards."""

    new: Letter
    edited: Letter
    withdrawn: Letter


def state(at: int = 0, count: int = LETTERS) -> State:
    """The site before (0) and after (1) the `changes`."""
    ones = _letters(at, count)
    pages = {"/": _home(), **_top(ones)}
    for year in sorted({one.year for one in ones}):
        pages |= _year(year, [one for one in ones if one.year == year])
    for before, one, after in zip((None, *ones), ones, (*ones[1:], None), strict=False):
        pages[one.path.replace(" ", "%20")] = _letter(before, one, after)
    return {**pages, **_FILES, _FOLDER: moved(f"{_FOLDER}/"), "*": MISSING}


def articles(at: int = 0, count: int = LETTERS) -> tuple[str, ...]:
    """The paths of all letters, as they are asked for."""
    return tuple(one.path.replace(" ", "%20") for one in _letters(at, count))


@lru_cache
def changes(count: int = LETTERS) -> Steps:
    edited = _write(count // 3)
    more = "A correction: the ferry did not sink, it was sold."
    return Steps(
        _write(count),
        Letter(edited.number, edited.title, edited.path, (*edited.text, more)),
        _write(count // 2),
    )


@lru_cache
def _letters(at: int, count: int) -> tuple[Letter, ...]:
    done = changes(count)
    steps = {done.edited.number: done.edited} if at else {}
    ones = [steps.get(number) or _write(number) for number in range(count + (at > 0))]
    return tuple(one for one in ones if not at or one.number != done.withdrawn.number)


@lru_cache(maxsize=1000)
def _write(number: int) -> Letter:
    dice = Random(f"letter {number}")
    year, month = FIRST_YEAR + number // 12, _MONTHS[number % 12]
    short = f"{year % 100:02}"
    names = (f"{month.lower()}{short}.htm", f"{month.upper()}{short}.HTM", f"Letter {month} {short}.html")
    text = tuple(" ".join(islice(ENGLISH.sentences(dice), 5)) for _ in range(8))
    return Letter(
        number, f"{ENGLISH.title(dice)} ({month} {year})", f"{_FOLDER}/{year}/{names[number % 3]}", text
    )


def _page(where: str, title: str, body: str, status: int = 200) -> Page:
    picture = relpath("/images/Sand.GIF", where.rpartition("/")[0] or "/")
    markup = f"""<HTML>
<HEAD><TITLE>{escape(title)}</TITLE>
<META HTTP-EQUIV="Content-Type" CONTENT="text/html; charset=windows-1252">
<META NAME="GENERATOR" CONTENT="Microsoft FrontPage 3.0"></HEAD>
<BODY BGCOLOR="#FFFFE0" BACKGROUND="{picture}" TEXT=#000000 LINK=#0000CC>
{body}
</BODY></HTML>
"""
    return Page(status, (("Content-Type", "text/html"),), markup.encode("cp1252", "xmlcharrefreplace"))


def _home() -> Page:
    return Page(
        headers=(("Content-Type", "text/html"),),
        body=b"""<html><head><title>Friends of Saltmere Harbour</title></head>
<frameset cols="180,*" border=0><frame name="menu" src="Menu.htm"><frame name="main" src="main.htm">
<noframes><body>Your browser has no frames. <a href="main.htm">Go on
without.</a></body></noframes></frameset></html>
""",
    )


def _top(ones: Iterable[Letter]) -> dict[str, Page]:
    """The few pages around the folder."""
    menu = """<B>Friends of Saltmere Harbour</B><P><A HREF=main.htm TARGET=main>Welcome</A><BR>
<A HREF="Newsletters" TARGET="main">Our letters</A><BR>
<A HREF='About us.htm' TARGET=main>About us</A><BR><A HREF="links.HTM" target="_top">Links</A>"""
    years = sorted({one.year for one in ones})
    rows = "".join(
        f'<TR><TD ALIGN=right>Letters of</TD><TD><A HREF="{year}/{_INDEX[year % 3]}">{year}</A></TD></TR>\n'
        for year in years
    )
    listed = f'<H1>Letters</H1><TABLE BORDER=1>{rows}</TABLE><A HREF="..\\main.htm">Back</A>'
    about = (
        '<H1>About us</H1><P>We meet on Thursdays. <A HREF="mailto:friends@saltmere.invalid">Write to us</A>.'
    )
    links = """<H1>Links</H1><UL><LI><A HREF="http://elsewhere.invalid/">The other friends</A>
<LI><A HREF="Guestbook.htm">Our guest book</A> (soon!)<LI><A HREF="#top">Up</A></UL>"""
    welcome = """<A NAME=top></A><H1>Welcome!</H1><P>You are visitor <IMG SRC="images/counter.gif">.
<P>New: <A HREF="newsletters/index.htm">letters in small letters</A> <A HREF="./Newsletters/">The
letters</A>"""
    return {
        "/Menu.htm": _page("/Menu.htm", "Menu", menu),
        "/main.htm": _page("/main.htm", "Welcome", welcome),
        "/About%20us.htm": _page("/About us.htm", "About us", about),
        "/links.HTM": _page("/links.HTM", "Links", links),
        f"{_FOLDER}/": _page(f"{_FOLDER}/", "Letters", listed),
    }


_INDEX = ("index.htm", "LIST.HTM", "frames.htm")


def _year(year: int, ones: list[Letter]) -> dict[str, Page]:
    """What leads to the letters of a year."""
    where = f"{_FOLDER}/{year}/{_INDEX[year % 3]}"
    names = [one.path.rpartition("/")[2] for one in ones]
    if year % 3 == 0:
        cells = "".join(
            f'<TR><TD>{one.title}</TD><TD><A\nHREF="{name}">'
            "<IMG SRC='../../images/envelope.gif'></A></TD></TR>\n"
            for one, name in zip(ones, names, strict=True)
        )
        return {where: _page(where, f"{year}", f"<TABLE>{cells}</TABLE><A HREF=../>All years</A>")}
    if year % 3 == 1:
        top = " | ".join(f'<A HREF="#l{one.number}">{_MONTHS[one.number % 12]}</A>' for one in ones)
        items = "".join(
            f'<DT><A NAME="l{one.number}"></A>{one.title}<DD><A HREF="./{name}#top">Read</A>\n'
            for one, name in zip(ones, names, strict=True)
        )
        return {where: _page(where, f"{year}", f"{top}<DL>{items}</DL><A HREF=../>All years</A>")}
    lines = "".join(
        f"<LI><a href='../{year}/{name}' target=letter>{one.title}</a>"
        for one, name in zip(ones, names, strict=True)
    )
    left = f"{_FOLDER}/{year}/Left.htm"
    frames = f"""<html><head><title>{year}</title></head><frameset cols="30%,70%"><frame src="Left.htm">
<frame src="{names[0]}" name=letter></frameset></html>"""
    return {
        where: Page(headers=(("Content-Type", "text/html"),), body=frames.encode()),
        left: _page(left, f"{year}", f"<UL>{lines}</UL><a href='..' target=_top>All years</a>"),
    }


def _letter(before: Letter | None, one: Letter, after: Letter | None) -> Page:
    text = "\n<P>".join(one.text)
    near = [
        f'<A HREF="{relpath(other.path, one.path.rpartition("/")[0])}">{name}</A>'
        for name, other in (("The letter before", before), ("The next letter", after))
        if other and other.number % 4
    ]
    body = f"""<A NAME=top></A><CENTER><H2>{escape(one.title)}</H2></CENTER>
<FONT FACE="Times New Roman">Dear friends,<P>{text}<P>Yours, the board</FONT><HR>
{" ".join(near)} <A HREF="../../main.htm" TARGET=_top>Home</A>"""
    return _page(one.path, one.title, body)


_FILES = {
    f"/images/{name}": Page(headers=(("Content-Type", "image/gif"),), body=png(number))
    for number, name in enumerate(("Sand.GIF", "counter.gif", "envelope.gif"))
}
