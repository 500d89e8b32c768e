"""Somebody who takes files in, and three pages to be found in them."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from archive import access, care
from tests.archive.care.foreign_files import SITE
from tests.sites.records import article

FIRST = article(
    "The quay", "Nine boats lay at the quay on Monday evening, and the harbour master saw them all."
)
SECOND = FIRST.replace("Nine", "Eleven")
OTHER = article(
    "The mill", "The miller has sold the mill to his brother, who never wanted to have it at all."
)


@dataclass
class Keeper:
    """Somebody with a home, who takes files in."""

    order: care.Order

    def take(self, path: Path, **other: Any) -> care.Taken:
        return care.take_in(replace(self.order, **other), path)

    def runs(self) -> list[access.RunRow]:
        with access.Archive(self.order.home) as archive:
            return archive.runs()

    def changes(self) -> list[tuple[str, list[str], str]]:
        """Page, kinds and instant, in the order of time."""
        with access.Archive(self.order.home) as archive:
            found = [
                (row["url"].removeprefix(SITE), [*row["kinds"]], str(row["to"])) for row in archive.changes()
            ]
        return sorted(found, key=lambda one: one[::-1])

    def versions(self, path: str = "/1") -> list[int]:
        """How often each version of a page was seen."""
        with access.Archive(self.order.home) as archive:
            return [row["captures"] for row in archive.versions(SITE + path)]

    def files(self) -> list[Path]:
        return sorted(path for path in self.order.home.warc.rglob("*") if path.is_file())

    def told(self) -> list[Any]:
        """Rows of the index, one after the other."""
        return [*self.runs(), *self.changes(), *self.versions()]

    def damage(self) -> list[care.Finding]:
        """What a check finds, before a rebuild and after it, which changes nothing."""
        found: list[care.Finding] = []
        before = self.told()
        care.check(self.order.home, ["gazette"], found.append)
        care.rebuild(self.order.home, self.order.extractors)
        for now, then in zip(self.told(), before, strict=True):
            assert now == then
        care.check(self.order.home, ["gazette"], found.append)
        return found
