"""Erlang C and A against published tables and against the birth-and-death chain solved by numpy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from model_sql import question_sql

from scaup import warehouse


def staffing(arrivals: float, handle: float, patience: float = 3600, target: float = 20, most: int = 60):
    found = warehouse.connect(threads=1).execute(
        question_sql("immediate_queue_staffing"),
        {
            "arrivals_per_hour": float(arrivals),
            "handle_seconds": float(handle),
            "patience_seconds": float(patience),
            "target_seconds": float(target),
            "most_people": most,
        },
    )
    names = [column[0] for column in found.description or ()]
    return {row[0]: dict(zip(names, row, strict=True)) for row in found.fetchall()}


@pytest.mark.parametrize(
    ("load", "people", "waits"),
    # Cooper, Introduction to Queueing Theory, and the usual tables of C(N, A), to four places.
    [
        (1, 2, 0.3333),
        (2, 3, 0.4444),
        (5, 6, 0.5875),
        (5, 7, 0.3241),
        (10, 11, 0.6821),
        (10, 14, 0.1741),
        (20, 24, 0.2981),
    ],
)
def test_erlang_c_is_that_of_the_tables(load, people, waits):
    assert staffing(load * 20, 180)[people]["erlang_c_waiting_share"] == pytest.approx(waits, abs=6e-5)


def test_erlang_c_of_too_much_work_is_unknown():
    found = staffing(200, 180)
    assert found[10]["erlang_c_waiting_share"] is None and found[11]["erlang_c_waiting_share"] < 1


def chain(load: float, people: int, ratio: float, states: int = 250) -> dict[str, Any]:
    """The stationary shares of the chain, from its generator: π Q = 0 and Σ π = 1, solved as they stand."""
    generator = np.zeros((states, states))
    for present in range(states):
        if present + 1 < states:
            generator[present, present + 1] = load
        if present:
            generator[present, present - 1] = min(present, people) + max(present - people, 0) * ratio
    generator -= np.diag(generator.sum(axis=1))
    equations = np.vstack([generator.T, np.ones(states)])
    shares = np.linalg.lstsq(equations, np.append(np.zeros(states), 1), rcond=None)[0]
    waiting = np.maximum(np.arange(states) - people, 0)
    return {"waits": shares[people:].sum(), "queue": shares @ waiting}


@pytest.mark.parametrize(
    ("load", "people", "ratio"), [(5, 4, 0.5), (10, 11, 0.1), (30, 25, 1.0), (2, 9, 0.2)]
)
def test_erlang_a_is_that_of_the_chain(load, people, ratio):
    found = staffing(load * 20, 180, patience=180 / ratio)[people]
    expected = chain(load, people, ratio)
    assert found["erlang_a_waiting_share"] == pytest.approx(expected["waits"], abs=1e-9)
    assert found["erlang_a_abandoned_share"] == pytest.approx(expected["queue"] * ratio / load, abs=1e-9)
    assert found["erlang_a_mean_wait_seconds"] == pytest.approx(expected["queue"] * 180 / load, abs=1e-6)


def test_erlang_a_agrees_with_a_simulation_of_people_who_leave():
    draw = np.random.default_rng(3)
    load, people, handle, patience = 10.0, 9, 180.0, 360.0
    arrivals = np.cumsum(draw.exponential(handle / load, 60_000))
    free = np.zeros(people)
    left = 0
    for moment, patient, work in zip(
        arrivals,
        draw.exponential(patience, arrivals.size),
        draw.exponential(handle, arrivals.size),
        strict=True,
    ):
        first = free.argmin()
        if free[first] > moment + patient:
            left += 1
            continue
        free[first] = max(free[first], moment) + work
    found = staffing(load * 20, handle, patience=patience)[people]
    assert found["erlang_a_abandoned_share"] == pytest.approx(left / arrivals.size, abs=0.01)
