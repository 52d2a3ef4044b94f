"""A lower bound on any plan's objective: no plan of the problem can cost less.

Column generation. A linear programme mixes the routes known so far, each task served at most once, and prices the tasks;
labels find the routes that these prices make worth having (`solvers.labels`). At any prices whatever, the tasks' tops less
the prices, plus what the cheapest route of each vehicle then saves, is a bound (Lagrange), so the search can stop at any
time; the prices are drawn towards those of the best bound (Wentges 1997).

Routes may come back to a task that they have forgotten: ng-routes (Baldacci, Mingozzi and Roberti 2011), whose memory
grows where the programme makes use of that. Not seen at all: limits on travel and duration, pinned positions, balances,
the order of several breaks on one leg and all but the three longest. All this only widens what is allowed. Prices are
whole multiples of 1/256 and costs integers, so the bound itself carries no rounding.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from solvers.columns import Master
from solvers.evaluate import evaluate
from solvers.pricing import SCALE, Column, Kind, Priced, cycles, keeps, kinds, memories, near
from solvers.problem import Problem
from solvers.solution import Solution

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_TASKS = 400
"""Beyond this the programme and the labels take longer than anybody waits."""

_NEAR, _MOST_NEAR = 6, 24
_COMPARED_PER_SECOND = 150_000_000
_TOWARDS_BEST = 0.6


class Unknown(StrEnum):
    """Why there is no bound."""

    TOO_LARGE = "too_large"
    NO_TIME = "no_time"
    NO_USE = "no_use"


@dataclass(frozen=True, slots=True)
class Bound:
    """`value`: no plan costs less, or None with the `reason`.

    `rounds` of prices were tried; `settled` says that the programme was solved to its end, so that more time would not
    raise the bound.
    """

    value: int | None
    reason: Unknown | None
    rounds: int
    settled: bool = False

    def gap(self, objective: int) -> float | None:
        """By how much of itself an objective may at most be above the best possible, from 0 to 1."""
        if self.value is None:
            return None
        return max(0.0, (objective - self.value) / objective) if objective > 0 else 0.0


def lower_bound(
    problem: Problem,
    *,
    seconds: float,
    plan: Solution | None = None,
    rounds: int | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bound:
    """The best bound found in the time; of no use, and so None, where it is not above 0 on a problem whose costs are.

    The routes of a feasible `plan` at hand give it a start. A time limit alone cannot promise the same bound again;
    `rounds` can.
    """
    if len(problem.tasks) > MOST_TASKS:
        return Bound(None, Unknown.TOO_LARGE, 0)
    search = _Search(problem, plan)
    search.warm_up()
    settled = search.run(time.monotonic() + seconds, rounds, stop or (lambda: False))
    if search.best is None:
        return Bound(None, Unknown.NO_TIME, search.rounds)
    value = -(-search.best // SCALE)
    if value <= 0 and not settled:
        return Bound(None, Unknown.NO_USE, search.rounds)
    return Bound(value, None, search.rounds, settled)


class _Search:
    """Prices, routes and the best bound so far, in units of 1/SCALE."""

    def __init__(self, problem: Problem, plan: Solution | None) -> None:
        self.kinds = kinds(problem)
        tops = [problem.top_prizes[task.id] for task in problem.tasks]
        self.must = np.array([task.mandatory for task in problem.tasks], dtype=bool)
        self.top = sum(tops) * SCALE
        self.near = near(problem, _NEAR)
        most = float(min(problem.mandatory_penalty, 1 << 40))
        self.master = Master(self.kinds, [task.mandatory for task in problem.tasks], most)
        if plan is not None:
            self.master.add(_columns(problem, self.kinds, plan))
        self.best: int | None = None
        self.centre: Ints | None = None
        self.rounds = 0

    def warm_up(self) -> None:
        """Compile what is needed, outside the time."""
        for kind in self.kinds[:1]:
            kind.price(np.zeros(len(self.must), dtype=np.int64), memories(self.near), loose=True, effort=1)

    def run(self, until: float, rounds: int | None, stop: Callable[[], bool]) -> bool:
        """Whether the end was reached: the programme settled, over routes that serve nothing twice."""
        towards = _TOWARDS_BEST
        while (rounds is None or self.rounds < rounds) and not stop():
            solved = self.master.solve()
            if solved is None or (self.rounds and time.monotonic() >= until):
                return False
            cost, wanted, kind_prices, shares = solved
            wanted = np.where(self.must, wanted, np.maximum(wanted, 0.0))
            self.rounds += 1
            if self._quick(_whole(wanted), kind_prices, until):
                continue
            prices = _whole(wanted)
            if self.centre is not None:
                prices = (towards * self.centre + (1 - towards) * prices).astype(np.int64)
            found = self._price(prices, loose=False, until=until)
            if found is None:
                return False
            self._note(prices, found)
            fresh = self.master.add([column for one in found for column in one.columns])
            settled = self.best is not None and self.best >= (cost - 1e-6 * abs(cost) - 1e-3) * SCALE + self.top
            if settled or (not fresh and towards == 0):
                if not self._remember(shares):
                    return True
                towards = _TOWARDS_BEST
            elif not fresh:
                towards = 0.0
        return False

    def _quick(self, prices: Ints, kind_prices: Floats, until: float) -> bool:
        """Whether a search that looks away from memories found a route worth having."""
        found = self._price(prices, loose=True, until=until)
        good = [
            column
            for kind, one in zip(self.kinds, found or (), strict=False)
            for column in one.columns
            if column.cost * SCALE + prices[list(column.tasks)].sum() < -(kind_prices[kind.number] + 1e-4) * SCALE
        ]
        return self.master.add(good)

    def _price(self, prices: Ints, *, loose: bool, until: float) -> list[Priced] | None:
        found, memory = [], memories(self.near)
        for kind in self.kinds:
            left = max(0.5, until - time.monotonic())
            one = kind.price(prices, memory, loose=loose, effort=int(left * _COMPARED_PER_SECOND))
            if one is None:
                return None
            found.append(one)
        return found

    def _note(self, prices: Ints, found: list[Priced]) -> None:
        saved = sum(len(kind.vehicles) * one.least for kind, one in zip(self.kinds, found, strict=True))
        value = self.top - int(prices.sum()) + saved
        if self.best is None or value > self.best:
            self.best, self.centre = value, prices

    def _remember(self, shares: Floats) -> bool:
        """Lengthen memories where routes in use serve a task twice; whether there was any."""
        grown = False
        for column, share in zip(list(self.master.columns), shares, strict=False):
            for task, between in cycles(column.tasks) if share > 1e-6 else ():
                if all(task in self.near[way] or len(self.near[way]) < _MOST_NEAR for way in between):
                    for way in between:
                        self.near[way].add(task)
                    grown = True
        if grown:
            self.master.keep(lambda column: keeps(self.near, column.tasks))
        return grown


def _whole(prices: Floats) -> Ints:
    return np.rint(prices * SCALE).astype(np.int64)


def _columns(problem: Problem, groups: list[Kind], plan: Solution) -> list[Column]:
    """The routes of a plan; none of one that breaks a rule."""
    verdict = evaluate(problem, plan)
    if not verdict.feasible:
        return []
    kind_of = {vehicle: kind.number for kind in groups for vehicle in kind.vehicles}
    number = {task.id: at for at, task in enumerate(problem.tasks)}
    found = []
    for route in verdict.routes:
        tasks = [stop.task for stop in route.stops]
        extra = sum(problem.task_by_id[task].cost_with(route.vehicle) for task in tasks)
        cost = route.cost + extra - route.collected
        found.append(Column(kind_of[route.vehicle], cost, tuple(number[task] for task in tasks)))
    return found
