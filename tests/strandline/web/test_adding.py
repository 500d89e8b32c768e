"""A site is looked at, shown, and watched from then on."""

import time

from strandline.demo import site
from tests.sites.server import Page, Server
from tests.strandline.web.conftest import Writable


def looked(writable: Writable, **fields: str) -> tuple[str, str]:
    """The address of a look that is over, and its page."""
    address = writable.post("/add", "/add", **fields).headers["Location"]
    end = time.monotonic() + 60
    while "Looking at it" in (html := writable.client.get(address).text):
        assert time.monotonic() < end
        time.sleep(0.3)
    return address, html


def test_a_site_is_looked_at_and_then_watched(writable: Writable) -> None:
    with site.serve() as served:
        address, html = looked(writable, url=served.url, name="again", allow_private="1")
    assert "What the first crawl would do" in html and "seeds = [" in html
    text = (
        writable.client.get(address).text.split("<textarea", 1)[1].split(">\n", 1)[1].split("</textarea")[0]
    )
    text = text.replace("&#34;", '"').replace("&#39;", "'").replace("&gt;", ">").replace("&amp;", "&")
    wrong = writable.post(address, name="again", text=text.replace("seeds", "seads"), only="1")
    assert wrong.status_code == 400 and "seads" in wrong.text and not writable.home.source("again").exists()
    taken = writable.post(address, name="gazette", text=text, only="1")
    assert taken.status_code == 400 and "already" in taken.text
    saved = writable.post(address, name="again", text=text, only="1")
    assert saved.headers["Location"] == "/source/again" and writable.home.source("again").is_file()
    assert "is watched from now on" in writable.client.get("/source/again").text
    assert writable.client.get(address).status_code == 404


def test_what_cannot_be_looked_at_is_told(writable: Writable) -> None:
    with Server({"*": Page(200)}) as hidden:
        port = hidden.url.rpartition(":")[2]
        for name in ("127.0.0.1", "2130706433", "[::ffff:127.0.0.1]", "localhost"):
            _, private = looked(writable, url=f"http://{name}:{port}/")
            assert "flash bad" in private, name
        assert hidden.exchanges == []
    _, private = looked(writable, url="http://127.0.0.1:9/")
    assert "--allow-private" in private
    _, taken = looked(writable, url="https://example.org/", name="gazette")
    assert "already" in taken
    _, odd = looked(writable, url="mailto:somebody")
    assert "flash bad" in odd
