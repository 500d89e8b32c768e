"""The documentation says what is so. `python -m tests.test_docs` renews the help texts in docs/cli.md."""

import io
import os
import re
from contextlib import redirect_stdout
from pathlib import Path

import pytest
from pydantic import BaseModel

from archive import access, model, schema
from crawler.source import Source
from schedules.template import toml
from strandline import cli

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.glob("*.md")])

HELP = re.compile(r"```text\n\$ strandline(?P<words>[a-z ]*) --help\n(?P<text>.*?)```\n", re.DOTALL)
ROW = re.compile(r"^\| `([a-z0-9_]+)` \| ([^|]+) \|", re.MULTILINE)
KEYS = {
    "blame": access.SentenceRow,
    "changes": access.ChangeRow,
    "note": access.NoteRow,
    "pages": access.PageRow,
    "runs": access.RunRow,
    "search": access.FoundRow,
    "show": access.Shown,
    "versions": access.VersionRow,
}
"""The commands that print rows of `archive/access`, and the type of these rows."""


def sections(page: Path, level: str) -> dict[str, str]:
    """The text under each heading of a level, by the heading without back quotes."""
    parts = re.split(rf"^{level} (.+)\n", page.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip((title.strip("`[]") for title in parts[1::2]), parts[2::2], strict=True))


def help_text(words: str) -> str:
    """What the program prints for `strandline WORDS --help` on a terminal of 80 columns."""
    columns = os.environ.get("COLUMNS")
    os.environ["COLUMNS"] = "80"
    try:
        with redirect_stdout(io.StringIO()) as printed:
            assert cli.main([*words.split(), "--help"]) == 0
    finally:
        del os.environ["COLUMNS"]
        if columns is not None:
            os.environ["COLUMNS"] = columns
    return "\n".join(line.rstrip() for line in printed.getvalue().splitlines()) + "\n"


def with_present_help(text: str) -> str:
    """The page with every help text as the program prints it now."""
    return HELP.sub(
        lambda found: f"```text\n$ strandline{found['words']} --help\n{help_text(found['words'])}```\n", text
    )


def test_every_command_has_a_section_with_its_help() -> None:
    page = DOCS / "cli.md"
    shown = [found["words"].strip() for found in HELP.finditer(page.read_text("utf-8"))]
    assert shown == ["", *cli.COMMANDS]
    assert [title for title in sections(page, "##") if title in cli.COMMANDS] == list(cli.COMMANDS)


def test_the_help_texts_are_the_present_ones() -> None:
    text = (DOCS / "cli.md").read_text("utf-8")
    assert text == with_present_help(text), "run: python -m tests.test_docs"


@pytest.mark.parametrize("command", KEYS)
def test_the_json_keys_are_documented(command: str) -> None:
    line = re.search(
        r"^`--json` keys: (.+?)\.$", sections(DOCS / "cli.md", "##")[command], re.MULTILINE | re.DOTALL
    )
    assert line is not None
    assert re.findall(r"`(\w+)`", re.sub(r"\(.*?\)", "", line[1])) == list(KEYS[command].__annotations__)


def test_every_key_of_a_source_file_is_documented_with_its_default() -> None:
    documented = {
        (title, key): default.strip()
        for title, text in sections(DOCS / "sources.md", "##").items()
        for key, default in ROW.findall(text)
    }
    assert documented == dict(_source_keys("At the top", Source))


def _source_keys(table: str, part: type[BaseModel]) -> list[tuple[tuple[str, str], str]]:
    keys = []
    for key, field in part.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            keys += _source_keys(key, field.annotation)
        elif key != "name":
            default = "required" if field.is_required() else f"`{toml(field.default)}`"
            keys.append(((table, key), "none" if field.default is None else default))
    return keys


def test_every_table_and_column_of_the_index_is_explained() -> None:
    explained = {
        title: [key for key, _ in ROW.findall(text)]
        for title, text in sections(DOCS / "on-disk.md", "###").items()
    }
    for name, table in schema.metadata.tables.items():
        assert explained.get(name) == [column.name for column in table.columns], name


def test_the_closed_lists_are_explained() -> None:
    words = sections(DOCS / "words.md", "##")
    assert [key for key, _ in ROW.findall(words["Verdicts"])] == [verdict.value for verdict in model.Verdict]
    assert [key for key, _ in ROW.findall(words["Kinds of change"])] == [kind.value for kind in model.Kind]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


if __name__ == "__main__":
    path = DOCS / "cli.md"
    path.write_text(with_present_help(path.read_text("utf-8")), "utf-8")
