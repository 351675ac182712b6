"""The verifier of sealed packages: one file that needs Python and `cryptography`, and nothing else.

    python verify.py PACKAGE --key PUBLIC_KEY

It reads the package once, from its first byte to its last, and writes nothing. A package is good when
every byte of it is the one that sealing writes: the archive has one possible form for its content, the
content is listed in the manifests, these in the tag manifest, and that is signed by the key you name.
Take this file from a source that you trust, not from the package that it is to judge.

Formats: ZIP (APPNOTE 6.3, stored), BagIt (RFC 8493), DSSE v1 with an in-toto Statement v1, minisign.
"""

from __future__ import annotations

import argparse
import base64
import binascii
import hashlib
import json
import re
import struct
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "urn:scaup:seal:v1"
PAYLOAD_TYPE = "application/vnd.in-toto+json"
SIGNATURE_COMMENT = "untrusted comment: signature of a sealed case"
DECLARATION = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"
MANIFEST, TAG_MANIFEST = "manifest-sha256.txt", "tagmanifest-sha256.txt"
ENVELOPE = "signatures/seal.dsse.json"
MINISIG = "signatures/tagmanifest-sha256.txt.minisig"
TOKEN = "signatures/tagmanifest-sha256.txt.tsr"
TAGS = ("bagit.txt", "bag-info.txt", MANIFEST, "README.txt", "verify.py")
PAYLOAD = ("data/case.json", "data/certificate.html", "data/custody.jsonl", "data/ro-crate-metadata.json")
PART = r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}"
SAFE_NAME = re.compile(rf"{PART}(/{PART}){{1,7}}")
LINE = re.compile(r"([0-9a-f]{64})  ([!-~]+)\n")
LARGEST_TAG = 64 * 2**20
CHUNK = 2**20
LOCAL = struct.Struct("<4s5H3I2H")
CENTRAL = struct.Struct("<4s6H3I5H2I")
FINISH = struct.Struct("<4s4H2IH")
FIRST_DAY = 0x21  # 1980-01-01, as far back as ZIP goes: a package knows no time of writing


class Unfit(Exception):
    """What is wrong, in words that name the file and quote nothing of its content."""


