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
from solvers.labels import NONE
from solvers.pricing import (
    QUICK,
    SCALE,
    THOROUGH,
    WHOLE,
    WIDENED,
    Column,
    Kind,
    Manner,
    Priced,
    cycles,
    first_prices,
    keeps,
    kinds,
    memories,
    near,
)
from solvers.problem import Problem
from solvers.solution import Solution

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

MOST_TASKS = 400
"""Beyond this the programme and the labels take longer than anybody waits."""

_NEAR, _MOST_NEAR = 8, 24
_TOWARDS = 0.2
_FIRST = 0.3
"""The share of the time by which there is to be a bound, and which the first whole search may take."""

_PATIENCE = 2.0
"""How many times the length of a whole search the quick ones may go on without another."""

_RESERVE = 2.4
"""How many times the length of a whole search is kept back for the last one."""


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
        """How far above the best possible an objective may at most be, as a share of that; None if that is not known."""
        if self.value is None:
            return None
        if objective <= self.value:
            return 0.0
        return (objective - self.value) / self.value if self.value > 0 else None

    def told(self, objective: int | None) -> str:
        """In words, beside a plan's objective if there is one."""
        if self.value is None:
            return f"how far the best possible plan is, is not known: {_WHY[self.reason or Unknown.NO_USE]}"
        text = f"no plan of the problem as stated costs less than {self.value:,}"
        gap = self.gap(objective) if objective is not None else None
        return (
            text
            if gap is None
            else f"{text}; the best here, {objective:,}, is within {gap:.1%} of the best possible"
        )


_WHY = {
    Unknown.TOO_LARGE: f"it has more than {MOST_TASKS} tasks",
    Unknown.NO_TIME: "the time did not suffice for a bound",
    Unknown.NO_USE: "in the time given, no bound above nothing was found",
}


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
    began = time.monotonic()
    search = _Search(problem, plan)
    began += search.warm_up()
    settled = search.run(began, seconds, rounds, stop or (lambda: False))
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
        self.master = Master(self.kinds, self.must.tolist(), tops, most)
        if plan is not None:
            self.master.add(_columns(problem, self.kinds, plan))
        self.best: int | None = None
        self.centre, self.guess = first_prices(problem, self.kinds, plan), -NONE
        self.rounds = 0
        self.slack = SCALE + len(tops)  # prices are rounded to 1/SCALE

    def warm_up(self) -> float:
        """Import and compile what is needed; the seconds that took."""
        began = time.monotonic()
        self.master.solve(1.0)
        for kind in self.kinds[:1]:
            kind.price(np.zeros(len(self.must), dtype=np.int64), memories(self.near), QUICK, began)
        return time.monotonic() - began

    def run(self, began: float, seconds: float, rounds: int | None, stop: Callable[[], bool]) -> bool:
        """Whether the end was reached: the programme settled, over routes that serve nothing twice.

        Quick searches find routes, as long as they do. Whole ones, which take longer, are for the bound: one where the
        quick ones find nothing for the first time, and then so that they take but a part of the time, one at the end.
        """
        until, due, took = began + seconds, began + seconds * _FIRST, 0.0
        while (rounds is None or self.rounds < rounds) and not stop():
            solved = self.master.solve(until - time.monotonic())
            now = time.monotonic()
            if solved is None or (self.rounds and now >= until):
                return False
            programme = _Programme(*solved, tuple(self.master.columns))
            self.master.thin(programme.wanted, programme.kinds)
            self.rounds += 1
            ending = self.rounds == rounds or (took > 0 and now > until - _RESERVE * took)
            prices = self._drawn(programme.wanted, _TOWARDS)
            if not ending and now < due:
                if self._found(QUICK, prices, programme, until):
                    continue
                prices = self._drawn(programme.wanted, 0.0)
                if self._found(THOROUGH, prices, programme, until) or (took and self._remember(programme)):
                    continue
            found = self._price(prices, WHOLE, until if took else now + seconds * _FIRST)
            if found is None:
                found = self._price(prices, WIDENED, until)
                if found is None:
                    return False
                self._note(prices, found)
            else:
                self._note(prices, found)
                self.master.add(self._worth(found, programme))
                if self._settled(programme) and not self._remember(programme):
                    return True
            took = time.monotonic() - now
            due = now + (1 + _PATIENCE) * took
            if ending:
                return False
        return False

    def _drawn(self, wanted: Floats, towards: float) -> Ints:
        """The programme's prices, drawn towards those that gave the best bound or seem to."""
        mixed = towards * self.centre + (1 - towards) * wanted * SCALE
        return np.rint(np.where(self.must, mixed, np.maximum(mixed, 0.0))).astype(np.int64)

    def _found(self, manner: Manner, prices: Ints, programme: _Programme, until: float) -> bool:
        """Whether a search that looks away from much found a new route that the programme wants."""
        found = self._price(prices, manner, until) or []
        if found and (guess := self._value(prices, found)) > self.guess:
            self.guess, self.centre = guess, prices
        return self.master.add(self._worth(found, programme))

    def _worth(self, found: list[Priced], programme: _Programme) -> list[Column]:
        """Of what was found, the routes that the programme wants."""
        return [
            column
            for kind, one in zip(self.kinds, found, strict=False)
            for column in one.columns
            if column.cost + programme.wanted[list(column.tasks)].sum() < -programme.kinds[kind.number] - 1e-4
        ]

    def _price(self, prices: Ints, manner: Manner, until: float) -> list[Priced] | None:
        found, memory = [], memories(self.near)
        for kind in self.kinds:
            one = kind.price(prices, memory, manner, until)
            if one is None:
                return None
            found.append(one)
        return found

    def _value(self, prices: Ints, found: list[Priced]) -> int:
        saved = sum(len(kind.vehicles) * one.least for kind, one in zip(self.kinds, found, strict=True))
        return self.top - int(prices.sum()) + saved

    def _note(self, prices: Ints, found: list[Priced]) -> None:
        value = self._value(prices, found)
        self.best = value if self.best is None else max(self.best, value)

    def _settled(self, programme: _Programme) -> bool:
        """Whether the bound is as high as the programme lets it be."""
        return self.best is not None and self.best >= programme.cost * SCALE + self.top - self.slack

    def _remember(self, programme: _Programme) -> bool:
        """Lengthen memories where routes in use serve a task twice; whether there was any."""
        grown = False
        for column, share in zip(programme.columns, programme.shares, strict=True):
            for task, between in cycles(column.tasks) if share > 1e-6 else ():
                if all(task in self.near[way] or len(self.near[way]) < _MOST_NEAR for way in between):
                    for way in between:
                        self.near[way].add(task)
                    grown = True
        if grown:
            self.master.keep(lambda column: keeps(self.near, column.tasks))
        return grown


@dataclass(frozen=True, slots=True)
class _Programme:
    """The programme solved: its cost, what it pays for the tasks (n,) and the kinds, how much of each column it takes."""

    cost: float
    wanted: Floats
    kinds: Floats
    shares: Floats
    columns: tuple[Column, ...]


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
