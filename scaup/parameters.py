"""Parameters: what a question declares, turned into the values that are bound.

A value arrives as text from a command line or as a Python value from an investigation. It leaves
with its declared type, inside its declared bounds, or not at all. Times may be relative (`-30d`,
`now`): to the snapshot's `as_of`, never to the wall clock, so that an old snapshot answers as it
did then.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from scaup.errors import UsageError, nearest
from scaup.project import Parameter, Question

UNITS = {"min": "minutes", "h": "hours", "d": "days", "w": "weeks"}
RELATIVE = re.compile(r"([+-])(\d{1,6})(min|h|d|w)", re.ASCII)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
MOMENT = re.compile(
    r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}(:?\d{2})?)?", re.ASCII
)
WHOLE = re.compile(r"[+-]?\d{1,19}", re.ASCII)
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?", re.ASCII | re.IGNORECASE)
TRUTHS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


class MissingParameter(UsageError):
    """A question was asked without a value that it needs."""


class UnknownParameter(UsageError):
    """A value was given that the question does not take."""


class BadValue(UsageError):
    """A value does not have its parameter's type, or is out of bounds."""


def check_names(question: Question, given: Mapping[str, object]) -> None:
    """Raise UnknownParameter or MissingParameter. Needs no snapshot, so it is called before one is opened."""
    names = [parameter.name for parameter in question.parameters]
    for name in given:
        if name not in names:
            takes = f"It takes: {', '.join(names)}." if names else "It takes none."
            raise UnknownParameter(
                f"{question.name} has no parameter {name!r}.{nearest(name, names)} {takes}"
            )
    missing = [found for found in question.parameters if found.required and given.get(found.name) is None]
    if missing:
        needed = " and ".join(
            f"{found.name} ({found.description.strip().rstrip('.') or found.type})" for found in missing
        )
        flags = " ".join(f"{found.flag} …" for found in missing)
        raise MissingParameter(f"{question.name} needs {needed}. Say it with `{question.call} {flags}`.")


def bind(question: Question, given: Mapping[str, object], as_of: datetime) -> dict[str, object]:
    """The value of every parameter of a question, in declared order; None is a NULL of its type.

    A value given as None counts as not given. Raises MissingParameter, UnknownParameter, BadValue.
    """
    check_names(question, given)
    values: dict[str, object] = {}
    for parameter in question.parameters:
        raw = given.get(parameter.name)
        raw = parameter.default if raw is None else raw
        values[parameter.name] = None if raw is None else value_of(parameter, raw, as_of)
    return values


def value_of(parameter: Parameter, raw: object, as_of: datetime) -> object:
    """One value, of the parameter's type and within its bounds. Raises BadValue."""
    if parameter.type.endswith("[]"):
        return _list(parameter, raw, as_of)
    convert = CONVERTERS.get(parameter.type)
    if convert is None:
        raise BadValue(
            f"Parameter {parameter.name} is declared as {parameter.type!r}, which is no parameter type. "
            f"Types: {', '.join(CONVERTERS)}, and lists of them as in varchar[]."
        )
    try:
        value = convert(raw, as_of)
    except (ValueError, OverflowError) as error:
        raise BadValue(f"{parameter.flag} {_shown(raw)} is not {error}.") from error
    _hold_bounds(parameter, value, convert, as_of)
    return value


def _list(parameter: Parameter, raw: object, as_of: datetime) -> list[object]:
    """A list; one plain value counts as a list of one. Bounds are on the number of items."""
    items = [raw] if isinstance(raw, str) or not isinstance(raw, Sequence) else list(raw)
    item = Parameter(
        name=parameter.name,
        type=parameter.type.removesuffix("[]"),
        description=parameter.description,
        values=parameter.values,
    )
    found = [value_of(item, one, as_of) for one in items]
    if parameter.minimum is not None and len(found) < parameter.minimum:
        raise BadValue(f"{parameter.flag} has {len(found)} values; it takes {parameter.minimum:g} or more.")
    if parameter.maximum is not None and len(found) > parameter.maximum:
        raise BadValue(f"{parameter.flag} has {len(found)} values; it takes up to {parameter.maximum:g}.")
    return found


