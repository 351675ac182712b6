"""Ingest: all or nothing, everything accounted for, nothing counted twice."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from contract_rows import valid_row, write_csv, write_jsonl, write_parquet
from door import scaup

from scaup.contract import read_contract
from scaup.errors import MissingInput, ScaupError, UsageError
from scaup.home import Home
from scaup.ingest import Load, LoadFailed, ingest, prepare_lake
from scaup.lake import lake_files, manifests
from scaup.quarantine import read_quarantine
from scaup.rawfiles import UnreadableFile
from scaup.warehouse import connect, identifier

CONTRACT = read_contract()
LOGINS = CONTRACT.table("logins")
VENDORS = CONTRACT.table("vendors")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def stored(home: Home, table: str, columns: str = "*", order: str = "all") -> list[tuple[Any, ...]]:
    """The rows of a table in the lake."""
    paths = [str(path) for path in lake_files(home, CONTRACT.table(table))]
    with connect() as connection:
        return connection.read_parquet(paths).project(columns).order(order).fetchall() if paths else []


def visible(home: Home) -> list[str]:
    """What a reader of the lake can see."""
    return sorted(str(path) for path in home.lake.glob("[!._]*/**/*"))


def totals(load: Load, table: str) -> tuple[int, ...]:
    """Read, accepted, repeated, quarantined."""
    return tuple(load.totals[table].values())


def reasons(home: Home) -> list[tuple[int, str]]:
    return sorted((row.line, row.reason) for row in read_quarantine(home, limit=1000)[1])


def vendor_lines(path: Path, lines: Sequence[str | bytes]) -> Path:
    """A JSON Lines file of vendors."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else line.encode() for line in lines) + b"\n")
    return path


def vendor(number: int, **said: Any) -> str:
    return json.dumps({**valid_row(VENDORS, number), **said})


# Nothing counts twice


def test_a_file_that_was_loaded_is_skipped_and_says_where_it_is(home, tmp_path):
    path = vendor_lines(tmp_path / "vendors.jsonl", [vendor(1), vendor(2), "{"])
    first = ingest([path], home)
    before = visible(home)
    again = ingest([path], home)
    assert (again.load_id, again.files) == (None, ())
    assert again.skipped == ((str(path), "vendors", first.load_id),)
    assert visible(home) == before


def test_a_copy_of_a_file_in_one_load_is_read_once(home, tmp_path):
    rows = [vendor(1), vendor(2)]
    vendor_lines(tmp_path / "raw/vendors/one.jsonl", rows)
    vendor_lines(tmp_path / "raw/vendors/two.jsonl", rows)
    load = ingest([tmp_path / "raw", tmp_path / "raw/vendors/one.jsonl"], home)
    assert (len(load.files), len(load.skipped)) == (1, 1)
    assert len(stored(home, "vendors")) == 2


def test_an_event_sent_again_counts_once_even_when_it_was_recorded_later(home, tmp_path):
    row = valid_row(LOGINS, 1)
    write_jsonl(
        tmp_path / "logins.jsonl",
        LOGINS,
        [row, valid_row(LOGINS, 2), {**row, "recorded_at": "2026-04-01T00:00:00Z"}],
    )
    load = ingest([tmp_path / "logins.jsonl"], home)
    assert totals(load, "logins") == (3, 3, 1, 0)
    write_csv(tmp_path / "logins.csv", LOGINS, [{**row, "source_system": "replica"}, valid_row(LOGINS, 3)])
    load = ingest([tmp_path / "logins.csv"], home)
    assert totals(load, "logins") == (2, 2, 1, 0)
    assert [login for (login,) in stored(home, "logins", "login_id")] == [
        "login_id_1",
        "login_id_2",
        "login_id_3",
    ]


def test_an_event_that_contradicts_a_known_one_is_quarantined_and_the_known_one_stands(home, tmp_path):
    row = valid_row(LOGINS, 1)
    other = {**row, "account_id": "somebody_else"}
    write_jsonl(tmp_path / "logins.jsonl", LOGINS, [row, other, row])
    assert totals(ingest([tmp_path / "logins.jsonl"], home), "logins") == (3, 2, 1, 1)
    write_csv(tmp_path / "logins.csv", LOGINS, [other])
    assert totals(ingest([tmp_path / "logins.csv"], home), "logins") == (1, 0, 0, 1)
    assert reasons(home) == [(2, "key already loaded with other content")] * 2
    assert stored(home, "logins", "account_id") == [("account_id_1",)]


