"""Make orders feasible by leaving tasks out, and say which."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solvers.problem import Problem
from solvers.schedule import schedule


def repaired(
    problem: Problem, orders: Mapping[str, Sequence[str]]
) -> tuple[dict[str, tuple[str, ...]], tuple[str, ...]]:
    """Orders by vehicle that all have a feasible timing, and the tasks that had to go.

    Unknown vehicles and tasks, and tasks named a second time, are dropped. Where an order has no timing, its
    tasks are kept one after another as long as those kept so far have one, pinned ones first.
    """
    kept: dict[str, tuple[str, ...]] = {}
    dropped: list[str] = []
    seen: set[str] = set()
    for vehicle, given in orders.items():
        known = vehicle in problem.vehicle_by_id
        order = [t for t in given if known and t in problem.task_by_id and t not in seen]
        dropped.extend(task for task in given if task not in order and task not in seen)
        order = list(dict.fromkeys(order))
        if order and schedule(problem, vehicle, order) is None:
            fitting = _longest_kept(problem, vehicle, order)
            dropped.extend(task for task in order if task not in fitting)
            order = fitting
        seen.update(order)
        if order:
            kept[vehicle] = tuple(order)
    return kept, tuple(task for task in dict.fromkeys(dropped) if task not in seen)


def _longest_kept(problem: Problem, vehicle: str, order: Sequence[str]) -> list[str]:
    rank = {task: place for place, task in enumerate(order)}

    def urgency(task_id: str) -> tuple[bool, bool, int]:
        task = problem.task_by_id[task_id]
        free = task.pinned_position is None and task.pinned_start is None and task.pinned_vehicle is None
        return (not task.mandatory, free, rank[task_id])

    kept: list[str] = []
    for task in sorted(order, key=urgency):
        attempt = sorted([*kept, task], key=rank.__getitem__)
        if schedule(problem, vehicle, attempt) is not None:
            kept = attempt
    return kept
