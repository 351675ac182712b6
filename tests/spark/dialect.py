"""Each macro of macros/dialect means one thing: its edge cases, asked of DuckDB and of Spark.

Run by `make test-sail` and `make test-spark`. Every answer is written down here, so that two engines
that err alike are found out as well.
"""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import jinja2
import pytest

from scaup.spark import open_session
from scaup.warehouse import connect

Ask = Callable[[str], list[tuple[Any, ...]]]


class Adapter:
    """dbt's dispatch: the dialect's own macro where there is one, else the default."""

    def __init__(self, dialect: str, macros: dict[str, Any]):
        self.dialect, self.macros = dialect, macros

    def dispatch(self, name: str, package: str) -> Any:
        assert package == "scaup"
        return self.macros.get(f"{self.dialect}__{name}") or self.macros[f"default__{name}"]


def rendered(project: Path, dialect: str, query: str) -> str:
    """A query with the macros of one dialect filled in."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((project / "macros/dialect").glob("*.sql"))]
    # Those in tables.sql and seeds.sql are dbt's own hooks, and read what only dbt has.
    macros: dict[str, Any] = {}
    environment = jinja2.Environment()
    environment.globals.update(adapter=Adapter(dialect, macros), none=None)
    module = environment.from_string("\n".join(texts)).module
    macros |= {name: value for name, value in vars(module).items() if callable(value)}
    environment.globals |= {name: macro for name, macro in macros.items() if "__" not in name}
    return environment.from_string(query).render()


@pytest.fixture(scope="module")
def duckdb_says(project: Path) -> Iterator[Ask]:
    with connect() as connection:
        yield lambda query: connection.execute(rendered(project, "duckdb", query)).fetchall()


@pytest.fixture(scope="module")
def spark_says(project: Path) -> Iterator[Ask]:
    with open_session(sail=importlib.util.find_spec("pysail") is not None) as session:
        session.conf.set("spark.sql.session.timeZone", "UTC")
        yield lambda query: [tuple(row) for row in session.sql(rendered(project, "spark", query)).collect()]


def plain(value: Any) -> Any:
    """A value without what the engines' clients add: zones of times, types of whole numbers and rows."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).replace(tzinfo=None) if value.tzinfo else value
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value