def test_a_null_says_the_same_as_a_null(home, tmp_path):
    row = {**valid_row(LOGINS, 1), "asn": None, "country": None}
    write_jsonl(tmp_path / "logins.jsonl", LOGINS, [row, row, {**row, "asn": 5}])
    assert totals(ingest([tmp_path / "logins.jsonl"], home), "logins") == (3, 2, 1, 1)


def test_a_record_may_come_again_with_a_later_version_but_not_with_two_of_one_time(home, tmp_path):
    path = vendor_lines(
        tmp_path / "vendors.jsonl",
        [
            vendor(1),
            vendor(1, name="renamed", recorded_at="2026-03-02T00:00:00Z"),
            vendor(1, name="another"),
            vendor(1, source_system="replica"),
        ],
    )
    assert totals(ingest([path], home), "vendors") == (4, 3, 1, 1)
    assert reasons(home) == [(3, "key and recorded_at already loaded with other content")]
    assert len(stored(home, "vendors")) == 2


# All or nothing

TORN = [
    pytest.param("vendors.csv", b"", "is empty", id="empty"),
    pytest.param(
        "vendors.csv", b"vendor_id,name,recorded_at,source_system\n", "has no rows", id="header only"
    ),
    pytest.param("vendors.csv", b"\n\n", "no header", id="blank"),
    pytest.param("vendors.jsonl", b"\n  \n", "has no rows", id="blank lines"),
    pytest.param("vendors.csv", gzip.compress(b"vendor_id\n1"), "gzip-compressed", id="gzip in disguise"),
    pytest.param(
        "vendors.csv.gz", b"vendor_id,name\n1,2\n", "is named .gz but is not gzip", id="plain as gzip"
    ),
    pytest.param("vendors.parquet", b"vendor_id,name\n", "is not Parquet", id="text as parquet"),
    pytest.param("vendors.parquet", b"PAR1" + b"x" * 90, "is cut off", id="half a parquet"),
    pytest.param("vendors.parquet", b"PAR1" + b"x" * 90 + b"PAR1", "cannot be read", id="no footer"),
    pytest.param("vendors.parquet.gz", gzip.compress(b"PAR1"), "Unpack the .gz", id="parquet in gzip"),
    pytest.param("vendors.csv", "vendor_id,name".encode("utf-16"), "UTF-16", id="utf-16"),
    pytest.param(
        "vendors.csv", b"vendor_id;name;recorded_at;source_system\n1;2;3;4\n", "semicolons", id="semicolons"
    ),
    pytest.param("vendors.csv", b"vendor_id,Vendor_ID\n1,2\n", "more than once", id="repeated column"),
    pytest.param("vendors.csv", b"a\xff,b\n1,2\n", "header is no UTF-8 text", id="broken header"),
    pytest.param("vendors.csv", b'"vendor_id,name\n1,2\n', "header has a misplaced quote", id="open header"),
    pytest.param("vendors.zip", b"PK\x03\x04", "--format", id="an ending that says nothing"),
    pytest.param("notes.csv", b"a,b\n1,2\n", "--table", id="a name that says nothing"),
]


@pytest.mark.parametrize(("name", "data", "said"), TORN)
def test_a_file_that_cannot_be_read_is_one_clear_error_and_changes_nothing(home, tmp_path, name, data, said):
    good = vendor_lines(tmp_path / "raw/vendors.jsonl", [vendor(1)])
    ingest([good], home)
    before = visible(home)
    vendor_lines(tmp_path / "raw/a/vendors.jsonl", [vendor(2)])
    bad = tmp_path / "raw" / name
    bad.write_bytes(data)
    with pytest.raises(ScaupError, match=said) as raised:
        ingest([tmp_path / "raw/a", bad], home)
    assert name in str(raised.value)
    assert visible(home) == before
    assert not list(home.lake.glob(".parts/*"))


@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_truncated_gzip_file_is_refused_wherever_it_was_cut(home, tmp_path, share):
    whole = gzip.compress("\n".join(vendor(number) for number in range(5000)).encode())
    path = tmp_path / "vendors.jsonl.gz"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(UnreadableFile, match="cut off or damaged"):
        ingest([path], home)
    assert visible(home) == []
    path.write_bytes(whole)
    assert totals(ingest([path], home), "vendors") == (5000, 5000, 0, 0)


