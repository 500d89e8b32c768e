"""Bytes to characters: every encoding our sources use, declared, undeclared and declared wrongly."""
# ruff: noqa: E501  (a page reads best unbroken)

import pytest

from archive.text import decoded

SAID = {
    "ru": "В посёлке построили новый причал длиной сорок пять метров. Лестница насчитывает шестьдесят ступеней. ",
    "uk": "У селищі збудували новий причал завдовжки сорок п'ять метрів. Її ґанок і східці видно з усієї затоки. ",
    "el": "Ο κήπος έχει λίγο χώμα και πολύ ήλιο, ταιριαστός για θυμάρι και λεβάντα. Η λίμνη γέμισε ξανά. ",
    "es": "La campana pequeña se fundió en 1862. Según el cuaderno, florecieron los almendros «antes» de enero. ",
    "de": "Der Türmer trug die Lampe über die Stufen hinunter; das Gehäuse bleibt im Museum – für größere Gäste. ",
    "pl": "Nowe molo ma czterdzieści pięć metrów długości. Źródło bije pod wzgórzem, a łąka żółknie. ",
    "cs": "Nová lampa na věži svítí od včerejška. Stará váží padesát kilogramů a míří do přístavního muzea. ",
    "tr": "İskelenin yeni feneri dün akşam yakıldı; eski ışık müzeye taşındı. Çocuklar güneşi görünce koştu. ",
    "lv": "Jaunā laterna tornī tika iedegta vakar vakarā, bet vecā nodota ostas muzejam. Bērni skrēja uz krastu. ",
    "he": "המנורה החדשה במגדל הודלקה אתמול בערב, והישנה הועברה למוזיאון של הנמל. ",
    "ar": "أضيء المصباح الجديد في البرج مساء أمس، ونقل القديم إلى متحف الميناء. ",
    "ja": "港の新しい灯台は昨日から光っています。古いランプは博物館に運ばれました。",
    "zh": "港口的新灯塔昨天开始发光。旧灯被送到了博物馆，孩子们跑到岸边去看。",
    "tw": "港口的新燈塔昨天開始發光。舊燈被送到了博物館，孩子們跑到岸邊去看。",
    "ko": "항구의 새 등대는 어제부터 빛나고 있습니다. 오래된 등불은 박물관으로 옮겨졌습니다. ",
    "en": "The lamp in the tower was replaced on Tuesday. ",
}
HTTP = "the HTTP header"
META = "the page's head"
FOUND = "detected"
UTF8 = "valid UTF-8"


def page(language: str, meta: str = "") -> str:
    head = f'<meta charset="{meta}">' if meta else ""
    return (
        f"<html><head>{head}<title>x</title></head><body><div><p>{SAID[language] * 4}</p></div></body></html>"
    )


