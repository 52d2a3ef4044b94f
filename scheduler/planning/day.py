"""A day from the store to a plan: who may be visited, who is worth it, who goes, on which route."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from scheduler.model.findings import DoorstepError, Finding
from scheduler.model.ledger import Mark
from scheduler.model.people import Agent, Case, Crew
from scheduler.model.plan import Plan, Reason, ReasonCode, SolveFacts, Unassigned
from scheduler.model.scenario import BASE, Scenario
from scheduler.model.visit import Contact, Visit
from scheduler.planning.compile import Compiled, Terms, compile_day, places_of
from scheduler.planning.crews import Going, crewing_of, crews_of_day
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.lift import lift_routes
from scheduler.planning.meetables import meetables
from scheduler.planning.past_pairs import past_pairs
from scheduler.planning.ready import left_out, placed_visits, ready_teams
from scheduler.planning.roads import Roads
from scheduler.planning.shortlist import shortlist
from scheduler.planning.teams import Team, agents_under, teams_of
from scheduler.rules.base import RuleContext
from scheduler.rules.checker import combined_effects
from scheduler.rules.packs import load_packs
from scheduler.selection.policy import Policy
from scheduler.selection.select import Selection, select
from scheduler.settings import Workspace
from solvers.errors import ProblemError, SolverError
from solvers.meet import Met, solve_with_meetings
from solvers.meetings import Meetable
from solvers.progress import Progress
from solvers.solve import Result

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """How long to look. The same seed and iteration limit give the same plan; a time limit alone cannot.

    `bound_s` is how long to look, after the plan is there, for what no plan can cost less than.
    """

    time_limit_s: float
    seed: int
    iteration_limit: int | None = None
    cores: int = 1
    bound_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DayInputs:
    """What the store knows on the eve of a day."""

    cases: tuple[Case, ...]
    agents: tuple[Agent, ...]
    crews: tuple[Crew, ...]
    contacts: tuple[Contact, ...]
    marks: tuple[Mark, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedDay:
    """A plan and what it was made from."""

    plan: Plan
    selection: Selection
    teams: tuple[Team, ...]
    findings: tuple[Finding, ...]
    nearness: str | None = None
    """How near the best possible plan it is, in words, where that was asked for."""


def load_inputs(workspace: Workspace) -> DayInputs:
    """Everything planning needs from the store. Raises DoorstepError where there is nothing to plan."""
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        inputs = DayInputs(
            cases=store.cases(),
            agents=store.agents(),
            crews=store.crews(),
            contacts=store.contacts(),
            marks=store.marks(),
        )
    if not inputs.cases:
        raise DoorstepError("There are no cases", mend="Read them with: doorstep import cases TABLE")
    if not inputs.agents:
        raise DoorstepError("There are no agents", mend="Read them with: doorstep import agents TABLE")
    return inputs


def under(scenario: Scenario, inputs: DayInputs) -> DayInputs:
    """The same facts with the scenario's agents: a plan made under it is asked about and planned again with them."""
    return replace(inputs, agents=agents_under(scenario, inputs.agents))


def rule_context(workspace: Workspace, inputs: DayInputs, now: datetime | None = None) -> RuleContext:
    """What the rules may know. `now` is given where a day is planned, not where a plan is judged."""
    rules = workspace.settings.rules
    return RuleContext(
        cases={case.id: case for case in inputs.cases},
        zone=workspace.settings.zone,
        packs=load_packs(rules.packs, workspace.path(rules.folder)),
        contacts=inputs.contacts,
        marks=inputs.marks,
        agents={agent.id: agent for agent in inputs.agents},
        now=now,
    )


