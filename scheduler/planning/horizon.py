"""Several days as one problem: by whom and on which day it suits best that each case is visited.

Every day has a plan and a certificate of its own, so that all else works as for one day. The rules of each day come
from that day; its visits are judged together with those planned on the days before, as if they had been made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.plan import Horizon, Plan
from scheduler.model.scenario import BASE
from scheduler.model.visit import Visit
from scheduler.planning.certified import PLAN, Written, places_in, record, rule_findings, write_certificate
from scheduler.planning.compile import Compiled, StatedDay, compile_horizon, places_of
from scheduler.planning.day import (
    DayInputs,
    Note,
    PlannedDay,
    ReadyDay,
    Search,
    load_inputs,
    ready_day,
    rule_context,
    terms_of,
)
from scheduler.planning.horizon_days import Days
from scheduler.planning.horizon_search import Searches, Talk
from scheduler.planning.horizon_terms import price, with_evenings, with_last_agents
from scheduler.planning.planfile import write_plan
from scheduler.planning.roads import Roads
from scheduler.planning.shortlist import shortlist
from scheduler.rules.horizon import certify_after
from scheduler.selection.select import LeftOut
from scheduler.settings import Workspace
from solvers.errors import ProblemError
from solvers.problem import Problem
from solvers.progress import Progress

DAYS_BETWEEN = 7
"""From one visit of a case to the next, where nobody says otherwise."""

_NO_SECOND_VISIT = Finding(
    code="no_second_visit",
    severity=Severity.WARNING,
    cause="No case may be visited again within these days: the rules and the cooling-off time look back further.",
    mend="Plan more days, or ask for fewer days between two visits.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedHorizon:
    """A plan for each day on which somebody goes out, and what was found on the way."""

    days: tuple[PlannedDay, ...]
    findings: tuple[Finding, ...]


def plan_days(
    workspace: Workspace,
    inputs: DayInputs,
    first: date,
    count: int,
    search: Search,
    *,
    roads: Roads | None = None,
    visits_per_case: int = 1,
    days_between: int = DAYS_BETWEEN,
    last_agents: Mapping[str, str] | None = None,
    note: Note = lambda _text: None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    in_process: bool = False,
) -> PlannedHorizon:
    """Plan `count` days from `first` on as one problem. `last_agents` says who visited a case last.

    A case is visited `visits_per_case` times at most, `days_between` days or more lying from one visit to the next, and
    never more often than the rules and the cooling-off time permit.
    A day on which nobody can go out is left out and told of. Raises DoorstepError where there is none but those.
    """
    roads = roads or Roads(workspace, note)
    ready, findings = _ready(workspace, inputs, first, count, roads, search.seed, note)
    ready = _one_case_a_customer(ready)
    stated, cut = _shortlisted(ready, workspace.settings.plan.candidates_per_vehicle)
    note(f"routes for {len({v.id for day in stated for v in day.visits})} visits on {len(stated)} days")
    compiled = _compiled(workspace, stated, roads, last_agents or {})
    horizon = Horizon(first=first, days=count, visits_per_case=visits_per_case, days_between=days_between)
    talk = Talk(note, progress, stop, in_process)
    solved = Searches(workspace, inputs, stated, compiled, horizon, search, talk).run()
    if visits_per_case > 1 and not solved.repeats:
        findings = (*findings, _NO_SECOND_VISIT)
    note("why visits are left out")
    made = Days(workspace, inputs, stated, cut, compiled.places, solved, search, horizon, roads)
    days = tuple(made.day(number, one) for number, one in enumerate(ready))
    return PlannedHorizon(days=days, findings=findings)


def _ready(
    workspace: Workspace,
    inputs: DayInputs,
    first: date,
    count: int,
    roads: Roads,
    seed: int,
    note: Note,
) -> tuple[list[ReadyDay], tuple[Finding, ...]]:
    ready, findings, why = [], [], ""
    for number in range(count):
        day = first + timedelta(days=number)
        note(f"{day}")
        try:
            ready.append(ready_day(workspace, inputs, day, BASE, roads, seed, note))
        except DoorstepError as error:
            why = str(error)
            findings.append(
                Finding(
                    code="day_left_out",
                    severity=Severity.WARNING,
                    cause=why,
                    mend="Check shifts and days off, or plan fewer days.",
                    subject=day.isoformat(),
                )
            )
    if not ready:
        raise DoorstepError(
            f"On none of these days can anybody go out. {why}", mend="Check days off and shifts."
        )
    return ready, tuple(findings)


def _one_case_a_customer(ready: list[ReadyDay]) -> list[ReadyDay]:
    """A customer is visited for one case over all days: a mandatory one, else the worthiest."""
    best: dict[str, tuple[bool, int, str]] = {}
    for day in ready:
        for visit in day.visits:
            rank = (visit.case.mandatory, visit.top_worth.minor, visit.id)
            customer = visit.case.customer.id
            best[customer] = max(best.get(customer, rank), rank)
    kept = []
    for day in ready:
        chosen = tuple(visit for visit in day.visits if best[visit.case.customer.id][2] == visit.id)
        others = [visit for visit in day.visits if best[visit.case.customer.id][2] != visit.id]
        told = [
            LeftOut(
                case=visit.id, code="same_customer", words=f"Case {best[visit.case.customer.id][2]} instead."
            )
            for visit in others
        ]
        selection = replace(
            day.selection,
            left_out=tuple(sorted((*day.selection.left_out, *told), key=lambda entry: entry.case)),
        )
        kept.append(replace(day, visits=chosen, selection=selection))
    return kept


def _shortlisted(ready: list[ReadyDay], per_team: int) -> tuple[list[StatedDay], frozenset[str]]:
    """The days with the worthiest cases alone, as many as all teams' days can be given; and the others."""
    best: dict[str, Visit] = {}
    for day in ready:
        for visit in day.visits:
            known = best.get(visit.id)
            if known is None or visit.top_worth.minor > known.top_worth.minor:
                best[visit.id] = visit
    teams = [team for day in ready for team in day.teams]
    kept, cut = shortlist(tuple(best.values()), teams, per_team)
    chosen = {visit.id for visit in kept}
    stated = [
        StatedDay(day.day, tuple(visit for visit in day.visits if visit.id in chosen), day.teams)
        for day in ready
    ]
    return stated, frozenset(visit.id for visit in cut)


