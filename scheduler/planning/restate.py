"""A plan that was made, stated as a routing problem again: to ask why, or to plan the rest of its day anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError
from scheduler.model.people import Agent, Case
from scheduler.model.plan import Plan, ReasonCode, Stop
from scheduler.model.plan import Route as PlannedRoute
from scheduler.model.values import seconds_of_day
from scheduler.model.visit import Visit, WorthBand
from scheduler.planning.compile import Compiled, compile_day, places_of
from scheduler.planning.day import DayInputs, terms_of
from scheduler.planning.roads import Roads
from scheduler.planning.teams import Team, on_duty
from scheduler.selection.select import Selection
from scheduler.settings import Workspace
from solvers.errors import ProblemError
from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.problem import Problem
from solvers.repair import repaired
from solvers.solution import Route, Solution, solution_of
from solvers.task import Task

# What stood in the plan without a place on the map, was never given to the solver, or is not to be visited on the day.
_NOT_STATED = frozenset(
    {
        ReasonCode.NOT_GEOCODED,
        ReasonCode.NEEDS_REVIEW,
        ReasonCode.OFF_THE_MAP,
        ReasonCode.RULE_FORBIDS,
        ReasonCode.BELOW_THE_CUT,
        ReasonCode.OTHER_DAY,
        ReasonCode.CANCELLED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Restated:
    """`solution` are the plan's own hours in `compiled.problem`, where they still hold.

    `gone` are cases of stops that the store does not hold any more: they are in neither. `meeting` maps the second
    stop of a visit where two routes meet, a task of its own, to its case.
    """

    plan: Plan
    compiled: Compiled
    solution: Solution
    selection: Selection
    gone: tuple[str, ...]
    meeting: Mapping[str, str]

    @property
    def problem(self) -> Problem:
        """The routing problem."""
        return self.compiled.problem

    def instant(self, moment: datetime) -> int:
        """The solver's second of a moment of the day."""
        return seconds_of_day(moment, self.plan.day, ZoneInfo(self.plan.zone))


def restate(
    workspace: Workspace,
    plan: Plan,
    inputs: DayInputs,
    roads: Roads,
    selection: Selection,
    *,
    more: Collection[Visit] = (),
) -> Restated:
    """State `plan` again from the facts of today, with `more` visits and all agents on duty.

    `inputs` are those `under` the plan's scenario, and `selection` chooses its day's visits from them.
    Raises DoorstepError for a plan whose agents they do not know.
    """
    teams = _teams(plan, inputs)
    chosen = {visit.id: visit for visit in selection.visits}
    visits, gone = _visits(plan, inputs, chosen)
    visits.update({visit.id: visit for visit in more})
    stated = tuple(visit for visit in visits.values() if visit.case.place.location is not None)
    places = places_of(stated, teams)
    matrices = roads.matrices({team.mode for team in teams}, places.points)
    try:
        compiled = compile_day(
            f"day-{plan.day:%Y%m%d}",
            plan.day,
            workspace.settings.zone,
            stated,
            teams,
            matrices,
            places,
            terms_of(workspace, plan.scenario),
        )
    except ProblemError as error:
        raise DoorstepError(f"The plan cannot be stated as a routing problem: {error}") from None
    return _with_solution(plan, compiled, selection, gone)


def _teams(plan: Plan, inputs: DayInputs) -> tuple[Team, ...]:
    """The plan's teams as they go, and everybody else on duty alone."""
    known: dict[str, Agent] = {agent.id: agent for agent in inputs.agents}
    teams: list[Team] = []
    busy: set[str] = set()
    for route in plan.routes:
        strangers = [member for member in route.members if member not in known]
        if strangers:
            raise DoorstepError(f"The store does not know {strangers[0]}, who is in the plan")
        teams.append(Team(route.vehicle, tuple(known[member] for member in route.members)))
        busy.update(route.members)
    free = [agent for agent in on_duty(inputs.agents, plan.day) if agent.id not in busy]
    here = [
        agent
        for agent in free
        if agent.start.location is not None
        and not agent.start.needs_review
        and (agent.end is None or agent.end.location is not None)
    ]
    alone = [Team(agent.id, (agent,)) for agent in here]
    return tuple(sorted([*teams, *alone], key=lambda team: team.id))


