"""The made world's ordinary API clients beside 421 real ones (data/servegen): statistics within bands.

The bands are the spread between five real workloads, so they are wide where reality is. The same
promises are put to traffic without skew, bursts or habits, which keeps none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from scaup.contract import read_contract
from scaup.warehouse import connect, quoted
from scaup.world import WorldPlan, make_world

HERE = Path(__file__).parent
CLIENTS = HERE / "data" / "servegen" / "clients.csv"
CHAT = ("m-small", "m-mid", "m-large")
WORKLOADS = (*CHAT, "deepseek-r1", "mm-image")
QUARTILES = ("p25", "p50", "p75")

Shared = Callable[[str, Callable[[Path], None]], Path]


@dataclass(frozen=True)
class Statistics:
    """What marginals.sql says, by (origin, workload, statistic)."""

    values: dict[tuple[str, str, str], float]

    def made(self, statistic: str, workload: str = "all") -> float:
        return self.values["made", workload, statistic]

    def real(self, statistic: str, workloads: Iterable[str]) -> list[float]:
        return [self.values["real", workload, statistic] for workload in workloads]

    def is_within(
        self, statistic: str, workloads: Iterable[str] = WORKLOADS, slack: float = 1.0, made: str = "all"
    ) -> bool:
        """The made value lies in the span of the real workloads, `slack` times wider at both ends."""
        real = self.real(statistic, workloads)
        return min(real) / slack <= self.made(statistic, made) <= max(real) * slack


@pytest.fixture(scope="session")
def world_m(shared: Shared, project: Path) -> Path:
    """The made world m of seed 7."""

    def make(folder: Path) -> None:
        make_world(WorldPlan("m", 7), folder / "m-7", read_contract(project))

    return shared("world-m", make) / "m-7"


@pytest.fixture(scope="module")
def world(world_m: Path) -> Statistics:
    with connect() as connection:
        requests = quoted(world_m / "raw" / "requests" / "*.parquet")
        key = quoted(world_m / "sealed" / "answer_key.parquet")
        connection.execute(f"create view requests as from read_parquet({requests})")
        connection.execute(f"create view planted as from read_parquet({key}) select subject_id as account_id")
        return _statistics(connection)


@pytest.fixture(scope="module")
def flat() -> Statistics:
    """A world whose generator knows no habits: equal shares, uniform times, uniform lengths."""
    with connect() as connection:
        connection.execute((HERE / "flat_requests.sql").read_text(encoding="utf-8"))
        connection.execute("create table planted (account_id varchar)")
        return _statistics(connection)


def _statistics(connection: duckdb.DuckDBPyConnection) -> Statistics:
    real = f"from read_csv({quoted(CLIENTS)}, types = {{'client_id': 'varchar'}}) select 'real' as origin, *"
    connection.execute(f"create table made as {_read('made_clients')}")
    connection.execute(
        f"create table clients as {real} union all by name from made select 'made' as origin, *"
    )
    rows = connection.execute(_read("marginals")).fetchall()
    return Statistics({(origin, workload, statistic): value for origin, workload, statistic, value in rows})


def _read(name: str) -> str:
    return (HERE / f"{name}.sql").read_text(encoding="utf-8")


def skew(found: Statistics) -> bool:
    """Requests per client are as unequal as in the real workloads."""
    return found.is_within("gini")


def carriers(found: Statistics) -> bool:
    """As few clients carry nine tenths of the requests."""
    return found.is_within("carriers", slack=1.1)


def bursts(found: Statistics) -> bool:
    """As many clients have gaps more variable than chance would make them."""
    return found.is_within("bursty")


def gaps(found: Statistics) -> bool:
    """Quartiles of the clients' gap variation."""
    return all(found.is_within(f"median_gap_cv {quartile}", slack=1.2) for quartile in QUARTILES)


def hours(found: Statistics) -> bool:
    """Quartiles of hour entropy of clients with one to ten thousand requests, within 0.15."""
    names = [f"hour_entropy at 1k {quartile}" for quartile in QUARTILES]
    return all(abs(found.made(name) - found.real(name, ["all"])[0]) <= 0.15 for name in names)


def answers(found: Statistics) -> bool:
    """Answers longer than prompts: rare with chat models, usual with the reasoning model."""
    (reasoning,) = found.real("answers longer", ["deepseek-r1"])
    return (
        found.is_within("answers longer", CHAT, 1.5, made="chat")
        and abs(found.made("answers longer", "reasoning") - reasoning) <= 0.15
    )


def lengths(found: Statistics) -> bool:
    """Quartiles of mean lengths and of their variation, chat models."""
    measures = ("input_mean", "input_cv", "output_mean", "output_cv", "output_input_ratio")
    return all(
        found.is_within(f"{measure} {quartile}", CHAT, 1.33, made="chat")
        for measure in measures
        for quartile in QUARTILES
    )


PROMISES = pytest.mark.parametrize(
    "promise",
    [skew, carriers, bursts, gaps, hours, answers, lengths],
    ids=lambda promise: promise.__name__,
)


@PROMISES
def test_made_clients_are_like_real_ones_in(promise: Callable[[Statistics], bool], world: Statistics) -> None:
    assert promise(world), promise.__doc__


@PROMISES
def test_traffic_without_habits_is_not_in(promise: Callable[[Statistics], bool], flat: Statistics) -> None:
    assert not promise(flat), promise.__doc__


def test_the_clock_gets_flatter_with_volume(world: Statistics) -> None:
    medians = [world.made(f"hour_entropy at {band} p50") for band in ("100", "300", "1k")]
    assert medians == sorted(medians)
    real = [world.real(f"hour_entropy at {band} p50", ["all"])[0] for band in ("1k", "10k")]
    assert real == sorted(real)
