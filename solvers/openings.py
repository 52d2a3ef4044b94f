"""What it would cost a vehicle to be at a place at a given second, for many places and seconds at once.

An estimate from the route as it is timed: up to two tasks may give way. Breaks, the most time under way and
prizes that change as later tasks move are not looked at; whoever takes an opening times the route exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import Route
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Vehicle

Ints = NDArray[np.int64]

NEVER = 1 << 60
"""The cost of what cannot be."""

_MOST_DROPPED = 2


@dataclass(frozen=True, slots=True)
class Wanted:
    """The tasks looked at (n) and the seconds tried (m).

    `places` and `service` have the shape (n,); `worth` (n, m) is what a start at each second earns, below
    zero where no window allows it.
    """

    tasks: tuple[Task, ...]
    places: Ints
    service: Ints
    times: Ints
    worth: Ints

    @classmethod
    def of(cls, tasks: Sequence[Task], times: Sequence[int], mandatory: int) -> Wanted:
        """These tasks at these seconds; a mandatory one is worth `mandatory` more."""
        worth = np.full((len(tasks), len(times)), -1, np.int64)
        for row, task in enumerate(tasks):
            extra = mandatory if task.mandatory else 0
            for column, second in enumerate(times):
                if any(window.start <= second <= window.end for window in task.windows):
                    worth[row, column] = task.prize_at(second) + extra
        return cls(
            tuple(tasks),
            np.array([task.place for task in tasks], np.int64),
            np.array([task.service for task in tasks], np.int64),
            np.array(times, np.int64),
            worth,
        )


@dataclass(frozen=True, slots=True)
class Openings:
    """`cost` (n, m) for a vehicle to be at each place at each second, and `gap` (n, m), the gap it goes into.

    `gaps` are (after, before): positions in the route between which everything else gives way.
    """

    cost: Ints
    gap: Ints
    gaps: tuple[tuple[int, int], ...]

    def order(self, route: Sequence[str], row: int, column: int, task: str) -> tuple[str, ...]:
        """The route with the task in its gap."""
        after, before = self.gaps[int(self.gap[row, column])]
        return (*route[:after], task, *route[before - 1 :])


def openings(problem: Problem, vehicle: Vehicle, route: Route | None, wanted: Wanted) -> Openings:
    """Every opening of a vehicle's day. `route` is its route as timed in `problem`, or None for an empty day."""
    day = _Day(problem, vehicle, route)
    gaps = tuple(day.gaps())
    shape = (len(wanted.tasks), len(wanted.times))
    cost, gap = np.full(shape, NEVER, np.int64), np.zeros(shape, np.int64)
    for number, (after, before) in enumerate(gaps):
        extra, earliest, latest = day.between(after, before, wanted)
        fits = (wanted.times >= earliest[:, None]) & (wanted.times <= latest[:, None])
        better = fits & (extra[:, None] < cost)
        cost = np.where(better, extra[:, None], cost)
        gap[better] = number
    return Openings(cost, gap, gaps)


