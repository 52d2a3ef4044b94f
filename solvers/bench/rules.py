"""What the peers' models need of a problem: who may serve what, and which rules occur."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from solvers.errors import ProblemError
from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.task import Task
from solvers.vehicle import Vehicle


class Occurring(NamedTuple):
    """Which of the rarer rules a problem has."""

    breaks: bool
    durations: bool
    travel_limits: bool
    pinned_positions: bool
    overtime: bool
    bands: bool
    vehicle_costs: bool
    balances: bool


def occurring(problem: Problem) -> Occurring:
    """Go through the problem once."""
    tasks, vehicles = problem.tasks, problem.vehicles
    return Occurring(
        breaks=any(vehicle.due_breaks for vehicle in vehicles),
        durations=any(vehicle.max_duration is not None for vehicle in vehicles),
        travel_limits=any(vehicle.max_travel is not None for vehicle in vehicles),
        pinned_positions=any(task.pinned_position is not None for task in tasks),
        overtime=any(vehicle.max_overtime for vehicle in vehicles),
        bands=any(
            len({piece.prize for piece in cut}) > 1
            for cut in (problem.pieces[task.id] for task in problem.tasks)
        ),
        vehicle_costs=any(task.vehicle_costs for task in tasks),
        balances=bool(problem.balances),
    )


def with_ties_broken(problem: Problem) -> Problem:
    """Where no way costs anything (team orienteering), the same problem with travel as the tie-breaker.

    A unit of prize counts as much as the longest day of travel. Local searches that compare costs have nothing
    to go by otherwise: PyVRP's gap on TOPTW fell from about 7% to 1%. The answer is judged by the problem itself.
    """
    if any(v.cost_per_travel_second or v.cost_per_metre for v in problem.vehicles):
        return problem
    day = max((v.last_arrival - v.shift_start for v in problem.vehicles), default=1) or 1
    tasks = tuple(
        replace(
            task,
            prize=task.prize * day,
            prize_bands=tuple(replace(band, prize=band.prize * day) for band in task.prize_bands),
            vehicle_costs=tuple((vehicle, cost * day) for vehicle, cost in task.vehicle_costs),
        )
        for task in problem.tasks
    )
    vehicles = tuple(
        replace(
            vehicle,
            cost_per_travel_second=1,
            fixed_cost=vehicle.fixed_cost * day,
            cost_per_overtime_second=vehicle.cost_per_overtime_second * day,
        )
        for vehicle in problem.vehicles
    )
    balances = tuple(replace(balance, price=balance.price * day) for balance in problem.balances)
    try:
        return Problem(problem.name, tasks, vehicles, problem.travel, balances)
    except ProblemError:  # the figures no longer fit: then without
        return problem


def within_shifts(problem: Problem, vehicles: Sequence[Vehicle]) -> Iterator[tuple[Task, list[Piece]]]:
    """Every task that has a start before the last of these days ends, with those starts."""
    last = max((vehicle.last_arrival for vehicle in vehicles), default=-1)
    for task in problem.tasks:
        cut = [
            piece._replace(end=min(piece.end, last))
            for piece in problem.pieces[task.id]
            if piece.start <= last
        ]
        if cut:
            yield task, cut
