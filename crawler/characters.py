"""From the bytes of a sitemap to its characters, piece by piece: gzip undone, encodings told or guessed."""

import codecs
import re
import zlib
from collections.abc import Iterator
from contextlib import suppress

STRETCH = 1024 * 1024
"""So many characters may come without a tag, or a line of text without an end: the parser holds them all."""

_PIECE = 64 * 1024
_SMALL = 64
_MOST_MEMBERS = 1000
_GZIP = b"\x1f\x8b"
_BOMS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
_DECLARED = re.compile(rb"\s*<\?xml\b[^>]{0,200}?\bencoding\s*=\s*[\"']([\w.:-]{2,40})", re.I)
# By the names that Python has for them. None keeps a state between characters, as ISO 2022 does, or is
# wider than a byte: a declaration that could be read is in neither.
_TRUSTED = re.compile(
    r"iso8859-\d+|cp(?:125\d|874|932|949|950)|koi8-[rtu]|gb\w+|big5\w*|shift_jis\w*|euc_\w+|mac-\w+"
)
_WESTERN = {0xDC00 + byte: bytes([byte]).decode("cp1252", "replace") for byte in range(128, 256)}
_STRAY = re.compile("[\udc80-\udcff]")


class StretchError(Exception):
    """More than `STRETCH` characters in which nothing ends."""


def inflated(body: bytes, most: int) -> tuple[bytes, bool]:
    """The body without gzip, which only its first bytes tell, as far as it goes up to `most` bytes; whether
    it breaks off before. A file that was zipped may have been zipped once more for the way.
    """
    torn = False
    for _ in range(2):
        if body.startswith(_GZIP):
            body, breaks = _gunzip(body, most)
            torn = torn or breaks
    return body, torn


def _gunzip(body: bytes, most: int) -> tuple[bytes, bool]:
    """Several members are one file (RFC 1952, section 2.2); what else comes behind them is filling."""
    found = bytearray()
    position = 0
    for _ in range(_MOST_MEMBERS):
        member = zlib.decompressobj(wbits=31)
        while not member.eof and position < len(body) and len(found) < most:
            piece = body[position : position + _PIECE]
            before = member.copy()
            try:
                found += member.decompress(piece, most - len(found))
            except zlib.error:
                _go_to_the_fault(before, piece, found, most)
                return bytes(found), True
            position += len(piece) - len(member.unused_data)
        if not member.eof:
            return bytes(found), len(found) < most
        if not body.startswith(_GZIP, position):
            return bytes(found), False
    return bytes(found), True


def _go_to_the_fault(member: "zlib._Decompress", piece: bytes, found: bytearray, most: int) -> None:
    """What comes before a fault is lost with the piece that has it: so take smaller ones."""
    with suppress(zlib.error):
        for position in range(0, len(piece), _SMALL):
            found += member.decompress(piece[position : position + _SMALL], most - len(found) + 1)


def starts_with_tag(body: bytes) -> bool:
    """Whether the first character that is not white space is `<`."""
    found = re.compile(rb"[^\s\0]").search(body, _beginning(body)[1])
    return found is not None and found[0] == b"<"


def pieces(body: bytes, most: int, before: str) -> Iterator[str]:
    """The characters of the first `most` bytes, each piece but the first beginning with `before`.

    A mark at the beginning tells the encoding, then the bytes themselves, then what the file declares.
    Bytes that are not UTF-8 are lone surrogates in what comes; see `mended`. Raises StretchError.
    """
    encoding, start = _beginning(body)
    errors = "surrogateescape" if encoding == "utf-8" else "replace"
    decoder = codecs.getincrementaldecoder(encoding)(errors)
    held = ""
    end = min(len(body), most)
    for position in range(start, end, _PIECE):
        until = min(position + _PIECE, end)
        text = held + decoder.decode(body[position:until], until == len(body))
        border = len(text) if until == end else text.rfind(before, 1)
        if border > 0:
            yield text[:border]
        held = text[max(border, 0) :]
        if len(held) > STRETCH:
            raise StretchError


def mended(text: str) -> tuple[str, bool]:
    """The text with what was no UTF-8 read as windows-1252, and whether there was any."""
    if text.isascii() or not _STRAY.search(text):
        return text, False
    return text.translate(_WESTERN), True


def _beginning(body: bytes) -> tuple[str, int]:
    """The encoding, and where the first character is (XML 1.0, appendix F)."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return encoding, len(mark)
    if body[1:2] == b"\0" or body[:1] == b"\0":
        return ("utf-16-le" if body[1:2] == b"\0" else "utf-16-be"), 0
    found = _DECLARED.match(body[:1024])
    declared = _trusted(found[1].decode("latin-1")) if found else None
    # Other encodings do not make valid UTF-8 by chance, and declarations are copied from elsewhere.
    return (declared if declared and not _is_utf8(body) else "utf-8"), 0


def _trusted(label: str) -> str | None:
    try:
        name = codecs.lookup(label).name
    except (LookupError, ValueError):
        return None
    if name in ("ascii", "iso8859-1"):  # as browsers read them (WHATWG Encoding, section 4.2)
        return "cp1252"
    return name if _TRUSTED.fullmatch(name) else None


def _is_utf8(body: bytes) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for position in range(0, len(body), _PIECE):
            decoder.decode(body[position : position + _PIECE])
    except UnicodeDecodeError:
        return False
    return True
