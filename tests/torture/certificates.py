"""Certificates that nobody should trust, for the TLS rows of the torture table."""

import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

_DAYS = {"tls-expired": (-9, -1), "tls-future": (5, 9)}


def context(kind: str, folder: Path) -> ssl.SSLContext:
    """`tls`, `tls-expired`, `tls-future`, `tls-elsewhere` (for another host), `tls-client` (asks for one)."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.load_cert_chain(_certificate(kind, folder))
    if kind == "tls-client":
        made.maximum_version = ssl.TLSVersion.TLSv1_2
        made.verify_mode = ssl.CERT_REQUIRED
    return made


def _certificate(kind: str, folder: Path) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "torture.test")])
    first, last = _DAYS.get(kind, (-1, 9))
    now = datetime.now(UTC)
    holders: list[x509.GeneralName] = [x509.DNSName("elsewhere.test")]
    if kind != "tls-elsewhere":
        holders += [x509.IPAddress(one) for one in ipaddress.ip_network("127.7.0.0/24")]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + timedelta(days=first))
        .not_valid_after(now + timedelta(days=last))
        .add_extension(x509.SubjectAlternativeName(holders), False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = folder / f"{kind}.pem"
    path.write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    return path
