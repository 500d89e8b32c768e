"""What is taken in from the wire: small answers in memory, large ones in a file without a name."""

import errno
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any, BinaryIO

import pytest

from crawler import links
from crawler.exchange import HELD, Exchange
from crawler.rows import Row, UrlKind

FILM = b"HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\n\r\n"
PAGE = FILM.replace(b"video/mp4", b"text/html")
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
NOISE = os.urandom(3 * HELD)


def opened(kind: UrlKind = UrlKind.PAGE, **more: Any) -> Exchange:
    made = Exchange(Row(1, "https://example.org/", "example.org", kind), 100 * HELD, **more)
    made.begin("192.0.2.1", lambda: None)
    made.answered = True
    return made


def taken(data: bytes, step: int = 65_536, extra: int = 0, kind: UrlKind = UrlKind.PAGE) -> Exchange:
    made = opened(kind)
    for start in range(0, len(data), step):
        made.take(data[start : start + step])
    made.end(extra)
    made.answer()
    return made


def test_a_small_answer_makes_no_file() -> None:
    def spool() -> BinaryIO:
        raise AssertionError

    made = opened(spool=spool)
    made.take(FILM + NOISE[: HELD - len(FILM)])
    made.end()
    message = made.answer().message
    assert message
    assert message.body == NOISE[: HELD - len(FILM)]
    assert made.stored is None


@pytest.mark.parametrize("step", [1000, 65_536, 2 * HELD])
def test_a_large_answer_lies_in_a_file_byte_for_byte(step: int) -> None:
    made = taken(HINT + FILM + NOISE + b"and more", step, extra=8)
    assert made.stored
    assert b"".join(made.stored.pieces()) == FILM + NOISE
    assert (made.interims, made.answer().size) == (HINT, len(HINT + FILM + NOISE))
    message = made.answer().message
    assert message
    assert message.head == FILM
    assert len(message.body) < HELD


@pytest.mark.parametrize(
    ("kind", "head", "whole"),
    [
        (UrlKind.PAGE, PAGE, True),
        (UrlKind.REQUISITE, FILM.replace(b"video/mp4", b"text/css; charset=x"), True),
        (UrlKind.SITEMAP, FILM.replace(b"video/mp4", b"application/gzip"), True),
        (UrlKind.PAGE, b"HTTP/1.1 200 OK\r\n\r\n", True),
        (UrlKind.PAGE, FILM, False),
    ],
)
def test_what_may_hold_links_is_there_to_be_read(kind: UrlKind, head: bytes, whole: bool) -> None:
    message = taken(head + NOISE, kind=kind).answer().message
    assert message
    assert (message.body == NOISE) == whole


def test_of_an_endless_page_only_the_start_is_read() -> None:
    message = taken(PAGE + NOISE * 4).answer().message
    assert message
    assert len(message.body) == links.LARGEST + 1


def test_a_request_that_goes_out_again_begins_anew() -> None:
    made = opened()
    made.take(FILM + NOISE)
    made.begin("192.0.2.2", lambda: None)
    made.take(FILM + b"short")
    made.end()
    message = made.answer().message
    assert message
    assert (message.body, made.stored, made.size) == (b"short", None, len(FILM) + 5)


def test_nothing_is_left_in_the_folder(tmp_path: Path) -> None:
    made = opened(spool=partial(TemporaryFile, dir=tmp_path, buffering=0))
    made.take(FILM + NOISE)
    assert list(tmp_path.iterdir()) == []


def full() -> BinaryIO:
    """A file on a disk that is full."""
    return Path("/dev/full").open("r+b", buffering=0)


def missing() -> BinaryIO:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize("spool", [full, missing])
def test_a_full_disk_hangs_up_and_is_told(spool: Callable[[], BinaryIO]) -> None:
    hung: list[bool] = []
    made = opened(spool=spool)
    made.hang_up = lambda: hung.append(True)
    made.take(FILM + NOISE)
    made.check()
    made.take(NOISE)
    assert made.fault and made.fault.errno == errno.ENOSPC
    assert hung == [True]


def test_an_answer_is_cut_at_its_limit_and_not_before() -> None:
    hung_up: list[bool] = []
    exchange = Exchange(Row(0, "http://quay.example/", "quay.example", UrlKind.PAGE), 1000)
    exchange.begin("192.0.2.1", lambda: hung_up.append(True))
    exchange.answered = True
    exchange.take(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n" + bytes(1000))
    exchange.check()
    assert hung_up == []
    exchange.take(b"1")
    exchange.check()
    assert hung_up == [True]
    assert (exchange.cut, exchange.error) == ("length", "longer than 1000 bytes")
