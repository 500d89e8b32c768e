"""Two versions of a page, compared: what `diff` prints, and the reading room shows."""

from collections.abc import Sequence

from archive import access, space
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


def rendered(
    archive: access.Archive, url: str, number: int, most: int | None = None
) -> tuple[access.VersionRow, texts.Rendered]:
    """A version with what its page showed, from the stored bytes. A Complaint above `most` bytes."""
    row, _ = archive.version(url, number)
    payload, kind = archive.body(archive.show(url, row["first"])["warc"]["record_id"])
    if most is not None and len(payload) > most:
        raise Complaint(
            f"version {number} of {url} has {space.amount(len(payload))}: too much to compare all that it "
            "showed here. On the command line it is: strandline diff --page"
        )
    return row, texts.rendered(payload, row["url"], kind)


def compare_pages(archive: access.Archive, url: str, before: int, after: int) -> Comparison:
    """All that the page shows in two versions, menus and all, from the stored bytes. Raises NotInArchive."""
    return compare_rendered(rendered(archive, url, before), rendered(archive, url, after))


def compare_rendered(
    before: tuple[access.VersionRow, texts.Rendered], after: tuple[access.VersionRow, texts.Rendered]
) -> Comparison:
    """The same of what is rendered already."""
    (old, shown), (new, shows) = before, after
    compared = engine.Diff((), engine.compare_strings(shown.text, shows.text))
    return Comparison(old["url"], old["first"], new["first"], (), compared, old["number"], new["number"])


def compare_links(
    before: Sequence[tuple[str, str]], after: Sequence[tuple[str, str]]
) -> list[tuple[str, str, str]]:
    """The links, each with its words, that went (`delete`) and that came (`insert`)."""
    gone, came = dict(before), dict(after)
    found = [("delete", link, name) for link, name in before if link not in came]
    return found + [("insert", link, name) for link, name in after if link not in gone]
