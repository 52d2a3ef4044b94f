"""One change at a time: each is searched again on a few routes, in its share of a budget, and priced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from solvers.evaluate import evaluate
from solvers.exchange import entry
from solvers.insertion import Draft, timed
from solvers.mends import Changed, mends_of
from solvers.moves import Slot, moves, slots_of
from solvers.options import Option, OptionCode
from solvers.pieces import allowed
from solvers.prices import MovePrices, priced
from solvers.problem import Problem
from solvers.quick import Budget, quick
from solvers.solution import Route, solution_of
from solvers.task import Task, Window

_HOUR = 3600
_MOVE_SHARE = 20  # a move must gain a twentieth of what a visit earns
_SHIFTED_S = 900  # another start by less is no move worth telling


class Trials:
    """`routes` are those of the plan by vehicle, `rest` the same without the task.

    `slack` is what a search gains with nothing changed, `untried` what there was no time for.
    """

    def __init__(
        self,
        problem: Problem,
        routes: Mapping[str, Route],
        rest: Mapping[str, Route],
        task: Task,
        slot: Slot | None,
        budget: Budget,
    ) -> None:
        self.problem, self.task, self.slot, self.budget = problem, task, slot, budget
        ids = [known.id for known in problem.tasks]
        self.rest = rest
        self.solution, self.open = solution_of(routes.values(), ids), solution_of(rest.values(), ids)
        self.now = evaluate(problem, self.solution).total
        served = [problem.top_prizes[name] for route in routes.values() for name in route.tasks]
        price = sum(served) // max(1, _MOVE_SHARE * len(served))
        self.prices = MovePrices(price, price, price, _SHIFTED_S)
        self.slack = 0
        self.untried: list[OptionCode] = []

    def alternatives(self, left_out: int) -> tuple[Option, ...]:
        """The best plans with another vehicle, at another hour, and without the task (at this cost); the cheapest first."""
        return self._cheapest([*self._options(list(self._others())), Option(OptionCode.LEFT_OUT, left_out)])

    def mends(self, wider: Task | None) -> tuple[Option, ...]:
        """What would bring the task in, each change alone, the cheapest first."""
        return self._cheapest(self._options(mends_of(self.problem, self.rest, self.task.id, wider)))

    def _others(self) -> Iterator[Changed]:
        assert self.slot is not None
        task, start = self.task, self.slot.start
        free = replace(task, pinned_vehicle=None, pinned_position=None, pinned_start=None)
        others = frozenset(vehicle.id for vehicle in self.problem.vehicles) - {self.slot.vehicle}
        able = others if task.vehicles is None else others & task.vehicles
        yield Changed(OptionCode.OTHER_VEHICLE, _with_task(self.problem, replace(free, vehicles=able)))
        for code, low, high in (
            (OptionCode.EARLIER, 0, start - _HOUR),
            (OptionCode.LATER, start + _HOUR, 1 << 40),
        ):
            windows = tuple(
                Window(max(a, low), min(b, high))
                for a, b in allowed(replace(task, pinned_start=None))
                if max(a, low) <= min(b, high)
            )
            if windows:
                yield Changed(code, _with_task(self.problem, replace(free, windows=windows)))

    def _options(self, changes: Sequence[Changed]) -> list[Option]:
        self.budget.begin(len(changes) + 1)
        if not self.budget.spent:
            self._find_slack()
        found = []
        for number, change in enumerate(changes):
            if self.budget.spent:
                self.untried.append(change.code)
                continue
            self.budget.begin(len(changes) - number)
            option = self._option(change)
            if option is not None:
                found.append(option)
        return found

    def _find_slack(self) -> None:
        """What the same search gains with nothing changed: an option is not to be praised for that."""
        dear = priced(self.problem, self.solution, self.prices)
        orders = {route.vehicle: route.tasks for route in self.solution.routes}
        better = timed(self.problem, quick(dear, orders, self.budget.effort()))
        if self.slot is None and self.task.id in better.served():
            return
        self.slack = max(0, self.now - evaluate(self.problem, better).total)

    def _option(self, change: Changed) -> Option | None:
        """The best plan found with this change and the task in it; None where none was found."""
        problem = priced(_must_serve(change.problem, self.task.id), self.open, self.prices)
        orders = {route.vehicle: route.tasks for route in self.open.routes}
        draft = Draft(problem)
        draft.load(orders)
        taken_in = entry(draft, self.task.id)
        if taken_in is not None:
            orders[taken_in[0]] = taken_in[1]
        found = timed(problem, quick(problem, orders, self.budget.effort()))
        slot = slots_of(found).get(self.task.id)
        if slot is None:
            return None
        amount = self._worth(change.problem, evaluate(change.problem, found).total)
        told = tuple(m for m in moves(self.solution, found, tolerance_s=_SHIFTED_S) if m.task != self.task.id)
        return change.told(amount, slot, told, next(r for r in found.routes if r.vehicle == slot.vehicle))

    def _worth(self, problem: Problem, total: int) -> int:
        """By how much the objective rises beside what any search gains, both plans seen with the task as it is."""
        lost = problem.task_by_id[self.task.id].top_prize - self.task.top_prize
        return total - lost - (self.now - self.slack)

    @staticmethod
    def _cheapest(options: Sequence[Option]) -> tuple[Option, ...]:
        return tuple(sorted(options, key=lambda option: (option.amount, option.code.value)))


def _with_task(problem: Problem, changed: Task) -> Problem:
    tasks = tuple(changed if task.id == changed.id else task for task in problem.tasks)
    return Problem(problem.name, tasks, problem.vehicles, problem.travel, problem.balances)


def _must_serve(problem: Problem, task: str) -> Problem:
    return _with_task(problem, replace(problem.task_by_id[task], mandatory=True))
