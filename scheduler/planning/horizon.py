"""Several days as one problem: each case is visited once at most, by whom and on which day it suits best.

Every day has a plan and a certificate of its own, so that all else works as for one day. The rules of each day come
from that day; its visits are judged together with those planned on the days before, as if they had been made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.plan import Plan, Reason, ReasonCode, Route, SolveFacts, Unassigned
from scheduler.model.scenario import BASE
from scheduler.model.values import Money, seconds_of_day
from scheduler.model.visit import Contact, ContactKind, Visit
from scheduler.planning.certified import PLAN, Written, record, rule_findings, write_certificate
from scheduler.planning.compile import (
    COST_PER_MINOR,
    Compiled,
    StatedDay,
    Terms,
    compile_horizon,
    places_of,
    vehicle_of,
)
from scheduler.planning.day import (
    DayInputs,
    Note,
    PlannedDay,
    ReadyDay,
    Search,
    load_inputs,
    ready_day,
    rule_context,
)
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.lift import lift_routes
from scheduler.planning.planfile import write_plan
from scheduler.planning.ready import left_out
from scheduler.planning.roads import Roads
from scheduler.planning.shortlist import shortlist
from scheduler.rules.checker import certify
from scheduler.selection.select import LeftOut
from scheduler.settings import PlanTable, Workspace
from solvers.errors import ProblemError, SolverError
from solvers.evaluate import RouteEvaluation, evaluate
from solvers.insertion import timed
from solvers.moves import slots_of
from solvers.problem import Balance, Measure, Problem
from solvers.progress import Progress
from solvers.quick import Effort, quick
from solvers.solve import Result, solve

_FIRST_SHARE = 0.35
"""Of the search goes to a plan without balance where balance is asked for: it says what a fair share is."""


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
    last_agents: Mapping[str, str] | None = None,
    note: Note = lambda _text: None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    in_process: bool = False,
) -> PlannedHorizon:
    """Plan `count` days from `first` on as one problem. `last_agents` says who visited a case last.

    A day on which nobody can go out is left out and told of. Raises DoorstepError where there is none but those.
    """
    roads = roads or Roads(workspace, note)
    ready, findings = _ready(workspace, inputs, first, count, roads, search.seed, note)
    ready = _one_case_a_customer(ready)
    stated, cut = _shortlisted(ready, workspace.settings.plan.candidates_per_vehicle)
    note(f"routes for {len({v.id for day in stated for v in day.visits})} visits on {len(stated)} days")
    problem, compiled = _problem(workspace, stated, roads, last_agents or {})
    found = _solved(problem, stated, workspace, search, progress, stop, in_process)
    note("why visits are left out")
    made = _Days(workspace, inputs, stated, cut, compiled, found, search, roads.extract.fingerprint)
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


def _problem(
    workspace: Workspace, stated: list[StatedDay], roads: Roads, last_agents: Mapping[str, str]
) -> tuple[Problem, Compiled]:
    settings = workspace.settings
    visits = {visit.id: visit for day in stated for visit in day.visits}
    teams = tuple({team.id: team for day in stated for team in day.teams}.values())
    everyone = [team for day in stated for team in day.teams]
    places = places_of(tuple(visits.values()), everyone)
    matrices = roads.matrices({team.mode for team in everyone}, places.points)
    terms = Terms(overtime_factor=settings.plan.overtime_factor)
    try:
        problem = compile_horizon(stated, settings.zone, matrices, places, terms)
        problem = _with_evenings(problem, stated, settings.plan.evening_from, workspace)
        problem = _with_last_agents(problem, stated, last_agents, _price(settings.plan.same_agent, workspace))
    except ProblemError as error:
        raise DoorstepError(f"The days cannot be stated as a routing problem: {error}") from None
    return problem, Compiled(problem, places, visits, {team.id: team for team in teams})


def _price(amount: float, workspace: Workspace) -> int:
    return Money.of(Decimal(str(amount)), workspace.settings.workspace.currency).minor * COST_PER_MINOR


def _with_evenings(problem: Problem, stated: list[StatedDay], clock: str, workspace: Workspace) -> Problem:
    zone, first = workspace.settings.zone, stated[0].day
    since = {
        vehicle_of(team, day.day): seconds_of_day(
            datetime.combine(day.day, time.fromisoformat(clock), zone), first, zone
        )
        for day in stated
        for team in day.teams
    }
    vehicles = tuple(replace(vehicle, evening_from=since[vehicle.id]) for vehicle in problem.vehicles)
    return Problem(problem.name, problem.tasks, vehicles, problem.travel, problem.balances)


def _with_last_agents(
    problem: Problem, stated: list[StatedDay], last_agents: Mapping[str, str], price: int
) -> Problem:
    """A price on sending anybody but who came last, where that agent is there on one of the days."""
    if price <= 0 or not last_agents:
        return problem
    members = {
        vehicle_of(team, day.day): {member.id for member in team.members}
        for day in stated
        for team in day.teams
    }
    here = set().union(*members.values())
    tasks = tuple(
        replace(
            task,
            vehicle_costs=tuple(
                (name, price) for name, ids in members.items() if last_agents[task.id] not in ids
            ),
        )
        if last_agents.get(task.id) in here
        else task
        for task in problem.tasks
    )
    return Problem(problem.name, tasks, problem.vehicles, problem.travel, problem.balances)


def _solved(
    problem: Problem,
    stated: list[StatedDay],
    workspace: Workspace,
    search: Search,
    progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
    in_process: bool,
) -> tuple[Problem, Result]:
    table = workspace.settings.plan
    balanced = table.balance_hour > 0 or table.balance_evening > 0

    share = _FIRST_SHARE if balanced else 1.0
    try:
        found = solve(
            problem,
            time_limit_s=search.time_limit_s * share,
            seed=search.seed,
            iteration_limit=search.iteration_limit,
            cores=search.cores,
            progress=progress,
            stop=stop,
            in_process=in_process,
        )
    except SolverError as error:
        raise DoorstepError(
            f"The search failed: {error}", mend="Try again; report it if it recurs."
        ) from None
    if balanced:
        problem = _with_balances(problem, stated, table, found, workspace)
        effort = Effort(search.time_limit_s * (1 - share), search.seed, search.iteration_limit)
        orders = {route.vehicle: route.tasks for route in found.solution.routes}
        solution = timed(problem, quick(problem, orders, effort, stop))
        found = replace(found, solution=solution, evaluation=evaluate(problem, solution))
    return problem, found


def _with_balances(
    problem: Problem, stated: list[StatedDay], table: PlanTable, found: Result, workspace: Workspace
) -> Problem:
    """A fair share of the work a first plan has, by the days each team is there."""
    mine: dict[str, set[str]] = {}
    for day in stated:
        for team in day.teams:
            mine.setdefault(team.id, set()).add(vehicle_of(team, day.day))
    routes = found.evaluation.routes
    days = max(1, sum(len(names) for names in mine.values()))
    work = sum(route.travel_s + route.service_s for route in routes) / days
    evenings = sum(_is_evening(problem, route) for route in routes) / days
    balances = []
    for name, vehicles in sorted(mine.items()):
        shares = (
            (Measure.WORK, round(work * len(vehicles)), _price(table.balance_hour, workspace) // 3600),
            (
                Measure.EVENINGS,
                -int(-evenings * len(vehicles) // 1),
                _price(table.balance_evening, workspace),
            ),
        )
        balances += [
            Balance(f"{name} {measure}", frozenset(vehicles), measure, target, price)
            for measure, target, price in shares
            if price > 0
        ]
    return Problem(problem.name, problem.tasks, problem.vehicles, problem.travel, tuple(balances))


def _is_evening(problem: Problem, route: RouteEvaluation) -> bool:
    since = problem.vehicle_by_id[route.vehicle].evening_from
    return since is not None and route.arrival_end > since


class _Days:
    """The answer as a plan for each day."""

    def __init__(
        self,
        workspace: Workspace,
        inputs: DayInputs,
        stated: list[StatedDay],
        cut: frozenset[str],
        compiled: Compiled,
        solved: tuple[Problem, Result],
        search: Search,
        extract: str,
    ) -> None:
        self.workspace, self.stated, self.cut, self.compiled = workspace, stated, cut, compiled
        self.problem, self.found = solved
        self.search, self.extract = search, extract
        self.packs = tuple(pack.label for pack in rule_context(workspace, inputs).packs)
        currency = workspace.settings.workspace.currency
        self.reasons = reasons_of(self.problem, self.found.solution, currency)
        on = {vehicle_of(team, day.day): day.day for day in stated for team in day.teams}
        self.served = {task: on[slot.vehicle] for task, slot in slots_of(self.found.solution).items()}

    def day(self, number: int, ready: ReadyDay) -> PlannedDay:
        """One day's plan. Visits of another day are told as planned for that day."""
        day, zone = ready.day, self.workspace.settings.zone
        stated = self.stated[number]
        names = {vehicle_of(team, day): team for team in stated.teams}
        visits = {visit.id: visit for visit in stated.visits}
        judged = replace(
            self.found.evaluation,
            routes=tuple(route for route in self.found.evaluation.routes if route.vehicle in names),
        )
        view = Compiled(self.problem, self.compiled.places, visits, names)
        cost = sum(route.cost for route in judged.routes)
        plan = Plan(
            id=f"{day:%Y%m%d}-{BASE.name}-{self.search.seed}",
            day=day,
            zone=zone.key,
            currency=self.workspace.settings.workspace.currency,
            created=datetime.now(UTC).replace(microsecond=0),
            routes=_of_day(lift_routes(view, judged, self.stated[0].day, zone), stated),
            unassigned=self._unassigned(ready),
            extract=self.extract,
            packs=self.packs,
            solved=SolveFacts(
                engine=f"horizon of {len(self.stated)} days",
                seed=self.search.seed,
                time_limit_s=self.search.time_limit_s,
                iteration_limit=self.search.iteration_limit,
                stopped_by=self.found.stopped_by.value,
                cost=self.found.evaluation.total,
                spent=cost,
                cost_unit="1/1000 of a minor currency unit",
            ),
        )
        return PlannedDay(plan=plan, selection=ready.selection, teams=ready.teams, findings=ready.findings)

    def _unassigned(self, ready: ReadyDay) -> tuple[Unassigned, ...]:
        left = list(ready.unassigned)
        for visit in ready.visits:
            planned = self.served.get(visit.id)
            if planned == ready.day:
                continue
            if planned is not None:
                reasons: tuple[Reason, ...] = (Reason(code=ReasonCode.OTHER_DAY, proven=True, day=planned),)
            elif visit.id in self.cut:
                reasons = (Reason(code=ReasonCode.BELOW_THE_CUT, proven=False),)
            else:
                reasons = tuple(_plain(reason) for reason in self.reasons[visit.id])
            left.append(left_out(visit, *reasons))
        return tuple(sorted(left, key=lambda entry: (-entry.worth.minor, entry.case)))


