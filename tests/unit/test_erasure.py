"""Who asked to be erased is gone from everything that is kept, and does not come back."""

from __future__ import annotations

import json
import shutil
import zipfile
from pathlib import Path

import pytest
from publisher import staged
from small import add_requests, small_project, write

from scaup import casework, publish
from scaup.absence import search
from scaup.build import build
from scaup.contract import read_contract
from scaup.erasure import plans
from scaup.errors import MissingInput, UsageError
from scaup.home import Home
from scaup.ingest import ingest
from scaup.keys import new_key
from scaup.lake import manifests
from scaup.quarantine import read_quarantine
from scaup.tombstones import OnHold, erase, expire_snapshots, list_tombstones
from scaup.warehouse import connect, open_snapshot

A0, A1, A2 = "acc-people-0", "acc-people-1", "acc-people-2"
EMAIL = "hmac-of-an-address"


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SCAUP_KEYS", str(tmp_path / "keys"))
    return tmp_path / "keys"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return small_project(tmp_path_factory.mktemp("checkout"), project)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Home:
    """Three accounts; the last was invited by the second, which has an address of its own."""
    home = Home(tmp_path_factory.mktemp("filled") / "home")
    add_people(home, checkout, "one", "2026-03-01")
    add_people(home, checkout, "two", "2026-03-05")
    add_account(home, checkout, "invited", A2, referral_account_id=A1)
    add_account(home, checkout, "addressed", A1, email_hmac=EMAIL)
    return home


@pytest.fixture
def home(tmp_path: Path, filled: Home) -> Home:
    shutil.copytree(filled.root, tmp_path / "home")
    return Home(tmp_path / "home")


def add_people(home: Home, checkout: Path, name: str, day: str) -> None:
    add_requests(home, checkout, name, day=day, prefix="acc-people-")


def add_account(home: Home, checkout: Path, name: str, account: str, **more: object) -> None:
    row = {
        "account_id": account, "created_at": "2026-02-01T00:00:00Z", "status": "active",
        "surface_signup": "chat", "age_band": "unknown", "verification": "email",
        "recorded_at": "2026-03-07T00:00:00Z", "source_system": name, **more,
    }  # fmt: skip
    path = home.root.parent / "incoming" / name / "accounts.jsonl"
    write(path, json.dumps(row) + "\n" + json.dumps({**row, "status": "asleep"}) + "\n")
    ingest([path], home, project=checkout)


def rows(home: Home, table: str) -> list[dict[str, object]]:
    with connect() as connection:
        files = [str(path) for path in home.lake.glob(f"2*/{table}/**/*.parquet")]
        found = connection.execute("from read_parquet(?, union_by_name = true) order by all", [files])
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def forget_raw_files(home: Home) -> None:
    """The provider's own files are not ours to erase."""
    shutil.rmtree(home.root / "incoming", ignore_errors=True)


def test_an_erased_account_is_nowhere_after_the_next_build_and_the_others_are_as_they_were(home, checkout):
    publish.publish(home, staged(home, "first"), "first")
    before = rows(home, "requests")
    forget_raw_files(home)
    assert {one.path.split("/")[0] for one in search(home, [A1]).found} == {"lake"}
    done = erase(home, checkout, A1, "accounts", "asked on the form, ticket 12")
    assert done.rows == {"accounts": 2, "requests": 4}
    assert (done.emptied, done.quarantined, done.values) == (1, 2, (A1, EMAIL))
    assert rows(home, "requests") == [row for row in before if row["account_id"] != A1]
    (invited,) = [row for row in rows(home, "accounts") if row["recorded_at"].day == 7]
    assert (invited["account_id"], invited["referral_account_id"]) == (A2, None)
    built = build(home, checkout)
    assert built.is_new and built.let_go == ["first"]
    found = search(home, [A1, EMAIL])
    assert found.is_absent and found.columns > 50, found
    (stone,) = list_tombstones(home)
    assert stone["rebuilt_at"] and stone["removed"]["rows"] == done.rows
    with open_snapshot(home).connection() as connection:
        left = connection.execute("select distinct account_id from features.feat_days order by 1").fetchall()
    assert left == [(A0,), (A2,)]


def test_a_load_does_not_bring_an_erased_account_back(home, checkout):
    erase(home, checkout, A1, "accounts", "ticket 12")
    add_people(home, checkout, "late", "2026-03-09")
    add_account(home, checkout, "again", A1, email_hmac=EMAIL)
    add_account(home, checkout, "third", A0, referral_account_id=A1)
    assert {row["account_id"] for name in ("accounts", "requests") for row in rows(home, name)} == {
        A0,
        A2,
    }
    forget_raw_files(home)
    assert search(home, [A1, EMAIL]).is_absent
    late, again, third = manifests(home)[-3:]
    assert late["erasures"] == [{"tombstone": "on arrival", "rows": {"requests": 2}}]
    assert again["erasures"][0]["rows"] == {"accounts": 1, "quarantine.parquet": 1}
    assert third["erasures"][0]["rows"] == {"quarantine.parquet": 1}
    for manifest in (late, again, third):
        for file in manifest["files"]:
            assert file["rows_read"] == file["rows_accepted"] + file["rows_quarantined"]