@dataclass(frozen=True)
class PublicKey:
    """An Ed25519 public key with the id that minisign gave it."""

    key_id: bytes
    raw: bytes

    @property
    def id(self) -> str:
        """The id as minisign writes it: 16 hex digits."""
        return f"{int.from_bytes(self.key_id, 'little'):016X}"

    def holds(self, signature: bytes, message: bytes) -> bool:
        """Whether the signature over the message is this key's."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass
class Entry:
    """One file of the archive as it was read. The content of a payload file is not kept."""

    name: str
    size: int
    crc: int
    offset: int
    sha256: str = ""
    content: bytes | None = None


@dataclass(frozen=True)
class Verdict:
    """What verification came to. `defect` is empty when everything holds."""

    defect: str = ""
    case: str = ""
    audience: str = ""
    sealed_as_of: str = ""
    key_id: str = ""
    sha256: str = ""
    files: int = 0
    size: int = 0
    token: bytes = b""
    tag_manifest_sha256: str = ""

    @property
    def holds(self) -> bool:
        return not self.defect

    @property
    def lines(self) -> list[str]:
        """The verdict as it is printed: the first line begins with VERIFIED or NOT VERIFIED."""
        if self.defect:
            return [f"NOT VERIFIED: {self.defect}"]
        token = ["time stamp:  an RFC 3161 token of it lies in it; who signed that was NOT checked"]
        return [
            f"VERIFIED: case {self.case}, {self.audience} package, complete and unaltered",
            f"signed by:   key {self.key_id}",
            f"sealed as of {self.sealed_as_of}",
            f"content:     {self.files} files, {self.size:,} bytes",
            f"sha256:      {self.sha256}",
            *(token if self.token else []),
        ]


def verify(package: Path, key: PublicKey) -> Verdict:
    """Read a package and say whether it is whole, unaltered and signed by the key. Raises OSError."""
    with package.open("rb") as file:
        try:
            return _judged(_Archive(file), key)
        except Unfit as defect:
            return Verdict(defect=str(defect))
        except (KeyError, TypeError):
            return Verdict(defect="what was signed is not the seal of a case")


def _judged(archive: _Archive, key: PublicKey) -> Verdict:
    root, entries = archive.read()
    for name in (*TAGS, TAG_MANIFEST, ENVELOPE, MINISIG, *PAYLOAD):
        if name not in entries:
            raise Unfit(f"{name} is missing")
    if entries["bagit.txt"].content != DECLARATION:
        raise Unfit("bagit.txt is not the declaration of a bag of version 1.0")
    tag_manifest = entries[TAG_MANIFEST].content or b""
    statement = _statement(entries, key)
    _hold_minisig(entries[MINISIG].content or b"", tag_manifest, key)
    payload = {name: entry for name, entry in entries.items() if name.startswith("data/")}
    unlisted = (TAG_MANIFEST, ENVELOPE, MINISIG, TOKEN, *payload)
    _hold_manifest(TAG_MANIFEST, tag_manifest, {n: e for n, e in entries.items() if n not in unlisted})
    _hold_manifest(MANIFEST, entries[MANIFEST].content or b"", payload)
    told = statement["predicate"]
    if root != f"{told['case']}-{told['audience']}":
        raise Unfit("the folder in the archive is not named for the case and audience that were sealed")
    size = sum(entry.size for entry in payload.values())
    if (told["files"], told["bytes"]) != (len(payload), size):
        raise Unfit(f"{told['files']} files were sealed and {len(payload)} are there, or of another size")
    return Verdict(
        case=told["case"],
        audience=told["audience"],
        sealed_as_of=told["sealed_as_of"],
        key_id=key.id,
        sha256=archive.sha256.hexdigest(),
        files=len(payload),
        size=size,
        token=(entries[TOKEN].content or b"") if TOKEN in entries else b"",
        tag_manifest_sha256=entries[TAG_MANIFEST].sha256,
    )


def _hold_manifest(name: str, content: bytes, listed: dict[str, Entry]) -> None:
    expected = manifest_text({path: entry.sha256 for path, entry in listed.items()})
    if content == expected.encode("ascii"):
        return
    told = {}
    for line in content.decode("ascii", "replace").splitlines(keepends=True):
        found = LINE.fullmatch(line)
        if not found or found[2] in told:
            raise Unfit(f"{name} has a line that is no hash and path, or a path twice")
        told[found[2]] = found[1]
    for path in sorted({*told, *listed}):
        if path not in listed:
            raise Unfit(f"{path} is missing: {name} lists it")
        if path not in told:
            raise Unfit(f"{path} was added: {name} does not list it")
        if told[path] != listed[path].sha256:
            raise Unfit(f"{path} is not what was sealed: its hash differs from the one in {name}")
    raise Unfit(f"{name} is not written as sealing writes it")


def manifest_text(hashes: dict[str, str]) -> str:
    """A BagIt manifest: one line a file, in the order of their names."""
    return "".join(f"{hashes[path]}  {path}\n" for path in sorted(hashes))


def pae(payload_type: str, payload: bytes) -> bytes:
    """What DSSE signs: the pre-authentication encoding of a type and a payload.

    >>> pae("http://example.com/HelloWorld", b"hello world")
    b'DSSEv1 29 http://example.com/HelloWorld 11 hello world'
    """
    return b"DSSEv1 %d %s %d %s" % (len(payload_type), payload_type.encode(), len(payload), payload)


def canonical(value: object) -> str:
    """JSON in the one form that is signed and hashed: sorted keys, no spaces, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, allow_nan=False)


def read_public_key(text: str) -> PublicKey:
    """A minisign public key: its file's text, or its line of base64 alone. Raises Unfit."""
    lines = text.strip().splitlines() or [""]
    if len(lines) > 2 or (len(lines) == 2 and not lines[0].startswith("untrusted comment:")):
        raise Unfit("the public key is not one of minisign's files: a comment, and one key below it")
    raw = _base64(lines[-1].strip(), "the public key")
    if len(raw) != 42 or raw[:2] != b"Ed":
        raise Unfit("the public key is not one of minisign's: 42 bytes that begin with Ed")
    return PublicKey(raw[2:10], raw[10:])