def test_a_flipped_byte_in_gzip_or_parquet_is_refused_or_leaves_the_values_whole(home, tmp_path):
    rows = [valid_row(VENDORS, number) for number in range(2000)]
    write_parquet(tmp_path / "vendors.parquet", VENDORS, rows, typed=True)
    whole = (tmp_path / "vendors.parquet").read_bytes()
    for place in range(8, len(whole) - 8, len(whole) // 12):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        (tmp_path / "vendors.parquet").write_bytes(broken)
        try:
            load = ingest([tmp_path / "vendors.parquet"], Home(tmp_path / f"home-{place}"))
        except UnreadableFile:
            assert visible(Home(tmp_path / f"home-{place}")) == []
        else:
            read, accepted, _, quarantined = totals(load, "vendors")
            assert read == accepted + quarantined


def test_a_path_that_is_missing_is_answered_with_the_nearest(home, tmp_path):
    vendor_lines(tmp_path / "vendors.jsonl", [vendor(1)])
    with pytest.raises(MissingInput, match=r"vendors\.jsonl"):
        ingest([tmp_path / "vendor.jsonl"], home)
    (tmp_path / "nothing").mkdir()
    with pytest.raises(MissingInput, match="No Parquet, CSV or JSON Lines file"):
        ingest([tmp_path / "nothing"], home)
    os.mkfifo(tmp_path / "vendors.csv")
    with pytest.raises(UnreadableFile, match="neither a file nor a folder"):
        ingest([tmp_path / "vendors.csv"], home)


def test_a_load_that_is_killed_leaves_nothing_that_a_reader_sees(home, tmp_path):
    rows = [
        valid_row(LOGINS, number) | {"occurred_at": f"2026-03-{number % 28 + 1:02}T00:00:00Z"}
        for number in range(20_000)
    ]
    write_jsonl(tmp_path / "logins.jsonl", LOGINS, rows)
    command = [sys.executable, "-m", "scaup", "ingest", str(tmp_path / "logins.jsonl")]
    environment = {**os.environ, "SCAUP_HOME": str(home.root)}
    killed = 0
    for delay in (0.4, 0.7, 1.0, 1.3):
        with subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as process:
            time.sleep(delay)
            process.send_signal(signal.SIGKILL)
        if process.returncode == -signal.SIGKILL:
            killed += 1
            whole = [path for path in home.lake.glob("[!._]*") if (path / "manifest.json").exists()]
            assert len(whole) == len(list(home.lake.glob("[!._]*")))
    assert killed
    load = ingest([tmp_path / "logins.jsonl"], home)
    assert load.load_id is None or totals(load, "logins") == (20_000, 20_000, 0, 0)
    assert len(stored(home, "logins", "login_id")) == 20_000
    assert not list(home.lake.glob(".parts/*"))


def test_a_load_that_finds_no_memory_says_so_and_changes_nothing(home, tmp_path):
    rows = [valid_row(LOGINS, number) for number in range(3000)]
    write_csv(tmp_path / "logins.csv", LOGINS, rows)
    with pytest.raises(LoadFailed, match=r"1MiB of memory.*--memory-limit"):
        ingest([tmp_path / "logins.csv"], home, memory_limit="1MiB")
    assert visible(home) == []


def test_a_lake_that_cannot_be_written_to_says_so(home, tmp_path):
    path = vendor_lines(tmp_path / "vendors.jsonl", [vendor(1)])
    prepare_lake(home, CONTRACT)
    (home.lake / ".parts").write_text("in the way")
    with pytest.raises(ScaupError, match=r"\.parts"):
        ingest([path], home)


def test_an_unfinished_load_is_not_below_the_glob_that_readers_use(home):
    prepare_lake(home, CONTRACT)
    hidden = home.lake / ".parts" / "20260301T000000-000000-abcd" / "vendors"
    hidden.mkdir(parents=True)
    with connect() as connection:
        connection.execute(f"copy (select 1 as vendor_id) to '{hidden}/part-0.parquet'")
        pattern = str(home.lake / "*/vendors/**/*.parquet")
        assert connection.execute("select count(*) from read_parquet($1)", [pattern]).fetchall() == [(0,)]


def test_loads_at_once_wait_for_each_other(home, tmp_path):
    environment = {**os.environ, "SCAUP_HOME": str(home.root)}
    processes = []
    for number in range(3):
        path = vendor_lines(tmp_path / str(number) / "vendors.jsonl", [vendor(100), vendor(number)])
        command = [sys.executable, "-m", "scaup", "ingest", str(path)]
        processes.append(subprocess.Popen(command, env=environment, stdout=subprocess.PIPE))
    assert [(process.communicate()[0] != b"", process.returncode) for process in processes] == [(True, 0)] * 3
    repeated = sum(file["rows_repeated"] for manifest in manifests(home) for file in manifest["files"])
    assert (len(manifests(home)), repeated, len(stored(home, "vendors"))) == (3, 2, 4)


# What a file says


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-03-01T10:00:00Z", "2026-03-01 10:00:00"),
        ("2026-03-01 10:00:00", "2026-03-01 10:00:00"),
        ("2026-03-01T10:00:00.123456789", "2026-03-01 10:00:00.123456"),
        ("2026-03-01 10:00:00 UTC", "2026-03-01 10:00:00"),
        ("2026-03-01 10:00:00+00", "2026-03-01 10:00:00"),
        ("2026-03-01T10:00:00+05:30", "2026-03-01 04:30:00"),
        ("2026-03-01T10:00:00-0800", "2026-03-01 18:00:00"),
    ],
)
def test_a_time_is_utc_unless_it_says_otherwise(home, tmp_path, text, moment):
    for suffix, write in (("csv", write_csv), ("jsonl", write_jsonl)):
        write(tmp_path / f"vendors.{suffix}", VENDORS, [{**valid_row(VENDORS, 1), "recorded_at": text}])
        one = Home(home.root / suffix)
        ingest([tmp_path / f"vendors.{suffix}"], one)
        assert stored(one, "vendors", "strftime(recorded_at, '%Y-%m-%d %H:%M:%S.%f')")[0][0].startswith(
            moment
        )