def test_an_erasure_that_was_killed_can_be_run_again(home, checkout):
    """The files of accounts are written last: as long as the account is there, so are its keys."""
    order = [plan.table.name for plan in plans(read_contract())]
    for child, parent in (
        ("classifier_scores", "requests"), ("requests", "conversations"), ("requests", "accounts"),
        ("hash_matches", "content_objects"), ("appeals", "enforcement_actions"),
        ("task_events", "review_tasks"),
    ):  # fmt: skip
        assert order.index(child) < order.index(parent)


def test_nothing_is_recognised_without_the_key_so_nothing_is_loaded(home, checkout, keys):
    erase(home, checkout, A1, "accounts", "ticket 12")
    (keys / "erasures.secret").unlink()
    with pytest.raises(MissingInput, match=r"erasures\.secret"):
        add_people(home, checkout, "late", "2026-03-09")
    with pytest.raises(MissingInput, match="The key of tombstone"):
        erase(home, checkout, A0, "accounts", "ticket 13")


def test_an_erasure_needs_a_reason_and_a_key_of_one_text(home, checkout):
    with pytest.raises(UsageError, match="--purpose"):
        erase(home, checkout, A1, "accounts", " ")
    with pytest.raises(UsageError, match="No raw table named 'acounts'"):
        erase(home, checkout, A1, "acounts", "ticket 12")


def test_the_trail_and_the_tombstone_do_not_name_the_erased(home, checkout):
    erase(home, checkout, A1, "accounts", "ticket 12")
    trail = (home.root / "audit" / "audit.jsonl").read_text()
    assert '"event": "erased"' in trail and "ticket 12" in trail
    assert A1 not in trail and EMAIL not in trail
    for path in (home.root / "tombstones").iterdir():
        assert EMAIL.encode() not in path.read_bytes()
    assert publish.current_id(home) is None


def test_quarantined_rows_that_name_the_erased_go_and_the_others_stay(home, checkout):
    before = [row.raw for row in read_quarantine(home)[1]]
    assert len(before) == 2
    erase(home, checkout, A2, "accounts", "ticket 14")
    assert [row.raw for row in read_quarantine(home)[1]] == [raw for raw in before if A2 not in raw]


# ---- legal holds ------------------------------------------------------------------------------


@pytest.fixture
def held(home: Home, keys: Path) -> casework.Desk:
    """A case on hold that names nobody yet, at the desk of whoever opened it."""
    new_key(keys, "default")
    desk = casework.desk(home)
    casework.open_case(desk, "ring-7", "an alert")
    casework.place_hold(desk, "ring-7", "a claim is expected")
    return desk


def test_what_a_legal_hold_keeps_is_listed_and_nothing_of_it_is_erased(home, checkout, held):
    casework.add_subject(held, "ring-7", "account", A1)
    before = {name: rows(home, name) for name in ("accounts", "requests")}
    with pytest.raises(OnHold, match=r"Nothing was erased: .* legal hold of case ring-7") as refused:
        erase(home, checkout, A1, "accounts", "ticket 12")
    assert "scaup case hold CASE --release" in str(refused.value)
    assert {name: rows(home, name) for name in before} == before
    assert list_tombstones(home) == []
    trail = (home.root / "audit" / "audit.jsonl").read_text()
    assert '"erasure refused"' in trail and A1 not in trail
    assert erase(home, checkout, A0, "accounts", "of somebody else").places == ()
    casework.release_hold(held, "ring-7", "H1", "withdrawn")
    done = erase(home, checkout, A1, "accounts", "ticket 12")
    assert done.places == ("case ring-7",) and A1 not in {row["account_id"] for row in rows(home, "accounts")}


def add_hold(home: Home, project: Path, hold: str, kind: str, subject: str, **more: object) -> None:
    row = {
        "hold_id": hold, "subject_type": kind, "subject_id": subject, "from_at": "2026-03-01T00:00:00Z",
        "recorded_at": "2026-03-01T00:00:00Z", "source_system": "legal", **more,
    }  # fmt: skip
    path = home.root.parent / "holds" / f"{hold}-{len(manifests(home))}" / "legal_holds.jsonl"
    write(path, json.dumps(row) + "\n")
    ingest([path], home, project=project)


