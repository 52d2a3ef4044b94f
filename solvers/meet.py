"""A day on which two vehicles may meet at a task: planned in stages, judged as a whole.

First the day without meetings; then meetings are put into its routes one after another, the best first, where
they earn more than what they displace; then everything else is searched again around them. Rounds follow that
take some meetings out and put others in, and keep what is better. Every answer is a feasible solution of a
problem in which each meeting is two pinned tasks (`solvers.meetings`), evaluated like any other.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from solvers.evaluate import evaluate
from solvers.meetings import Meetable, Meeting, kept_meetings, parts, second, with_meetings
from solvers.openings import NEVER, Ints, Openings, Wanted, openings, retimed, spent
from solvers.problem import Problem
from solvers.progress import Progress, StoppedBy
from solvers.settings import Settings
from solvers.solution import Route, Solution, solution_of
from solvers.solve import Result, solve
from solvers.task import Task

_FIRST, _SECOND, _ROUND = 0.3, 0.3, 0.12
"""Shares of the time: the day without meetings, the first search around them, and each round."""

_ROUNDS = 3
"""Rounds where iterations are limited and not the time."""

_STEPS = 4
"""Changes tried in such a round."""

_STEP = 300
_OUT = 0.25
_HOURS = 4500
_NOISE = 0.15
_ENDED = (StoppedBy.STOP, StoppedBy.INTERRUPT)


@dataclass(frozen=True, slots=True)
class Met:
    """The best day found: its problem with the meetings pinned, the meetings, and the result for that problem."""

    problem: Problem
    meetings: tuple[Meeting, ...]
    result: Result


def solve_with_meetings(
    problem: Problem,
    meetables: Sequence[Meetable],
    *,
    time_limit_s: float,
    seed: int = 1,
    iteration_limit: int | None = None,
    cores: int = 1,
    note: Callable[[str], None] | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    in_process: bool = False,
) -> Met:
    """The best day found within the limits; limits, seed and interruption are as for `solve`.

    A task that is meetable stays an ordinary one too, for the vehicles that may serve it by themselves. Without
    meetables it is `solve`.
    """
    search = _Search(time_limit_s, seed, iteration_limit, cores, note, progress, stop, in_process)
    return _Stages(problem, meetables, search).run()


@dataclass(frozen=True, slots=True)
class _Search:
    """How to search, as for `solve`."""

    time_limit_s: float
    seed: int
    iteration_limit: int | None
    cores: int
    note: Callable[[str], None] | None
    progress: Callable[[Progress], None] | None
    stop: Callable[[], bool] | None
    in_process: bool


class _Stages:
    def __init__(self, problem: Problem, meetables: Sequence[Meetable], search: _Search) -> None:
        self.problem, self.meetables, self.search, self.seed = problem, meetables, search, search.seed
        self.limit, self.iterations = search.time_limit_s, search.iteration_limit
        self.progress, self.stop = search.progress, search.stop
        self.began = time.monotonic()
        self.rng = np.random.default_rng(self.seed % 2**63)
        self.ended = False

    def run(self) -> Met:
        if not self.meetables:
            return Met(self.problem, (), self._solve(self.problem, 1.0, None))
        first = self._solve(self.problem, _FIRST, None)
        draft = MeetingDraft(self.problem, self.meetables, (), first.solution)
        draft.fill(_STEP, 0, self._halt)
        best = self._around(draft, _SECOND, None, first)
        rounds = 0
        while not self.ended and self._another(rounds):
            draft = MeetingDraft(self.problem, self.meetables, best.meetings, best.result.solution)
            shaken = self._shaken(draft)
            found = self._around(shaken, _ROUND, Settings(confirm=False), best.result)
            best = min((best, found), key=_rank)
            rounds += 1
        return best

    def _another(self, rounds: int) -> bool:
        left = self.limit - (time.monotonic() - self.began)
        if self.iterations is not None and rounds >= _ROUNDS:
            return False
        return left > _ROUND * self.limit / 2

    def _shaken(self, draft: MeetingDraft) -> MeetingDraft:
        """The draft after some of its meetings were taken out and others put in, many times, each time no worse."""
        until = time.monotonic() + _ROUND * self.limit
        least, steps = draft.spent(), 0
        while not self._halt() and (time.monotonic() < until if self.iterations is None else steps < _STEPS):
            steps += 1
            other = draft.copy()
            other.take_out(self._some(draft))
            noise = self.rng.uniform(1 - _NOISE, 1 + _NOISE, len(self.meetables))
            other.fill(_STEP, 60 * int(self.rng.integers(_STEP // 60)), self._halt, noise)
            cost = other.spent()
            if cost <= least:
                draft, least = other, cost
        return draft

    def _some(self, draft: MeetingDraft) -> list[Meeting]:
        """Meetings of one vehicle, near one hour, or picked blindly."""
        meetings = sorted(draft.meetings.values(), key=lambda one: one.task)
        if not meetings:
            return []
        middle = meetings[int(self.rng.integers(len(meetings)))]
        way = int(self.rng.integers(3))
        if way == 0:
            return [one for one in meetings if middle.vehicles[0] in one.vehicles]
        if way == 1:
            return [one for one in meetings if abs(one.start - middle.start) <= _HOURS]
        return [one for one in meetings if self.rng.random() < _OUT]

    def _around(self, draft: MeetingDraft, share: float, settings: Settings | None, before: Result) -> Met:
        """The draft, and what a search around its meetings makes of it, whichever is better."""
        made = Met(*draft.stated(), _judged(*draft.stated_solution(), before))
        if self.ended:
            return made
        result = self._solve(made.problem, share, made.result.solution, settings)
        made = replace(made, result=replace(made.result, stopped_by=result.stopped_by))
        if not kept_meetings(made.meetings, result.solution):
            return made
        later = MeetingDraft(self.problem, self.meetables, made.meetings, result.solution)
        later.tighten()
        tight = Met(*later.stated(), _judged(*later.stated_solution(), result))
        return min((made, tight), key=_rank)

    def _halt(self) -> bool:
        if self.stop is not None and self.stop():
            return True
        return self.iterations is None and time.monotonic() - self.began > self.limit

    def _solve(
        self, problem: Problem, share: float, start: Solution | None, settings: Settings | None = None
    ) -> Result:
        left = max(0.0, self.limit - (time.monotonic() - self.began))
        result = solve(
            problem,
            time_limit_s=min(left, share * self.limit) if self.iterations is None else left,
            seed=self.seed,
            iteration_limit=self.iterations,
            start=start,
            progress=self._told if self.progress else None,
            stop=self.stop,
            cores=self.search.cores,
            note=self.search.note,
            in_process=self.search.in_process,
            settings=settings,
        )
        self.ended = self.ended or result.stopped_by in _ENDED
        return result

    def _told(self, news: Progress) -> None:
        assert self.progress is not None
        self.progress(replace(news, elapsed_s=round(time.monotonic() - self.began, 3)))


def _rank(met: Met) -> tuple[int, int]:
    """What is better has less of it: mandatory tasks left out, then the objective."""
    judged = met.result.evaluation
    return len(judged.violations), judged.total


def _judged(problem: Problem, solution: Solution, like: Result) -> Result:
    return replace(like, solution=solution, evaluation=evaluate(problem, solution))


class MeetingDraft:
    """Routes with meetings in them, each change timed exactly before it is kept."""

    def __init__(
        self,
        problem: Problem,
        meetables: Iterable[Meetable],
        meetings: Iterable[Meeting],
        solution: Solution,
    ) -> None:
        self.problem = problem
        self.meetable = {one.task: one for one in meetables}
        self.meetings = {meeting.task: meeting for meeting in meetings}
        self.routes: dict[str, Route] = {route.vehicle: route for route in solution.routes}
        self.costs: dict[str, int] = {}
        self.parts: dict[str, Task] = {
            part.id: part
            for meeting in self.meetings.values()
            for part in parts(problem.task_by_id[meeting.task], meeting)
        }

    def stated(self) -> tuple[Problem, tuple[Meeting, ...]]:
        """The problem with the draft's meetings pinned, and the meetings in the order of the tasks."""
        meetings = tuple(self.meetings[t.id] for t in self.problem.tasks if t.id in self.meetings)
        return with_meetings(self.problem, meetings), meetings

    def stated_solution(self) -> tuple[Problem, Solution]:
        """The same problem, and the routes as a solution of it."""
        problem, _ = self.stated()
        ordered = (self.routes[v.id] for v in problem.vehicles if v.id in self.routes)
        return problem, solution_of(ordered, (task.id for task in problem.tasks))

    def take_out(self, meetings: Iterable[Meeting]) -> None:
        """Call these meetings off."""
        for meeting in meetings:
            del self.meetings[meeting.task]
            for vehicle, part in zip(meeting.vehicles, (meeting.task, second(meeting.task)), strict=True):
                left = [task for task in self.routes[vehicle].tasks if task != part]
                self._set(vehicle, self._timed(vehicle, left)[1])
                del self.parts[part]

    def copy(self) -> MeetingDraft:
        """Another draft that begins where this one is."""
        other = MeetingDraft(self.problem, self.meetable.values(), (), Solution((), ()))
        other.meetings, other.routes, other.parts = dict(self.meetings), dict(self.routes), dict(self.parts)
        other.costs = dict(self.costs)
        return other

    def spent(self) -> int:
        """What all routes cost, less the prizes they collect and a great deal for every mandatory task met."""
        met = sum(self.problem.task_by_id[task].mandatory for task in self.meetings)
        return sum(self._spent(vehicle) for vehicle in self.routes) - met * self._must

    def fill(
        self,
        step: int,
        offset: int,
        halt: Callable[[], bool] = lambda: False,
        noise: NDArray[np.float64] | None = None,
    ) -> None:
        """Put in meetings, the best first, while one earns more than it costs, and draw them together, until none fits.

        `noise` scales what each meetable seems worth, so that another one comes first; none is kept that does
        not pay. Starts are tried every `step` seconds from `offset`, where a window begins or ends, where a prize
        begins and where a break is over.
        """
        before = -1
        while before < len(self.meetings) and not halt():
            before = len(self.meetings)
            self._fill_once(step, offset, halt, noise)
            self.tighten()

    def _fill_once(
        self, step: int, offset: int, halt: Callable[[], bool], noise: NDArray[np.float64] | None
    ) -> None:
        served = {task for route in self.routes.values() for task in route.tasks}
        ids = list(self.meetable)
        rows = [row for row, one in enumerate(ids) if one not in served]
        open_tasks = [self.problem.task_by_id[ids[row]] for row in rows]
        if not open_tasks:
            return
        wanted = Wanted.of(open_tasks, self._times(open_tasks, step, offset), self._must)
        if noise is not None:
            seems = np.rint(wanted.worth * noise[rows, None]).astype(np.int64)
            wanted = replace(wanted, worth=np.where(wanted.worth < 0, -1, seems))
        _Filling(self, wanted).run(halt)

    def tighten(self) -> None:
        """Start every meeting as soon as both can be there, where that costs nothing."""
        for meeting in sorted(self.meetings.values(), key=lambda one: (one.start, one.task)):
            task = self.problem.task_by_id[meeting.task]
            ready = max(self._ready(meeting, 0), self._ready(meeting, 1))
            opens = max((w.start for w in task.windows if w.start <= meeting.start), default=meeting.start)
            start = max(ready, opens)
            if start < meeting.start and task.prize_at(start) >= task.prize_at(meeting.start):
                earlier = replace(meeting, start=start)
                orders = {vehicle: self.routes[vehicle].tasks for vehicle in meeting.vehicles}
                self.attempt(earlier, orders, least=0)

    @property
    def _must(self) -> int:
        return self.problem.mandatory_penalty

    def _times(self, tasks: Sequence[Task], step: int, offset: int) -> list[int]:
        first = min(window.start for task in tasks for window in task.windows)
        last = max(window.end for task in tasks for window in task.windows)
        shifts = [self.problem.vehicle_by_id[v] for one in self.meetable.values() for v in one.vehicles]
        first = max(first, min((v.shift_start for v in shifts), default=first))
        last = min(last, max((v.last_arrival for v in shifts), default=last))
        edges = {edge for task in tasks for window in task.windows for edge in (window.start, window.end)}
        edges |= {rest.earliest + rest.duration for vehicle in shifts for rest in vehicle.breaks}
        edges |= {band.start for task in tasks for band in task.prize_bands}
        inside = {edge for edge in edges if first <= edge <= last}
        return sorted({*range(first + offset, last + 1, step), *inside})

    def _ready(self, meeting: Meeting, which: int) -> int:
        """The second at which one of the two can be there, as the route is timed."""
        vehicle = self.problem.vehicle_by_id[meeting.vehicles[which]]
        route = self.routes[vehicle.id]
        part = (meeting.task, second(meeting.task))[which]
        at = route.tasks.index(part)
        goal = self.parts[part].place
        if at == 0:
            origin, left = vehicle.start, vehicle.shift_start
        else:
            before = self._task(route.tasks[at - 1])
            origin, left = before.place, route.starts[at - 1] + before.service
        if origin is None:
            return left
        return left + int(self.problem.matrix(vehicle).duration[origin, goal])

    def attempt(self, meeting: Meeting, orders: Mapping[str, Sequence[str]], least: int) -> str | None:
        """Keep the meeting with these orders of its two vehicles if that saves `least` or more.

        Returns None when kept, else the vehicle that cannot do it, or "" where it does not pay.
        """
        made = parts(self.problem.task_by_id[meeting.task], meeting)
        fresh = {part.id: part for part in made}
        gain = -self._extra(meeting)
        timed: dict[str, Route] = {}
        costs: dict[str, int] = {}
        for vehicle, order in orders.items():
            problem, route = self._timed(vehicle, order, fresh)
            if route is None:
                return vehicle
            timed[vehicle] = route
            costs[vehicle] = spent(problem, route)
            gain += self._spent(vehicle) - costs[vehicle]
        if gain < least:
            return ""
        self.parts.update(fresh)
        self.meetings[meeting.task] = meeting
        for vehicle, route in timed.items():
            self._set(vehicle, route)
        self.costs.update(costs)
        return None

    def _extra(self, meeting: Meeting) -> int:
        """What serving a mandatory task for the first time is worth besides its prize, negative."""
        task = self.problem.task_by_id[meeting.task]
        return -self._must if task.mandatory and meeting.task not in self.meetings else 0

    def _task(self, task: str) -> Task:
        return self.parts.get(task) or self.problem.task_by_id[task]

    def _timed(
        self, vehicle: str, order: Sequence[str], fresh: Mapping[str, Task] | None = None
    ) -> tuple[Problem, Route | None]:
        tasks = [(fresh or {}).get(task) or self._task(task) for task in order]
        return retimed(self.problem, vehicle, tasks)

    def _spent(self, vehicle: str) -> int:
        route = self.routes.get(vehicle)
        if route is None:
            return 0
        if vehicle not in self.costs:
            tasks = [self._task(task) for task in route.tasks]
            self.costs[vehicle] = spent(retimed(self.problem, vehicle, tasks)[0], route)
        return self.costs[vehicle]

    def _set(self, vehicle: str, route: Route | None) -> None:
        self.costs.pop(vehicle, None)
        if route is None or not route.tasks:
            self.routes.pop(vehicle, None)
        else:
            self.routes[vehicle] = route

    def openings(self, vehicle: str, wanted: Wanted) -> Openings:
        """The vehicle's openings for the tasks wanted."""
        who, route = self.problem.vehicle_by_id[vehicle], self.routes.get(vehicle)
        small = replace_tasks(self.problem, [self._task(task) for task in (route.tasks if route else ())])
        return openings(small, who, route, wanted)


