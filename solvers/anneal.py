"""One compiled search on one problem, from orders to orders: what a lane of the portfolio does, in any process."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from solvers.problem import Problem
from solvers.solution import Orders
from solvers.travel import UNREACHABLE

_CHUNK_S = 0.03
_CHUNK = 200, 12  # steps of each way in one go where steps are limited: fixed, so that the clock has no say
_MOST = 20_000
_TELL_EVERY_S = 0.05
_LEGS_A_PRIZE = 10  # where travel is free


@dataclass(frozen=True, slots=True)
class Errand:
    """From these orders on, temperatures falling from `hot` to `cold`, for so many seconds or so many steps.

    Temperatures are in units of cost if `leg` is 1, else in legs: of so much, or, without a `leg`, of the first plan.
    `penalty` is what a mandatory task unserved counts in the costs it reports.
    """

    problem: Problem
    orders: Orders
    seed: int
    penalty: int
    hot: float = 1.0
    cold: float = 1.0
    leg: float | None = None
    seconds: float | None = None
    steps: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """Where an errand ended: its best orders and those it was at, with what they cost, and what the first ones did.

    A cost is the objective plus the errand's `penalty` for each mandatory task unserved. `leg` is the unit of its
    temperatures, `seconds` what its steps took.
    """

    best: Orders
    cost: int
    now: Orders
    now_cost: int
    first_cost: int
    steps: int
    leg: float
    seconds: float


Told = Callable[[int, int, Orders], None]
"""Gets the first plan and better ones: what it costs, the steps taken, its orders. In the thread that searches."""

Halt = Callable[[int], bool]
"""Whether to end after so many steps."""


def run_errand(errand: Errand, halt: Halt | None = None, told: Told | None = None) -> Found:
    """Insert what is worth it, then anneal. With steps and no seconds, the answer depends on the errand alone."""
    began = time.monotonic()
    lane = Lane(errand.problem, errand.orders, errand.seed, errand.penalty, told)
    leg = usual_leg(errand.problem, lane.kernel.orders()) if errand.leg is None else errand.leg
    ready = time.monotonic()
    if errand.seconds is not None:
        left = max(0.0, errand.seconds - (ready - began))
        lane.for_seconds(left, errand.hot * leg, errand.cold * leg, halt)
    else:
        lane.for_steps(errand.steps, errand.hot * leg, errand.cold * leg, halt)
    return lane.found(leg, time.monotonic() - ready)


class Lane:
    """A search on one problem from given orders on, which it completes first with what is worth inserting.

    Half of the time goes to ruin and recreate and half to iterated local search, in turns from the same plan and at the
    same temperature. Each leaves what the other cannot see: together they reach what neither does in the whole time.
    """

    def __init__(
        self, problem: Problem, orders: Orders, seed: int, penalty: int, told: Told | None = None
    ) -> None:
        from solvers.kernel.kernel import Kernel

        self.problem, self.told = problem, told
        self.extra = penalty - problem.mandatory_penalty
        self.kernel = Kernel(problem, seed)
        self.kernel.load(orders)
        self.first_cost = self._cost(self.kernel.current_objective, self.kernel.current())
        self.kernel.construct()
        self.steps, self.told_at = 0, 0.0
        self._tell()

    def for_seconds(self, seconds: float, hot: float, cold: float, halt: Halt | None = None) -> None:
        """Search until so many seconds have passed or `halt` says so."""
        began, spent, chunk = time.monotonic(), [0.0, 0.0], list(_CHUNK)
        while not (halt is not None and halt(self.steps)):
            now = time.monotonic()
            if now - began >= seconds:
                break
            heat = hot * (cold / hot) ** ((now - began) / seconds)
            way = int(spent[0] > spent[1])
            self._take(way, chunk[way], heat, heat)
            took = max(time.monotonic() - now, 1e-6)
            spent[way] += took
            chunk[way] = max(1, min(_MOST, 2 * chunk[way], round(chunk[way] * _CHUNK_S / took)))

    def for_steps(self, steps: int, hot: float, cold: float, halt: Halt | None = None) -> None:
        """Take so many steps, or until `halt` says so."""
        done, way = 0, 0
        while done < steps and not (halt is not None and halt(self.steps)):
            chunk = min(_CHUNK[way], steps - done)
            shares = done / steps, (done + chunk) / steps
            self._take(way, chunk, *(hot * (cold / hot) ** share for share in shares))
            done, way = done + chunk, 1 - way

    def found(self, leg: float, seconds: float) -> Found:
        """Where it is now, with what was a leg to it and what its steps took."""
        kernel = self.kernel
        best, now = kernel.orders(), kernel.current()
        costs = self._cost(kernel.objective, best), self._cost(kernel.current_objective, now)
        return Found(best, costs[0], now, costs[1], self.first_cost, self.steps, leg, seconds)

    def _take(self, way: int, chunk: int, heat: float, after: float) -> None:
        better = (self.kernel.anneal, self.kernel.ils)[way](chunk, heat, after)
        self.steps += chunk
        if better and self.told is not None and time.monotonic() - self.told_at >= _TELL_EVERY_S:
            self._tell()

    def _tell(self) -> None:
        if self.told is not None:
            orders = self.kernel.orders()
            self.told(self._cost(self.kernel.objective, orders), self.steps, orders)
            self.told_at = time.monotonic()

    def _cost(self, objective: int, orders: Orders) -> int:
        return objective + self.extra * missing(self.problem, orders)


def usual_leg(problem: Problem, orders: Orders) -> float:
    """What a leg of these days costs in the middle: the measure of temperatures. At least 1."""
    cost, legs = 0, 0
    for vehicle_id, order in orders.items():
        vehicle = problem.vehicle_by_id[vehicle_id]
        matrix = problem.matrix(vehicle)
        ends = [[] if place is None else [place] for place in (vehicle.start, vehicle.end)]
        places = [*ends[0], *(problem.task_by_id[task].place for task in order), *ends[1]]
        out = matrix.duration[places[:-1], places[1:]].astype(np.int64)
        away = matrix.distance[places[:-1], places[1:]].astype(np.int64)
        known = out != UNREACHABLE
        legs += len(out)
        cost += int(out[known].sum()) * vehicle.cost_per_travel_second
        cost += int(away[known].sum()) * vehicle.cost_per_metre
    if cost == 0:
        prizes = sorted(prize for prize in problem.top_prizes.values() if prize)
        return max(1.0, prizes[len(prizes) // 2] / _LEGS_A_PRIZE) if prizes else 1.0
    return max(1.0, cost / max(legs, 1))


def missing(problem: Problem, orders: Orders) -> int:
    """How many mandatory tasks these orders leave out."""
    needed = {task.id for task in problem.tasks if task.mandatory}
    return len(needed.difference(*orders.values())) if needed else 0
