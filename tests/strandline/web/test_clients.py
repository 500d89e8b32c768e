"""Clients that others wrote for web archives work against the reading room unchanged."""

from pathlib import Path

from archive import access
from archive.home import Home
from strandline.web import server
from tests.journeys.program import Person
from tests.oracles.clients import ask
from tests.sites.posts import page
from tests.sites.server import Server

TEXT = "<p>The harbour master counted {} boats on Monday evening, and wrote it down in the large book.</p>"


def test_clients_of_web_archives_find_what_was_kept(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with Server({"/": page("<title>One</title>" + TEXT.format("nine"))}) as site:
        person.watch(site.url)
        person.run("crawl")
        site.state = {"/": page("<title>One</title>" + TEXT.format("twelve"))}
        person.run("crawl")
        url = f"{site.url}/"
        with server.serving(Home(person.home), "127.0.0.1", 0) as served:
            found = ask(served.url, url)
    with access.Archive(Home(person.home)) as archive:
        kept = [[f"{row['at']:%Y%m%d%H%M%S}", "200"] for row in access.captures_of(archive, url)][::-1]
    assert len(kept) == 2
    assert found["cdx_toolkit"] == found["waybackpy"] == found["wayback"] == kept
    assert found["wayback_raw"].endswith(f"/web/{kept[0][0]}id_/{url}")
    address, is_good, kind, text = found["wayback_memento"]
    assert (address, is_good, kind) == (found["wayback_raw"], True, "text/html; charset=UTF-8")
    assert "counted nine boats" in text
    assert found["timegate"].startswith(f"{served.url}/timegate/")
    closest = f"{served.url}/memento/{kept[0][0]}/{url}"
    assert closest in found["memento_client"]["closest"] and found["is_memento"] and found["is_timegate"]