def _of_day(routes: tuple[Route, ...], stated: StatedDay) -> tuple[Route, ...]:
    """Routes with the shift of their day; they were lifted with the first day's."""
    shifts = {team.id: team.shift for team in stated.teams}
    made = []
    for route in routes:
        shift, zone = shifts[route.vehicle], route.depart.tzinfo
        assert isinstance(zone, ZoneInfo)
        made.append(replace(route, shift=shift.on(stated.day, zone) if shift else None))
    return tuple(made)


def _plain(reason: Reason) -> Reason:
    """A reason that names a team, not a team's day."""
    return replace(reason, agent=reason.agent.partition("@")[0])


def plan_days_and_write(
    workspace: Workspace,
    first: date,
    count: int,
    search: Search,
    folder: Path,
    *,
    note: Note = lambda _text: None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
) -> tuple[tuple[Written, ...], tuple[Finding, ...]]:
    """Plan the days from the store and write each day's plan and certificate to a folder of its own."""
    inputs = load_inputs(workspace)
    made = plan_days(
        workspace,
        inputs,
        first,
        count,
        search,
        last_agents=_last_agents(workspace),
        note=note,
        progress=progress,
        stop=stop,
    )
    note("the rules")
    context = rule_context(workspace, inputs)
    written = []
    for planned in made.days:
        path = folder / planned.plan.day.isoformat() / PLAN
        certificate = certify(planned.plan, write_plan(planned.plan, path), context)
        write_certificate(certificate, path.parent)
        record(workspace, planned.plan, path, certificate)
        found = rule_findings(certificate, workspace.settings.workspace.language)
        written.append(
            Written(planned=planned, certificate=certificate, findings=(*planned.findings, *found), path=path)
        )
        context = replace(context, contacts=(*context.contacts, *_as_made(planned.plan, planned)))
    return tuple(written), made.findings


def _as_made(plan: Plan, planned: PlannedDay) -> Iterable[Contact]:
    """The plan's visits as contacts: what the days after it must be judged with."""
    places = {visit.id: visit.case.place.kind for visit in planned.selection.visits}
    for stop in plan.visits:
        yield Contact(
            case=stop.case,
            kind=ContactKind.VISIT,
            at=stop.start,
            reached=True,
            place=places.get(stop.case),
            source="plan",
        )


def _last_agents(workspace: Workspace) -> Mapping[str, str]:
    """Who visited each case last."""
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        return {outcome.case: outcome.agent for outcome in store.outcomes()}