def _visits(
    plan: Plan, inputs: DayInputs, chosen: Mapping[str, Visit]
) -> tuple[dict[str, Visit], tuple[str, ...]]:
    cases = {case.id: case for case in inputs.cases}
    found: dict[str, Visit] = {}
    gone = []
    for stop in plan.visits:
        if stop.case not in cases:
            gone.append(stop.case)
            continue
        visit = chosen.get(stop.case)
        found[stop.case] = (
            visit if visit and _allows(visit, stop) else _as_planned(cases[stop.case], plan, stop)
        )
    for entry in plan.unassigned:
        stated = not any(reason.code in _NOT_STATED for reason in entry.reasons)
        if stated and entry.case in chosen:
            found[entry.case] = chosen[entry.case]
    return found, tuple(gone)


def _allows(visit: Visit, stop: Stop) -> bool:
    return visit.case.place.location == stop.location and any(w.contains(stop.start) for w in visit.windows)


def _as_planned(case: Case, plan: Plan, stop: Stop) -> Visit:
    """The visit as the plan has it, where today's selection would not make it so."""
    bands = tuple(WorthBand(window=window, worth=stop.worth) for window in stop.windows)
    here = replace(case, place=replace(case.place, location=stop.location), people=stop.people)
    return Visit(case=here, day=plan.day, windows=stop.windows, bands=bands)


def _with_solution(plan: Plan, compiled: Compiled, selection: Selection, gone: tuple[str, ...]) -> Restated:
    problem, extra = compiled.problem, []
    meeting: dict[str, str] = {}
    seen: set[str] = set()
    routes = []
    pins: dict[str, Task] = {}
    for route in plan.routes:
        names = []
        for stop in route.stops:
            if stop.case not in problem.task_by_id:
                continue
            name = stop.case
            if stop.meets:
                name, task = _meeting(plan, problem.task_by_id[stop.case], route, stop, seen)
                if name in problem.task_by_id:
                    pins[name] = task
                else:
                    extra.append(task)
                    meeting[name] = stop.case
            seen.add(stop.case)
            names.append((name, stop))
        routes.append(_route(plan, compiled, route, names))
    if pins or extra:
        tasks = (*(pins.get(task.id, task) for task in problem.tasks), *extra)
        problem = Problem(problem.name, tasks, problem.vehicles, problem.travel, problem.balances)
        compiled = replace(compiled, problem=problem)
    solution = _feasible(problem, solution_of(routes, (task.id for task in problem.tasks)))
    return Restated(
        plan=plan, compiled=compiled, solution=solution, selection=selection, gone=gone, meeting=meeting
    )


def _feasible(problem: Problem, planned: Solution) -> Solution:
    """The plan's own hours where they hold; where a stop is gone or roads changed, the best ones in its order."""
    if evaluate(problem, planned).feasible:
        return planned
    orders, _ = repaired(problem, {route.vehicle: route.tasks for route in planned.routes})
    return timed(problem, orders)


def _meeting(
    plan: Plan, task: Task, route: PlannedRoute, stop: Stop, seen: Collection[str]
) -> tuple[str, Task]:
    """One side of a visit where two routes meet: it stays with its vehicle and at its time."""
    name = stop.case if stop.case not in seen else f"{stop.case} {route.vehicle}"
    start = seconds_of_day(stop.start, plan.day, ZoneInfo(plan.zone))
    pinned = replace(
        task,
        id=name,
        vehicles=frozenset({route.vehicle}),
        pinned_vehicle=route.vehicle,
        pinned_start=start,
        skills=frozenset(),
        mandatory=True,
    )
    return name, pinned if name == stop.case else replace(pinned, prize=0, prize_bands=())


def _route(plan: Plan, compiled: Compiled, route: PlannedRoute, stops: Iterable[tuple[str, Stop]]) -> Route:
    def second(moment: datetime) -> int:
        return seconds_of_day(moment, plan.day, ZoneInfo(plan.zone))

    kept = list(stops)
    breaks: list[int | None] = [None] * len(compiled.problem.vehicle_by_id[route.vehicle].breaks)
    for number, rest in enumerate(route.breaks[: len(breaks)]):
        breaks[number] = second(rest.start)
    return Route(
        route.vehicle,
        tuple(name for name, _ in kept),
        tuple(second(stop.start) for _, stop in kept),
        second(route.depart),
        second(route.finish),
        tuple(breaks),
    )
