"""Recompute everything about a solution from the problem and the solution alone.

Shares the problem's definitions with the engines, and no code: no timing, no insertion, no cost of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from solvers.problem import Problem
from solvers.solution import Route, Solution
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Balance, Break, Measure, Vehicle


@dataclass(frozen=True, slots=True)
class Violation:
    """A rule a solution breaks: a code, the task and vehicle ids concerned, what was due and what was found."""

    code: str
    ids: tuple[str, ...]
    expected: int | str | None = None
    got: int | str | None = None


@dataclass(frozen=True, slots=True)
class Costs:
    """The parts of the objective, in the problem's cost unit."""

    fixed: int = 0
    travel: int = 0
    distance: int = 0
    overtime: int = 0
    preference: int = 0
    imbalance: int = 0
    uncollected: int = 0

    @property
    def total(self) -> int:
        """The objective."""
        routes = self.fixed + self.travel + self.distance + self.overtime
        return routes + self.preference + self.imbalance + self.uncollected


@dataclass(frozen=True, slots=True)
class StopTimes:
    """One stop, in seconds: `arrival` at the place, `waiting` before the service, its `start` and `end`."""

    task: str
    travel: int
    distance: int
    arrival: int
    waiting: int
    start: int
    end: int
    prize: int


@dataclass(frozen=True, slots=True)
class RouteEvaluation:
    """One vehicle's day, recomputed. `breaks` holds the (start, end) of the breaks taken, in order."""

    vehicle: str
    departure: int
    arrival_end: int
    stops: tuple[StopTimes, ...]
    breaks: tuple[tuple[int, int], ...]
    travel_s: int
    distance_m: int
    service_s: int
    waiting_s: int
    overtime_s: int
    cost: int
    collected: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The judgement of a solution. It is feasible when it has no violation."""

    costs: Costs
    violations: tuple[Violation, ...]
    served: int
    unserved: int
    travel_s: int
    distance_m: int
    waiting_s: int
    overtime_s: int
    collected: int
    routes: tuple[RouteEvaluation, ...]

    @property
    def total(self) -> int:
        """The objective, to be minimised."""
        return self.costs.total

    @property
    def feasible(self) -> bool:
        """Whether no rule is broken."""
        return not self.violations


def evaluate(problem: Problem, solution: Solution) -> Evaluation:
    """Judge a solution: every time, cost and violation, recomputed. Never raises for a bad solution.

    A route whose ids or lengths make no sense is reported and left out of the costs; its tasks then count
    as unserved.
    """
    violations = list(_membership(problem, solution))
    routes: list[RouteEvaluation] = []
    seen: set[str] = set()
    for route in solution.routes:
        malformed = list(_malformed(problem, route, seen))
        violations.extend(malformed)
        seen.add(route.vehicle)
        if malformed or not route.tasks:
            continue
        day = _Day(problem, route)
        routes.append(day.evaluation())
        violations.extend(day.violations)
    served = {stop.task: stop.prize for route in routes for stop in route.stops}
    violations.extend(
        Violation("mandatory_unserved", (task.id,))
        for task in problem.tasks
        if task.mandatory and task.id not in served
    )
    vehicles = [problem.vehicle_by_id[route.vehicle] for route in routes]
    costs = Costs(
        fixed=sum(vehicle.fixed_cost for vehicle in vehicles),
        travel=sum(r.travel_s * v.cost_per_travel_second for r, v in zip(routes, vehicles, strict=True)),
        distance=sum(r.distance_m * v.cost_per_metre for r, v in zip(routes, vehicles, strict=True)),
        overtime=sum(
            r.overtime_s * v.cost_per_overtime_second for r, v in zip(routes, vehicles, strict=True)
        ),
        preference=sum(
            problem.task_by_id[stop.task].cost_with(r.vehicle) for r in routes for stop in r.stops
        ),
        imbalance=sum(_imbalance(problem, balance, routes) for balance in problem.balances),
        uncollected=sum(task.top_prize - served.get(task.id, 0) for task in problem.tasks),
    )
    return Evaluation(
        costs=costs,
        violations=tuple(violations),
        served=len(served),
        unserved=len(problem.tasks) - len(served),
        travel_s=sum(route.travel_s for route in routes),
        distance_m=sum(route.distance_m for route in routes),
        waiting_s=sum(route.waiting_s for route in routes),
        overtime_s=sum(route.overtime_s for route in routes),
        collected=sum(served.values()),
        routes=tuple(routes),
    )


def _imbalance(problem: Problem, balance: Balance, routes: Sequence[RouteEvaluation]) -> int:
    measured = 0
    for route in routes:
        if route.vehicle not in balance.vehicles:
            continue
        evening = problem.vehicle_by_id[route.vehicle].evening_from
        if balance.measure is Measure.WORK:
            measured += route.travel_s + route.service_s
        elif evening is not None and route.arrival_end > evening:
            measured += 1
    return max(0, measured - balance.target) * balance.price


def _membership(problem: Problem, solution: Solution) -> Iterator[Violation]:
    """Each task is in exactly one place: once in one route, or once among the unserved."""
    served = Counter(task for route in solution.routes for task in route.tasks)
    unserved = Counter(solution.unserved)
    for task, count in served.items():
        if count > 1:
            yield Violation("task_twice", (task,), 1, count)
        if task in unserved:
            yield Violation("task_served_and_unserved", (task,))
    for task, count in unserved.items():
        if task not in problem.task_by_id:
            yield Violation("unknown_task", (task,))
        elif count > 1:
            yield Violation("task_twice", (task,), 1, count)
    for task in problem.task_by_id:
        if task not in served and task not in unserved:
            yield Violation("task_missing", (task,))


def _malformed(problem: Problem, route: Route, seen: set[str]) -> Iterator[Violation]:
    vehicle = problem.vehicle_by_id.get(route.vehicle)
    if vehicle is None:
        yield Violation("unknown_vehicle", (route.vehicle,))
        return
    if route.vehicle in seen:
        yield Violation("vehicle_twice", (route.vehicle,))
    for task in route.tasks:
        if task not in problem.task_by_id:
            yield Violation("unknown_task", (task, route.vehicle))
    if len(route.starts) != len(route.tasks):
        yield Violation("malformed_route", (route.vehicle,), len(route.tasks), len(route.starts))
    if len(route.break_starts) not in {0, len(vehicle.breaks)}:
        yield Violation("malformed_route", (route.vehicle,), len(vehicle.breaks), len(route.break_starts))


class _Day:
    """One route walked through from departure to arrival."""

    def __init__(self, problem: Problem, route: Route) -> None:
        self.route = route
        self.vehicle: Vehicle = problem.vehicle_by_id[route.vehicle]
        self.tasks: list[Task] = [problem.task_by_id[task] for task in route.tasks]
        self.matrix = problem.matrix(self.vehicle)
        self.violations: list[Violation] = []
        given = route.break_starts or (None,) * len(self.vehicle.breaks)
        self.taken: list[tuple[int, Break]] = sorted(
            (
                (begun, rest)
                for begun, rest in zip(given, self.vehicle.breaks, strict=True)
                if begun is not None
            ),
            key=lambda pair: pair[0],
        )
        self.missed = [rest for begun, rest in zip(given, self.vehicle.breaks, strict=True) if begun is None]
        self.stops: list[StopTimes] = []

    def _fault(self, code: str, expected: int | str | None, got: int | str | None, *tasks: str) -> None:
        self.violations.append(Violation(code, (*tasks, self.vehicle.id), expected, got))

    def evaluation(self) -> RouteEvaluation:
        """Walk the day and note every violation on the way."""
        for position in range(len(self.tasks)):
            self._stop(position)
        travel_home, metres_home, arrival = self._to_end()
        self._check_breaks(arrival)
        travel = sum(stop.travel for stop in self.stops) + travel_home
        metres = sum(stop.distance for stop in self.stops) + metres_home
        late = max(0, arrival - self.vehicle.shift_end)
        self._check_limits(travel, arrival)
        vehicle = self.vehicle
        return RouteEvaluation(
            vehicle=vehicle.id,
            departure=self.route.departure,
            arrival_end=arrival,
            stops=tuple(self.stops),
            breaks=tuple((begun, begun + rest.duration) for begun, rest in self.taken),
            travel_s=travel,
            distance_m=metres,
            service_s=sum(task.service for task in self.tasks),
            waiting_s=sum(stop.waiting for stop in self.stops),
            overtime_s=late,
            cost=vehicle.fixed_cost
            + travel * vehicle.cost_per_travel_second
            + metres * vehicle.cost_per_metre
            + late * vehicle.cost_per_overtime_second,
            collected=sum(stop.prize for stop in self.stops),
        )

    def _leg(self, origin: int | None, goal: int | None, task: str | None) -> tuple[int, int]:
        if origin is None or goal is None:
            return 0, 0
        seconds, metres = int(self.matrix.duration[origin, goal]), int(self.matrix.distance[origin, goal])
        if seconds == UNREACHABLE:
            self._fault("unreachable", None, None, *([task] if task else []))
            return 0, 0
        return seconds, metres

    def _walk(self, leave: int, travel: int, until: int | None) -> tuple[int, int]:
        """Arrival, and the earliest a service may then start, with the breaks begun between `leave` and `until`."""
        arrival = leave + travel
        ready = arrival
        for begun, rest in self.taken:
            if begun < leave or (until is not None and begun >= until):
                continue
            if begun < arrival:
                arrival += rest.duration
                ready = arrival
            elif until is not None:
                ready = max(ready, begun + rest.duration)
        return arrival, ready

    def _stop(self, position: int) -> None:
        task, start = self.tasks[position], self.route.starts[position]
        if position == 0:
            origin, leave = self.vehicle.start, self.route.departure
        else:
            origin, leave = self.tasks[position - 1].place, self.stops[-1].end
        travel, metres = self._leg(origin, task.place, task.id)
        arrival, ready = self._walk(leave, travel, start)
        if start < ready:
            self._fault("start_before_arrival", ready, start, task.id)
        resting = sum(rest.duration for begun, rest in self.taken if arrival <= begun < start)
        waiting = max(0, start - arrival - resting)
        self._check_stop(position, task, start)
        prize = task.prize_at(start)
        end = start + task.service
        self.stops.append(StopTimes(task.id, travel, metres, arrival, waiting, start, end, prize))

    def _check_stop(self, position: int, task: Task, start: int) -> None:
        if not any(window.start <= start <= window.end for window in task.windows):
            self._fault("outside_windows", None, start, task.id)
        lacking = sorted(task.skills - self.vehicle.skills)
        if lacking:
            self._fault("skill_missing", ",".join(lacking), None, task.id)
        if task.vehicles is not None and self.vehicle.id not in task.vehicles:
            self._fault("vehicle_not_allowed", ",".join(sorted(task.vehicles)), self.vehicle.id, task.id)
        if task.pinned_vehicle is not None and task.pinned_vehicle != self.vehicle.id:
            self._fault("pinned_vehicle", task.pinned_vehicle, self.vehicle.id, task.id)
        if task.pinned_start is not None and task.pinned_start != start:
            self._fault("pinned_start", task.pinned_start, start, task.id)
        pin = task.pinned_position
        if pin is not None and position != (len(self.tasks) - 1 if pin == -1 else pin):
            self._fault("pinned_position", pin, position, task.id)
        for begun, rest in self.taken:
            if begun < start + task.service and start < begun + rest.duration:
                self._fault("break_in_service", None, begun, task.id)

    def _to_end(self) -> tuple[int, int, int]:
        travel, metres = self._leg(self.tasks[-1].place, self.vehicle.end, None)
        arrival, _ = self._walk(self.stops[-1].end, travel, None)
        if arrival != self.route.arrival_end:
            self._fault("arrival_end", arrival, self.route.arrival_end)
        return travel, metres, arrival

    def _check_breaks(self, arrival: int) -> None:
        shift, leave = self.vehicle.shift_start, self.route.departure
        for rest in self.missed:
            if shift <= rest.latest < arrival:
                self._fault("break_missing", rest.latest, arrival)
        free = 0
        for begun, rest in self.taken:
            if not max(rest.earliest, shift) <= begun <= rest.latest:
                self._fault("break_outside_bounds", f"{max(rest.earliest, shift)}-{rest.latest}", begun)
            if begun < free:
                self._fault("breaks_overlap", free, begun)
            if begun < leave < begun + rest.duration:
                self._fault("departure_in_break", begun + rest.duration, leave)
            free = begun + rest.duration

    def _check_limits(self, travel: int, arrival: int) -> None:
        vehicle = self.vehicle
        if self.route.departure < vehicle.shift_start:
            self._fault("departs_before_shift", vehicle.shift_start, self.route.departure)
        if arrival > vehicle.last_arrival:
            self._fault("ends_after_shift", vehicle.last_arrival, arrival)
        if vehicle.max_tasks is not None and len(self.tasks) > vehicle.max_tasks:
            self._fault("max_tasks", vehicle.max_tasks, len(self.tasks))
        load = sum(task.load for task in self.tasks)
        if vehicle.capacity is not None and load > vehicle.capacity:
            self._fault("capacity", vehicle.capacity, load)
        if vehicle.max_travel is not None and travel > vehicle.max_travel:
            self._fault("max_travel", vehicle.max_travel, travel)
        if vehicle.max_duration is not None and arrival - self.route.departure > vehicle.max_duration:
            self._fault("max_duration", vehicle.max_duration, arrival - self.route.departure)
