"""Sites at addresses that few are at, with names that few have, and certificates that nobody trusts."""

import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.journeys.program import Person
from tests.torture import certificates

LINKS = {
    "/": "<a href='/caf\u00e9/\u043f\u0443\u0442\u044c?\u0437=\u044f'>1</a>"
    "<a href='/%E9t%e9'>2</a><a href='a b|c'>3</a>",
    "/a%20b%7Cc": "<a href='/%D0%B0\\..\\x;v=1?q=a+b%2Bc#f'>4</a><a href='//@HOST@/dots/./../%7euser/'>5</a>",
}
WANTED = {
    "/": "/",
    "/caf%C3%A9/%D0%BF%D1%83%D1%82%D1%8C?%E7=%FF": "/caf\u00e9/\u043f\u0443\u0442\u044c?%E7=%ff",
    "/%E9t%E9": "/%e9t%E9",
    "/a%20b%7Cc": "/a b|c",
    "/x;v=1?q=a+b%2Bc": "/%D0%B0/../x;v=1?q=a+b%2bc#top",
    "/~user/": "/%7Euser/",
}
"""What must be asked for, and how a person may write it."""


class _Site(BaseHTTPRequestHandler):
    """A site of windows-1251 pages."""

    def do_GET(self) -> None:
        links = LINKS.get(self.path, "").replace("@HOST@", self.headers["Host"])
        known = self.path in WANTED
        body = f"<html><title>T</title><p>This page is {self.path}, long enough.</p>{links}</html>"
        coded = body.encode("cp1251", "xmlcharrefreplace")
        self.send_response(200 if known else 404)
        self.send_header("Content-Type", "text/html; charset=windows-1251")
        self.send_header("Content-Length", str(len(coded)))
        self.end_headers()
        self.wfile.write(coded)

    def log_message(self, *_: object) -> None:
        pass


class _Six(ThreadingHTTPServer):
    address_family = socket.AF_INET6


@contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The site on [::1] over TLS, with a certificate for another host."""
    try:
        server = _Six(("::1", 0), _Site)
    except OSError:
        pytest.skip("this machine has no IPv6")
    context: ssl.SSLContext = certificates.context("tls-elsewhere", folder)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://[::1]:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


def test_a_site_on_ipv6_with_odd_paths_and_a_bad_certificate(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    with serving(tmp_path) as base:
        person.watch(f"{base.replace('::1', '0:0:0:0:0:0:0:1')}/", "six")
        told = person.run("crawl")
    assert f"certificate of {base.removeprefix('https://')}: self-signed, not issued for ::1" in told
    assert {row["url"] for row in person.json("pages", "six")} == {base + path for path in WANTED}
    for path, written in list(WANTED.items())[1::3]:
        (shown,) = person.json("show", base + written)
        assert shown["url"] == base + path
        assert shown["certificate"] == "self-signed, not issued for ::1"
    assert "warning: certificate self-signed" in person.run("show", f"{base}/")
