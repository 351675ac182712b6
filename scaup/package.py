"""Packages: a bag of files as one archive that always comes out the same, signed.

BagIt 1.0 (RFC 8493) in a ZIP that stores, in the order of names, without times or owners. The tag manifest
is signed twice: as an in-toto statement in a DSSE envelope, and in minisign's way. The forms are those of
`scaup.verifier`, which accepts no other.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scaup import __version__, verifier
from scaup.errors import UsageError
from scaup.keys import SigningKey
from scaup.timestamps import read_token
from scaup.verifier import ENVELOPE, MANIFEST, MINISIG, PAYLOAD_TYPE, TAG_MANIFEST, TOKEN

README = """\
A sealed case.

Check it before you rely on it:

    python verify.py PACKAGE.zip --key SEALER.pub

verify.py lies in this folder. Take it, and the key, from somebody whom you trust: a forged package would
bring a forged verifier. It needs Python 3.11 or later and `python -m pip install cryptography`.
`minisign -V -p SEALER.pub -m tagmanifest-sha256.txt -x {minisig}` checks the signature, and `sha256sum -c
tagmanifest-sha256.txt manifest-sha256.txt` the files, after unpacking.

data/certificate.html says what is in here, how it was made, and what was taken out.
"""


@dataclass(frozen=True)
class Label:
    """What the seal says of a package. `sealed_as_of` is the time of the last step that is in it."""

    case: str
    audience: str
    title: str
    sealed_as_of: str
    facts: Mapping[str, Any]

    @property
    def root(self) -> str:
        """The name of the one folder in the archive, and of the archive."""
        return f"{self.case}-{self.audience}"


def pack(payload: Mapping[str, bytes], label: Label, key: SigningKey, token: bytes = b"") -> bytes:
    """The archive of a payload (paths below data/). The same arguments give the same bytes.

    `token` is an RFC 3161 time stamp of the tag manifest; raises UsageError when it is of something else,
    TokenUnfit when it is none.
    """
    files = {f"data/{path}": content for path, content in payload.items()}
    size = sum(map(len, files.values()))
    tags = {
        "bagit.txt": verifier.DECLARATION,
        "bag-info.txt": _info(label, size, len(files)),
        MANIFEST: verifier.manifest_text(
            {path: _sha256(content) for path, content in files.items()}
        ).encode(),
        "README.txt": README.format(minisig=MINISIG).encode(),
        "verify.py": Path(verifier.__file__).read_bytes(),
    }
    tag_manifest = verifier.manifest_text({path: _sha256(content) for path, content in tags.items()}).encode()
    subject = {TAG_MANIFEST: _sha256(tag_manifest)}
    if token:
        if read_token(token).sha256 != hashlib.sha256(tag_manifest).digest():
            raise UsageError(
                "The time stamp is not of this package: it has to be an RFC 3161 reply for the SHA-256 "
                f"{subject[TAG_MANIFEST]} (`openssl ts -query -sha256 -digest …` asks for one)."
            )
        subject[TOKEN] = _sha256(token)
    statement = {
        "_type": verifier.STATEMENT,
        "subject": [{"name": name, "digest": {"sha256": digest}} for name, digest in subject.items()],
        "predicateType": verifier.PREDICATE,
        "predicate": {
            **label.facts,
            "case": label.case,
            "audience": label.audience,
            "sealed_as_of": label.sealed_as_of,
            "files": len(files),
            "bytes": size,
        },
    }
    body = verifier.canonical(statement).encode()
    signatures = {
        ENVELOPE: verifier.envelope_text(body, key.public.id, key.sign(PAYLOAD_TYPE, body)).encode(),
        MINISIG: key.minisign(tag_manifest, f"{label.root} as of {label.sealed_as_of}").encode(),
        **({TOKEN: token} if token else {}),
    }
    return archive(label.root, {**files, **tags, TAG_MANIFEST: tag_manifest, **signatures})


def tag_manifest_of(package: bytes, root: str) -> bytes:
    """The tag manifest in an archive that `pack` made: what a time stamp is asked for."""
    head = verifier.LOCAL.size + len(f"{root}/{TAG_MANIFEST}")
    start = package.index(f"{root}/{TAG_MANIFEST}".encode()) - verifier.LOCAL.size
    size = verifier.LOCAL.unpack_from(package, start)[7]
    return package[start + head : start + head + size]


def archive(root: str, files: Mapping[str, bytes]) -> bytes:
    """The files as one ZIP: stored, ordered by name, and without times, owners or comments."""
    parts: list[bytes] = []
    entries: list[verifier.Entry] = []
    offset = 0
    for name in sorted(f"{root}/{path}" for path in files):
        content = files[name.removeprefix(f"{root}/")]
        if not verifier.SAFE_NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot stand in a package.")
        entry = verifier.Entry(name, len(content), zlib.crc32(content), offset)
        head = verifier.local_header(name, entry.size, entry.crc)
        parts += [head, content]
        offset += len(head) + len(content)
        entries.append(entry)
    if offset >= 2**32 or len(entries) >= 2**16 - 1:
        raise UsageError(
            "The package would be larger than 4 GiB or 65,534 files. Seal fewer runs in one case."
        )
    return b"".join([*parts, verifier.directory_of(entries, offset)])


def _info(label: Label, size: int, count: int) -> bytes:
    lines = {
        "Bag-Software-Agent": f"Scaup {__version__}",
        "Bagging-Date": label.sealed_as_of[:10],
        "External-Description": label.title,
        "External-Identifier": label.root,
        "Payload-Oxum": f"{size}.{count}",
    }
    return "".join(f"{name}: {' '.join(text.split())}\n" for name, text in lines.items()).encode()


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
