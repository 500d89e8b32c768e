"""What the throughput benchmark compares with: Scrapy as its tutorial uses it.

`python benchmarks/peers.py bare|naive URL FOLDER [text]`. `bare` follows links by `LinkExtractor` at its
defaults and stores nothing; `naive` also writes every response with warcio in an item pipeline, and with
`text` extracts it with trafilatura there. Scrapy's settings are its own but for delay 0 and 2 connections
a host.
"""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import scrapy
import trafilatura
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http import Response
from scrapy.linkextractors import LinkExtractor
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

FOLDER = Path()
TEXT = False


class Bare(scrapy.Spider):
    """Follows every link of the site."""

    name = "bare"
    links = LinkExtractor()
    pages = 0

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        Bare.pages += 1
        for link in self.links.extract_links(response):
            yield response.follow(link)


class Naive(Bare):
    """The same, and hands every response to the pipeline."""

    name = "naive"

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        yield {"response": response}
        yield from super().parse(response)


class Warc:
    """The pipeline that tutorials show: one WARC file, written as the responses come."""

    def open_spider(self) -> None:
        self._file = (FOLDER / "naive.warc.gz").open("wb")
        self._writer = WARCWriter(self._file, gzip=True)

    def close_spider(self) -> None:
        self._file.close()

    def process_item(self, item: dict[str, Response]) -> dict[str, Response]:
        response = item["response"]
        pairs = [
            (key.decode(), value.decode("latin-1"))
            for key, all_ in response.headers.items()
            for value in all_
        ]
        headers = StatusAndHeaders(f"{response.status} OK", pairs, protocol="HTTP/1.1")
        record = self._writer.create_warc_record(
            response.url, "response", payload=BytesIO(response.body), http_headers=headers
        )
        self._writer.write_record(record)
        if TEXT:
            text = trafilatura.extract(response.text, output_format="markdown", with_metadata=True) or ""
            (FOLDER / f"{Bare.pages}.md").write_text(text, encoding="utf-8")
        return item


def main(spider: type[Bare], url: str) -> None:
    settings: dict[str, Any] = {
        "LOG_LEVEL": "ERROR",
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 2,
        "ROBOTSTXT_OBEY": True,
        "USER_AGENT": "peer (+benchmark@example.org)",
    }
    if spider is Naive:
        settings["ITEM_PIPELINES"] = {Warc: 300}
    process = AsyncCrawlerProcess(settings)
    process.crawl(spider, start_urls=[f"{url}/"], allowed_domains=[url.split("//")[1].split(":")[0]])
    process.start()
    print(Bare.pages)


if __name__ == "__main__":
    FOLDER, TEXT = Path(sys.argv[3]), "text" in sys.argv[4:]
    main({"bare": Bare, "naive": Naive}[sys.argv[1]], sys.argv[2])