def test_json_is_taken_strictly_and_only_outside_strings(home, tmp_path):
    lines = [
        vendor(1, name='NaN, ]} and "{Infinity,}" \\'),
        '{"vendor_id": "v2", "name": "x",}',
        '{"vendor_id": NaN}',
        '{"vendor_id": "v4", "vendor_id": "v5"}',
        '["v6"]',
        vendor(7)[:-3],
        b'{"vendor_id": "\xff"}',
        "",
        vendor(9) + " " + vendor(9),
        vendor(10, name="a\u2028b"),
        vendor(11, name="a\0b"),
        "\t" + vendor(12) + "\r",
    ]
    load = ingest([vendor_lines(tmp_path / "vendors.jsonl", lines)], home)
    assert totals(load, "vendors") == (11, 3, 0, 8)
    assert reasons(home) == [
        (2, "not JSON"),
        (3, "not JSON"),
        (4, "a key given twice"),
        (5, "not a JSON object"),
        (6, "not JSON"),
        (7, "invalid UTF-8"),
        (9, "not JSON"),
        (11, "name: NUL byte"),
    ]
    assert ('NaN, ]} and "{Infinity,}" \\',) in stored(home, "vendors", "name")


def test_typed_parquet_is_converted_when_nothing_is_lost(home, tmp_path):
    columns = {
        "login_id": "uuid()::uuid",
        "account_id": "'a'::enum('a', 'b')",
        "occurred_at": "timestamp '2026-03-01 23:59:59.5'",
        "ip_hmac": "'x'",
        "ip_prefix_hmac": "'x'",
        "asn": "unnest([7::double, 7.5::double, null])",
        "outcome": "'success'",
        "recorded_at": "timestamp_ns '2026-03-01 00:00:00'",
        "source_system": "'x'",
    }
    path = tmp_path / "logins.parquet"
    picked = ", ".join(f"{value} as {identifier(name)}" for name, value in columns.items())
    with connect() as connection:
        connection.execute(f"copy (select {picked}) to '{path}' (format parquet)")
    load = ingest([path], home)
    assert totals(load, "logins") == (3, 2, 0, 1)
    assert reasons(home) == [(2, "asn: not a bigint")]
    assert stored(home, "logins", "asn, occurred_at::varchar", "asn nulls last") == [
        (7, "2026-03-01 23:59:59.5+00"),
        (None, "2026-03-01 23:59:59.5+00"),
    ]


def test_a_renamed_column_refuses_the_file_and_names_the_nearest(home, tmp_path):
    row = valid_row(VENDORS, 1)
    row["vendr_id"] = row.pop("vendor_id")
    path = vendor_lines(tmp_path / "vendors.jsonl", [json.dumps(row)])
    with pytest.raises(UnreadableFile, match=r"no column 'vendor_id'\. Did you mean 'vendr_id'"):
        ingest([path], home)


def test_a_column_that_the_contract_does_not_have_is_kept_out_and_named(home, tmp_path):
    path = vendor_lines(tmp_path / "vendors.jsonl", [vendor(1, note="secret"), vendor(2, Name="x")])
    load = ingest([path], home)
    assert (
        load.files[0].remarks
        == ("columns that the contract does not have were kept out: 'Name', 'note' Did you mean 'name'?",)
        or "'note'" in load.files[0].remarks[0]
    )
    assert totals(load, "vendors") == (2, 2, 0, 0)


