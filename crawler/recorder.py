"""Writes exchanges into the run's WARC files: request, metadata and response, and returns when they are safe.

The response comes last: where it is whole, after a crash, the records it belongs with are whole too.
"""

import asyncio
import json
import queue
import re
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from itertools import chain
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

from archive import http, instants, warc
from crawler.exchange import Answer, Exchange
from crawler.originals import IDENTICAL, NOT_MODIFIED, Original

ROLL_OVER = 1_000_000_000
"""Bytes of a WARC file after which the next is begun."""

_GATHER_SECONDS = 0.008
"""So long is waited for what else comes: one sync does for all of it, and the thread that crawls, which is
asking for the next by now, is held up by this one less often.
"""
_BATCH = 64
_BATCH_BYTES = 8 * 1024 * 1024
_HTTP = "application/http;msgtype={}"
_FIELDS = "application/warc-fields"
_VERSION = re.compile(rb"HTTP/[0-9.]+", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")

_Job = tuple[Exchange, "asyncio.Future[None]", asyncio.AbstractEventLoop]


def drafts(exchange: Exchange, run: str, secrets: Iterable[str] = ()) -> list[warc.Draft]:
    """The records of an exchange that has ended. `secrets`: names of request headers to be blotted out.

    Raises OSError where the answer could not be put aside until now.
    """
    if exchange.fault:
        raise exchange.fault
    answer = exchange.answer()
    sent, blotted = _blot(bytes(exchange.sent), frozenset(name.lower() for name in secrets))
    response_id = warc.new_id()
    together = (("WARC-Concurrent-To", response_id),) if answer.message else ()
    uri, at = exchange.row.url, exchange.started
    records = []
    if sent:
        records.append(warc.Draft("request", uri, at, sent, _HTTP.format("request"), together))
    told = [*_metadata(exchange, answer), *(("redacted", name) for name in blotted), ("run", run)]
    profile = _profile(exchange, answer)
    if profile == NOT_MODIFIED and answer.message:
        told.append(("notModified", json.dumps(answer.message.head.decode("latin-1"))))
    fields = _fields(told)
    records.append(warc.Draft("metadata", uri, at, fields, _FIELDS, together))
    if answer.message and profile and exchange.original:
        records.append(_revisit(exchange, exchange.original, profile, answer.message, response_id))
    elif answer.message:
        records.append(_response(exchange, answer, answer.message, response_id))
    return records


def _profile(exchange: Exchange, answer: Answer) -> str | None:
    """The kind of revisit that an answer is; None for one that is to be kept whole."""
    message, original = answer.message, exchange.original
    if message is None or original is None or answer.cut:
        return None
    if message.status == 304 and original.conditions():
        return NOT_MODIFIED
    if message.status != 200 or not message.body:
        return None
    return IDENTICAL if original.payload == warc.digest(_payload(exchange, message)) else None


def _payload(exchange: Exchange, message: http.Message) -> Iterable[bytes]:
    stored = exchange.stored
    return http.payload(message, stored.pieces(len(message.head)) if stored else (message.body,))


def _revisit(
    exchange: Exchange, original: Original, profile: str, message: http.Message, record_id: str
) -> warc.Draft:
    """A record that refers to the original (WARC 1.1, section 6.7).

    Of a 304 the block is empty, and its head is in the metadata record: a replay tool that finds a 304 in
    the block shows that instead of the original.
    """
    headers = [
        ("WARC-Profile", profile),
        ("WARC-Refers-To-Target-URI", original.url),
        ("WARC-Refers-To-Date", instants.iso(original.at)),
        ("WARC-Payload-Digest", original.payload),
        *_circumstances(exchange, message),
    ]
    block = b""
    if profile == IDENTICAL:
        headers.append(("WARC-Truncated", "length"))
        block = message.head
    at, kind = exchange.started, _HTTP.format("response")
    return warc.Draft("revisit", exchange.row.url, at, block, kind, tuple(headers), record_id=record_id)


def _response(exchange: Exchange, answer: Answer, message: http.Message, record_id: str) -> warc.Draft:
    headers = _circumstances(exchange, message)
    if answer.cut:
        headers.append(("WARC-Truncated", answer.cut))
    return warc.Draft(
        "response",
        exchange.row.url,
        exchange.started,
        exchange.stored or message.head + message.body,
        _HTTP.format("response"),
        tuple(headers),
        payload=_payload(exchange, message),
        record_id=record_id,
    )


def _circumstances(exchange: Exchange, message: http.Message) -> list[tuple[str, str]]:
    headers = [("WARC-IP-Address", exchange.peer)] if exchange.peer else []
    # The forms of the IIPC's proposal for WARC-Protocol, one field a layer.
    version = _VERSION.match(message.start)
    headers.append(("WARC-Protocol", version[0].decode().lower() if version else "http/1.1"))
    if exchange.tls:
        headers.append(("WARC-Protocol", exchange.tls.protocol))
        headers.append(("WARC-Cipher-Suite", exchange.tls.cipher))
    return headers


def _metadata(exchange: Exchange, answer: Answer) -> list[tuple[str, str]]:
    row = exchange.row
    found = [("kind", str(row.kind)), ("depth", str(row.depth))]
    if row.via:
        found.append(("via", row.via))
    if row.hops:
        found.append(("redirects", str(row.hops)))
    found.append(("fetchTimeMs", str(exchange.milliseconds)))
    if answer.error:
        found.append(("error", answer.error))
    if exchange.tls:
        found += [("certificateProblem", problem) for problem in exchange.tls.problems]
    if exchange.interims:
        found.append(("interimResponses", json.dumps(exchange.interims.decode("latin-1"))))
    if exchange.unreadable:
        found.append(("received", json.dumps(exchange.unreadable.decode("latin-1"))))
    return found


def _fields(fields: Iterable[tuple[str, str]]) -> bytes:
    return "".join(f"{name}: {_CONTROL.sub(' ', value)}\r\n" for name, value in fields).encode()


def _blot(sent: bytes, names: frozenset[str]) -> tuple[bytes, list[str]]:
    """The request with the values of these headers replaced by `redacted`, and the names that were met."""
    met: list[str] = []
    lines = sent.split(b"\r\n")
    for number, line in enumerate(lines):
        name = line.partition(b":")[0].decode("latin-1")
        if name.lower() in names:
            lines[number] = f"{name}: redacted".encode("latin-1")
            met.append(name)
    return b"\r\n".join(lines), met


class Recorder:
    """One thread that writes what it is given, as many exchanges at once as are waiting, with one sync.

    `place` names the file of a number; `info` goes into each warcinfo. Raises OSError from `keep` when the
    disk is full or broken; from then on nothing more is written. `reached` is the number of the file and the
    offset in it behind what was written last.
    """

    def __init__(
        self,
        place: Callable[[int], Path],
        number: int,
        info: Mapping[str, str],
        run: str,
        secrets: Iterable[str] = (),
        roll_over: int = ROLL_OVER,
    ) -> None:
        self._place = place
        self._number = number
        self._info = info
        self._run = run
        self._secrets = tuple(secrets)
        self._roll_over = roll_over
        self._writer = warc.Writer(place(number), info)
        self.reached = (number, self._writer.size)
        self._broken: BaseException | None = None
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    async def keep(self, exchange: Exchange) -> None:
        """Write an exchange that has ended; returns when its bytes are on the disk."""
        loop = asyncio.get_running_loop()
        written: asyncio.Future[None] = loop.create_future()
        self._jobs.put((exchange, written, loop))
        await written

    def spool(self) -> BinaryIO:
        """A file without a name for what is too large for memory, on the disk that the WARC files are on."""
        return TemporaryFile(dir=self._place(self._number).parent, buffering=0)

    def close(self, told: Mapping[str, str] | None = None) -> None:
        """Write what is waiting and seal the file, unless writing has failed; then it stays `.open`.

        What is `told` of the run at its end goes into a last record: the index can be made again from it.
        """
        self._jobs.put(None)
        self._thread.join()
        if self._broken:
            self._writer.close()
            return
        if told:
            self._writer.write([warc.ended(self._run, told)])
        self._writer.seal()

    def _work(self) -> None:
        while (jobs := self._gather()) is not None:
            self._write(jobs)

    def _gather(self) -> list[_Job] | None:
        job = self._jobs.get()
        if job is None:
            return None
        time.sleep(_GATHER_SECONDS)
        jobs = [job]
        size = job[0].size
        while len(jobs) < _BATCH and size < _BATCH_BYTES:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is None:
                self._jobs.put(None)
                break
            jobs.append(job)
            size += job[0].size
        return jobs

    def _write(self, jobs: list[_Job]) -> None:
        if self._broken is None:
            try:
                self._roll()
                records = (drafts(exchange, self._run, self._secrets) for exchange, _, _ in jobs)
                self._writer.write(list(chain.from_iterable(records)))
                self.reached = (self._number, self._writer.size)
            except BaseException as error:
                # Handed to all that wait, now and later: a further attempt could only leave a gap.
                self._broken = error
        for exchange, _, _ in jobs:
            exchange.close()
        with suppress(RuntimeError):  # the loop was closed: nobody waits any more
            jobs[0][2].call_soon_threadsafe(_settle, [one for _, one, _ in jobs], self._broken)

    def _roll(self) -> None:
        if self._writer.size >= self._roll_over:
            self._writer.seal()
            self._number += 1
            self._writer = warc.Writer(self._place(self._number), self._info)


def _settle(written: Iterable["asyncio.Future[None]"], error: BaseException | None) -> None:
    for one in written:
        if error and not one.done():
            one.set_exception(error)
        elif not one.done():
            one.set_result(None)
