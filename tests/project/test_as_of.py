"""What was known at a time is a matter of the sources alone: no mart has another way to know more or less.

`benchmarks/bench_as_of.py` builds a whole world both ways and compares every relation; this holds, in
seconds, the two facts from which that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

from scaup.contract import read_contract
from scaup.home import Home
from scaup.warehouse import connect, quoted

MOMENT = "2026-05-10T00:00:00+00:00"
CLOCKS = re.compile(r"\b(now|today|random|uuid|get_current_\w+)\s*\(|\bcurrent_(date|timestamp|time)\b")
# Every table of which a made world sends late or corrected rows.
RECORDS = ("user_reports", "appeals", "notice_targets", "prevalence_samples")


@pytest.fixture(scope="module")
def lake() -> Iterator[duckdb.DuckDBPyConnection]:
    with connect(threads=1) as connection:
        yield connection


def relation(project: Path, home: Home, table: str, moment: str) -> str:
    """The relation that dbt reads for a raw table, as `_sources.yml` says it."""
    (source,) = yaml.safe_load((project / "models/staging/_sources.yml").read_text())["sources"]
    given = {"SCAUP_LAKE": str(home.root / "lake"), "SCAUP_AS_OF": moment}
    location = jinja2.Template(source["config"]["meta"]["external_location"]).render(
        env_var=lambda name, default="": given.get(name, default)
    )
    return location.replace("{name}", table)


def test_every_source_is_cut_at_the_moment_and_nothing_else_is(
    project: Path, built_home: Home, lake: duckdb.DuckDBPyConnection
):
    is_early = f"recorded_at < timestamptz '{MOMENT}'"
    known = cut = 0
    for table in read_contract(project).tables:
        whole, then = (relation(project, built_home, table.name, moment) for moment in ("", MOMENT))
        assert " ".join(then.split()) == " ".join(f"{whole.rstrip()[:-1]} where {is_early})".split())
        if table.partition is None:  # the others have a file for each day, and are cut by the same words
            counts = f"select count(*), count(*) filter (where {is_early}) from"
            ((all_rows, early),) = lake.execute(f"{counts} {whole}").fetchall()
            assert lake.execute(f"{counts} {then}").fetchall() == [(early, early)], table.name
            known, cut = known + all_rows, cut + all_rows - early
    assert 0 < cut < known


@pytest.mark.parametrize("table", RECORDS)
def test_a_record_that_was_corrected_later_stands_as_it_was(
    project: Path, built_home: Home, lake: duckdb.DuckDBPyConnection, table: str
):
    contract = read_contract(project).table(table)
    text = (project / f"models/staging/stg_{table}.sql").read_text()
    keys = ", ".join(contract.key)
    told = {
        moment: lake.execute(
            jinja2.Template(text).render(
                source=lambda _, name, moment=moment: relation(project, built_home, name, moment),
                latest_records=lambda relation, names: (
                    f"(from {relation} qualify row_number() over (partition by {', '.join(names)} "
                    "order by recorded_at desc, source_system desc) = 1)"
                ),
            )
        ).fetchall()
        for moment in ("", MOMENT)
    }
    every = relation(project, built_home, table, "")
    changed = lake.execute(
        f"select count(*) from (select {keys} from {every} group by all "  # noqa: S608
        f"having min(recorded_at) < {quoted(MOMENT)}::timestamptz "
        f"and max(recorded_at) >= {quoted(MOMENT)}::timestamptz)"
    ).fetchall()[0][0]
    # What differs is what was corrected since; what is new since is in one of them alone.
    places = [place for place, column in enumerate(contract.columns) if column.name in contract.key]
    then, now = (
        {tuple(row[place] for place in places): row for row in rows} for rows in (told[MOMENT], told[""])
    )
    assert changed > 0, "this world corrects none of these: choose another table"
    assert sum(then[key] != now[key] for key in then) == changed
    assert then.keys() < now.keys()


def test_no_model_reads_a_clock_or_a_die_of_its_own(dbt_manifest: Mapping[str, Any]):
    for node in dbt_manifest["nodes"].values():
        if node["resource_type"] == "model":
            text = re.sub(r"--.*", "", re.sub(r"{#.*?#}", "", node["raw_code"], flags=re.DOTALL))
            found = CLOCKS.search(text.lower())
            assert found is None, (
                f"{node['original_file_path']}: {found and found[0]}; read int_snapshot_clock"
            )
