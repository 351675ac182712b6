"""Keys: Ed25519 in minisign's files, and what is signed with them.

A key is two files in a folder of the user's own (`$SCAUP_KEYS`, else `~/.config/scaup/keys`), never in a
checkout and never in a home: `<name>.key`, for its owner alone, and `<name>.pub`, for everybody. Both are
minisign's formats, so `minisign -V` checks what Scaup signs, and a key made by minisign signs here.
Formats: https://jedisct1.github.io/minisign/ and https://github.com/secure-systems-lab/dsse.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
import re
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from scaup.errors import MissingInput, ScaupError, UsageError, nearest
from scaup.verifier import SIGNATURE_COMMENT, PublicKey, Unfit, pae, read_public_key

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
DEFAULT = "default"
# scrypt as libsodium's pickparams reads it from the file: 2^17 blocks of 1 KiB, 128 MiB.
OPERATIONS, MEMORY = 2**22, 2**27
SEALED = 104  # bytes: key id 8, secret and public key 64, checksum 32


class KeyMissing(MissingInput):
    """There is no key of that name, or none at all."""


class KeyUnfit(ScaupError):
    """A key file is not what it should be, or its passphrase is wrong."""


@dataclass(frozen=True)
class SigningKey:
    """A private key in memory. Its text never is part of a message."""

    name: str
    public: PublicKey
    private: Ed25519PrivateKey

    def __repr__(self) -> str:
        return f"SigningKey({self.name}, {self.public.id})"

    def sign(self, payload_type: str, payload: bytes) -> str:
        """A DSSE signature over the payload and its type, in base64."""
        return base64.b64encode(self.private.sign(pae(payload_type, payload))).decode("ascii")

    def minisign(self, content: bytes, comment: str) -> str:
        """A `.minisig` over the content (prehashed), with a trusted comment. Always the same bytes."""
        signature = self.private.sign(hashlib.blake2b(content).digest())
        overall = self.private.sign(signature + comment.encode())
        head = base64.b64encode(b"ED" + self.public.key_id + signature).decode()
        return (
            f"{SIGNATURE_COMMENT}\n{head}\ntrusted comment: {comment}\n{base64.b64encode(overall).decode()}\n"
        )


def key_folder() -> Path:
    """Where the user's keys are. Raises UsageError when that lies in a checkout or in the home."""
    config = os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config"
    folder = Path(os.environ.get("SCAUP_KEYS") or Path(config) / "scaup" / "keys").expanduser().resolve()
    for above in (folder, *folder.parents):
        if (above / "dbt_project.yml").is_file() or (above / "snapshots" / "current").is_file():
            raise UsageError(
                f"Keys do not belong into a checkout or a home, and {folder} lies in one. "
                "Point SCAUP_KEYS to a folder of your own."
            )
    return folder


def known_keys(folder: Path) -> dict[str, PublicKey]:
    """The public keys in the folder, by name: one's own, and those that one trusts."""
    found = {}
    for path in sorted(folder.glob("*.pub")):
        try:
            found[path.stem] = read_public_key(path.read_text(encoding="utf-8"))
        except (Unfit, UnicodeDecodeError) as error:
            raise KeyUnfit(f"{path} is no minisign public key: {error}.") from error
    return found


def new_key(folder: Path, name: str, passphrase: str | None = None) -> PublicKey:
    """Make a key of that name. Raises UsageError for an unsafe name and for one that is taken."""
    if not NAME.fullmatch(name):
        raise UsageError(f"{name!r} cannot be a key's name: letters, digits, - and _, up to 64.")
    if (folder / f"{name}.key").exists() or (folder / f"{name}.pub").exists():
        raise UsageError(f"There is a key {name!r} already in {folder}. A new one needs a name of its own.")
    private = Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    public = PublicKey(secrets.token_bytes(8), raw)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    _write(folder / f"{name}.key", _secret_text(private, public, passphrase), 0o600)
    _write(folder / f"{name}.pub", public_text(public), 0o644)
    return public


def public_text(public: PublicKey) -> str:
    """A public key as its file has it."""
    body = base64.b64encode(b"Ed" + public.key_id + public.raw).decode()
    return f"untrusted comment: minisign public key {public.id}\n{body}\n"


