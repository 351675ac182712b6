"""Scoring a snapshot against a made world's sealed answer key, outside the models.

The key is read here and nowhere else. The snapshot is attached read-only beside it; every figure is
computed in `score_sql/`.
"""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from scaup.errors import MissingInput, UsageError
from scaup.home import Home
from scaup.warehouse import Snapshot, connect, quoted
from scaup.world import read_world

SQL = Path(__file__).parent / "score_sql"
ANSWER_KEY = "answer_key.parquet"

Row = dict[str, Any]


@dataclass(frozen=True)
class Score:
    """How a snapshot did: rows per planted kind, per kind's clusters, per signal, and the rest of the world.

    Shares are 0–1 with 95 % Wilson intervals; days count from the subject's first day in the world,
    tokens are output tokens of an actor before it was first seen.
    """

    snapshot_id: str
    world: Path
    kinds: list[Row]
    clusters: list[Row]
    signals: list[Row]
    others: Row

    @property
    def actors(self) -> list[Row]:
        return [row for row in self.kinds if row["role"] == "actor"]

    @property
    def lookalikes(self) -> list[Row]:
        return [row for row in self.kinds if row["role"] == "lookalike"]

    @property
    def failures(self) -> list[str]:
        """What `--require` asks for and did not get, one sentence each."""
        missed = [f"No signal found any {row['kind']}." for row in self.actors if not row["hit"]]
        accused = [
            f"{row['above_escalation']} of {row['subjects']} {row['kind']} stand above escalation."
            for row in self.lookalikes
            if row["above_escalation"]
        ]
        return missed + accused


@dataclass(frozen=True)
class ReviewScore:
    """How a snapshot did by what reviews found, for data that has no key: rows per signal, per policy of
    those found violating, and per source of the review of those found benign.

    Who was reviewed is no random sample: a signal may be why. Those found otherwise tell what is missed.
    """

    snapshot_id: str
    signals: list[Row]
    violating: list[Row]
    benign: list[Row]


def score(snapshot: Snapshot, world: Path) -> Score:
    """Hold the snapshot's signals and risk scores against the key of the world it was built from.

    Raises MissingInput when there is no key, or when the snapshot does not hold this world.
    """
    key = world / "sealed" / ANSWER_KEY
    if not key.is_file():
        raise MissingInput(f"No sealed key in {world}. `scaup world` makes a world with one.")
    with closing(connect()) as connection:
        connection.execute(f"attach {quoted(snapshot.warehouse)} as snapshot (read_only)")
        try:
            connection.execute(f"create temp table answer_key as from read_parquet({quoted(key)})")
            _check_same_world(connection, snapshot, world)
            connection.execute(_read("00_wilson"))
            connection.execute(_read("01_hits"))
        except duckdb.CatalogException as error:
            raise MissingInput(
                f"Snapshot {snapshot.id} has no signals or risk scores to hold against the key. "
                "`scaup build` makes them."
            ) from error
        return Score(
            snapshot.id,
            world,
            _rows(connection, "by_kind"),
            _rows(connection, "by_cluster"),
            _rows(connection, "by_signal"),
            _rows(connection, "others")[0],
        )


def score_reviews(snapshot: Snapshot) -> ReviewScore:
    """Hold the snapshot's signals and risk scores against what reviews found. Needs no key.

    A signal's recall and its hit rate of the benign are corrected for who was reviewed (`signal_outcomes`).
    """
    with closing(connect()) as connection:
        connection.execute(f"attach {quoted(snapshot.warehouse)} as snapshot (read_only)")
        try:
            connection.execute(_read("00_wilson"))
            found = _rows(connection, "by_policy")
            return ReviewScore(
                snapshot.id,
                _rows(connection, "by_reviews"),
                [row for row in found if row["label"] == "violating"],
                [row for row in found if row["label"] == "benign"],
            )
        except duckdb.CatalogException as error:
            raise MissingInput(
                f"Snapshot {snapshot.id} has no signal outcomes. `scaup build` makes them."
            ) from error


def find_world(home: Home, named: str | Path | None) -> Path:
    """The folder of a world: the one named, else the only one below the home."""
    if named:
        folder = Path(named).resolve()
        if read_world(folder) is None:
            raise MissingInput(f"No made world in {folder}. `scaup world` makes one.")
        return folder
    known = sorted(folder for folder in home.worlds.glob("*") if read_world(folder))
    if not known:
        raise MissingInput(
            f"No made world in {home.worlds}. `scaup world --size s` makes one; --world names another."
        )
    if len(known) > 1:
        names = ", ".join(str(folder) for folder in known)
        raise UsageError(f"There are {len(known)} made worlds; --world says which: {names}.")
    return known[0]


def _check_same_world(connection: duckdb.DuckDBPyConnection, snapshot: Snapshot, world: Path) -> None:
    counts = _rows(connection, "known_subjects")[0]
    if counts["accounts_same"] < counts["accounts_in_key"]:
        raise MissingInput(
            f"Snapshot {snapshot.id} was not built from {world}: it knows {counts['accounts_known']} of the "
            f"{counts['accounts_in_key']} accounts in the key, {counts['accounts_same']} of them by the same "
            f"age. `scaup ingest {world / 'raw'}` and `scaup build` first, or name the right --world."
        )


def _read(name: str) -> str:
    return (SQL / f"{name}.sql").read_text(encoding="utf-8")


def _rows(connection: duckdb.DuckDBPyConnection, name: str) -> list[Row]:
    result = connection.execute(_read(name))
    columns = [column[0] for column in result.description]
    return [dict(zip(columns, row, strict=True)) for row in result.fetchall()]
