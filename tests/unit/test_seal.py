"""Sealing: what a package holds for whom, that it always comes out the same, and who accepts it."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import bagit
import duckdb
import pytest
from click.testing import CliRunner
from sealed_case import CASE, NOTES, PLANTED, case_of, make_case
from stamping import authority

from scaup import casework
from scaup.cli import cli
from scaup.errors import ScaupError, UsageError
from scaup.keys import known_keys
from scaup.renditions import DoesNotReproduce
from scaup.replay import NotVerified, replay
from scaup.seal import Sealed, seal
from scaup.verifier import PublicKey, verify

SECRETS = (PLANTED, "mallory", "192.0.2.77", "calc")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("keys")


@pytest.fixture(autouse=True)
def _keys(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCAUP_KEYS", str(keys))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, keys: Path, project: Path) -> casework.Desk:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAUP_KEYS", str(keys))
        return make_case(tmp_path_factory.mktemp("home"), keys, project)


@pytest.fixture(scope="module")
def sealed(desk: casework.Desk, keys: Path) -> dict[str, Sealed]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCAUP_KEYS", str(keys))
        return {audience: seal(desk, CASE, audience) for audience in ("internal", "legal", "partner")}


@pytest.fixture
def key(sealed: object, keys: Path) -> PublicKey:
    return known_keys(keys)["default"]


def _files(package: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


@pytest.mark.parametrize("audience", ["internal", "legal", "partner"])
def test_a_package_verifies_and_is_the_same_whenever_it_is_sealed(
    desk: casework.Desk, sealed: dict[str, Sealed], key: PublicKey, audience: str, tmp_path: Path
):
    first = sealed[audience]
    verdict = verify(first.path, key)
    assert verdict.holds and verdict.sha256 == first.sha256
    assert seal(desk, CASE, audience, tmp_path).sha256 == first.sha256
    beside = first.path.with_name(first.path.name + ".sha256").read_text()
    assert beside == f"{hashlib.sha256(first.path.read_bytes()).hexdigest()}  {first.path.name}\n"


@pytest.mark.parametrize("audience", ["internal", "legal", "partner"])
def test_bagit_accepts_the_bag(sealed: dict[str, Sealed], audience: str, tmp_path: Path):
    with zipfile.ZipFile(sealed[audience].path) as archive:
        archive.extractall(tmp_path)
    (folder,) = tmp_path.iterdir()
    assert bagit.Bag(str(folder)).validate()
    damaged = folder / "data" / "case.json"
    damaged.write_bytes(damaged.read_bytes() + b" ")
    with pytest.raises(bagit.BagValidationError):
        bagit.Bag(str(folder)).validate()


def test_the_internal_package_holds_the_case_as_it_is(desk: casework.Desk, sealed: dict[str, Sealed]):
    files = _files(sealed["internal"].path)
    case = case_of(desk)
    assert files["data/custody.jsonl"].decode() == "".join(entry.line for entry in case.settled_log)
    for run in case.runs:
        manifest = files[f"data/runs/{run.id}/manifest.json"]
        assert hashlib.sha256(manifest).hexdigest() == run.manifest_sha256
    assert f"{PLANTED} looks *odd*" in files["data/notes/N1.md"].decode()
    told = json.loads(files["data/case.json"])
    assert told["decisions"][0]["second_reviewer"] == "Ben Barrister"


def test_parquet_is_unaltered_and_csv_runs_nothing(sealed: dict[str, Sealed], tmp_path: Path):
    files = _files(sealed["internal"].path)
    path = tmp_path / "rows.parquet"
    path.write_bytes(files["data/runs/R2/exhibits/01-account_notes.parquet"])
    rows = duckdb.execute("select note from read_parquet(?)", [str(path)]).fetchall()
    assert [note for (note,) in rows] == NOTES
    assert b"'=cmd" in files["data/runs/R2/exhibits/01-account_notes.csv"]


@pytest.mark.parametrize("audience", ["legal", "partner"])
def test_a_disclosure_shows_nobody(sealed: dict[str, Sealed], audience: str, tmp_path: Path):
    files = _files(sealed[audience].path)
    for path, content in files.items():
        if path.endswith(".parquet"):
            place = tmp_path / "rows.parquet"
            place.write_bytes(content)
            content = str(duckdb.execute("from read_parquet(?)", [str(place)]).fetchall()).encode()
        if path != "verify.py":
            for secret in SECRETS:
                assert secret.encode() not in path.encode() + content, f"{secret} in {path}"
    assert CASE not in sealed[audience].path.name
    assert b"px-" in files["data/case.json"]
    lines = files["data/redactions.csv"].decode().splitlines()
    assert "R2.1,column note,left out,4" in lines
    is_judged = any(line.startswith("case.json#statement,e mail address") for line in lines)
    assert is_judged == (audience == "legal")


def test_a_pseudonym_is_the_same_everywhere_in_a_case_and_another_in_another(
    sealed: dict[str, Sealed], keys: Path, project: Path, tmp_path: Path
):
    found = []
    other = seal(make_case(tmp_path / "home", keys, project), CASE, "legal")
    for package in (sealed["legal"].path, sealed["partner"].path, other.path):
        files = _files(package)
        case = json.loads(files["data/case.json"])
        parameters = json.loads(files["data/runs/R1/manifest.json"])["parameters"]
        assert case["subjects"][0]["id"] == parameters["account_id"]
        found.append(parameters["account_id"])
    assert found[0] == found[1] != found[2]


def test_a_partner_gets_no_deliberations_and_nobody_of_staff(sealed: dict[str, Sealed]):
    case = json.loads(_files(sealed["partner"].path)["data/case.json"])
    assert not {"judgments", "elements", "decisions", "notes", "purpose", "lead"} & set(case)
    for content in _files(sealed["partner"].path).values():
        assert b"Ada Analyst" not in content


def test_no_private_key_and_no_secret_lies_in_a_package(sealed: dict[str, Sealed], keys: Path):
    secrets = [
        path.read_text().split()[-1].encode()
        for path in keys.rglob("*")
        if path.suffix != ".pub" and path.is_file()
    ]
    assert len(secrets) >= 2
    for one in sealed.values():
        content = one.path.read_bytes()
        assert not any(secret in content for secret in secrets)


def test_the_verifier_in_the_package_judges_it_alone(sealed: dict[str, Sealed], keys: Path, tmp_path: Path):
    (tmp_path / "verify.py").write_bytes(_files(sealed["legal"].path)["verify.py"])
    words = [
        sys.executable,
        "-I",
        str(tmp_path / "verify.py"),
        str(sealed["legal"].path),
        "--key",
        str(keys / "default.pub"),
    ]
    done = subprocess.run(words, capture_output=True, text=True, cwd=tmp_path, env={}, check=False)
    assert done.returncode == 0 and done.stdout.startswith("VERIFIED: case case-"), done.stderr
    assert sorted(path.name for path in tmp_path.iterdir()) == ["verify.py"]


def test_another_package_in_its_place_is_not_overwritten(desk: casework.Desk, tmp_path: Path):
    path = tmp_path / "mine.zip"
    path.write_text("something else")
    with pytest.raises(UsageError, match="another package"):
        seal(desk, CASE, "internal", path)
    assert path.read_text() == "something else"
    assert [found.name for found in tmp_path.iterdir()] == ["mine.zip"]


def test_a_time_stamp_is_sealed_in_when_it_is_one_of_this_package(
    desk: casework.Desk, sealed: dict[str, Sealed], key: PublicKey, tmp_path: Path
):
    stamps = authority()
    wanted = bytes.fromhex(sealed["internal"].tag_manifest_sha256)
    for token, says in (
        (b"some other token", "no RFC 3161 reply"),
        (b"\x30\x82" + wanted + b"signed by an authority", "no RFC 3161 reply"),
        (stamps.stamp(wanted, status=2), "no RFC 3161 reply"),
        (stamps.stamp(bytes(32)), "not of this package"),
    ):
        with pytest.raises(ScaupError, match=says):
            seal(desk, CASE, "internal", tmp_path, token)
    assert list(tmp_path.iterdir()) == []
    stamped = seal(desk, CASE, "internal", tmp_path, stamps.stamp(wanted))
    verdict = verify(stamped.path, key)
    assert verdict.holds and verdict.token
    assert "who signed that was NOT checked" in verdict.lines[-1]
    content = bytearray(stamped.path.read_bytes())
    content[content.index(verdict.token) + 40] ^= 1
    stamped.path.write_bytes(content)
    assert not verify(stamped.path, key).holds


def test_the_authority_behind_a_time_stamp_is_checked_when_it_is_given(
    desk: casework.Desk, sealed: dict[str, Sealed], keys: Path, tmp_path: Path
):
    stamps, other = authority(), authority()
    for name, content in (
        ("root", stamps.pem(stamps.root)),
        ("other", other.pem(other.root)),
        ("none", b"x"),
    ):
        (tmp_path / f"{name}.pem").write_bytes(content)
    token = stamps.stamp(bytes.fromhex(sealed["internal"].tag_manifest_sha256))
    stamped = seal(desk, CASE, "internal", tmp_path, token).path
    for package, name, says in (
        (stamped, "root", "signed by CN=Stamps"),
        (
            stamped,
            "other",
            "NOT VERIFIED: the time stamp was signed by an authority that is not",
        ),
        (stamped, "none", "NOT VERIFIED: It holds no certificate"),
        (sealed["internal"].path, "root", "NOT VERIFIED: it has no time stamp"),
    ):
        words = ["verify", str(package), "--key", str(keys / "default.pub")]
        done = CliRunner().invoke(cli, [*words, "--authority", str(tmp_path / f"{name}.pem")])
        assert says in done.output
        assert done.exit_code == (0 if name == "root" and package == stamped else 1)


# ---- replay -----------------------------------------------------------------------------------


def test_a_package_replays_where_the_snapshot_is(sealed: dict[str, Sealed], desk: casework.Desk):
    for one in sealed.values():
        done = replay(one.path, desk.home)
        assert done.differences == () and len(done.exhibits) == 2


def _elsewhere(root: Path, keys: Path, project: Path, change: str = "") -> casework.Desk:
    desk = make_case(root, keys, project)
    if change:
        with duckdb.connect(str(desk.home.snapshots / "tiny" / "warehouse.duckdb")) as connection:
            connection.execute(change)
    return desk


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("", []),
        (
            "update features.feat_account_days set request_count = 8 where request_count = 7",
            ["R1.1 account_activity: as many rows", "R1.1 account_activity: features.feat_account_days"],
        ),
        ("delete from features.notes where note = ''", ["R2.1 account_notes: 3 rows, were 4"]),
        (
            "update features.feat_account_days set request_count = 0 where request_count = 14",
            ["R1.1 account_activity: features.feat_account_days, which it read, is not what it was"],
        ),
    ],
    ids=["the same", "a row of the answer", "a row less", "a row that no answer shows"],
)
def test_replay_on_another_home_names_the_exhibit_that_differs(
    sealed: dict[str, Sealed], keys: Path, project: Path, tmp_path: Path, change: str, says: list[str]
):
    other = _elsewhere(tmp_path / "other", keys, project, change)
    found = "\n".join(replay(sealed["internal"].path, other.home).differences)
    assert bool(found) == bool(change)
    for words in says:
        assert words in found


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("", []),
        (
            "update features.feat_account_days set request_count = 8 where request_count = 7",
            ["R1.1 account_activity: features.feat_account_days, which it read, is not what it was"],
        ),
    ],
    ids=["the same", "a row of the answer"],
)
def test_a_disclosure_elsewhere_has_its_statements_and_relations_compared_and_says_what_was_not(
    sealed: dict[str, Sealed], keys: Path, project: Path, tmp_path: Path, change: str, says: list[str]
):
    other = _elsewhere(tmp_path / "other", keys, project, change)
    done = replay(sealed["legal"].path, other.home)
    assert bool(done.differences) == bool(says) and set(says) <= set(done.differences)
    assert "whom this legal package asked about is not in it, and the case is not here" in done.notes[0]


def test_a_disclosure_replays_elsewhere_with_the_internal_package_and_the_secret(
    sealed: dict[str, Sealed], keys: Path, project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    inside = sealed["internal"].path
    other = _elsewhere(tmp_path / "other", keys, project)
    for audience in ("legal", "partner"):
        done = replay(sealed[audience].path, other.home, inside=inside)
        assert (done.differences, done.notes) == ((), ())
    changed = _elsewhere(
        tmp_path / "changed", keys, project,
        "update features.feat_account_days set request_count = 8 where request_count = 7",
    )  # fmt: skip
    found = replay(sealed["legal"].path, changed.home, inside=inside).differences
    assert any(line.startswith("R1.1 account_activity: as many rows") for line in found)
    with pytest.raises(UsageError, match="is not the internal package of the case"):
        replay(sealed["legal"].path, other.home, inside=seal(other, CASE, "internal").path)
    with pytest.raises(UsageError, match="is not the internal package of the case"):
        replay(sealed["legal"].path, other.home, inside=sealed["partner"].path)
    with pytest.raises(UsageError, match="replays by itself"):
        replay(inside, other.home, inside=inside)
    public, strange = known_keys(keys)["default"], tmp_path / "strange"
    strange.mkdir()
    monkeypatch.setenv("SCAUP_KEYS", str(strange))
    done = replay(sealed["legal"].path, other.home, public, inside=inside)
    assert "its secret" in done.notes[0] and not (strange / "pseudonyms").exists()


def test_what_does_not_verify_is_not_replayed(sealed: dict[str, Sealed], desk: casework.Desk, tmp_path: Path):
    path = tmp_path / "broken.zip"
    path.write_bytes(sealed["internal"].path.read_bytes()[:-1])
    with pytest.raises(NotVerified, match="NOT VERIFIED"):
        replay(path, desk.home)


def test_what_does_not_reproduce_is_not_sealed(keys: Path, project: Path, tmp_path: Path):
    change = "update features.feat_account_days set request_count = 8 where request_count = 7"
    other = _elsewhere(tmp_path / "home", keys, project, change)
    with pytest.raises(DoesNotReproduce, match=r"R1\.1 account_activity"):
        seal(other, CASE, "internal")
    assert list(other.home.packages.glob("*")) == []


@pytest.mark.parametrize("path", ["notes/N1.md", "runs/R1/manifest.json"])
def test_a_file_of_the_case_that_was_changed_is_not_sealed(
    keys: Path, project: Path, tmp_path: Path, path: str
):
    other = make_case(tmp_path / "home", keys, project)
    place = case_of(other).folder / path
    place.write_bytes(place.read_bytes() + b" ")
    with pytest.raises(Exception, match=r"is not the one that was logged|was changed since"):
        seal(other, CASE, "internal")


def test_every_delivery_is_in_the_log_and_in_the_trail_with_its_hash(
    desk: casework.Desk, sealed: dict[str, Sealed]
):
    told = {entry.facts["sha256"] for entry in case_of(desk).log if entry.event == "sealed"}
    assert {one.sha256 for one in sealed.values()} <= told
    text = (desk.home.root / "audit" / "audit.jsonl").read_text()
    lines = [line for line in map(json.loads, text.splitlines()) if line["event"] == "package"]
    assert {one.sha256 for one in sealed.values()} <= {line["sha256"] for line in lines}
    assert {line["audience"] for line in lines} == {"internal", "legal", "partner"}
    assert all(line["rows"] > 0 and len(line["subject_hmac"]) == 64 and line["who"] for line in lines)
    assert PLANTED not in text


def test_a_seal_that_is_killed_leaves_a_whole_package_or_none(keys: Path, project: Path, tmp_path: Path):
    spec = importlib.util.spec_from_file_location("kills", project / "benchmarks" / "bench_seal_kills.py")
    assert spec and spec.loader
    kills = importlib.util.module_from_spec(spec)
    sys.modules["kills"] = kills
    spec.loader.exec_module(kills)
    desk = make_case(tmp_path / "home", keys, project)
    done = kills.kill_often(desk.home, CASE, times=24)
    assert done.wrong == ()
    assert 0 < done.finished < done.times
