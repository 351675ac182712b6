"""How long something will still take."""

from __future__ import annotations

import pytest

from scaup.pace import Pace


class Clock:
    """A clock that stands still until it is set."""

    now = 100.0

    def __call__(self) -> float:
        return self.now


def test_parts_of_which_nothing_is_known_count_alike():
    clock = Clock()
    pace = Pace(clock=clock)
    clock.now += 30
    assert pace.left(0, 4) is None
    clock.now += 30
    assert pace.left(1, 4) == 180  # 60 s a part, from when the pace was made
    clock.now += 20
    assert pace.left(4, 4) == 0
    assert pace.left(1, 51) is None  # less than a fiftieth


def test_another_step_begins_where_the_last_one_ended():
    clock = Clock()
    pace = Pace(clock=clock)
    clock.now += 60
    assert pace.left(3, 3) == 0
    clock.now += 5
    assert pace.left(1, 11) == pytest.approx(50)
    clock.now += 2
    assert pace.left(2, 11) == pytest.approx(31.5)
    clock.now += 4
    assert pace.left(1, 11) == pytest.approx(40)  # the same again: fewer parts are done than before


def test_what_parts_usually_take_tells_what_is_left_of_them():
    clock = Clock()
    pace = Pace({"large": 90.0, "small": 1.0, "other": 29.0, "not now": 11.0}, clock)
    clock.now += 60
    assert pace.left(1, 3, "large") == pytest.approx(60 / 90 * 2 * 41 / 3)  # two of the three that wait
    clock.now += 2
    assert pace.left(2, 3, "small") == pytest.approx(62 / 91 * 40 / 2)
    clock.now += 2
    assert pace.left(3, 3, "other") == 0


def test_a_part_that_was_not_there_counts_as_any_other():
    clock = Clock()
    pace = Pace({"known": 10.0}, clock)
    clock.now += 6
    assert pace.left(1, 3, "new") == pytest.approx(12)
