"""The golden reports: one investigation over a snapshot made by hand, in every format, kept byte for byte.

Every kind of exhibit and chart, a judgment and a table of competing hypotheses are in it, so a change of
template, style, script, chart or wording shows as a difference. When the change was meant, renew and read
the difference before committing it:

    python tests/end_to_end/golden_report.py && git diff --stat tests/end_to_end/golden

The snapshot is tests/tiny_snapshot.py's, not a world's: models may change without touching these files.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from tiny_snapshot import tiny_snapshot

from scaup.investigations import argue, read_investigation
from scaup.reports import FORMATS

FOLDER = Path(__file__).parent / "golden"
SUFFIXES = {"html": ".html", "markdown": ".md", "json": ".json"}
NOTES = [
    "a plain note",
    "=1+1",
    "<script>alert(1)</script>",
    "a\x1b[31mb\u202ec",
    "Zoë 東京 🦆 **b** | [x](y)",
]
SOURCE = """\
---
title: A golden report
question: Does the page still say what it said?
harm_type: none
subject: account_id
parameters:
  account_id: {type: varchar, entity: account, description: The account.}
  since: {type: timestamptz, default: -28d, description: From when on.}
  until: {type: timestamptz, default: now, description: Until when.}
---

## What did {{ account_id }} do?

{% set days = ask("account_activity") %}
{{ figures(days, ["Requests on day 1", "request_count", "of " ~ days.count ~ " days"], title="In short") }}
{{ chart("line", days, x="activity_date", y="request_count", title="By day") }}
{{ chart("bar", days, x="activity_date", y="request_count", title="The same as bars") }}
{{ chart("timeline", days, x="activity_date", y="request_count", title="As events") }}
{{ chart("waterfall", days, x="activity_date", y="refused_share", title="As steps", rows=4) }}
{{ chart("intervals", days, x="refused_share", y="activity_date", title="As intervals", rows=4) }}
{{ chart("control", days, x="activity_date", y="request_count", high="request_count", title="Limits") }}
{{ chart("heatmap", days, x="activity_date", y="request_count", value="refused_share", title="As a map") }}
{{ chart("distribution", days, x="request_count", y="request_count", mark=100, title="Where 100 stands") }}
{{ days.table("activity_date", "request_count", "refused_share", title="Days", rows=-5) }}

## What was noted?

{% set notes = ask("account_notes") %}
{{ notes }}
{{ chart("graph", notes, x="account_id", y="note", subject=account_id, title="Who has which note") }}
{% for row in notes.rows %}
- {{ row.note }}
{% endfor %}
{{ ask("account_picks", account_ids=["nobody"]).nothing }}

## Benign explanations

- A test.

## What would change our mind?

- Another golden file.
"""
JUDGMENTS = """\
```judgment
statement: This page is the one that was looked at.
likelihood: almost certain
confidence: high
basis: [exhibit 1 (A1), source 2 (B2), "The reviewer's word (C3)"]
because: It is the same to the byte.
assumptions: [Nobody renewed it unread.]
alternatives: [The font of a browser changed.]
would_change: A difference.
```

```ach
evidence,grade,credibility,relevance,Changed,Unchanged (benign)
Bytes are equal,A1,high,high,II,CC
The <b>style</b> moved,B3,low,medium,C,I
```
"""


def rendered(folder: Path) -> dict[str, bytes]:
    """The report in every format, by file name."""
    path = folder / "golden.md"
    path.write_text(SOURCE, encoding="utf-8")
    snapshot = tiny_snapshot(folder / "home", notes=NOTES)
    report = argue(
        read_investigation(path), {"account_id": "acc_1"}, snapshot, purpose="golden", judgments=JUDGMENTS
    )
    return {f"report{SUFFIXES[name]}": write(report).encode() for name, write in FORMATS.items()}


def main() -> None:
    """Renew the golden files."""
    with tempfile.TemporaryDirectory() as folder:
        for name, content in rendered(Path(folder)).items():
            (FOLDER / name).write_bytes(content)


if __name__ == "__main__":
    main()
