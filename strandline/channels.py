"""How people are told: by mail, webhook, command or Apprise; and the pings of a dead man's switch.

Each of them takes a bounded time, follows no redirect, and raises ChannelError with what went wrong. Secrets
are read when they are used, and stand in no message.
"""

import hashlib
import hmac
import http.client
import importlib
import json
import os
import smtplib
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from strandline.settings import Email, Notify, Webhook

SECONDS = 10
"""So long one try may take."""

PAUSES = (0.0, 1.0, 3.0)
"""Before each try."""

_LONGEST_SECRET = 10_000


class ChannelError(Exception):
    """A message was not delivered; says why, without any secret."""


def secret(reference: str | None) -> str | None:
    """What `env:NAME` or `file:PATH` refers to. Raises ChannelError."""
    if reference is None:
        return None
    kind, _, name = reference.partition(":")
    try:
        found = os.environ[name] if kind == "env" else Path(name).read_text("utf-8")[:_LONGEST_SECRET]
    except (OSError, KeyError, UnicodeError) as error:
        what = "the variable is not set" if kind == "env" else "the file cannot be read"
        raise ChannelError(f"{reference}: {what}") from error
    if not found.strip():
        raise ChannelError(f"{reference}: it is empty")
    return found.strip()


def channels(settings: Notify) -> list[str]:
    """The names of the channels that are set."""
    every = {
        "email": settings.email, "webhook": settings.webhook,
        "command": settings.command, "apprise": settings.apprise,
    }  # fmt: skip
    return [name for name, its in every.items() if its]


def deliver(settings: Notify, channel: str, message: Mapping[str, Any]) -> None:
    """Send a message, `id`, `subject`, `text` and what else is in it, by one channel, with a few tries.
    Raises ChannelError.
    """
    if channel == "email" and settings.email:
        _tried(_mail, settings.email, message)
    elif channel == "webhook" and settings.webhook:
        _tried(_post, settings.webhook, message)
    elif channel == "command" and settings.command:
        _command(settings.command, message)
    elif channel == "apprise" and settings.apprise:
        _tried(_apprise, settings.apprise, message)


def ping(url: str) -> None:
    """Tell a dead man's switch that somebody is alive. Raises ChannelError."""
    _bounded(lambda: _request("GET", secret(url) or "" if url[:4] in ("env:", "file") else url, None, {}))


def _tried(send: Callable[[Any, Mapping[str, Any]], None], its: object, message: Mapping[str, Any]) -> None:
    for number, pause in enumerate(PAUSES, 1):
        time.sleep(pause)
        try:
            _bounded(lambda: send(its, message))
            return
        except ChannelError:
            if number == len(PAUSES):
                raise


def _bounded(work: Callable[[], None]) -> None:
    """Do it in at most `SECONDS`: time-outs of sockets count from byte to byte, and a peer may be slow."""
    failed: list[BaseException | None] = []

    def run() -> None:
        try:
            work()
            failed.append(None)
        except Exception as error:
            failed.append(error)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(SECONDS)
    if not failed:
        raise ChannelError(f"no answer within {SECONDS} s")
    error = failed[0]
    if isinstance(error, ChannelError):
        raise error
    if error is not None:  # its own words may hold what was sent, and so a secret
        strerror = error.strerror if isinstance(error, OSError) else None
        raise ChannelError(strerror or type(error).__name__)


def _mail(settings: Email, message: Mapping[str, Any]) -> None:
    mail = EmailMessage()
    mail["From"], mail["To"] = settings.sender, ", ".join(settings.to)
    mail["Subject"] = " ".join(str(message["subject"]).split())[:200]
    mail["Message-ID"] = f"<{message['id']}@strandline.invalid>"
    mail.set_content(str(message["text"]))
    context = ssl.create_default_context()
    if settings.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.host, settings.port, timeout=SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(settings.host, settings.port, timeout=SECONDS)
    with server:
        if settings.security == "starttls":
            server.starttls(context=context)
        if settings.user:
            server.login(settings.user, secret(settings.password) or "")
        server.send_message(mail)


def _post(settings: Webhook, message: Mapping[str, Any]) -> None:
    body = json.dumps(message, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json", "Strandline-Id": str(message["id"])}
    if key := secret(settings.secret):
        at = str(int(time.time()))
        signed = hmac.new(key.encode(), f"{at}.".encode() + body, hashlib.sha256).hexdigest()
        headers |= {"Strandline-Timestamp": at, "Strandline-Signature": f"sha256={signed}"}
    _request("POST", settings.url, body, headers)


def _request(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> None:
    """Ask once; only an answer 2xx is one. Redirects are not followed."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ChannelError("not a web address (https://...)")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname, parts.port, timeout=SECONDS)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(method, target, body, {"User-Agent": "Strandline", **headers})
        status = connection.getresponse().status
    finally:
        connection.close()
    if not 200 <= status < 300:
        raise ChannelError(f"the answer was {status}")


def _command(words: list[str], message: Mapping[str, Any]) -> None:
    """Without a shell; the message is its standard input. It may run for `SECONDS`."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, as a list of words
            words, input=json.dumps(message).encode(), timeout=SECONDS, check=False,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
    except subprocess.TimeoutExpired as error:
        raise ChannelError(f"{words[0]} did not end within {SECONDS} s") from error
    except OSError as error:
        raise ChannelError(f"{words[0]}: {error.strerror}") from error
    if done.returncode:
        raise ChannelError(f"{words[0]} ended with code {done.returncode}")


def _apprise(references: list[str], message: Mapping[str, Any]) -> None:
    """An optional library: `pip install apprise`."""
    try:
        library = importlib.import_module("apprise")
    except ImportError as error:
        raise ChannelError("Apprise is not installed: pip install 'strandline[apprise]'") from error
    every = library.Apprise()
    for reference in references:
        every.add(secret(reference))
    if not every.notify(title=message["subject"], body=message["text"]):
        raise ChannelError("Apprise could not deliver it")
