"""How long something will still take, told from how long what is done of it took."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

LEAST_SHARE = 0.02


class Pace:
    """The time left of one step after the other, each so many parts long.

    `usual` are seconds that parts took in an earlier run, by name: where they are known, the parts still to
    come count as those of them that have not come took then at the mean, as much slower or faster as this
    run has been. Elsewhere all parts of a step count alike.
    """

    def __init__(
        self, usual: Mapping[str, float] | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._clock = clock
        self._waiting = dict(usual or {})
        self._usual_of_step = 0.0
        self._total = self._done = 0
        self._began = self._told = clock()

    def left(self, done: int, total: int, name: str = "") -> float | None:
        """Seconds left of the step of `total` parts, of which `done` are done and `name` is the last; None
        while so little is that it tells nothing. Another total, or fewer parts done than before, are another
        step."""
        now = self._clock()
        if total != self._total or done < self._done:
            self._began, self._usual_of_step = self._told, 0.0
        self._total, self._done, self._told = total, done, now
        elapsed = now - self._began
        usual = self._waiting.pop(name, None)
        self._usual_of_step += usual or 0.0
        if done == total:
            return 0.0
        share = done / total
        if usual is not None and self._usual_of_step and self._waiting:
            to_come = (total - done) * sum(self._waiting.values()) / len(self._waiting)
            share = self._usual_of_step / (self._usual_of_step + to_come)
        return elapsed * (1 - share) / share if share >= LEAST_SHARE else None


def told(seconds: float | None) -> str:
    """Seconds as they are said of what is to come; empty for None.

    >>> [told(seconds) for seconds in (None, 0.4, 89.6, 100, 7300)]
    ['', '0 s left', '90 s left', '2 min left', '122 min left']
    """
    if seconds is None:
        return ""
    return f"{seconds:.0f} s left" if seconds < 99.5 else f"{seconds / 60:.0f} min left"
