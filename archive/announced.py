"""Whether a page told its readers of an edit: by a date of its own, in a feed, or by a note in its text."""

import re
from collections.abc import Iterable

from archive.diff import Block, Op
from archive.model import Kind, Observation, Openness

_NOTE = re.compile(
    r"\W*(?:this (?:article|story|post|page|report) (?:was|has been) (?:updated|corrected|amended|changed)"
    r"|(?:an )?earlier version of this|(?:update|updated|corrections?|corrected|clarification|editor.s note"
    r"|erratum|last (?:updated|modified|edited|changed)|amended"
    r"|aktualisier(?:t|ung)|korrektur|korrigiert|berichtigung|anmerkung der redaktion|nachtrag"
    r"|mis(?:e)? à jour|actualisé|correction|corrigé|rectificatif|note de la rédaction"
    r"|actualizad[oa]|actualización|corregid[oa]|corrección|fe de errores|nota del editor"
    r"|aggiornat[oa]|aggiornamento|correzione|rettifica|errata corrige"
    r"|atualizad[oa]|atualização|corrigid[oa]|correção|errata|bijgewerkt|correctie|rectificatie|aangepast"
    r"|uppdaterad|rättelse|oppdatert|rettelse|opdateret|päivitetty|oikaisu|korjaus"
    r"|aktualizacja|zaktualizowano|sprostowanie|poprawiono|aktualizováno|oprava|opraveno|aktualizované"
    r"|обновл(?:ено|ение)|исправл(?:ено|ение)|уточнение|поправка|дополнено|оновлено|виправлено|уточнення"
    r"|papildināts|atjaunināts|labots|labojums|precizēts|precizējums|atnaujinta|patikslinta|pataisyta"
    r"|uuendatud|parandus|täiendatud|güncellendi|güncelleme|düzeltme|actualizat|corectat|frissítve|helyesbítés"
    r"|ενημερώθηκε|διόρθωση|更新|訂正|追記|修正|更正|수정|업데이트|تحديث|تصحيح)(?!\w))",
    re.IGNORECASE,
)
"""How a note on an edit begins: a sentence of its own, or a line."""

TEXTUAL = frozenset({Kind.BODY, Kind.TITLE, Kind.AUTHOR, Kind.LINKS})


def is_note(text: str) -> bool:
    """Whether it begins as a note on an edit does."""
    return _NOTE.match(text) is not None


def openness(
    kinds: Iterable[Kind], blocks: Iterable[Block], seen: Observation, last: Observation | None
) -> tuple[Openness | None, str | None]:
    """Whether an edit was announced, and by what. `last` is the capture that showed the old state."""
    found = frozenset(kinds)
    if not found & TEXTUAL:
        return (Openness.REDATED, None) if Kind.DATE in found else (None, None)
    by = _sign(found, blocks, seen, last)
    return (Openness.ANNOUNCED if by else Openness.SILENT), by


def _reader(seen: Observation) -> str | None:
    return seen.text.extractor if seen.text else None


def _sign(
    kinds: frozenset[Kind], blocks: Iterable[Block], seen: Observation, last: Observation | None
) -> str | None:
    if Kind.DATE in kinds:
        return "its date"
    # An older extractor read no such date: that one is there now says nothing of the page.
    told_before = last is not None and (last.modified or _reader(last) == _reader(seen))
    if last is not None and told_before and seen.modified not in (None, last.modified):
        return "its date of modification"
    if last is not None and seen.updated is not None and seen.updated != last.updated:
        return "the feed"
    new = (block for block in blocks if block.op in (Op.INSERT, Op.REPLACE))
    if any(is_note(block.new) for block in new):
        return "a note in its text"
    return None
