"""A large problem in parts: days that pass near each other, and what nobody serves near them.

Places are laid out on a plane by their travel times, routes stand at their barycentres, and the plane is cut
in two again and again in directions drawn by chance, so that the next cut has its borders elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from solvers.demand import demand, eligible
from solvers.problem import Problem
from solvers.solution import Orders
from solvers.travel import UNREACHABLE

_LANDMARKS = 40
_JITTER = 0.25  # of the distance to a route's middle, so that a task between two is tried with both

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Part:
    """Ids of tasks and of the vehicles that share them."""

    tasks: tuple[str, ...]
    vehicles: tuple[str, ...]


class Atlas:
    """Where the places of a problem lie, as far as its travel times tell, and who may serve what."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.at = _plane(problem)
        ids = eligible(problem)
        number = {vehicle.id: k for k, vehicle in enumerate(problem.vehicles)}
        self.demands = {key: k for k, key in enumerate(ids)}
        self.may = np.zeros((len(ids), len(number)), dtype=bool)
        for key, names in ids.items():
            self.may[self.demands[key], [number[name] for name in names]] = True
        self.demand_of = np.array([self.demands[demand(task)] for task in problem.tasks], dtype=np.int64)
        self.place = np.array([task.place for task in problem.tasks], dtype=np.int64)
        self.open = [bool(problem.pieces[task.id]) for task in problem.tasks]
        self.index = {task.id: k for k, task in enumerate(problem.tasks)}
        self.units = _units(problem)

    def cut(self, orders: Orders, size: int, random: np.random.Generator) -> list[Part]:
        """Parts of about `size` tasks. Tasks that no vehicle may serve are in none of them."""
        problem = self.problem
        part_of = np.full(len(problem.vehicles), -1, dtype=np.int64)
        served, route_of = [], np.full(len(problem.tasks), -1, dtype=np.int64)
        middle = np.zeros((len(problem.vehicles), 2))
        for k, vehicle in enumerate(problem.vehicles):
            stops = [self.index[task] for task in orders.get(vehicle.id, ())]
            served.append(len(stops))
            route_of[stops] = k
            middle[k] = self._middle(stops, (vehicle.start, vehicle.end))
        count = max(1, round(len(problem.tasks) / size))
        spare = (len(problem.tasks) - sum(served)) / max(1, len(problem.vehicles))
        weight = np.array(served) + spare
        _halve(self.units, middle, weight, count, random, part_of)
        task_part = np.where(route_of >= 0, part_of[route_of], -1)
        self._attach(task_part, middle, part_of, random)
        return self._parts(task_part, part_of)

    def _middle(self, stops: Sequence[int], ends: tuple[int | None, int | None]) -> Points:
        if stops:
            return np.asarray(self.at[self.place[stops]].mean(axis=0))
        known = [place for place in ends if place is not None]
        return np.asarray(self.at[known].mean(axis=0) if known else self.at.mean(axis=0))

    def _attach(
        self,
        task_part: NDArray[np.int64],
        middle: Points,
        part_of: NDArray[np.int64],
        random: np.random.Generator,
    ) -> None:
        """Give every task without a part that of a day near it which may serve it."""
        for row in np.flatnonzero((task_part < 0) & np.array(self.open, dtype=bool)).tolist():
            able = self.may[self.demand_of[row]]
            if able.any():
                away = np.linalg.norm(middle - self.at[self.place[row]], axis=1)
                away *= random.uniform(1 - _JITTER, 1 + _JITTER, len(away))
                task_part[row] = part_of[int(np.where(able, away, np.inf).argmin())]

    def _parts(self, task_part: NDArray[np.int64], part_of: NDArray[np.int64]) -> list[Part]:
        tasks, vehicles = self.problem.tasks, self.problem.vehicles
        parts = []
        for number in range(int(part_of.max(initial=-1)) + 1):
            own = tuple(tasks[k].id for k in np.flatnonzero(task_part == number).tolist())
            days = tuple(vehicles[k].id for k in np.flatnonzero(part_of == number).tolist())
            if own and days:
                parts.append(Part(own, days))
        return parts

    def first_cut(self, size: int, random: np.random.Generator) -> list[Part]:
        """Parts where there is no plan yet: as many vehicles as tasks, by share, on each side of a cut."""
        problem = self.problem
        count = max(1, round(len(problem.tasks) / size))
        homes = np.array([self._middle((), (v.start, v.end)) for v in problem.vehicles])
        task_part = np.full(len(problem.tasks), -1, dtype=np.int64)
        part_of = np.full(len(problem.vehicles), -1, dtype=np.int64)
        at = self.at[self.place]
        _halve_both(np.arange(len(at)), self.units, at, homes, count, random, task_part, part_of)
        for row in np.flatnonzero(~np.array(self.open, dtype=bool)).tolist():
            task_part[row] = -1
        able = [
            {int(p) for p in part_of[self.may[k]].tolist()} for k in range(len(self.may))
        ]  # parts with somebody for each demand
        for row in np.flatnonzero(task_part >= 0).tolist():
            if int(task_part[row]) not in able[int(self.demand_of[row])]:
                task_part[row] = -1
        self._attach(task_part, homes, part_of, random)
        return self._parts(task_part, part_of)


