"""Source files: read, checked with file and line, and written."""

import re
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.home import Home
from schedules.sources import Source, SourceError, load, load_all, write
from schedules.template import render


@pytest.fixture
def home(tmp_path: Path) -> Home:
    (tmp_path / "sources").mkdir()
    return Home(tmp_path)


def put(home: Home, name: str, text: str | bytes) -> None:
    home.source(name).write_bytes(text if isinstance(text, bytes) else text.encode())


def complaints(home: Home, name: str) -> list[str]:
    with pytest.raises(SourceError) as raised:
        load(home, name)
    return str(raised.value).splitlines()


def test_only_seeds_are_required_and_they_become_canonical(home: Home) -> None:
    put(home, "x", 'seeds = ["HTTPS://Example.org"]\n[manners]\ndelay = 2')
    loaded = load(home, "x")
    assert loaded.name == "x"
    assert loaded.seeds == ("https://example.org/",)
    assert loaded.manners.delay == 2
    assert loaded.scope.within == "host"


def test_everything_wrong_is_said_at_once_with_file_line_and_key(home: Home) -> None:
    put(
        home,
        "bad",
        """\
# a source full of mistakes
seeds = [
    "https://example.org/",
    "example.org",
]
delay = 3
shcedule = "daily"

[scope]
wihtin = "host"
within = "hots"
exclude = ['\\.pdf$', '(calendar']
depth = "deep"

[manners]
delay = -1
allow_private = "perhaps"

[fetch]
headers = { "X Y" = "z" }

[abot]
title = "x"
""",
    )
    assert complaints(home, "bad") == [
        "sources/bad.toml:2: seeds: 'example.org' has no scheme: write it with https:// or http:// in front",
        "sources/bad.toml:6: delay: unknown key here; it belongs under [manners]",
        "sources/bad.toml:7: shcedule: unknown key; did you mean 'schedule'?",
        "sources/bad.toml:10: scope.wihtin: unknown key; did you mean 'within'?",
        "sources/bad.toml:11: scope.within: must be 'prefix', 'host', 'domain' or 'surt'; it is 'hots'",
        "sources/bad.toml:12: scope.exclude: '(calendar' is not a regular expression: "
        "missing ), unterminated subpattern at position 0",
        "sources/bad.toml:13: scope.depth: must be a whole number; it is 'deep'",
        "sources/bad.toml:16: manners.delay: must be greater than or equal to 0; it is -1",
        "sources/bad.toml:17: manners.allow_private: must be true or false; it is 'perhaps'",
        "sources/bad.toml:20: fetch.headers.X Y: not a header that HTTP can send",
        "sources/bad.toml:22: abot: unknown key; did you mean 'about'?",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('seeds = ["https://x.example/"\ndelay = 1', r"x\.toml:2: not TOML: .*\(column 1\)"),
        ("seeds = [", r"x\.toml:1: not TOML: .* at the end of the file"),
        (b'# ok\nseeds = ["\xff"]', r"x\.toml:2: not UTF-8"),
        ("seeds = [" + "[" * 5000, r"x\.toml:1: not TOML"),
        ("#" * 1_000_001, r"x\.toml:1: the file is larger than"),
        ("", r"x\.toml:1: seeds: is missing"),
        (
            'seeds = ["https://x.example/"]\nschedule = "dayly at 06:00"\nlight = "0 0 31 2 *"',
            r"x\.toml:2: schedule: 'dayly' is not understood; did you mean 'daily'\?.*\n"
            r"sources/x\.toml:3: light: day 31 of month 2 never comes",
        ),
        ("seeds = []", r"x\.toml:1: seeds: must not be empty"),
        ('seeds = "https://x.example/"', r'x\.toml:1: seeds: must be a list, like \["..."\]'),
        ('seeds = ["https://x.example/"]\nname = "y"', r"x\.toml:2: name: cannot be set here"),
        ('seeds = ["https://x.example/"]\nscope = 1', r"x\.toml:2: scope: must be a table, written as"),
        ('seeds = ["https://x.example/"]\n[scope]\nschedule = "daily"', r":3: .* belongs at the top, above"),
        (
            'seeds = ["https://x.example/"]\npreset = "wordpres"',
            r"x\.toml:2: preset: unknown preset 'wordpres'; did you mean 'wordpress'\? known are auto, b",
        ),
        (
            'seeds = ["https://x.example/"]\n[scope]\ntwins = ["https://y.example", "https://z.example/a"]',
            r"x\.toml:3: scope\.twins.*: 'https://z\.example/a' is no origin; write scheme and host, as in",
        ),
        (
            'seeds = ["https://x.example/"]\n[scope]\ntwins = ["http://[::1"]',
            r"x\.toml:3: scope\.twins.* has no valid host name",
        ),
        ('seeds = ["https://u:p@x.example/"]', r"x\.toml:1: seeds: the address holds a user name"),
        (
            'preset = """\nseeds = 1\n"""\nlimits.pages = 0\nseeds=["https://x.example/"]',
            r":4: limits\.pages",
        ),
    ],
)
def test_each_mistake_is_found_where_it_is(home: Home, text: str | bytes, said: str) -> None:
    put(home, "x", text)
    assert re.search(said, "\n".join(complaints(home, "x")))