def choose(
    workspace: Workspace,
    inputs: DayInputs,
    day: date,
    scenario: Scenario = BASE,
    now: datetime | None = None,
) -> Selection:
    """Who is due a visit on `day` and what it is worth, within the rules and the scenario's filters.

    The cases of the visits carry what the rules ask of those who attend.
    """
    context = rule_context(workspace, inputs, now)
    cases = tuple(case for case in inputs.cases if _kept(case, scenario))
    effects = combined_effects(cases, day, context)
    settings = workspace.settings
    return select(
        [effects[case.id].narrow(case) for case in cases],
        day,
        contacts=inputs.contacts,
        effects=effects,
        policy=Policy.from_mapping(settings.selection, currency=settings.workspace.currency),
        zone=settings.zone,
        language=settings.workspace.language,
        holidays=context.holidays_around(day),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyDay:
    """A day before its routes: who goes, whom there is to visit, and who is left out already."""

    day: date
    selection: Selection
    teams: tuple[Team, ...]
    visits: tuple[Visit, ...]
    unassigned: tuple[Unassigned, ...]
    findings: tuple[Finding, ...]
    meeting: bool


def ready_day(
    workspace: Workspace,
    inputs: DayInputs,
    day: date,
    scenario: Scenario,
    roads: Roads,
    seed: int,
    note: Note,
) -> ReadyDay:
    """Who goes out on a day and whom they may visit. Raises DoorstepError where nobody can go out."""
    note("who is due a visit")
    selection = choose(workspace, inputs, day, scenario, datetime.now(UTC))
    most = workspace.settings.roads.max_snap_m
    crewing = crewing_of(workspace.settings.crews, scenario)
    note("who goes together")
    crews, crew_findings = crews_of_day(
        Going(
            day=day,
            agents=inputs.agents,
            crews=inputs.crews,
            visits=selection.visits,
            crewing=crewing,
            max_snap_m=most,
        ),
        scenario,
        roads,
        lambda: past_pairs(workspace, day, crewing.look_back_days),
        seed,
    )
    teams, team_findings = ready_teams(teams_of(inputs.agents, crews, day, scenario), roads, most)
    visits, unassigned = placed_visits(selection.visits, teams, roads, most)
    meeting = crewing.attendance == "meet"
    visits, cut = shortlist(visits, teams, workspace.settings.plan.candidates_per_vehicle, meeting=meeting)
    unassigned += [left_out(visit, Reason(code=ReasonCode.BELOW_THE_CUT, proven=False)) for visit in cut]
    return ReadyDay(
        day=day,
        selection=selection,
        teams=teams,
        visits=visits,
        unassigned=tuple(unassigned),
        findings=(*crew_findings, *team_findings),
        meeting=meeting,
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
    roads = roads or Roads(workspace, note)
    ready = ready_day(workspace, inputs, day, scenario, roads, search.seed, note)
    selection, teams, visits = ready.selection, ready.teams, ready.visits
    unassigned, meeting = list(ready.unassigned), ready.meeting
    compiled = _compile(workspace, day, visits, teams, roads, scenario)
    note(f"routes for {len(visits)} visits and {len(teams)} teams")
    may_meet = meetables(visits, teams) if meeting else ()
    met = _search(compiled, may_meet, search, note, progress, stop, in_process)
    compiled, found = replace(compiled, problem=met.problem), met.result
    bound, nearness = _bound(met, search, note, meeting=bool(may_meet))
    note("why visits are left out")
    currency = workspace.settings.workspace.currency
    unassigned += [
        left_out(compiled.visits[case], *reasons)
        for case, reasons in reasons_of(
            met.problem, found.solution, currency, {one.task for one in may_meet}
        ).items()
    ]
    zone = workspace.settings.zone
    context = rule_context(workspace, inputs)
    plan = Plan(
        id=f"{day:%Y%m%d}-{scenario.name}-{search.seed}",
        day=day,
        zone=zone.key,
        currency=currency,
        created=datetime.now(UTC).replace(microsecond=0),
        routes=lift_routes(compiled, found.evaluation, day, zone, met.meetings),
        unassigned=tuple(sorted(unassigned, key=lambda entry: (-entry.worth.minor, entry.case))),
        extract=roads.extract.fingerprint,
        packs=tuple(pack.label for pack in context.packs),
        solved=replace(_facts(found, search), bound=bound),
        scenario=scenario,
    )
    return PlannedDay(plan=plan, selection=selection, teams=teams, findings=ready.findings, nearness=nearness)


def terms_of(workspace: Workspace, scenario: Scenario) -> Terms:
    """How a day is priced under a scenario."""
    return Terms(
        worth_factor=scenario.worth_factor,
        speed_factor=scenario.speed_factor,
        overtime_factor=workspace.settings.plan.overtime_factor,
    )


def _kept(case: Case, scenario: Scenario) -> bool:
    low, high = scenario.min_days_past_due, scenario.max_days_past_due
    return (
        (low is None or case.days_past_due >= low)
        and (high is None or case.days_past_due <= high)
        and (not scenario.products or case.product in scenario.products)
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
    terms = terms_of(workspace, scenario)
    try:
        return compile_day(
            f"day-{day:%Y%m%d}", day, workspace.settings.zone, visits, teams, matrices, places, terms
        )
    except ProblemError as error:
        raise DoorstepError(f"The day cannot be stated as a routing problem: {error}") from None


def _search(
    compiled: Compiled,
    may_meet: Sequence[Meetable],
    search: Search,
    note: Note,
    progress: Callable[[Progress], None] | None,
    stop: Callable[[], bool] | None,
    in_process: bool,
) -> Met:
    try:
        return solve_with_meetings(
            compiled.problem,
            may_meet,
            time_limit_s=search.time_limit_s,
            seed=search.seed,
            iteration_limit=search.iteration_limit,
            cores=search.cores,
            note=note,
            progress=progress,
            stop=stop,
            in_process=in_process,
        )
    except SolverError as error:
        raise search_failed(error) from None


def search_failed(error: SolverError) -> DoorstepError:
    """What a search that ended without a plan is to whoever asked for it."""
    return DoorstepError(f"The search failed: {error}", mend="Try again; report it if it recurs.")


def _bound(met: Met, search: Search, note: Note, *, meeting: bool) -> tuple[int | None, str | None]:
    """What no plan of the day as stated can cost less than, and how near this one is, in words."""
    if search.bound_s is None:
        return None, None
    if meeting:
        return (
            None,
            "how near the best possible plan is, is not known: visits at which two meet have no bound",
        )
    from solvers.bound import lower_bound

    note("how near the best possible plan is")
    found = lower_bound(met.problem, seconds=search.bound_s, plan=met.result.solution)
    return found.value, found.told(met.result.evaluation.total)


def _facts(found: Result, search: Search) -> SolveFacts:
    return SolveFacts(
        engine="doorstep",
        seed=search.seed,
        time_limit_s=search.time_limit_s,
        iteration_limit=search.iteration_limit,
        stopped_by=found.stopped_by.value,
        cost=found.evaluation.total,
        spent=found.evaluation.total - found.evaluation.costs.uncollected,
        cost_unit="1/1000 of a minor currency unit",
    )
