"""A day cut at an instant: what is done or under way stays, and the rest is a problem of its own.

Each vehicle that is out goes on from its last frozen stop, which stands in the rest as an anchor: a task in first
place that lasts no time and is over when the vehicle is free. So the way home is priced, and nothing comes before it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import Route, Solution
from solvers.task import Task, Window
from solvers.vehicle import Balance, Break, Measure, Vehicle


@dataclass(frozen=True, slots=True)
class Changes:
    """What is different since the plan was made. All ids are known to the problem.

    Who is `away` makes no further stop; who is `late` is free so many seconds later than planned. `cancelled` tasks are
    not served any more, `added` ones have to be, if that can be. `pinned` ones stay with their vehicle and near their
    hour.
    """

    away: frozenset[str] = frozenset()
    late: Mapping[str, int] = field(default_factory=dict)
    cancelled: frozenset[str] = frozenset()
    added: frozenset[str] = frozenset()
    pinned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Past:
    """What one vehicle has done by now.

    Its first `stops` stops, the last of them `over` by then and `home` seconds from the end of the day; it is free again
    at `free`. `taken` are the starts of the breaks it has had, None for those still to come, `durations` those of all its
    breaks, `travel` the seconds so far.
    """

    route: Route
    stops: int
    over: int
    home: int
    free: int
    taken: tuple[int | None, ...]
    durations: tuple[int, ...]
    travel: int

    @property
    def last(self) -> str:
        """The last frozen stop."""
        return self.route.tasks[self.stops - 1]


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of a day. `start` are the orders still to be made, anchors first; `past` by vehicle.

    The days of the vehicles in `over` are over: what they did stands.
    """

    problem: Problem
    start: Mapping[str, tuple[str, ...]]
    past: Mapping[str, Past]
    over: frozenset[str]

    @property
    def frozen(self) -> frozenset[str]:
        """Tasks done or under way."""
        return frozenset(t for past in self.past.values() for t in past.route.tasks[: past.stops])

    def whole(self, routes: Mapping[str, Route]) -> tuple[Route, ...]:
        """The day's routes: what is frozen, and then these routes of the rest."""
        made = []
        for vehicle in self.problem.vehicles:
            past, route = self.past.get(vehicle.id), routes.get(vehicle.id)
            if past is None or (route is None and vehicle.id not in self.over):
                continue
            if vehicle.id in self.over:
                made.append(past.route)
            elif route is not None:
                made.append(self._joined(past, route))
        return tuple(made)

    def _joined(self, past: Past, route: Route) -> Route:
        old = past.route
        if not past.stops:
            return replace(route, break_starts=_breaks(past, route))
        if len(route.tasks) == 1 and past.stops == len(old.tasks):
            return old
        breaks = _breaks(past, route)
        end = route.arrival_end if len(route.tasks) > 1 else _straight_home(past, breaks)
        return Route(
            old.vehicle,
            old.tasks[: past.stops] + route.tasks[1:],
            old.starts[: past.stops] + route.starts[1:],
            old.departure,
            end,
            breaks,
        )


def _straight_home(past: Past, breaks: tuple[int | None, ...]) -> int:
    """When a vehicle without further stops is home: it leaves its last one as soon as that is over."""
    arrival = past.over + past.home
    taken = [(begun, rest) for begun, rest in zip(breaks, past.durations, strict=True) if begun is not None]
    for begun, duration in sorted(taken):
        if past.over <= begun < arrival:
            arrival += duration
    return arrival


def _breaks(past: Past, route: Route) -> tuple[int | None, ...]:
    """Starts of all breaks: those taken as they were, the others as the rest of the day has them."""
    left = iter(route.break_starts)
    return tuple(next(left) if begun is None else begun for begun in past.taken)


