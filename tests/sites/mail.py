"""A mail server on this machine that speaks TLS and asks for a password (RFC 5321, 3207, 4954)."""

import base64
import ipaddress
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@dataclass
class MailServer:
    """What it heard. `lines` are the commands as they came, each with whether it came encrypted."""

    port: int
    lines: list[tuple[str, bool]] = field(default_factory=list)
    mails: list[str] = field(default_factory=list)


def certificate(path: Path) -> Path:
    """A certificate for 127.0.0.1 with its key, signed by itself: who trusts this file trusts the server."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "mail.test")])
    now = datetime.now(UTC)
    holder = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1)).add_extension(holder, False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True).sign(key, hashes.SHA256())
    )  # fmt: skip
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return path


class _Conversation(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        with suppress(OSError):  # whoever does not like the certificate hangs up
            its = cast(_Server, self.server)
            self.is_safe = its.implicit
            if self.is_safe:
                self._encrypt()
            self._say("220 here")
            while line := self.rfile.readline().decode().strip():
                its.heard.lines.append((line, self.is_safe))
                if not self._answer(its, line):
                    return

    def _answer(self, its: "_Server", line: str) -> bool:
        word = line.upper().split(" ")[0]
        if word == "EHLO":
            self._say("250-mail.test", "250 AUTH PLAIN" if self.is_safe else "250 STARTTLS")
        elif word == "STARTTLS":
            self._say("220 go on")
            self._encrypt()
        elif word == "AUTH":
            given = base64.b64decode(line.split()[2]).decode().split("\0")[1:]
            self._say("235 welcome" if given == ["me", "hush"] else f"535 {given[1]} is wrong")
        elif word == "DATA":
            self._say("354 go on")
            its.heard.mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
            self._say("250 kept")
        else:
            self._say("221 bye" if word == "QUIT" else "250 ok")
        return word != "QUIT"

    def _encrypt(self) -> None:
        self.connection = cast(_Server, self.server).context.wrap_socket(self.request, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.is_safe = True

    def _say(self, *lines: str) -> None:
        self.wfile.write("".join(f"{line}\r\n" for line in lines).encode())


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    context: ssl.SSLContext
    implicit: bool
    heard: MailServer


@contextmanager
def mail_server(pem: Path, implicit: bool) -> Iterator[MailServer]:
    """A server with the certificate of a file; `implicit`: it speaks TLS from the first byte. It knows one
    user, `me`, whose password is `hush`.
    """
    with _Server(("127.0.0.1", 0), _Conversation) as server:
        server.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.context.load_cert_chain(pem)
        server.implicit, server.heard = implicit, MailServer(server.server_address[1])
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.heard
        server.shutdown()