def test_an_unknown_source_gets_near_names(home: Home) -> None:
    put(home, "example-org", "")
    [said] = complaints(home, "exampel-org")
    assert "there is no source 'exampel-org'" in said
    assert "did you mean example-org?" in said
    assert "'strandline sources' lists them" in said


@pytest.mark.parametrize("name", ["../strandline", "", "A", "x/y", "x\n"])
def test_a_name_cannot_leave_the_folder(home: Home, name: str) -> None:
    (home.root / "strandline.toml").write_text('seeds = ["https://x.example/"]')
    assert "there is no source" in complaints(home, name)[0]


def test_a_broken_source_hides_no_other(home: Home) -> None:
    put(home, "b", "seeds = 1\nx = 2")
    put(home, "c", 'seeds = ["https://c.example/"]')
    put(home, "a", 'seeds = ["https://a.example/"]')
    put(home, "My Source", 'seeds = ["https://m.example/"]')
    home.source("folder").mkdir()
    good, bad = load_all(home)
    assert [source.name for source in good] == ["a", "c"]
    assert [complaint.partition(": ")[0] for complaint in bad] == [
        "sources/My Source.toml:1",
        "sources/b.toml:1",
        "sources/b.toml:2",
        "sources/folder.toml",
    ]


def test_a_home_without_sources_has_none(tmp_path: Path) -> None:
    assert load_all(Home(tmp_path)) == ([], [])


def test_a_new_file_shows_every_key_with_its_default(home: Home) -> None:
    source = Source.model_validate(
        {
            "name": "x",
            "seeds": ["https://x.example/"],
            "manners": {"delay": 0.5},
            "about": {"title": 'A "b"\n\x7f'},
        }
    )
    path = write(home, source)
    assert load(home, "x") == source
    uncommented = tomllib.loads(re.sub(r"(?m)^# (\w+ = )", r"\1", path.read_text()))
    for table, model in [("", Source), *((k, f.annotation) for k, f in Source.model_fields.items())]:
        for key, field in getattr(model, "model_fields", {}).items():
            if key != "name" and not hasattr(field.annotation, "model_fields"):
                assert key in (uncommented[table] if table else uncommented), (table, key)
    uncommented["about"] = {"title": source.about.title}
    del uncommented["schedule"], uncommented["light"]
    assert Source(name="x", **uncommented) == source


def test_an_existing_file_is_never_overwritten(home: Home) -> None:
    put(home, "x", "mine")
    with pytest.raises(SourceError, match=r"sources/x\.toml: there is a source of this name already"):
        write(home, Source(name="x", seeds=("https://x.example/",)))
    assert home.source("x").read_text() == "mine"


@given(st.text(), st.lists(st.text(), max_size=3), st.dictionaries(st.text(), st.text(), max_size=2))
def test_whatever_a_source_holds_survives_its_file(
    title: str, patterns: list[str], headers: dict[str, str]
) -> None:
    source = Source.model_validate(
        {
            "name": "x",
            "seeds": ["https://x.example/"],
            "about": {"title": title},
            "scope": {"exclude": patterns},
            "fetch": {"headers": headers},
        }
    )
    assert Source(name="x", **tomllib.loads(render(source))) == source
