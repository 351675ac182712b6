"""Sealed packages, tampered with: every way that we know, and three thousand flips of a bit.

Each is judged twice: by `scaup verify`, and by the verify.py that lies in the package.
"""

from __future__ import annotations

import base64
import hashlib
import importlib.util
import io
import json
import random
import stat
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

import pytest
from sealed_case import CASE, make_case

from scaup import verifier
from scaup.keys import known_keys, new_key, signing_key
from scaup.package import archive
from scaup.seal import seal
from scaup.verifier import ENVELOPE, MANIFEST, MINISIG, TAG_MANIFEST, PublicKey, manifest_text

FLIPS = 3_000
Files = dict[str, bytes]


@dataclass(frozen=True)
class Package:
    """A good package: its bytes, its files below the one folder, and who sealed it."""

    content: bytes
    root: str
    files: Files
    key: PublicKey
    keys: Path


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Iterator[Package]:
    keys = tmp_path_factory.mktemp("keys")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAUP_KEYS", str(keys))
        desk = make_case(tmp_path_factory.mktemp("home"), keys, project)
        content = seal(desk, CASE, "legal").path.read_bytes()
        with zipfile.ZipFile(io.BytesIO(content)) as opened:
            files = {name.partition("/")[2]: opened.read(name) for name in opened.namelist()}
            root = opened.namelist()[0].partition("/")[0]
        yield Package(content, root, files, known_keys(keys)["default"], keys)


