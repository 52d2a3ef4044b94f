"""A problem of two visits, to compile and to warm up with."""

from __future__ import annotations

import numpy as np

from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import DEFAULT_PROFILE, TravelMatrix
from solvers.vehicle import Balance, Break, Measure, Vehicle


def tiny_problem() -> Problem:
    """Two visits, two vehicles, some of every rule."""
    table = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], dtype=np.int32)
    tasks = tuple(
        Task(f"t{k}", k, (Window(0, 20), Window(30, 50)), 1, 9, (PrizeBand(5, 9, 4),)) for k in (1, 2)
    )
    vehicles = tuple(
        Vehicle(f"v{k}", 0, 0, 0, 60, max_duration=50, breaks=(Break(3, 10, 20),)) for k in (1, 2)
    )
    balances = (Balance("b", frozenset({"v1"}), Measure.WORK, 1, 1),)
    return Problem("tiny", tasks, vehicles, {DEFAULT_PROFILE: TravelMatrix(table, table)}, balances)