class _Day:
    """A route's places, when each is left at the earliest, and when each service starts at the latest."""

    def __init__(self, problem: Problem, vehicle: Vehicle, route: Route | None) -> None:
        self.vehicle, self.matrix = vehicle, problem.matrix(vehicle)
        self.tasks = [problem.task_by_id[task] for task in route.tasks] if route else []
        starts = list(route.starts) if route else []
        self.places = [vehicle.start, *(task.place for task in self.tasks), vehicle.end]
        self.left = [vehicle.shift_start, *(s + t.service for s, t in zip(starts, self.tasks, strict=True))]
        self.prizes = [task.prize_at(start) for task, start in zip(self.tasks, starts, strict=True)]
        self.latest = [vehicle.last_arrival]
        for position in range(len(self.tasks), 0, -1):
            task = self.tasks[position - 1]
            leg, _ = self._leg(position, position + 1)
            until = self.latest[0] - leg - task.service
            self.latest.insert(0, min(until, max(piece.end for piece in problem.pieces[task.id])))

    def gaps(self) -> list[tuple[int, int]]:
        """Positions, the start place being 0, with at most a few tasks between them that may give way."""
        found = []
        last = len(self.tasks) + 1
        most = self.vehicle.max_tasks
        for after in range(last):
            for before in range(after + 1, min(after + 1 + _MOST_DROPPED, last) + 1):
                between = self.tasks[after : before - 1]
                if any(task.mandatory for task in between):
                    break
                if most is None or len(self.tasks) - len(between) < most:
                    found.append((after, before))
        return found

    def between(self, after: int, before: int, wanted: Wanted) -> tuple[Ints, Ints, Ints]:
        """Extra cost, earliest and latest start of each wanted task between two positions; shapes (n,)."""
        there, metres_there = self._legs(self.places[after], wanted.places, back=False)
        back, metres_back = self._legs(self.places[before], wanted.places, back=True)
        old, old_metres, lost = 0, 0, 0
        for position in range(after, before):
            leg, metres = self._leg(position, position + 1)
            old, old_metres = old + leg, old_metres + metres
        lost = sum(self.prizes[after : before - 1])
        vehicle = self.vehicle
        extra = (there + back - old) * vehicle.cost_per_travel_second + lost
        extra += (metres_there + metres_back - old_metres) * vehicle.cost_per_metre
        if not self.tasks:
            extra += vehicle.fixed_cost
        closed = (there >= UNREACHABLE) | (back >= UNREACHABLE)
        earliest = np.where(closed, NEVER, self.left[after] + there)
        return extra, earliest, self.latest[before - 1] - back - wanted.service

    def _leg(self, origin: int, goal: int) -> tuple[int, int]:
        start, end = self.places[origin], self.places[goal]
        if start is None or end is None:
            return 0, 0
        return int(self.matrix.duration[start, end]), int(self.matrix.distance[start, end])

    def _legs(self, place: int | None, wanted: Ints, *, back: bool) -> tuple[Ints, Ints]:
        if place is None:
            return np.zeros(len(wanted), np.int64), np.zeros(len(wanted), np.int64)
        rows = (wanted, place) if back else (place, wanted)
        return self.matrix.duration[rows].astype(np.int64), self.matrix.distance[rows].astype(np.int64)


def spent(problem: Problem, route: Route | None) -> int:
    """What a route costs, less the prizes it collects."""
    if route is None or not route.tasks:
        return 0
    vehicle = problem.vehicle_by_id[route.vehicle]
    matrix = problem.matrix(vehicle)
    tasks = [problem.task_by_id[task] for task in route.tasks]
    places = [vehicle.start, *(task.place for task in tasks), vehicle.end]
    total = vehicle.fixed_cost
    for origin, goal in pairwise(places):
        if origin is not None and goal is not None:
            total += int(matrix.duration[origin, goal]) * vehicle.cost_per_travel_second
            total += int(matrix.distance[origin, goal]) * vehicle.cost_per_metre
    total += max(0, route.arrival_end - vehicle.shift_end) * vehicle.cost_per_overtime_second
    total += sum(task.cost_with(vehicle.id) for task in tasks)
    return total - sum(task.prize_at(start) for task, start in zip(tasks, route.starts, strict=True))


def retimed(problem: Problem, vehicle: str, tasks: Sequence[Task]) -> tuple[Problem, Route | None]:
    """A problem of this vehicle and these tasks, and the best timing of them in this order; None if it has none.

    The vehicle may serve every task: who may go where was asked before.
    """
    who = problem.vehicle_by_id[vehicle]
    ends = [place for place in (who.start, who.end) if place is not None]
    order = sorted({*ends, *(task.place for task in tasks)})
    at = {place: number for number, place in enumerate(order)}
    small = Problem(
        problem.name,
        tuple(
            replace(
                task,
                place=at[task.place],
                vehicles=None,
                vehicle_costs=tuple(entry for entry in task.vehicle_costs if entry[0] == vehicle),
            )
            for task in tasks
        ),
        (
            replace(
                who,
                start=None if who.start is None else at[who.start],
                end=None if who.end is None else at[who.end],
            ),
        ),
        {who.profile: problem.travel[who.profile].restricted(order)},
    )
    return small, schedule(small, vehicle, [task.id for task in tasks])
