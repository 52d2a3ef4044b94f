from __future__ import annotations

import numpy as np

from solvers.bench.judge import judged
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle


def day() -> Problem:
    table = np.array([[0, 10, 90], [10, 0, UNREACHABLE], [90, 10, 0]], dtype=np.int32)
    tasks = (
        Task("a", 1, (Window(20, 30),), 5, prize=50),
        Task("b", 2, (Window(0, 40),), 5, prize=50, load=3),
    )
    vehicle = Vehicle("v", 0, 0, 0, 100, capacity=2, breaks=(Break(5, 10, 90),))
    return Problem("day", tasks, (vehicle,), {"default": TravelMatrix(table, table)})


def test_a_feasible_order_is_timed_at_its_best() -> None:
    solution, verdict = judged(day(), {"v": ("a",)})
    assert verdict.feasible
    assert solution.routes[0].starts == (20,)
    assert (verdict.total, solution.unserved) == (70, ("b",))


def test_an_infeasible_one_shows_what_it_breaks() -> None:
    _, verdict = judged(day(), {"v": ("b",)})
    codes = {violation.code for violation in verdict.violations}
    assert codes == {"outside_windows", "capacity", "ends_after_shift", "break_missing"}
    assert verdict.served == 1


def test_a_way_that_does_not_exist_is_a_violation() -> None:
    _, verdict = judged(day(), {"v": ("a", "b")})
    assert "unreachable" in {violation.code for violation in verdict.violations}


def test_what_the_problem_does_not_know_is_passed_over() -> None:
    _, verdict = judged(day(), {"w": ("a",), "v": ("z",)})
    assert (verdict.served, verdict.feasible) == (0, True)
