"""The linear programme of `solvers.bound` over the routes known so far."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from solvers.pricing import Column, Kind

Floats = NDArray[np.float64]


class Master:
    """Each task at most once (a `mandatory` one exactly, or at `penalty`), each kind of vehicle at most so often."""

    def __init__(self, kinds: Sequence[Kind], mandatory: Sequence[bool], penalty: float) -> None:
        self.kinds, self.must, self.penalty = kinds, np.array(mandatory, dtype=bool), penalty
        self.columns: dict[Column, None] = {}

    def add(self, columns: Sequence[Column]) -> bool:
        """Whether any of them is new."""
        before = len(self.columns)
        self.columns.update(dict.fromkeys(columns))
        return len(self.columns) > before

    def keep(self, good: Callable[[Column], bool]) -> None:
        """Forget every other column."""
        self.columns = {column: None for column in self.columns if good(column)}

    def solve(self) -> tuple[float, Floats, Floats, Floats] | None:
        """The least cost, the tasks' prices (n,), the kinds' prices, each column's share; None if HiGHS gave up."""
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
        width = len(known) + len(forced) + 1  # the last column is empty: there is always one
        table = csr_array((values, (rows, cols)), shape=(n + len(self.kinds), width))
        costs = np.array([*(float(column.cost) for column in known), *([self.penalty] * len(forced)), 0.0])
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
        )
        if found.status != 0:
            return None
        duals = np.zeros(len(equal))
        duals[~equal] = found.ineqlin.marginals
        if equal.any():
            duals[equal] = found.eqlin.marginals
        return float(found.fun), -duals[:n], -duals[n:], np.asarray(found.x[: len(known)])
