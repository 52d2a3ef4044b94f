"""The best timing of a given order of tasks: exact dynamic programming over windows, prize bands and breaks.

Every instant t along a route is t = max(E, D + T) for a departure D not before `Dmin` and at most `Dmax`
(Savelsbergh 1992, "The vehicle routing problem with time windows: minimizing route duration"). A label keeps
E, T and Dmax, the prize forgone so far and which breaks are taken; dominated labels are dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.solution import Route
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Break, Vehicle

_EVER = 2**40
_SPARE = 900  # seconds left for what takes longer than planned


class _Instant(NamedTuple):
    """max(earliest, departure + shift), with `departure` at most `latest_departure`."""

    earliest: int
    shift: int
    latest_departure: int

    def after(self, seconds: int) -> _Instant:
        return _Instant(self.earliest + seconds, self.shift + seconds, self.latest_departure)

    def not_before(self, second: int) -> _Instant:
        return _Instant(max(self.earliest, second), self.shift, self.latest_departure)

    def not_after(self, second: int) -> _Instant | None:
        if self.earliest > second:
            return None
        return _Instant(self.earliest, self.shift, min(self.latest_departure, second - self.shift))


class _Label(NamedTuple):
    clock: _Instant  # end of the last service, or the departure
    forgone: int  # prize not collected so far
    taken: int  # bit set of the breaks taken
    rests: tuple[int, ...]  # breaks taken on the way to this task, in order
    piece: Piece | None  # where the service starts; None at the departure
    before: _Label | None


def schedule(problem: Problem, vehicle_id: str, task_ids: Sequence[str]) -> Route | None:
    """The cheapest feasible timing of these tasks in this order, or None if there is none.

    Forgone prizes and overtime are least (travel is given by the order), then the day ends as early as it
    can, then it starts as late as that allows, but for a quarter of an hour: so much of the waiting is left
    for delays, and so much before a service's latest start; less where `max_duration` demands it. Pins, skills,
    allowed vehicles and limits are obeyed. Raises KeyError for an unknown id.
    """
    vehicle = problem.vehicle_by_id[vehicle_id]
    tasks = [problem.task_by_id[task] for task in task_ids]
    if not tasks or not admits(vehicle, tasks):
        return None
    return best_timing(problem, vehicle, tasks)


def best_timing(problem: Problem, vehicle: Vehicle, tasks: Sequence[Task]) -> Route | None:
    """As `schedule`, but blind to skills, allowed vehicles, `max_tasks` and pinned vehicles and positions."""
    legs = leg_times(problem, vehicle, tasks)
    if legs is None or (vehicle.max_travel is not None and sum(legs) > vehicle.max_travel):
        return None
    return _Timing(problem, vehicle, tasks, legs).best()


def may_serve(vehicle: Vehicle, task: Task) -> bool:
    """Whether skills, allowed vehicles and a pinned vehicle let this vehicle serve this task."""
    return (
        task.skills <= vehicle.skills
        and (task.vehicles is None or vehicle.id in task.vehicles)
        and (task.pinned_vehicle is None or task.pinned_vehicle == vehicle.id)
    )


def admits(vehicle: Vehicle, tasks: Sequence[Task]) -> bool:
    """Whether this vehicle may serve these tasks in this order, time aside."""
    if vehicle.max_tasks is not None and len(tasks) > vehicle.max_tasks:
        return False
    if vehicle.capacity is not None and sum(task.load for task in tasks) > vehicle.capacity:
        return False
    for position, task in enumerate(tasks):
        pin = task.pinned_position
        if pin is not None and position != (len(tasks) - 1 if pin == -1 else pin):
            return False
        if not may_serve(vehicle, task):
            return False
    return len({task.id for task in tasks}) == len(tasks)


def leg_times(problem: Problem, vehicle: Vehicle, tasks: Sequence[Task]) -> list[int] | None:
    """Travel seconds of every leg, from the start place to the end place; None if one has no way."""
    matrix = problem.matrix(vehicle)
    places = [task.place for task in tasks]
    origins = [vehicle.start if vehicle.start is not None else places[0], *places]
    goals = [*places, vehicle.end if vehicle.end is not None else places[-1]]
    legs = matrix.duration[origins, goals].tolist()
    return None if UNREACHABLE in legs else legs


def _sure[T](found: T | None) -> T:
    if found is None:
        raise AssertionError("the timing being improved is itself feasible")
    return found


class _Timing:
    """One order of tasks of one vehicle, being timed."""

    def __init__(
        self, problem: Problem, vehicle: Vehicle, tasks: Sequence[Task], legs: Sequence[int]
    ) -> None:
        self.pieces, self.top = problem.pieces, problem.top_prizes
        self.vehicle, self.tasks, self.legs = vehicle, tasks, legs
        self.rests = vehicle.due_breaks
        self.all_taken = (1 << len(self.rests)) - 1
        self.bounded = vehicle.max_duration is not None

    def best(self) -> Route | None:
        labels = self._departures() if self.bounded else [self._departure_now()]
        for task, leg in zip(self.tasks, self.legs, strict=False):
            top, options = self.top[task.id], self.pieces[task.id]
            reached = [
                label for before in labels for label in self._serve(before, leg, options, top, task.service)
            ]
            labels = self._undominated(reached)
            if not labels:
                return None
        ends = [end for label in labels for end in self._home(label)]
        if not ends:
            return None
        _, _, label, arrival, rests = min(ends, key=lambda end: end[:2])
        return self._route(label, arrival, rests)

    def _departure_now(self) -> _Label:
        return _Label(_Instant(self.vehicle.shift_start, 0, _EVER), 0, 0, (), None, None)

    def _departures(self) -> list[_Label]:
        """Departures after any breaks taken at the start place, which do not count towards the duration."""
        now = _Instant(self.vehicle.shift_start, 0, 0)
        return [
            _Label(_Instant(ready.earliest, 0, _EVER), 0, taken, rests, None, None)
            for ready, taken, rests in self._travel(now, 0, 0)
        ]

    def _travel(
        self, clock: _Instant, leg: int, taken: int
    ) -> Iterator[tuple[_Instant, int, tuple[int, ...]]]:
        """Arrivals after this leg, with no break, or with any of those left in any order, as early as can be."""
        stack: list[tuple[_Instant, _Instant, int, tuple[int, ...]]] = [(clock, clock.after(leg), taken, ())]
        while stack:
            now, ready, done, order = stack.pop()
            yield ready, done, order
            for number, rest in enumerate(self.rests):
                rested = None if done >> number & 1 else self._rested(now, ready, rest)
                if rested is not None:
                    stack.append((*rested, done | 1 << number, (*order, number)))

    def _serve(
        self, before: _Label, leg: int, options: Sequence[Piece], top: int, service: int
    ) -> Iterator[_Label]:
        for ready, taken, rests in self._travel(before.clock, leg, before.taken):
            for piece in options:
                began = ready.not_after(piece.end)
                if began is None:
                    continue
                begin = began.not_before(piece.start)
                if self._overdue(begin.earliest, taken):
                    continue
                forgone = before.forgone + top - piece.prize
                yield _Label(begin.after(service), forgone, taken, rests, piece, before)

    def _overdue(self, second: int, taken: int) -> bool:
        return taken != self.all_taken and any(
            not taken >> number & 1 and second > rest.latest for number, rest in enumerate(self.rests)
        )

    def _undominated(self, labels: list[_Label]) -> list[_Label]:
        kept: list[_Label] = []
        for label in sorted(labels, key=lambda one: (one.clock.earliest, one.forgone)):
            if not any(self._dominates(other, label) for other in kept):
                kept.append(label)
        return kept

    def _dominates(self, one: _Label, other: _Label) -> bool:
        if one.taken != other.taken or one.forgone > other.forgone:
            return False
        return not self.bounded or (
            one.clock.shift <= other.clock.shift
            and one.clock.latest_departure >= other.clock.latest_departure
        )

    def _home(self, label: _Label) -> Iterator[tuple[int, int, _Label, _Instant, tuple[int, ...]]]:
        vehicle = self.vehicle
        for ready, taken, rests in self._travel(label.clock, self.legs[-1], label.taken):
            arrival = ready.not_after(self._latest_end(taken))
            if arrival is None:
                continue
            late = max(0, arrival.earliest - vehicle.shift_end)
            if self.bounded:
                departure = min(arrival.latest_departure, arrival.earliest - arrival.shift)
                if arrival.earliest - departure > (vehicle.max_duration or 0):
                    continue
            price = label.forgone + late * vehicle.cost_per_overtime_second
            yield price, arrival.earliest, label, arrival, rests

    def _latest_end(self, taken: int) -> int:
        """The day's latest end, which a break that is not taken must not come before."""
        missing = [rest.latest for number, rest in enumerate(self.rests) if not taken >> number & 1]
        return min([self.vehicle.last_arrival, *missing])

    def _route(self, last: _Label, arrival: _Instant, last_rests: tuple[int, ...]) -> Route:
        chain = [last]
        while chain[-1].before is not None:
            chain.append(chain[-1].before)
        chain.reverse()
        rests = [label.rests for label in chain[1:]] + [last_rests]
        chosen = [label.piece for label in chain[1:] if label.piece is not None]
        taken = last.taken | sum(1 << number for number in last_rests)
        early = self._replay(chain[0].clock.earliest, chain[0].rests, rests, chosen)
        before_first = chain[0].rests + rests[0]
        first = self._latest_first(early, rests, chosen, self._latest_end(taken))
        departure, at_home = self._latest_departure(first, before_first)
        route = self._replay(departure, before_first[:at_home], [before_first[at_home:], *rests[1:]], chosen)
        longest = self.vehicle.max_duration
        if longest is not None and route.arrival_end - route.departure > longest:
            departure = min(arrival.latest_departure, arrival.earliest - arrival.shift)
            route = self._replay(departure, chain[0].rests, rests, chosen)
        return route

    def _latest_first(
        self, early: Route, rests: Sequence[tuple[int, ...]], chosen: Sequence[Piece], limit: int
    ) -> int:
        """The latest start of the first service with which the day ends, by `limit`, no later than this early one.

        It leaves some waiting, and none nearer to its latest start than that, unless it was, for delays.
        """
        starts, resting = early.starts, sum(self.rests[n].duration for order in rests[1:] for n in order)
        busy = sum(self.legs[1:]) + sum(task.service for task in self.tasks) + resting
        latest = early.arrival_end - busy - _SPARE
        if latest <= starts[0]:
            return starts[0]
        ends = [max(start, piece.end - _SPARE) for start, piece in zip(starts, chosen, strict=True)]
        clock = _Instant(starts[0], 0, ends[0]).after(self.tasks[0].service)
        for position in range(1, len(self.legs)):
            ready = clock.after(self.legs[position])
            for number in rests[position]:
                clock, ready = _sure(self._rested(clock, ready, self.rests[number]))
            if position == len(chosen):
                clock = _sure(ready.not_after(limit))
            else:
                clock = _sure(ready.not_after(ends[position])).not_before(chosen[position].start)
                clock = clock.after(self.tasks[position].service)
        return min(clock.latest_departure, latest)

    def _latest_departure(self, first_start: int, order: tuple[int, ...]) -> tuple[int, int]:
        """The latest departure that still starts the first service then, and how many breaks precede it."""
        best: tuple[int, int] | None = None
        ready = _Instant(self.vehicle.shift_start, 0, 0)
        for at_home in range(len(order) + 1):
            if at_home:
                ready = self._rest(ready, self.rests[order[at_home - 1]])
            clock = _Instant(ready.earliest, 0, _EVER)
            arrival = clock.after(self.legs[0])
            for number in order[at_home:]:
                rested = self._rested(clock, arrival, self.rests[number])
                if rested is None:
                    break
                clock, arrival = rested
            else:
                on_time = arrival.not_after(first_start)
                if on_time is not None and (best is None or on_time.latest_departure > best[0]):
                    best = (on_time.latest_departure, at_home)
        return _sure(best)

    def _rested(self, clock: _Instant, ready: _Instant, rest: Break) -> tuple[_Instant, _Instant] | None:
        """The end of this break on the way, and the arrival; None if it cannot begin in time."""
        begun = clock.not_after(rest.latest)
        if begun is None:
            return None
        return self._rest(begun, rest), self._rest(
            ready._replace(latest_departure=begun.latest_departure), rest
        )

    @staticmethod
    def _rest(instant: _Instant, rest: Break) -> _Instant:
        return instant.not_before(rest.earliest).after(rest.duration)

    def _replay(
        self,
        departure: int,
        at_home: tuple[int, ...],
        legs: Sequence[tuple[int, ...]],
        chosen: Sequence[Piece],
    ) -> Route:
        """The route with these choices and this departure, everything as early as it can be."""
        begun: list[int | None] = [None] * len(self.rests)
        clock = self.vehicle.shift_start
        for number in at_home:
            begun[number] = max(clock, self.rests[number].earliest)
            clock = max(clock, self.rests[number].earliest) + self.rests[number].duration
        clock, starts = departure, []
        for position, order in enumerate(legs):
            ready = clock + self.legs[position]
            for number in order:
                rest = self.rests[number]
                begun[number] = max(clock, rest.earliest)
                clock, ready = (
                    max(clock, rest.earliest) + rest.duration,
                    max(ready, rest.earliest) + rest.duration,
                )
            if position < len(chosen):
                starts.append(max(ready, chosen[position].start))
                clock = starts[-1] + self.tasks[position].service
            else:
                clock = ready
        due = iter(begun)
        times = tuple(next(due) if rest in self.rests else None for rest in self.vehicle.breaks)
        return Route(self.vehicle.id, tuple(t.id for t in self.tasks), tuple(starts), departure, clock, times)
