"""HTTP messages as servers really send them."""

import gzip
import itertools
import random
import time
import tracemalloc
import zlib
from collections.abc import Callable
from functools import partial

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive import http

HTML = b"<html><title>T\xc3\xa9st</title><p>" + b"hello world " * 40 + b"</p></html>"
MIB = 1024 * 1024


def response(headers: bytes, body: bytes) -> http.Message:
    return http.parse(b"HTTP/1.1 200 OK\r\n" + headers + b"\r\n" + body)


def chunked(*chunks: bytes) -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(9, zlib.DEFLATED, -15)
    return engine.compress(data) + engine.flush()


# The head


def test_a_message_keeps_every_byte_and_reads_the_headers_as_sent() -> None:
    head = (
        b"HTTP/1.1 200 Tr\xe8s Bien\r\nx-LOWER-Mixed: a\r\nSet-Cookie: a=1; Path=/\r\n"
        b'set-cookie: b=2\r\nETag:"abc"\r\nX-Pad:   padded  \r\nX-Latin: caf\xe9\r\nEmpty:\r\n\r\n'
    )
    message = http.parse(head + HTML)
    assert message.head + message.body == head + HTML
    assert message.start == b"HTTP/1.1 200 Tr\xe8s Bien"
    assert (message.status, message.reason) == (200, "Très Bien")
    assert message.headers == (
        ("x-LOWER-Mixed", "a"),
        ("Set-Cookie", "a=1; Path=/"),
        ("set-cookie", "b=2"),
        ("ETag", '"abc"'),
        ("X-Pad", "padded"),
        ("X-Latin", "café"),
        ("Empty", ""),
    )
    assert message.get("SET-COOKIE") == "a=1; Path=/"
    assert message.get_all("set-cookie") == ("a=1; Path=/", "b=2")
    assert message.get("absent") is None


def test_lines_may_end_in_a_bare_line_feed() -> None:
    message = http.parse(b"HTTP/1.0 404 Not Found\nContent-Type: text/html\n\nbody\r\n\r\nmore")
    assert (message.status, message.get("content-type")) == (404, "text/html")
    assert message.body == b"body\r\n\r\nmore"


def test_folded_lines_are_joined_by_one_space() -> None:
    message = response(b"X-Folded: one\r\n  two\r\n\tthree\r\nX-Late:\r\n value\r\n", b"")
    assert message.headers == (("X-Folded", "one two three"), ("X-Late", "value"))


def test_a_line_without_colon_stays_in_the_head_only() -> None:
    message = response(b"A: 1\r\nthis line has no colon\r\n and a fold\r\nB: 2\r\n: nameless\r\n", b"x")
    assert message.headers == (("A", "1"), ("B", "2"))
    assert b"this line has no colon\r\n and a fold\r\n" in message.head
    assert message.body == b"x"


@pytest.mark.parametrize(
    ("start", "status", "reason"),
    [
        (b"HTTP/1.1 200", 200, ""),
        (b"HTTP/1.1 200 ", 200, ""),
        (b"HTTP/1.1 301 Moved  Permanently", 301, "Moved  Permanently"),
        (b"http/1.1 200 ok", 200, "ok"),
        (b"HTTP/2 204", 204, ""),
        (b"HTTP/1.1 2000 Odd", 0, ""),
        (b"HTTP/1.1 OK", 0, ""),
        (b"GET /200 HTTP/1.1", 0, ""),
        (b"", 0, ""),
    ],
)
def test_status_lines(start: bytes, status: int, reason: str) -> None:
    message = http.parse(start + b"\r\n\r\n")
    assert (message.status, message.reason) == (status, reason)


def test_a_request_is_read_too() -> None:
    message = http.parse(b"POST /a HTTP/1.1\r\nHost: example.org\r\n\r\nq=1")
    assert (message.start, message.get("host"), message.body) == (b"POST /a HTTP/1.1", "example.org", b"q=1")


def test_interim_answers_are_passed_over() -> None:
    final = b"HTTP/1.1 200 OK\r\nA: 1\r\n\r\n"
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" + b"HTTP/1.1 103 Early Hints\r\nLink: </s.css>\r\n\r\n"
    message = http.parse(interim + final + b"x")
    assert (message.status, message.head, message.body) == (200, final, b"x")