@pytest.mark.parametrize(
    ("language", "encoding", "header", "meta", "named", "rule"),
    [
        # what the page declares is so
        ("ru", "cp1251", "windows-1251", "", "windows-1251", HTTP),
        ("ru", "cp1251", "", "windows-1251", "windows-1251", META),
        ("ru", "koi8-r", "", "koi8-r", "koi8-r", META),
        ("el", "iso8859-7", "iso-8859-7", "", "iso-8859-7", HTTP),
        ("ja", "cp932", "", "Shift_JIS", "shift_jis", META),
        ("ja", "euc_jp", "euc-jp", "", "euc_jp", HTTP),
        ("zh", "gb18030", "gb2312", "", "gb18030", HTTP),
        ("tw", "big5", "big5", "", "big5", HTTP),
        ("ko", "euc_kr", "", "euc-kr", "euc-kr", META),
        ("tr", "cp1254", "iso-8859-9", "", "windows-1254", HTTP),
        ("he", "cp1255", "windows-1255", "", "windows-1255", HTTP),
        ("ru", "utf-8", "utf-8", "utf-8", "utf-8", UTF8),
        ("de", "cp1252", "iso-8859-1", "", "windows-1252", HTTP),  # a dash in C1: as browsers read it
        ("de", "cp1252", "us-ascii", "", "windows-1252", HTTP),
        # nothing is declared
        ("ru", "cp1251", "", "", "windows-1251", FOUND),
        ("ru", "koi8-r", "", "", "koi8-r", FOUND),
        ("ru", "iso8859-5", "", "", "iso-8859-5", FOUND),
        ("ru", "cp866", "", "", "cp866", FOUND),
        ("uk", "cp1251", "", "", "windows-1251", FOUND),
        ("uk", "koi8-u", "", "", "koi8-u", FOUND),
        ("el", "cp1253", "", "", "windows-1253", FOUND),
        ("el", "iso8859-7", "", "", "windows-1253", FOUND),
        ("es", "cp1252", "", "", "windows-1252", FOUND),
        ("de", "cp1252", "", "", "windows-1252", FOUND),
        ("pl", "cp1250", "", "", "windows-1250", FOUND),
        ("pl", "iso8859-2", "", "", "iso-8859-2", FOUND),
        ("cs", "cp1250", "", "", "windows-1250", FOUND),
        ("tr", "cp1254", "", "", "windows-1254", FOUND),
        ("lv", "cp1257", "", "", "windows-1257", FOUND),
        ("he", "cp1255", "", "", "windows-1255", FOUND),
        ("ar", "cp1256", "", "", "windows-1256", FOUND),
        ("ja", "cp932", "", "", "shift_jis", FOUND),
        ("ja", "euc_jp", "", "", "euc_jp", FOUND),
        ("ja", "iso2022_jp", "", "", "iso2022_jp", "escape sequences"),
        ("zh", "gb18030", "", "", "gb18030", FOUND),
        ("tw", "big5", "", "", "big5", FOUND),
        ("ko", "euc_kr", "", "", "euc-kr", FOUND),
        ("ru", "utf-8", "", "", "utf-8", UTF8),
        ("en", "ascii", "iso-8859-1", "", "utf-8", "ASCII only"),
        # UTF-16, with and without a mark
        ("ru", "utf-16", "", "", "utf-16-le", "byte order mark"),
        ("ru", "utf-16-le", "", "", "utf-16-le", "zero bytes"),
        ("zh", "utf-16-be", "", "", "utf-16-be", "zero bytes"),
        ("es", "utf-16-be", "utf-8", "", "utf-16-be", "zero bytes"),
        ("ru", "utf-8-sig", "windows-1251", "", "utf-8", "byte order mark"),
        # what the page declares is not so
        ("es", "utf-8", "ISO-8859-1", "", "utf-8", f"{UTF8}, though {HTTP} says windows-1252"),
        ("ru", "utf-8", "", "windows-1251", "utf-8", f"{UTF8}, though {META} says windows-1251"),
        (
            "es",
            "cp1252",
            "",
            "utf-8",
            "windows-1252",
            f"{FOUND}, the bytes contradict what {META} says utf-8",
        ),
        ("ru", "cp1251", "iso-8859-1", "", "windows-1251", FOUND),
        ("ru", "koi8-r", "windows-1251", "", "koi8-r", FOUND),
        ("ru", "cp1251", "koi8-r", "windows-1251", "windows-1251", META),  # declared twice: the bytes decide
        ("ru", "cp1251", "utf-8", "windows-1251", "windows-1251", META),
        ("ru", "cp1251", "", "utf-16", "windows-1251", FOUND),
        ("es", "cp1252", "no-such-thing", "iso-8859-1", "windows-1252", META),
    ],
)
def test_encodings(language: str, encoding: str, header: str, meta: str, named: str, rule: str) -> None:
    said = page(language, meta)
    kind = f"text/html; charset={header}" if header else "text/html"
    text, charset, why = decoded(said.encode(encoding), kind)
    assert text == said
    assert charset == named
    assert why.startswith(rule)


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "cp932"])
def test_a_last_character_cut_in_two_costs_only_itself(encoding: str) -> None:
    said = page("zh" if encoding == "gb18030" else "ja").partition("</p>")[0]
    text, charset, _ = decoded(said.encode(encoding)[:-1])
    assert (text[:-1], text[-1]) == (said[:-1], "\ufffd")
    assert charset in (encoding, "shift_jis")


def test_one_strange_byte_in_a_page_of_utf8_changes_no_other_character() -> None:
    said = page("ru").encode()
    text, charset, _ = decoded(said.replace(b"</p>", b"\x93</p>"), "text/html; charset=windows-1251")
    assert charset == "utf-8"
    assert text.replace("\ufffd", "") == page("ru")


def test_open_scripts_without_end_are_read_in_no_time() -> None:
    payload = b"\xe9<script>" * 40_000
    assert decoded(payload)[0].startswith("\xe9<script>")
