"""Messages over what people use: mail with TLS and a password, Apprise, a dead man's switch."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from strandline import channels
from strandline.channels import ChannelError
from strandline.settings import Email, Notify
from tests.journeys.program import Person
from tests.sites.mail import certificate, mail_server
from tests.sites.server import Page, Server

MESSAGE = {"id": "abc", "subject": "gazette\r\nBcc: x@y.org", "text": "Größe\n.\nend\n", "events": []}
SECURITIES = ("starttls", "tls")


@pytest.fixture(autouse=True)
def once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "PAUSES", (0,))
    monkeypatch.setenv("MAIL_PASSWORD", "hush")


def email(port: int, security: str) -> Notify:
    its = {
        "host": "127.0.0.1",
        "port": port,
        "security": security,
        "user": "me",
        "password": "env:MAIL_PASSWORD",
    }
    return Notify(email=Email.model_validate({**its, "sender": "a@b.org", "to": ["c@d.org", "e@f.org"]}))


@pytest.mark.parametrize("security", SECURITIES)
def test_a_mail_goes_encrypted_with_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, security: str
) -> None:
    pem = certificate(tmp_path / "mail.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with mail_server(pem, implicit=security == "tls") as server:
        channels.deliver(email(server.port, security), "email", MESSAGE)
    (mail,) = server.mails
    assert "Subject: gazette Bcc: x@y.org\r\n" in mail and "\r\nBcc:" not in mail
    assert "To: c@d.org, e@f.org\r\n" in mail and "Message-ID: <abc@" in mail
    assert {word.split()[0].upper() for word, is_safe in server.lines if not is_safe} <= {"EHLO", "STARTTLS"}


@pytest.mark.parametrize("security", SECURITIES)
def test_a_server_that_nobody_vouches_for_gets_nothing(tmp_path: Path, security: str) -> None:
    pem = certificate(tmp_path / "mail.pem")
    with mail_server(pem, security == "tls") as server, pytest.raises(ChannelError, match="ertificat"):
        channels.deliver(email(server.port, security), "email", MESSAGE)
    assert server.mails == [] and not [line for line, _ in server.lines if line.startswith(("AUTH", "MAIL"))]


def test_a_wrong_password_is_told_and_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pem = certificate(tmp_path / "mail.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    monkeypatch.setenv("MAIL_PASSWORD", "wrong-one")
    with mail_server(pem, implicit=True) as server, pytest.raises(ChannelError) as error:
        channels.deliver(email(server.port, "tls"), "email", MESSAGE)
    assert "Authentication" in str(error.value) and "wrong-one" not in str(error.value)
    assert server.mails == []


@contextmanager
def receiver(wait: float = 0) -> Iterator[tuple[str, list[tuple[str, bytes]]]]:
    """A web server that answers well after so many seconds; its address, and what it was asked and sent."""
    got: list[tuple[str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append((self.path, self.rfile.read(int(self.headers.get("Content-Length", 0)))))
            time.sleep(wait)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        do_GET = do_POST

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", got
        server.shutdown()


def test_apprise_itself_delivers(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("apprise", reason="Apprise is an extra")
    with receiver() as (url, got):
        monkeypatch.setenv("APPRISE_URL", url.replace("http", "json", 1) + "/hook")
        channels.deliver(Notify(apprise=["env:APPRISE_URL"]), "apprise", {**MESSAGE, "subject": "gazette"})
    (path, body), told = got[0], json.loads(got[0][1])
    assert (
        path == "/hook" and (told["title"], told["message"].split("\n")[0]) == ("gazette", "Größe") and body
    )


DIES = """
import os, signal, sys
from pathlib import Path
from archive.home import Home
from strandline import alerts, channels
from strandline.alarms import Alarm
from strandline.settings import Notify, Webhook

def send(*all):
    channels.deliver(*all)
    if sys.argv[3] == "dies":
        os.kill(os.getpid(), signal.SIGKILL)

trouble = Alarm("gazette/run", "blocked", "4 of 5 answers were walls", "gazette", "r1")
settings = Notify(webhook=Webhook(url=sys.argv[2]))
alerts.tell(Home(Path(sys.argv[1])), settings, [trouble], lambda key: True, send)
"""


def test_who_is_killed_between_the_answer_and_the_note_of_it_tells_again_with_the_same_id(
    tmp_path: Path,
) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with receiver() as (url, got):
        codes = [
            subprocess.run(
                [sys.executable, "-c", DIES, str(tmp_path), f"{url}/hook", how],
                env=environment, check=False, timeout=60,
            ).returncode
            for how in ("dies", "lives", "lives")
        ]  # fmt: skip
    assert codes == [-signal.SIGKILL, 0, 0]
    first, again = (json.loads(body) for _, body in got)
    assert first["id"] == again["id"] and first["events"][0]["kind"] == "blocked"


def pings(url: str, name: str) -> str:
    return "".join(f'{moment} = "{url}/{name}/{moment}"\n' for moment in ("start", "success", "fail"))


def test_a_dead_mans_switch_hears_when_a_look_begins_and_how_it_ends(tmp_path: Path) -> None:
    person = Person(tmp_path / "home")
    site = {"/": Page(body=b"<title>Front</title><p>The harbour opens.</p>"), "*": Page(404)}
    with Server(site) as server, receiver() as (url, got):
        person.watch(server.url, "gazette")
        source = person.home / "sources" / "gazette.toml"
        source.write_text(f'schedule = "daily"\n{source.read_text().replace("schedule =", "# schedule =")}')
        settings = person.home / "strandline.toml"
        tables = f"[notify.ping]\n{pings(url, 'all')}[notify.pings.gazette]\n{pings(url, 'gazette')}"
        settings.write_text(f"{settings.read_text()}\n{tables}")
        person.run("crawl", "--due")
        server.state = {"*": Page(500)}
        person.later(2)
        person.run("crawl", "--due", code=1)
    asked = [path for path, _ in got]
    assert asked[:4] == ["/all/start", "/gazette/start", "/gazette/success", "/all/success"]
    assert asked[4:] == ["/all/start", "/gazette/start", "/gazette/fail", "/all/fail"]


def test_a_switch_that_does_not_answer_costs_its_time_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SECONDS", 0.3)
    with receiver(wait=5) as (url, _):
        began = time.monotonic()
        with pytest.raises(ChannelError, match="within"):
            channels.ping(f"{url}/x")
        assert time.monotonic() - began < 2