def _statement(entries: dict[str, Entry], key: PublicKey) -> dict[str, Any]:
    """The signed in-toto statement. Raises Unfit unless it is ours, by this key, about this tag manifest."""
    content = entries[ENVELOPE].content or b""
    envelope = _json(content, ENVELOPE)
    signatures = envelope.get("signatures")
    if not isinstance(signatures, list) or not signatures or not isinstance(signatures[0], dict):
        raise Unfit("it is not signed")
    signature = _base64(signatures[0].get("sig"), f"the signature in {ENVELOPE}")
    if not signature:
        raise Unfit("its signature is empty")
    if signatures[0].get("keyid") != key.id:
        raise Unfit(f"it was signed by another key than {key.id}")
    payload = _base64(envelope.get("payload"), f"the payload of {ENVELOPE}")
    if not key.holds(signature, pae(PAYLOAD_TYPE, payload)):
        raise Unfit(f"the signature in {ENVELOPE} does not hold: the seal was altered or made by another key")
    if content.decode() != envelope_text(payload, key.id, base64.b64encode(signature).decode()):
        raise Unfit(f"{ENVELOPE} is not written as sealing writes it")
    statement = _json(payload, "the sealed statement", is_line=False)
    subject = {item["name"]: item["digest"]["sha256"] for item in statement["subject"]}
    if (statement["_type"], statement["predicateType"]) != (STATEMENT, PREDICATE):
        raise Unfit("what was signed is not the seal of a case")
    for name in (TAG_MANIFEST, TOKEN):
        there = entries[name].sha256 if name in entries else None
        if subject.get(name) != there:
            raise Unfit(f"{name} is not what was sealed: the signature covers another")
    return statement


def envelope_text(payload: bytes, key_id: str, signature: str) -> str:
    """A DSSE envelope as it is written."""
    body = {
        "payload": base64.b64encode(payload).decode(),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": key_id, "sig": signature}],
    }
    return canonical(body) + "\n"


def _hold_minisig(content: bytes, message: bytes, key: PublicKey) -> None:
    lines = content.decode("ascii", "replace").split("\n")
    if len(lines) != 5 or lines[0] != SIGNATURE_COMMENT or lines[4] or lines[2][:17] != "trusted comment: ":
        raise Unfit(f"{MINISIG} is not written as sealing writes it")
    raw, overall = _base64(lines[1], MINISIG), _base64(lines[3], MINISIG)
    if raw[:10] != b"ED" + key.key_id:
        raise Unfit(f"{MINISIG} was made by another key than {key.id}")
    is_held = key.holds(raw[10:], hashlib.blake2b(message).digest())
    if not is_held or not key.holds(overall, raw[10:] + lines[2][17:].encode()):
        raise Unfit(f"{MINISIG} does not hold: {TAG_MANIFEST} or the signature was altered")


def _base64(text: object, what: str) -> bytes:
    """Bytes of base64 in its one canonical form. Raises Unfit."""
    try:
        raw = base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        raw = None
    if raw is None or base64.b64encode(raw).decode() != text:
        raise Unfit(f"{what} is not base64")
    return raw


def _json(content: bytes, what: str, is_line: bool = True) -> dict[str, Any]:
    try:
        found = json.loads(content)
        text = canonical(found) + ("\n" if is_line else "")
    except (ValueError, RecursionError):
        raise Unfit(f"{what} is not JSON") from None
    if not isinstance(found, dict) or text.encode() != content:
        raise Unfit(f"{what} is not written as sealing writes it")
    return found


def local_header(name: str, size: int, crc: int) -> bytes:
    """What stands before a file's content: stored, in a ZIP that knows no time and no owner."""
    return LOCAL.pack(b"PK\3\4", 10, 0, 0, 0, FIRST_DAY, crc, size, size, len(name), 0) + name.encode("ascii")


def directory_of(entries: Sequence[Entry], offset: int) -> bytes:
    """The ZIP's directory and its end, for entries whose content ended at `offset`."""
    lines = b""
    for entry in entries:
        name = entry.name.encode("ascii")
        fixed = (b"PK\1\2", 3 << 8 | 10, 10, 0, 0, 0, FIRST_DAY, entry.crc, entry.size, entry.size)
        lines += CENTRAL.pack(*fixed, len(name), 0, 0, 0, 0, 0o100644 << 16, entry.offset) + name
    count = len(entries)
    return lines + FINISH.pack(b"PK\5\6", 0, 0, count, count, len(lines), offset, 0)


