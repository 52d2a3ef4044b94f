"""Why is this task served by this vehicle at this hour, or not at all, and what would change that?

Every option is found by changing one thing and searching again near the task, within a budget: what it costs is
what the search found, so it may be cheaper yet, never dearer.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np

from solvers.book import Book
from solvers.diagnose import diagnose
from solvers.evaluate import evaluate
from solvers.mends import Changed, mends_of
from solvers.moves import Slot, moves, slots_of
from solvers.options import Explanation, Offer, Option, OptionCode
from solvers.part import part_of, search_again
from solvers.pieces import allowed
from solvers.prices import MovePrices, priced
from solvers.problem import Problem, Task, Window
from solvers.quick import Effort
from solvers.solution import Route, Solution

_HOUR = 3600
_NEAR = 24  # vehicles looked at where there are more
_AGAIN = 6  # vehicles whose routes are searched again for one option
_MOVE_SHARE = 20  # a move must gain a twentieth of what a visit earns
_SHIFTED_S = 900  # another start by less is no move worth telling


def explain(
    problem: Problem,
    solution: Solution,
    task: str,
    *,
    effort: Effort,
    wider: Task | None = None,
) -> Explanation:
    """Explain one task of a feasible solution.

    `effort` is shared among all searches. `wider` is the task with the widest hours anybody could agree to: where it
    is None, any hour of any shift. Raises KeyError for a task the problem does not have.
    """
    asked = problem.task_by_id[task]
    slot = slots_of(solution).get(task)
    near = _near(problem, solution, asked, slot)
    inner = part_of(problem, solution, near, [task])
    routes = {route.vehicle: route for route in solution.routes if route.vehicle in near}
    view = _View(inner, routes, inner.task_by_id[task], slot, effort)
    offers = view.offers()
    if slot is not None:
        options = view.alternatives()
        return Explanation(task, slot.vehicle, slot.start, (), offers, options, view.slack)
    reasons = diagnose(problem, solution, only={task})[task]
    wide = None if wider is None else replace(wider, place=view.task.place, vehicles=view.task.vehicles)
    options = view.mends(wide)
    return Explanation(task, None, None, reasons, offers, options, view.slack)


def _near(problem: Problem, solution: Solution, task: Task, slot: Slot | None) -> frozenset[str]:
    """The vehicles that serve nearest to the task, its own first."""
    if len(problem.vehicles) <= _NEAR:
        return frozenset(vehicle.id for vehicle in problem.vehicles)
    routes = {route.vehicle: route for route in solution.routes}
    away = []
    for vehicle in problem.vehicles:
        places = (
            [problem.task_by_id[t].place for t in routes[vehicle.id].tasks] if vehicle.id in routes else []
        )
        places += [place for place in (vehicle.start, vehicle.end) if place is not None]
        nearest = problem.matrix(vehicle).duration[places, task.place].min() if places else 0
        own = slot is not None and vehicle.id == slot.vehicle
        unable = not task.skills <= vehicle.skills
        barred = task.vehicles is not None and vehicle.id not in task.vehicles
        away.append((not own, barred, unable, int(nearest), vehicle.id))
    return frozenset(entry[-1] for entry in sorted(away)[:_NEAR])


class _View:
    """One task and the vehicles near it."""

    def __init__(
        self, problem: Problem, routes: dict[str, Route], task: Task, slot: Slot | None, effort: Effort
    ) -> None:
        self.problem, self.task, self.slot, self.effort = problem, task, slot, effort
        self.book = Book(problem, routes)
        self.solution = self.book.solution()
        self.out = self.book.without(task.id)
        rest = {**routes, **self.out}
        self.rest = {name: route for name, route in rest.items() if route is not None}
        self.open = Book(problem, self.rest) if self.out else self.book
        served = [problem.top_prizes[name] for route in routes.values() for name in route.tasks]
        price = sum(served) // max(1, _MOVE_SHARE * len(served))
        self.prices = MovePrices(price, price, price, _SHIFTED_S)
        self.slack = 0

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

    def alternatives(self) -> tuple[Option, ...]:
        """The best plans with another vehicle, at another hour, and without the task; the cheapest first."""
        assert self.slot is not None
        task, start = self.task, self.slot.start
        others = frozenset(vehicle.id for vehicle in self.problem.vehicles) - {self.slot.vehicle}
        able = others if task.vehicles is None else others & task.vehicles
        spans = allowed(replace(task, pinned_start=None))
        free = replace(task, pinned_vehicle=None, pinned_position=None, pinned_start=None)
        changes = [(OptionCode.OTHER_VEHICLE, replace(free, vehicles=able))]
        for code, low, high in (
            (OptionCode.EARLIER, 0, start - _HOUR),
            (OptionCode.LATER, start + _HOUR, 1 << 40),
        ):
            windows = tuple(
                Window(max(a, low), min(b, high)) for a, b in spans if max(a, low) <= min(b, high)
            )
            if windows:
                changes.append((code, replace(free, windows=windows)))
        effort = self.effort.share(len(changes) + 1)
        self._find_slack(effort)
        found = [self._with(code, changed, effort) for code, changed in changes]
        found.append(Option(OptionCode.LEFT_OUT, self.book.change(self.out)))
        return tuple(sorted((option for option in found if option is not None), key=_cheapest))

    def _with(self, code: OptionCode, changed: Task, effort: Effort) -> Option | None:
        tasks = tuple(changed if task.id == changed.id else task for task in self.problem.tasks)
        problem = Problem(
            self.problem.name, tasks, self.problem.vehicles, self.problem.travel, self.problem.balances
        )
        return self.option(Changed(code, problem), effort)

    def mends(self, wider: Task | None) -> tuple[Option, ...]:
        """What would bring the task in, each change alone, the cheapest first."""
        changes = mends_of(self.problem, self.rest, self.task.id, wider)
        effort = self.effort.share(len(changes) + 1)
        self._find_slack(effort)
        found = [self.option(change, effort) for change in changes]
        return tuple(sorted((option for option in found if option is not None), key=_cheapest))

    def _find_slack(self, effort: Effort) -> None:
        """What the same search gains with nothing changed: an option is not to be praised for that."""
        dear = priced(self.problem, self.solution, self.prices)
        again = self._again(self.open, None)
        better = Book(self.problem, search_again(dear, self.book.routes, again, effort)).solution()
        if self.slot is None and self.task.id in better.served():
            return
        gain = evaluate(self.problem, self.solution).total - evaluate(self.problem, better).total
        self.slack = max(0, gain)

    def option(self, change: Changed, effort: Effort) -> Option | None:
        """The best plan found with this change and the task in it; None where none was found."""
        problem = priced(_must_serve(change.problem, self.task.id), self.book.solution(self.out), self.prices)
        book = Book(problem, self.rest)
        entry = self._entry(book)
        routes = dict(self.rest)
        if entry is not None:
            routes[entry.vehicle] = entry
        again = self._again(book, entry.vehicle if entry else None)
        routes = search_again(problem, routes, again, effort, [self.task.id])
        found = Book(problem, routes).solution()
        slot = slots_of(found).get(self.task.id)
        if slot is None:
            return None
        amount = self._worth(change.problem, found)
        told = tuple(m for m in moves(self.solution, found, tolerance_s=_SHIFTED_S) if m.task != self.task.id)
        return change.told(amount, slot, told, next(r for r in found.routes if r.vehicle == slot.vehicle))

    def _entry(self, book: Book) -> Route | None:
        """The best route with the task that one insertion, or one exchange, gives."""
        inserted = book.cheapest(self.task.id)
        if inserted is not None and inserted[0] <= 0:
            return inserted[1]
        exchanged = book.exchanged(self.task.id, self._again(book, None))
        if exchanged is None or inserted is None:
            return exchanged if inserted is None else inserted[1]
        return min(inserted[1], exchanged, key=lambda route: book.change({route.vehicle: route}))

    def _worth(self, problem: Problem, found: Solution) -> int:
        """By how much the objective rises beside what any search gains, both plans seen with the task as it is."""
        lost = problem.task_by_id[self.task.id].top_prize - self.task.top_prize
        now = evaluate(self.problem, self.solution).total - self.slack
        return evaluate(problem, found).total - lost - now

    def _again(self, book: Book, first: str | None) -> frozenset[str]:
        """The vehicles nearest to taking the task in."""
        number = np.array([book.draft.index[self.task.id]])
        lacking = [
            (int(book.draft.lacking(book.number[v.id], number)[0]), v.id) for v in book.problem.vehicles
        ]
        nearest = [name for _, name in sorted(lacking)]
        own = [name for name in (first, self.slot.vehicle if self.slot else None) if name is not None]
        return frozenset(list(dict.fromkeys([*own, *nearest]))[:_AGAIN])


def _must_serve(problem: Problem, task: str) -> Problem:
    tasks: Iterable[Task] = (
        replace(entry, mandatory=True) if entry.id == task else entry for entry in problem.tasks
    )
    return Problem(problem.name, tuple(tasks), problem.vehicles, problem.travel, problem.balances)


def _cheapest(option: Option) -> tuple[int, str]:
    return option.amount, option.code.value


def _cheapest_offer(offer: Offer) -> tuple[bool, int, bool, int, str]:
    late = offer.reason.seconds if offer.reason is not None else None
    return offer.amount is None, offer.amount or 0, late is None, late or 0, offer.vehicle
