"""Who may serve what, and who is like whom: tasks that demand the same are looked at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solvers.problem import Problem
from solvers.schedule import may_serve
from solvers.task import Task

Demand = tuple[frozenset[str], frozenset[str] | None, str | None]


def demand(task: Task) -> Demand:
    """What decides who may serve a task: tasks with equal demands have the same vehicles."""
    return task.skills, task.vehicles, task.pinned_vehicle


def eligible(problem: Problem) -> dict[Demand, frozenset[str]]:
    """The ids of the vehicles that may serve, by the tasks' demand."""
    found: dict[Demand, frozenset[str]] = {}
    for task in problem.tasks:
        key = demand(task)
        if key not in found:
            found[key] = frozenset(v.id for v in problem.vehicles if may_serve(v, task))
    return found


def who_may(problem: Problem, able: Mapping[Demand, frozenset[str]]) -> NDArray[np.bool_]:
    """Whether a vehicle may serve a task, (tasks, vehicles); `able` as `eligible` has it."""
    row = {key: np.array([v.id in ids for v in problem.vehicles], np.bool_) for key, ids in able.items()}
    rows = [row[demand(task)] for task in problem.tasks]
    return np.array(rows, np.bool_).reshape(len(problem.tasks), len(problem.vehicles))


def kinds(problem: Problem, able: Mapping[Demand, frozenset[str]]) -> list[int]:
    """A number for each vehicle, the same for those that differ in nothing but their ids; `able` as `eligible` has it."""
    costs: dict[str, list[tuple[int, int]]] = {vehicle.id: [] for vehicle in problem.vehicles}
    for number, task in enumerate(problem.tasks):
        for vehicle_id, cost in task.vehicle_costs:
            costs[vehicle_id].append((number, cost))
    seen: dict[object, int] = {}
    found = []
    for vehicle in problem.vehicles:
        key = (
            replace(vehicle, id="-", skills=frozenset()),
            tuple(vehicle.id in ids for ids in able.values()),
            tuple(costs[vehicle.id]),
            tuple(vehicle.id in balance.vehicles for balance in problem.balances),
        )
        found.append(seen.setdefault(key, len(seen)))
    return found