def test_empty_lines_before_the_answer_are_passed_over() -> None:
    message = http.parse(b"\r\n\n\r\nHTTP/1.1 200 OK\r\n\r\nx")
    assert (message.status, message.head, message.body) == (200, b"HTTP/1.1 200 OK\r\n\r\n", b"x")
    assert http.parse(b"\r\n\r\n").status == 0


def test_an_interim_answer_alone_and_a_switch_of_protocols_are_kept() -> None:
    assert http.parse(b"HTTP/1.1 100 Continue\r\n\r\n").status == 100
    assert http.parse(b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x05hello").body == b"\x81\x05hello"


def test_a_block_that_is_cut_inside_its_head_is_all_head() -> None:
    message = http.parse(b"HTTP/1.1 200 OK\r\nContent-Type: te")
    assert (message.status, message.get("content-type"), message.body) == (200, "te", b"")


def test_an_endless_head_costs_little() -> None:
    tracemalloc.start()
    message = response(b"a:b\n" * MIB, b"x")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(message.headers) < 20_000
    assert len(message.head) > 4 * MIB
    assert peak < 30 * MIB


# Transfer-codings


def test_chunks_with_extensions_and_trailers() -> None:
    body = b"5;name=val\r\nhello\r\n006 ; x\r\n world\r\n0;last\r\nX-Checksum: deadbeef\r\n\r\n"
    message = response(b"Transfer-Encoding: chunked\r\n", body)
    assert message.payload() == b"hello world"
    assert message.body == body


def test_chunks_with_bare_line_feeds() -> None:
    assert (
        response(b"Transfer-Encoding: chunked\r\n", b"5\nhello\n6\n world\n0\n\n").payload() == b"hello world"
    )


def test_a_missing_last_chunk_and_a_cut_chunk_keep_what_came() -> None:
    for body in (b"5\r\nhello\r\n", b"5\r\nhello", b"5\r\nhello\r\n6", b"5\r\nhello\r\nnonsense\r\nx"):
        assert response(b"Transfer-Encoding: chunked\r\n", body).payload() == b"hello"
    assert response(b"Transfer-Encoding: chunked\r\n", b"5\r\nhel").payload() == b"hel"


def test_tiny_chunks_are_read_to_the_last_so_that_no_two_answers_have_one_digest_by_mistake() -> None:
    body = chunked(*[b"a"] * 1_100_000)
    assert response(b"Transfer-Encoding: chunked\r\n", body).payload() == b"a" * 1_100_000


@pytest.mark.parametrize("size", [b"ffffffffffffffff", b"7fffffff", b"f" * 10_000])
def test_a_huge_chunk_size_allocates_nothing(size: bytes) -> None:
    tracemalloc.start()
    payload = response(b"Transfer-Encoding: chunked\r\n", size + b"\r\nshort").payload()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert payload == b"short"
    assert peak < MIB


def test_framing_that_is_announced_but_absent_leaves_the_body() -> None:
    assert response(b"Transfer-Encoding: chunked\r\n", HTML).payload() == HTML
    assert response(b"Transfer-Encoding: chunked\r\n", b"").payload() == b""


def test_a_compressing_transfer_coding_is_undone_before_the_payload() -> None:
    zipped = gzip.compress(HTML)
    body = chunked(zipped[:50], zipped[50:])
    assert response(b"Transfer-Encoding: gzip, chunked\r\n", body).payload() == HTML
    twice = response(b"Transfer-Encoding: gzip\r\ntransfer-encoding: Chunked\r\n", body)
    assert twice.payload() == HTML
    assert response(b"Transfer-Encoding: secret, chunked\r\n", chunked(b"abc")).payload() == b"abc"


def test_a_content_coding_stays_in_the_payload() -> None:
    zipped = gzip.compress(HTML)
    message = response(b"Transfer-Encoding: chunked\r\nContent-Encoding: gzip\r\n", chunked(zipped))
    assert message.payload() == zipped
    assert message.decoded(MIB) == HTML


# What a chunk may be decorated with; a line feed would end its line.
EXTENSIONS = st.binary(max_size=10).filter(lambda text: b"\n" not in text).map(lambda text: b";" + text)
ENDS = st.sampled_from([b"\r\n", b"\n"])


@given(
    st.lists(st.tuples(st.binary(min_size=1, max_size=300), st.just(b"") | EXTENSIONS, ENDS), max_size=8),
    st.lists(st.sampled_from([b"X-Sum: 1\r\n", b"5\r\nhello\r\n", b"Trailer:\r\n"]), max_size=3),
    st.booleans(),
)
def test_dechunking_gives_back_what_was_framed(
    chunks: list[tuple[bytes, bytes, bytes]], trailers: list[bytes], upper: bool
) -> None:
    body = b""
    for data, extension, end in chunks:
        size = f"{len(data):{'X' if upper else 'x'}}".encode()
        body += size + extension + end + data + end
    body += b"0\r\n" + b"".join(trailers) + b"\r\n"
    payload = response(b"Transfer-Encoding: chunked\r\n", body).payload()
    assert payload == b"".join(data for data, _, _ in chunks)


def cut_up(data: bytes, cuts: list[int]) -> list[bytes]:
    """The data in pieces, some of them empty."""
    borders = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(borders)]


