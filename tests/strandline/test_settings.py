"""Which home is meant, and what its settings say."""

from pathlib import Path

import pytest

from archive.home import Home
from strandline.complaint import Complaint
from strandline.settings import Settings, command, enter, find_home, load, source


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STRANDLINE_HOME", raising=False)
    monkeypatch.chdir(tmp_path)


def make(root: Path, text: str = "") -> Home:
    root.mkdir(parents=True, exist_ok=True)
    (root / "strandline.toml").write_text(text)
    return Home(root)


def test_the_option_wins_over_the_variable_and_that_over_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here, variable, option = make(tmp_path / "here"), make(tmp_path / "variable"), make(tmp_path / "option")
    (here.root / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(here.root / "a" / "b")
    assert find_home(None) == here
    monkeypatch.setenv("STRANDLINE_HOME", str(variable.root))
    assert find_home(None) == variable
    assert find_home(Path("../../../option")).root.resolve() == option.root


def test_a_folder_that_is_no_home_is_named_with_the_way_to_make_it_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Complaint, match=r"my home \(from --home\) is not a Strandline home.*init 'my home'"):
        find_home(Path("my home"))
    monkeypatch.setenv("STRANDLINE_HOME", "gone")
    with pytest.raises(Complaint, match=r"gone \(from \$STRANDLINE_HOME\)"):
        find_home(None)


def test_outside_any_home_the_complaint_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match=r"is not inside a Strandline home.*strandline init DIR"):
        find_home(None)


def test_every_key_is_optional(tmp_path: Path) -> None:
    assert load(make(tmp_path)) == Settings(format=1, contact=None, workers=None)
    assert load(make(tmp_path, 'contact = " me@example.org "\nworkers = 2')).contact == "me@example.org"
    assert load(make(tmp_path, 'contact = ""')).contact is None


def test_the_zone_is_one_of_the_tz_database(tmp_path: Path) -> None:
    assert load(make(tmp_path)).zone == "UTC"
    assert load(make(tmp_path, 'zone = "Europe/Riga"')).zone == "Europe/Riga"
    with pytest.raises(Complaint, match=r"strandline\.toml:2: zone: .*did you mean Europe/Riga\?"):
        load(make(tmp_path, '# mine\nzone = "Riga"'))


def test_all_complaints_come_at_once_with_file_line_and_key(tmp_path: Path) -> None:
    home = make(tmp_path, '# mine\ncontakt = "me@example.org"\nworkers = "many"\ncontact = "x y"\n')
    with pytest.raises(Complaint) as raised:
        enter(home.root)
    assert str(raised.value).splitlines() == [
        "strandline.toml:2: contakt: unknown key; did you mean 'contact'?",
        "strandline.toml:3: workers: must be a whole number; it is 'many'",
        "strandline.toml:4: contact: must be a web address (https://...) or an e-mail address; it is 'x y'",
    ]


def test_the_reserve_is_a_size(tmp_path: Path) -> None:
    assert load(make(tmp_path)).disk.reserve is None
    assert load(make(tmp_path, '[disk]\nreserve = "1.5 GB"')).disk.reserve == 1_500_000_000
    assert load(make(tmp_path, "[disk]\nreserve = 0")).disk.reserve == 0
    with pytest.raises(Complaint, match=r'2: disk.reserve: must be a size like "500 MB" .*; it is \'much\''):
        load(make(tmp_path, '[disk]\nreserve = "much"'))


@pytest.mark.parametrize(
    "contact", ["https://example.org/bot", "http://x.example", "me@example.org", "a.b+c@mail.example.org"]
)
def test_contacts_that_reach_somebody(contact: str) -> None:
    assert Settings(contact=contact).contact == contact


@pytest.mark.parametrize(
    "contact",
    ["example.org", "ftp://x.example", "me@host) (evil", "a@b.c\r\nX: y", "https://exämple.org", "@", "me@x"],
)
def test_contacts_that_would_not_or_could_break_a_header(tmp_path: Path, contact: str) -> None:
    with pytest.raises(ValueError, match="must be a web address"):
        Settings(contact=contact)


def test_a_home_from_a_newer_version_is_refused_before_its_unknown_keys(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match=r"newer version of Strandline \(format 99.*Upgrade Strandline"):
        load(make(tmp_path, "format = 99\nbrand_new_key = 1\n"))


def test_an_unknown_source_is_a_complaint(tmp_path: Path) -> None:
    with pytest.raises(Complaint, match="'strandline sources' lists them"):
        source(make(tmp_path), "nobody")


def test_the_next_command_reaches_the_home_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = make(tmp_path / "my home")
    assert command(home, "crawl x") == f"strandline --home '{tmp_path}/my home' crawl x"
    monkeypatch.chdir(home.root)
    assert command(home, "crawl x") == "strandline crawl x"
