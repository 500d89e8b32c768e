"""Troubles are told once when they come, and once when they are over, whatever happens in between."""

import hashlib
import hmac
import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from archive.home import Home
from strandline import alerts, channels
from strandline.alarms import Alarm
from strandline.channels import ChannelError
from strandline.settings import Email, Notify, Webhook

BLOCKED = Alarm("gazette/run", "blocked", "4 of 5 answers were walls", "gazette", "r1")
FAILED = Alarm("gazette/run", "failed", "no page could be fetched", "gazette", "r2")
NOTIFY = Notify(command=["true"])


class Ear:
    """Hears what is sent; deaf as long as it is told to be."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.deaf = False

    def __call__(self, _settings: Notify, _channel: str, message: dict[str, Any]) -> None:
        if self.deaf:
            raise ChannelError("nobody there")
        self.heard.append(message)

    @property
    def events(self) -> list[tuple[str, str]]:
        return [(one["event"], one["kind"]) for message in self.heard for one in message["events"]]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def test_told_once_and_once_again_on_recovery(home: Home) -> None:
    ear = Ear()
    for troubles in ([BLOCKED], [BLOCKED], [], [], [BLOCKED]):
        alerts.tell(home, NOTIFY, troubles, lambda key: True, ear)
    assert ear.events == [("trouble", "blocked"), ("recovered", "blocked"), ("trouble", "blocked")]


def test_another_kind_of_trouble_is_news(home: Home) -> None:
    ear = Ear()
    for troubles in ([BLOCKED], [FAILED], [FAILED]):
        alerts.tell(home, NOTIFY, troubles, lambda key: True, ear)
    assert ear.events == [("trouble", "blocked"), ("trouble", "failed")]


def test_of_what_nothing_is_known_nothing_is_told(home: Home) -> None:
    ear = Ear()
    alerts.tell(home, NOTIFY, [BLOCKED], lambda key: True, ear)
    alerts.tell(home, NOTIFY, [], lambda key: key.startswith("courier/"), ear)
    assert ear.events == [("trouble", "blocked")]


def test_what_could_not_be_delivered_waits(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    ear = Ear()
    ear.deaf = True
    alerts.tell(home, NOTIFY, [BLOCKED], lambda key: True, ear)
    assert "nobody there" in capsys.readouterr().err
    ear.deaf = False
    for _ in range(2):
        alerts.tell(home, NOTIFY, [BLOCKED], lambda key: True, ear)
    assert ear.events == [("trouble", "blocked")]


def test_a_broken_memory_is_begun_anew(home: Home) -> None:
    home.runs.mkdir()
    (home.runs / "told.json").write_text('{"states": 3')
    ear = Ear()
    alerts.tell(home, NOTIFY, [BLOCKED], lambda key: True, ear)
    assert ear.events == [("trouble", "blocked")]


def test_killed_before_anybody_heard_it_is_told_by_the_next(home: Home) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path\n"
        "from archive.home import Home; from strandline import alerts\n"
        "from strandline.alarms import Alarm; from strandline.settings import Notify\n"
        "die = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        f"alerts.tell(Home(Path(sys.argv[1])), Notify(command=['true']), [Alarm{_values(BLOCKED)}],"
        " lambda key: True, die)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(home.root)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == -signal.SIGKILL
    ear = Ear()
    for _ in range(2):
        alerts.tell(home, NOTIFY, [BLOCKED], lambda key: True, ear)
    assert ear.events == [("trouble", "blocked")]


def _values(alarm: Alarm) -> tuple[object, ...]:
    return (alarm.key, alarm.kind, alarm.text, alarm.source, alarm.run)


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A web server that answers with these in turn, the last for ever; its address, and what it was sent."""
    got: list[tuple[dict[str, str], bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            got.append((dict(self.headers), body))
            self.send_response(statuses[min(len(got), len(statuses)) - 1])
            self.send_header("Location", "/elsewhere")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/hook", got
        server.shutdown()


MESSAGE = {"id": "abc", "subject": "Strandline: gazette", "text": "Größe\n", "events": []}


def test_a_webhook_is_signed_and_retried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "PAUSES", (0, 0, 0))
    (tmp_path / "key").write_text("hush\n")
    with receiver(500, 200) as (url, got):
        channels.deliver(
            Notify(webhook=Webhook(url=url, secret=f"file:{tmp_path / 'key'}")), "webhook", MESSAGE
        )
    headers, body = got[-1]
    signed = hmac.new(b"hush", headers["Strandline-Timestamp"].encode() + b"." + body, hashlib.sha256)
    assert len(got) == 2
    assert headers["Strandline-Signature"] == f"sha256={signed.hexdigest()}"
    assert json.loads(body) == MESSAGE


def test_a_webhook_that_redirects_has_not_got_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "PAUSES", (0,))
    with receiver(307) as (url, got), pytest.raises(ChannelError, match="307"):
        channels.deliver(Notify(webhook=Webhook(url=url)), "webhook", MESSAGE)
    assert len(got) == 1


def test_a_command_gets_the_message_and_its_failure_is_told(tmp_path: Path) -> None:
    program = f"import sys; open({str(tmp_path / 'got')!r}, 'w').write(sys.stdin.read())"
    channels.deliver(Notify(command=[sys.executable, "-c", program]), "command", MESSAGE)
    assert json.loads((tmp_path / "got").read_text()) == MESSAGE
    with pytest.raises(ChannelError, match="code 1"):
        channels.deliver(Notify(command=["false"]), "command", MESSAGE)


def test_what_does_not_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "SECONDS", 0.2)
    with pytest.raises(ChannelError, match="within"):
        channels.deliver(Notify(command=["sleep", "5"]), "command", MESSAGE)


class Mailbox(socketserver.StreamRequestHandler):
    """A mail server, as small as RFC 5321 allows."""

    mails: list[bytes] = []  # noqa: RUF012 - one box for all connections

    def handle(self) -> None:
        self.wfile.write(b"220 here\r\n")
        while line := self.rfile.readline():
            word = line[:4].upper().strip()
            if word == b"DATA":
                self.wfile.write(b"354 go on\r\n")
                self.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")))
            self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
            if word == b"QUIT":
                return


def test_a_mail_arrives() -> None:
    with socketserver.TCPServer(("127.0.0.1", 0), Mailbox) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        port = server.server_address[1]
        email = Email(host="127.0.0.1", port=port, security="none", sender="a@b.org", to=["c@d.org"])
        channels.deliver(Notify(email=email), "email", MESSAGE)
        server.shutdown()
    assert b"Subject: Strandline: gazette" in Mailbox.mails[-1]
    assert b"Message-ID: <abc@" in Mailbox.mails[-1]


def test_a_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOKEN", "https://127.0.0.1:1/hush")
    with pytest.raises(ChannelError) as error:
        channels.ping("env:TOKEN")
    assert "hush" not in str(error.value)
    with pytest.raises(ChannelError, match="env:NOBODY: the variable is not set"):
        channels.ping("env:NOBODY")


def test_a_password_never_goes_in_clear() -> None:
    with pytest.raises(ValueError, match="TLS"):
        Email(host="h", security="none", user="me", password="env:X", sender="a@b.org", to=["c@d.org"])
