"""Pages with several whole articles or excerpts are read entry by entry; one article with cards is one article."""
# ruff: noqa: E501  (a page reads best unbroken)

from datetime import date

from archive.model import Entry
from archive.text import extract

URL = "https://garden.example/blog/"
ONE = "<p>The ferry will not run in a strong wind, whatever the poster on the quay says.</p><p>Ask at the kiosk.</p>"
TWO = "<p>Frost on the night of the eighth took the early blossom.<br>The dahlias were unharmed.</p>"
LONG = "<p>The harbour board gave permission in 1885, then withdrew it, then gave it again on condition that the lock gate be kept locked at night and on Sundays.</p>"


def entries(html: str) -> tuple[Entry, ...]:
    return extract(html.encode(), URL).entries


def test_blogger_front_page() -> None:
    post = """<div class="date-outer"><h2 class="date-header"><span>{day}</span></h2><div class="date-posts">
    <div class="post-outer"><div class="post hentry"><h3 class="post-title entry-title"><a href="{link}">{title}</a></h3>
    <div class="post-body entry-content">{body}<div class="jump-link">{more}</div></div>
    <div class="post-footer">Posted by <span class="fn">Ann Reed</span> at <a rel="bookmark" href="{link}"><abbr class="published" title="{iso}T20:46:00+02:00">20:46</abbr></a>
    <span class="post-comment-link"><a href="#">27 comments</a></span></div></div></div></div></div>"""
    html = f"""<html><head><title>Lamp and Log</title></head><body><div id="main"><div class="widget Blog" id="Blog1"><div class="blog-posts hfeed">
    {post.format(day="Saturday, March 15, 2025", link="/2025/03/one.html", title="The ferry", body=ONE, more="", iso="2025-03-15")}
    {post.format(day="Monday, February 10, 2025", link="/2025/02/two.html", title="Frost", body=TWO, more='<a href="/2025/02/two.html#more">Read more »</a>', iso="2025-02-10")}
    </div></div></div><aside><div class="widget"><h2>Popular posts</h2><ul><li><a href="/3">How to mend a hinge</a></li></ul></div></aside></body></html>"""
    text = extract(html.encode(), URL)
    assert text.entries == (
        Entry(
            "The ferry",
            date(2025, 3, 15),
            "Ann Reed",
            "https://garden.example/2025/03/one.html",
            "The ferry will not run in a strong wind, whatever the poster on the quay says.\n\nAsk at the kiosk.",
        ),
        Entry(
            "Frost",
            date(2025, 2, 10),
            "Ann Reed",
            "https://garden.example/2025/02/two.html",
            "Frost on the night of the eighth took the early blossom.\nThe dahlias were unharmed.",
            complete=False,
        ),
    )
    assert text.text == "\n\n".join(f"{entry.title}\n\n{entry.text}" for entry in text.entries)
    assert (text.title, text.date, text.author) == ("Lamp and Log", None, None)


def test_wordpress_front_page() -> None:
    post = """<article id="post-{n}" class="post-{n} post type-post status-publish hentry category-news">
    <header class="entry-header"><h2 class="entry-title"><a href="https://garden.example/?p={n}" rel="bookmark">{title}</a></h2>
    <div class="entry-meta"><span class="posted-on"><time class="entry-date published" datetime="{iso}">{day}</time></span>
    <span class="byline"> by <span class="author vcard"><a class="url fn n" href="/author/tom">Tom Rudkin</a></span></span></div></header>
    <div class="entry-content">{body}</div><footer class="entry-footer">Posted in <a href="/c">News</a> <a href="#c">3 Comments</a></footer></article>"""
    html = f"""<html lang="en"><body class="home blog"><header class="site-header"><h1 class="site-title"><a href="/">Garden</a></h1></header><main>
    {post.format(n=7, title="The ferry", day="March 15, 2025", iso="2025-03-15T10:00:00+00:00", body=ONE)}
    {post.format(n=9, title="Frost", day="March 9, 2025", iso="2025-03-09T10:00:00+00:00", body="<p>Frost on the night of the eighth took the early […]</p>")}
    </main><aside id="secondary"><h2>Recent Posts</h2><ul><li><a href="/?p=7">The ferry</a></li></ul></aside></body></html>"""
    first, second = entries(html)
    assert (first.title, first.date, first.author, first.link) == (
        "The ferry",
        date(2025, 3, 15),
        "Tom Rudkin",
        "https://garden.example/?p=7",
    )
    assert (first.complete, second.complete) == (True, False)
    assert second.text == "Frost on the night of the eighth took the early […]"


