"""An engine's orders as a solution with every instant, whether or not they keep the rules."""

from __future__ import annotations

from collections.abc import Sequence

from solvers.bench.engine import Orders
from solvers.evaluate import Evaluation, evaluate
from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import Route, Solution, solution_of
from solvers.travel import UNREACHABLE


def judged(problem: Problem, orders: Orders) -> tuple[Solution, Evaluation]:
    """The orders at their best timing, and the judgement of it.

    An order that no timing makes feasible is timed as if nothing mattered but travel and opening hours, so
    that the evaluation says which rules it breaks.
    """
    routes = []
    for vehicle, tasks in orders.items():
        known = [task for task in tasks if task in problem.task_by_id]
        if vehicle in problem.vehicle_by_id and known:
            routes.append(schedule(problem, vehicle, known) or _as_it_is(problem, vehicle, known))
    solution = solution_of(routes, [task.id for task in problem.tasks])
    return solution, evaluate(problem, solution)


def _as_it_is(problem: Problem, vehicle_id: str, task_ids: Sequence[str]) -> Route:
    vehicle = problem.vehicle_by_id[vehicle_id]
    table = problem.matrix(vehicle).duration
    at, clock = vehicle.start, vehicle.shift_start
    starts = []
    for task_id in task_ids:
        task = problem.task_by_id[task_id]
        clock += _leg(table[at, task.place]) if at is not None else 0
        later = [piece.start for piece in problem.pieces[task_id] if piece.end >= clock]
        clock = max(clock, min(later, default=clock))
        starts.append(clock)
        at, clock = task.place, clock + task.service
    if at is not None and vehicle.end is not None:
        clock += _leg(table[at, vehicle.end])
    return Route(
        vehicle_id,
        tuple(task_ids),
        tuple(starts),
        vehicle.shift_start,
        clock,
        tuple(None for _ in vehicle.breaks),
    )


def _leg(seconds: int) -> int:
    return 0 if seconds == UNREACHABLE else int(seconds)
