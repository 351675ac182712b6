"""The small defects that the suite is held against (tests/mutants.py)."""

from __future__ import annotations

import pytest
import sqlglot
from expansions import ROUNDS, statement_of
from mutants import DIALECT, as_written, mutants
from oracles.model_sql import macros

SQL = """
with few as (
    select account_id, count(distinct device) as devices, sum(tokens) filter (where tokens > 1) as tokens
    from requests left join accounts using (account_id)
    where surface = $surface and coalesce(age, 0) <= 14
    group by all
    qualify row_number() over (partition by account_id, surface order by tokens desc) = 1
)
select account_id, case when devices > 3 then 'many' end as crowd from few order by tokens desc limit 5
"""


def test_a_statement_written_from_kept_parts_is_the_statement_written_anew():
    assert as_written(SQL) == sqlglot.parse_one(SQL, dialect=DIALECT).sql(dialect=DIALECT, comments=False)
    for mutant in mutants(SQL):
        anew = sqlglot.parse_one(mutant.sql, dialect=DIALECT).sql(dialect=DIALECT, comments=False)
        assert mutant.sql == anew, mutant.name


@pytest.mark.parametrize(
    "what",
    [
        "gt became gte", "eq became neq", "the right side of an and forgotten", "14 became 15", "5 became 4",
        "a left join became inner", "a distinct forgotten", "a coalesce forgotten", "sum became max",
        "an aggregate's filter forgotten", "an order turned round", "a column left out of a partition",
        "a case's condition always true", "a qualify forgotten",
    ],
)  # fmt: skip
def test_each_kind_of_defect_is_made_once(what: str):
    found = [mutant for mutant in mutants(SQL) if mutant.what == what]
    assert found
    assert len({mutant.sql for mutant in found}) == len(found)
    assert as_written(SQL) not in {mutant.sql for mutant in found}


def test_a_stand_in_for_null_that_stays_on_its_side_of_the_limit_is_no_defect():
    told = {mutant.what: mutant.same for mutant in mutants("select 1 from t where coalesce(a, 0) <= 0")}
    assert told["0 became -1"] and not told["0 became 1"]


def test_a_group_counts_at_least_one_row():
    for group, same in ((" group by b", True), ("", False)):
        found = mutants(f"select sum(a) - nullif(count(*), 0) from t{group}")  # noqa: S608
        assert {m.what: bool(m.same) for m in found}["0 became -1"] is same


def test_a_step_that_one_macro_writes_many_times_has_its_defects_in_every_round():
    found = {mutant.name: mutant.sql for mutant in mutants(_in_rounds(4))}
    assert len(found) == 7
    assert found["gt became gte: a > 0"].count("a >= 0") == 4
    assert {mutant.sql.count("a >= 0") for mutant in mutants(_in_rounds(2))} == {0, 1}


def test_connected_components_are_tried_once_and_in_few_rounds():
    shown = "with parts as (…) select node from parts where component > 0"
    sql = shown.replace("…", str(macros()["components"]("edges")))
    assert "edges_40" in sql and f"edges_{ROUNDS + 1}" not in as_written(sql)
    assert {mutant.what for mutant in mutants(sql)} <= {
        "gt became gte",
        "a where forgotten",
        "0 became 1",
        "0 became -1",
    }
    assert len(list(mutants(statement_of("components")))) > 20


def _in_rounds(count: int) -> str:
    steps = ["s_0 as (select a from t)"]
    for n in range(count):
        steps.append(f"s_{n + 1} as (select a + 1 as a from s_{n} where a > 0)")  # noqa: S608
    return f"with {', '.join(steps)} select a from s_{count}"  # noqa: S608
