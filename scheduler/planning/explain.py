"""Why is a visit in a plan as it is, or not in it, and what would change that: from the plan file and the store."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError
from scheduler.model.plan import Plan, Reason, Unassigned
from scheduler.model.values import Money, TimeWindow, moment_of
from scheduler.model.visit import Visit
from scheduler.planning.compile import COST_PER_MINOR, task_of
from scheduler.planning.day import DayInputs, choose, load_inputs, terms_of, under
from scheduler.planning.diagnosis import reason_of, telling
from scheduler.planning.planfile import folder_of, read_plan
from scheduler.planning.restate import Restated, restate
from scheduler.planning.roads import Roads
from scheduler.selection.select import LeftOut
from scheduler.settings import Workspace
from solvers import options as found
from solvers.explain import explain
from solvers.moves import Slot
from solvers.quick import Effort
from solvers.task import Task

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class At:
    """By whom a visit is made, and when."""

    agent: str
    start: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Other:
    """What an option does to another case; None is not at all."""

    case: str
    before: At | None
    after: At | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One change, by `solvers.options.OptionCode`: `cost` is what the day would cost more, negative what it gains."""

    code: found.OptionCode
    cost: Money
    agent: str = ""
    start: datetime | None = None
    minutes: int = 0
    skills: tuple[str, ...] = ()
    others: tuple[Other, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What it would cost that this agent makes the visit with everybody's order as it is, or why it cannot be."""

    agent: str
    cost: Money | None = None
    start: datetime | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """The answer about one case. `at` is None where the plan does not visit it.

    `not_due` says why selection left the case out, and `unasked` that it is due only since the plan was made; then
    there is nothing else. Without a place on the map, or by a rule, there are `reasons` only. `slack` is what the
    plan would gain by a longer search alone; `untried` are the options there was no time for.
    """

    case: str
    plan: Plan
    at: At | None = None
    worth: Money | None = None
    top_worth: Money | None = None
    windows: tuple[TimeWindow, ...] = ()
    reasons: tuple[Reason, ...] = ()
    options: tuple[Option, ...] = ()
    offers: tuple[Offer, ...] = ()
    not_due: LeftOut | None = None
    unasked: bool = False
    slack: Money | None = None
    untried: tuple[found.OptionCode, ...] = ()


def explain_visit(
    workspace: Workspace, path: Path, case: str, effort: Effort, note: Note = lambda _text: None
) -> Explained:
    """Explain one case of the plan at `path`. Raises DoorstepError for an unknown case or no plan."""
    plan, _ = read_plan(path)
    inputs = under(plan.scenario, load_inputs(workspace))
    stop = next((stop for stop in plan.visits if stop.case == case), None)
    entry = next((left for left in plan.unassigned if left.case == case), None)
    if stop is None and entry is None:
        return _outside(workspace, plan, inputs, case)
    note("the day as it was planned")
    roads = Roads(workspace, note, plans=[folder_of(path), workspace.day(plan.day)])
    restated = restate(workspace, plan, inputs, roads, choose(workspace, inputs, plan.day, plan.scenario))
    if case not in restated.problem.task_by_id:
        return _without_place(plan, case, entry)
    note("what could be otherwise")
    wider = _wider(workspace, inputs, restated, case)
    told = explain(restated.problem, restated.solution, case, effort=effort, wider=wider)
    return _lifted(restated, told)


def _outside(workspace: Workspace, plan: Plan, inputs: DayInputs, case: str) -> Explained:
    """A case that the plan knows nothing of."""
    if not any(known.id == case for known in inputs.cases):
        raise DoorstepError(f"There is no case {case}", mend="Cases of a day: doorstep select --date DAY")
    selection = choose(workspace, inputs, plan.day, plan.scenario)
    left = next((left for left in selection.left_out if left.case == case), None)
    return Explained(case=case, plan=plan, not_due=left, unasked=left is None)


def _without_place(plan: Plan, case: str, entry: Unassigned | None) -> Explained:
    if entry is None:
        raise DoorstepError(f"Case {case} is not in the store any more", mend="Plan the day again.")
    return Explained(case=case, plan=plan, reasons=entry.reasons, top_worth=entry.worth)


def _wider(workspace: Workspace, inputs: DayInputs, restated: Restated, case: str) -> Task:
    """The visit at every hour that the rules permit, whatever the customer asked for."""
    problem, plan = restated.problem, restated.plan
    asked = problem.task_by_id[case]
    visit: Visit | None = restated.compiled.visits.get(case)
    if visit is None or not visit.case.hours:
        return asked
    cases = tuple(replace(known, hours=()) if known.id == case else known for known in inputs.cases)
    free = choose(workspace, replace(inputs, cases=cases), plan.day, plan.scenario)
    wide = next((entry for entry in free.visits if entry.id == case), None)
    if wide is None:
        return asked
    compiled = restated.compiled
    teams = tuple(compiled.teams.values())
    terms = terms_of(workspace, plan.scenario)
    task = task_of(wide, plan.day, workspace.settings.zone, teams, compiled.places, terms)
    return replace(asked, windows=task.windows, prize=task.prize, prize_bands=task.prize_bands)


def _lifted(restated: Restated, told: found.Explanation) -> Explained:
    plan, visit = restated.plan, restated.compiled.visits[told.task]
    lift = _Lift(restated)
    at = None if told.vehicle is None or told.start is None else lift.at(Slot(told.vehicle, told.start))
    return Explained(
        case=told.task,
        plan=plan,
        at=at,
        worth=visit.worth_at(at.start) if at else None,
        top_worth=visit.top_worth,
        windows=visit.windows,
        reasons=tuple(reason_of(reason, plan.currency) for reason in telling(told.reasons)),
        options=tuple(lift.option(option) for option in told.options),
        offers=tuple(lift.offer(offer) for offer in told.offers),
        slack=lift.money(told.slack),
        untried=told.untried,
    )


class _Lift:
    """The solver's seconds, ids and amounts in the plan's terms."""

    def __init__(self, restated: Restated) -> None:
        self.restated, self.plan = restated, restated.plan
        self.zone = ZoneInfo(restated.plan.zone)

    def at(self, slot: Slot) -> At:
        return At(agent=slot.vehicle, start=moment_of(slot.start, self.plan.day, self.zone))

    def money(self, amount: int) -> Money:
        return Money(round(amount / COST_PER_MINOR), self.plan.currency)

    def option(self, option: found.Option) -> Option:
        others = [
            Other(
                case=self.restated.meeting.get(move.task, move.task),
                before=self.at(move.before) if move.before else None,
                after=self.at(move.after) if move.after else None,
            )
            for move in option.moves
        ]
        return Option(
            code=option.code,
            cost=self.money(option.amount),
            agent=option.vehicle or "",
            start=None if option.start is None else moment_of(option.start, self.plan.day, self.zone),
            minutes=-(-option.seconds // 60),
            skills=option.skills,
            others=tuple(others),
        )

    def offer(self, offer: found.Offer) -> Offer:
        if offer.amount is None or offer.start is None:
            reason = None if offer.reason is None else reason_of(offer.reason, self.plan.currency)
            return Offer(agent=offer.vehicle, reason=reason)
        start = moment_of(offer.start, self.plan.day, self.zone)
        return Offer(agent=offer.vehicle, cost=self.money(offer.amount), start=start)
