"""VROOM as a peer: breaks, skills and several windows; no limit on a day's length, and priorities for prizes.

VROOM serves the highest sum of priorities (0 to 100) it can and shortens the travel after that; it never
leaves out a task to save travel. Prizes are scaled to priorities, mandatory tasks get the highest.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from importlib import import_module
from typing import Any

import numpy as np

from solvers.bench.engine import Fit, Found
from solvers.bench.rules import occurring, within_shifts
from solvers.demand import demand, eligible
from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Break, Vehicle

_EXPLORATION = 5
_HIGHEST = 100
_HOUR = 3600


class Vroom:
    """VROOM at its highest exploration level."""

    seeded = False

    def fit(self, problem: Problem) -> Fit:
        """A limited duration and a pinned position cannot be expressed; prizes only as priorities."""
        rules = occurring(problem)
        if rules.durations:
            return Fit("VROOM cannot limit the length of a day, waiting included")
        if rules.pinned_positions:
            return Fit("VROOM cannot pin a position")
        if any(vehicle.start is None and vehicle.end is None for vehicle in problem.vehicles):
            return Fit("VROOM needs a place where a day starts or ends")
        if not all(_takeable(vehicle) for vehicle in problem.vehicles):
            return Fit("VROOM refuses a day whose breaks do not fit one after another")
        shortcuts = []
        if any(task.top_prize and not task.mandatory for task in problem.tasks):
            shortcuts.append("prizes are priorities from 0 to 100, served before travel is looked at")
        if rules.bands:
            shortcuts.append("a prize by the hour is its highest")
        if rules.breaks:
            shortcuts.append("a break is taken even on a day that ends before it")
        if rules.overtime:
            shortcuts.append("no overtime is worked")
        if rules.vehicle_costs:
            shortcuts.append("costs of a vehicle for a task are not seen")
        if rules.balances:
            shortcuts.append("balances are not seen")
        return Fit(shortcuts=tuple(shortcuts))

    def warm_up(self, cores: int) -> None:  # noqa: ARG002
        """Import VROOM."""
        import_module("vroom")

    def solve(self, problem: Problem, until: float, seed: int, cores: int) -> Found:  # noqa: ARG002
        """Build the input and search until the instant `until`, or until VROOM has nothing left to try."""
        vroom = import_module("vroom")
        model, tasks = _model(problem, vroom)
        if not tasks:
            return Found({})
        left = timedelta(seconds=max(0.01, until - time.monotonic()))
        answer = model.solve(exploration_level=_EXPLORATION, nb_threads=cores, timeout=left)
        orders = {
            problem.vehicles[route["vehicle"]].id: tuple(
                tasks[step["id"]] for step in route["steps"] if step["type"] == "job"
            )
            for route in answer.to_dict()["routes"]
        }
        return Found(orders)


ENGINE = Vroom()


def _breaks(vehicle: Vehicle) -> list[Break]:
    """The breaks that can bind, in the order VROOM takes them: no day runs past the others' latest start."""
    return sorted(
        (rest for rest in vehicle.due_breaks if rest.latest < vehicle.shift_end), key=lambda rest: rest.latest
    )


def _takeable(vehicle: Vehicle) -> bool:
    clock = vehicle.shift_start
    for rest in _breaks(vehicle):
        begin = max(clock, rest.earliest)
        clock = begin + rest.duration
        if begin > rest.latest or clock > vehicle.shift_end:
            return False
    return True


def _model(problem: Problem, vroom: Any) -> tuple[Any, list[str]]:
    """VROOM's input, and the id of each of its jobs by number."""
    model = vroom.Input()
    never = 1 + max((vehicle.last_arrival for vehicle in problem.vehicles), default=0)
    for profile, travel in problem.travel.items():
        duration = np.where(travel.duration == UNREACHABLE, never, travel.duration)
        model.set_durations_matrix(profile, duration)
        if any(vehicle.cost_per_metre for vehicle in problem.vehicles):
            model.set_distances_matrix(profile, np.where(travel.distance == UNREACHABLE, 0, travel.distance))
    who = eligible(problem)
    skills = {ids: number for number, ids in enumerate(dict.fromkeys(who.values()))}
    for number, vehicle in enumerate(problem.vehicles):
        has = {skill for ids, skill in skills.items() if vehicle.id in ids}
        model.add_vehicle(_vehicle(problem, vroom, number, vehicle, has))
    tasks: list[str] = []
    most = max((task.top_prize for task in problem.tasks if not task.mandatory), default=0)
    for task, cut in within_shifts(problem, problem.vehicles):
        needs = {skills[who[demand(task)]]}
        model.add_job(_job(vroom, len(tasks), task, cut, needs, _priority(task, most)))
        tasks.append(task.id)
    return model, tasks


def _priority(task: Task, most: int) -> int:
    if task.mandatory:
        return _HIGHEST
    return round(_HIGHEST * task.top_prize / most) if most else 0


def _vehicle(problem: Problem, vroom: Any, number: int, vehicle: Vehicle, skills: set[int]) -> Any:
    limits: dict[str, int] = {}
    if vehicle.max_tasks is not None:
        limits["max_tasks"] = vehicle.max_tasks
    if vehicle.max_travel is not None:
        limits["max_travel_time"] = vehicle.max_travel
    prices = {"fixed": vehicle.fixed_cost}
    if vehicle.cost_per_travel_second or vehicle.cost_per_metre:
        prices["per_hour"] = vehicle.cost_per_travel_second * _HOUR
        prices["per_km"] = vehicle.cost_per_metre * 1000
    everything = sum(task.load for task in problem.tasks)
    rests = [
        vroom.Break(
            k, [vroom.TimeWindow(max(rest.earliest, vehicle.shift_start), rest.latest)], rest.duration
        )
        for k, rest in enumerate(_breaks(vehicle))
    ]
    return vroom.Vehicle(
        number,
        start=vehicle.start,
        end=vehicle.end,
        profile=vehicle.profile,
        capacity=[everything if vehicle.capacity is None else vehicle.capacity],
        skills=skills,
        time_window=vroom.TimeWindow(vehicle.shift_start, vehicle.shift_end),
        breaks=rests,
        costs=vroom.VehicleCosts(**prices),
        **limits,
    )


def _job(vroom: Any, number: int, task: Task, cut: Sequence[Piece], skills: set[int], priority: int) -> Any:
    windows: list[list[int]] = []
    for piece in cut:
        if windows and piece.start <= windows[-1][1] + 1:
            windows[-1][1] = piece.end
        else:
            windows.append([piece.start, piece.end])
    return vroom.Job(
        number,
        task.place,
        default_service=task.service,
        delivery=[task.load],
        skills=skills,
        priority=priority,
        time_windows=[vroom.TimeWindow(start, end) for start, end in windows],
    )
