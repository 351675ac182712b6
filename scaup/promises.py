"""What the checks hold a table to: promises read from the raw contract and from the models' yml.

A promise is about one relation, counted by DuckDB and judged by Great Expectations
(`scaup.quality`). Nothing is declared here; the contract and the yml files are the only homes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from scaup.contract import Column, Contract, Table
from scaup.statements import statement
from scaup.warehouse import identifier, quoted


@dataclass(frozen=True)
class Promise:
    """One thing that must hold of one relation.

    `check` is not_null, within, listed, unique, present, columns, impersonal, fires or refers.
    `broken_where` is the condition that a row in breach fulfils, where single rows can be pointed at. A
    promise that is only a `warning` is shown and does not stop a build.
    """

    relation: str
    check: str
    columns: tuple[str, ...]
    sentence: str
    broken_where: str | None = None
    warning: bool = False
    types: Mapping[str, str] = field(default_factory=dict)
    refers_to: tuple[str, str] | None = None

    @property
    def label(self) -> str:
        """A name that is unique within the profile: `requests.input_tokens within`."""
        return f"{self.relation}.{'+'.join(self.columns)} {self.check}"


def conditions(promises: Iterable[Promise]) -> str:
    """A hash of what is asked of each row by itself, and of keys."""
    asked = sorted(
        promise.broken_where or f"unique {promise.columns}"
        for promise in promises
        if promise.broken_where or promise.check == "unique"
    )
    return hashlib.sha256(json.dumps(asked).encode()).hexdigest()


def raw_promises(contract: Contract) -> dict[str, list[Promise]]:
    """The promises of every raw table, by its name."""
    return {table.name: list(_of_table(table)) for table in contract.tables}


def _of_table(table: Table) -> Iterable[Promise]:
    relation = f"raw.{table.name}"
    if table.needed:
        yield Promise(relation, "present", (), f"{relation} has rows: nothing works without it")
    yield _columns(relation, {column.name: column.type for column in table.columns})
    yield _unique(relation, table.identity)
    for column in table.columns:
        yield from _of_column(relation, column)


def _of_column(relation: str, column: Column) -> Iterable[Promise]:
    name = column.name
    if not column.nullable:
        yield _not_null(relation, name)
    if column.minimum is not None or column.maximum is not None:
        yield _within(relation, name, column.minimum, column.maximum)
    if column.values:
        yield _listed(relation, name, column.values)
    if column.references:
        yield Promise(
            relation,
            "refers",
            (name,),
            f"{relation}.{name} names a row of {'.'.join(column.references)}",
            warning=True,  # an optional table may be absent, and the referred row may come later
            refers_to=column.references,
        )


def model_promises(manifest: Mapping[str, Any]) -> dict[str, list[Promise]]:
    """The promises of every published model, by `schema.name`: columns, grain, not null, bounds, lists.

    Read from dbt's manifest: the yml's columns and not-null constraints, and the tests one_row_per,
    not_null, unique, within and accepted_values that stand beside them.
    """
    found: dict[str, list[Promise]] = {}
    for node in manifest["nodes"].values():
        if node["resource_type"] == "model" and node["schema"] != "staging":
            relation = f"{node['schema']}.{node['name']}"
            columns = {column["name"]: column.get("data_type") or "" for column in node["columns"].values()}
            found[relation] = [_columns(relation, columns)]
            for column in node["columns"].values():
                if any(constraint["type"] == "not_null" for constraint in column.get("constraints") or ()):
                    found[relation].append(_not_null(relation, column["name"]))
    for node in manifest["nodes"].values():
        tested = manifest["nodes"].get(node.get("attached_node") or "")
        relation = f"{tested['schema']}.{tested['name']}" if tested else ""
        if node["resource_type"] == "test" and relation in found and node["config"]["where"] is None:
            for promise in _of_test(relation, node["test_metadata"]["name"], node["test_metadata"]["kwargs"]):
                if promise.label not in {other.label for other in found[relation]}:
                    found[relation].append(promise)
    return found


def impersonal(relation: str, types: Mapping[str, str]) -> list[Promise]:
    """That no text of a published table looks like an address or a number of a person.

    `types` are the columns' types as they were built: texts, lists of texts, JSON and structs are looked at.
    """
    columns = [name for name, kind in types.items() if any(text in kind for text in ("VARCHAR", "JSON"))]
    if not columns:
        return []
    sentence = f"{relation} holds no e-mail address, IP address or telephone number"
    return [Promise(relation, "impersonal", (), sentence, statement("personal", columns=columns))]


def _of_test(relation: str, test: str, arguments: Mapping[str, Any]) -> Iterable[Promise]:
    given = {**arguments, **(arguments.get("arguments") or {})}
    column = str(given.get("column_name"))
    if test == "one_row_per":
        yield _unique(relation, given["columns"])
        for name in given["columns"]:
            yield _not_null(relation, name)
    elif test == "not_null":
        yield _not_null(relation, column)
    elif test == "unique":
        yield _unique(relation, (column,))
    elif test == "within":
        yield _within(relation, column, given.get("minimum"), given.get("maximum"))
    elif test == "accepted_values":
        yield _listed(relation, column, [str(value) for value in given["values"]])


def _columns(relation: str, types: Mapping[str, str]) -> Promise:
    """These columns and no other, each of its type where one is declared."""
    sentence = f"{relation} has the {len(types)} columns that are declared for it, and no other"
    return Promise(relation, "columns", tuple(types), sentence, types=types)


def _not_null(relation: str, column: str) -> Promise:
    sentence = f"{relation}.{column} is never null"
    return Promise(relation, "not_null", (column,), sentence, f"{identifier(column)} is null")


def _unique(relation: str, columns: Sequence[str]) -> Promise:
    return Promise(relation, "unique", tuple(columns), f"{relation} has one row per {', '.join(columns)}")


def _within(relation: str, column: str, minimum: Any, maximum: Any) -> Promise:
    name = identifier(column)
    bounds = [f"{name} < {minimum}"] if minimum is not None else []
    # Not-a-number sorts above everything, so only a promise without an upper bound would miss it.
    bounds += [f"{name} > {maximum}"] if maximum is not None else [f"{name} = 'nan'::double"]
    words = [f"at least {minimum}"] if minimum is not None else []
    words += [f"at most {maximum}"] if maximum is not None else []
    sentence = f"{relation}.{column} is {' and '.join(words)}"
    return Promise(relation, "within", (column,), sentence, " or ".join(bounds))


def _listed(relation: str, column: str, values: Sequence[str]) -> Promise:
    known = ", ".join(quoted(value) for value in values)
    return Promise(
        relation,
        "listed",
        (column,),
        f"{relation}.{column} is one of {', '.join(values)}",
        f"{identifier(column)}::varchar not in ({known})",
    )
