"""A price on every move: what it costs that a planned visit changes hands, leaves its hour, or falls out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from solvers.moves import slots_of
from solvers.problem import Problem
from solvers.solution import Solution
from solvers.task import PrizeBand, Task, Window


@dataclass(frozen=True, slots=True)
class MovePrices:
    """Prices in the problem's cost unit; a start within `tolerance_s` of the planned one keeps its promise."""

    vehicle: int
    hour: int
    dropped: int
    tolerance_s: int = 900


def promised(
    plan: Solution, prices: MovePrices, told: Mapping[str, Window] | None = None
) -> Mapping[str, Window]:
    """Within which seconds each planned task keeps its promise: as `told`, else around its planned start."""
    around = {
        task: Window(max(0, slot.start - prices.tolerance_s), slot.start + prices.tolerance_s)
        for task, slot in slots_of(plan).items()
    }
    return {**around, **{task: window for task, window in (told or {}).items() if task in around}}


def priced(
    problem: Problem, plan: Solution, prices: MovePrices, told: Mapping[str, Window] | None = None
) -> Problem:
    """The problem in which every move away from `plan` costs its price. `told` are promised windows by task."""
    slots, windows = slots_of(plan), promised(plan, prices, told)
    vehicles = [vehicle.id for vehicle in problem.vehicles]
    tasks = []
    for task in problem.tasks:
        slot = slots.get(task.id)
        if slot is None or not problem.pieces[task.id]:
            tasks.append(task)
            continue
        costs = dict(task.vehicle_costs)
        for name in vehicles:
            if name != slot.vehicle and prices.vehicle:
                costs[name] = costs.get(name, 0) + prices.vehicle
        bands = _bands(problem, task, windows[task.id], prices)
        tasks.append(replace(task, prize=0, prize_bands=bands, vehicle_costs=tuple(costs.items())))
    return Problem(problem.name, tuple(tasks), problem.vehicles, problem.travel, problem.balances)


def _bands(problem: Problem, task: Task, promise: Window, prices: MovePrices) -> tuple[PrizeBand, ...]:
    """The task's prizes, higher where its promise is kept."""
    bands = []
    for piece in problem.pieces[task.id]:
        prize = piece.prize + prices.dropped
        inner = Window(max(piece.start, promise.start), min(piece.end, promise.end))
        if inner.start > inner.end:
            bands.append(PrizeBand(piece.start, piece.end, prize))
            continue
        if piece.start < inner.start:
            bands.append(PrizeBand(piece.start, inner.start - 1, prize))
        bands.append(PrizeBand(inner.start, inner.end, prize + prices.hour))
        if inner.end < piece.end:
            bands.append(PrizeBand(inner.end + 1, piece.end, prize))
    return tuple(bands)
