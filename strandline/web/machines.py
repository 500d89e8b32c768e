"""For programs: the WARC record of a capture, and the description of all addresses (OpenAPI 3.1)."""

import zlib
from collections.abc import Iterator
from pathlib import Path

from flask import Blueprint, Response, current_app

from archive import access, warc
from strandline.web import answers, openapi
from strandline.web.room import room

area = Blueprint("machines", __name__)

_PIECE = 256 * 1024


@area.get("/record/<path:record>")
def record(record: str) -> Response:
    """The WARC record of a capture by its id, byte for byte as it is kept: one gzip member. With form=plain
    without that compression.
    """
    its = room()
    place = access.record_of(its.archive, record)
    if place is None:
        answers.absent("There is no such record. Its id stands on the page of each capture.")
    path = access.warc_path(its.archive, place["file"])
    if path is None:
        answers.absent(f"The WARC file {place['file']} is missing.")
    try:
        length = warc.at(path, place["offset"]).length
    except (OSError, warc.WarcError) as error:
        answers.absent(f"The record cannot be read: {error}")
    name = "".join(letter for letter in record if letter.isalnum() or letter == "-")[-60:]
    raw = _slice(path, place["offset"], length)
    if answers.asked("form") == "plain":
        answer = Response(_plain(raw), content_type="application/warc")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}.warc"'
        return answer
    answer = Response(raw, content_type="application/warc")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.warc.gz"'
    answer.headers["Content-Length"] = str(length)
    return answer


@area.get("/openapi.json")
def openapi_description() -> Response:
    """This description."""
    return answers.as_json(openapi.description(current_app))


def _slice(path: Path, offset: int, length: int) -> Iterator[bytes]:
    with path.open("rb") as file:
        file.seek(offset)
        while length > 0 and (piece := file.read(min(_PIECE, length))):
            length -= len(piece)
            yield piece


def _plain(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """What a gzip member holds, in pieces of that size."""
    inflate = zlib.decompressobj(wbits=31)
    for piece in pieces:
        yield inflate.decompress(piece, _PIECE)
        while inflate.unconsumed_tail:
            yield inflate.decompress(inflate.unconsumed_tail, _PIECE)
    yield inflate.flush()
