"""Further visits of cases that a plan of several days visits already: when they may be, as tasks of their own.

The first visit may then move to an earlier day only, so that what was permitted after it stays so: caps and cooling-off
times look back, and what lies further back counts no more than before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time

from scheduler.model.plan import Horizon
from scheduler.model.scenario import BASE
from scheduler.model.visit import Visit
from scheduler.planning.compile import Compiled, StatedDay, horizon_tasks, vehicle_of
from scheduler.planning.day import DayInputs, choose, terms_of
from scheduler.planning.horizon_terms import price, with_last_agents
from scheduler.rules.horizon import made_visit
from scheduler.settings import Workspace
from solvers.moves import slots_of
from solvers.problem import Problem
from solvers.solution import Solution
from solvers.task import Task

Named = Mapping[date, Mapping[str, Visit]]
"""The further visits of each day, by the id of their task."""


def case_of(task: str) -> str:
    """The case that a task visits. Ids of cases hold no blanks."""
    return task.partition(" ")[0]


@dataclass(frozen=True, slots=True)
class _Planned:
    """A visit as planned: its task, its day, and who leads the team that makes it."""

    task: str
    day: date
    leader: str


def planned_days(stated: Sequence[StatedDay], solution: Solution) -> Mapping[str, tuple[date, ...]]:
    """The days on which each case is visited, the first one first."""
    return {case: tuple(one.day for one in made) for case, made in _planned(stated, solution).items()}


def _planned(stated: Sequence[StatedDay], solution: Solution) -> dict[str, list[_Planned]]:
    on = {vehicle_of(team, day.day): (day.day, team.leader.id) for day in stated for team in day.teams}
    found: dict[str, list[_Planned]] = {}
    for task, slot in slots_of(solution).items():
        found.setdefault(case_of(task), []).append(_Planned(task, *on[slot.vehicle]))
    return {case: sorted(made, key=lambda one: one.day) for case, made in found.items()}


def with_repeats(
    workspace: Workspace,
    inputs: DayInputs,
    stated: Sequence[StatedDay],
    compiled: Compiled,
    solution: Solution,
    horizon: Horizon,
    number: int,
) -> tuple[Problem, Named]:
    """The problem with one more task for each case that `solution` visits and that is due again later, and those visits.

    `number` (2 for second visits) tells these tasks from earlier ones of the same case.
    A case is due again as on any day: when the rules and the cooling-off time permit, the visits planned before counting
    as made. The problem is the old one where there is none.
    """
    problem, planned = compiled.problem, _planned(stated, solution)
    due = [
        StatedDay(day.day, _due_again(workspace, inputs, day, planned, horizon), day.teams) for day in stated
    ]
    if not any(day.visits for day in due):
        return problem, {}
    made = horizon_tasks(due, workspace.settings.zone, compiled.places, terms_of(workspace, BASE))
    renamed = {task.id: f"{task.id} {number}" for task in made}
    more = [replace(task, id=renamed[task.id], mandatory=False) for task in made]
    leaders = {renamed[case]: planned[case][-1].leader for case in renamed}
    cost = price(workspace.settings.plan.same_agent, workspace)
    tasks = (
        *_no_later(problem.tasks, stated, planned, renamed),
        *with_last_agents(more, stated, leaders, cost),
    )
    named = {day.day: {renamed[visit.id]: visit for visit in day.visits} for day in due}
    return Problem(problem.name, tasks, problem.vehicles, problem.travel), named


def until(problem: Problem, stated: Sequence[StatedDay], last: date) -> Problem:
    """The problem without visits after the day `last`."""
    there = frozenset(vehicle_of(team, day.day) for day in stated if day.day <= last for team in day.teams)
    tasks = tuple(replace(task, vehicles=(task.vehicles or frozenset()) & there) for task in problem.tasks)
    return Problem(problem.name, tasks, problem.vehicles, problem.travel, problem.balances)


def _due_again(
    workspace: Workspace,
    inputs: DayInputs,
    day: StatedDay,
    planned: Mapping[str, Sequence[_Planned]],
    horizon: Horizon,
) -> tuple[Visit, ...]:
    known = {visit.id for visit in day.visits}
    wanted = {
        case
        for case, made in planned.items()
        if case in known
        and len(made) < horizon.visits_per_case
        and (day.day - made[-1].day).days >= horizon.days_between
    }
    if not wanted:
        return ()
    zone = workspace.settings.zone
    before = [
        made_visit(case, datetime.combine(one.day, time(12), zone))
        for case, made in planned.items()
        for one in made
        if one.day < day.day
    ]
    facts = replace(inputs, contacts=(*inputs.contacts, *before))
    return tuple(v for v in choose(workspace, facts, day.day, now=datetime.now(UTC)).visits if v.id in wanted)


def _no_later(
    tasks: Sequence[Task],
    stated: Sequence[StatedDay],
    planned: Mapping[str, Sequence[_Planned]],
    again: Mapping[str, str],
) -> tuple[Task, ...]:
    """The tasks of cases that are to be visited again, each on its planned day or before."""
    latest = {one.task: one.day for case in again for one in planned[case]}
    to = {
        day.day: {vehicle_of(t, d.day) for d in stated if d.day <= day.day for t in d.teams} for day in stated
    }
    return tuple(
        replace(task, vehicles=(task.vehicles or frozenset()) & to[latest[task.id]])
        if task.id in latest
        else task
        for task in tasks
    )
