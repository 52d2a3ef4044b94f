"""First plans in which everybody stays near home: each task is for one vehicle alone, drawn among the near ones.

A greedy first plan sends whoever was nearest when a task's turn came, and what it gets wrong about who works where is
hardly mended later. These differ more from each other, and end better.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from solvers.demand import eligible, who_may
from solvers.problem import Problem
from solvers.travel import UNREACHABLE, Int32Matrix

_ROOM = 1.5
"""Tasks that a vehicle may be given, times its even share: visits and homes do not lie alike."""

_LUCK = 0.3
"""Ways count so much more or less, by chance."""


def near_homes(problem: Problem, random: np.random.Generator) -> Problem:
    """The problem with tasks bound to vehicles that may serve them, the nearest first as long as these have room.

    A way is there from the vehicle's start and back to its end; where neither is known all are as near. A task that is
    pinned to a vehicle or finds none with room stays as it is.
    """
    ways = _ways(problem)
    known = np.isfinite(ways)
    ways *= random.uniform(1 - _LUCK, 1 + _LUCK, ways.shape)
    room = np.full(len(problem.vehicles), int(np.ceil(_ROOM * len(problem.tasks) / len(problem.vehicles))))
    bound: dict[int, int] = {}
    rows, columns = np.unravel_index(np.argsort(ways, axis=None, kind="stable"), ways.shape)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        if row not in bound and room[column] and known[row, column]:
            bound[row] = column
            room[column] -= 1
    tasks = tuple(
        replace(task, vehicles=frozenset({problem.vehicles[bound[number]].id}))
        if number in bound and task.pinned_vehicle is None
        else task
        for number, task in enumerate(problem.tasks)
    )
    return replace(problem, tasks=tasks)


def _ways(problem: Problem) -> NDArray[np.float64]:
    """Seconds of travel there and back, by task and vehicle; infinite where it may not or cannot go."""
    places = [task.place for task in problem.tasks]
    ways = np.where(who_may(problem, eligible(problem)), 1.0, np.inf)
    for column, vehicle in enumerate(problem.vehicles):
        table = problem.matrix(vehicle).duration
        if vehicle.start is not None:
            ways[:, column] += _known(table[vehicle.start, places])
        if vehicle.end is not None:
            ways[:, column] += _known(table[places, vehicle.end])
    return ways


def _known(seconds: Int32Matrix) -> NDArray[np.float64]:
    return np.where(seconds == UNREACHABLE, np.inf, seconds)
