"""The engine of this project, as a caller would use it."""

from __future__ import annotations

import time

import numpy as np

from solvers.bench.engine import Fit, Found
from solvers.problem import Problem
from solvers.progress import Progress
from solvers.solve import solve
from solvers.task import Task, Window
from solvers.travel import DEFAULT_PROFILE, TravelMatrix
from solvers.vehicle import Vehicle

_WARM_UP_S = 0.5


class Own:
    """`solvers.solve` with its defaults."""

    seeded = True

    def fit(self, problem: Problem) -> Fit:  # noqa: ARG002
        """Everything."""
        return Fit()

    def warm_up(self, cores: int) -> None:  # noqa: ARG002
        """Solve a tiny problem, so that everything is imported and compiled."""
        _solve_tiny()

    def solve(self, problem: Problem, until: float, seed: int, cores: int) -> Found:
        """Search until the instant `until`."""
        began = time.monotonic()
        first: list[float] = []

        def noted(_news: Progress) -> None:
            if not first:
                first.append(time.monotonic() - began)

        result = solve(
            problem,
            time_limit_s=max(0.0, until - time.monotonic()),
            seed=seed,
            cores=cores,
            progress=noted,
            in_process=True,
        )
        orders = {route.vehicle: route.tasks for route in result.solution.routes}
        return Found(orders, round(first[0], 2) if first else None)


ENGINE = Own()


def _solve_tiny() -> None:
    table = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], dtype=np.int32)
    tasks = tuple(Task(f"t{k}", k, (Window(0, 20),), prize=9) for k in (1, 2))
    vehicles = (Vehicle("v", 0, 0, 0, 60),)
    tiny = Problem("tiny", tasks, vehicles, {DEFAULT_PROFILE: TravelMatrix(table, table)})
    solve(tiny, time_limit_s=_WARM_UP_S, in_process=True)
