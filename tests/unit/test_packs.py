"""Small files of old loads are read together, and nothing else changes by it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from small import add_requests, growing_project

from scaup import packs
from scaup.absence import search
from scaup.build import BuildFailed, build, freeze_lake
from scaup.contract import read_contract
from scaup.errors import Refused
from scaup.home import Home
from scaup.loads import remove
from scaup.plan import Options
from scaup.prints import loads_of
from scaup.tombstones import erase
from scaup.warehouse import connect

LOADS = 7


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory, project: Path) -> Path:
    return growing_project(tmp_path_factory.mktemp("checkout"), project)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory, checkout: Path) -> Home:
    """A lake that was fed seven times."""
    home = Home(tmp_path_factory.mktemp("filled"))
    for number in range(LOADS):
        add_requests(home, checkout, f"load-{number}", day=f"2026-03-0{number + 1}", prefix=f"a{number}-")
    return home


@pytest.fixture
def fed(tmp_path: Path, filled: Home) -> Home:
    shutil.copytree(filled.root, tmp_path / "fed")
    return Home(tmp_path / "fed")


@pytest.fixture(autouse=True)
def small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packs, "BATCHES", (4, 2))


def _used(home: Home, checkout: Path, room: str) -> tuple[Path, list[str]]:
    """A build's folder of links, with packs, and what was said."""
    folder = home.root / room / "lake"
    freeze_lake(home, read_contract(checkout), folder)
    said: list[str] = []
    packs.use(home, folder, loads_of(folder), said.append)
    return folder, said


def _rows(lake: Path, table: str) -> tuple[list[tuple[object, ...]], int]:
    """The rows of a table as models read it, and how many files hold them."""
    with connect() as connection:
        files = (
            f"read_parquet('{lake}/*/{table}/**/*.parquet', union_by_name = true, hive_partitioning = false)"
        )
        rows = connection.execute(f"from {files} order by all").fetchall()
    return rows, len([path for path in lake.glob(f"*/{table}/**/*.parquet") if path.parts[-3] != "_contract"])


def test_files_of_four_and_of_two_loads_are_one_and_the_rows_are_the_same(fed, checkout):
    ids = sorted(load.name for load in fed.lake.glob("2*"))
    folder, said = _used(fed, checkout, "room")
    assert said == ["Putting the small files of 6 loads together."]
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        [f"{ids[0]}--{ids[3]}", f"{ids[4]}--{ids[5]}", ids[6], "_contract"]
    )
    for table, count in (("requests", 2 * 3 * LOADS), ("accounts", 3 * LOADS)):
        (rows, files), (as_they_came, files_before) = _rows(folder, table), _rows(fed.lake, table)
        assert rows == as_they_came
        assert len(rows) == count
        assert (files, files_before) == (3, LOADS)


def test_a_pack_is_made_once_until_a_larger_one_has_its_loads_or_a_file_is_written_anew(fed, checkout):
    _used(fed, checkout, "first")
    made = {pack.name: (pack / "pack.json").stat().st_ino for pack in fed.packs.iterdir()}
    (fed.packs / ".left").mkdir()  # by a build that was killed
    assert _used(fed, checkout, "second")[1] == []
    assert {pack.name: (pack / "pack.json").stat().st_ino for pack in fed.packs.iterdir()} == made
    add_requests(fed, checkout, "eighth", day="2026-03-08")
    folder, said = _used(fed, checkout, "third")
    assert said == ["Putting the small files of 4 loads together."]
    assert len(list(fed.packs.iterdir())) == 2
    assert _rows(folder, "requests") == (_rows(fed.lake, "requests")[0], 2)
    (file,) = sorted(fed.lake.glob("2*"))[0].glob("requests/**/*.parquet")
    draft = file.with_suffix(".draft")
    with connect() as connection:
        connection.execute(f"copy (from read_parquet('{file}') limit 1) to '{draft}' (format parquet)")
    draft.replace(file)
    folder, said = _used(fed, checkout, "fourth")
    assert said == ["Putting the small files of 4 loads together."]
    assert len(_rows(folder, "requests")[0]) == 6 * 8 - 5