@pytest.fixture(scope="module")
def alone(package: Package, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The stand-alone verifier, as the package brings it."""
    path = tmp_path_factory.mktemp("alone") / "verify.py"
    path.write_bytes(package.files["verify.py"])
    spec = importlib.util.spec_from_file_location("shipped_verifier", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["shipped_verifier"] = module
    spec.loader.exec_module(module)
    return module


# ---- the ways ---------------------------------------------------------------------------------


def _packed(package: Package, files: Files) -> bytes:
    """The files as sealing would pack them: whoever forges one may use our own code."""
    return archive(package.root, files)


def _with(package: Package, **changes: bytes | None) -> Files:
    files = {**package.files}
    for name, content in changes.items():
        if content is None:
            del files[name]
        else:
            files[name] = content
    return files


def _listed_anew(files: Files) -> Files:
    """The manifests computed again, as a BagIt validator wants them; the signatures stay."""
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    payload = {name: value for name, value in hashes.items() if name.startswith("data/")}
    files = {**files, MANIFEST: manifest_text(payload).encode()}
    hashes[MANIFEST] = hashlib.sha256(files[MANIFEST]).hexdigest()
    tags = {
        n: v for n, v in hashes.items() if not n.startswith(("data/", "signatures/")) and n != TAG_MANIFEST
    }
    return {**files, TAG_MANIFEST: manifest_text(tags).encode()}


def _resigned(files: Files, keys: Path) -> Files:
    """All of it signed again, well, by a key of the forger's own that claims the sealer's id."""
    key = signing_key(keys)
    statement = json.loads(base64.b64decode(json.loads(files[ENVELOPE])["payload"]))
    statement["subject"][0]["digest"]["sha256"] = hashlib.sha256(files[TAG_MANIFEST]).hexdigest()
    body = verifier.canonical(statement).encode()
    envelope = verifier.envelope_text(body, key.public.id, key.sign(verifier.PAYLOAD_TYPE, body))
    return {**files, ENVELOPE: envelope.encode(), MINISIG: key.minisign(files[TAG_MANIFEST], "mine").encode()}


def _edited(package: Package) -> Files:
    return _with(package, **{"data/case.json": package.files["data/case.json"].replace(b"likely", b"surely")})


def _raw_zip(package: Package, add: Callable[[zipfile.ZipFile], None]) -> bytes:
    """The package with something more in it, by Python's own ZIP library."""
    file = io.BytesIO(package.content)
    with zipfile.ZipFile(file, "a") as opened:
        add(opened)
    return file.getvalue()


def _flip(package: Package) -> bytes:
    middle = package.content.index(package.files["data/case.json"]) + 40
    return package.content[:middle] + bytes([package.content[middle] ^ 1]) + package.content[middle + 1 :]


def _swap(package: Package) -> bytes:
    one, two = "data/runs/R1/exhibits/01-account_activity.csv", "data/runs/R2/exhibits/01-account_notes.csv"
    return _packed(package, _with(package, **{one: package.files[two], two: package.files[one]}))


def _rename(package: Package) -> bytes:
    path = "data/runs/R1/exhibits/01-account_activity.csv"
    return _packed(package, _with(package, **{path: None, path.replace("01-", "02-"): package.files[path]}))


def _symlink(package: Package) -> bytes:
    def add(opened: zipfile.ZipFile) -> None:
        link = zipfile.ZipInfo(f"{package.root}/data/runs/link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        opened.writestr(link, "/etc/passwd")

    return _raw_zip(package, add)


def _twice(package: Package) -> bytes:
    name = f"{package.root}/data/case.json"
    with pytest.warns(UserWarning, match="Duplicate name"):
        return _raw_zip(package, lambda opened: opened.writestr(name, b"{}"))


def _unsigned(package: Package, signatures: str) -> bytes:
    envelope = json.loads(package.files[ENVELOPE])
    envelope["signatures"] = [{**envelope["signatures"][0], "sig": ""}] if signatures == "empty" else []
    return _packed(package, _with(package, **{ENVELOPE: (verifier.canonical(envelope) + "\n").encode()}))


def _stranger(package: Package) -> bytes:
    folder = package.keys / "stranger"
    if not folder.exists():
        new_key(folder, "default")
    return _packed(package, _resigned(_listed_anew(_edited(package)), folder))


WAYS: dict[str, Callable[[Package], bytes]] = {
    "flip": _flip,
    "truncate": lambda package: package.content[:-100],
    "truncate the directory": lambda package: package.content[: package.content.index(b"PK\1\2")],
    "append": lambda package: package.content + b"\0",
    "drop": lambda package: _packed(package, _with(package, **{"data/redactions.csv": None})),
    "drop and list anew": lambda package: _packed(
        package, _listed_anew(_with(package, **{"data/redactions.csv": None}))
    ),
    "add": lambda package: _packed(package, _with(package, **{"data/extra.csv": b"a\r\n"})),
    "add beside the signatures": lambda package: _packed(
        package, _with(package, **{"signatures/more": b"a"})
    ),
    "rename": _rename,
    "swap": _swap,
    "duplicate entry": _twice,
    "zip-slip": lambda package: _raw_zip(package, lambda z: z.writestr("../../etc/cron.d/x", b"x")),
    "absolute path": lambda package: _raw_zip(package, lambda z: z.writestr("/etc/cron.d/x", b"x")),
    "symlink": _symlink,
    "edited payload, packed anew": lambda package: _packed(package, _edited(package)),
    "edited manifest": lambda package: _packed(package, _listed_anew(_edited(package))),
    "re-signed": _stranger,
    "unsigned": lambda package: _unsigned(package, "none"),
    "no envelope": lambda package: _packed(package, _with(package, **{ENVELOPE: None})),
    "no minisign signature": lambda package: _packed(package, _with(package, **{MINISIG: None})),
    "empty signature": lambda package: _unsigned(package, "empty"),
    "whitespace in a manifest": lambda package: _packed(
        package, _with(package, **{MANIFEST: package.files[MANIFEST] + b"\n"})
    ),
    "whitespace in the envelope": lambda package: _packed(
        package, _with(package, **{ENVELOPE: package.files[ENVELOPE] + b" "})
    ),
    "whitespace in the minisign signature": lambda package: _packed(
        package, _with(package, **{MINISIG: package.files[MINISIG] + b"\n"})
    ),
    "an archive comment": lambda package: _raw_zip(package, lambda z: setattr(z, "comment", b"hello")),
    "another folder's name": lambda package: archive("case-000000000000-legal", package.files),
    "another case of letters": lambda package: _packed(package, _with(package, **{"data/CASE.json": b"{}"})),
    "a name beyond ASCII": lambda package: _raw_zip(
        package, lambda z: z.writestr(f"{package.root}/data/ca\u017fe.json", b"{}")
    ),
    "two packages in one": lambda package: package.content * 2,
    "something in front": lambda package: b"MZ" + package.content,
    "a size beyond the file": lambda package: (
        package.content[:18] + b"\xf0\xff\xff\xff" * 2 + package.content[26:]
    ),
    "a key beside": lambda package: _packed(package, _with(package, **{"sealer.pub": b"RWQ"})),
    "signed twice": lambda package: _with_signatures(package, lambda signature: [signature, signature]),
    "another form of the signature": lambda package: _with_signatures(package, _another_form),
    "compressed": lambda package: _compressed(package),
    "empty": lambda package: b"",
    "something else": lambda package: b"%PDF-1.7 not a package" * 40,
}


def _with_signatures(package: Package, change: Callable[[dict[str, str]], list[dict[str, str]]]) -> bytes:
    envelope = json.loads(package.files[ENVELOPE])
    envelope["signatures"] = change(envelope["signatures"][0])
    return _packed(package, _with(package, **{ENVELOPE: (verifier.canonical(envelope) + "\n").encode()}))


def _another_form(signature: dict[str, str]) -> list[dict[str, str]]:
    """The scalar plus the order of the curve (RFC 8032, 5.1.7): the same number, which must not pass."""
    raw = base64.b64decode(signature["sig"])
    order = 2**252 + 27742317777372353535851937790883648493
    scalar = (int.from_bytes(raw[32:], "little") + order).to_bytes(32, "little")
    return [{**signature, "sig": base64.b64encode(raw[:32] + scalar).decode()}]


def _compressed(package: Package) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in package.files.items():
            opened.writestr(f"{package.root}/{name}", content)
    return file.getvalue()


# ---- the tests --------------------------------------------------------------------------------


def _verdicts(content: bytes, package: Package, alone: ModuleType, path: Path) -> list[str]:
    """What both verifiers say, as their first lines."""
    path.write_bytes(content)
    return [
        verifier.verify(path, package.key).lines[0],
        alone.verify(path, alone.PublicKey(package.key.key_id, package.key.raw)).lines[0],
    ]


def test_the_package_is_good_before_anybody_touches_it(package: Package, alone: ModuleType, tmp_path: Path):
    for line in _verdicts(package.content, package, alone, tmp_path / "package.zip"):
        assert line.startswith("VERIFIED: ")
    assert _packed(package, package.files) == package.content  # what the forgers below begin with


@pytest.mark.parametrize("way", WAYS)
def test_tampering_is_detected_and_named(package: Package, alone: ModuleType, tmp_path: Path, way: str):
    content = WAYS[way](package)
    assert content != package.content
    ours, shipped = _verdicts(content, package, alone, tmp_path / "package.zip")
    assert ours == shipped
    assert ours.startswith("NOT VERIFIED: ") and len(ours) > len("NOT VERIFIED: it is")


@pytest.mark.parametrize("way", ["flip", "edited manifest", "re-signed", "zip-slip"])
def test_the_command_and_the_shipped_file_say_so_and_fail(
    package: Package, project: Path, tmp_path: Path, way: str
):
    path = tmp_path / "package.zip"
    path.write_bytes(WAYS[way](package))
    (tmp_path / "verify.py").write_bytes(package.files["verify.py"])
    public = str(package.keys / "default.pub")
    for words in (
        [sys.executable, "-I", str(tmp_path / "verify.py"), str(path), "--key", public],
        [sys.executable, "-m", "scaup", "verify", str(path), "--key", public],
    ):
        done = subprocess.run(words, capture_output=True, text=True, cwd=project, check=False)
        assert done.returncode == 1, done.stderr
        assert done.stdout.startswith("NOT VERIFIED: ")
    assert sorted(found.name for found in tmp_path.iterdir()) == ["package.zip", "verify.py"]


def test_another_key_does_not_verify_it(package: Package, tmp_path: Path):
    path = tmp_path / "package.zip"
    path.write_bytes(package.content)
    stranger = new_key(tmp_path / "keys", "stranger")
    assert not verifier.verify(path, stranger).holds
    claimed = PublicKey(package.key.key_id, stranger.raw)  # another key under the sealer's id
    assert not verifier.verify(path, claimed).holds


def test_every_flip_of_a_bit_is_detected(package: Package, alone: ModuleType, tmp_path: Path):
    numbers = random.Random(20261122)
    path = tmp_path / "package.zip"
    own = alone.PublicKey(package.key.key_id, package.key.raw)
    content = bytearray(package.content)
    missed = []
    for _ in range(FLIPS):
        place, bit = numbers.randrange(len(content)), 1 << numbers.randrange(8)
        content[place] ^= bit
        path.write_bytes(content)
        if verifier.verify(path, package.key).holds or alone.verify(path, own).holds:
            missed.append((place, bit))
        content[place] ^= bit
    assert missed == []


def test_every_flip_in_what_signs_it_is_detected(package: Package, tmp_path: Path):
    path = tmp_path / "package.zip"
    content = bytearray(package.content)
    for name in (ENVELOPE, MINISIG):
        start = package.content.index(package.files[name])
        for place in range(start, start + len(package.files[name])):
            content[place] ^= 2
            path.write_bytes(content)
            assert not verifier.verify(path, package.key).holds, (name, place)
            content[place] ^= 2


def test_no_prefix_of_a_package_verifies(package: Package, tmp_path: Path):
    numbers = random.Random(7)
    path = tmp_path / "package.zip"
    for _ in range(200):
        path.write_bytes(package.content[: numbers.randrange(len(package.content))])
        assert not verifier.verify(path, package.key).holds


def test_a_verdict_quotes_nothing_of_a_hostile_archive(package: Package, tmp_path: Path):
    path = tmp_path / "package.zip"
    hostile = f"{package.root}/data/\x1b[31mnobody@example.org"
    path.write_bytes(_raw_zip(package, lambda opened: opened.writestr(hostile, b"x")))
    (line,) = verifier.verify(path, package.key).lines
    assert line.isprintable() and "nobody" not in line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        "x",
        "{key}\n{key}",
        "untrusted comment: a\n{key}\n{key}",
        "{key}\nuntrusted comment: a",
        "# a\n{key}",
    ],
)
def test_a_public_key_is_one_key_and_its_comment(package: Package, text: str):
    key = (package.keys / "default.pub").read_text().splitlines()[-1]
    for good in (key, f"{key}\n", f"untrusted comment: a\n{key}", f"untrusted comment: a\r\n{key}\r\n"):
        assert verifier.read_public_key(good) == package.key
    with pytest.raises(verifier.Unfit):
        verifier.read_public_key(text.format(key=key))


