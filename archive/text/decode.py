"""Bytes to characters: what a page says about its encoding, checked against its bytes."""

import codecs
import re
from collections.abc import Iterator

BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# What browsers read under these labels (WHATWG Encoding Standard, section 4.2).
WIDER = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,300}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.I
)
MARKUP = re.compile(rb"<(script|style)\b.*?</\1\s*>|<!--.*?-->|<[^>]*>", re.I | re.S)
WESTERN = frozenset("áéíóúàèìòùâêîôûäëïöüãõåæøñçßœÁÉÍÓÚÀÈÂÊÎÔÄÖÜÅÆØÑÇ«»“”„‘’–—…¿¡°€©®·ºª§£ \xa0")
HEAD = 8_192
SAMPLE = 60_000


def decoded(payload: bytes, content_type: str | None = None) -> tuple[str, str]:
    """The characters of a page and the name of the encoding they were read in.

    Order: byte order mark, UTF-16 by its zero bytes, valid UTF-8, HTTP header, meta, detection. Valid UTF-8
    with a byte above 127 stands before the declarations: other encodings do not produce it by chance.
    Bytes that fit nothing become U+FFFD. Never raises.
    """
    for mark, name in BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(name, "replace"), name
    wide = _utf16(payload)
    if wide:
        return payload.decode(wide, "replace"), wide
    declared = list(_declared(payload, content_type))
    if not any(name.startswith("iso2022") for name in declared) and _is_utf8(payload):
        return payload.decode("utf-8"), "utf-8"
    for name in declared:
        text = _read(payload, name)
        if text is not None:
            return text, label(name)
    guess = _detect(payload)
    return payload.decode(guess, "replace"), label(guess)


def label(codec: str) -> str:
    """The name people know a codec by: `windows-1251`, not `cp1251`."""
    name = codecs.lookup(codec).name
    name = re.sub(r"^cp(125\d|874)$", r"windows-\1", name)
    name = re.sub(r"^iso8859-", "iso-8859-", name)
    return {"cp932": "shift_jis", "cp949": "euc-kr"}.get(name, name)


def _utf16(payload: bytes) -> str | None:
    head = payload[:400]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 8 or even + odd < len(head) // 4:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(payload: bytes) -> bool:
    try:
        payload.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _declared(payload: bytes, content_type: str | None) -> Iterator[str]:
    header = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", content_type or "", re.I)
    labels = [header.group(1)] if header else []
    labels += [match.group(1).decode("ascii") for match in DECLARED.finditer(payload[:HEAD])][:2]
    for text in labels:
        try:
            name = codecs.lookup(text).name
        except LookupError:
            continue
        # A page whose meta could be read as ASCII is not UTF-16, whatever it says (HTML, section 13.2.3.2).
        if not name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode")):
            yield WIDER.get(name, name)


def _read(payload: bytes, name: str) -> str | None:
    """The payload in a declared encoding, or None where the bytes contradict the declaration."""
    try:
        text = payload.decode(name, "replace")
    except (LookupError, ValueError, TypeError):
        return None
    lost = text.count("\ufffd")
    foreign = sum(1 for byte in payload[:SAMPLE] if byte > 127) or 1
    if lost and lost > 0.02 * max(foreign, 50):
        return None
    if name in ("cp1252", "cp1254") and _is_not_latin(text):
        return None
    return text


def _is_not_latin(text: str) -> bool:
    """Latin letters with accents are rare between plain ones; Cyrillic or Greek misread as Latin is not."""
    plain = MARKUP.sub(b" ", text[:SAMPLE].encode("utf-8", "replace")).decode("utf-8", "replace")
    letters = [letter for letter in plain if letter.isalpha()]
    return len(letters) > 40 and sum(letter > "\x7f" for letter in letters) > 0.5 * len(letters)


def _is_western(text: str) -> bool:
    foreign = [letter for letter in text if letter > "\x7f"]
    known = sum(letter in WESTERN for letter in foreign)
    # Cyrillic read as Latin is made of accented letters too, but of hardly any plain ones between them.
    return known >= 0.97 * len(foreign) and not _is_not_latin(text)


def _detect(payload: bytes) -> str:
    from charset_normalizer import from_bytes  # 60 ms that most pages do not need

    sample = MARKUP.sub(b" ", payload[: 4 * SAMPLE])
    words = [word for word in sample.split() if any(byte > 127 for byte in word)]
    if _is_western(b" ".join(words).decode("cp1252", "replace")):
        return "cp1252"
    found = from_bytes(
        b" ".join(words)[:SAMPLE] or b"-", cp_exclusion=["utf_7", "cp037", "cp500", "cp1026"]
    ).best()
    name = codecs.lookup(found.encoding).name if found else "cp1252"
    return WIDER.get(name, name)
