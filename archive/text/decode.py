"""Bytes to characters: what a page says about its encoding, checked against its bytes."""

import codecs
import re
from collections.abc import Iterator
from itertools import islice

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
SCRIPT = re.compile(rb"(<(?:script|style)\b)|</(?:script|style)\s*>", re.I)
TAG = re.compile(rb"<!--|<[^<>]{0,2000}>")
TITLES = re.compile(r"\b[А-ЯЁ][а-яё]{2,}\b")
WITHIN = re.compile(r"(?<=[a-z])[¡£¥¦¬¯±³¶¹¼¾¿](?=[a-z])")
SWAPPED = re.compile(r"\b[а-яё][А-ЯЁ]{2,}\b")
ESCAPES = (b"\x1b$B", b"\x1b$@")
MARKS = frozenset("«»“”„‚‘’‹›–—…•¿¡°€©®™·ºª§£ \xa0\xad")
LETTERS = {
    "cp1252": (
        *("óíáéúüñàòçï", "éèàâæçêëîïôœùûüÿ", "üäöß", "èàòéìíóù", "ãçáâàéêíóôõúü", "åäöéæøüà", "áíðéóúýþæö"),
        "éëïèêíóöúü",
    ),
    "cp1250": ("łąęćńóśźż", "íáéčďěľĺňóôŕřšťúůýžä", "áéőíóöúüű", "ăîșâțşţ", "čšžćđ", "üäößé"),
    "iso8859-2": ("łąęćńóśźż", "íáéčďěľĺňóôŕřšťúůýžä", "áéőíóöúüű", "ăîșâțşţ", "čšžćđ"),
    "cp1257": ("āīēčģķļņšūž", "ėųšąčęįūž", "äõüöšž"),
    "cp1254": ("ışüçğöâîûİ",),
}
"""The letters beyond ASCII of languages, the three most frequent first, by encoding, the likelier first."""

HIGH = bytes(range(128, 256))
HEAD = 8_192
SAMPLE = 60_000


def decoded(payload: bytes, content_type: str | None = None) -> tuple[str, str, str]:
    """The characters of a page, the name of the encoding they were read in, and the rule that decided.

    Order: byte order mark, UTF-16 by its zero bytes, escape sequences, valid UTF-8, HTTP header, meta,
    detection. Valid UTF-8 with a byte above 127 stands before the declarations: other encodings do not
    produce it by chance. A declaration that the bytes contradict is passed over. Bytes that fit nothing
    become U+FFFD. Never raises.
    """
    for mark, name in BOMS:
        if payload.startswith(mark):
            return payload[len(mark) :].decode(name, "replace"), name, "byte order mark"
    wide = _utf16(payload)
    if wide:
        return payload.decode(wide, "replace"), wide, "zero bytes"
    if any(escape in payload[: 4 * SAMPLE] for escape in ESCAPES) and payload.isascii():
        return payload.decode("iso2022_jp", "replace"), "iso2022_jp", "escape sequences"
    declared = list(_declared(payload, content_type))
    if payload.isascii() and not any(name.startswith(("iso2022", "hz")) for name, _ in declared):
        return payload.decode("ascii"), "utf-8", "ASCII only"
    if _is_utf8(payload):
        against = next(
            (f", though {where} says {label(name)}" for name, where in declared if name != "utf-8"), ""
        )
        return payload.decode("utf-8", "replace"), "utf-8", f"valid UTF-8{against}"
    for name, where in declared:
        text = _read(payload, name)
        if text is not None:
            return text, label(name), where
    guess = _detect(payload)
    against = ", ".join(f"{where} says {label(name)}" for name, where in declared)
    rule = f"detected, the bytes contradict what {against}" if against else "detected"
    return payload.decode(guess, "replace"), label(guess), rule


def label(codec: str) -> str:
    """The name people know a codec by: `windows-1251`, not `cp1251`."""
    name = codecs.lookup(codec).name
    name = re.sub(r"^cp(125\d|874)$", r"windows-\1", name)
    name = re.sub(r"^iso8859-", "iso-8859-", name)
    return {"cp932": "shift_jis", "cp949": "euc-kr"}.get(name, name)


