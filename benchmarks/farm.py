"""The site that the throughput benchmark crawls: pages of one size with many links, on one or more hosts.

Run by `throughput.py` as a process of its own: `python benchmarks/farm.py PORT PAGES LATENCY`. Every address
of 127.0.0.0/8 is a host of its own with the same PAGES pages; LATENCY is seconds before each answer.
"""

import asyncio
import random
import sys
from functools import partial

SIZE = 48_000
"""Bytes of a page."""

LINKS = 200
"""Links on a page: half of them the same on all pages, as menus and archives are."""

_WORDS = ("tide", "shore", "sand", "line", "wave", "gull", "drift", "weed", "stone", "shell", "foam", "dune")


def page(number: int, pages: int) -> bytes:
    """An article in the frame of a site, always the same for a number."""
    chance = random.Random(number)
    frame = range(0, pages, max(1, pages // (LINKS // 2)))
    near = [(number * 2 + 1 + step) % pages for step in range(LINKS // 2)]
    links = "\n".join(
        f'<li class="item"><a href="/p/{one}" title="Page {one}">Read page {one} of the site</a></li>'
        for one in (*frame, *near)
    )
    head = f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>Page {number}</title></head>'
    paragraphs: list[str] = []
    room = SIZE - len(links) - len(head) - 120
    while room > 0:
        words = " ".join(chance.choices(_WORDS, k=60))
        paragraphs.append(f"<p>{words.capitalize()}.</p>")
        room -= len(paragraphs[-1]) + 1
    article = f"<h1>Page {number}</h1>" + "\n".join(paragraphs)
    return f"{head}<body><nav><ul>{links}</ul></nav><article>{article}</article></body></html>".encode()


class _Connection(asyncio.Protocol):
    """Keep-alive, one answer after the other."""

    def __init__(self, answers: dict[bytes, bytes], latency: float) -> None:
        self._answers = answers
        self._latency = latency
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        while b"\r\n\r\n" in self._buffer:
            head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
            answer = self._answers.get(head.split(b" ", 2)[1], _MISSING)
            if self._latency:
                asyncio.get_running_loop().call_later(self._latency, self._transport.write, answer)
            else:
                self._transport.write(answer)


_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: %d\r\n\r\n"
_MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Type: text/plain\r\nContent-Length: 4\r\n\r\nnone"


def _answers(pages: int) -> dict[bytes, bytes]:
    answers = {}
    for number in range(pages):
        body = page(number, pages)
        answers[f"/p/{number}".encode()] = _HEAD % len(body) + body
    answers[b"/"] = answers[b"/p/0"]
    return answers


async def _serve(port: int, pages: int, latency: float) -> None:
    make = partial(_Connection, _answers(pages), latency)
    server = await asyncio.get_running_loop().create_server(make, "0.0.0.0", port, backlog=1000)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(_serve(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])))