def rest_of_day(problem: Problem, plan: Solution, now: int, changes: Changes) -> Rest:
    """What is left of `plan` at the second `now`, with these changes."""
    planned = {route.vehicle: route for route in plan.routes}
    past = {v.id: _past(problem, planned.get(v.id) or _unplanned(v), now, changes) for v in problem.vehicles}
    frozen = {t for entry in past.values() for t in entry.route.tasks[: entry.stops]}
    anchors = {entry.route.tasks[entry.stops - 1]: entry for entry in past.values() if entry.stops}
    slots = {t: (r.vehicle, s) for r in plan.routes for t, s in zip(r.tasks, r.starts, strict=True)}
    tasks = []
    for task in problem.tasks:
        if task.id in anchors:
            tasks.append(_anchor(task, anchors[task.id]))
        elif task.id not in frozen and task.id not in changes.cancelled:
            left = _left(task, now, changes, past, slots.get(task.id))
            tasks.extend([left] if left is not None else [])
    vehicles = tuple(_vehicle(problem, v, past[v.id], changes) for v in problem.vehicles)
    balances = tuple(_balance(problem, balance, past) for balance in problem.balances)
    rest = Problem(problem.name, tuple(tasks), vehicles, problem.travel, balances)
    done = {name for name, entry in past.items() if _is_over(rest, entry)}
    rest = rest.with_tasks(set(rest.task_by_id) - {past[name].last for name in done})
    rest = _at_home(rest, done)
    start = {}
    for name, entry in past.items():
        if name in done:
            continue
        anchor = entry.route.tasks[entry.stops - 1 : entry.stops]
        going = () if name in changes.away else entry.route.tasks[entry.stops :]
        kept = (*anchor, *(task for task in going if task in rest.task_by_id))
        if kept:
            start[name] = kept
    return Rest(rest, start, past, frozenset(done))


def _is_over(rest: Problem, past: Past) -> bool:
    """Whether a vehicle has made all its stops, and is too late for any other."""
    if not past.stops or past.stops < len(past.route.tasks):
        return False
    return schedule(rest, past.route.vehicle, [past.last]) is None


def _at_home(rest: Problem, done: Collection[str]) -> Problem:
    vehicles = tuple(replace(v, max_tasks=0) if v.id in done else v for v in rest.vehicles)
    return Problem(rest.name, rest.tasks, vehicles, rest.travel, rest.balances)


def _past(problem: Problem, route: Route, now: int, changes: Changes) -> Past:
    """Stops begun by now, and the next one if its vehicle must have left for it."""
    vehicle = problem.vehicle_by_id[route.vehicle]
    table = problem.matrix(vehicle).duration
    stops, travel, over = 0, 0, route.departure
    place = vehicle.start
    for name, start in zip(route.tasks, route.starts, strict=True):
        task = problem.task_by_id[name]
        leg = 0 if place is None else int(table[place, task.place])
        under_way = start - leg <= now and route.vehicle not in changes.away and name not in changes.cancelled
        if start > now and not under_way:
            break
        stops, travel, place, over = stops + 1, travel + leg, task.place, start + task.service
    last = route.starts[stops - 1] if stops else now
    taken = [None if begun is None or begun > max(now, last) else begun for begun in route.break_starts]
    taken += [None] * (len(vehicle.breaks) - len(taken))
    free = max([over if stops else max(now, vehicle.shift_start), now, *_ends(vehicle, taken)])
    free += changes.late.get(route.vehicle, 0)
    free = _overdue(vehicle, route, taken, over if stops else vehicle.shift_start, free, bool(stops))
    home = 0 if vehicle.end is None or place is None else int(table[place, vehicle.end])
    durations = tuple(rest.duration for rest in vehicle.breaks)
    return Past(route, stops, over, home, free, tuple(taken), durations, travel)


def _unplanned(vehicle: Vehicle) -> Route:
    return Route(vehicle.id, (), (), vehicle.shift_start, vehicle.shift_start, (None,) * len(vehicle.breaks))


def _ends(vehicle: Vehicle, taken: Sequence[int | None]) -> list[int]:
    return [
        begun + rest.duration for begun, rest in zip(taken, vehicle.breaks, strict=True) if begun is not None
    ]


def _overdue(
    vehicle: Vehicle, route: Route, taken: list[int | None], since: int, free: int, busy: bool
) -> int:
    """When the vehicle is free once it has had the breaks that fall due before; they are added to `taken`.

    Who is late (`busy`) has them on top of it; who has not set out has them while it waits.
    """
    for number, rest in sorted(enumerate(vehicle.breaks), key=lambda entry: entry[1].latest):
        if taken[number] is not None or not vehicle.shift_start <= rest.latest < free:
            continue
        planned = route.break_starts[number] if number < len(route.break_starts) else None
        begun = max([rest.earliest if planned is None else planned, since, *_ends(vehicle, taken)])
        if begun <= rest.latest:
            taken[number] = begun
            free = free + rest.duration if busy else max(free, begun + rest.duration)
    return free


