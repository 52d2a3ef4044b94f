"""Run as the Python it is written in, the kernel finds what its machine code finds, and counts no index from the end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from solvers.kernel.entry import enter
from solvers.kernel.kernel import Kernel
from solvers.kernel.scratch import KNOBS
from solvers.problem import Problem


class Guarded:
    """An array that takes no negative index."""

    def __init__(self, values: Any) -> None:
        self.values, self.shape = values, values.shape

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, place: Any) -> Any:
        assert np.min(place) >= 0, place
        return self.values[place]

    def __setitem__(self, place: Any, value: Any) -> None:
        assert np.min(place) >= 0, place
        self.values[place] = value


def guarded(part: Any) -> Any:
    return type(part)(*(Guarded(value) if isinstance(value, np.ndarray) else value for value in part))


class Plain(Kernel):
    def _do(
        self, what: int, one: int = 0, two: int = 0, three: int = 0, hot: float = 0.0, cold: float = 0.0
    ) -> int:
        parts = (self.tables, self.now, self.trial, self.best, self.scratch)
        with np.errstate(over="ignore"):  # the random numbers are meant to
            return int(
                enter(what, *map(guarded, parts), KNOBS, guarded(self.local), one, two, three, hot, cold)
            )


@pytest.mark.filterwarnings("ignore:overflow encountered")
def test_plain_and_compiled_find_the_same(random_problem: Callable[..., Problem]) -> None:
    for seed in range(8):
        problem = random_problem(seed, 5 + seed)
        kernels = Kernel(problem, seed), Plain(problem, seed)
        for kernel in kernels:
            kernel.construct()
            kernel.anneal(10, 30.0, 1.0)
            kernel.improve()
            kernel.ils(5, 20.0, 1.0)
        assert kernels[0].current() == kernels[1].current()
        assert kernels[0].orders() == kernels[1].orders()
