"""Plan the rest of a day again, with as few changes as the changed facts ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from solvers.errors import SolverError
from solvers.evaluate import Evaluation, evaluate
from solvers.frozen import Changes, Rest, rest_of_day
from solvers.insertion import timed
from solvers.moves import Move, moves
from solvers.prices import MovePrices, priced, promised
from solvers.problem import Problem
from solvers.quick import Effort, quick
from solvers.solution import Solution, solution_of
from solvers.task import Window


class Cause(StrEnum):
    """Why a task moved; the first that is so."""

    CANCELLED = "cancelled"
    ADDED = "added"
    AWAY = "away"
    """Its vehicle is away."""
    LATE = "late"
    """Its vehicle is late."""
    MAKES_ROOM = "makes_room"
    """Its old or new vehicle took in `other`."""
    FILLS_GAP = "fills_gap"
    """Its old or new vehicle lost `other`."""
    CHEAPER = "cheaper"
    """The new plan is worth the change."""


@dataclass(frozen=True, slots=True)
class Moved:
    """A move that somebody has to be told of, and why."""

    move: Move
    cause: Cause
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Replanned:
    """The day as it goes on. `problem` is the day without the cancelled tasks; its `solution` breaks no rule, but
    for mandatory tasks that nobody could serve, which `evaluation` names.

    `moved` holds what changed hands, left its promise, came in or fell out; `frozen` what was done or under way;
    `unplaced` the added and pinned tasks for which there was no room at all. `rest` and `left` are what was left to plan, and how
    it is served: what `solvers.diagnose` is asked about.
    """

    problem: Problem
    solution: Solution
    evaluation: Evaluation
    moved: tuple[Moved, ...]
    frozen: frozenset[str]
    unplaced: tuple[str, ...]
    rest: Problem
    left: Solution


_UNSERVED = "mandatory_unserved"


def replan(
    problem: Problem,
    plan: Solution,
    now: int,
    changes: Changes,
    prices: MovePrices,
    effort: Effort,
    *,
    told: Mapping[str, Window] | None = None,
) -> Replanned:
    """The best plan found for the rest of the day from the second `now` on.

    `problem` holds the tasks of `plan` and those added. Stops begun by `now` stay, and so does one whose vehicle must
    have left for it, unless it is cancelled or the vehicle away. Everything else may move, at its price: `told` are the
    windows promised to customers, where they are others than the planned start and `prices.tolerance_s` around it.
    Raises KeyError for ids the problem does not have; SolverError where not even the way home fits any more.
    """
    for name in (*changes.cancelled, *changes.added, *changes.pinned):
        problem.task_by_id[name]
    for name in (*changes.away, *changes.late):
        problem.vehicle_by_id[name]
    rest = rest_of_day(problem, plan, now, changes)
    dear = priced(rest.problem, plan, prices, told)
    dear = _pinned(dear, plan, prices, changes, told)
    orders = quick(dear, rest.start, effort)
    routes = {route.vehicle: route for route in timed(dear, orders).routes}
    lost = [
        name
        for name, past in rest.past.items()
        if past.stops and name not in routes and name not in rest.over
    ]
    if lost:
        raise SolverError(
            f"the rest of the day does not fit for {', '.join(sorted(lost))}: not even the way home"
        )
    left = tuple(task for task in problem.tasks if task.id not in changes.cancelled or task.id in rest.frozen)
    day = Problem(problem.name, left, problem.vehicles, problem.travel, problem.balances)
    solution = solution_of(rest.whole(routes), (task.id for task in day.tasks))
    verdict = evaluate(day, solution)
    broken = sorted({v.code for v in verdict.violations if v.code != _UNSERVED})
    if broken:
        raise SolverError(f"an answer was refused because it breaks: {', '.join(broken)}")
    moved = _told(rest, plan, solution, changes, prices, told)
    unplaced = tuple(sorted((changes.added | changes.pinned) & set(solution.unserved)))
    going = solution_of(routes.values(), (task.id for task in rest.problem.tasks))
    return Replanned(day, solution, verdict, moved, rest.frozen, unplaced, rest.problem, going)


def _pinned(
    problem: Problem,
    plan: Solution,
    prices: MovePrices,
    changes: Changes,
    told: Mapping[str, Window] | None,
) -> Problem:
    """Pinned tasks keep their promise."""
    if not changes.pinned:
        return problem
    keep = promised(plan, prices, told)
    tasks = []
    for task in problem.tasks:
        promise = keep.get(task.id) if task.id in changes.pinned else None
        if promise is not None and task.pinned_position != 0:
            met = (Window(max(w.start, promise.start), min(w.end, promise.end)) for w in task.windows)
            windows = tuple(w for w in met if w.start <= w.end)
            tasks.append(replace(task, windows=windows or task.windows))
        else:
            tasks.append(task)
    return Problem(problem.name, tuple(tasks), problem.vehicles, problem.travel, problem.balances)


def _told(
    rest: Rest,
    before: Solution,
    after: Solution,
    changes: Changes,
    prices: MovePrices,
    told: Mapping[str, Window] | None,
) -> tuple[Moved, ...]:
    keep = promised(before, prices, told)
    crossed = moves(before, after)
    came: dict[str, list[str]] = {}
    left: dict[str, list[str]] = {}
    for move in crossed:
        changed = move.before is None or move.after is None or move.other_vehicle
        if changed and move.after is not None:
            came.setdefault(move.after.vehicle, []).append(move.task)
        if changed and move.before is not None:
            left.setdefault(move.before.vehicle, []).append(move.task)
    found = []
    for move in crossed:
        kept = move.before and move.after and not move.other_vehicle
        promise = keep.get(move.task)
        if kept and move.after and promise and promise.start <= move.after.start <= promise.end:
            continue
        if move.task not in rest.frozen:
            found.append(_caused(move, changes, came, left))
    return tuple(found)


def _caused(
    move: Move, changes: Changes, came: Mapping[str, list[str]], left: Mapping[str, list[str]]
) -> Moved:
    if move.task in changes.cancelled:
        return Moved(move, Cause.CANCELLED)
    if move.task in changes.added:
        return Moved(move, Cause.ADDED)
    if move.before is not None and move.before.vehicle in changes.away:
        return Moved(move, Cause.AWAY)
    if move.before is not None and move.before.vehicle in changes.late:
        return Moved(move, Cause.LATE)
    vehicles = [slot.vehicle for slot in (move.before, move.after) if slot is not None]
    for cause, others in ((Cause.MAKES_ROOM, came), (Cause.FILLS_GAP, left)):
        named = [task for name in vehicles for task in others.get(name, ()) if task != move.task]
        if named:
            first = min(named, key=lambda task: (task not in changes.added | changes.cancelled, task))
            return Moved(move, cause, first)
    return Moved(move, Cause.CHEAPER)