def replace_tasks(problem: Problem, tasks: Sequence[Task]) -> Problem:
    """The same vehicles and places with these tasks."""
    return Problem(problem.name, tuple(tasks), problem.vehicles, problem.travel)


class _Filling:
    """Meetings being put into a draft: what each costs every vehicle at every second, kept up to date."""

    def __init__(self, draft: MeetingDraft, wanted: Wanted) -> None:
        self.draft, self.wanted = draft, wanted
        may = [draft.meetable[task.id].vehicles for task in wanted.tasks]
        self.vehicles = sorted(frozenset().union(*may))
        self.allowed = np.array([[v in some for some in may] for v in self.vehicles], bool)
        self.cost = np.full((len(self.vehicles), *wanted.worth.shape), NEVER, np.int64)
        self.open: dict[str, Openings] = {}
        self.left = np.ones(len(wanted.tasks), bool)
        self.pairs = [self._pairs(row) for row in range(len(wanted.tasks))]
        for number in range(len(self.vehicles)):
            self._look(number)

    def run(self, halt: Callable[[], bool]) -> None:
        """The best meeting, again and again, until none pays or `halt` says so."""
        net = self._net(range(len(self.wanted.tasks)))
        while net.size and not halt():
            row, column = (int(at) for at in np.unravel_index(int(net.argmax()), net.shape))
            if net[row, column] <= 0:
                return
            one, two = self._who(row, column)
            fault = self._try(row, column, one, two)
            if fault is None:
                self.left[row] = False
                for number in (one, two):
                    self._look(number)
                net = self._net(range(len(self.wanted.tasks)))
                continue
            barred = [n for n in (one, two) if fault in ("", self.vehicles[n])]
            self.cost[barred, row, column] = NEVER
            net[row] = self._net([row])[0]

    def _look(self, number: int) -> None:
        vehicle = self.vehicles[number]
        self.open[vehicle] = found = self.draft.openings(vehicle, self.wanted)
        self.cost[number] = np.where(self.allowed[number][:, None], found.cost, NEVER)

    def _pairs(self, row: int) -> list[tuple[int, int]] | None:
        """The pairs that have the task's skills; None where any two do."""
        skills = self.wanted.tasks[row].skills
        mine = [n for n in range(len(self.vehicles)) if self.allowed[n, row]]
        has = {n: self.draft.problem.vehicle_by_id[self.vehicles[n]].skills & skills for n in mine}
        if all(has[n] == skills for n in mine):
            return None
        return [(one, two) for one, two in combinations(mine, 2) if has[one] | has[two] == skills]

    def _net(self, rows: Iterable[int]) -> Ints:
        """What a meeting at each task and second earns, less what it costs the two it costs least."""
        picked = list(rows)
        net = np.full((len(picked), len(self.wanted.times)), -1, np.int64)
        if len(self.vehicles) < 2:
            return net
        least = np.partition(self.cost[:, picked], 1, axis=0)[:2].sum(axis=0)
        for at, row in enumerate(picked):
            pairs = self.pairs[row]
            if not self.left[row] or pairs == []:
                continue
            price = least[at] if pairs is None else self._of_pairs(row, pairs).min(axis=0)
            worth = self.wanted.worth[row]
            net[at] = np.where((worth >= 0) & (price < NEVER // 2), worth - price, -1)
        return net

    def _of_pairs(self, row: int, pairs: Sequence[tuple[int, int]]) -> Ints:
        one, two = np.array(pairs, np.intp).T
        both: Ints = self.cost[one, row] + self.cost[two, row]
        return both

    def _who(self, row: int, column: int) -> tuple[int, int]:
        pairs = self.pairs[row]
        if pairs is None:
            order = np.argsort(self.cost[:, row, column], kind="stable")
            one, two = sorted((int(order[0]), int(order[1])))
            return one, two
        return pairs[int(self._of_pairs(row, pairs)[:, column].argmin())]

    def _try(self, row: int, column: int, one: int, two: int) -> str | None:
        task = self.wanted.tasks[row].id
        names = (self.vehicles[one], self.vehicles[two])
        orders = {}
        for vehicle, part in zip(names, (task, second(task)), strict=True):
            route = self.draft.routes.get(vehicle)
            orders[vehicle] = self.open[vehicle].order(route.tasks if route else (), row, column, part)
        return self.draft.attempt(Meeting(task, names, int(self.wanted.times[column])), orders, least=1)