def test_the_providers_own_hold_keeps_an_account_until_the_row_of_its_release(home, project):
    add_hold(home, project, "H-9", "account", A1)
    before = {name: rows(home, name) for name in ("accounts", "requests", "legal_holds")}
    with pytest.raises(OnHold, match=f"of the provider, H-9 on accounts {A1}.*`to_at`"):
        erase(home, project, A1, "accounts", "ticket 12")
    assert {name: rows(home, name) for name in before} == before and list_tombstones(home) == []
    # A1 invited A2: that row names the held one and has to stay as it is, but A2 may not go with it.
    with pytest.raises(OnHold, match="H-9"):
        erase(home, project, A2, "accounts", "ticket 13")
    assert erase(home, project, A0, "accounts", "of somebody else").rows == {"accounts": 1, "requests": 4}
    # A release that is still to come releases nothing; of two versions the later one counts.
    add_hold(
        home, project, "H-9", "account", A1, to_at="2999-01-01T00:00:00Z", recorded_at="2026-03-02T00:00:00Z"
    )
    with pytest.raises(OnHold, match="H-9"):
        erase(home, project, A1, "accounts", "ticket 12")
    add_hold(
        home, project, "H-9", "account", A1, to_at="2026-03-04T00:00:00Z", recorded_at="2026-03-03T00:00:00Z"
    )
    assert erase(home, project, A1, "accounts", "ticket 12").rows["accounts"] == 2


@pytest.mark.parametrize(("kind", "subject"), [("organization", "org-1"), ("content", "upload-1")])
def test_what_is_on_hold_keeps_the_account_whose_rows_name_it(home, project, kind, subject):
    given = {
        "memberships": {"org_id": "org-1", "account_id": A1, "role": "member",
                        "from_at": "2026-02-01T00:00:00Z"},
        "content_objects": {"content_id": "upload-1", "account_id": A1, "kind": "image", "sha256": "0" * 64,
                            "public": False, "created_at": "2026-03-01T00:00:00Z"},
    }  # fmt: skip
    for table, row in given.items():
        path = home.root.parent / "more" / f"{table}.jsonl"
        more = {"recorded_at": "2026-03-01T00:00:00Z", "source_system": "test"}
        write(path, json.dumps({**row, **more}) + "\n")
        load = ingest([path], home, project=project)
        assert load.totals[table]["accepted"] == 1, read_quarantine(home, load.load_id)
    add_hold(home, project, "H-1", kind, subject)
    with pytest.raises(OnHold, match=f"H-1 on .* {subject}"):
        erase(home, project, A1, "accounts", "ticket 12")
    assert erase(home, project, A0, "accounts", "of somebody else").rows["accounts"] == 1


def test_a_hold_also_keeps_whom_only_the_rows_of_an_exhibit_name(home, checkout, held):
    folder = home.cases / "ring-7" / "runs" / "R1" / "exhibits"
    folder.mkdir(parents=True)
    with connect() as connection:  # many equal values: Parquet stores them compressed
        values = connection.sql("select ? as email from range(500)", params=[EMAIL])
        values.write_parquet(str(folder / "01-members.parquet"), compression="zstd")
    with pytest.raises(OnHold, match="case ring-7"):
        erase(home, checkout, A1, "accounts", "ticket 12")


def test_packages_that_name_the_erased_are_listed_their_compressed_rows_too(home, checkout):
    home.packages.mkdir()
    with connect() as connection:
        path = home.packages / "rows.parquet"
        connection.sql("select ? as id from range(500)", params=[A1]).write_parquet(str(path))
    with zipfile.ZipFile(home.packages / "ring-7-internal.zip", "w") as package:
        package.writestr("ring-7-internal/data/rows.parquet", path.read_bytes())
        package.writestr("ring-7-internal/data/case.json", "{}")
    path.unlink()
    (found,) = search(Home(home.packages), [A1]).found
    assert (found.path, found.where) == ("ring-7-internal.zip", "ring-7-internal/data/rows.parquet")
    done = erase(home, checkout, A1, "accounts", "ticket 12")
    assert done.places == ("packages/ring-7-internal.zip",)


def test_a_snapshot_that_a_held_case_asked_stays_until_the_release_and_is_listed(home, checkout, held):
    for name in ("first", "second", "third"):
        publish.publish(home, staged(home, name), name)
    run = {"id": "R1", "kind": "ask", "name": "q", "manifest_sha256": "0" * 64, "snapshot_id": "first"}
    held.take("ring-7", "run", lambda case: {**run, "exhibits": 0, "rows": 0, "purpose": "why"})
    erase(home, checkout, A1, "accounts", "ticket 12")
    assert expire_snapshots(home, "third") == ["second"]
    (stone,) = list_tombstones(home)
    assert (stone["on_hold"], stone["rebuilt_at"]) == (["first"], None)
    assert [one.id for one in publish.list_snapshots(home)] == ["first", "third"]
    casework.release_hold(held, "ring-7", "H1", "withdrawn")
    assert expire_snapshots(home, "third") == ["first"]
    (stone,) = list_tombstones(home)
    assert stone["on_hold"] == [] and stone["rebuilt_at"]
