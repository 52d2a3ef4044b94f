"""What a valid problem is: one generator a family of faults, all of them run, all findings reported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from solvers.errors import Fault
from solvers.task import Task
from solvers.travel import TravelMatrix
from solvers.vehicle import Balance, Vehicle

LATEST_SECOND = 2**30
"""About 34 years: sums of a few instants still fit in 32 bits."""

LARGEST_COST = 2**53
"""Above this an integer is no longer exact in a double, which engines and JSON readers use."""

LARGEST_PENALTY = 2**61
"""Every mandatory task unserved counts more than any plan: all of them together must fit in 64 bits."""

MOST_BREAKS = 4
"""Which breaks are already taken is a state of every timing; more than a few would multiply it."""


_NEEDED_SECONDS = ("shift_start", "shift_end", "max_overtime")
_OPTIONAL_LIMITS = ("max_tasks", "max_travel", "max_duration", "capacity", "evening_from")


class Stated(Protocol):
    """What a problem states, valid or not."""

    @property
    def tasks(self) -> tuple[Task, ...]:
        """As in `solvers.problem.Problem`."""

    @property
    def vehicles(self) -> tuple[Vehicle, ...]:
        """The same."""

    @property
    def travel(self) -> Mapping[str, TravelMatrix]:
        """The same."""

    @property
    def balances(self) -> tuple[Balance, ...]:
        """The same."""

    @property
    def places(self) -> int:
        """The same."""

    @property
    def top_prizes(self) -> Mapping[str, int]:
        """The same."""


def faults(problem: Stated) -> tuple[Fault, ...]:
    """Everything wrong with this problem; empty when it is valid."""
    found = [*_ids(problem), *_matrices(problem)]
    for vehicle in problem.vehicles:
        found.extend(_vehicle(problem, vehicle))
    known = {vehicle.id for vehicle in problem.vehicles}
    for task in problem.tasks:
        found.extend(_task(problem, task, known))
    found.extend(_balances(problem, known))
    if not found:
        found.extend(_pins(problem))
        found.extend(_sums(problem))
    return tuple(found)


def _is_int(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high


def _ids(problem: Stated) -> Iterator[Fault]:
    for kind, items in (("task", problem.tasks), ("vehicle", problem.vehicles)):
        ids = [item.id for item in items]
        if any(not isinstance(name, str) or not name for name in ids):
            yield Fault(f"{kind}_id", (), f"every {kind} has an id, a text that is not empty")
        twice = [str(name) for name, count in Counter(ids).items() if count > 1]
        if twice:
            yield Fault(f"{kind}_id_twice", tuple(twice), f"{kind} ids used twice: {', '.join(twice)}")


def _matrices(problem: Stated) -> Iterator[Fault]:
    sizes = set()
    for profile, matrix in problem.travel.items():
        duration, distance = matrix.duration, matrix.distance
        if duration.ndim != 2 or duration.shape[0] != duration.shape[1] or distance.shape != duration.shape:
            message = f"travel profile {profile}: durations and distances are two square matrices of one size"
            yield Fault("matrix_shape", (profile,), message)
            continue
        sizes.add(duration.shape[0])
        if duration.size and (duration.min() < 0 or distance.min() < 0):
            yield Fault(
                "matrix_range", (profile,), f"travel profile {profile}: no duration or distance is negative"
            )
        if np.diagonal(duration).any() or np.diagonal(distance).any():
            yield Fault(
                "matrix_diagonal", (profile,), f"travel profile {profile}: from a place to itself is 0"
            )
        top = np.iinfo(np.int32).max
        if distance is not duration and any(
            ((row == top) != (other == top)).any() for row, other in zip(duration, distance, strict=True)
        ):
            message = (
                f"travel profile {profile}: a pair is unreachable in durations and distances, or in neither"
            )
            yield Fault("matrix_unreachable", (profile,), message)
        if _longest(duration) > LATEST_SECOND:
            yield Fault(
                "matrix_range",
                (profile,),
                f"travel profile {profile}: a duration is beyond {LATEST_SECOND} s",
            )
    if len(sizes) > 1:
        yield Fault("matrix_sizes", tuple(problem.travel), "all travel profiles cover the same places")


def _vehicle(problem: Stated, vehicle: Vehicle) -> Iterator[Fault]:
    def bad(code: str, message: str) -> Fault:
        return Fault(code, (vehicle.id,), f"vehicle {vehicle.id}: {message}")

    if vehicle.profile not in problem.travel:
        yield bad("vehicle_profile", f"there are no travel times for profile {vehicle.profile!r}")
    for name in ("start", "end"):
        place = getattr(vehicle, name)
        if place is not None and not _is_int(place, 0, problem.places - 1):
            yield bad("vehicle_place", f"its {name} is not one of the {problem.places} places")
    seconds_ok = True
    for name in (*_NEEDED_SECONDS, *_OPTIONAL_LIMITS):
        value = getattr(vehicle, name)
        optional = value is None and name in _OPTIONAL_LIMITS
        if not optional and not _is_int(value, 0, LATEST_SECOND):
            seconds_ok = False
            yield bad("vehicle_number", f"{name} is an integer from 0 to {LATEST_SECOND}")
    if seconds_ok and vehicle.shift_end < vehicle.shift_start:
        yield bad("vehicle_shift", "its shift ends before it starts")
    yield from _prices_and_breaks(vehicle)


def _prices_and_breaks(vehicle: Vehicle) -> Iterator[Fault]:
    def bad(code: str, message: str) -> Fault:
        return Fault(code, (vehicle.id,), f"vehicle {vehicle.id}: {message}")

    for name in ("cost_per_travel_second", "cost_per_metre", "cost_per_overtime_second", "fixed_cost"):
        if not _is_int(getattr(vehicle, name), 0, LARGEST_COST):
            yield bad("vehicle_cost", f"{name} is an integer from 0 to {LARGEST_COST}")
    for rest in vehicle.breaks:
        if not all(_is_int(v, 0, LATEST_SECOND) for v in (rest.duration, rest.earliest, rest.latest)):
            yield bad("vehicle_break", f"a break's times are integers from 0 to {LATEST_SECOND}")
        elif rest.latest < rest.earliest or rest.duration == 0:
            yield bad("vehicle_break", "a break lasts, and its latest start is not before its earliest")
    if len(vehicle.breaks) > MOST_BREAKS:
        yield bad("vehicle_break", f"it has more than {MOST_BREAKS} breaks")


def _task(problem: Stated, task: Task, vehicles: set[str]) -> Iterator[Fault]:
    def bad(code: str, message: str) -> Fault:
        return Fault(code, (task.id,), f"task {task.id}: {message}")

    if not _is_int(task.place, 0, problem.places - 1):
        yield bad("task_place", f"its place is not one of the {problem.places} places")
    if not _is_int(task.service, 0, LATEST_SECOND):
        yield bad("task_service", f"its service time is an integer from 0 to {LATEST_SECOND}")
    if not task.windows:
        yield bad("task_windows", "it has no time window, so it can never be served: leave it out")
    spans = [(w.start, w.end) for w in task.windows] + [(b.start, b.end) for b in task.prize_bands]
    for start, end in spans:
        if not (_is_int(start, 0, LATEST_SECOND) and _is_int(end, start, LATEST_SECOND)):
            yield bad("task_window", f"a window's ends are integers from 0 to {LATEST_SECOND}, in order")
    yield from _worth(task)
    named = set(task.vehicles or ()) | {vehicle for vehicle, _ in task.vehicle_costs}
    named |= {task.pinned_vehicle} if task.pinned_vehicle is not None else set()
    unknown = sorted(named - vehicles)
    if unknown:
        ids = (task.id, *unknown)
        yield Fault("task_vehicle", ids, f"task {task.id}: no vehicle is called {', '.join(unknown)}")
    if task.pinned_position is not None and not _is_int(task.pinned_position, -1, LATEST_SECOND):
        yield bad("task_pin", "a pinned position is 0 or more, or -1 for the last")
    if task.pinned_start is not None and not _is_int(task.pinned_start, 0, LATEST_SECOND):
        yield bad("task_pin", f"a pinned start is an integer from 0 to {LATEST_SECOND}")


def _worth(task: Task) -> Iterator[Fault]:
    def bad(code: str, message: str) -> Fault:
        return Fault(code, (task.id,), f"task {task.id}: {message}")

    if not _is_int(task.load, 0, LATEST_SECOND):
        yield bad("task_load", f"its load is an integer from 0 to {LATEST_SECOND}")
    if not all(_is_int(cost, 0, LARGEST_COST) for _, cost in task.vehicle_costs):
        yield bad("task_vehicle_cost", f"a vehicle's cost is an integer from 0 to {LARGEST_COST}")
    if len({vehicle for vehicle, _ in task.vehicle_costs}) < len(task.vehicle_costs):
        yield bad("task_vehicle_cost", "it names a vehicle's cost twice")
    if not all(
        _is_int(value, 0, LARGEST_COST) for value in (task.prize, *(b.prize for b in task.prize_bands))
    ):
        yield bad("task_prize", f"a prize is an integer from 0 to {LARGEST_COST}")
    bands = sorted(task.prize_bands, key=lambda band: band.start)
    if any(later.start <= earlier.end for earlier, later in pairwise(bands)):
        yield bad("task_prize_bands", "its prize bands overlap")


def _balances(problem: Stated, vehicles: set[str]) -> Iterator[Fault]:
    for balance in problem.balances:
        unknown = sorted(balance.vehicles - vehicles)
        if unknown:
            message = f"balance {balance.id}: no vehicle is called {', '.join(unknown)}"
            yield Fault("balance_vehicle", (balance.id, *unknown), message)
        if not (_is_int(balance.target, 0, LATEST_SECOND) and _is_int(balance.price, 0, LARGEST_COST)):
            message = f"balance {balance.id}: target and price are integers from 0"
            yield Fault("balance_number", (balance.id,), message)


def _pins(problem: Stated) -> Iterator[Fault]:
    seats: dict[tuple[str, int], list[str]] = {}
    for task in problem.tasks:
        if task.mandatory and task.pinned_vehicle is not None and task.pinned_position is not None:
            seats.setdefault((task.pinned_vehicle, task.pinned_position), []).append(task.id)
    for (vehicle, position), ids in seats.items():
        if len(ids) > 1:
            message = (
                f"mandatory tasks {', '.join(ids)} are all pinned to position {position} of vehicle {vehicle}"
            )
            yield Fault("pins_clash", (*ids, vehicle), message)


def _sums(problem: Stated) -> Iterator[Fault]:
    most = largest_cost(problem)
    if most >= LARGEST_COST:
        ids = _dearest(problem)
        message = f"prizes and costs can add up to {most}, beyond the {LARGEST_COST} that stays exact: use a coarser unit"
        yield Fault("cost_overflow", ids, f"{message}; the largest are those of {', '.join(ids)}")
    mandatory = [task.id for task in problem.tasks if task.mandatory]
    if most < LARGEST_COST and (most + 1) * (len(mandatory) + 1) >= LARGEST_PENALTY:
        message = f"{len(mandatory)} mandatory tasks at more than {most} each are beyond what can be added up"
        yield Fault("cost_overflow", tuple(mandatory[:3]), f"{message}: use a coarser unit")


def _dearest(problem: Stated) -> tuple[str, ...]:
    """The three tasks, vehicles or balances with the largest figures."""
    prices = [
        (max(task.top_prize, *(c for _, c in task.vehicle_costs), 0), task.id) for task in problem.tasks
    ]
    for vehicle in problem.vehicles:
        day = vehicle.last_arrival - vehicle.shift_start
        late = vehicle.cost_per_overtime_second * vehicle.max_overtime
        travel = vehicle.cost_per_travel_second * day
        prices.append((max(vehicle.fixed_cost, travel, late, vehicle.cost_per_metre), vehicle.id))
    prices.extend((balance.price, balance.id) for balance in problem.balances)
    return tuple(name for _, name in sorted(prices, key=lambda price: -price[0])[:3])


def largest_cost(problem: Stated) -> int:
    """A bound on the objective of any plan."""
    dearest = max((vehicle.cost_per_metre for vehicle in problem.vehicles), default=0)
    longest = max((_longest(m.distance) for m in problem.travel.values()), default=0) if dearest else 0
    most = sum(problem.top_prizes[task.id] for task in problem.tasks)
    most += dearest * longest * (len(problem.tasks) + len(problem.vehicles))
    most += sum(max((cost for _, cost in task.vehicle_costs), default=0) for task in problem.tasks)
    spans = {v.id: max(1, v.last_arrival - v.shift_start) for v in problem.vehicles}
    most += sum(b.price * sum(spans.get(v, 0) for v in b.vehicles) for b in problem.balances)
    for vehicle in problem.vehicles:
        day = vehicle.last_arrival - vehicle.shift_start
        most += vehicle.fixed_cost + vehicle.cost_per_travel_second * day
        most += vehicle.cost_per_overtime_second * vehicle.max_overtime
    return most


def _longest(table: NDArray[np.int32]) -> int:
    """The largest figure that is not "no way", row by row: a copy of a large matrix would be large."""
    top = np.iinfo(np.int32).max
    return max((int(row.max(initial=0, where=row != top)) for row in table), default=0)