def _hold_bounds(
    parameter: Parameter, value: Any, convert: Callable[[object, datetime], object], as_of: datetime
) -> None:
    if parameter.values and str(value) not in parameter.values:
        raise BadValue(
            f"{parameter.flag} cannot be {_shown(value)}.{nearest(str(value), parameter.values)} "
            f"It is one of: {', '.join(parameter.values)}."
        )
    if isinstance(value, str | bool):
        return
    for bound, word in ((parameter.minimum, "less"), (parameter.maximum, "more")):
        if bound is None:
            continue
        limit: Any = convert(bound, as_of)
        if value < limit if word == "less" else value > limit:
            raise BadValue(f"{parameter.flag} cannot be {word} than {bound}; it is {_shown(value)}.")


def _text(raw: object, as_of: datetime) -> str:
    if not isinstance(raw, str):
        raise ValueError("text")
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:
        raise ValueError("valid Unicode text") from error
    return raw


def _whole(raw: object, as_of: datetime) -> int:
    wanted = "a whole number between -9223372036854775808 and 9223372036854775807"
    if isinstance(raw, float) and raw.is_integer():
        raw = int(raw)
    if isinstance(raw, bool) or not (isinstance(raw, int) or (isinstance(raw, str) and WHOLE.fullmatch(raw))):
        raise ValueError(wanted)
    value = int(raw)
    if not -(2**63) <= value < 2**63:
        raise ValueError(wanted)
    return value


def _number(raw: object, as_of: datetime) -> float:
    if isinstance(raw, bool) or not (
        isinstance(raw, int | float) or (isinstance(raw, str) and NUMBER.fullmatch(raw))
    ):
        raise ValueError("a number")
    value = float(raw)
    if not math.isfinite(value):
        raise ValueError("a finite number")
    return value


def _truth(raw: object, as_of: datetime) -> bool:
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.lower() in TRUTHS:
        return TRUTHS[raw.lower()]
    raise ValueError("true or false")


def _moment(raw: object, as_of: datetime) -> datetime:
    """An instant in UTC: a datetime, a relative time, or ISO text; without a zone it is UTC."""
    wanted = (
        "a time: write -30d, -12h, -90min, -2w, now, 2026-05-01 or 2026-05-01T08:30 (UTC; "
        "relative times count from the snapshot's as_of)"
    )
    try:
        moment = _unzoned(raw, as_of)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(wanted) from error


def _unzoned(raw: object, as_of: datetime) -> datetime:
    if isinstance(raw, datetime):
        return raw
    if isinstance(raw, date):
        return datetime(raw.year, raw.month, raw.day)
    if raw == "now":
        return as_of + timedelta(microseconds=1)  # windows leave out their end, and the last rows count
    if isinstance(raw, str) and (found := RELATIVE.fullmatch(raw)):
        sign, count, unit = found.groups()
        step = timedelta(**{UNITS[unit]: int(count)})
        return as_of - step if sign == "-" else as_of + step
    if isinstance(raw, str) and (DAY.fullmatch(raw) or MOMENT.fullmatch(raw)):
        return datetime.fromisoformat(raw)
    raise ValueError(raw)


def _date(raw: object, as_of: datetime) -> date:
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    return _moment(raw, as_of).date()


def _shown(raw: object) -> str:
    text = raw if isinstance(raw, str) else str(raw)
    return ascii(text if len(text) <= 60 else text[:57] + "…")


CONVERTERS: dict[str, Callable[[object, datetime], object]] = {
    "varchar": _text,
    "bigint": _whole,
    "double": _number,
    "boolean": _truth,
    "date": _date,
    "timestamptz": _moment,
}
