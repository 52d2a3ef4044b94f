"""A lower bound on any plan's objective: no plan of the problem can cost less.

Lagrangian relaxation: tasks may be served by several vehicles, or twice by one, at a price each; the prices are raised
and lowered by subgradient steps. Each vehicle takes its best walk on its own, by dynamic programming over time in steps,
every duration rounded down, and never goes straight back to where it was. Capacity, limits on tasks, travel and duration,
pinned positions, overtime's price, all breaks but the longest and balances are not seen. All this only widens what is
allowed, so the bound holds for any prices; it may lie far below the best plan.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.problem import UNREACHABLE, Problem, Vehicle
from solvers.schedule import may_serve

Floats = NDArray[np.float64]

FAR = 1e300
_MOST_CELLS = 60_000_000
"""Tasks squared times steps of time of one vehicle, beyond which there is no bound."""


@dataclass(frozen=True, slots=True)
class Bound:
    """`value`: no plan costs less. `rounds` of prices were tried."""

    value: int
    rounds: int

    def gap(self, objective: int) -> float:
        """By how much of itself an objective may at most be above the best possible, from 0 to 1."""
        return max(0.0, (objective - self.value) / objective) if objective > 0 else 0.0


def lower_bound(
    problem: Problem,
    *,
    seconds: float,
    objective: int | None = None,
    step_s: int = 60,
    rounds: int | None = None,
    stop: Callable[[], bool] | None = None,
) -> Bound | None:
    """The best bound found in the time. `objective`, that of a plan at hand, guides the steps.

    None where there is none to be had: a service and the shortest way on last less than `step_s`, or the problem is too
    large. A time limit alone cannot promise the same bound again; `rounds` can.
    """
    walks = _walks(problem, step_s)
    if walks is None:
        return None
    tops = np.array([float(problem.top_prizes[task.id]) for task in problem.tasks])
    free = np.array([task.mandatory for task in problem.tasks], dtype=bool)
    prices = np.where(free, 0.0, 0.5 * tops)
    best, done, scale, stale, began = -np.inf, 0, 1.5, 0, 0.0
    while done == 0 or (
        (rounds is None or done < rounds)
        and time.monotonic() - began < seconds
        and not (stop is not None and stop())
    ):
        value, served = tops.sum() - prices.sum(), np.zeros(len(tops))
        for walk, count in walks:
            cost, visits = walk.best(prices)
            if cost < 0:
                value += count * cost
                served += count * visits
        if done == 0:
            began = time.monotonic()  # what is compiled first is not counted
        done += 1
        stale = 0 if value > best + 1e-9 else stale + 1
        best = max(best, value)
        if stale >= 5:
            scale, stale = scale / 2, 0
        slope = served - 1.0
        slope[~free & (prices <= 0) & (slope < 0)] = 0.0
        steep = float((slope**2).sum())
        if steep == 0 or scale < 1e-4:
            break
        goal = (objective if objective is not None else best + max(1.0, 0.1 * abs(best))) - value
        prices = prices + slope * scale * max(goal, 1.0) / steep
        prices = np.where(free, prices, np.maximum(prices, 0.0))
    margin = 1e-9 * (abs(best) + float(tops.sum()) + 1.0)  # sums in floating point
    return Bound(int(np.ceil(best - margin - 1e-6)), done)


def _walks(problem: Problem, step: int) -> list[tuple[_Walk, int]] | None:
    """The vehicles, those alike together; None where there is no bound."""
    if not problem.tasks:
        return None
    groups: dict[object, tuple[Vehicle, int]] = {}
    for vehicle in problem.vehicles:
        served = tuple((may_serve(vehicle, task), task.cost_with(vehicle.id)) for task in problem.tasks)
        key = (replace(vehicle, id="-"), served)
        groups[key] = (vehicle, groups.get(key, (vehicle, 0))[1] + 1)
    walks = []
    for vehicle, count in groups.values():
        able = [
            n for n, task in enumerate(problem.tasks) if may_serve(vehicle, task) and problem.pieces[task.id]
        ]
        if not able or vehicle.max_tasks == 0:
            continue
        steps = (vehicle.last_arrival - vehicle.shift_start) // step + 1
        if len(able) ** 2 * steps > _MOST_CELLS:
            return None
        walk = _Walk(problem, vehicle, able, step, steps)
        if not walk.moves_on:
            return None
        walks.append((walk, count))
    return walks


class _Walk:
    """One vehicle's best walk over the tasks at given prices; steps of time count from its shift."""

    def __init__(self, problem: Problem, vehicle: Vehicle, able: list[int], step: int, steps: int) -> None:
        self.able, self.fixed, self.total = np.array(able), float(vehicle.fixed_cost), len(problem.tasks)
        tasks = [problem.tasks[n] for n in able]
        places = [task.place for task in tasks]
        extra = np.array([float(task.cost_with(vehicle.id)) for task in tasks])
        service = np.array([task.service for task in tasks], dtype=np.int64)
        due = max(vehicle.due_breaks, key=lambda rest: rest.duration, default=None)
        pause = due.duration if due is not None else 0
        origin = vehicle.shift_start
        self.rest = np.full(3, -1)
        if due is not None:
            latest = (due.latest - origin) // step
            self.rest = np.array([max(0, due.earliest + pause - origin) // step, latest, latest])
        seconds, cost = _priced(problem, vehicle, np.ix_(places, places))
        self.cost = cost + extra[None, :]
        self.lag = np.stack([(service[:, None] + seconds + late) // step for late in (0, pause)])
        off = ~np.eye(len(able), dtype=bool) & (cost < FAR)
        self.moves_on = bool((self.lag[0][off] >= 1).all())
        self.into, self.into_lag = np.zeros(len(able)), np.zeros((2, len(able)), dtype=np.int64)
        self.home, back = np.zeros(len(able)), np.zeros(len(able), dtype=np.int64)
        way = np.zeros(len(able), dtype=np.int64)
        if vehicle.start is not None:
            way, self.into = _priced(problem, vehicle, (vehicle.start, places))
        if vehicle.end is not None:
            back, self.home = _priced(problem, vehicle, (places, vehicle.end))
        self.into = np.where(self.into >= FAR, FAR, self.into + extra)
        self.into_lag = np.stack([(way + late) // step for late in (0, pause)])
        self.home_lag = np.stack([(service + back + late) // step for late in (0, pause)])
        self.home_lag[:, self.home >= FAR] = steps
        self.serve_lag = service // step
        self.earns = np.full((steps, len(able)), -FAR)
        for column, task in enumerate(tasks):
            for piece in problem.pieces[task.id]:
                low, high = (piece.start - origin) // step, (piece.end - origin) // step
                if high >= 0 and low < steps:
                    span = self.earns[max(low, 0) : high + 1, column]
                    np.maximum(span, float(piece.prize), out=span)

    def best(self, prices: Floats) -> tuple[float, Floats]:
        """The least cost of a walk less what it earns above the prices, and how often it serves each task."""
        from solvers.walks import cheapest_walk

        gain = np.where(self.earns > -FAR, self.earns - prices[self.able][None, :], -FAR)
        served = np.zeros(len(self.able))
        cost = cheapest_walk(
            gain,
            self.into,
            self.into_lag,
            self.cost,
            self.lag,
            self.home,
            self.home_lag,
            self.serve_lag,
            self.rest,
            served,
        )
        visits = np.zeros(self.total)
        if cost + self.fixed >= 0:
            return 0.0, visits
        visits[self.able] = served
        return float(cost + self.fixed), visits


def _priced(problem: Problem, vehicle: Vehicle, legs: Any) -> tuple[NDArray[np.int64], Floats]:
    """Seconds of these legs and their price; FAR where there is no way."""
    matrix = problem.matrix(vehicle)
    seconds, metres = matrix.duration[legs].astype(np.int64), matrix.distance[legs].astype(np.int64)
    cost = (seconds * vehicle.cost_per_travel_second + metres * vehicle.cost_per_metre).astype(np.float64)
    cost[seconds == UNREACHABLE] = FAR
    return np.where(seconds == UNREACHABLE, 0, seconds), cost
