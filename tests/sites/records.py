"""Small WARC files made by hand: what a crawl would have left, with the instants that a test wants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from archive import http, warc


@dataclass(frozen=True)
class Answer:
    """One answer of a server, to be recorded."""

    url: str
    at: datetime
    body: str = ""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html; charset=utf-8"),)
    truncated: str | None = None

    def draft(self) -> warc.Draft:
        """The response record of the answer."""
        body = self.body.encode()
        lines = [f"HTTP/1.1 {self.status} Whatever", *(f"{name}: {value}" for name, value in self.headers)]
        block = "\r\n".join([*lines, f"Content-Length: {len(body)}", "", ""]).encode("latin-1") + body
        return warc.Draft(
            type="response",
            uri=self.url,
            at=self.at,
            block=block,
            content_type="application/http; msgtype=response",
            headers=(("WARC-Truncated", self.truncated),) if self.truncated else (),
            payload=http.parse(block).payload(),
        )


def article(title: str, *paragraphs: str, date: str | None = None, extra: str = "") -> str:
    """A plain page of one article; `extra` goes into a side column."""
    said = "".join(f"<p>{text}</p>" for text in paragraphs)
    when = f'<p class="byline"><time datetime="{date}">{date}</time></p>' if date else ""
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | The Gazette</title></head><body>'
        f"<nav><a href='/'>Home</a></nav><main><article><h1>{title}</h1>{when}{said}</article></main>"
        f"<aside class='sidebar'>{extra}</aside><footer>The Gazette</footer></body></html>"
    )


def write(path: Path, answers: Iterable[Answer], *, seal: bool = True) -> Path:
    """A WARC file of the answers; returns where it is (`.open` at its end unless sealed)."""
    writer = warc.Writer(path, {"software": "a test"})
    for answer in answers:
        writer.write([answer.draft()])
    return writer.seal() if seal else path.with_name(path.name + ".open")