def test_names_with_quotes_and_wildcards_are_paths_and_nothing_else(home, tmp_path):
    folder = tmp_path / "it's [a] *"
    vendor_lines(folder / "vendors.jsonl", [vendor(1)])
    write_csv(folder / "vendors.[b]?.csv", VENDORS, [valid_row(VENDORS, 2)])
    write_parquet(folder / "vendors.c.parquet", VENDORS, [valid_row(VENDORS, 3)], typed=True)
    home = Home(tmp_path / "ho'me [x]*")
    assert totals(ingest([folder], home), "vendors") == (3, 3, 0, 0)
    with connect() as connection:
        count = sum(
            len(connection.read_parquet(str(p).replace("[", "[[]").replace("*", "[*]")).fetchall())
            for p in lake_files(home, VENDORS)
        )
    assert count == 3


def test_what_a_path_is_called_never_becomes_a_value(home, tmp_path):
    path = tmp_path / "vendors" / "name=wrong" / "part.parquet"
    path.parent.mkdir(parents=True)
    write_parquet(path, VENDORS, [valid_row(VENDORS, 1)], typed=True)
    ingest([tmp_path], home)
    assert stored(home, "vendors", "name") == [("name_1",)]


def test_files_of_a_folder_that_are_no_data_are_passed_over_and_named(home, tmp_path):
    vendor_lines(tmp_path / "raw/vendors.jsonl", [vendor(1)])
    (tmp_path / "raw/README.md").write_text("hello")
    (tmp_path / "raw/.hidden.csv").write_text("hello")
    (tmp_path / "raw/_SUCCESS").write_text("")
    named = [str(tmp_path / "raw" / name) for name in (".hidden.csv", "README.md")]
    assert list(ingest([tmp_path / "raw"], home).passed_over) == named


def test_a_table_can_be_named_and_a_wrong_one_is_answered_with_the_nearest(home, tmp_path):
    path = vendor_lines(tmp_path / "export.txt", [vendor(1)])
    assert totals(ingest([path], home, table="vendors", format="jsonl"), "vendors") == (1, 1, 0, 0)
    with pytest.raises(UsageError, match="'vendors'"):
        ingest([path], home, table="vendor", format="jsonl")


# The command line


def test_the_command_prints_the_load_alone_and_says_the_rest_beside(home, tmp_path):
    path = vendor_lines(
        tmp_path / "vendors.jsonl", [vendor(1), vendor(2, name="\x1b]0;gotcha\x07", recorded_at="now")]
    )
    done = scaup(home.root, "ingest", path)
    load_id = manifests(home)[0]["load_id"]
    assert done.stdout == f"{load_id}\n"
    assert "scaup quarantine --load" in done.stderr and "scaup build" in done.stderr
    assert load_id in scaup(home.root, "loads").stdout
    shown = scaup(home.root, "quarantine", "--load", load_id[-4:]).stdout
    assert "recorded_at: not a timestamptz" in shown and f"{path}:2" in shown
    assert "\x1b" not in shown and "\\u001b" in shown
    rows = scaup(home.root, "quarantine", "--json").stdout.splitlines()
    assert json.loads(json.loads(rows[0])["raw"])["recorded_at"] == "now"
    again = scaup(home.root, "ingest", path)
    assert again.stdout == "" and "in the lake already" in again.stderr


def test_an_error_is_one_message_without_a_traceback(home, tmp_path):
    done = scaup(home.root, "ingest", tmp_path / "nowhere.csv", expect=1)
    assert done.stderr.count("\n") == 1 and "No such file" in done.stderr
    done = scaup(home.root, "ingest", "--adapter", "mooncak", tmp_path, expect=2)
    assert "Did you mean 'mooncake'" in done.stderr
    assert "Nothing has been loaded" in scaup(home.root, "quarantine", expect=1).stderr


def test_ingest_loads_nothing_heavy(home, tmp_path):
    path = vendor_lines(tmp_path / "vendors.jsonl", [vendor(1)])
    code = (
        "import sys; from pathlib import Path; from scaup.home import Home; from scaup.ingest import ingest; "
        "ingest([sys.argv[1]], Home(Path(sys.argv[2]))); "
        "print(sorted({'pandas', 'numpy', 'dbt', 'great_expectations', 'pyarrow'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, path, home.root], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