# ---- minisign ---------------------------------------------------------------------------------


def test_minisigns_own_published_example_is_read_as_minisign_reads_it():
    """Public key, signature and message from minisign-verify's tests (rust, by minisign's author)."""
    key = verifier.read_public_key("RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3")
    assert key.id == "E7620F1842B4E81F"
    raw = base64.b64decode(
        "RUQf6LRCGA9i559r3g7V1qNyJDApGip8MfqcadIgT9CuhV3EMhHoN1mGTkUidF/z7SrlQgXdy8ofjb7bNJJylDOocrCo8KLzZwo="
    )
    overall = base64.b64decode(
        "wLMDjy9FLAuxZ3q4NlEvkgtyhrr0gtTu6KC4KBJdITbbOeAi1zBIYo0v4iTgt8jJpIidRJnp94ABQkJAgAooBQ=="
    )
    assert raw[:10] == b"ED" + key.key_id
    assert key.holds(raw[10:], hashlib.blake2b(b"test").digest())
    assert key.holds(overall, raw[10:] + b"timestamp:1633700835\tfile:test\tprehashed")
    assert not key.holds(raw[10:], hashlib.blake2b(b"Test").digest())


@pytest.mark.parametrize("passphrase", [None, "correct horse battery staple"])
def test_a_key_file_is_read_back_only_with_its_passphrase(tmp_path: Path, passphrase: str | None):
    public = new_key(tmp_path, "mine", passphrase)
    assert signing_key(tmp_path, "mine", passphrase).public == public
    if passphrase:
        for wrong in (None, "wrong"):
            with pytest.raises(Exception, match="passphrase"):
                signing_key(tmp_path, "mine", wrong)
    assert stat.S_IMODE((tmp_path / "mine.key").stat().st_mode) == 0o600
    (tmp_path / "mine.key").chmod(0o644)
    with pytest.raises(Exception, match="Others can read"):
        signing_key(tmp_path, "mine", passphrase)
