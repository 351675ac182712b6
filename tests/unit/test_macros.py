"""Questions as table macros: the same rows, the same defaults, and no name taken for another."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from scaup.catalogue import QuestionUnfit
from scaup.macros import literal, publish_macros, with_arguments
from scaup.project import Parameter, Question
from scaup.warehouse import connect

AS_OF = datetime(2026, 3, 1, 5, tzinfo=UTC)


@pytest.fixture
def warehouse(tmp_path: Path) -> duckdb.DuckDBPyConnection:
    """A file with one account acting once an hour, ten accounts in all."""
    connection = connect(tmp_path / "warehouse.duckdb")
    connection.execute("create schema features")
    connection.execute(
        "create table features.acts as select 'a' || n as account_id, n, "
        "timestamptz '2026-03-01 00:00:00+00' + to_hours(n) as occurred_at from range(10) as numbers(n)"
    )
    return connection


def question(sql: str, *parameters: Parameter) -> Question:
    return Question("acts", "One row per act.", sql, "", parameters=parameters)


ACTS = question(
    "select account_id, n from warehouse.features.acts "
    "where account_id = $account_id and occurred_at >= $since and occurred_at < $until limit $limit",
    Parameter("since", "timestamptz", "", required=False, default="-3h"),
    Parameter("account_id", "varchar", ""),
    Parameter("until", "timestamptz", "", required=False, default="now"),
    Parameter("limit", "bigint", "", required=False, default=10),
)


def test_an_argument_called_like_a_column_does_not_take_its_place(warehouse):
    publish_macros(warehouse, [ACTS], AS_OF)
    assert warehouse.sql("from ask.acts('a3')").fetchall() == [("a3", 3)]


def test_required_arguments_come_first_and_all_can_be_named(warehouse):
    publish_macros(warehouse, [ACTS], AS_OF)
    rows = warehouse.sql(
        "from ask.acts(account_id := 'a1', since := '2026-03-01', \"limit\" := 1)"
    ).fetchall()
    assert rows == [("a1", 1)]


def test_relative_defaults_count_from_the_snapshots_as_of(warehouse):
    publish_macros(warehouse, [ACTS], AS_OF)
    assert warehouse.sql("from ask.acts('a2')").fetchall() == [("a2", 2)]  # -3h is inside
    assert warehouse.sql("from ask.acts('a1')").fetchall() == []
    assert warehouse.sql("from ask.acts('a5')").fetchall() == [("a5", 5)]  # the last row known counts


def test_a_null_counts_as_not_given_as_on_the_command_line(warehouse):
    publish_macros(warehouse, [ACTS], AS_OF)
    asked = warehouse.sql("from ask.acts('a2', since := null, until := null, \"limit\" := null)")
    assert asked.fetchall() == [("a2", 2)]
    assert warehouse.sql("from ask.acts('a1', since := null)").fetchall() == []
    told = warehouse.sql("explain from ask.acts('a2', since := null)").fetchall()[0][1]
    assert "COALESCE" not in told.upper(), "the default is a constant to whoever plans"


def test_a_macro_answers_from_another_client_that_attached_the_file(warehouse, tmp_path):
    publish_macros(warehouse, [ACTS], AS_OF)
    warehouse.close()
    other = duckdb.connect()
    other.execute(f"attach '{tmp_path / 'warehouse.duckdb'}' (read_only)")
    assert other.sql("from warehouse.ask.acts('a3')").fetchall() == [("a3", 3)]


def test_a_list_and_an_optional_argument_keep_their_types(warehouse):
    few = question(
        "select account_id from warehouse.features.acts "
        "where ($account_ids is null or account_id = any($account_ids)) "
        "and ($n is null or n = $n) order by n",
        Parameter("account_ids", "varchar[]", "", required=False, default=None),
        Parameter("n", "bigint", "", required=False, default=None),
    )
    publish_macros(warehouse, [few], AS_OF)
    assert len(warehouse.sql("from ask.acts()").fetchall()) == 10
    assert warehouse.sql("from ask.acts(['a1', 'a4'])").fetchall() == [("a1",), ("a4",)]
    assert warehouse.sql("from ask.acts(['a1', 'a4'], n := 4)").fetchall() == [("a4",)]


def test_placeholders_are_found_by_tokens_not_by_text():
    sql = "select '$a é' as \"$a\", $a -- $a\n, $ab from t where x = any($ids);"
    given = {"a": ("_0", "bigint"), "ab": ("_1", "varchar"), "ids": ("_2", "varchar[]")}
    assert with_arguments(sql, given) == (
        "select '$a é' as \"$a\", cast(_0 as bigint) -- $a\n, cast(_1 as varchar) "
        "from t where x = any(cast(_2 as varchar[]))"
    )


def test_a_placeholder_that_the_yml_does_not_declare_is_named():
    with pytest.raises(QuestionUnfit, match=r"\$missing"):
        with_arguments("select $missing", {"a": ("_0", "bigint")})


def test_a_question_that_does_not_bind_is_named_by_its_file(warehouse):
    with pytest.raises(QuestionUnfit, match=r"analyses/acts\.sql"):
        publish_macros(warehouse, [question("select no_such_column from warehouse.features.acts")], AS_OF)


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (None, "bigint", [(None, "BIGINT")]),
        (["it's", '"'], "varchar[]", [(["it's", '"'], "VARCHAR[]")]),
        (True, "boolean", [(True, "BOOLEAN")]),
        (0.1, "double", [(0.1, "DOUBLE")]),
        (AS_OF, "timestamptz", [(AS_OF, "TIMESTAMP WITH TIME ZONE")]),
    ],
)
def test_a_literal_is_the_value_of_its_type(value, kind, expected):
    text = literal(value, kind)
    connection = connect()
    connection.execute(f"create table one as from (values ({text})) as one(x)")
    assert connection.execute("select x, typeof(x) from one").fetchall() == expected
