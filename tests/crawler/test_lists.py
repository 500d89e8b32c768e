"""Lists that lead to nothing new are left out, once those asked for are from all over their kind."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from archive import http, instants
from crawler import presets
from crawler.exchange import Answer
from crawler.frontier import Frontier, reading
from crawler.ledger import Ledger
from crawler.lists import FEWEST, UNREAD, Before, Lists
from crawler.rows import Found, Row, State, UrlKind
from tests.crawler.crawls import source

SITE = "http://quay.example"
YEARS = range(2012, 2024)
MONTHS = range(1, 13, 2)
POSTS = tuple(f"/{year}/{month:02}/post-{year}-{month}/" for year in YEARS for month in MONTHS)
"""One in two months, the oldest first."""

LIST = presets.choose("wordpress", [f"{SITE}/"]).listing


def lists(*before: Before) -> Lists:
    return Lists(LIST, before)


def asked(book: Lists, paths: list[str], pages: int = 0) -> list[str]:
    """Which of these lists are asked for in turn, if all are read and lead to nothing new."""
    for path in paths:
        book.meet(SITE + path)
    done = []
    for path in paths:
        if book.spare(SITE + path, pages) is None:
            assert book.close(SITE + path, read=True, led=False) is None
            done.append(path)
    return done


def tags(many: int) -> list[str]:
    return [f"/tag/{chr(97 + one // 26)}{chr(97 + one % 26)}/" for one in range(many)]


def test_a_few_of_a_kind_are_asked_and_more_on_a_large_site() -> None:
    assert asked(lists(), tags(60)) == tags(FEWEST)
    assert asked(lists(), tags(60), pages=1000) == tags(20)


def test_what_is_left_out_has_the_reason_and_is_counted() -> None:
    book = lists()
    asked(book, tags(7))
    told = f"not needed: {FEWEST} tags and authors led to nothing new"
    assert book.spare(f"{SITE}/tag/zz/", 0) == told
    assert book.left() == {"quay.example, tags and authors, by preset wordpress": 4}


def test_one_that_leads_to_a_new_page_brings_all_of_its_kind_back() -> None:
    book = lists()
    asked(book, [*tags(10), *(f"/category/{name}/" for name in "abcdefgh")])
    assert book.close(f"{SITE}/tag/aa/", read=True, led=True) == (
        "not needed: * tags and authors led to nothing new"
    )
    assert book.spare(f"{SITE}/tag/zz/", 0) is None
    assert book.spare(f"{SITE}/category/z/", 0), "another kind"
    assert book.spare("http://other.example/tag/zz/", 0) is None, "another host, of which nothing is known"


def test_each_year_is_looked_at() -> None:
    months = [f"/{year}/{month:02}/" for year in (2026, 2025, 2024, 2019) for month in MONTHS]
    found = asked(lists(), months)
    assert found == [*(f"/2026/{month:02}/" for month in (1, 3, 5, 7)), "/2025/01/", "/2024/01/", "/2019/01/"]


def test_the_end_of_a_row_is_looked_at_and_not_all_that_is_before_it() -> None:
    pages = [f"/page/{number}/" for number in range(2, 60)]
    assert asked(lists(), pages) == [*pages[:FEWEST], "/page/59/"]


def test_a_row_of_which_only_the_next_one_is_known_is_followed_to_its_end() -> None:
    book = lists()
    assert [asked(book, [f"/page/{number}/"]) for number in range(2, 60)] == [
        [f"/page/{number}/"] for number in range(2, 60)
    ]
    book, at = lists(), "/?m={}"
    old = [at.format(year * 100 + month) for year in (2026, 2025) for month in reversed(MONTHS)]
    assert [one for url in old for one in asked(book, [url])] == old, "dates lead into the past"


def test_lists_in_the_order_of_the_alphabet_are_all_asked() -> None:
    wiki = presets.choose("mediawiki", [f"{SITE}/"]).listing
    book = Lists(wiki)
    names = [f"{SITE}/index.php?title=Special:AllPages&from={chr(65 + n)}" for n in range(26)]
    assert [book.spare(name, 0) for name in names] == [None] * 26


def test_what_cannot_be_read_is_no_evidence() -> None:
    book = lists()
    assert len(asked(book, tags(8))) == FEWEST
    assert book.close(f"{SITE}/tag/aa/", read=False, led=False), "those left out are judged again"
    assert book.spare(f"{SITE}/tag/zy/", 0) is None
    assert book.spare(f"{SITE}/tag/zz/", 0)
    for _ in range(UNREAD):
        book.close(f"{SITE}/tag/aa/", read=False, led=False)
    assert [book.spare(SITE + tag, 0) for tag in tags(99)] == [None] * 99


def test_those_under_way_are_counted() -> None:
    book = lists()
    assert [book.spare(SITE + tag, 0) is None for tag in tags(8)] == [True] * FEWEST + [False] * 4


def test_a_run_that_is_taken_up_knows_what_it_has_seen() -> None:
    seen = [Before(SITE + tag, read=True, led=False) for tag in tags(FEWEST)]
    assert lists(*seen).spare(f"{SITE}/tag/zz/", 0)
    assert (
        lists(*seen[:2], Before(f"{SITE}/tag/q/", True, True), *seen[2:]).spare(f"{SITE}/tag/zz/", 0) is None
    )
    assert lists(*(one._replace(read=False) for one in seen)).spare(f"{SITE}/tag/zz/", 0) is None


def test_numbers_as_strangers_write_them_do_no_harm() -> None:
    book = lists()
    paths = [f"/category/{'9' * 6000}/", "/category/%D9%A1/", "/category/0/page/00000000000000000000001/"]
    assert asked(book, paths) == paths


@dataclass
class Blog:
    """A blog whose posts lead nowhere, crawled without a network: what is found, and what it took.

    `named` are the posts that its sitemap has. `stop` is after how many answers the process is killed.
    """

    folder: Path
    named: tuple[str, ...]
    older: bool = True
    archives: bool = True
    stop: int = 10**6
    asked: list[str] = field(default_factory=list)

    def crawl(self) -> "Blog":
        path = self.folder / "frontier.db"
        while self._crawled(path):
            self.stop = 10**6
        return self

    def _crawled(self, path: Path) -> bool:
        """Crawl as one process does; whether it was killed."""
        frontier = Frontier(path)
        frontier.add([Found(f"{SITE}/sitemap.xml", UrlKind.SITEMAP), Found(f"{SITE}/", UrlKind.PAGE)])
        frontier.recall()
        frontier.hold()
        book = Ledger(source(f"{SITE}/", preset="wordpress"), frontier)
        for number, row in enumerate(iter(lambda: frontier.take("quay.example", 0.0), None)):
            if number == self.stop:
                frontier.commit()
                return True
            reason = book.spare(row) if row.kind is UrlKind.LISTING else None
            if reason:
                frontier.deny(row, State.OUT, reason)
                continue
            self.asked.append(row.url.removeprefix(SITE))
            book.close(row, Answer(instants.now(), self._answer(row)))
        frontier.close()
        return False

    def _answer(self, row: Row) -> http.Message:
        path = row.url.removeprefix(SITE)
        if path == "/sitemap.xml":
            named = "".join(f"<url><loc>{SITE}{post}</loc></url>" for post in self.named)
            return http.parse(f"HTTP/1.1 200 OK\r\n\r\n<urlset>{named}</urlset>".encode())
        links = "".join(f'<a href="{link}">x</a>' for link in self._links(path))
        return http.parse(f"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>{path}</p>{links}".encode())

    def _links(self, path: str) -> Iterator[str]:
        newest, last = POSTS[::-1], -(-len(POSTS) // 10)
        if path == "/" or path.startswith("/page/"):
            number = 1 if path == "/" else int(path.split("/")[2])
            yield from newest[number * 10 - 10 : number * 10]
            if self.older and number < last:
                yield f"/page/{number + 1}/"
        elif not path.startswith(tuple(POSTS)):
            yield from (post for post in POSTS if post.startswith(path))
        if self.archives:
            yield from (f"/{year}/{month:02}/" for year in YEARS for month in MONTHS)

    @property
    def found(self) -> set[str]:
        return set(self.asked) & set(POSTS)

    @property
    def looked(self) -> int:
        return len([path for path in self.asked if path not in POSTS]) - 2

    def left(self) -> set[str]:
        with reading(self.folder / "frontier.db") as db:
            rows = db.execute("SELECT DISTINCT reason FROM url WHERE kind = 'listing' AND state = 'out'")
            return {reason for (reason,) in rows}


CUT: Mapping[str, Callable[[str], bool]] = {
    "only the newest half": lambda post: post > "/2018/",
    "not one old year": lambda post: not post.startswith("/2014/"),
    "nothing": lambda post: False,
}


@pytest.mark.parametrize("cut", CUT)
@pytest.mark.parametrize("way", ["archives by date", "older posts"])
def test_all_articles_are_found_where_the_sitemap_has(cut: str, way: str, tmp_path: Path) -> None:
    named = tuple(filter(CUT[cut], POSTS))
    blog = Blog(tmp_path, named, older=way == "older posts", archives=way == "archives by date").crawl()
    assert blog.found == set(POSTS)
    assert blog.left() == set()


def test_a_whole_sitemap_saves_most_of_the_lists(tmp_path: Path) -> None:
    blog = Blog(tmp_path, POSTS, older=False).crawl()
    assert blog.found == set(POSTS)
    assert blog.looked < 20
    assert f"not needed: {len(YEARS)} archives by date led to nothing new" in blog.left()


@pytest.mark.parametrize("stop", [40, 78])
def test_a_run_that_was_killed_finds_all_and_asks_for_no_more_lists(stop: int, tmp_path: Path) -> None:
    blog = Blog(tmp_path, tuple(filter(CUT["not one old year"], POSTS)), stop=stop).crawl()
    assert blog.found == set(POSTS)
    (tmp_path / "whole").mkdir()
    whole = Blog(tmp_path / "whole", POSTS, older=False, stop=stop).crawl()
    assert whole.found == set(POSTS)
    assert whole.looked < 22, "one of them was under way"
