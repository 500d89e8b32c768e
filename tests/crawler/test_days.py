"""Calendars of months that lead to all of their days: empty ones cost little, and no entry is lost."""

from collections.abc import Callable
from fnmatch import fnmatchcase

from archive import http
from crawler import links
from crawler.days import PROBES
from crawler.novelty import DAYS, Novelty

HOST = "http://quay.example"
NOW = 30
"""Months are counted; the calendar has no end in either direction, the crawl begins in the middle."""

Shown = Callable[[int, int], str]
"""What there is on a day of a month; on the month itself for day 0."""


def month_of(number: int) -> str:
    return f"{2020 + number // 12}-{number % 12 + 1:02}"


def page(path: str, shown: Shown) -> str:
    """A month, or one of its days: both have the whole month's days, and the months beside it."""
    _, _, which = path.strip("/").partition("/")
    year, month, *day = map(int, which.split("-")) if which else (2020 + NOW // 12, NOW % 12 + 1)
    number = (year - 2020) * 12 + month - 1
    near = [f"/events/{month_of(one)}/" for one in (number - 1, number + 1)]
    days = [f"/events/{month_of(number)}-{one:02}/" for one in range(1, 29)]
    turns = "".join(f'<a href="{one}">{one}</a>' for one in (*near, *days, "/", "/events/"))
    said = shown(number, *day or [0])
    return f"<title>{path}</title><p>What is on in the harbour, day by day</p>{turns}{said}"


def crawl(shown: Shown) -> list[str]:
    """The addresses that are asked for, in turn, without a network."""
    novelty, done, left = Novelty(), list[str](), dict[str, str]()
    waiting = dict.fromkeys([f"{HOST}/events/", f"{HOST}/events/{month_of(NOW)}/"])
    while waiting:
        url = next(iter(waiting))
        del waiting[url]
        path = url.removeprefix(HOST)
        done.append(path)
        head = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
        message = http.parse((head + page(path, shown) if path.startswith("/events/") else head).encode())
        read = links.find(message.payload(), "text/html", url)
        judged = novelty.judge(url, read, message)
        if judged.again:
            back = [one for one, rule in left.items() if fnmatchcase(rule, judged.again)]
            waiting |= dict.fromkeys(back)
            left = {one: rule for one, rule in left.items() if one not in back}
        new = [one for one in read.pages if one.removeprefix(HOST) not in done and one not in waiting]
        for one in new:
            if one in judged.left:
                left[one] = judged.left[one]
            else:
                left.pop(one, None)
                waiting[one] = None
    return done


def months(asked: list[str]) -> list[str]:
    return [path for path in asked if path.count("-") == 1]


def days(asked: list[str]) -> list[str]:
    return [path for path in asked if path.count("-") == 2]


def entry(number: int) -> str:
    return f'<a href="/event-{number}">Regatta</a>'


def test_an_empty_calendar_is_left_after_a_few_months_and_days() -> None:
    asked = crawl(lambda month, day: "<p>There are no upcoming events.</p>")
    assert len(months(asked)) == 2 * DAYS - 1
    assert len(days(asked)) == PROBES


def test_entries_behind_a_quiet_half_year_are_found_and_their_days_asked() -> None:
    asked = crawl(lambda month, day: entry(month) if month in (NOW - 6, NOW - 12) else "")
    assert f"/events/{month_of(NOW - 12)}/" in asked
    assert f"/events/{month_of(NOW - 12 - DAYS - 1)}/" not in asked
    assert {day[:-4] for day in days(asked)} == {f"/events/{month_of(NOW - n)}" for n in (0, 6, 12)}
    assert len(days(asked)) == PROBES + 2 * 28


def test_the_days_of_the_first_month_are_asked_where_it_has_entries() -> None:
    asked = crawl(lambda month, day: entry(month) if month == NOW else "")
    assert len(days(asked)) == 28


def test_days_that_have_what_their_months_have_not_are_all_asked() -> None:
    said = ("ten", "eleven", "noon", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    diary = lambda day: f"dear diary, it was {said[day % 11]} and {said[day // 11]}, and nobody came"  # noqa: E731 - one line
    asked = crawl(lambda month, day: f"<p>{diary(day)}</p>" if day and month in (NOW, NOW - 1) else "")
    assert len([day for day in days(asked) if day.startswith(f"/events/{month_of(NOW)}")]) == 28
    assert len([day for day in days(asked) if day.startswith(f"/events/{month_of(NOW - 1)}")]) == 28


def test_what_all_days_say_is_nothing_of_their_own() -> None:
    asked = crawl(lambda month, day: "<p>Nothing is on at the harbour today</p>" if day else "")
    assert len(days(asked)) == PROBES


def test_the_bare_months_of_an_archive_lead_to_all_of_their_days() -> None:
    novelty = Novelty()
    grid = [f"{HOST}/archive/2026/03/{day:02}" for day in range(1, 32)]
    for month in ("/archive/2026/03", "/archive/2026/04"):
        found = links.Links(pages=tuple(grid))
        assert not novelty.judge(HOST + month, found, http.parse(b"HTTP/1.1 200 OK\r\n\r\n")).left
