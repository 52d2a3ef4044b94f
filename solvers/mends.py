"""The single changes that may bring an unserved task into a plan, each with its problem.

Nothing a rule forbids is offered: who may serve a task at all stays as it is, and hours widen only as far as told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from solvers.book import Book
from solvers.moves import Move, Slot
from solvers.options import Option, OptionCode
from solvers.problem import Problem
from solvers.schedule import best_timing, may_serve
from solvers.solution import Route
from solvers.task import Task, Window
from solvers.vehicle import Vehicle

_DAY_MORE_S = 4 * 3600  # how much longer a day is tried
_STEP_S = 300  # what people agree to is in steps of five minutes


@dataclass(frozen=True, slots=True)
class Changed:
    """A problem with one thing changed; `of` is the vehicle it was changed for, None for the task itself."""

    code: OptionCode
    problem: Problem
    of: str | None = None
    skills: tuple[str, ...] = ()
    seconds: int = 0
    measure: Callable[[Slot, Route], int] | None = None

    def told(self, amount: int, slot: Slot, moves: tuple[Move, ...], route: Route) -> Option:
        """The option, once its best plan is found."""
        seconds = self.measure(slot, route) if self.measure else self.seconds
        return Option(self.code, amount, self.of or slot.vehicle, slot.start, seconds, self.skills, moves)


def mends_of(
    problem: Problem, routes: Mapping[str, Route], task: str, wider: Task | None
) -> tuple[Changed, ...]:
    """Changes by which the task could be served. `routes` are those of the plan; `wider` as for `explain`."""
    asked = problem.task_by_id[task]
    made = [Changed(OptionCode.HIGHER_WORTH, problem)]
    for family in (_longer, _earlier, _skilled, _limits, _one_more):
        made.extend(family(problem, routes, asked))
    made.extend(_wider(problem, asked, wider))
    return tuple(made)


def _with_vehicles(problem: Problem, change: Callable[[Vehicle], Vehicle]) -> Problem:
    vehicles = tuple(change(vehicle) for vehicle in problem.vehicles)
    return Problem(problem.name, problem.tasks, vehicles, problem.travel, problem.balances)


def _with_task(problem: Problem, changed: Task) -> Problem:
    tasks = tuple(changed if task.id == changed.id else task for task in problem.tasks)
    return Problem(problem.name, tasks, problem.vehicles, problem.travel, problem.balances)


def _best(problem: Problem, routes: Mapping[str, Route], task: Task) -> Route | None:
    entry = Book(problem, routes).cheapest(task.id)
    return None if entry is None else entry[1]


def _only(vehicle: str, change: Callable[[Vehicle], Vehicle]) -> Callable[[Vehicle], Vehicle]:
    return lambda other: change(other) if other.id == vehicle else other


def _longer(problem: Problem, routes: Mapping[str, Route], task: Task) -> Iterator[Changed]:
    def longer(vehicle: Vehicle, seconds: int = _DAY_MORE_S) -> Vehicle:
        duration = None if vehicle.max_duration is None else vehicle.max_duration + seconds
        return replace(vehicle, max_overtime=vehicle.max_overtime + seconds, max_duration=duration)

    route = _best(_with_vehicles(problem, longer), routes, task)
    if route is None:
        return
    vehicle = problem.vehicle_by_id[route.vehicle]
    past = route.arrival_end - vehicle.last_arrival
    if vehicle.max_duration is not None:
        past = max(past, route.arrival_end - route.departure - vehicle.max_duration)
    if past > 0:
        more = -(-past // _STEP_S) * _STEP_S
        changed = _with_vehicles(problem, _only(vehicle.id, lambda other: longer(other, more)))
        yield Changed(OptionCode.LONGER_DAY, changed, vehicle.id, seconds=more)


def _earlier(problem: Problem, routes: Mapping[str, Route], task: Task) -> Iterator[Changed]:
    def earlier(vehicle: Vehicle, seconds: int = _DAY_MORE_S) -> Vehicle:
        return replace(vehicle, shift_start=max(0, vehicle.shift_start - seconds))

    route = _best(_with_vehicles(problem, earlier), routes, task)
    if route is None:
        return
    vehicle = problem.vehicle_by_id[route.vehicle]
    before = vehicle.shift_start - route.departure
    if before > 0:
        more = -(-before // _STEP_S) * _STEP_S
        changed = _with_vehicles(problem, _only(vehicle.id, lambda other: earlier(other, more)))
        yield Changed(OptionCode.EARLIER_DAY, changed, vehicle.id, seconds=more)


def _skilled(problem: Problem, routes: Mapping[str, Route], task: Task) -> Iterator[Changed]:
    lacking = frozenset(v.id for v in problem.vehicles if not task.skills <= v.skills)
    if not lacking:
        return
    free = replace(task, skills=frozenset())
    entry = Book(_with_task(problem, free), routes).cheapest(task.id, only=lacking)
    if entry is None:
        return
    name = entry[1].vehicle
    missing = tuple(sorted(task.skills - problem.vehicle_by_id[name].skills))
    changed = _with_vehicles(problem, _only(name, lambda v: replace(v, skills=v.skills | task.skills)))
    yield Changed(OptionCode.SKILL, changed, name, missing)


def _limits(problem: Problem, routes: Mapping[str, Route], task: Task) -> Iterator[Changed]:
    if not any(v.max_tasks is not None or v.max_travel is not None for v in problem.vehicles):
        return

    def freer(vehicle: Vehicle) -> Vehicle:
        tasks = None if vehicle.max_tasks is None else vehicle.max_tasks + 1
        return replace(vehicle, max_tasks=tasks, max_travel=None)

    route = _best(_with_vehicles(problem, freer), routes, task)
    if route is None:
        return
    vehicle = problem.vehicle_by_id[route.vehicle]
    under_way = _travel(problem, vehicle, route)
    over = 0 if vehicle.max_travel is None else max(0, under_way - vehicle.max_travel)
    full = vehicle.max_tasks is not None and len(route.tasks) > vehicle.max_tasks
    if full or over:
        more = -(-over // _STEP_S) * _STEP_S
        limit = None if vehicle.max_travel is None else vehicle.max_travel + more
        most = None if vehicle.max_tasks is None else vehicle.max_tasks + int(full)
        changed = _with_vehicles(
            problem, _only(vehicle.id, lambda v: replace(v, max_tasks=most, max_travel=limit))
        )
        yield Changed(OptionCode.HIGHER_LIMIT, changed, vehicle.id, seconds=more)


def _travel(problem: Problem, vehicle: Vehicle, route: Route) -> int:
    places = [problem.task_by_id[task].place for task in route.tasks]
    ends = [vehicle.start, *places, vehicle.end]
    table = problem.matrix(vehicle).duration
    known = [place for place in ends if place is not None]
    return int(table[known[:-1], known[1:]].sum())


def _one_more(problem: Problem, routes: Mapping[str, Route], task: Task) -> Iterator[Changed]:
    del routes  # one more day is empty, whatever the others do
    best: tuple[int, str, Vehicle] | None = None
    for vehicle in problem.vehicles:
        free = replace(vehicle, id=vehicle.id)
        if not may_serve(free, replace(task, pinned_vehicle=None)):
            continue
        alone = best_timing(problem, vehicle, [task])
        if alone is None or vehicle.max_tasks == 0:
            continue
        cost = vehicle.fixed_cost + _travel(problem, vehicle, alone) * vehicle.cost_per_travel_second
        if best is None or (cost, vehicle.id) < best[:2]:
            best = (cost, vehicle.id, vehicle)
    if best is not None:
        yield Changed(OptionCode.ONE_MORE_VEHICLE, _with_copy(problem, best[2]), best[1])


def _with_copy(problem: Problem, vehicle: Vehicle) -> Problem:
    name = next(made for n in range(1, 1 << 20) if (made := f"{vehicle.id}+{n}") not in problem.vehicle_by_id)
    tasks = []
    for task in problem.tasks:
        allowed = task.vehicles
        if allowed is not None and vehicle.id in allowed:
            allowed |= {name}
        costs = dict(task.vehicle_costs)
        if vehicle.id in costs:
            costs[name] = costs[vehicle.id]
        tasks.append(replace(task, vehicles=allowed, vehicle_costs=tuple(costs.items())))
    vehicles = (*problem.vehicles, replace(vehicle, id=name))
    return Problem(problem.name, tuple(tasks), vehicles, problem.travel, problem.balances)


def _wider(problem: Problem, task: Task, wider: Task | None) -> Iterator[Changed]:
    if wider is None:
        spans = [(v.shift_start, v.last_arrival) for v in problem.vehicles]
        if not spans:
            return
        whole = Window(min(low for low, _ in spans), max(high for _, high in spans))
        wider = replace(task, windows=(whole,), pinned_start=None)
    given = task.windows

    def outside(slot: Slot, _route: Route) -> int:
        return min(max(w.start - slot.start, slot.start - w.end, 0) for w in given)

    if wider.windows and wider.windows != given:
        yield Changed(OptionCode.WIDER_HOURS, _with_task(problem, wider), measure=outside)