def _utf16(payload: bytes) -> str | None:
    start = payload[:200].lstrip(b" \t\r\n\x00")[:1]
    for name, sign in (("utf-16-le", b"<\x00"), ("utf-16-be", b"\x00<")):
        if start == b"<" and payload.startswith(sign) and payload[:400].count(0) > 8:
            return name
    head = payload[:400]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if len(head) < 8 or even + odd < len(head) // 4 or not (even < odd / 4 or odd < even / 4):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(payload: bytes) -> bool:
    """Whether the bytes are UTF-8, but for a last character cut in two and a rare strange byte."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        decoder.decode(payload, final=False)
    except UnicodeDecodeError:
        text = payload.decode("utf-8", "replace")
        lost = text.count("\ufffd")
        foreign = sum(1 for letter in text[: 4 * SAMPLE] if letter > "\x7f")
        return foreign >= 100 and lost <= 0.01 * foreign
    return True


def _declared(payload: bytes, content_type: str | None) -> Iterator[tuple[str, str]]:
    """The encodings that a page is said to be in, and who says so."""
    header = re.search(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", content_type or "", re.I)
    labels = [(header.group(1), "the HTTP header")] if header else []
    metas = [match.group(1).decode("ascii") for match in islice(DECLARED.finditer(payload[:HEAD]), 2)]
    for text, where in [*labels, *((text, "the page's head") for text in metas)]:
        try:
            name = codecs.lookup(text).name
        except LookupError:
            continue
        # A page whose meta could be read as ASCII is not UTF-16, whatever it says (HTML, section 13.2.3.2).
        if not name.startswith(("utf-16", "utf-32", "utf-7", "idna", "punycode")):
            yield WIDER.get(name, name), where


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
    if name in ("cp1252", "cp1254") and (_is_not_latin(text) or _is_garbled(text[:SAMPLE], foreign)):
        return None
    if name in ("cp1251", "koi8-r", "koi8-u") and _is_swapped(text[:SAMPLE]):
        return None
    return text


def _is_garbled(text: str, foreign: int) -> bool:
    """Signs within words: Central European letters read as Western ones, `¶nieg` and `le¿y`."""
    return len(WITHIN.findall(text)) > max(2, 0.1 * foreign)


def _is_swapped(text: str) -> bool:
    """KOI8 read as windows-1251, or the other way round: other letters, in the wrong case."""
    swapped, titles = len(SWAPPED.findall(text)), len(TITLES.findall(text))
    small = sum("а" <= letter <= "я" for letter in text)
    return swapped > 1 and swapped > titles and sum("А" <= letter <= "Я" for letter in text) > 4 * small


def _plain(payload: bytes) -> bytes:
    """The bytes without tags, comments, scripts and styles; linear in whatever was left open."""
    pieces, place = [], 0
    inside = False
    for mark in SCRIPT.finditer(payload):
        if not inside and mark.start() >= place:
            pieces.append(payload[place : mark.start()])
        inside, place = mark[1] is not None, mark.end()
    return TAG.sub(b" ", b" ".join([*pieces, b"" if inside else payload[place:]]))


def _is_not_latin(text: str) -> bool:
    """Latin letters with accents are rare between plain ones; Cyrillic or Greek misread as Latin is not."""
    plain = _plain(text[:SAMPLE].encode("utf-8", "replace")).decode("utf-8", "replace")
    letters = [letter for letter in plain if letter.isalpha()]
    return len(letters) > 40 and sum(letter > "\x7f" for letter in letters) > 0.5 * len(letters)


def _latin(words: bytes) -> str | None:
    """The encoding in which the words are of one language with Latin letters; None where they are of none."""
    best, most = None, 0.96
    for name, languages in LETTERS.items():
        text = words.decode(name, "replace")
        foreign = [letter for letter in text.lower() if letter > "\x7f" and letter not in MARKS]
        if not foreign and not text.isascii():
            return name  # dashes and quotation marks only
        if not foreign or _is_not_latin(text):
            continue
        share = max(_fits(foreign, known) for known in languages)
        if share > most:
            best, most = name, share
    return best


def _fits(foreign: list[str], known: str) -> float:
    """The share of letters that a language has; none where its frequent ones are missing."""
    usual = sum(letter in known[:3] for letter in foreign)
    if len(foreign) >= 8 and usual < 0.3 * len(foreign):
        return 0
    return sum(letter in known for letter in foreign) / len(foreign)


def _is_japanese(words: bytes, name: str) -> bool:
    text = words.decode(name, "replace")
    if text.count("\ufffd") > 1:  # the last character may be cut in two
        return False
    foreign = [letter for letter in text if letter > "\x7f"]
    return sum("\u3041" <= letter <= "\u30fe" for letter in foreign) > 0.2 * len(foreign)


def _detect(payload: bytes) -> str:
    sample = _plain(payload[: 4 * SAMPLE])
    words = b" ".join([word for word in sample.split() if any(byte > 127 for byte in word)])[:SAMPLE]
    if (len(words) - len(words.rstrip(HIGH))) % 2:
        words = words[:-1]  # half of a character, where they have two bytes
    for name in ("euc_jp", "cp932"):
        if _is_japanese(words, name):
            return name
    latin = _latin(words)
    if latin:
        return latin
    from charset_normalizer import from_bytes  # 60 ms that most pages do not need

    found = from_bytes(words or b"-", cp_exclusion=["utf_7", "cp037", "cp500", "cp1026"]).best()
    name = codecs.lookup(found.encoding).name if found else "cp1252"
    return {**WIDER, "cp1125": "cp866"}.get(name, name)
