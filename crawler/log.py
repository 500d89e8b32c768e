"""The child's log: one JSON object a line, in `runs/RUN/log.jsonl`."""

import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from scrapy.logformatter import LogFormatter

from archive import instants


class JsonLines(logging.Formatter):
    """`at`, `level`, `name`, `message`, whatever the call gave as `extra`, and the traceback of an error."""

    _OWN = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName", "spider"}

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": instants.iso(datetime.fromtimestamp(record.created, UTC)),
            "level": record.levelname.lower(),
            "name": record.name,
            "message": record.getMessage(),
        }
        line.update({key: value for key, value in vars(record).items() if key not in self._OWN})
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, default=str)


class Silence(LogFormatter):
    """Nothing a response: what became of each URL is in the frontier."""

    def crawled(self, *_: Any) -> Any:
        return None

    def download_error(self, *_: Any, **__: Any) -> Any:
        return None


def open_log(path: Path) -> None:
    """Send this process's log to `path`, which is appended to."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(JsonLines())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def quieten() -> None:
    """Only what is amiss from the libraries; to be called after Scrapy has set its own levels."""
    for name in ("scrapy", "twisted", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
