"""The linear programme of `solvers.bound` over the routes known so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from solvers.pricing import Column, Kind

Floats = NDArray[np.float64]

_MANY = 2500
"""Routes kept: a programme of more takes longer than finding again those that were forgotten."""


class Master:
    """Each task at most once, each kind of vehicle at most so often.

    A `mandatory` task is served, or costs `penalty`. Whoever pays a task's top again may serve it again: on roads that
    gains nothing, and it keeps the prices between 0 and the tops.
    """

    def __init__(
        self, kinds: Sequence[Kind], mandatory: Sequence[bool], tops: Sequence[int], penalty: float
    ) -> None:
        self.kinds, self.must, self.penalty = kinds, np.array(mandatory, dtype=bool), penalty
        self.tops = np.array(tops, dtype=np.float64)
        self.columns: dict[Column, None] = {}

    def add(self, columns: Sequence[Column]) -> bool:
        """Whether any of them is new."""
        before = len(self.columns)
        self.columns.update(dict.fromkeys(columns))
        return len(self.columns) > before

    def keep(self, good: Callable[[Column], bool]) -> None:
        """Forget every other column."""
        self.columns = {column: None for column in self.columns if good(column)}

    def thin(self, wanted: Floats, kind_prices: Floats) -> None:
        """Forget the routes furthest from being worth having at these prices, once there are many."""
        if len(self.columns) <= _MANY:
            return
        far = sorted(
            self.columns,
            key=lambda one: one.cost + wanted[list(one.tasks)].sum() + kind_prices[one.kind],
        )
        self.columns = dict.fromkeys(far[: _MANY // 2])

    def solve(self, seconds: float) -> tuple[float, Floats, Floats, Floats] | None:
        """The least cost, the tasks' prices (n,), the kinds' prices, each column's share; None if HiGHS could not in the time."""
        from scipy.optimize import linprog
        from scipy.sparse import csr_array

        n, known = len(self.must), list(self.columns)
        forced = np.flatnonzero(self.must)
        rows = [task for column in known for task in column.tasks] + [n + column.kind for column in known]
        cols = [at for at, column in enumerate(known) for _ in column.tasks] + list(range(len(known)))
        values = [1.0] * len(rows)
        rows += forced.tolist()
        cols += range(len(known), len(known) + len(forced))
        values += [1.0] * len(forced)
        rows += range(n)
        cols += range(len(known) + len(forced), len(known) + len(forced) + n)
        values += [-1.0] * n
        width = len(known) + len(forced) + n
        table = csr_array((values, (rows, cols)), shape=(n + len(self.kinds), width))
        costs = np.array(
            [
                *(float(column.cost) for column in known),
                *([self.penalty] * len(forced)),
                *np.maximum(self.tops, 0.0),
            ]
        )
        most = np.concatenate([np.ones(n), [float(len(kind.vehicles)) for kind in self.kinds]])
        equal = np.concatenate([self.must, np.zeros(len(self.kinds), dtype=bool)])
        found = linprog(
            costs,
            A_ub=table[~equal],
            b_ub=most[~equal],
            A_eq=table[equal] if equal.any() else None,
            b_eq=most[equal] if equal.any() else None,
            bounds=(0, None),
            method="highs",
            options={"time_limit": max(seconds, 0.01)},
        )
        if found.status != 0:
            return None
        duals = np.zeros(len(equal))
        duals[~equal] = found.ineqlin.marginals
        if equal.any():
            duals[equal] = found.eqlin.marginals
        return float(found.fun), -duals[:n], -duals[n:], np.asarray(found.x[: len(known)])
