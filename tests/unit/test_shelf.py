"""Shelving: by day and in order, however the days lie in the files."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest
from contract_rows import valid_row, write_csv, write_parquet

from scaup import shelf
from scaup.contract import read_contract
from scaup.home import Home
from scaup.ingest import ingest
from scaup.lake import lake_files, manifests
from scaup.warehouse import connect

LOGINS = read_contract().table("logins")
DAYS = 5


def scattered_rows() -> list[dict[str, Any]]:
    """Rows of five days in no order, one sent twice, one contradicting, one that does not fit."""
    rows = []
    for number in range(400):
        place = int(hashlib.sha256(str(number).encode()).hexdigest(), 16)
        moment = f"2026-03-{place % DAYS + 1:02}T{place // 7 % 24:02}:{place // 11 % 60:02}:00Z"
        rows.append(valid_row(LOGINS, number) | {"occurred_at": moment, "account_id": f"a{place % 9}"})
    return [*rows, rows[3], rows[4] | {"country": "XX"}, rows[5] | {"login_id": "z", "outcome": "odd"}]


@pytest.fixture(params=["csv", "parquet"])
def source(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"logins.{request.param}"
    if request.param == "csv":
        write_csv(path, LOGINS, scattered_rows())
    else:
        rows = scattered_rows()
        write_parquet(path, LOGINS, rows, typed=True)
    return path


@pytest.mark.parametrize(
    ("at_once", "rows_of_a_file", "reads", "days_of_files"),
    [
        (15_000_000, 1, 8, [1, 1, 1, 1, 1]),
        (15_000_000, 150, 8, [2, 2, 1]),  # 84, 88, 71, 84 and 73 rows
        (15_000_000, 100_000, 8, [5]),
        (0, 100_000, 1000, [1, 1, 1, 1, 1]),
        (0, 100_000, 0, [1, 1, 1, 1, 1]),
    ],
    ids=["at once", "at once, small days together", "at once, one file", "day by day", "laid out"],
)
def test_each_days_rows_stand_in_one_file_once_by_account_and_time(
    source, tmp_path, monkeypatch, at_once, rows_of_a_file, reads, days_of_files
):
    monkeypatch.setattr(shelf, "MOST_AT_ONCE", at_once)
    monkeypatch.setattr(shelf, "ROWS", rows_of_a_file)
    monkeypatch.setattr(shelf, "MOST_READS", reads)
    home = Home(tmp_path / "home")
    load = ingest([source], home)
    assert list(load.totals["logins"].values()) == [403, 401, 1, 2]
    found = []
    days_by_file = []
    with connect() as connection:
        for path in lake_files(home, LOGINS):
            rows = connection.execute(
                "select account_id, occurred_at, login_id from read_parquet($1, file_row_number = true) "
                "order by file_row_number",
                [str(path)],
            ).fetchall()
            assert rows == sorted(rows)
            days = sorted({f"day={moment:%Y-%m-%d}" for _, moment, _ in rows})
            assert path.parent.name == days[0]
            days_by_file += [days]
            assert path.name == "part-0.parquet"
            found += [login for _, _, login in rows]
    assert sorted(found) == sorted(f"login_id_{number}" for number in range(400))
    assert [day for days in days_by_file for day in days] == [f"day=2026-03-0{day}" for day in range(1, 6)]
    assert [len(days) for days in days_by_file] == days_of_files
    stored = manifests(home)[0]["tables"]["logins"]
    assert stored["stored_rows"] == 400
    assert stored["min_recorded_at"] == "2026-03-01T10:00:00+00:00"


def test_a_table_with_a_column_called_day_keeps_it(tmp_path):
    table = read_contract().table("mcp_calls_daily")
    rows = [valid_row(table, number) | {"day": f"2026-03-0{number + 1}"} for number in range(3)]
    write_csv(tmp_path / "mcp_calls_daily.csv", table, rows)
    home = Home(tmp_path / "home")
    ingest([tmp_path / "mcp_calls_daily.csv"], home)
    with connect() as connection:
        stored = connection.read_parquet([str(path) for path in lake_files(home, table)])
        assert stored.columns == [column.name for column in table.columns]
        assert [f"{day}" for (day,) in stored.project("day").order("day").fetchall()] == [
            "2026-03-01",
            "2026-03-02",
            "2026-03-03",
        ]
