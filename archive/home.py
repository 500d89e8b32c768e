"""Where things are in a home: every path of the layout in `docs/on-disk.md`, and no other."""

from dataclasses import dataclass
from pathlib import Path

FORMAT = 1
"""The layout's version, written to `strandline.toml`; a program refuses a home with a higher one."""


@dataclass(frozen=True, slots=True)
class Home:
    """The paths of one home folder. Makes nothing and checks nothing.

    While the index and the texts are made anew, or derived to be compared, they are in the folder `derived`.
    """

    root: Path
    derived: Path | None = None

    @property
    def settings(self) -> Path:
        return self.root / "strandline.toml"

    @property
    def sources(self) -> Path:
        return self.root / "sources"

    def source(self, name: str) -> Path:
        return self.sources / f"{name}.toml"

    @property
    def database(self) -> Path:
        return (self.derived or self.root) / "archive.db"

    @property
    def search(self) -> Path:
        return self.root / "search.db"

    @property
    def warc(self) -> Path:
        return self.root / "warc"

    @property
    def text(self) -> Path:
        return (self.derived or self.root) / "text"

    @property
    def rebuilt(self) -> Path:
        """Where `rebuild` works."""
        return self.root / "rebuild"

    @property
    def notes(self) -> Path:
        return self.root / "notes.jsonl"

    @property
    def runs(self) -> Path:
        return self.root / "runs"

    def run(self, run: str) -> Path:
        return self.runs / run

    def lock(self, source: str) -> Path:
        return self.runs / f"{source}.lock"

    @property
    def checked(self) -> Path:
        """What the last check found."""
        return self.runs / "check.json"

    @property
    def hosts(self) -> Path:
        return self.runs / "hosts.db"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"
