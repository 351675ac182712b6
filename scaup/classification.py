"""Privacy classes of the columns that questions show, for the published catalogue.

The raw contract classes raw columns; the seed `column_privacy` those that questions make. A name that
neither knows has no class, and what has no class leaves the house in no disclosure.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from scaup.contract import Contract, read_contract


@dataclass(frozen=True)
class Classification:
    """`named` and `patterns` come from the seed, `raw` from the contract (the strictest of a name)."""

    named: Mapping[str, str]
    raw: Mapping[str, str]
    patterns: Mapping[str, str]

    def of(self, column: str) -> str:
        """The class of a column of that name; empty when nothing says one."""
        if found := self.named.get(column) or self.raw.get(column):
            return found
        fitting = (privacy for pattern, privacy in self.patterns.items() if fnmatchcase(column, pattern))
        return max(fitting, default="")


def read_classification(project: Path, contract: Contract | None = None) -> Classification:
    """Read the seed and the contract of a checkout."""
    path = project / "seeds" / "column_privacy.csv"
    rows: list[dict[str, str]] = []
    if path.is_file():
        with path.open(encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if not row["valid_to"]]
    raw: dict[str, str] = {}
    for table in (contract or read_contract(project)).tables:
        for column in table.columns:
            raw[column.name] = max(raw.get(column.name, ""), column.privacy)
    told = {row["pattern"]: row["privacy"] for row in rows}
    return Classification(
        named={name: privacy for name, privacy in told.items() if "*" not in name},
        raw=raw,
        patterns={name: privacy for name, privacy in told.items() if "*" in name},
    )
