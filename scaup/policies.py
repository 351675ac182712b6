"""Policies and actions as the seeds say them: which clause stood when, and what it asks of a decision."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from scaup.errors import MissingInput, UsageError, nearest
from scaup.home import find_project


@dataclass(frozen=True)
class Action:
    """What can be done about a subject. A terminal one takes something away for good, or tells outsiders."""

    id: str
    name: str
    is_terminal: bool


@dataclass(frozen=True)
class Clause:
    """A policy in one version. `valid_to` is the first day on which it no longer stands."""

    id: str
    version: int
    name: str
    severity: str
    needs_second_review: bool
    valid_from: date
    valid_to: date | None

    def stands(self, day: date) -> bool:
        """Whether this version is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True)
class Policies:
    """All clauses in all versions, and all actions."""

    clauses: tuple[Clause, ...]
    actions: Mapping[str, Action]

    def action(self, name: str) -> Action:
        """The action of that id. Raises UsageError with the nearest one."""
        if found := self.actions.get(name):
            return found
        raise UsageError(
            f"No action {name!r}.{nearest(name, self.actions)} There are: {', '.join(self.actions)}."
        )

    def known(self, name: str) -> str:
        """The name, if there is such a policy. Raises UsageError with the nearest one."""
        names = sorted({clause.id for clause in self.clauses})
        if name in names:
            return name
        raise UsageError(f"No policy {name!r}.{nearest(name, names)} There are: {', '.join(names)}.")

    def clause(self, name: str, version: int | None, day: date | None = None) -> Clause:
        """The clause in that version; without one, the version in force (today by default).

        Raises UsageError when there is no such clause or version, or when it is not in force.
        """
        today = day or datetime.now(UTC).date()
        versions = [clause for clause in self.clauses if clause.id == self.known(name)]
        standing = [clause for clause in versions if clause.stands(today)]
        told = ", ".join(str(clause.version) for clause in standing) or "none"
        if version is None:
            raise UsageError(f"Say the version of {name} that was applied (--version). In force: {told}.")
        for clause in versions:
            if clause.version == version:
                if clause not in standing:
                    raise UsageError(f"{name} in version {version} is not in force. In force: {told}.")
                return clause
        raise UsageError(f"{name} has no version {version}. In force: {told}.")


def read_policies(project: Path | None = None) -> Policies:
    """Read the seeds of a checkout. Raises MissingInput when they are not there."""
    folder = (project or find_project()) / "seeds"
    clauses = tuple(
        Clause(
            id=row["policy_id"],
            version=int(row["version"]),
            name=row["name"],
            severity=row["severity"],
            needs_second_review=row["needs_second_review"] == "true",
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
        )
        for row in _rows(folder / "policies.csv")
    )
    actions = {
        row["action_type"]: Action(row["action_type"], row["name"], row["needs_full_record"] == "true")
        for row in _rows(folder / "action_types.csv")
    }
    return Policies(clauses, actions)


def _rows(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError as error:
        raise MissingInput(f"{path} is missing: the seeds say what policies there are.") from error