class _Archive:
    """The archive as a stream. Whatever is not exactly as sealing writes it is a defect."""

    def __init__(self, file: BinaryIO) -> None:
        self.file = file
        self.sha256 = hashlib.sha256()
        self.offset = 0

    def read(self) -> tuple[str, dict[str, Entry]]:
        """The name of the one folder in it, and its entries by their path below that folder."""
        entries: list[Entry] = []
        while (start := self._take(4, "a file or the directory")) == b"PK\3\4":
            entry = self._entry(entries[-1].name if entries else "")
            if entries and entry.name.split("/")[0] != entries[0].name.split("/")[0]:
                raise Unfit("the archive holds more than one folder")
            entries.append(entry)
        if not entries:
            raise Unfit("it is not a package: it does not begin as an archive does")
        expected = directory_of(entries, self.offset - 4)
        if start + self._take(len(expected) - 4, "the directory") != expected:
            raise Unfit("the archive's directory is not the one of its content")
        if self.file.read(1):
            raise Unfit("something was appended to the archive")
        root = entries[0].name.split("/")[0]
        return root, {entry.name.removeprefix(f"{root}/"): entry for entry in entries}

    def _entry(self, before: str) -> Entry:
        offset = self.offset - 4
        fixed = self._take(LOCAL.size - 4, "a file's header")
        fields = LOCAL.unpack(b"PK\3\4" + fixed)
        crc, size, length = fields[6], fields[7], fields[9]
        raw = self._take(length, "a file's name")
        name = raw.decode("ascii", "replace")
        if not SAFE_NAME.fullmatch(name):
            raise Unfit("the archive holds a name that could lead out of its folder, or is no plain name")
        if b"PK\3\4" + fixed + raw != local_header(name, size, crc):
            raise Unfit(f"the header of {name} is not written as sealing writes it")
        if name <= before:
            raise Unfit(f"{name} is there twice, or out of its order")
        path = name.partition("/")[2]
        is_kept = not path.startswith("data/")
        if is_kept and size > LARGEST_TAG:
            raise Unfit(f"{path} is larger than any file of its kind")
        entry = Entry(name, size, crc, offset)
        digest, summed, kept, left = hashlib.sha256(), 0, [], size
        while left:
            chunk = self._take(min(left, CHUNK), path)
            digest.update(chunk)
            summed = zlib.crc32(chunk, summed)
            left -= len(chunk)
            if is_kept:
                kept.append(chunk)
        if summed != crc:
            raise Unfit(f"{path} was altered: its checksum in the archive does not hold")
        entry.sha256 = digest.hexdigest()
        entry.content = b"".join(kept) if is_kept else None
        return entry

    def _take(self, size: int, what: str) -> bytes:
        found = self.file.read(size)
        self.sha256.update(found)
        self.offset += len(found)
        if len(found) < size:
            raise Unfit(f"the archive ends within {what}" if self.offset else "it is empty")
        return found


def key_of(text: str) -> PublicKey:
    """The key that a user named: its line, or a .pub file. Raises Unfit, OSError, ValueError."""
    is_line = re.fullmatch(r"[A-Za-z0-9+/]{56}", text)
    return read_public_key(text if is_line else Path(text).read_text(encoding="utf-8"))


def main(arguments: Sequence[str] | None = None) -> int:
    """0 when the package is good, 1 when it is not, 2 when the call is off."""
    parser = argparse.ArgumentParser(prog="verify.py", description="Verify a sealed case.")
    parser.add_argument("package", type=Path, help="the package, a .zip file")
    parser.add_argument("--key", required=True, help="the sealer's public key: its .pub file or its line")
    given = parser.parse_args(arguments)
    try:
        import cryptography  # noqa: F401

        verdict = verify(given.package, key_of(given.key))
    except ImportError:
        parser.error("the Python package `cryptography` is needed: python -m pip install cryptography")
    except (OSError, ValueError, Unfit) as error:
        parser.error(str(error))
    print("\n".join(verdict.lines))
    return 0 if verdict.holds else 1


if __name__ == "__main__":
    sys.exit(main())
