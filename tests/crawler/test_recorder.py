"""The recorder on real files: what an exchange becomes, and when the caller may rely on it."""

import asyncio
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from archive import warc
from crawler.exchange import HEAD_LIMIT, Cut, Exchange, Tls
from crawler.recorder import Recorder, drafts
from crawler.rows import Row, UrlKind

REQUEST = b"GET /a HTTP/1.1\r\nHost: example.org\r\nAuthorization: Basic c2VjcmV0\r\nX-Key: 1\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"


def exchange(received: bytes = ANSWER, url: str = "https://example.org/a", limit: int = 1000) -> Exchange:
    row = Row(1, url, "example.org", UrlKind.PAGE, depth=2, hops=1, via="https://example.org/")
    made = Exchange(row, limit)
    made.begin("192.0.2.1", lambda: None)
    made.sent += REQUEST
    made.answered = True
    made.take(received)
    made.end()
    return made


def fields(draft: warc.Draft) -> list[str]:
    return draft.block.decode().splitlines()


def test_an_exchange_becomes_request_metadata_and_response() -> None:
    secured = exchange()
    secured.tls = Tls("tls/1.2", "ECDHE-RSA-AES128-SHA", ("expired",))
    request, metadata, response = drafts(secured, "run1", ["authorization"])
    assert request.block == REQUEST.replace(b"Basic c2VjcmV0", b"redacted")
    assert response.block == ANSWER
    assert response.payload is not None
    assert b"".join(response.payload) == b"hello"  # type: ignore[arg-type]  # it is pieces
    assert set(fields(metadata)) >= {
        "kind: page",
        "depth: 2",
        "redirects: 1",
        "via: https://example.org/",
        "certificateProblem: expired",
        "redacted: Authorization",
        "run: run1",
    }
    assert ("WARC-Cipher-Suite", "ECDHE-RSA-AES128-SHA") in response.headers


def test_a_secret_that_the_source_did_not_set_is_not_touched() -> None:
    request = drafts(exchange(), "run1")[0]
    assert request.block == REQUEST


def test_nothing_received_leaves_a_metadata_record_with_the_reason() -> None:
    row = Row(1, "https://example.org/", "example.org", UrlKind.PAGE)
    made = Exchange(row, 1000)
    made.error = "connection refused"
    made.end()
    (metadata,) = drafts(made, "run1")
    assert metadata.type == "metadata"
    assert "error: connection refused" in fields(metadata)


def test_what_is_no_http_is_kept_where_it_can_harm_no_reader() -> None:
    records = drafts(exchange(b"220 smtp\r\nkind: robots\r\n"), "run1")
    assert [one.type for one in records] == ["request", "metadata"]
    assert 'received: "220 smtp\\r\\nkind: robots\\r\\n"' in fields(records[1])


def test_a_field_cannot_be_broken_out_of() -> None:
    made = exchange()
    made.error = "odd\r\nkind: robots"
    assert "error: odd kind: robots" in fields(drafts(made, "run1")[1])


def test_a_cut_answer_says_so() -> None:
    made = exchange()
    made.cut = Cut.TIME
    assert ("WARC-Truncated", "time") in drafts(made, "run1")[-1].headers


@pytest.mark.parametrize(("answered", "most"), [(True, 1000 + HEAD_LIMIT), (False, HEAD_LIMIT)])
def test_it_hangs_up_on_what_is_too_long(answered: bool, most: int) -> None:
    hung: list[bool] = []
    made = Exchange(Row(1, "https://example.org/", "example.org", UrlKind.PAGE), 1000)
    made.begin("192.0.2.1", lambda: hung.append(True))
    made.answered = answered
    made.take(b"x" * most)
    made.check()
    assert not hung
    made.take(b"x")
    made.check()
    assert (hung, made.cut) == ([True], Cut.LENGTH)


def test_bytes_after_the_end_belong_to_no_answer() -> None:
    made = Exchange(Row(1, "https://example.org/", "example.org", UrlKind.PAGE), 1000)
    made.begin("192.0.2.1", lambda: None)
    made.take(ANSWER + b"and more")
    made.end(extra=8)
    made.take(b"and still more")
    message = made.answer().message
    assert message
    assert message.body == b"hello"


@pytest.fixture
def recorder(tmp_path: Path) -> Recorder:
    return Recorder(lambda n: tmp_path / f"x-{n:05d}.warc.gz", 3, {}, "run1", roll_over=4000)


def test_what_is_kept_can_be_read_at_once(recorder: Recorder, tmp_path: Path) -> None:
    async def keep() -> None:
        await recorder.keep(exchange())
        (path,) = tmp_path.glob("*.open")
        assert [one.block for one in warc.read(path) if one.type == "response"] == [ANSWER]

    asyncio.run(keep())
    recorder.close()
    assert [path.name for path in tmp_path.iterdir()] == ["x-00003.warc.gz"]


def test_many_at_once_and_the_next_file_when_one_is_full(recorder: Recorder, tmp_path: Path) -> None:
    async def keep() -> None:
        for _ in range(3):
            made = [exchange(url=f"https://example.org/{n}") for n in range(10)]
            await asyncio.gather(*map(recorder.keep, made))

    asyncio.run(keep())
    recorder.close()
    files = sorted(tmp_path.iterdir())
    assert [path.name for path in files[:2]] == ["x-00003.warc.gz", "x-00004.warc.gz"]
    read = [record for path in files for record in warc.read(path)]
    assert sum(record.type == "response" for record in read) == 30
    assert sum(record.type == "warcinfo" for record in read) == len(files)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_when_writing_fails_every_caller_hears_it_and_the_file_stays_whole(tmp_path: Path) -> None:
    recorder = Recorder(lambda n: tmp_path / f"{n}.warc.gz", 0, {"software": "test"}, "run1")

    async def keep() -> None:
        await recorder.keep(exchange())
        with largest_file(1000), pytest.raises(OSError, match="too large"):
            await recorder.keep(exchange(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * 40))
        with pytest.raises(OSError, match="too large"):
            await recorder.keep(exchange())

    asyncio.run(keep())
    recorder.close()
    (path,) = tmp_path.iterdir()
    assert path.name == "0.warc.gz.open"
    records = list(warc.read(path))
    assert [record.type for record in records] == ["warcinfo", "request", "metadata", "response"]
    assert records[-1].offset + records[-1].length == path.stat().st_size
