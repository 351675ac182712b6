"""No small count can be worked out of a published table, by an attacker that is not ours."""

from __future__ import annotations

import random

import pytest
from small_cells import attack, published, random_counts, recovered, truth

from scaup.errors import UsageError
from scaup.suppression import suppress

KNOWN = {("chat", "spam"): 40, ("chat", "fraud"): 5, ("api", "spam"): 20, ("api", "fraud"): 50}


def test_no_small_cell_of_a_random_table_can_be_worked_out():
    chance = random.Random(7)
    small = 0
    for _ in range(60):
        counts = random_counts(chance)
        table = suppress(counts, 11)
        assert recovered(counts, table) == [], counts
        small += table.primary
    assert small > 250


def test_the_attacker_succeeds_where_only_the_small_cells_are_withheld():
    only = suppress(KNOWN, 11)
    bare = {pair: None if 0 < count < 11 else count for pair, count in KNOWN.items()}
    naive = type(only)(
        rows=only.rows, columns=only.columns, cells=bare, row_totals={"api": 70, "chat": 45},
        column_totals={"fraud": 55, "spam": 60}, total=115, threshold=11, primary=1, complementary=0,
    )  # fmt: skip
    assert attack(naive) == {("cell", "chat", "fraud"): (5, 5)}
    assert len(recovered(KNOWN, naive)) == 1


def test_what_is_shown_is_true_and_what_is_small_is_not_shown():
    chance = random.Random(11)
    for _ in range(100):
        counts = random_counts(chance)
        for cell, value in published(suppress(counts, 11)).items():
            real = truth(counts, cell)
            assert value in (None, real)
            assert not (0 < real < 11) or value is None
            assert real != 0 or value == 0


def test_a_small_cell_takes_three_others_with_it():
    table = suppress(KNOWN, 11)
    assert (table.primary, table.complementary) == (1, 3)
    assert table.total == 115


def test_ten_is_withheld_and_eleven_is_not():
    assert suppress({("a", "x"): 11, ("b", "x"): 500}, 11).complementary == 0
    table = suppress({("a", "x"): 10, ("b", "x"): 500, ("c", "x"): 30}, 11)
    assert table.cells == {("a", "x"): None, ("b", "x"): 500, ("c", "x"): None}
    assert table.total == 540


def test_a_table_of_one_small_cell_shows_nothing():
    table = suppress({("a", "x"): 3}, 11)
    assert (table.cells, table.total) == ({("a", "x"): None}, None)


def test_a_table_of_large_cells_and_zeros_is_published_whole():
    counts = {("a", "x"): 0, ("a", "y"): 11, ("b", "x"): 4000, ("b", "y"): 0}
    table = suppress(counts, 11)
    assert table.cells == counts and table.primary == table.complementary == 0


def test_the_order_of_the_rows_does_not_matter():
    counts = random_counts(random.Random(3))
    backwards = dict(reversed(counts.items()))
    assert suppress(counts, 11) == suppress(backwards, 11)


def test_a_threshold_that_protects_nothing_and_a_negative_count_are_refused():
    with pytest.raises(UsageError, match="at least 2"):
        suppress(KNOWN, 1)
    with pytest.raises(UsageError, match="negative"):
        suppress({("a", "x"): -1}, 11)
