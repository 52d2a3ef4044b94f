"""A part of a plan on its own: some vehicles and what they serve, while the rest stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from solvers.evaluate import RouteEvaluation, evaluate
from solvers.problem import Problem
from solvers.solution import Solution
from solvers.task import Task
from solvers.vehicle import Balance, Measure


def part_of(
    problem: Problem, solution: Solution, vehicles: Collection[str], more: Iterable[str] = ()
) -> Problem:
    """The problem of these vehicles, the tasks they serve and `more`. Balances ask for what the rest leaves of them."""
    chosen = set(vehicles)
    wanted = {t for route in solution.routes if route.vehicle in chosen for t in route.tasks} | set(more)
    outside = Solution(tuple(route for route in solution.routes if route.vehicle not in chosen), ())
    judged = evaluate(problem, outside).routes if problem.balances else ()
    tasks = tuple(_within(task, chosen) for task in problem.tasks if task.id in wanted)
    kept = tuple(vehicle for vehicle in problem.vehicles if vehicle.id in chosen)
    balances = tuple(
        _left(problem, balance, judged, chosen) for balance in problem.balances if balance.vehicles & chosen
    )
    whole = Problem(problem.name, tasks, kept, problem.travel, balances)
    return whole.with_tasks(wanted)


def _within(task: Task, vehicles: set[str]) -> Task:
    """The task, naming only these vehicles. One pinned to another vehicle may be served by none."""
    costs = tuple((name, cost) for name, cost in task.vehicle_costs if name in vehicles)
    allowed = None if task.vehicles is None else task.vehicles & vehicles
    pinned = task.pinned_vehicle
    if pinned is not None and pinned not in vehicles:
        pinned, allowed = None, frozenset()
    return replace(task, vehicles=allowed, vehicle_costs=costs, pinned_vehicle=pinned)


def _left(
    problem: Problem, balance: Balance, outside: Iterable[RouteEvaluation], chosen: set[str]
) -> Balance:
    done = 0
    for route in outside:
        if route.vehicle in balance.vehicles:
            evening = problem.vehicle_by_id[route.vehicle].evening_from
            if balance.measure is Measure.WORK:
                done += route.travel_s + route.service_s
            else:
                done += int(evening is not None and route.arrival_end > evening)
    return replace(balance, vehicles=balance.vehicles & chosen, target=max(0, balance.target - done))
