"""A day under way planned again: what is done stays, what changed is heeded, and every move has its price."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from scheduler.model.findings import DoorstepError
from scheduler.model.plan import Plan, Reason, ReasonCode, Route, SolveFacts, Stop, Unassigned
from scheduler.model.values import Money, moment_of
from scheduler.model.visit import Visit
from scheduler.planning.certified import PLAN, days_before, places_in, record, write_certificate
from scheduler.planning.changed import Withdrawal, withdrawals
from scheduler.planning.compile import COST_PER_MINOR
from scheduler.planning.day import DayInputs, choose, load_inputs, rule_context, under
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.lift import lift_routes
from scheduler.planning.planfile import folder_of, read_plan, write_plan
from scheduler.planning.ready import left_out
from scheduler.planning.restate import Restated, restate
from scheduler.planning.roads import Roads
from scheduler.rules.checker import Certificate
from scheduler.rules.horizon import certify_after
from scheduler.settings import Workspace
from solvers.errors import SolverError
from solvers.frozen import Changes
from solvers.moves import Slot
from solvers.prices import MovePrices
from solvers.quick import Effort
from solvers.replan import Cause, Replanned, replan

Note = Callable[[str], None]
_SHARE = 10  # without a price given, a move must gain a tenth of what a visit is worth
_DROPPED = 3  # and leaving a visit out three times as much


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChanges:
    """What changed, by agents' (or crews') and cases' ids; `late` in minutes."""

    away: frozenset[str] = frozenset()
    late: Mapping[str, int] = field(default_factory=dict)
    cancel: frozenset[str] = frozenset()
    add: frozenset[str] = frozenset()
    pin: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedMove:
    """A visit that is made otherwise: who and when before and after (None: not at all), and why."""

    case: str
    before: tuple[str, datetime] | None
    after: tuple[str, datetime] | None
    cause: Cause
    other: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplannedDay:
    """The new plan as written, what moved, what the facts of today took out, and who could not be added."""

    plan: Plan
    certificate: Certificate
    path: Path
    moves: tuple[PlannedMove, ...]
    withdrawn: tuple[Withdrawal, ...]
    unplaced: tuple[str, ...]
    kept: int


def replan_and_write(
    workspace: Workspace,
    path: Path,
    now: datetime,
    changes: DayChanges,
    effort: Effort,
    *,
    folder: Path | None = None,
    price: Money | None = None,
    tolerance: timedelta = timedelta(minutes=15),
    note: Note = lambda _text: None,
) -> ReplannedDay:
    """Plan the rest of the day of the plan at `path` anew, judge it, and write it to `folder`.

    `price` is what a visit must gain to change hands or leave its hour by more than `tolerance`; a tenth of what
    the plan's visits are worth on average, if None. Raises DoorstepError for ids that are not in the plan or not due.
    """
    plan, digest = read_plan(path)
    inputs = under(plan.scenario, load_inputs(workspace))
    context = rule_context(workspace, inputs)
    roads = Roads(workspace, note, plans=[folder_of(path), workspace.day(plan.day)])
    note("what changed")
    added = _added(workspace, plan, inputs, changes)
    started = frozenset(stop.case for stop in plan.stops if stop.start <= now)
    earlier = days_before(plan, path)
    selection = choose(workspace, inputs, plan.day, plan.scenario)
    judged = certify_after(plan, digest, context, earlier)
    gone = withdrawals(workspace, plan, inputs, selection, judged, started)
    cancel = (changes.cancel | {entry.case for entry in gone}) - started
    _check(plan, changes, started)
    restated = restate(workspace, plan, inputs, roads, selection, more=added)
    note(f"the rest of the day for {len(restated.problem.tasks)} visits")
    found = _found(restated, now, replace(changes, cancel=cancel), effort, _prices(plan, price, tolerance))
    made = _Made(restated, found, replace(changes, cancel=cancel), effort).plan(now)
    note("the rules")
    target = (folder or _beside(workspace, plan, path, now)) / PLAN
    certificate = certify_after(made, write_plan(made, target), context, earlier)
    write_certificate(certificate, target.parent)
    roads.keep(target.parent, places_in(made, inputs))
    record(workspace, made, target, certificate)
    return ReplannedDay(
        plan=made,
        certificate=certificate,
        path=target,
        moves=_moves(restated, found),
        withdrawn=tuple(entry for entry in gone if entry.case not in started),
        unplaced=found.unplaced,
        kept=len(made.visits) - len({moved.move.task for moved in found.moved if moved.move.after}),
    )


