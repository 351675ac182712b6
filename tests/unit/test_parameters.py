"""Declared types to values: typed, bounded, relative to the snapshot's clock, or refused."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from scaup.parameters import BadValue, MissingParameter, UnknownParameter, bind, value_of
from scaup.project import Parameter, Question

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)


def parameter(kind: str, **more: Any) -> Parameter:
    return Parameter(name="some_value", type=kind, description="A value.", **more)


def question(*parameters: Parameter) -> Question:
    return Question(name="rows", description="Rows.", sql="select 1", sha256="0", parameters=parameters)


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        ("varchar", "", ""),
        ("varchar", "' or 1=1 --", "' or 1=1 --"),
        ("varchar[]", ["a", "b"], ["a", "b"]),
        ("varchar[]", "a", ["a"]),
        ("varchar[]", (), []),
        ("bigint", "-12", -12),
        ("bigint", 9223372036854775807, 9223372036854775807),
        ("bigint", 3.0, 3),
        ("double", "1e3", 1000.0),
        ("double", ".5", 0.5),
        ("boolean", "TRUE", True),
        ("boolean", "no", False),
        ("date", "2026-05-04", date(2026, 5, 4)),
        ("date", "-1d", date(2026, 5, 31)),
        ("timestamptz", "now", AS_OF + timedelta(microseconds=1)),
        ("timestamptz", "-30d", AS_OF - timedelta(days=30)),
        ("timestamptz", "-12h", AS_OF - timedelta(hours=12)),
        ("timestamptz", "-90min", AS_OF - timedelta(minutes=90)),
        ("timestamptz", "+2w", AS_OF + timedelta(weeks=2)),
        ("timestamptz", "2026-05-01", datetime(2026, 5, 1, tzinfo=UTC)),
        ("timestamptz", "2026-05-01T08:30", datetime(2026, 5, 1, 8, 30, tzinfo=UTC)),
        ("timestamptz", "2026-05-01 08:30:00+02:00", datetime(2026, 5, 1, 6, 30, tzinfo=UTC)),
        ("timestamptz", "2026-05-01T08:30Z", datetime(2026, 5, 1, 8, 30, tzinfo=UTC)),
        ("timestamptz", date(2026, 5, 1), datetime(2026, 5, 1, tzinfo=UTC)),
    ],
)
def test_a_value_takes_its_declared_type(kind: str, raw: object, value: object) -> None:
    found = value_of(parameter(kind), raw, AS_OF)
    assert found == value and type(found) is type(value)


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        ("varchar", 5),
        ("varchar", "\ud800"),
        ("bigint", "1.5"),
        ("bigint", "1_000"),
        ("bigint", "٣"),
        ("bigint", ""),
        ("bigint", True),
        ("bigint", "9223372036854775808"),
        ("double", "nan"),
        ("double", "1e999"),
        ("double", "1,5"),
        ("boolean", "perhaps"),
        ("date", "2026-02-30"),
        ("timestamptz", "30d"),
        ("timestamptz", "-30"),
        ("timestamptz", "-1m"),
        ("timestamptz", "-999999w"),
        ("timestamptz", "yesterday"),
        ("timestamptz", "2026-13-01"),
        ("timestamptz", "20260501"),
        ("timestamptz", "0001-01-01T00:00+14:00"),
        ("timestamptz", "now\n"),
        ("timestamptz", "-30d; drop table x"),
        ("interval", "1 day"),
    ],
)
def test_what_is_not_of_the_type_is_refused(kind: str, raw: object) -> None:
    with pytest.raises(BadValue, match=r"some.value"):
        value_of(parameter(kind), raw, AS_OF)


def test_bounds_are_inclusive() -> None:
    bounded = parameter("bigint", minimum=1, maximum=10)
    assert [value_of(bounded, raw, AS_OF) for raw in ("1", "10")] == [1, 10]
    for raw in ("0", "11"):
        with pytest.raises(BadValue, match="cannot be"):
            value_of(bounded, raw, AS_OF)


def test_a_list_is_bounded_by_its_length() -> None:
    bounded = parameter("varchar[]", minimum=1, maximum=2)
    assert value_of(bounded, ["a", "b"], AS_OF) == ["a", "b"]
    for raw in ([], ["a", "b", "c"]):
        with pytest.raises(BadValue, match="it takes"):
            value_of(bounded, raw, AS_OF)


def test_a_closed_list_names_the_nearest_value() -> None:
    with pytest.raises(BadValue, match="Did you mean 'chat'"):
        value_of(parameter("varchar", values=("chat", "api")), "chatt", AS_OF)


def test_a_control_character_in_a_refused_value_is_shown_not_sent() -> None:
    with pytest.raises(BadValue) as caught:
        value_of(parameter("bigint"), "\x1b[2J", AS_OF)
    assert "\x1b" not in str(caught.value)


def test_a_missing_parameter_is_named_with_the_flag_that_gives_it() -> None:
    needed = question(parameter("varchar"))
    with pytest.raises(MissingParameter, match="--some-value"):
        bind(needed, {}, AS_OF)


def test_a_surplus_parameter_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownParameter, match="Did you mean 'some_value'"):
        bind(question(parameter("varchar")), {"some_valu": "x"}, AS_OF)


def test_every_parameter_is_bound_and_optional_ones_to_null() -> None:
    asked = question(
        parameter("varchar", required=False),
        Parameter("since", "timestamptz", "Start.", required=False, default="-1d"),
    )
    assert bind(asked, {}, AS_OF) == {"some_value": None, "since": AS_OF - timedelta(days=1)}
    assert bind(asked, {"some_value": None}, AS_OF)["some_value"] is None
