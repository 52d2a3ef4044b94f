"""Several days as one problem: by whom and on which day it suits best that each case is visited.

Every day has a plan and a certificate of its own, so that all else works as for one day. The rules of each day come
from that day; its visits are judged together with those planned on the days before, as if they had been made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.plan import Horizon, Plan, Reason, ReasonCode, Route, SolveFacts, Unassigned
from scheduler.model.scenario import BASE
from scheduler.model.visit import Visit
from scheduler.planning.certified import PLAN, Written, record, rule_findings, write_certificate
from scheduler.planning.compile import (
    Compiled,
    Places,
    StatedDay,
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
    terms_of,
)
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.horizon_terms import (
    is_balanced,
    price,
    with_balances,
    with_evenings,
    with_last_agents,
)
from scheduler.planning.lift import lift_routes
from scheduler.planning.planfile import write_plan
from scheduler.planning.ready import left_out
from scheduler.planning.repeats import Named, case_of, planned_days, until, with_repeats
from scheduler.planning.roads import Roads
from scheduler.planning.shortlist import shortlist
from scheduler.rules.horizon import certify_after
from scheduler.selection.policy import Policy
from scheduler.selection.select import LeftOut
from scheduler.settings import Workspace
from solvers.errors import ProblemError, SolverError
from solvers.problem import Problem
from solvers.progress import Progress, StoppedBy
from solvers.solve import Result, solve

DAYS_BETWEEN = 7
"""From one visit of a case to the next, where nobody says otherwise."""

_FIRST_SHARE = 0.35
"""Of the search goes to a plan without balance where balance is asked for: it says what a fair share is."""

_STOPPED = (StoppedBy.STOP, StoppedBy.INTERRUPT)
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
    solved = _Searches(workspace, inputs, stated, compiled, horizon, search, talk).run()
    if visits_per_case > 1 and not solved.repeats:
        findings = (*findings, _NO_SECOND_VISIT)
    note("why visits are left out")
    made = _Days(workspace, inputs, stated, cut, compiled.places, solved, search, horizon, roads)
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


@dataclass(frozen=True, slots=True)
class Talk:
    """Who is told how the searches go, who may stop them, and whether they run in this process."""

    note: Note
    progress: Callable[[Progress], None] | None
    stop: Callable[[], bool] | None
    in_process: bool


@dataclass(frozen=True, slots=True)
class _Solved:
    """The last problem and its answer; the further visits of each day by their tasks' ids."""

    problem: Problem
    found: Result
    repeats: Named


