"""Compile the kernel before it is needed, and say so while it takes its time."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from solvers.kernel.compiled import is_warm, mark_warm
from solvers.kernel.kernel import Kernel
from solvers.problem import (
    DEFAULT_PROFILE,
    Balance,
    Break,
    Measure,
    PrizeBand,
    Problem,
    Task,
    TravelMatrix,
    Vehicle,
    Window,
)

COMPILING = "compiling the engine, once on this machine: half a minute or so"


def warm_up(say: Callable[[str], None]) -> None:
    """Compile everything, or load what was compiled. `say` gets a message before the long wait, if there is one."""
    if not is_warm():
        say(COMPILING)
    kernel = Kernel(_tiny(), 1)
    kernel.construct()
    kernel.anneal(5, 2.0, 1.0)
    kernel.load(kernel.orders())
    kernel.restart()
    _ = kernel.objective
    mark_warm()


def _tiny() -> Problem:
    table = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], dtype=np.int32)
    tasks = tuple(
        Task(f"t{k}", k, (Window(0, 20), Window(30, 50)), 1, 9, (PrizeBand(5, 9, 4),)) for k in (1, 2)
    )
    vehicles = tuple(
        Vehicle(f"v{k}", 0, 0, 0, 60, max_duration=50, breaks=(Break(3, 10, 20),)) for k in (1, 2)
    )
    balances = (Balance("b", frozenset({"v1"}), Measure.WORK, 1, 1),)
    return Problem("tiny", tasks, vehicles, {DEFAULT_PROFILE: TravelMatrix(table, table)}, balances)
