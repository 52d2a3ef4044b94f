"""Why is a task not in the plan? Several typed reasons for each, proven or likely, with ids and numbers.

A proven reason holds for the problem whatever the plan. A likely one speaks of this plan: another plan might
serve the task. The wording is the caller's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

import numpy as np

from solvers.insertion import NEVER, WORTHLESS, Draft, Ints
from solvers.problem import Problem
from solvers.reasons import Certainty, Reason, ReasonCode
from solvers.schedule import best_timing, may_serve
from solvers.solution import Solution
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Vehicle

_ROUTES_TRIED = 3
_EXCHANGES_TRIED = 3


def diagnose(
    problem: Problem, solution: Solution, *, exchanges: int = 200, only: Collection[str] | None = None
) -> Mapping[str, tuple[Reason, ...]]:
    """Reasons by id of every unserved task (or of `only` these), proven ones first; each gets at least one.

    What a task would displace is tried for the `exchanges` most valuable tasks without a proven reason.
    Expects a feasible solution; routes that are none are taken as empty.
    """
    draft = Draft(problem)
    draft.load(
        {route.vehicle: route.tasks for route in solution.routes if route.vehicle in problem.vehicle_by_id}
    )
    unserved = [t for t in draft.unserved() if only is None or problem.tasks[t].id in only]
    found = {number: proven(problem, problem.tasks[number]) for number in unserved}
    open_tasks: Ints = np.array([number for number in unserved if not found[number]], dtype=np.int64)
    if open_tasks.size:
        found.update(zip(open_tasks.tolist(), _likely(draft, open_tasks), strict=True))
        dearest = open_tasks[np.argsort(-draft.top[open_tasks], kind="stable")][:exchanges]
        for number, reason in _displacing(draft, dearest).items():
            if not any(known.code is ReasonCode.SEARCH_ENDED_EARLY for known in found[number]):
                found[number] += (reason,)
    for number in open_tasks.tolist():
        if not found[number]:
            found[number] = (Reason(ReasonCode.NO_TIME_LEFT, Certainty.LIKELY),)
    return {problem.tasks[number].id: reasons for number, reasons in found.items()}


# -- whatever the plan


def proven(problem: Problem, task: Task) -> tuple[Reason, ...]:
    """Why nobody can serve the task in any plan; empty where somebody can, with nothing else to do."""
    sure = Certainty.PROVEN
    if not problem.vehicles:
        return (Reason(ReasonCode.NO_VEHICLE_ALLOWED, sure),)
    if not problem.pieces[task.id]:
        return (Reason(ReasonCode.PIN_CONFLICT, sure),)
    skilled = [vehicle for vehicle in problem.vehicles if task.skills <= vehicle.skills]
    if not skilled:
        known = frozenset().union(*(vehicle.skills for vehicle in problem.vehicles))
        missing = task.skills - known or task.skills
        return (Reason(ReasonCode.NO_VEHICLE_HAS_SKILL, sure, skills=tuple(sorted(missing))),)
    able = [vehicle for vehicle in skilled if may_serve(vehicle, task)]
    if not able:
        if task.pinned_vehicle is not None:
            return (Reason(ReasonCode.PIN_CONFLICT, sure, vehicles=(task.pinned_vehicle,)),)
        return (Reason(ReasonCode.NO_VEHICLE_ALLOWED, sure, vehicles=_ids(skilled)),)
    return _alone(problem, task, able)


def _alone(problem: Problem, task: Task, able: list[Vehicle]) -> tuple[Reason, ...]:
    """Reasons why none of these vehicles could serve the task if it had nothing else to do; none if one could."""
    proven = Certainty.PROVEN
    cut = problem.pieces[task.id]
    too_late: list[tuple[int, str]] = []
    too_long: list[tuple[int, str]] = []
    cut_off, other = [], []
    for vehicle in able:
        legs = _there_and_back(problem, vehicle, task)
        if legs is None:
            cut_off.append(vehicle)
            continue
        arrival = vehicle.shift_start + legs[0]
        home = max(arrival, cut[0].start) + task.service + legs[1]
        if arrival > cut[-1].end:
            too_late.append((arrival - cut[-1].end, vehicle.id))
        elif home > vehicle.last_arrival:
            too_long.append((home - vehicle.last_arrival, vehicle.id))
        elif vehicle.max_tasks == 0 or best_timing(problem, vehicle, [task]) is None:
            other.append(vehicle)
        else:
            return ()
    reasons = []
    if cut_off:
        reasons.append(Reason(ReasonCode.UNREACHABLE, proven, vehicles=_ids(cut_off)))
    if too_late:
        seconds, name = min(too_late)
        code = ReasonCode.WINDOW_SHUT_BEFORE_EARLIEST_ARRIVAL
        reasons.append(Reason(code, proven, vehicles=(name,), seconds=seconds))
    if too_long:
        seconds, name = min(too_long)
        reasons.append(Reason(ReasonCode.OUTSIDE_ALL_SHIFTS, proven, vehicles=(name,), seconds=seconds))
    if other:
        reasons.append(Reason(ReasonCode.ALONE_DOES_NOT_FIT, proven, vehicles=_ids(other)))
    return tuple(reasons)


def _there_and_back(problem: Problem, vehicle: Vehicle, task: Task) -> tuple[int, int] | None:
    duration = problem.matrix(vehicle).duration
    there = 0 if vehicle.start is None else int(duration[vehicle.start, task.place])
    back = 0 if vehicle.end is None else int(duration[task.place, vehicle.end])
    return None if UNREACHABLE in {there, back} else (there, back)


def _ids(vehicles: list[Vehicle]) -> tuple[str, ...]:
    return tuple(vehicle.id for vehicle in vehicles)


# -- in this plan


def _likely(draft: Draft, tasks: Ints) -> list[tuple[Reason, ...]]:
    shape = (len(draft.vehicles), len(tasks))
    earns, lacking = np.full(shape, WORTHLESS), np.full(shape, NEVER)
    full = np.zeros(shape, dtype=bool)
    for number, vehicle in enumerate(draft.vehicles):
        earns[number], position, _ = draft.insertions(number, tasks)
        _refine(draft, number, tasks, earns[number], position)
        full[number] = vehicle.max_tasks is not None and len(draft.plans[number].order) >= vehicle.max_tasks
        full[number] &= draft.fits[tasks, number]
        lacking[number] = np.where(full[number], NEVER, draft.lacking(number, tasks))
    return [
        _reasons(draft, task, earns[:, column], lacking[:, column], full[:, column])
        for column, task in enumerate(tasks.tolist())
    ]


def _refine(draft: Draft, number: int, tasks: Ints, earns: Ints, position: Ints) -> None:
    """Where an insertion looks possible, replace its estimate by what the exact timing says."""
    plan = draft.plans[number]
    for column in np.flatnonzero(earns > WORTHLESS).tolist():
        at, task = int(position[column]), int(tasks[column])
        if draft.set_order(number, (*plan.order[:at], task, *plan.order[at:])):
            earns[column] = plan.cost - draft.plans[number].cost
        else:
            earns[column] = WORTHLESS
        draft.plans[number] = plan


def _reasons(
    draft: Draft, task: int, earns: Ints, lacking: Ints, full: np.ndarray[tuple[int], np.dtype[np.bool_]]
) -> tuple[Reason, ...]:
    likely, names = Certainty.LIKELY, [vehicle.id for vehicle in draft.vehicles]
    best, closest = int(earns.argmax()), int(lacking.argmin())
    reasons = []
    if earns[best] > 0:
        gain = int(earns[best])
        reasons.append(Reason(ReasonCode.SEARCH_ENDED_EARLY, likely, vehicles=(names[best],), amount=gain))
    elif earns[best] > WORTHLESS:
        loss = -int(earns[best])
        reasons.append(Reason(ReasonCode.NOT_WORTH_ITS_TRAVEL, likely, vehicles=(names[best],), amount=loss))
    if not reasons:
        pin = draft.tasks[task].pinned_position
        if pin is not None:
            reasons.append(_pinned(draft, task))
        if 0 < lacking[closest] < NEVER:
            late = int(lacking[closest])
            reasons.append(Reason(ReasonCode.NO_TIME_LEFT, likely, vehicles=(names[closest],), seconds=late))
    if full.any() and not (reasons and reasons[0].code is ReasonCode.SEARCH_ENDED_EARLY):
        at_limit = tuple(names[number] for number in np.flatnonzero(full))
        reasons.append(Reason(ReasonCode.MAX_TASKS_REACHED, likely, vehicles=at_limit))
    return tuple(reasons)


def _pinned(draft: Draft, task: int) -> Reason:
    """The pinned position cannot be had; whoever is pinned in the same routes is named."""
    able = [number for number in range(len(draft.vehicles)) if draft.fits[task, number]]
    holders = [t for number in able for t in draft.plans[number].order if draft.pin[t] != -2]
    return Reason(
        ReasonCode.PIN_CONFLICT,
        Certainty.LIKELY,
        vehicles=tuple(draft.vehicles[number].id for number in able),
        tasks=tuple(draft.tasks[holder].id for holder in holders),
    )


def _displacing(draft: Draft, tasks: Ints) -> dict[int, Reason]:
    """The cheapest exchange of one served task for each of these, in the routes where it comes closest to fitting."""
    lacking = np.array([draft.lacking(number, tasks) for number in range(len(draft.vehicles))])
    near = np.argsort(lacking, axis=0, kind="stable")[:_ROUTES_TRIED]
    options: dict[int, list[tuple[int, int, int, int]]] = {task: [] for task in tasks.tolist()}
    for number in range(len(draft.vehicles)):
        columns = np.flatnonzero((near == number).any(axis=0) & draft.fits[tasks, number])
        if columns.size:
            for place, price, task, at in _exchanges(draft, number, tasks[columns]):
                options[task].append((price, number, place, at))
    found = {}
    for task, choices in options.items():
        for _, number, place, at in sorted(choices)[:_EXCHANGES_TRIED]:
            plan = draft.plans[number]
            rest = plan.order[:place] + plan.order[place + 1 :]
            if draft.set_order(number, (*rest[:at], task, *rest[at:])):
                price, other = draft.plans[number].cost - plan.cost, draft.tasks[plan.order[place]].id
                ids = (draft.vehicles[number].id,)
                found[task] = Reason(ReasonCode.DISPLACED_BY, Certainty.LIKELY, ids, (other,), amount=price)
                draft.plans[number] = plan
                break
    return found


def _exchanges(draft: Draft, number: int, tasks: Ints) -> Iterator[tuple[int, int, int, int]]:
    """For each stop left out of this route: its place, and price, task and position of what then fits."""
    plan = draft.plans[number]
    for place, other in enumerate(plan.order):
        if draft.tasks[other].mandatory:
            continue
        if draft.set_order(number, plan.order[:place] + plan.order[place + 1 :]):
            earns, position, _ = draft.insertions(number, tasks)
            saved = draft.plans[number].cost - plan.cost
            for column in np.flatnonzero(earns > WORTHLESS).tolist():
                yield place, saved - int(earns[column]), int(tasks[column]), int(position[column])
            draft.plans[number] = plan
