"""Vehicles as `solvers.bound` sees them: those alike together, with the tables that `solvers.labels` walks over.

Every cost is an integer in units of 1/SCALE, so that sums of them are exact.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.labels import (
    BEFORE,
    BITS,
    DONE,
    EXACT,
    FULL,
    LOOSE,
    MERGED,
    NODE,
    NONE,
    Day,
    advance,
    begin,
    grown,
)
from solvers.problem import Problem
from solvers.schedule import may_serve
from solvers.solution import Solution
from solvers.travel import UNREACHABLE
from solvers.vehicle import Vehicle

Ints = NDArray[np.int64]

SCALE = 256
_MOST_RESTS = 3
_MOST_LABELS = 2_000_000
_EFFORT = 200_000
"""Ways on between two looks at the clock."""


class Manner(NamedTuple):
    """How to look for routes: see `solvers.labels` for `mode` and `crowd`. The day is cut into `slots`, and from each task
    the nearest `ways` are looked at."""

    mode: int
    slots: int
    ways: int | None = None
    crowd: int = 1


QUICK, THOROUGH = Manner(LOOSE, 64, 25), Manner(LOOSE, 128, 50)
WHOLE, WIDENED = Manner(EXACT, 2048), Manner(MERGED, 512, crowd=4)


class Column(NamedTuple):
    """A route of one kind of vehicle: what it costs less what it earns, and the tasks it serves, some perhaps twice."""

    kind: int
    cost: int
    tasks: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Priced:
    """What pricing found for one kind: the least cost at the prices, in units of 1/SCALE, 0 if none is below 0."""

    least: int
    columns: tuple[Column, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """Vehicles alike in everything but their ids."""

    number: int
    vehicles: tuple[str, ...]
    day: Day

    def price(self, prices: Ints, memory: Ints, manner: Manner, until: float) -> Priced | None:
        """Routes that cost less than nothing at these prices (n,), the cheapest for each last task.

        The least cost is no more than that of any ng-route, unless the manner is LOOSE. None where the time or the room
        for labels did not suffice.
        """
        day = self.day._replace(ways=np.ascontiguousarray(self.day.ways[:, : manner.ways]))
        state = begin(len(memory), memory.shape[1], manner.slots)
        room = (len(day.pieces) + 1) << len(day.rests)
        work = (manner.mode, manner.crowd, room, _EFFORT)
        while (done := advance(day, prices, memory, state, *work)) != DONE:
            if done == FULL:
                if len(state.labels) > _MOST_LABELS:
                    return None
                state = grown(state)
            elif time.monotonic() > until:
                if manner.mode != LOOSE:
                    return None
                break
        columns = []
        for last in np.flatnonzero(state.best < 0).tolist():
            path, at = [], int(state.final[last])
            while at >= 0:
                path.append(int(state.labels[at, NODE]))
                at = int(state.labels[at, BEFORE])
            tasks = tuple(reversed(path))
            cost = (int(state.best[last]) - int(prices[list(tasks)].sum())) // SCALE
            columns.append(Column(self.number, cost, tasks))
        return Priced(min(0, int(state.best.min(initial=0))), tuple(columns))


def kinds(problem: Problem) -> list[Kind]:
    """The vehicles that can serve anything."""
    groups: dict[object, list[Vehicle]] = {}
    for vehicle in problem.vehicles:
        served = tuple(
            (may_serve(vehicle, task), task.cost_with(vehicle.id) if may_serve(vehicle, task) else 0)
            for task in problem.tasks
        )
        if vehicle.max_tasks != 0 and any(able for able, _ in served):
            groups.setdefault((replace(vehicle, id="-", skills=frozenset()), served), []).append(vehicle)
    return [_kind(problem, number, group) for number, group in enumerate(groups.values())]


def first_prices(problem: Problem, groups: Sequence[Kind], plan: Solution | None) -> Ints:
    """A guess at what each task is worth beyond what it costs: its top less half the legs there and on, shape (n,).

    Those of the `plan` where it is served, else the shortest legs there are. 1/SCALE.
    """
    n = len(problem.tasks)
    number = {task.id: at for at, task in enumerate(problem.tasks)}
    kind_of = {vehicle: kind for kind in groups for vehicle in kind.vehicles}
    cost = np.zeros(n, dtype=np.int64)
    for kind in groups[:1]:
        table = np.where(kind.day.legs < 0, 1 << 40, kind.day.fares)
        np.fill_diagonal(table, 1 << 40)
        cost = table[:, :n].min(axis=0) // 2 + table[:n].min(axis=1) // 2
    for route in plan.routes if plan is not None else ():
        if route.vehicle in kind_of:
            fares = kind_of[route.vehicle].day.fares
            path = [n, *(number[task] for task in route.tasks), n]
            for before, task, after in zip(path, path[1:], path[2:], strict=False):
                whole = (1 if before == n else 2, 1 if after == n else 2)
                cost[task] = fares[before, task] // whole[0] + fares[task, after] // whole[1]
    tops = np.array([problem.top_prizes[task.id] for task in problem.tasks], dtype=np.int64) * SCALE
    must = np.array([task.mandatory for task in problem.tasks], dtype=bool)
    return np.where(must, tops - cost, np.maximum(tops - cost, 0))


def near(problem: Problem, size: int) -> list[set[int]]:
    """For each task, those that a visit there does not make forgotten: itself and the nearest."""
    places = [task.place for task in problem.tasks]
    matrix = next(iter(problem.travel.values())).duration[np.ix_(places, places)].astype(np.int64)
    far = matrix + matrix.T
    np.fill_diagonal(far, -1)
    return [set(row[:size].tolist()) for row in np.argsort(far, axis=1, kind="stable")]


def memories(near_by: Sequence[set[int]]) -> Ints:
    """The sets as bits, shape (n, words)."""
    table = np.zeros((len(near_by), len(near_by) // BITS + 1), dtype=np.int64)
    for row, kept in enumerate(near_by):
        for task in kept:
            table[row, task // BITS] |= np.int64(1 << (task % BITS))
    return table


def cycles(tasks: Sequence[int]) -> list[tuple[int, Sequence[int]]]:
    """The tasks this route serves again, with what lies between."""
    last: dict[int, int] = {}
    found = []
    for position, task in enumerate(tasks):
        if task in last:
            found.append((task, tasks[last[task] + 1 : position]))
        last[task] = position
    return found


def keeps(near_by: Sequence[set[int]], tasks: Sequence[int]) -> bool:
    """Whether no visit is remembered when its task is served again."""
    return all(any(task not in near_by[between] for between in way) for task, way in cycles(tasks))


def _kind(problem: Problem, number: int, group: Sequence[Vehicle]) -> Kind:
    vehicle, tasks = group[0], problem.tasks
    legs, fares = _tables(problem, vehicle)
    cut = [problem.pieces[task.id] if may_serve(vehicle, task) else () for task in tasks]
    able = np.array([number for number, own in enumerate(cut) if own], dtype=np.int64)
    rows = [(piece.start, piece.end, piece.prize * SCALE) for own in cut for piece in own]
    load = [task.load for task in tasks]
    bound = vehicle.capacity is not None and sum(load) > vehicle.capacity
    rests = sorted(vehicle.due_breaks, key=lambda rest: -rest.duration)[:_MOST_RESTS]
    day = Day(
        legs=legs,
        fares=fares,
        ways=able[np.argsort(np.where(legs < 0, NONE, legs)[:, able], axis=1, kind="stable")],
        service=np.array([task.service for task in tasks], dtype=np.int64),
        load=np.array(load if bound else [0] * len(tasks), dtype=np.int64),
        ends=np.cumsum([0, *(len(own) for own in cut)], dtype=np.int64),
        pieces=np.array(rows, dtype=np.int64).reshape(-1, 3),
        rests=np.array(
            [(rest.earliest, rest.latest, rest.duration) for rest in rests], dtype=np.int64
        ).reshape(-1, 3),
        shift=_shift(vehicle, len(tasks), bound=bound),
    )
    return Kind(number, tuple(one.id for one in group), day)


def _shift(vehicle: Vehicle, tasks: int, *, bound: bool) -> Ints:
    most = NONE if vehicle.max_tasks is None or vehicle.max_tasks >= tasks else vehicle.max_tasks
    late, fixed = vehicle.cost_per_overtime_second * SCALE, vehicle.fixed_cost * SCALE
    capacity = vehicle.capacity if bound and vehicle.capacity is not None else NONE
    day = (vehicle.shift_start, vehicle.shift_end, vehicle.last_arrival)
    return np.array([*day, late, fixed, capacity, most], dtype=np.int64)


def _tables(problem: Problem, vehicle: Vehicle) -> tuple[Ints, Ints]:
    """Seconds, -1 without a way, and costs in 1/SCALE between the tasks; the last row and column are start and end."""
    n, matrix = len(problem.tasks), problem.matrix(vehicle)
    places = [task.place for task in problem.tasks]
    seconds, metres = np.zeros((n + 1, n + 1), dtype=np.int64), np.zeros((n + 1, n + 1), dtype=np.int64)
    for table, source in ((seconds, matrix.duration), (metres, matrix.distance)):
        table[:n, :n] = source[np.ix_(places, places)]
        if vehicle.start is not None:
            table[n, :n] = source[vehicle.start, places]
        if vehicle.end is not None:
            table[:n, n] = source[places, vehicle.end]
    closed = seconds == UNREACHABLE
    fares = (seconds * vehicle.cost_per_travel_second + metres * vehicle.cost_per_metre) * SCALE
    extra = np.array([task.cost_with(vehicle.id) for task in problem.tasks], dtype=np.int64)
    fares[:, :n] += extra * SCALE
    return np.where(closed, -1, seconds), np.where(closed, 0, fares)
