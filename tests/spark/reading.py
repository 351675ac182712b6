"""Signals and marts on DuckDB, from what Spark wrote, beside those of a build that DuckDB did alone.

Two whole builds of world s.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from columns import differences, key_of
from door import scaup

from scaup.home import Home
from scaup.warehouse import connect, open_snapshot, quoted


def test_signals_and_marts_are_the_same_from_what_spark_wrote(
    built_home: Home, built_on_spark: Path, lake_home: Home, dbt_manifest: Mapping[str, Any]
):
    said = scaup(lake_home.root, "build", "--heavy-end", built_on_spark).stderr
    assert "tables that Spark built." in said and "of other rows or models" not in said, said
    with connect() as connection:
        for name, home in (("duck", built_home), ("spark", lake_home)):
            warehouse = quoted(str(open_snapshot(home).warehouse))
            connection.execute(f"attach {warehouse} as {name} (read_only)")
        tables = connection.execute(
            "select schema_name || '.' || table_name from duckdb_tables() where database_name = 'duck' "
            "and schema_name not in ('ask', 'seeds') order by all"
        ).fetchall()
        assert len(tables) > 100
        compared = 0
        for (name,) in tables:
            described = connection.execute(f"describe duck.{name}").fetchall()
            assert described == connection.execute(f"describe spark.{name}").fetchall(), name
            types = {row[0]: row[1] for row in described}
            _, counts = differences(connection, name, f"spark.{name}", types, key_of(dbt_manifest, name))
            assert not {column: count for column, count in counts.items() if count}, name
            compared += len(counts)
    print(f"{len(tables)} tables, {compared} columns of both builds are the same")
