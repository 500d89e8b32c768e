"""Pages that are little but a list of linked titles: an archive by month, a tag, a table of contents."""

from datetime import date

from archive.model import Entry, Text
from archive.text import extract

URL = "https://garden.example/tag/frost/"
TITLES = (
    "How to mend a hinge in winter",
    "Frost on the night of the eighth",
    "The ferry and the strong wind",
)


def page(items: str, before: str = "", after: str = "") -> Text:
    html = f"<html lang='en'><body><main><h1>Frost</h1>{before}{items}{after}</main></body></html>"
    return extract(html.encode(), URL, "text/html")


def listed(*titles: str) -> str:
    rows = (
        f"<li><a href='/{n}'>{title}</a> <time>2025-03-{n:02}</time></li>"
        for n, title in enumerate(titles, 1)
    )
    return f"<ul>{''.join(rows)}</ul>"


def test_each_title_is_an_entry_with_its_link_and_date() -> None:
    text = page(listed(*TITLES))
    assert text.title == "Frost"
    assert text.entries[0] == Entry(
        TITLES[0], date(2025, 3, 1), None, "https://garden.example/1", "", complete=False
    )
    assert text.text == "\n\n".join(TITLES)


def test_lists_under_several_headings_are_one() -> None:
    text = page(f"<h2>2025</h2>{listed(*TITLES)}<h2>2024</h2>{listed(*reversed(TITLES))}")
    assert [entry.title for entry in text.entries] == [*TITLES, *reversed(TITLES)]


def test_a_table_and_bare_paragraphs_are_lists_too() -> None:
    table = "".join(
        f"<tr><td>{n}</td><td><a href='/{n}'>{title}</a></td></tr>" for n, title in enumerate(TITLES)
    )
    assert len(page(f"<table>{table}</table>").entries) == 3
    assert (
        len(page("".join(f"<p><a href='/{n}'>{title}</a></p>" for n, title in enumerate(TITLES))).entries)
        == 3
    )


def test_an_article_with_a_list_of_links_stays_an_article() -> None:
    said = "<p>The harbour board gave permission in 1885, then took it back, then gave it again.</p>"
    text = page(listed(*TITLES), before=said)
    assert text.entries == ()
    assert text.text.startswith("The harbour board gave permission")


def test_a_menu_is_no_list_of_titles() -> None:
    menu = "".join(f"<li><a href='/{name}'>{name}</a></li>" for name in ("Home", "News", "About"))
    assert page(f"<ul>{menu}</ul>").entries == ()