def _compiled(
    workspace: Workspace, stated: list[StatedDay], roads: Roads, last_agents: Mapping[str, str]
) -> Compiled:
    settings = workspace.settings
    visits = {visit.id: visit for day in stated for visit in day.visits}
    teams = tuple({team.id: team for day in stated for team in day.teams}.values())
    everyone = [team for day in stated for team in day.teams]
    places = places_of(tuple(visits.values()), everyone)
    matrices = roads.matrices({team.mode for team in everyone}, places.points)
    try:
        problem = compile_horizon(stated, settings.zone, matrices, places, terms_of(workspace, BASE))
        problem = with_evenings(problem, stated, workspace)
        cost = price(settings.plan.same_agent, workspace)
        tasks = with_last_agents(problem.tasks, stated, last_agents, cost)
        problem = Problem(problem.name, tasks, problem.vehicles, problem.travel)
    except ProblemError as error:
        raise DoorstepError(f"The days cannot be stated as a routing problem: {error}") from None
    return Compiled(problem, places, visits, {team.id: team for team in teams})


def plan_days_and_write(
    workspace: Workspace,
    first: date,
    count: int,
    search: Search,
    folder: Path,
    *,
    visits_per_case: int = 1,
    days_between: int = DAYS_BETWEEN,
    note: Note = lambda _text: None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[tuple[Written, ...], tuple[Finding, ...]]:
    """Plan the days from the store and write each day's plan and certificate to a folder of its own."""
    inputs, roads = load_inputs(workspace), Roads(workspace, note)
    made = plan_days(
        workspace,
        inputs,
        first,
        count,
        search,
        roads=roads,
        visits_per_case=visits_per_case,
        days_between=days_between,
        last_agents=_last_agents(workspace),
        note=note,
        progress=progress,
        stop=stop,
    )
    note("the rules")
    context, earlier = rule_context(workspace, inputs), list[Plan]()
    written = []
    for planned in made.days:
        plan = planned.plan
        path = folder / plan.day.isoformat() / PLAN
        certificate = certify_after(plan, write_plan(plan, path), context, earlier)
        write_certificate(certificate, path.parent)
        roads.keep(path.parent, places_in(plan, inputs))
        record(workspace, plan, path, certificate)
        found = rule_findings(certificate, workspace.settings.workspace.language)
        written.append(
            Written(planned=planned, certificate=certificate, findings=(*planned.findings, *found), path=path)
        )
        earlier.append(plan)
    return tuple(written), made.findings


def _last_agents(workspace: Workspace) -> Mapping[str, str]:
    """Who visited each case last."""
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        return {outcome.case: outcome.agent for outcome in store.outcomes()}
