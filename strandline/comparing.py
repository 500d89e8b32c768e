"""Two versions of a page, compared: what `diff` prints, and the reading room shows."""

from collections.abc import Sequence

from archive import access
from archive import diff as engine
from archive import text as texts
from strandline.complaint import Complaint
from strandline.differences import Comparison


def compare(archive: access.Archive, url: str, before: int, after: int) -> Comparison:
    """Two versions of a page, by number. Raises NotInArchive, and Complaint where they cannot be compared."""
    (old, old_text), (new, new_text) = archive.version(url, before), archive.version(url, after)
    if old_text.extractor != new_text.extractor:
        raise Complaint(
            f"versions {before} and {after} of {url} were read by different extractors "
            f"({old_text.extractor}; {new_text.extractor}), so a difference would not be the page's."
        )
    return Comparison(
        url=old["url"],
        source_from=old["first"],
        source_to=new["first"],
        kinds=engine.kinds(old_text, new_text),
        diff=engine.compare(old_text, new_text),
        from_version=before,
        to_version=after,
        entries=engine.entry_counts(old_text, new_text),
    )


def rendered(archive: access.Archive, url: str, number: int) -> tuple[access.VersionRow, texts.Rendered]:
    """A version with what its page showed, from the stored bytes."""
    row, _ = archive.version(url, number)
    payload, kind = archive.body(archive.show(url, row["first"])["warc"]["record_id"])
    return row, texts.rendered(payload, row["url"], kind)


def compare_pages(archive: access.Archive, url: str, before: int, after: int) -> Comparison:
    """All that the page shows in two versions, menus and all, from the stored bytes. Raises NotInArchive."""
    (old, shown), (new, shows) = rendered(archive, url, before), rendered(archive, url, after)
    compared = engine.Diff((), engine.compare_strings(shown.text, shows.text))
    return Comparison(old["url"], old["first"], new["first"], (), compared, before, after)


def compare_links(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """The links, each with its words, that went (`delete`) and that came (`insert`)."""
    gone, came = dict(before), dict(after)
    found = [("delete", link, name) for link, name in before if link not in came]
    return found + [("insert", link, name) for link, name in after if link not in gone]
