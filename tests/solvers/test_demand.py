"""Vehicles of one kind."""

from __future__ import annotations

from dataclasses import replace

from solvers.demand import eligible, kinds
from solvers.problem import Problem
from solvers.task import Task
from solvers.vehicle import Balance, Measure, Vehicle
from tests.solvers.test_solve import plane


def kinds_of(*vehicles: Vehicle, first: Task | None = None, balances: tuple[Balance, ...] = ()) -> list[int]:
    problem = plane(4, 3)
    tasks = (first or problem.tasks[0], *problem.tasks[1:])
    made = Problem("p", tasks, vehicles, problem.travel, balances)
    return kinds(made, eligible(made))


def test_a_kind_is_all_that_matters_and_no_more() -> None:
    problem = plane(4, 3)
    task, vehicle = problem.tasks[0], problem.vehicles[0]
    alike = [replace(vehicle, id=name) for name in "abc"]
    assert kinds_of(*alike) == [0, 0, 0]
    assert kinds_of(*alike[:2], replace(alike[2], skills=frozenset({"nobody asks for"}))) == [0, 0, 0]
    assert kinds_of(*alike[:2], replace(alike[2], max_tasks=1)) == [0, 0, 1]
    assert kinds_of(*alike, first=replace(task, vehicles=frozenset("b"))) == [0, 1, 0]
    assert kinds_of(*alike, first=replace(task, vehicle_costs=(("a", 7), ("c", 7)))) == [0, 1, 0]
    balance = Balance("share", frozenset("bc"), Measure.WORK, 0, 1)
    assert kinds_of(*alike, balances=(balance,)) == [0, 1, 1]
