"""The house rules of CONTRIBUTING.md. They have no exceptions: change the code or, openly, the rule."""

import ast
import io
import re
import subprocess
import tokenize
from collections.abc import Iterator
from functools import cache
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("archive", "crawler", "schedules", "strandline")  # a room may import those to its left, and itself
FILES = sorted(file for folder in (*ROOMS, "tests", "benchmarks") for file in (ROOT / folder).rglob("*.py"))
ROOM_FILES = [file for file in FILES if file.relative_to(ROOT).parts[0] in ROOMS]

IMPORTERS = {
    "alembic": ("archive/",),
    "apscheduler": ("schedules/service.py", "schedules/cadence.py"),
    "click": ("strandline/",),
    "dateparser": ("archive/text/",),
    "flask": ("strandline/web/",),
    "flask_wtf": ("strandline/web/",),
    "jinja2": ("strandline/web/",),
    "markupsafe": ("strandline/web/",),
    "pydantic": ("crawler/source.py", "schedules/", "strandline/settings.py"),
    "rapidfuzz": ("archive/diff.py",),
    "rich": ("strandline/",),
    "scrapy": ("crawler/",),
    "sqlalchemy": ("archive/",),
    "trafilatura": ("archive/text/",),
    "twisted": ("crawler/",),
    "typer": ("strandline/",),
    "waitress": ("strandline/web/connections.py",),
    "warcio": ("archive/records.py",),
    "werkzeug": ("strandline/web/",),
}
"""Where a third-party library may be imported, so that replacing it stays the work of one place."""


@cache
def tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text("utf-8"))


def place(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


def imports(within: ast.AST) -> Iterator[tuple[str, str | None, int]]:
    """Every import as module (relative: starts with a dot), name imported from it if any, and line."""
    for node in ast.walk(within):
        if isinstance(node, ast.Import):
            yield from ((alias.name, None, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            yield from ((module, alias.name, node.lineno) for alias in node.names)


def functions(within: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    return (node for node in ast.walk(within) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def door(room: str) -> list[str]:
    """The names in `__all__` of a room, read without importing it."""
    for node in tree(ROOT / room / "__init__.py").body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=names):
                return list(ast.literal_eval(names))
    return []


def test_imports_go_down_and_through_the_door() -> None:
    wrong = []
    for file in ROOM_FILES:
        room = file.relative_to(ROOT).parts[0]
        for module, name, line in imports(tree(file)):
            other = module.split(".")[0]
            if other not in ROOMS or other == room:
                continue
            is_down = ROOMS.index(other) < ROOMS.index(room)
            if not is_down or module != other or name not in door(other):
                wrong.append(f"{place(file)}:{line}: {module} {name or ''}")
    assert wrong == []


def test_imports_are_absolute() -> None:
    relative = [place(file) for file in FILES for module, *_ in imports(tree(file)) if module[0] == "."]
    assert relative == []


def test_no_function_imports_from_our_rooms() -> None:
    wrong = {
        f"{place(file)}:{line}: {module}"
        for file in ROOM_FILES
        for function in functions(tree(file))
        for module, _, line in imports(function)
        if module.split(".")[0] in ROOMS
    }
    assert wrong == set()


def test_a_library_is_imported_in_its_place_only() -> None:
    wrong = []
    for file in ROOM_FILES:
        for module, _, line in imports(tree(file)):
            places = IMPORTERS.get(module.split(".")[0])
            if places and not place(file).startswith(places):
                wrong.append(f"{place(file)}:{line}: {module}")
    assert wrong == []


def test_a_door_is_small_and_leads_somewhere() -> None:
    for room in ROOMS:
        there = {file.stem for file in (ROOT / room).glob("*.py")}
        there |= {file.parent.name for file in (ROOT / room).glob("*/__init__.py")}
        assert len(door(room)) <= 15, room
        assert set(door(room)) - there == set(), room


def test_a_file_is_a_noun() -> None:
    vague = {"utils", "util", "helpers", "helper", "common", "base", "manager", "misc"}
    assert [place(file) for file in FILES if vague & set(re.split(r"[/_.]", place(file)))] == []


def test_files_and_functions_are_short() -> None:
    long_files = [place(file) for file in FILES if file.read_bytes().count(b"\n") > 400]
    long_functions = [
        f"{place(file)}:{function.lineno}: {function.name}"
        for file in FILES
        for function in functions(tree(file))
        if (function.end_lineno or 0) - function.lineno >= 60
    ]
    assert (long_files, long_functions) == ([], [])


def test_every_file_says_what_it_is_for() -> None:
    assert [place(file) for file in FILES if file.read_bytes() and not ast.get_docstring(tree(file))] == []


def test_an_ignored_complaint_has_a_reason() -> None:
    codes = r"(?:\[[^]]*\]|[A-Z]+\d+(?:, ?[A-Z]+\d+)*)?"
    silence = re.compile(rf"#\s*(?:noqa|type:\s*ignore)[:\s]*{codes}(?P<reason>.*)")
    wrong = []
    for file in FILES:
        for token in tokenize.generate_tokens(io.StringIO(file.read_text("utf-8")).readline):
            silenced = silence.match(token.string) if token.type == tokenize.COMMENT else None
            if silenced and not re.search(r"\w", silenced["reason"]):
                wrong.append(f"{place(file)}:{token.start[0]}: {token.string}")
    assert wrong == []


def test_no_file_names_a_machine_or_a_registry() -> None:
    secret = re.compile(
        r"(?<![\w.~}-])/(?:work|tmp|root)/|https?://[^\s\"']*/simple\b|--(?:extra-)?index-url"
    )
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    files = [ROOT / name for name in listed.stdout.split("\0") if name]
    found = [
        f"{place(file)}: {hit[0]}"
        for file in files
        if file.is_file() and (hit := secret.search(file.read_bytes().decode("utf-8", "replace")))
    ]
    assert found == []


def test_the_import_names_are_ours() -> None:
    owners = packages_distributions()
    for room in ROOMS:
        assert set(owners.get(room, ["strandline"])) == {"strandline"}
        spec = find_spec(room)
        assert spec is not None and spec.origin == str(ROOT / room / "__init__.py")