def _beside(workspace: Workspace, plan: Plan, path: Path, now: datetime) -> Path:
    """Where the new plan goes if nobody says so: a what-if's stays with it."""
    old = workspace.day(plan.day) if plan.scenario.is_base else folder_of(path)
    return old.with_name(f"{old.name}-{now:%H%M}")


def moment_on(day: date, clock: str, zone: ZoneInfo) -> datetime:
    """A clock time such as 11:05 on a day. Raises DoorstepError."""
    try:
        return datetime.combine(day, time.fromisoformat(clock), zone)
    except ValueError:
        raise DoorstepError(f"{clock} is not a time", mend="Write it as 11:05.") from None


def _added(workspace: Workspace, plan: Plan, inputs: DayInputs, changes: DayChanges) -> tuple[Visit, ...]:
    if not changes.add:
        return ()
    selection = choose(workspace, inputs, plan.day, now=datetime.now(UTC))
    due = {visit.id: visit for visit in selection.visits}
    left = {entry.case: entry for entry in selection.left_out}
    planned = {stop.case for stop in plan.stops}
    found = []
    for case in sorted(changes.add):
        if case in planned:
            raise DoorstepError(f"Case {case} is in the plan already", mend="Leave it out of --add.")
        if case in left:
            raise DoorstepError(f"Case {case} is not due on {plan.day}: {left[case].words}")
        if case not in due:
            raise DoorstepError(f"There is no case {case}", mend="Cases of a day: doorstep select --date DAY")
        place = due[case].case.place
        if place.location is None or place.needs_review:
            raise DoorstepError(f"The address of case {case} is not on the map", mend="See: doorstep review")
        found.append(due[case])
    return tuple(found)


def _check(plan: Plan, changes: DayChanges, started: frozenset[str]) -> None:
    teams = {route.vehicle for route in plan.routes}
    strangers = sorted((changes.away | changes.late.keys()) - teams)
    if strangers:
        raise DoorstepError(f"{strangers[0]} is not in the plan", mend=f"In it: {', '.join(sorted(teams))}.")
    planned = {stop.case for stop in plan.stops}
    unknown = sorted((changes.cancel | changes.pin) - planned)
    if unknown:
        raise DoorstepError(f"Case {unknown[0]} is not visited in the plan", mend="Name a case that is.")
    both = sorted(changes.cancel & changes.pin)
    if both:
        raise DoorstepError(f"Case {both[0]} is both cancelled and pinned", mend="Say one of the two.")
    late = sorted(changes.cancel & started)
    if late:
        raise DoorstepError(f"The visit to case {late[0]} has begun, so it cannot be cancelled")


def _prices(plan: Plan, price: Money | None, tolerance: timedelta) -> MovePrices:
    worths = [stop.worth.minor for stop in plan.visits]
    minor = price.minor if price is not None else sum(worths) // max(1, _SHARE * len(worths))
    unit = minor * COST_PER_MINOR
    return MovePrices(unit, unit, _DROPPED * unit, int(tolerance.total_seconds()))


def _found(
    restated: Restated, now: datetime, changes: DayChanges, effort: Effort, prices: MovePrices
) -> Replanned:
    meeting: dict[str, set[str]] = {}
    for name, case in restated.meeting.items():
        meeting.setdefault(case, set()).add(name)

    def both(cases: frozenset[str]) -> frozenset[str]:
        known = {case for case in cases if case in restated.problem.task_by_id}
        return frozenset(known.union(*(meeting.get(case, set()) for case in cases)))

    asked = Changes(
        away=changes.away,
        late={agent: minutes * 60 for agent, minutes in changes.late.items()},
        cancelled=both(changes.cancel),
        added=changes.add,
        pinned=both(changes.pin),
    )
    try:
        return replan(restated.problem, restated.solution, restated.instant(now), asked, prices, effort)
    except SolverError as error:
        raise DoorstepError(
            f"The rest of the day cannot be planned: {error}", mend="Plan it by hand."
        ) from None


