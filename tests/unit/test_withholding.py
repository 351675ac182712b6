"""Tables of groups that leave: no small count is in them, none can be worked out, and the report says so."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Hashable
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from small_cells import recovered
from tiny_snapshot import publish_tiny

from scaup.answers import Answer
from scaup.disclosure import Pseudonyms, Veil
from scaup.errors import MissingInput, UsageError
from scaup.investigations import argue, read_investigation
from scaup.project import Column, Parameter, Question
from scaup.reports import to_html, to_markdown
from scaup.suppression import Table
from scaup.veiling import veiled_report
from scaup.warehouse import open_snapshot
from scaup.withholding import SmallCells, read_small_cells, withhold

AS_OF = datetime(2026, 6, 1, tzinfo=UTC)
DAY = date(2026, 11, 22)
RULES = SmallCells({"*_count": 11}, ("bin",))
TYPES = {"surface": "VARCHAR", "policy": "VARCHAR", "bin": "BIGINT", "share": "DOUBLE", "at": "TIMESTAMP"}


def _answer(columns: str, *rows: tuple[object, ...]) -> Answer:
    names = tuple(columns.split())
    types = tuple(TYPES.get(name, "HUGEINT") for name in names)
    return Answer("q", names, types, rows, "0" * 64, {}, "s", AS_OF, 0.0)


def test_a_row_with_a_small_count_keeps_its_key_and_its_zeros_and_takes_another_row_with_it():
    table = _answer(
        "surface account_count banned_count share at bin",
        ("chat", 500, 40, 0.08, AS_OF, 1),
        ("api", 60, 30, 0.5, AS_OF, 2),
        ("mobile", 20, 3, 0.15, AS_OF, 3),
        ("other", 900, 0, 0.0, AS_OF, 4),
    )
    done = withhold(table, RULES)
    assert done.answer.rows == (
        ("api", None, None, None, None, 2),
        ("chat", 500, 40, 0.08, AS_OF, 1),
        ("mobile", None, None, None, None, 3),
        ("other", 900, 0, 0.0, AS_OF, 4),
    )
    assert done.numbers == {"account_count": 2, "banned_count": 2, "share": 2, "at": 2}
    assert done.answer.withheld == 8 and 3 in done.values and 20 in done.values


@pytest.mark.parametrize(("least", "is_shown"), [(10, False), (11, True), (0, True)])
def test_a_count_is_shown_from_the_threshold_on(least: int, is_shown: bool):
    table = _answer("surface account_count", ("chat", 5000), ("api", 70), ("mobile", least))
    done = withhold(table, RULES)
    assert (done.answer.withheld == 0) == is_shown
    assert (("mobile", least) in done.answer.rows) == is_shown


@pytest.mark.parametrize(
    "table",
    [
        _answer("share account_count", (0.5, 4000), (0.5, 3)),
        _answer(
            "surface policy bin account_count",
            *((s, p, b, 4000) for s in "ab" for p in "cd" for b in (1, 2)),
            ("e", "f", 3, 1),
        ),
        _answer("surface account_count", ("chat", 3)),
    ],
    ids=["no key", "three keys", "one row"],
)
def test_of_a_table_that_cannot_be_judged_cell_by_cell_every_count_goes(table: Answer):
    done = withhold(table, RULES)
    place = table.columns.index("account_count")
    assert [row[place] for row in done.answer.rows] == [None] * table.row_count


def test_an_attacker_who_knows_all_totals_works_out_nothing():
    """The published cells, and beside them all totals that are not small: as if from other tables."""
    chance = random.Random(20261122)
    small = bare = 0
    for _ in range(60):
        rows, columns = chance.randint(1, 6), chance.randint(1, 6)
        counts: dict[tuple[Hashable, Hashable], int] = {
            (f"r{row}", f"c{column}"): chance.choice(
                (0, chance.randint(1, 10), *[chance.randint(11, 400)] * 5)
            )
            for row in range(rows)
            for column in range(columns)
        }
        named = [(str(row), str(column), count) for (row, column), count in counts.items()]
        by_pair = withhold(_answer("surface policy account_count", *named), RULES).answer.rows
        cells = {(row, column): value for row, column, value in by_pair}
        totals: dict[str, dict[str, int]] = {"row": defaultdict(int), "column": defaultdict(int)}
        for row, column, count in named:
            totals["row"][row] += count
            totals["column"][column] += count
        known = {
            side: {name: None if 0 < total < 11 else total for name, total in sums.items()}
            for side, sums in totals.items()
        }
        is_list = 1 in (len(totals["row"]), len(totals["column"]))
        whole = sum(counts.values())
        table = Table(
            rows=tuple(totals["row"]),
            columns=tuple(totals["column"]),
            cells=cells,  # type: ignore[arg-type]
            row_totals={} if is_list else known["row"],
            column_totals={} if is_list else known["column"],
            total=None if 0 < whole < 11 else whole,
            threshold=11,
            primary=0,
            complementary=0,
        )
        is_bare = not any(cells.values())  # then it adds nothing to the totals
        broken = recovered(counts, table)
        assert is_bare or broken == [], counts
        small += 0 if is_bare else sum(0 < count < 11 for count in counts.values())
        bare += is_bare
    assert small > 50 and bare < 30, (small, bare)


def test_the_order_of_the_rows_tells_no_size():
    rows = [(f"s{place:02d}", 100 - place) for place in range(20)] + [("s99", 3)]
    done = withhold(_answer("surface account_count", *rows), RULES)
    assert [row[0] for row in done.answer.rows] == sorted(row[0] for row in rows)


def _asked(privacy: str, parameters: tuple[Parameter, ...] = (), **bound: object) -> tuple[Question, Answer]:
    columns = (Column("surface", "", "", privacy), Column("account_count", "", "", "P1"))
    question = Question("q", "", "select 1", "0" * 64, columns=columns, parameters=parameters)
    answer = Answer(
        "q", ("surface", "account_count"), ("VARCHAR", "BIGINT"), (("chat", 3), ("api", 400)),
        "0" * 64, bound, "s", AS_OF, 0.0,
    )  # fmt: skip
    return question, answer


def test_what_is_evidence_about_a_subject_stays_and_a_statistic_goes():
    veil = Veil(Pseudonyms(b"k" * 32), RULES)
    cluster = (Parameter("cluster_id", "varchar", "", privacy="P2", default=None),)
    assert veil.answer(*_asked("P1"), "statistic").withheld == 2
    assert veil.answer(*_asked("P1", cluster), "nobody named").withheld == 2
    assert veil.answer(*_asked("P1", cluster, cluster_id="c1"), "one cluster").withheld == 0
    assert veil.answer(*_asked("P2"), "pseudonyms").withheld == 0
    noted = {str(row["place"]) for row in veil.redactions.rows if row["how"] == "withheld"}
    assert noted == {"statistic", "nobody named"}


PROSE = """\
---
title: Surfaces
question: Where?
harm_type: none
---
## Surfaces

