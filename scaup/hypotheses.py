"""Competing hypotheses: the table of evidence by hypothesis, and which of them it contradicts least.

After Heuer, Psychology of Intelligence Analysis (1999), chapter 8: evidence is rated against each
hypothesis, the hypothesis with the least inconsistent evidence is preferred, and evidence that fits all
alike decides nothing.
"""

from __future__ import annotations

import csv
import io
from typing import Any

from scaup.answers import visible
from scaup.errors import UsageError, nearest

WEIGHTS = {"CC": 0, "C": 0, "N": 0, "NA": 0, "I": 1, "II": 2}


def read_table(text: str) -> dict[str, Any]:
    """The table in a CSV text: `evidence`, then one column a hypothesis. Raises UsageError.

    Returns hypotheses, rows, the inconsistency of each hypothesis, and the evidence that decides nothing.
    """
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text)) if any(line)]
    if not lines or len(lines[0]) < 3 or lines[0][0].lower() != "evidence":
        raise UsageError(
            "The table begins with `evidence` and names two hypotheses or more in its first line."
        )
    hypotheses, rows = lines[0][1:], lines[1:]
    if len(set(hypotheses)) < len(hypotheses) or not all(hypotheses):
        raise UsageError("Each hypothesis has a name of its own.")
    if not rows:
        raise UsageError("The table names no evidence.")
    for number, row in enumerate(rows, 2):
        if len(row) != len(hypotheses) + 1:
            raise UsageError(
                f"Line {number} has {len(row)} fields; the first line has {len(hypotheses) + 1}."
            )
        for cell in row[1:]:
            if cell not in WEIGHTS:
                raise UsageError(
                    f"Line {number}: {visible(cell)!r} is no rating.{nearest(cell, WEIGHTS)} "
                    f"It is one of: {', '.join(WEIGHTS)}."
                )
    return {
        "hypotheses": hypotheses,
        "rows": rows,
        "inconsistency": {
            name: sum(WEIGHTS[row[place]] for row in rows) for place, name in enumerate(hypotheses, 1)
        },
        "undiagnostic": [row[0] for row in rows if len(set(row[1:])) == 1],
    }