def test_large_files_are_read_as_they_lie_and_small_ones_of_other_loads_together(fed, checkout, monkeypatch):
    ids = sorted(load.name for load in fed.lake.glob("2*"))
    (large,) = (fed.lake / ids[1]).glob("requests/**/*.parquet")
    with connect() as connection:
        rows = f"from '{large}' cross join range(3000) as more(n)"
        named = f"select * exclude (n) replace (request_id || '-' || n as request_id) {rows}"
        connection.execute(f"copy ({named}) to '{large}.draft' (format parquet, compression uncompressed)")
    Path(f"{large}.draft").replace(large)
    others = [path for path in fed.lake.glob("2*/requests/**/*.parquet") if path != large]
    monkeypatch.setattr(packs, "MOST", max(path.stat().st_size for path in others))
    assert large.stat().st_size > packs.MOST
    folder, _ = _used(fed, checkout, "room")
    assert [path.name for path in (folder / ids[1]).iterdir()] == ["requests"]
    assert not [load for load in (*ids[:1], *ids[2:6]) if (folder / load).exists()]
    for table in ("requests", "accounts"):
        assert _rows(folder, table)[0] == _rows(fed.lake, table)[0]
    assert _rows(folder, "requests")[1] == 4


def test_a_build_that_reads_packs_publishes_what_one_that_does_not_publishes(fed, checkout, monkeypatch):
    plain = Home(fed.root.with_name("plain"))
    shutil.copytree(fed.root, plain.root)
    said: list[str] = []
    with_packs = build(fed, checkout, say=said.append)
    assert "Putting the small files of 6 loads together." in said
    monkeypatch.setattr(packs, "BATCHES", ())
    without = build(plain, checkout)
    assert not plain.packs.exists()
    assert with_packs.snapshot_id == without.snapshot_id
    monkeypatch.setattr(packs, "BATCHES", (4, 2))
    add_requests(fed, checkout, "eighth", day="2026-03-08")
    said.clear()
    added = build(fed, checkout, say=said.append)
    assert any(line.startswith("Adding what 1 new load touches") for line in said)
    assert added.snapshot_id == build(fed, checkout, Options(fresh=True)).snapshot_id


def test_a_pack_that_cannot_be_read_fails_one_build_and_is_gone(fed, checkout):
    _used(fed, checkout, "room")
    (file,) = sorted(fed.packs.iterdir())[0].glob("requests/*.parquet")
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises((Refused, BuildFailed)):
        build(fed, checkout)
    assert not list(fed.packs.iterdir())
    assert build(fed, checkout).is_new


@pytest.mark.parametrize("what", ["a file less", "a longer file", "half a word"])
def test_a_pack_that_is_not_whole_is_made_again(fed, checkout, what):
    _used(fed, checkout, "first")
    pack = sorted(fed.packs.iterdir())[0]
    file = pack / "requests" / "part-0.parquet"
    if what == "a file less":
        file.unlink()
    elif what == "a longer file":
        file.write_bytes(file.read_bytes() + b" ")
    else:
        (pack / "pack.json").write_text('{"loads": {')
    folder, said = _used(fed, checkout, "second")
    assert said == ["Putting the small files of 4 loads together."]
    assert _rows(folder, "requests")[0] == _rows(fed.lake, "requests")[0]


def test_a_row_in_breach_is_told_with_the_load_that_has_it(fed, checkout):
    add_requests(fed, checkout, "eighth", day="2026-03-08", prefix="b")
    ids = sorted(load.name for load in fed.lake.glob("2*"))
    (known,) = (fed.lake / ids[0]).glob("requests/**/*.parquet")
    (file,) = (fed.lake / ids[7]).glob("requests/**/*.parquet")
    shutil.copy(known, file)
    with pytest.raises(Refused, match=f"load_id={ids[7]}|load_id={ids[0]}"):
        build(fed, checkout)


@pytest.mark.parametrize("change", ["erasure", "removal"])
def test_what_changes_in_the_lake_is_in_no_pack(fed, checkout, change, tmp_path, monkeypatch):
    monkeypatch.setenv("SCAUP_KEYS", str(tmp_path / "keys"))
    _used(fed, checkout, "room")
    shutil.rmtree(fed.root / "room")
    if change == "erasure":
        erase(fed, checkout, "a0-0", "accounts", "asked for")
    else:
        remove(fed, sorted(load.name for load in fed.lake.glob("2*"))[0], reason="sent by mistake")
    assert not list(fed.packs.iterdir())
    build(fed, checkout)
    assert len(list(fed.packs.iterdir())) == 2
    shutil.rmtree(fed.root / "incoming")  # the files that were sent
    assert search(fed, ["a0-0"]).is_absent