def _anchor(task: Task, past: Past) -> Task:
    return Task(
        id=task.id,
        place=task.place,
        windows=(Window(past.free, past.free),),
        mandatory=True,
        vehicles=frozenset({past.route.vehicle}),
        load=task.load,
        pinned_vehicle=past.route.vehicle,
        pinned_position=0,
    )


def _left(
    task: Task, now: int, changes: Changes, past: Mapping[str, Past], slot: tuple[str, int] | None
) -> Task | None:
    """A task still to be served, at no time gone by; None where none is left."""
    if task.id in changes.pinned and slot is not None:
        task = replace(task, pinned_vehicle=slot[0])
    windows = tuple(Window(max(w.start, now), w.end) for w in task.windows if w.end >= now)
    if not windows:
        return None
    position = task.pinned_position
    if position is not None and any(entry.stops for entry in past.values()):
        if slot is not None:
            task = replace(task, pinned_vehicle=slot[0])
        entry = past.get(task.pinned_vehicle or "")
        gone_by = entry.stops if entry is not None else 0
        if task.pinned_vehicle is None or 0 <= position < gone_by:
            return None
        if position > 0 and gone_by:
            position -= gone_by - 1
    asked = task.id in changes.added or (task.id in changes.pinned and slot is not None)
    mandatory = task.mandatory or (asked and position is None)
    return replace(task, windows=windows, pinned_position=position, mandatory=mandatory)


def _vehicle(problem: Problem, vehicle: Vehicle, past: Past, changes: Changes) -> Vehicle:
    """The vehicle from now on: where it is, what it has left of its limits."""
    most = 0 if vehicle.id in changes.away else vehicle.max_tasks
    if not past.stops:
        return _later(replace(vehicle, max_tasks=most, breaks=_kept(vehicle, past)), past.free)
    done = past.route.tasks[: past.stops]
    last = vehicle.last_arrival
    if vehicle.max_duration is not None:
        last = min(last, past.route.departure + vehicle.max_duration)
    load = sum(problem.task_by_id[task].load for task in done[:-1])
    end = min(vehicle.shift_end, last)
    closed = any(problem.task_by_id[task].pinned_position == -1 for task in done)
    if vehicle.id in changes.away or closed:
        most = 1
    elif most is not None:
        most = max(1, most - past.stops + 1)
    going = replace(
        vehicle,
        start=problem.task_by_id[done[-1]].place,
        shift_end=end,
        max_overtime=last - end,
        fixed_cost=0,
        max_tasks=most,
        max_travel=None if vehicle.max_travel is None else max(0, vehicle.max_travel - past.travel),
        max_duration=None,
        capacity=None if vehicle.capacity is None else vehicle.capacity - load,
        breaks=_kept(vehicle, past),
    )
    return _later(going, past.free)


def _kept(vehicle: Vehicle, past: Past) -> tuple[Break, ...]:
    return tuple(rest for rest, begun in zip(vehicle.breaks, past.taken, strict=True) if begun is None)


def _later(vehicle: Vehicle, start: int) -> Vehicle:
    """The vehicle with a shift from `start` on; one whose day is over by then takes nothing in."""
    last = vehicle.last_arrival
    if start > last:
        return replace(vehicle, shift_start=last, shift_end=last, max_overtime=0, max_tasks=0)
    end = max(vehicle.shift_end, start)
    return replace(vehicle, shift_start=start, shift_end=end, max_overtime=last - end)


def _balance(problem: Problem, balance: Balance, past: Mapping[str, Past]) -> Balance:
    """What is left of the target once the work done is taken off. Evenings are all still to come."""
    if balance.measure is not Measure.WORK:
        return balance
    done = 0
    for name, entry in past.items():
        if name in balance.vehicles:
            served = entry.route.tasks[: entry.stops]
            done += entry.travel + sum(problem.task_by_id[task].service for task in served)
    return replace(balance, target=max(0, balance.target - done))
