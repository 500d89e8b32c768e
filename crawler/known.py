"""What a run starts with besides its seeds: what the archive knows of the source from earlier runs."""

import hashlib
import json
from collections.abc import Iterator

from archive import access
from crawler.originals import Original
from crawler.rows import Found, Standing, UrlKind
from crawler.source import Source


def settings(source: Source) -> dict[str, object]:
    """The settings as the run keeps them: of headers the names only, since their values may be secrets."""
    kept = source.model_dump(mode="json")
    kept["fetch"]["headers"] = sorted(source.fetch.headers)
    kept["fetch"]["headers_sha256"] = _headers_digest(source)
    return kept


def pages(archive: access.Archive, source: Source) -> Iterator[Found]:
    """The articles of earlier runs, with the depth at which they were found: else each run would go deeper
    than the one before.
    """
    for row in archive.known(source.name):
        standing = Standing.CHANGED if row["changed"] else Standing.SAME
        yield Found(row["url"], UrlKind.PAGE, row["depth"], standing=standing)


def originals(archive: access.Archive, source: Source) -> Iterator[Original]:
    """What this run may refer to. Asked for what is newer only: where the headers are those with which the
    validators were got, and not at every Nth visit, since servers are wrong about it now and then.
    """
    digest = _headers_digest(source)
    for held in archive.originals(source.name):
        same = held["headers_sha256"] == digest
        validators = held["etag"] is not None or held["modified"] is not None
        yield Original(
            url=held["url"],
            at=held["at"],
            payload=held["payload"],
            etag=held["etag"],
            modified=held["modified"],
            ask=same and validators and held["captures"] % source.fetch.revisit_every != 0,
            file=held["file"],
            offset=held["offset"],
        )


def _headers_digest(source: Source) -> str:
    """By this it is known that a later run asks with the same headers; the values stay out of the index."""
    return hashlib.sha256(json.dumps(sorted(source.fetch.headers.items())).encode()).hexdigest()