def signing_key(folder: Path, name: str | None = None, passphrase: str | None = None) -> SigningKey:
    """The private key of that name; without one `$SCAUP_KEY`, else the only one, else `default`.

    Raises KeyMissing, with the nearest name and how to make one, and KeyUnfit.
    """
    known = sorted(path.stem for path in folder.glob("*.key"))
    chosen = name or os.environ.get("SCAUP_KEY") or (known[0] if len(known) == 1 else DEFAULT)
    if chosen not in known:
        if not known:
            raise KeyMissing(f"No signing key in {folder}. `scaup key new` makes one.")
        raise KeyMissing(
            f"No signing key {chosen!r} in {folder}.{nearest(chosen, known)} "
            f"There are: {', '.join(known)}. Choose one with --key or SCAUP_KEY."
        )
    path = folder / f"{chosen}.key"
    if path.stat().st_mode & 0o077:
        raise KeyUnfit(f"Others can read {path}. `chmod 600` it; if others did read it, make a new key.")
    secret = passphrase or os.environ.get("SCAUP_KEY_PASSPHRASE")
    return _read_secret(path.read_text(encoding="utf-8"), chosen, secret)


def case_secret(folder: Path, uid: str) -> bytes:
    """The 32 bytes behind one case's pseudonyms; made when first asked for, kept beside the keys.

    Without this file nobody, we included, can tell whose a pseudonym is.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", uid):
        raise KeyUnfit("A case's own id has to be 32 hex digits; its log does not say one.")
    path = folder / "pseudonyms" / f"{uid}.secret"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, secrets.token_bytes(32).hex() + "\n", 0o600)
    return bytes.fromhex(path.read_text(encoding="ascii").strip())


# ---- minisign's secret key file ---------------------------------------------------------------


def _secret_text(private: Ed25519PrivateKey, public: PublicKey, passphrase: str | None) -> str:
    seed = private.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    body = public.key_id + seed + public.raw
    body += hashlib.blake2b(b"Ed" + body, digest_size=32).digest()
    if passphrase:
        salt, limits = secrets.token_bytes(32), (OPERATIONS, MEMORY)
        body = _crossed(body, _stretched(passphrase, salt, *limits))
        kdf = b"Sc"
    else:
        salt, limits, kdf = bytes(32), (0, 0), b"\0\0"
    head = b"Ed" + kdf + b"B2" + salt + b"".join(limit.to_bytes(8, "little") for limit in limits)
    return f"untrusted comment: minisign secret key {public.id}\n{base64.b64encode(head + body).decode()}\n"


def _read_secret(text: str, name: str, passphrase: str | None) -> SigningKey:
    try:
        raw = base64.b64decode(text.splitlines()[1], validate=True)
    except (IndexError, binascii.Error) as error:
        raise KeyUnfit(f"The key {name!r} is no minisign secret key.") from error
    if len(raw) != 54 + SEALED or raw[:2] != b"Ed" or raw[4:6] != b"B2" or raw[2:4] not in (b"Sc", b"\0\0"):
        raise KeyUnfit(f"The key {name!r} is no minisign secret key.")
    body = raw[54:]
    if raw[2:4] == b"Sc":
        if not passphrase:
            raise KeyUnfit(f"The key {name!r} has a passphrase: say it in SCAUP_KEY_PASSPHRASE.")
        limits = (int.from_bytes(raw[38:46], "little"), int.from_bytes(raw[46:54], "little"))
        body = _crossed(body, _stretched(passphrase, raw[6:38], *limits))
    checksum = hashlib.blake2b(b"Ed" + body[:72], digest_size=32).digest()
    if raw[2:4] == b"Sc" and not hmac.compare_digest(checksum, body[72:]):
        raise KeyUnfit(f"The passphrase of the key {name!r} is not this one.")
    private = Ed25519PrivateKey.from_private_bytes(body[8:40])
    public = PublicKey(body[:8], private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))
    if public.raw != body[40:72]:
        raise KeyUnfit(f"The key {name!r} is damaged: its two halves do not fit.")
    return SigningKey(name, public, private)


def _stretched(passphrase: str, salt: bytes, operations: int, memory: int) -> bytes:
    """scrypt with the parameters that libsodium's pickparams reads from the two limits."""
    operations = max(operations, 32768)
    is_memory_bound = operations >= memory // 32
    most = memory // 1024 if is_memory_bound else operations // 32
    doublings = next(n for n in range(1, 64) if 2**n > most // 2)
    if doublings > 20:
        raise KeyUnfit("The key's passphrase would take more than 1 GiB of memory to try.")
    lanes = min(operations // 4 // 2**doublings, 0x3FFFFFFF) // 8 if is_memory_bound else 1
    settings = {"n": 2**doublings, "r": 8, "p": max(lanes, 1)}
    return hashlib.scrypt(passphrase.encode(), salt=salt, dklen=SEALED, maxmem=2**31 - 1, **settings)


def _crossed(left: bytes, right: bytes) -> bytes:
    return bytes(one ^ other for one, other in zip(left, right, strict=True))


def _write(path: Path, text: str, mode: int) -> None:
    """Write a new file with its mode from the first byte on; on disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