CUTS = st.lists(st.integers(0, 10_000), max_size=12)
FRAMES = st.lists(
    st.sampled_from(
        [b"5\r\nhello\r\n", b"3;x=y\nabc\n", b"0\r\n", b"\r\n", b"\n", b"f", b"A\r\n", b"; ", b"zz"]
    ),
    max_size=10,
).map(b"".join)
TRANSFERS = st.sampled_from(
    [b"chunked", b"gzip, chunked", b"chunked, gzip", b"deflate", b"secret, chunked", b"chunked, chunked", b""]
)


@given(TRANSFERS, FRAMES | st.binary(max_size=100) | st.binary(max_size=500).map(gzip.compress), CUTS)
def test_a_payload_in_pieces_is_the_payload(transfer: bytes, body: bytes, cuts: list[int]) -> None:
    message = response(b"Transfer-Encoding: " + transfer + b"\r\n", body)
    for sent in (body, chunked(body)):
        whole = response(b"Transfer-Encoding: " + transfer + b"\r\n", sent).payload()
        assert b"".join(http.payload(message, cut_up(sent, cuts))) == whole
        assert b"".join(http.payload(message, [sent[at : at + 1] for at in range(len(sent))])) == whole


def test_a_large_payload_is_dechunked_in_little_memory() -> None:
    noise = random.Random(1).randbytes(MIB)
    frames = itertools.chain((b"%x\r\n%b\r\n" % (MIB, noise) for _ in range(100)), (b"0\r\n\r\n",))
    message = response(b"Transfer-Encoding: chunked\r\n", b"")
    tracemalloc.start()
    size = sum(map(len, http.payload(message, frames)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 100 * MIB
    assert peak < 8 * MIB


@pytest.mark.parametrize("start", [b"", b"5\r\nhello\r\n"])
def test_an_endless_line_instead_of_a_chunk_is_not_gathered(start: bytes) -> None:
    message = response(b"Transfer-Encoding: chunked\r\n", b"")
    pieces = itertools.chain((start,), (b"a" * MIB for _ in range(50)))
    tracemalloc.start()
    size = sum(map(len, http.payload(message, pieces)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == (5 if start else 50 * MIB)
    assert peak < 5 * MIB


# Content-codings

CODERS: dict[bytes, Callable[[bytes], bytes]] = {
    b"gzip": gzip.compress,
    b"X-GZip": gzip.compress,
    b"deflate": zlib.compress,
    b"DEFLATE": raw_deflate,
    b"br": partial(brotli.compress, quality=5),
}


@pytest.mark.parametrize("coding", CODERS)
def test_a_content_coding_is_undone(coding: bytes) -> None:
    large = bytes(range(256)) * 3000
    for plain in (HTML, large, b""):
        coded = CODERS[coding](plain)
        assert response(b"Content-Encoding: " + coding + b"\r\n", coded).decoded(MIB) == plain


def test_several_codings_are_undone_last_first() -> None:
    noise = random.Random(1).randbytes(5000)
    coded = brotli.compress(gzip.compress(noise))
    assert response(b"Content-Encoding: gzip, br\r\n", coded).decoded(5000) == noise
    coded = brotli.compress(gzip.compress(HTML))
    assert response(b"Content-Encoding: gzip, identity, br\r\n", coded).decoded(MIB) == HTML
    assert response(b"Content-Encoding: gzip\r\nContent-Encoding: br\r\n", coded).decoded(MIB) == HTML


def test_gzip_members_in_a_row_are_one_body_and_what_follows_them_is_nothing() -> None:
    coded = gzip.compress(HTML[:100]) + gzip.compress(HTML[100:])
    for tail in (b"", b"\0" * 10, b"\x1fgarbage", b"trailing text"):
        assert response(b"Content-Encoding: gzip\r\n", coded + tail).decoded(MIB) == HTML


def test_unknown_false_or_too_many_codings_leave_the_bytes() -> None:
    assert response(b"Content-Encoding: zstd\r\n", HTML).decoded(MIB) == HTML
    assert response(b"Content-Encoding: UTF-8, gzip\r\n", gzip.compress(HTML)).decoded(MIB) == HTML
    for coding in CODERS:
        assert response(b"Content-Encoding: " + coding + b"\r\n", HTML).decoded(MIB) == HTML
    assert response(b"Content-Encoding: " + b"gzip," * 1000 + b"\r\n", HTML).decoded(MIB) == HTML
    assert response(b"Content-Encoding: zstd\r\n", HTML).decoded(10) == HTML[:10]


@pytest.mark.parametrize("coding", CODERS)
def test_a_truncated_stream_gives_what_could_be_read(coding: bytes) -> None:
    plain = b"".join(b"line %d of the text\n" % number for number in range(20_000))
    coded = CODERS[coding](plain)
    for cut in (len(coded) // 2, len(coded) - 1):
        read = response(b"Content-Encoding: " + coding + b"\r\n", coded[:cut]).decoded(MIB)
        assert plain.startswith(read)
        assert len(read) > 0.4 * len(plain) * cut / len(coded)


def test_a_wrong_checksum_loses_no_text() -> None:
    zipped = gzip.compress(HTML)
    assert response(b"Content-Encoding: gzip\r\n", zipped[:-8] + b"\0" * 8).decoded(MIB) == HTML
    assert response(b"Content-Encoding: deflate\r\n", zlib.compress(HTML)[:-1] + b"?").decoded(MIB) == HTML


def test_a_stream_that_breaks_in_the_middle_gives_what_came_before() -> None:
    plain = b"".join(b"line %d of the text\n" % number for number in range(50_000))
    for coding, coder in CODERS.items():
        coded = coder(plain)
        good = coded[: len(coded) // 2]
        read = response(b"Content-Encoding: " + coding + b"\r\n", good + b"\xff" * 100_000).decoded(10 * MIB)
        assert read[: len(plain) // 4] == plain[: len(plain) // 4], coding


@pytest.mark.parametrize("coding", CODERS)
def test_a_bomb_is_inflated_up_to_the_limit_only(coding: bytes) -> None:
    bomb = CODERS[coding](b"\0" * (100 * MIB))
    tracemalloc.start()
    plain = response(b"Content-Encoding: " + coding + b"\r\n", bomb).decoded(MIB)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert plain == b"\0" * MIB
    assert peak < 8 * MIB
    assert response(b"Content-Encoding: " + coding + b"\r\n", bomb).decoded(0) == b""


def test_a_bomb_in_a_bomb_and_one_in_the_transfer_coding_are_bounded() -> None:
    bomb = gzip.compress(b"\0" * (100 * MIB))
    double = response(b"Content-Encoding: gzip, gzip\r\n", gzip.compress(bomb))
    assert double.decoded(1000) == b"\0" * 1000
    assert response(b"Transfer-Encoding: gzip\r\n", bomb).payload() == bomb


def test_a_million_empty_gzip_members_cost_little() -> None:
    body = gzip.compress(b"") * 1_000_000
    started = time.process_time()
    assert response(b"Content-Encoding: gzip\r\n", body).decoded(MIB) == b""
    assert time.process_time() - started < 2


@given(
    st.sampled_from([b"", b"HTTP/1.1 200 OK\r\n", b"HTTP/1.1 100\n\n", b"GET / HTTP/1.1\n"]),
    st.lists(
        st.sampled_from(
            [
                b"Transfer-Encoding: chunked\r\n",
                b"Transfer-Encoding: gzip\n",
                b"Content-Encoding: gzip\r\n",
                b"Content-Encoding: deflate, br\r\n",
                b" folded\r\n",
            ]
        )
    ),
    st.binary(max_size=200),
    st.integers(0, 100),
)
def test_nothing_raises_and_nothing_is_lost(
    start: bytes, lines: list[bytes], rest: bytes, limit: int
) -> None:
    block = start + b"".join(lines) + b"\r\n" + rest
    message = http.parse(block)
    assert block.endswith(message.head + message.body)
    assert message.status >= 0
    assert len(message.decoded(limit)) <= limit