def _units(problem: Problem) -> list[list[int]]:
    """Vehicles that stay together, by number: those that share a balance."""
    number = {vehicle.id: k for k, vehicle in enumerate(problem.vehicles)}
    parent = list(range(len(number)))

    def root(k: int) -> int:
        while parent[k] != k:
            parent[k] = parent[parent[k]]
            k = parent[k]
        return k

    for balance in problem.balances:
        first, *others = sorted(number[v] for v in balance.vehicles) or [0]
        for other in others:
            parent[root(other)] = root(first)
    groups: dict[int, list[int]] = {}
    for k in range(len(parent)):
        groups.setdefault(root(k), []).append(k)
    return list(groups.values())


def _halve(
    units: list[list[int]],
    middle: Points,
    weight: NDArray[np.float64],
    count: int,
    random: np.random.Generator,
    part_of: NDArray[np.int64],
) -> None:
    if count <= 1 or len(units) <= 1:
        number = int(part_of.max(initial=-1)) + 1
        for unit in units:
            part_of[unit] = number
        return
    ordered, load = _along(units, middle, weight, random)
    less = count // 2
    cut = int(np.searchsorted(np.cumsum(load), load.sum() * less / count)) + 1
    cut = min(max(cut, 1), len(units) - 1)
    _halve(ordered[:cut], middle, weight, less, random, part_of)
    _halve(ordered[cut:], middle, weight, count - less, random, part_of)


def _along(
    units: list[list[int]], middle: Points, weight: NDArray[np.float64], random: np.random.Generator
) -> tuple[list[list[int]], NDArray[np.float64]]:
    """Units in the order in which a line in a direction drawn by chance meets them, and what each weighs."""
    direction = _direction(random)
    where = np.array([middle[unit].mean(axis=0) @ direction for unit in units])
    order = np.argsort(where, kind="stable").tolist()
    ordered = [units[k] for k in order]
    return ordered, np.array([weight[unit].sum() for unit in ordered])


def _direction(random: np.random.Generator) -> Points:
    angle = random.uniform(0, np.pi)
    return np.array([np.cos(angle), np.sin(angle)])


def _halve_both(
    tasks: NDArray[np.int64],
    units: list[list[int]],
    at: Points,
    homes: Points,
    count: int,
    random: np.random.Generator,
    task_part: NDArray[np.int64],
    part_of: NDArray[np.int64],
) -> None:
    if count <= 1 or len(units) <= 1:
        number = int(part_of.max(initial=-1)) + 1
        task_part[tasks] = number
        for unit in units:
            part_of[unit] = number
        return
    direction = _direction(random)
    tasks = tasks[np.argsort(at[tasks] @ direction, kind="stable")]
    where = [float(homes[unit].mean(axis=0) @ direction) for unit in units]
    units = [units[k] for k in np.argsort(where, kind="stable").tolist()]
    less = count // 2
    some = min(max(round(len(units) * less / count), 1), len(units) - 1)
    many = len(tasks) * some // len(units)
    _halve_both(tasks[:many], units[:some], at, homes, less, random, task_part, part_of)
    _halve_both(tasks[many:], units[some:], at, homes, count - less, random, task_part, part_of)


def _plane(problem: Problem) -> Points:
    """Places on a plane, distances as near to travel times as they come: landmark scaling (de Silva, Tenenbaum 2004)."""
    duration = next(iter(problem.travel.values())).duration
    size = problem.places
    if size < 3:
        return np.stack((np.arange(size, dtype=np.float64), np.zeros(size)), axis=1)
    first = _both_ways(duration, 0)
    nearest, chosen = first.copy(), [0]
    rows = [first]
    while len(chosen) < min(_LANDMARKS, size):
        landmark = int(nearest.argmax())
        if nearest[landmark] <= 0:
            break
        chosen.append(landmark)
        rows.append(_both_ways(duration, landmark))
        nearest = np.minimum(nearest, rows[-1])
    squares = np.array(rows) ** 2
    among = squares[:, chosen]
    mean = among.mean(axis=0)
    centred = -0.5 * (among - mean[None, :] - mean[:, None] + among.mean())
    values, vectors = np.linalg.eigh(centred)
    kept = [k for k in (-1, -2) if len(values) >= -k and values[k] > 0]
    laid = [-0.5 * (vectors[:, k] @ (squares - mean[:, None])) / np.sqrt(values[k]) for k in kept]
    while len(laid) < 2:
        laid.append(np.zeros(size))
    return np.stack(laid, axis=1)


def _both_ways(duration: NDArray[np.int32], place: int) -> NDArray[np.float64]:
    there, back = duration[place].astype(np.float64), duration[:, place].astype(np.float64)
    far = [float(way[way < UNREACHABLE].max(initial=0)) for way in (there, back)]
    there[there >= UNREACHABLE], back[back >= UNREACHABLE] = 2 * far[0], 2 * far[1]
    return np.asarray((there + back) / 2)
