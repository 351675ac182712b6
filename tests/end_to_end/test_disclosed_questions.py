"""Every question of the built snapshot, as it would leave the house: it names nobody of the snapshot."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from test_ask_doors import typical

from scaup.answers import json_text, to_csv
from scaup.disclosure import Pseudonyms, Veil
from scaup.home import Home
from scaup.questions import ask
from scaup.warehouse import Snapshot, identifier, open_snapshot

# Columns of the published tables whose values name somebody or something of theirs; OURS name what is ours.
NAMING = "(_id|_hmac|sha256|_hash|_hex)$"
OURS = (
    *("signal_id", "policy_id", "classifier_id", "queue_id", "sla_policy_id", "metric_id", "vendor_id"),
    "precedent_id",
)
TOKEN = re.compile(r"[A-Za-z0-9_.:-]{6,}")


@pytest.fixture(scope="module")
def snapshot(built_home: Home) -> Snapshot:
    return open_snapshot(built_home)


@pytest.fixture(scope="module")
def identifiers(snapshot: Snapshot) -> set[str]:
    """All values of the naming columns of the intermediate layer, as far as they have a digit."""
    found: set[str] = set()
    columns = snapshot.reader.execute(
        "select table_name, column_name from duckdb_columns() where schema_name = 'intermediate' "
        "and data_type = 'VARCHAR' and regexp_matches(column_name, $naming) and not column_name = any($ours)",
        {"naming": NAMING, "ours": list(OURS)},
    ).fetchall()
    for table, column in columns:
        name = identifier(column)
        query = snapshot.reader.sql(f"from intermediate.{identifier(table)}").project(name).distinct()
        found |= {
            value for (value,) in query.fetchall() if value and len(value) > 5 and re.search(r"\d", value)
        }
    return found


def _shown(snapshot: Snapshot) -> Iterator[tuple[str, str]]:
    for name, question in snapshot.catalogue.questions.items():
        answer = ask(question, typical(question, snapshot), snapshot)
        veil = Veil(Pseudonyms(b"k" * 32))
        veil.learn_answer(question, answer)
        shown = veil.answer(question, answer, name)
        yield name, to_csv(shown, raw=True) + json_text(dict(shown.parameters))


def test_no_question_shows_an_identifier_outside(snapshot: Snapshot, identifiers: set[str]):
    assert len(identifiers) > 10_000
    leaks = {
        name: sorted(found)[:3]
        for name, text in _shown(snapshot)
        if (found := identifiers & set(TOKEN.findall(text)))
    }
    assert leaks == {}, "class their columns in seeds/column_privacy.csv"


def test_every_column_of_a_question_is_classed_or_known_to_be_withheld(snapshot: Snapshot):
    columns = [column for found in snapshot.catalogue.questions.values() for column in found.columns]
    classed = [column for column in columns if column.privacy]
    assert len(classed) > 0.9 * len(columns), "disclosures would be empty: see seeds/column_privacy.csv"
