"""A time-stamping authority for tests: RFC 3161 replies in DER, made here and by nothing of ours.

`openssl ts -verify` accepts what it makes.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

SHA256 = bytes.fromhex("0609608648016503040201")
ECDSA_SHA256 = bytes.fromhex("300a06082a8648ce3d040302")
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
SIGNER = bytes.fromhex("060b2a864886f70d010910022f")
CONTENT_TYPE, MESSAGE_DIGEST = (bytes.fromhex(f"06092a864886f70d0109{end}") for end in ("03", "04"))
POLICY = bytes.fromhex("06032a0304")
NOW = datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Authority:
    """An authority, who issued its certificate, and its key."""

    root: x509.Certificate
    own: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    def pem(self, certificate: x509.Certificate) -> bytes:
        return certificate.public_bytes(Encoding.PEM)

    def stamp(self, digest: bytes, *, status: int = 0, with_certificate: bool = True) -> bytes:
        """A reply that says when this SHA-256 was seen."""
        imprint = der(0x30, der(0x30, SHA256), der(4, digest))
        info = der(
            0x30, der(2, b"\1"), POLICY, imprint, der(2, b"\7"), der(0x18, f"{NOW:%Y%m%d%H%M%SZ}".encode())
        )
        known = self.own.fingerprint(hashes.SHA256())
        attributes = b"".join(
            sorted(
                (
                    der(0x30, CONTENT_TYPE, der(0x31, TST_INFO)),
                    der(0x30, SIGNER, der(0x31, der(0x30, der(0x30, der(0x30, der(4, known)))))),
                    der(0x30, MESSAGE_DIGEST, der(0x31, der(4, hashlib.sha256(info).digest()))),
                )
            )
        )
        signature = self.key.sign(der(0x31, attributes), ec.ECDSA(hashes.SHA256()))
        serial = self.own.serial_number.to_bytes(21)
        who = der(0x30, self.own.issuer.public_bytes(), der(2, serial.lstrip(b"\0")))
        signer = der(
            0x30,
            der(2, b"\1"),
            who,
            der(0x30, SHA256),
            der(0xA0, attributes),
            ECDSA_SHA256,
            der(4, signature),
        )
        own = der(0xA0, self.own.public_bytes(Encoding.DER)) if with_certificate else b""
        content = der(0x30, TST_INFO, der(0xA0, der(4, info)))
        data = der(0x30, der(2, b"\3"), der(0x31, der(0x30, SHA256)), content, own, der(0x31, signer))
        token = der(0x30, SIGNED_DATA, der(0xA0, data))
        return der(0x30, der(0x30, der(2, bytes([status]))), token)


def der(tag: int, *parts: bytes) -> bytes:
    """One DER value."""
    content = b"".join(parts)
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(length)]) + length + content


def authority(*, is_for_stamps: bool = True, since: datetime = NOW - timedelta(days=30)) -> Authority:
    """A new authority with a root of its own."""
    keys = [ec.generate_private_key(ec.SECP256R1()) for _ in range(2)]
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]) for name in ("Root", "Stamps")]
    until = since + timedelta(days=3650)

    def certificate(place: int) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(names[place])
            .issuer_name(names[0])
            .public_key(keys[place].public_key())
            .serial_number(1000 + place)
            .not_valid_before(since)
            .not_valid_after(until)
            .add_extension(x509.BasicConstraints(ca=place == 0, path_length=None), critical=True)
        )

    use = ExtendedKeyUsageOID.TIME_STAMPING if is_for_stamps else ExtendedKeyUsageOID.SERVER_AUTH
    own = certificate(1).add_extension(x509.ExtendedKeyUsage([use]), critical=True)
    return Authority(*(one.sign(keys[0], hashes.SHA256()) for one in (certificate(0), own)), keys[1])
