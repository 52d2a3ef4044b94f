"""Who may serve what: tasks that demand the same are looked at once."""

from __future__ import annotations

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