{% set found = ask("surfaces") %}
{{ found.rows[2].account_count }} accounts on {{ found.rows[2].surface }},
of {{ found.rows[0].account_count }}; a share of {{ found.rows[2].share | percent }}
in {{ found.number_of("surface") }}.

{{ chart("bar", found, x="surface", y="account_count") }}

{{ figures(found, ("Most", "account_count", "beside " ~ found.rows[2].account_count)) }}

## Benign explanations

None.

## What would change our mind?

Nothing.
"""
SURFACES = """\
select surface, account_count, share from (values ('chat', 4000::bigint, 0.8125),
('api', 937, 0.1903), ('mobile', 7, 0.0014)) as found(surface, account_count, share)
order by account_count desc
"""


def test_a_report_withholds_a_number_in_its_sentences_charts_and_figures_too(tmp_path: Path):
    path = tmp_path / "surfaces.md"
    path.write_text(PROSE)
    home = publish_tiny(tmp_path / "home")
    snapshot = open_snapshot(home)
    classes = {"surface": "P1", "account_count": "P1", "share": "P1"}
    columns = tuple(Column(name, "", "", privacy) for name, privacy in classes.items())
    snapshot.catalogue.questions["surfaces"] = Question(  # type: ignore[index]
        "surfaces", "Surfaces.", SURFACES, "0" * 64, columns=columns
    )
    report = argue(read_investigation(path), {}, snapshot)
    inside = to_markdown(report)
    assert "7 accounts on mobile,\nof 4,000; a share of 0.1 \\%\nin 3 surfaces" in inside
    veil = Veil(Pseudonyms(b"k" * 32), RULES)
    outside = veiled_report(veil, report, "report.html")
    text = to_markdown(outside)
    mark = r"\[withheld\]"
    assert f"{mark} accounts on mobile,\nof 4,000; a share of {mark}\nin 3 surfaces" in text
    for written in (text, to_html(outside)):
        assert "4 numbers withheld: small counts of people" in written
        for hidden in (">7<", " 7 ", "937", "0.1 %", "19.0 %", "0.1903", "beside 7"):
            assert hidden not in written, hidden
    assert {row["how"] for row in veil.redactions.rows} == {"withheld", "left out"}  # the chart


# ---- the rules --------------------------------------------------------------------------------


def test_the_threshold_is_a_row_of_the_seed_that_was_in_force(project: Path, tmp_path: Path):
    rules = read_small_cells(project, DAY)
    assert rules.threshold_of("account_count") == 11
    assert rules.threshold_of("row_count") is None and rules.threshold_of("share") is None
    assert rules.is_key("bin") and not rules.is_key("account_count")
    (tmp_path / "seeds").mkdir()
    head = "pattern,role,threshold,reason,valid_from,valid_to\n"
    seed = tmp_path / "seeds" / "small_cells.csv"
    seed.write_text(head + "*_count,count,5,a,2025-01-01,2026-01-01\n*_count,count,20,b,2026-01-01,\n")
    days = (date(2024, 12, 31), date(2025, 12, 31), date(2026, 1, 1))
    assert [read_small_cells(tmp_path, day).threshold_of("a_count") for day in days] == [None, 5, 20]
    seed.write_text(head + "*_count,count,1,a,2025-01-01,\n")
    with pytest.raises(UsageError, match="below 2"):
        read_small_cells(tmp_path, DAY)
    seed.unlink()
    with pytest.raises(MissingInput, match=r"small_cells\.csv"):
        read_small_cells(tmp_path, DAY)
