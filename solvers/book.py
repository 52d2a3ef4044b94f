"""A plan held open: what a change of a few routes would cost, and each vehicle's price for one task."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from solvers.evaluate import evaluate
from solvers.insertion import NEVER, Draft
from solvers.problem import Problem
from solvers.reasons import Certainty, Reason, ReasonCode
from solvers.schedule import best_timing, may_serve, schedule
from solvers.solution import Route, Solution, solution_of
from solvers.task import Task
from solvers.vehicle import Vehicle


class Book:
    """A solution's routes by vehicle, and a draft of them for insertion questions."""

    def __init__(self, problem: Problem, routes: Mapping[str, Route]) -> None:
        self.problem, self.routes = problem, dict(routes)
        self.draft = Draft(problem)
        self.draft.load({name: route.tasks for name, route in self.routes.items()})
        self.number = {vehicle.id: number for number, vehicle in enumerate(problem.vehicles)}

    def solution(self, changed: Mapping[str, Route | None] | None = None) -> Solution:
        """The plan, with these routes instead (None: the vehicle stays at home)."""
        routes = {**self.routes, **(changed or {})}
        return solution_of(
            (route for route in routes.values() if route is not None), (t.id for t in self.problem.tasks)
        )

    def change(self, changed: Mapping[str, Route | None]) -> int:
        """By how much the objective would rise with these routes instead."""
        if self.problem.balances:
            return (
                evaluate(self.problem, self.solution(changed)).total
                - evaluate(self.problem, self.solution()).total
            )
        # What other routes cost and collect is in both sums alike, so they need not be evaluated.
        names = [task.id for task in self.problem.tasks]
        before = [self.routes[vehicle] for vehicle in changed if vehicle in self.routes]
        after = [route for route in changed.values() if route is not None]
        rise = evaluate(self.problem, solution_of(after, names)).total
        return rise - evaluate(self.problem, solution_of(before, names)).total

    def without(self, task: str) -> dict[str, Route | None]:
        """The change that leaves this task out; empty where nobody serves it."""
        for name, route in self.routes.items():
            if task in route.tasks:
                rest = [other for other in route.tasks if other != task]
                return {name: schedule(self.problem, name, rest) if rest else None}
        return {}

    def placed(self, vehicle: str, task: str) -> Route | None:
        """The vehicle's route with the task at its best place; None where it does not fit."""
        made = self.draft.best_place(self.number[vehicle], self.draft.index[task])
        if made is None:
            return None
        return schedule(self.problem, vehicle, [self.problem.tasks[number].id for number in made.order])

    def cheapest(self, task: str, *, only: frozenset[str] | None = None) -> tuple[int, Route] | None:
        """The cheapest insertion of an unserved task over all vehicles (or `only` these): rise and route."""
        best: tuple[int, Route] | None = None
        for vehicle in self.problem.vehicles:
            if only is not None and vehicle.id not in only:
                continue
            route = self.placed(vehicle.id, task)
            if route is not None:
                rise = self.change({vehicle.id: route})
                if best is None or rise < best[0]:
                    best = (rise, route)
        return best

    def why_not(self, vehicle: Vehicle, task: Task) -> Reason:
        """Why this vehicle cannot take the task in as its route is."""
        one = (vehicle.id,)
        if not task.skills <= vehicle.skills:
            missing = tuple(sorted(task.skills - vehicle.skills))
            return Reason(ReasonCode.NO_VEHICLE_HAS_SKILL, Certainty.PROVEN, one, skills=missing)
        if not may_serve(vehicle, task):
            return Reason(ReasonCode.NO_VEHICLE_ALLOWED, Certainty.PROVEN, one)
        if best_timing(self.problem, vehicle, [task]) is None:
            return Reason(ReasonCode.ALONE_DOES_NOT_FIT, Certainty.PROVEN, one)
        number = self.number[vehicle.id]
        if (
            vehicle.max_tasks is not None
            and len(self.routes.get(vehicle.id, _NOBODY).tasks) >= vehicle.max_tasks
        ):
            return Reason(ReasonCode.MAX_TASKS_REACHED, Certainty.LIKELY, one)
        late = int(self.draft.lacking(number, np.array([self.draft.index[task.id]]))[0])
        return Reason(
            ReasonCode.NO_TIME_LEFT, Certainty.LIKELY, one, seconds=late if 0 < late < NEVER else None
        )


_NOBODY = Route("", (), (), 0, 0)
