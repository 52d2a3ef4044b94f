"""The engine of this project, as a caller would use it."""

from __future__ import annotations

import time

import numpy as np

from solvers.bench.engine import Fit, Orders
from solvers.problem import DEFAULT_PROFILE, Problem, Task, TravelMatrix, Vehicle, Window
from solvers.solve import solve

_WARM_UP_S = 0.2


class Own:
    """`solvers.solve` with its defaults."""

    seeded = True

    def fit(self, problem: Problem) -> Fit:  # noqa: ARG002
        """Everything."""
        return Fit()

    def warm_up(self) -> None:
        """Solve a tiny problem, so that everything is imported and compiled."""
        table = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], dtype=np.int32)
        tasks = tuple(Task(f"t{k}", k, (Window(0, 50),), 1, prize=9) for k in (1, 2))
        tiny = Problem(
            "tiny", tasks, (Vehicle("v", 0, 0, 0, 60),), {DEFAULT_PROFILE: TravelMatrix(table, table)}
        )
        solve(tiny, time_limit_s=_WARM_UP_S, in_process=True)

    def solve(self, problem: Problem, until: float, seed: int, cores: int) -> Orders:
        """Search until the instant `until`."""
        result = solve(
            problem, time_limit_s=max(0.0, until - time.monotonic()), seed=seed, in_process=cores == 1
        )
        return {route.vehicle: route.tasks for route in result.solution.routes}


ENGINE = Own()
