"""The divergence macro and Chao's estimator beside scipy and published figures."""

from __future__ import annotations

import numpy as np
import pytest
from model_sql import macros
from scipy.spatial.distance import jensenshannon

from scaup import warehouse


def jensen_shannon_bits(window: list[float], reference: list[float]) -> float:
    """The macro over the bins that the window has; the others are left to it, as in the feature."""
    rows = [(p, q) for p, q in zip(window, reference, strict=True) if p > 0]
    with warehouse.connect() as connection:
        connection.execute("create table bins (p double, q double)")
        connection.executemany("insert into bins values (?, ?)", rows)
        ((bits,),) = connection.execute(f"select {macros()['jensen_shannon']('p', 'q')} from bins").fetchall()  # noqa: S608
    return float(bits)


@pytest.mark.parametrize("seed", range(8))
def test_divergence_equals_scipy(seed: int):
    random = np.random.default_rng(seed)
    window, reference = random.dirichlet([0.3] * 12), random.dirichlet([0.5] * 12)
    window[random.random(12) < 0.4] = 0
    window[0] += 0.1
    reference[random.random(12) < 0.3] = 0
    reference[5] += 0.1
    window, reference = window / window.sum(), reference / reference.sum()
    expected = jensenshannon(window, reference, base=2) ** 2
    assert jensen_shannon_bits(list(window), list(reference)) == pytest.approx(expected, abs=1e-9)


def test_equal_shares_diverge_by_nothing_and_strangers_by_one_bit():
    assert jensen_shannon_bits([0.5, 0.5], [0.5, 0.5]) == 0
    assert jensen_shannon_bits([1, 0], [0, 1]) == 1


def test_unseen_kinds_of_chaos_own_form():
    # Bias-corrected: f1 (f1 - 1) / (2 (f2 + 1)). The Malayan butterflies of Fisher, Corbet and Williams
    # 1943, as Chao and Chiu print them: 118 species seen once and 74 twice.
    sql = macros()["chao1_unseen"]("118", "74")
    with warehouse.connect() as connection:
        ((unseen,),) = connection.execute(f"select {sql}").fetchall()
    assert unseen == pytest.approx(118 * 117 / 150)