def _moves(restated: Restated, found: Replanned) -> tuple[PlannedMove, ...]:
    plan = restated.plan
    zone = ZoneInfo(plan.zone)

    def at(slot: Slot | None) -> tuple[str, datetime] | None:
        return None if slot is None else (slot.vehicle, moment_of(slot.start, plan.day, zone))

    return tuple(
        PlannedMove(
            case=restated.meeting.get(moved.move.task, moved.move.task),
            before=at(moved.move.before),
            after=at(moved.move.after),
            cause=moved.cause,
            other=restated.meeting.get(moved.other or "", moved.other or ""),
        )
        for moved in found.moved
    )


class _Made:
    """The solver's answer as a plan."""

    def __init__(self, restated: Restated, found: Replanned, changes: DayChanges, effort: Effort) -> None:
        self.restated, self.found, self.changes, self.effort = restated, found, changes, effort
        self.old = {
            (route.vehicle, stop.case): stop for route in restated.plan.routes for stop in route.stops
        }

    def plan(self, now: datetime) -> Plan:
        """The new plan; what is done or under way is as it was."""
        old = self.restated.plan
        verdict = self.found.evaluation
        return replace(
            old,
            id=f"{old.id}-{now:%H%M}",
            created=datetime.now(UTC).replace(microsecond=0),
            routes=self._routes(),
            unassigned=self._unassigned(),
            solved=SolveFacts(
                engine="replan",
                seed=self.effort.seed,
                time_limit_s=self.effort.seconds,
                iteration_limit=self.effort.iterations,
                stopped_by="time_limit" if self.effort.iterations is None else "iteration_limit",
                cost=verdict.total,
                spent=verdict.total - verdict.costs.uncollected,
                cost_unit=old.solved.cost_unit,
            ),
        )

    def _routes(self) -> tuple[Route, ...]:
        restated, plan = self.restated, self.restated.plan
        visits = {
            **restated.compiled.visits,
            **{name: restated.compiled.visits[case] for name, case in restated.meeting.items()},
        }
        compiled = replace(restated.compiled, visits=visits)
        lifted = lift_routes(compiled, self.found.evaluation, plan.day, ZoneInfo(plan.zone))
        return tuple(
            replace(route, stops=tuple(self._stop(route.vehicle, stop) for stop in route.stops))
            for route in lifted
        )

    def _stop(self, vehicle: str, stop: Stop) -> Stop:
        case = self.restated.meeting.get(stop.case, stop.case)
        old = self.old.get((vehicle, case))
        if old is not None and case in self.found.frozen:
            return old
        if old is not None:
            stop = replace(stop, people=old.people, meets=old.meets, pinned=old.pinned)
        else:
            stop = replace(stop, people=self.restated.compiled.visits[case].case.people)
        return replace(stop, case=case, pinned=stop.pinned or case in self.changes.pin)

    def _unassigned(self) -> tuple[Unassigned, ...]:
        restated, found = self.restated, self.found
        plan, visits = restated.plan, restated.compiled.visits
        served = {restated.meeting.get(task, task) for task in found.solution.served()}
        told = reasons_of(found.rest, found.left, plan.currency)
        kept = [entry for entry in plan.unassigned if entry.case not in served and entry.case not in visits]
        for case, visit in visits.items():
            if case in served:
                continue
            if case in self.changes.cancel:
                reasons: tuple[Reason, ...] = (Reason(code=ReasonCode.CANCELLED, proven=True),)
            else:
                reasons = told.get(case) or (Reason(code=ReasonCode.NO_TIME_LEFT, proven=False),)
            kept.append(left_out(visit, *reasons))
        return tuple(sorted(kept, key=lambda entry: (-entry.worth.minor, entry.case)))
