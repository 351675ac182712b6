"""The compiled project as a reader sees it: questions, signals and models, frozen.

Read from the `catalogue.json` beside a snapshot, so that reading needs neither dbt nor YAML.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scaup.errors import MissingInput, UsageError, nearest


class UnknownQuestion(UsageError):
    """No file in analyses/ has this name."""


class UnknownSignal(UsageError):
    """No model in models/marts/signals/ has this name."""


@dataclass(frozen=True)
class Column:
    """A column that a question or model offers. `privacy` is its class, P0 to P4; empty = not classed."""

    name: str
    type: str
    description: str
    privacy: str = ""


@dataclass(frozen=True)
class Parameter:
    """A question's parameter. `default` None with `required` false = optional, bound as a typed NULL.

    `minimum` and `maximum` are inclusive; of a list they bound the number of items. `entity` is what
    the value names (account, cluster, …), where it names something. `privacy` is the value's class.
    """

    name: str
    type: str
    description: str
    required: bool = True
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    values: tuple[str, ...] = ()
    entity: str | None = None
    privacy: str = ""

    def __post_init__(self) -> None:
        """A default that is a list is kept as a tuple: what is looked up by a question has to be hashable."""
        if isinstance(self.default, list):
            object.__setattr__(self, "default", tuple(self.default))

    @property
    def flag(self) -> str:
        """The option on the command line: `account_id` is `--account-id`."""
        return "--" + self.name.replace("_", "-")


@dataclass(frozen=True)
class Question:
    """One question: what it asks, what its rows are, and its compiled SQL with `$name` placeholders.

    `version` counts up when its meaning changes. `relations` are the tables it reads; `inputs` the raw
    tables these come from, so that an empty answer can say whether there was anything to look at. `empty`
    is what no rows mean.
    """

    name: str
    description: str
    sql: str
    sha256: str
    question: str = ""
    rows: str = ""
    empty: str = ""
    parameters: tuple[Parameter, ...] = ()
    columns: tuple[Column, ...] = ()
    caveats: tuple[str, ...] = ()
    relations: tuple[str, ...] = ()
    inputs: tuple[str, ...] = ()
    version: int = 1

    @property
    def call(self) -> str:
        """The command that asks it, before its parameters."""
        return f"scaup ask {self.name}"

    @property
    def line(self) -> str:
        """The question in one line, for lists."""
        return self.question or self.description.strip().split("\n")[0]

    def parameter(self, name: str) -> Parameter | None:
        """The parameter of that name, or None."""
        return next((found for found in self.parameters if found.name == name), None)


@dataclass(frozen=True)
class Signal:
    """One signal and what its .yml says of it (policy, typology, look-alikes, owner, next step)."""

    name: str
    description: str = ""
    meta: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Model:
    """One table of the snapshot."""

    name: str
    schema: str
    description: str
    columns: tuple[Column, ...] = ()


@dataclass(frozen=True)
class Catalogue:
    """All that one snapshot offers, by name."""

    questions: Mapping[str, Question]
    signals: Mapping[str, Signal]
    models: Mapping[str, Model]

    def question(self, name: str) -> Question:
        """The question of that name. Raises UnknownQuestion with the nearest one."""
        if found := self.questions.get(name):
            return found
        raise UnknownQuestion(
            f"No question named {name!r}.{nearest(name, self.questions)} "
            f"`scaup questions` lists all {len(self.questions)}."
        )

    def signal(self, name: str) -> Signal:
        """The signal of that name. Raises UnknownSignal with the nearest one."""
        if found := self.signals.get(name):
            return found
        raise UnknownSignal(f"No signal named {name!r}.{nearest(name, self.signals)}")


def read_catalogue(path: Path) -> Catalogue:
    """Read a snapshot's catalogue.json. Raises MissingInput when it is not there."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise MissingInput(f"{path} is missing: the snapshot is not whole. Build it again.") from error
    return Catalogue(
        questions={item["name"]: question_of(item) for item in raw.get("questions", ())},
        signals={item["name"]: _signal(item) for item in raw.get("signals", ())},
        models={item["name"]: _model(item) for item in raw.get("models", ())},
    )


def question_of(raw: Mapping[str, Any]) -> Question:
    """A question as catalogue.json tells it."""
    return Question(
        name=raw["name"],
        description=raw.get("description") or "",
        sql=raw["sql"],
        sha256=raw["sha256"],
        question=raw.get("question") or "",
        rows=raw.get("rows") or "",
        empty=raw.get("empty") or "",
        parameters=tuple(_parameter(item) for item in raw.get("parameters") or ()),
        columns=_columns(raw),
        caveats=tuple(raw.get("caveats") or ()),
        relations=tuple(raw.get("relations") or ()),
        inputs=tuple(raw.get("inputs") or ()),
        version=int(raw.get("version") or 1),
    )


def _parameter(raw: Mapping[str, Any]) -> Parameter:
    return Parameter(
        name=raw["name"],
        type=raw["type"],
        description=raw.get("description") or "",
        required=raw.get("required", "default" not in raw),
        default=raw.get("default"),
        minimum=raw.get("minimum"),
        maximum=raw.get("maximum"),
        values=tuple(str(value) for value in raw.get("values") or ()),
        entity=raw.get("entity"),
        privacy=raw.get("privacy") or "",
    )


def _columns(raw: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(
        Column(
            item["name"],
            item.get("type") or "",
            item.get("description") or "",
            item.get("privacy") or "",
        )
        for item in raw.get("columns") or ()
    )


def _signal(raw: Mapping[str, Any]) -> Signal:
    meta = {key: value for key, value in raw.items() if key not in ("name", "description")}
    return Signal(raw["name"], raw.get("description") or "", meta)


def _model(raw: Mapping[str, Any]) -> Model:
    return Model(raw["name"], raw.get("schema") or "", raw.get("description") or "", _columns(raw))