class _Searches:
    """The searches one after another, each from the plan of the one before: visits, further visits, balance."""

    def __init__(
        self,
        workspace: Workspace,
        inputs: DayInputs,
        stated: Sequence[StatedDay],
        compiled: Compiled,
        horizon: Horizon,
        search: Search,
        talk: Talk,
    ) -> None:
        self.workspace, self.inputs, self.stated = workspace, inputs, stated
        self.compiled, self.horizon, self.search, self.talk = compiled, horizon, search, talk
        self.balanced = is_balanced(workspace)
        self.found: Result | None = None

    def run(self) -> _Solved:
        """Shares of the time: equal ones for visits and further visits, the rest for the balance."""
        share = (_FIRST_SHARE if self.balanced else 1.0) / self.horizon.visits_per_case
        compiled, repeats = self.compiled, dict[date, dict[str, Visit]]()
        found = self._solve(self._early(compiled.problem, 1), share)
        for number in range(2, self.horizon.visits_per_case + 1):
            if found.stopped_by in _STOPPED:
                break
            problem, more = with_repeats(
                self.workspace, self.inputs, self.stated, compiled, found.solution, self.horizon, number
            )
            if not more:
                break
            for day, visits in more.items():
                repeats.setdefault(day, {}).update(visits)
            compiled = replace(compiled, problem=problem)
            self.talk.note(f"visit {number} of {len({t for v in more.values() for t in v})} cases")
            found = self._solve(self._early(problem, number), share, found)
        problem = compiled.problem
        if self.balanced and found.stopped_by not in _STOPPED:
            self.talk.note("fair shares")
            problem = with_balances(problem, self.stated, found.evaluation, self.workspace)
            found = self._solve(problem, 1 - _FIRST_SHARE, found)
        return _Solved(problem, found, repeats)

    def _early(self, problem: Problem, number: int) -> Problem:
        """Visits on the days that leave room for those still to come; later searches may use all of them."""
        settings = self.workspace.settings
        policy = Policy.from_mapping(settings.selection, currency=settings.workspace.currency)
        apart = max(self.horizon.days_between, policy.cooling_off_days)
        to_come = self.horizon.visits_per_case - number
        last = self.stated[-1].day - timedelta(days=to_come * apart)
        return until(problem, self.stated, last) if to_come and self.stated[0].day <= last else problem

    def _solve(self, problem: Problem, share: float, before: Result | None = None) -> Result:
        search, talk = self.search, self.talk
        try:
            return solve(
                problem,
                time_limit_s=search.time_limit_s * share,
                seed=search.seed,
                iteration_limit=search.iteration_limit,
                start=None if before is None else before.solution,
                cores=search.cores,
                note=talk.note,
                progress=talk.progress,
                stop=talk.stop,
                in_process=talk.in_process,
            )
        except SolverError as error:
            raise DoorstepError(
                f"The search failed: {error}", mend="Try again; report it if it recurs."
            ) from None


class _Days:
    """The answer as a plan for each day."""

    def __init__(
        self,
        workspace: Workspace,
        inputs: DayInputs,
        stated: list[StatedDay],
        cut: frozenset[str],
        places: Places,
        solved: _Solved,
        search: Search,
        horizon: Horizon,
        roads: Roads,
    ) -> None:
        self.workspace, self.stated, self.cut, self.places = workspace, stated, cut, places
        self.problem, self.found, self.repeats = solved.problem, solved.found, solved.repeats
        self.search, self.horizon, self.extract = search, horizon, roads.extract.fingerprint
        self.packs = tuple(pack.label for pack in rule_context(workspace, inputs).packs)
        currency = workspace.settings.workspace.currency
        self.reasons = reasons_of(self.problem, self.found.solution, currency)
        self.planned = planned_days(stated, self.found.solution)

    def day(self, number: int, ready: ReadyDay) -> PlannedDay:
        """One day's plan. Visits of another day are told as planned for that day."""
        day, zone = ready.day, self.workspace.settings.zone
        stated = self.stated[number]
        names = {vehicle_of(team, day): team for team in stated.teams}
        visits = {visit.id: visit for visit in stated.visits} | dict(self.repeats.get(day, {}))
        judged = replace(
            self.found.evaluation,
            routes=tuple(route for route in self.found.evaluation.routes if route.vehicle in names),
        )
        view = Compiled(self.problem, self.places, visits, names)
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
            horizon=self.horizon,
        )
        return PlannedDay(plan=plan, selection=ready.selection, teams=ready.teams, findings=ready.findings)

    def _unassigned(self, ready: ReadyDay) -> tuple[Unassigned, ...]:
        left = list(ready.unassigned)
        for visit in ready.visits:
            planned = self.planned.get(visit.id, ())
            if ready.day in planned:
                continue
            if planned:
                reasons: tuple[Reason, ...] = (
                    Reason(code=ReasonCode.OTHER_DAY, proven=True, day=planned[0]),
                )
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
    """A reason that names a team and a case, not a team's day and a task."""
    return replace(reason, agent=reason.agent.partition("@")[0], other_case=case_of(reason.other_case))


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
    inputs = load_inputs(workspace)
    made = plan_days(
        workspace,
        inputs,
        first,
        count,
        search,
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
