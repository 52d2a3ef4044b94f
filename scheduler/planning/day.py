"""A day from the store to a plan: who may be visited, who is worth it, who goes, on which route."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.people import Agent, Case, Crew
from scheduler.model.plan import Plan, Reason, ReasonCode, SolveFacts, Unassigned
from scheduler.model.scenario import Scenario
from scheduler.model.visit import Contact, Visit
from scheduler.planning.compile import Compiled, Terms, compile_day, places_of
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.lift import lift_routes
from scheduler.planning.roads import Roads
from scheduler.planning.shortlist import shortlist
from scheduler.planning.teams import Team, teams_of
from scheduler.rules.base import RuleContext
from scheduler.rules.checker import combined_effects
from scheduler.rules.packs import load_packs
from scheduler.selection.policy import Policy
from scheduler.selection.select import Selection, select
from scheduler.settings import Workspace
from solvers.errors import ProblemError, SolverError
from solvers.progress import Progress
from solvers.solve import Result, solve

Note = Callable[[str], None]
BASE = Scenario(name="base")


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How long to look. The same seed and iteration limit give the same plan; a time limit alone cannot."""

    time_limit_s: float
    seed: int
    iteration_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInputs:
    """What the store knows on the eve of a day."""

    cases: tuple[Case, ...]
    agents: tuple[Agent, ...]
    crews: tuple[Crew, ...]
    contacts: tuple[Contact, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """A plan and what it was made from."""

    plan: Plan
    selection: Selection
    teams: tuple[Team, ...]
    findings: tuple[Finding, ...]


def load_inputs(workspace: Workspace) -> DayInputs:
    """Everything planning needs from the store. Raises DoorstepError where there is nothing to plan."""
    from scheduler.store.repository import Store

    with Store.open(workspace.store_url) as store:
        inputs = DayInputs(
            cases=store.cases(), agents=store.agents(), crews=store.crews(), contacts=store.contacts()
        )
    if not inputs.cases:
        raise DoorstepError("There are no cases", mend="Read them with: doorstep import cases TABLE")
    if not inputs.agents:
        raise DoorstepError("There are no agents", mend="Read them with: doorstep import agents TABLE")
    return inputs


def rule_context(workspace: Workspace, inputs: DayInputs) -> RuleContext:
    """What the rules may know."""
    rules = workspace.settings.rules
    return RuleContext(
        cases={case.id: case for case in inputs.cases},
        zone=workspace.settings.zone,
        packs=load_packs(rules.packs, workspace.path(rules.folder)),
        contacts=inputs.contacts,
    )


def choose(workspace: Workspace, inputs: DayInputs, day: date, scenario: Scenario = BASE) -> Selection:
    """Who is due a visit on `day` and what it is worth, within the rules and the scenario's filters."""
    context = rule_context(workspace, inputs)
    cases = tuple(case for case in inputs.cases if _kept(case, scenario))
    settings = workspace.settings
    return select(
        cases,
        day,
        contacts=inputs.contacts,
        effects=combined_effects(cases, day, context),
        policy=Policy.from_mapping(settings.selection, currency=settings.workspace.currency),
        zone=settings.zone,
        language=settings.workspace.language,
        holidays=context.all_holidays,
    )


def plan_day(
    workspace: Workspace,
    inputs: DayInputs,
    day: date,
    search: Search,
    *,
    scenario: Scenario = BASE,
    roads: Roads | None = None,
    note: Note = lambda _text: None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    in_process: bool = False,
) -> PlannedDay:
    """Plan one day. Interrupted while searching, it returns the best plan found so far.

    Raises DoorstepError where nobody can go out, GeodataError where the extract cannot be used.
    """
    note("who is due a visit")
    selection = choose(workspace, inputs, day, scenario)
    roads = roads or Roads(workspace, note)
    teams, team_findings = _ready(teams_of(inputs.agents, inputs.crews, day, scenario))
    visits, unassigned = _placed(selection, teams, roads, workspace.settings.roads.max_snap_m)
    visits, cut = shortlist(visits, teams, workspace.settings.plan.candidates_per_vehicle)
    unassigned += [_left(visit, Reason(code=ReasonCode.BELOW_THE_CUT, proven=False)) for visit in cut]
    compiled = _compile(workspace, day, visits, teams, roads, scenario)
    note(f"routes for {len(visits)} visits and {len(teams)} teams")
    found = _search(compiled, search, progress, stop, in_process)
    note("why visits are left out")
    currency = workspace.settings.workspace.currency
    unassigned += [
        _left(compiled.visits[case], *reasons)
        for case, reasons in reasons_of(compiled.problem, found.solution, currency).items()
    ]
    zone = workspace.settings.zone
    context = rule_context(workspace, inputs)
    plan = Plan(
        id=f"{day:%Y%m%d}-{scenario.name}-{search.seed}",
        day=day,
        zone=zone.key,
        currency=currency,
        created=datetime.now(UTC).replace(microsecond=0),
        routes=lift_routes(compiled, found.evaluation, day, zone),
        unassigned=tuple(sorted(unassigned, key=lambda entry: (-entry.worth.minor, entry.case))),
        extract=roads.extract.fingerprint,
        packs=tuple(pack.label for pack in context.packs),
        solved=_facts(found, search),
        scenario=scenario.name,
    )
    return PlannedDay(plan=plan, selection=selection, teams=teams, findings=tuple(team_findings))


def _kept(case: Case, scenario: Scenario) -> bool:
    low, high = scenario.min_days_past_due, scenario.max_days_past_due
    return (
        (low is None or case.days_past_due >= low)
        and (high is None or case.days_past_due <= high)
        and (not scenario.products or case.product in scenario.products)
    )


def _ready(teams: Sequence[Team]) -> tuple[tuple[Team, ...], list[Finding]]:
    """The teams that can be sent, and a finding for each that cannot."""
    ready, findings = [], []
    for team in teams:
        wrong = _unready(team)
        if wrong:
            cause, mend = wrong
            findings.append(
                Finding(
                    code="team_left_out", severity=Severity.WARNING, cause=cause, mend=mend, subject=team.id
                )
            )
        else:
            ready.append(team)
    if not ready:
        raise DoorstepError(
            "Nobody can go out on this day", mend="Check shifts, days off and start addresses."
        )
    return tuple(ready), findings


def _unready(team: Team) -> tuple[str, str] | None:
    if team.shift is None:
        return "Its members share no hours.", "Give them overlapping shifts."
    for place, what in ((team.start, "start"), (team.end, "end")):
        if place is not None and (place.location is None or place.needs_review):
            return f"The address of its {what} is not on the map.", "Correct it in the review list."
    return None


def _placed(
    selection: Selection, teams: Sequence[Team], roads: Roads, max_snap_m: int
) -> tuple[tuple[Visit, ...], list[Unassigned]]:
    """The visits whose place is known and near a road, and the others with their reason."""
    known: list[Visit] = []
    left: list[Unassigned] = []
    for visit in selection.visits:
        place = visit.case.place
        if place.location is None:
            left.append(_left(visit, Reason(code=ReasonCode.NOT_GEOCODED, proven=True)))
        elif place.needs_review:
            left.append(_left(visit, Reason(code=ReasonCode.NEEDS_REVIEW, proven=True)))
        else:
            known.append(visit)
    points = tuple(visit.case.place.location for visit in known if visit.case.place.location)
    modes = sorted({team.mode for team in teams})
    if not points:
        return (), left
    distances = [roads.off_road_m(mode, points) for mode in modes]
    near = [min(each) <= max_snap_m for each in zip(*distances, strict=True)]
    left += [
        _left(visit, Reason(code=ReasonCode.OFF_THE_MAP, proven=True))
        for visit, is_near in zip(known, near, strict=True)
        if not is_near
    ]
    return tuple(visit for visit, is_near in zip(known, near, strict=True) if is_near), left


def _left(visit: Visit, *reasons: Reason) -> Unassigned:
    return Unassigned(
        case=visit.id, reasons=reasons, worth=visit.top_worth, location=visit.case.place.location
    )


def _compile(
    workspace: Workspace,
    day: date,
    visits: Sequence[Visit],
    teams: Sequence[Team],
    roads: Roads,
    scenario: Scenario,
) -> Compiled:
    places = places_of(visits, teams)
    matrices = roads.matrices({team.mode for team in teams}, places.points)
    terms = Terms(
        worth_factor=scenario.worth_factor,
        speed_factor=scenario.speed_factor,
        overtime_factor=workspace.settings.plan.overtime_factor,
    )
    try:
        return compile_day(
            f"day-{day:%Y%m%d}", day, workspace.settings.zone, visits, teams, matrices, places, terms
        )
    except ProblemError as error:
        raise DoorstepError(f"The day cannot be stated as a routing problem: {error}") from None


def _search(
    compiled: Compiled,
    search: Search,
    progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
    in_process: bool,
) -> Result:
    try:
        return solve(
            compiled.problem,
            time_limit_s=search.time_limit_s,
            seed=search.seed,
            iteration_limit=search.iteration_limit,
            progress=progress,
            stop=stop,
            in_process=in_process,
        )
    except SolverError as error:
        raise DoorstepError(
            f"The search failed: {error}", mend="Try again; report it if it recurs."
        ) from None


def _facts(found: Result, search: Search) -> SolveFacts:
    return SolveFacts(
        engine="ortools",
        seed=search.seed,
        time_limit_s=search.time_limit_s,
        iteration_limit=search.iteration_limit,
        stopped_by=found.stopped_by.value,
        cost=found.evaluation.total,
        spent=found.evaluation.total - found.evaluation.costs.uncollected,
        cost_unit="1/1000 of a minor currency unit",
    )
