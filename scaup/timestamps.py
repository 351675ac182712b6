"""Time stamps: what an RFC 3161 reply says, and whether the authority that it names signed it.

A reply is DER: TimeStampResp (RFC 3161, 2.4.2) around CMS SignedData (RFC 5652, 5) around TSTInfo. Only
what sealing and verifying need is read: the hash that was stamped, when, and the signature. Revocation and
policies are not looked at; `openssl ts -verify` is the second opinion.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID

from scaup.errors import ScaupError

SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
TST_INFO = bytes.fromhex("2a864886f70d0109100104")
CONTENT_TYPE, MESSAGE_DIGEST = bytes.fromhex("2a864886f70d010903"), bytes.fromhex("2a864886f70d010904")
DIGESTS: dict[bytes, hashes.HashAlgorithm] = {
    bytes.fromhex("608648016503040201"): hashes.SHA256(),
    bytes.fromhex("608648016503040202"): hashes.SHA384(),
    bytes.fromhex("608648016503040203"): hashes.SHA512(),
}
SIGNER_V1, SIGNER_V2 = (bytes.fromhex(f"2a864886f70d01091002{end}") for end in ("0c", "2f"))
SEQUENCE, SET, OCTETS, INTEGER, OID, FIRST, TIME = 0x30, 0x31, 0x04, 0x02, 0x06, 0xA0, 0x18
LONGEST_CHAIN = 8


class TokenUnfit(ScaupError):
    """A file is no RFC 3161 reply, is one of something else, or is not signed by who should have."""


@dataclass(frozen=True)
class Token:
    """A reply: the SHA-256 that was stamped, when, and what its signature is over and by whom."""

    sha256: bytes
    stamped_at: datetime
    content: bytes
    signed: bytes
    signature: bytes
    digest: hashes.HashAlgorithm
    serial: int
    issuer: bytes
    certificate_hash: tuple[hashes.HashAlgorithm, bytes]
    certificates: tuple[x509.Certificate, ...]


@dataclass(frozen=True)
class _Part:
    """One DER value: its tag, its content, and all its bytes."""

    tag: int
    content: bytes
    whole: bytes

    def parts(self) -> list[_Part]:
        return _parts(self.content)


def read_token(content: bytes) -> Token:
    """Read a reply. Raises TokenUnfit when it is none, was refused, or stamps no SHA-256."""
    try:
        return _token(content)
    except (ValueError, IndexError, KeyError, UnsupportedAlgorithm) as error:
        raise TokenUnfit("It is no RFC 3161 reply that stamps a SHA-256.") from error


def hold_signature(token: Token, trusted: Sequence[x509.Certificate]) -> str:
    """The name of the authority that signed the token, by a certificate that is trusted or was issued, over
    any others in the token, by one that is. Raises TokenUnfit."""
    try:
        return _signed_by(token, trusted)
    except (ValueError, UnsupportedAlgorithm) as error:  # certificates are read when they are looked into
        raise TokenUnfit("a certificate of the time stamp cannot be read") from error


def _signed_by(token: Token, trusted: Sequence[x509.Certificate]) -> str:
    known = [*token.certificates, *trusted]
    signer = next(
        (
            one
            for one in known
            if one.serial_number == token.serial and one.issuer.public_bytes() == token.issuer
        ),
        None,
    )
    if signer is None:
        raise TokenUnfit("the certificate of who signed the time stamp is neither in it nor given")
    if signer.fingerprint(token.certificate_hash[0]) != token.certificate_hash[1]:
        raise TokenUnfit("the time stamp names another certificate than the one that it comes with")
    if not _is_signed_by(signer, token):
        raise TokenUnfit("the signature of the time stamp does not hold")
    try:
        uses = signer.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        uses = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE])
    if list(uses) != [ExtendedKeyUsageOID.TIME_STAMPING]:
        raise TokenUnfit("the certificate of who signed the time stamp is not for time stamps alone")
    link = signer
    for _ in range(LONGEST_CHAIN):
        if not link.not_valid_before_utc <= token.stamped_at <= link.not_valid_after_utc:
            raise TokenUnfit("a certificate behind the time stamp was not valid when it was made")
        if link in trusted:
            return signer.subject.rfc4514_string()
        above = next((one for one in [*trusted, *known] if one != link and _issued(one, link)), None)
        if above is None:
            break
        link = above
    raise TokenUnfit("the time stamp was signed by an authority that is not the one given")


def read_certificates(content: bytes) -> list[x509.Certificate]:
    """The certificates in a PEM or DER file. Raises TokenUnfit."""
    try:
        if b"-----BEGIN" in content:
            return x509.load_pem_x509_certificates(content)
        return [x509.load_der_x509_certificate(content)]
    except ValueError as error:
        raise TokenUnfit("It holds no certificate in PEM or DER.") from error


def _issued(above: x509.Certificate, below: x509.Certificate) -> bool:
    try:
        if not above.extensions.get_extension_for_class(x509.BasicConstraints).value.ca:
            return False
        below.verify_directly_issued_by(above)
    except (ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound, UnsupportedAlgorithm):
        return False
    return True


def _is_signed_by(signer: x509.Certificate, token: Token) -> bool:
    key = signer.public_key()
    try:
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(token.signature, token.signed, padding.PKCS1v15(), token.digest)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(token.signature, token.signed, ec.ECDSA(token.digest))
        else:
            return False
    except InvalidSignature:
        return False
    return True


def _token(content: bytes) -> Token:
    reply = _one(content, SEQUENCE).parts()
    if int.from_bytes(_as(reply[0].parts()[0], INTEGER)) not in (0, 1):
        raise ValueError("not granted")
    kind, wrapped = _part(reply[1], SEQUENCE).parts()
    data = _one(_as(wrapped, FIRST), SEQUENCE).parts()
    inner = _part(data[2], SEQUENCE).parts()
    if _as(kind, OID) != SIGNED_DATA or _as(inner[0], OID) != TST_INFO:
        raise ValueError("other content")
    info = _as(_one(_as(inner[1], FIRST), OCTETS), OCTETS)
    told = _one(info, SEQUENCE).parts()
    algorithm, imprint = _part(told[2], SEQUENCE).parts()
    if not isinstance(DIGESTS[_as(algorithm.parts()[0], OID)], hashes.SHA256):
        raise ValueError("another hash")
    certificates = [part for part in data[3:] if part.tag == FIRST]
    (signer,) = _part(data[-1], SET).parts()
    _, who, digest, attributes, _, signature = signer.parts()[:6]
    issuer, serial = _part(who, SEQUENCE).parts()
    told_of = _attributes(_part(attributes, FIRST), info, DIGESTS[_as(digest.parts()[0], OID)])
    stamped = _as(told[4], TIME).decode("ascii").removesuffix("Z").partition(".")[0]
    return Token(
        sha256=_as(imprint, OCTETS),
        stamped_at=datetime.strptime(stamped, "%Y%m%d%H%M%S").replace(tzinfo=UTC),
        content=info,
        signed=bytes([SET]) + attributes.whole[1:],
        signature=_as(signature, OCTETS),
        digest=DIGESTS[_as(digest.parts()[0], OID)],
        serial=int.from_bytes(_as(serial, INTEGER)),
        issuer=issuer.whole,
        certificate_hash=_certificate_hash(told_of),
        certificates=tuple(
            x509.load_der_x509_certificate(one.whole)
            for part in certificates
            for one in part.parts()
            if one.tag == SEQUENCE
        ),
    )


def _attributes(attributes: _Part, info: bytes, digest: hashes.HashAlgorithm) -> dict[bytes, list[_Part]]:
    """What is signed, by name; it names the content by its kind and hash. Raises ValueError."""
    found: dict[bytes, list[_Part]] = {}
    for attribute in attributes.parts():
        name, values = attribute.parts()
        if (key := _as(name, OID)) in found:
            raise ValueError("an attribute twice")
        found[key] = values.parts()
    made = hashes.Hash(digest)
    made.update(info)
    told = _as(found[CONTENT_TYPE][0], OID), _as(found[MESSAGE_DIGEST][0], OCTETS)
    if told != (TST_INFO, made.finalize()):
        raise ValueError("signed something else")
    return found


def _certificate_hash(attributes: dict[bytes, list[_Part]]) -> tuple[hashes.HashAlgorithm, bytes]:
    """The hash by which the signer's certificate is bound: RFC 5035, or RFC 2634 with SHA-1."""
    is_newer = SIGNER_V2 in attributes
    (value,) = attributes[SIGNER_V2 if is_newer else SIGNER_V1]
    first = _part(_part(value, SEQUENCE).parts()[0], SEQUENCE).parts()[0].parts()
    if not is_newer:
        return hashes.SHA1(), _as(first[0], OCTETS)
    if first[0].tag == SEQUENCE:
        return DIGESTS[_as(first[0].parts()[0], OID)], _as(first[1], OCTETS)
    return hashes.SHA256(), _as(first[0], OCTETS)


def _parts(content: bytes) -> list[_Part]:
    found = []
    while content:
        tag, size, head = content[0], content[1], 2
        if size & 0x80:
            head += size & 0x7F
            if not 2 < head <= 6:
                raise ValueError("length")
            size = int.from_bytes(content[2:head])
        if len(content) < head + size:
            raise ValueError("cut")
        found.append(_Part(tag, content[head : head + size], content[: head + size]))
        content = content[head + size :]
    return found


def _one(content: bytes, tag: int) -> _Part:
    (part,) = _parts(content)
    return _part(part, tag)


def _part(part: _Part, tag: int) -> _Part:
    if part.tag != tag:
        raise ValueError("another type")
    return part


def _as(part: _Part, tag: int) -> bytes:
    return _part(part, tag).content
