"""Why is this task served by this vehicle at this hour, or not at all, and what would change that?

Every option is found by changing one thing and searching again near the task, within a budget: what it costs is
what the search found, so it may be cheaper yet, never dearer.
"""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np

from solvers.book import Book
from solvers.diagnose import diagnose
from solvers.moves import Slot, slots_of
from solvers.options import Explanation, Offer
from solvers.part import part_of
from solvers.problem import Problem
from solvers.quick import Budget, Clock, Effort
from solvers.solution import Route, Solution
from solvers.task import Task
from solvers.trials import Trials
from solvers.vehicle import Vehicle

_NEAR = 24  # vehicles asked for their price where there are more
_AGAIN = 8  # vehicles whose routes are searched again for an option


def explain(
    problem: Problem,
    solution: Solution,
    task: str,
    *,
    effort: Effort,
    wider: Task | None = None,
    clock: Clock = time.monotonic,
) -> Explanation:
    """Explain one task of a feasible solution.

    `effort` is for all of it: options there is no time for are left untried. `wider` is the task with the widest
    hours anybody could agree to: where it is None, any hour of any shift. Raises KeyError for a task the problem does
    not have.
    """
    budget = Budget(effort, clock)
    asked = problem.task_by_id[task]
    slot = slots_of(solution).get(task)
    near = _near(problem, solution, asked, slot)
    inner = part_of(problem, solution, near, [task])
    routes = {route.vehicle: route for route in solution.routes if route.vehicle in near}
    view = _View(inner, routes, inner.task_by_id[task], slot)
    offers = view.offers()
    reasons = () if slot is not None else diagnose(problem, solution, only={task})[task]
    trials = view.trials(budget)
    if slot is not None:
        options = trials.alternatives(view.left_out())
        return Explanation(
            task, slot.vehicle, slot.start, (), offers, options, trials.slack, tuple(trials.untried)
        )
    wide = None if wider is None else replace(wider, place=trials.task.place, vehicles=trials.task.vehicles)
    options = trials.mends(wide)
    return Explanation(task, None, None, reasons, offers, options, trials.slack, tuple(trials.untried))


def _near(problem: Problem, solution: Solution, task: Task, slot: Slot | None) -> frozenset[str]:
    """The vehicles that serve nearest to the task, its own first, then those that may serve it."""
    if len(problem.vehicles) <= _NEAR:
        return frozenset(vehicle.id for vehicle in problem.vehicles)
    routes = {route.vehicle: route for route in solution.routes}
    away = []
    for vehicle in problem.vehicles:
        own = slot is not None and vehicle.id == slot.vehicle
        unable = not task.skills <= vehicle.skills
        barred = task.vehicles is not None and vehicle.id not in task.vehicles
        nearest = _nearest(problem, vehicle, routes.get(vehicle.id), task)
        away.append((not own, barred, unable, nearest, vehicle.id))
    return frozenset(entry[-1] for entry in sorted(away)[:_NEAR])


def _nearest(problem: Problem, vehicle: Vehicle, route: Route | None, task: Task) -> int:
    """Seconds to the task from the nearest place of the vehicle's day."""
    places = [problem.task_by_id[other].place for other in route.tasks] if route else []
    places += [place for place in (vehicle.start, vehicle.end) if place is not None]
    return int(problem.matrix(vehicle).duration[places, task.place].min()) if places else 0


class _View:
    """One task and the vehicles near it."""

    def __init__(self, problem: Problem, routes: dict[str, Route], task: Task, slot: Slot | None) -> None:
        self.problem, self.task, self.slot = problem, task, slot
        self.book = Book(problem, routes)
        self.out = self.book.without(task.id)
        rest = {**routes, **self.out}
        self.rest = {name: route for name, route in rest.items() if route is not None}
        self.open = Book(problem, self.rest) if self.out else self.book

    def offers(self) -> tuple[Offer, ...]:
        """Every other vehicle's price for the task, or why it has none."""
        found = []
        for vehicle in self.problem.vehicles:
            if self.slot is not None and vehicle.id == self.slot.vehicle:
                continue
            route = self.open.placed(vehicle.id, self.task.id)
            if route is None:
                found.append(Offer(vehicle.id, reason=self.open.why_not(vehicle, self.task)))
            else:
                amount = self.book.change({**self.out, vehicle.id: route})
                start = route.starts[route.tasks.index(self.task.id)]
                found.append(Offer(vehicle.id, amount, start))
        return tuple(sorted(found, key=_cheapest_offer))

    def left_out(self) -> int:
        """What it costs that nobody serves the task."""
        return self.book.change(self.out)

    def trials(self, budget: Budget) -> Trials:
        """The task and the few vehicles that are nearest to taking it in, by time or by place."""
        number = np.array([self.open.draft.index[self.task.id]])
        by_time, by_way = [], []
        for vehicle in self.problem.vehicles:
            late = self.open.draft.lacking(self.open.number[vehicle.id], number)
            by_time.append((int(late[0]), vehicle.id))
            by_way.append((_nearest(self.problem, vehicle, self.rest.get(vehicle.id), self.task), vehicle.id))
        own = [] if self.slot is None else [self.slot.vehicle]
        ranked = [
            name
            for pair in zip(sorted(by_time), sorted(by_way), strict=True)
            for name in (pair[0][1], pair[1][1])
        ]
        chosen = frozenset(list(dict.fromkeys([*own, *ranked]))[:_AGAIN])
        now = self.book.solution()
        part = part_of(self.problem, now, chosen, [self.task.id])
        routes = {name: route for name, route in self.book.routes.items() if name in chosen}
        rest = {name: route for name, route in self.rest.items() if name in chosen}
        return Trials(part, routes, rest, part.task_by_id[self.task.id], self.slot, budget)


def _cheapest_offer(offer: Offer) -> tuple[bool, int, bool, int, str]:
    late = offer.reason.seconds if offer.reason is not None else None
    return offer.amount is None, offer.amount or 0, late is None, late or 0, offer.vehicle