def questions() -> dict[str, str]:
    """The queries of dialect.sql, by the names that stand above them."""
    text = (Path(__file__).parent / "dialect.sql").read_text(encoding="utf-8")
    parts = re.split(r"^-- (\w+)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


ANSWERS: dict[str, list[list[Any]]] = {
    "micros_of_instants_before_and_after_1970": [[1, -1], [2, 1709164800000000], [3, None]],
    "micros_of_a_day": [[86400000000]],
    "days_between_over_a_leap_day_and_back": [[2, -2, None]],
    "midnights_between_are_counted_not_hours": [
        [1, 1, 1],
        [1, 2, 0],
        [2, 1, 0],
        [2, 2, -1],
        [3, 1, None],
        [3, 2, None],
    ],
    "whole_days_need_24_hours_either_way": [[0, 1, 0, -2, None]],
    "clock_seconds_are_cut_before_they_are_counted": [[1, -1, 1]],
    "an_instant_in_words_has_six_places": [["2024-02-29T01:02:03.000000Z", "2024-12-30T23:59:59.000001Z"]],
    "weeks_from_a_day_begin_on_it_before_and_after": [
        [1, date(2024, 3, 5)],
        [2, date(2024, 2, 27)],
        [3, date(2024, 2, 27)],
        [4, date(2024, 2, 20)],
        [5, date(2024, 3, 5)],
        [6, date(2024, 3, 12)],
        [7, None],
    ],
    "each_day_has_both_ends_and_the_leap_day": [[date(2024, 2, 28)], [date(2024, 2, 29)], [date(2024, 3, 1)]],
    "the_last_by_keys_breaks_ties_and_passes_over_nulls": [["q", "r", None]],
    "the_first_by_keys_breaks_ties_and_passes_over_nulls": [["r", "p"]],
    "quantiles_lie_between_values": [[3.0, 7.88, 2, 3]],
    "quantiles_of_nothing_are_null": [[None, None]],
    "distinct_values_of_a_window_leave_nulls_out": [
        ["a", 1, 1],
        ["a", 2, 1],
        ["a", 3, 1],
        ["a", 4, 2],
        ["b", 1, 0],
    ],
    "medians_before_leave_the_row_itself_out": [
        [1, 0, None, None],
        [2, 1, 4.0, 0.0],
        [3, 2, 3.0, 1.0],
        [4, 3, 4.0, 2.0],
        [5, 3, 9.0, 7.0],
        [6, 3, 16.0, 7.0],
    ],
    "sorted_values_are_distinct_and_null_when_there_are_none": [["a", ["x"], [2, 3]], ["b", None, None]],
    "values_by_rank_break_ties_by_themselves": [[["c", "a", "b"]]],
    "the_nth_smallest_is_null_beyond_the_last": [["a", 5], ["b", None], ["c", None]],
    "a_list_without_texts_stands_in_for_none": [["a", ["x"]], ["b", []]],
    "a_value_is_in_a_list_or_not": [[True, False]],
    "each_value_of_a_list_is_a_row": [["a", 1], ["a", 2], ["a", 3], ["b", 1]],
    "places_in_a_list_begin_at_nought": [[0, 1], [1, 2], [2, 3]],
    "from_the_end_is_null_before_the_first": [[3, 1, None]],
    "only_64_hexadecimal_digits_are_a_hash": [[1, True], [2, False], [3, False], [4, False], [5, None]],
    "words_of_a_hash_are_whole_numbers": [
        [[1, 1, 1, 1, 1, 1, 1, 1, 65535, 65535, 65535, 65535, 65535, 65535, 65535, 65535]]
    ],
    "a_words_neighbours_differ_by_one_bit": [
        [1],
        [4],
        [5],
        [7],
        [13],
        [21],
        [37],
        [69],
        [133],
        [261],
        [517],
        [1029],
        [2053],
        [4101],
        [8197],
        [16389],
        [32773],
    ],
    "bits_apart_count_the_first_and_the_last": [[0], [2], [256]],
    "wide_numbers_hold_the_square_of_a_day_in_microseconds": [[14929920000000000000000]],
    "the_day_and_the_hour_of_an_instant_are_those_of_utc": [
        [1, date(2024, 2, 29), datetime(2024, 2, 29, 23)],
        [2, date(2024, 3, 1), datetime(2024, 3, 1)],
        [3, date(1969, 12, 31), datetime(1969, 12, 31, 23)],
        [4, None, None],
    ],
    # Times a million, the third is a little nearer to -252,937 than to the next.
    "halves_are_rounded_away_from_nought_after_the_product": [
        [1, 0.000001, 0.0],
        [2, -0.000001, 0.0],
        [3, -0.252937, -0.253],
        [4, 2.0005, 2.001],
        [5, 1.0005, 1.001],
        [6, 0.0, 0.0],
    ],
}
ASKED = questions()


def test_every_question_has_an_answer():
    assert list(ASKED) == list(ANSWERS)


@pytest.mark.parametrize("name", ASKED)
def test_duckdb_means_what_is_written_down(name: str, duckdb_says: Ask):
    assert plain(duckdb_says(ASKED[name])) == near(ANSWERS[name])


@pytest.mark.parametrize("name", ASKED)
def test_spark_means_what_is_written_down(name: str, spark_says: Ask):
    assert plain(spark_says(ASKED[name])) == near(ANSWERS[name])


def near(answer: list[list[Any]]) -> list[list[Any]]:
    """The answer, with doubles to twelve places."""
    return [
        [pytest.approx(one, abs=1e-12) if isinstance(one, float) else one for one in row] for row in answer
    ]


def test_every_macro_of_the_dialect_is_asked_here(project: Path):
    asked = " ".join(ASKED.values())
    for path in (project / "macros/dialect").glob("*.sql"):
        for line in path.read_text(encoding="utf-8").splitlines():
            name = line.removeprefix("{% macro ").split("(")[0]
            if line.startswith("{% macro ") and "__" not in name and not name.startswith("spark_"):
                assert f"{name}(" in asked or name in SHAPES, f"{path.name}: {name} is asked nowhere"


# What shapes a statement and not a value: the parity of the models that use it says whether it holds. Spark
# makes everything again, so `new_rows` has none there.
SHAPES = {"once", "join_latest_before", "new_rows"}
