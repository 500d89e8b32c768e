"""TLS for an archiver: every certificate is accepted, and what is wrong with it is told."""

from functools import cache
from ipaddress import ip_address
from typing import Any

from OpenSSL import SSL
from OpenSSL.crypto import X509
from service_identity import CertificateError, VerificationError
from service_identity.pyopenssl import verify_hostname, verify_ip_address
from twisted.internet.interfaces import IOpenSSLClientConnectionCreator
from twisted.web.iweb import IPolicyForHTTPS
from zope.interface import implementer  # type: ignore[import-untyped]  # has no types

from crawler.exchange import Tls

_LEGACY_SERVER_CONNECT = 0x4
_PROBLEMS = {
    9: "not yet valid",
    10: "expired",
    18: "self-signed",
    19: "issued by an unknown authority",
    20: "issued by an unknown authority",
    21: "issued by an unknown authority",
    23: "revoked",
}


class Secured(SSL.Connection):
    """A TLS connection that gathers what is wrong with the certificate instead of breaking."""

    hostname: str
    problems: list[str]


@implementer(IPolicyForHTTPS)
class Policy:
    """How connections to hosts are secured, for a Twisted agent."""

    def creatorForNetloc(self, hostname: bytes, port: int) -> "_Creator":
        return _Creator(hostname.decode("ascii"))


def seen(transport: Any) -> Tls | None:
    """How this transport is secured; None for a plain one, and until the handshake is over."""
    connection = getattr(transport, "getHandle", lambda: None)()
    if not isinstance(connection, Secured) or connection.get_cipher_name() is None:
        return None
    name, _, version = connection.get_protocol_version_name().partition("v")
    problems = dict.fromkeys([*connection.problems, *_mismatch(connection)])
    return Tls(f"{name.lower()}/{version}", str(connection.get_cipher_name()), tuple(problems))


def reason(error: SSL.Error) -> str:
    """OpenSSL's own words for an error, without its codes."""
    told = error.args[0] if error.args and isinstance(error.args[0], list) else []
    return "; ".join(entry[-1] for entry in told) or "the handshake failed"


@implementer(IOpenSSLClientConnectionCreator)
class _Creator:
    def __init__(self, hostname: str) -> None:
        self._hostname = hostname

    def clientConnectionForTLS(self, _protocol: object) -> Secured:
        connection = Secured(_context())
        connection.hostname = self._hostname
        connection.problems = []
        if not _is_address(self._hostname):
            connection.set_tlsext_host_name(self._hostname.encode("ascii"))
        connection.set_verify(SSL.VERIFY_PEER, _note)
        return connection


@cache
def _context() -> SSL.Context:
    """One for all connections: reading the authorities' certificates takes its time."""
    context = SSL.Context(SSL.TLS_METHOD)
    context.set_default_verify_paths()
    # Sites that nobody has cared for in years are those most worth keeping; the record tells the cipher.
    context.set_cipher_list(b"DEFAULT:@SECLEVEL=0")
    context.set_options(_LEGACY_SERVER_CONNECT)
    context.set_alpn_protos([b"http/1.1"])
    return context


def _note(connection: SSL.Connection, _certificate: X509, code: int, _depth: int, fine: int) -> bool:
    if not fine and isinstance(connection, Secured) and len(connection.problems) < len(_PROBLEMS):
        connection.problems.append(_PROBLEMS.get(code, f"OpenSSL verification error {code}"))
    return True


def _mismatch(connection: Secured) -> list[str]:
    try:
        if _is_address(connection.hostname):
            verify_ip_address(connection, connection.hostname)
        else:
            verify_hostname(connection, connection.hostname)
    except (VerificationError, CertificateError, ValueError):
        return [f"not issued for {connection.hostname}"]
    return []


def _is_address(hostname: str) -> bool:
    try:
        ip_address(hostname)
    except ValueError:
        return False
    return True
