"""The reading room over the home of the demo, which three real crawls have made."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from archive.home import Home
from strandline.web import server
from strandline.web.app import create
from strandline.web.room import Room, secret_of
from tests.strandline.conftest import Gazette

ORIGIN = "http://127.0.0.1:8320"
KEPT = "http://127.0.0.1:8321"


def client_of(home: Home, **more: object) -> FlaskClient:
    """A client without a browser over a home; `more` are fields of the room."""
    its = Room(home=home, secret=secret_of(home), kept=KEPT, **more)  # type: ignore[arg-type]  # whatever a test says
    return create(its).test_client()


@pytest.fixture(scope="session")
def home(gazette: Gazette) -> Home:
    return Home(gazette.home)


@pytest.fixture
def client(home: Home) -> FlaskClient:
    """Asks the application, without a server. For tests that change nothing."""
    return client_of(home)


@dataclass(frozen=True)
class Writable:
    """A copy of the home that a test may change, and a client over it."""

    home: Home
    client: FlaskClient

    def post(self, address: str, page: str | None = None, **fields: str) -> TestResponse:
        """Send a form, with the token that `page` has in its form."""
        html = self.client.get(page or address).get_data(as_text=True)
        token = html.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
        return self.client.post(address, data={**fields, "csrf_token": token})


@pytest.fixture
def writable(home: Home, tmp_path: Path) -> Writable:
    copy = Home(tmp_path / "home")
    shutil.copytree(home.root, copy.root)
    return Writable(copy, client_of(copy))


@pytest.fixture(scope="session")
def served(home: Home) -> Iterator[server.Serving]:
    """The reading room on a port of its own, as `serve` has it."""
    with server.serving(home, "127.0.0.1", 0) as serving:
        yield serving