def test_repeated_boxes_that_no_preset_knows() -> None:
    item = '<div class="xq"><div class="head"><h3><a href="{n}.htm">{title}</a></h3><i>{day}</i></div>{body}</div>'
    html = f"""<html lang="en"><body><h1>Notes</h1><div id="list">
    {item.format(n=1, title="The ferry", day="15 March 2025", body=ONE)}
    {item.format(n=2, title="Frost", day="1 March 2025", body=TWO)}
    {item.format(n=3, title="The board", day="2 February 2025", body=LONG)}</div></body></html>"""
    found = entries(html)
    assert [(entry.title, str(entry.date), entry.link) for entry in found] == [
        ("The ferry", "2025-03-15", "https://garden.example/blog/1.htm"),
        ("Frost", "2025-03-01", "https://garden.example/blog/2.htm"),
        ("The board", "2025-02-02", "https://garden.example/blog/3.htm"),
    ]


def test_headings_without_boxes() -> None:
    html = f"""<html><body><div><h1>News</h1><h2><a href="/a">The ferry</a></h2>{ONE}<p><a href="/a">Continue reading</a></p>
    <h2><a href="/b">Frost</a></h2>{TWO}<h2><a href="/c">The board</a></h2>{LONG}</div></body></html>"""
    found = entries(html)
    assert [(entry.title, entry.complete) for entry in found] == [
        ("The ferry", False),
        ("Frost", True),
        ("The board", True),
    ]
    assert found[0].text.endswith("Ask at the kiosk.")


def test_an_edit_in_one_entry_changes_that_entry() -> None:
    page = "<html><body>{}</body></html>".format(
        "".join(f'<div class="post"><h2><a href="/{n}">Title {n}</a></h2>{LONG}</div>' for n in range(4))
    )
    before, after = entries(page), entries(page.replace("1885", "1886", 1))
    assert [old == new for old, new in zip(before, after, strict=True)] == [False, True, True, True]


def test_a_front_page_stays_still_while_its_furniture_moves() -> None:
    post = '<div class="post hentry"><h2><a href="/{n}">Title {n}</a></h2>{body}<p class="meta">{count} comments</p><ul class="related-posts"><li><a href="/{count}">Another {count}</a></li></ul></div>'
    box = "<div class='box'><h3>Recent posts</h3><ul>{}</ul></div>"
    texts = set()
    for seed in (3, 4, 5):
        posts = "".join(post.format(n=n, body=(ONE, TWO, LONG)[n % 3], count=seed * n + 7) for n in range(6))
        links = [f'<li><a href="/x{n}">Headline number {n * seed}</a></li>' for n in range(seed)]
        html = f"<html><body><h1>News</h1><div id='a'>{posts}</div><div id='b'>{box.format(''.join(links))}<p>{seed},204 views</p></div></body></html>"
        text = extract(html.encode(), URL)
        assert len(text.entries) == 6
        texts.add((text.title, text.date, text.author, text.text, text.entries))
    assert len(texts) == 1


def test_one_article_with_related_cards_has_no_entries() -> None:
    card = '<article class="post"><h2><a href="/{n}">Another title</a></h2><p>Frost took the early blossom in the garden.</p></article>'
    html = f"""<html><head><meta property="og:type" content="article"></head><body><main><article class="post"><h1>The board</h1>{LONG * 6}</article>
    {card.format(n=1)}{card.format(n=2)}{card.format(n=3)}</main></body></html>"""
    assert entries(html) == ()


def test_an_article_with_subheadings_has_no_entries() -> None:
    html = f"<html><body><article><h1>The board</h1><h2>First</h2>{LONG}<h2>Second</h2>{LONG}<h2>Third</h2>{LONG}</article></body></html>"
    assert entries(html) == ()
