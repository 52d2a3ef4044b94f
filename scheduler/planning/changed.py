"""What changed since a plan was made: stops that must not be made any more, and the plan without them.

A plan that the store knows, clean when it was made, breaks a rule only because the facts are other now: somebody
paid, told us to stop, was visited by another agency. Its stops are withdrawn and the rest stands. A plan that
the store does not know (edited by hand, another workspace's) has no such excuse: nothing is withdrawn from it.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

from geodata.coordinates import LatLon
from geodata.travel import UNREACHABLE, TravelMatrix
from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.people import TravelMode
from scheduler.model.plan import Plan, Reason, ReasonCode, Route, Stop, Unassigned
from scheduler.planning.certified import days_before
from scheduler.planning.day import DayInputs, choose, rule_context
from scheduler.planning.planfile import digest as sha256
from scheduler.planning.planfile import plan_bytes, read_plan
from scheduler.rules.checker import Certificate
from scheduler.rules.horizon import certify_after
from scheduler.selection.select import Selection
from scheduler.settings import Workspace
from scheduler.store.repository import PlanRecord

Matrices = Callable[[Iterable[TravelMode], tuple[LatLon, ...]], Mapping[TravelMode, TravelMatrix]]
# Left out of a selection made today for reasons that harm nobody: the visit stays as planned.
_HARMLESS = frozenset(
    {"same_customer", "not_worth", "too_early", "too_late", "amount_small", "other_currency"}
)
# Kinds of reason, without the day of a promise or an amount: what is told here is printed and logged.
_WORDS = {
    "gone": ("The case is not in the store any more.", "案件已不在库中。"),
    "settled": ("The case is settled.", "案件已结清。"),
    "nothing_overdue": ("Nothing is overdue any more.", "已无逾期金额。"),
    "promise_pending": ("A promise to pay is pending.", "还款承诺尚未到期。"),
    "promise_kept_lately": ("A promise was kept lately.", "客户近期已履约。"),
    "cooling_off": ("The customer was visited lately.", "近期已上门。"),
    "flagged": ("The customer is flagged against visits.", "客户被标记为不上门。"),
}
_OTHER = ("A rule or the ledger bars the visit.", "规则或台账禁止此次上门。")


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """A stop that must not be made any more. `code` is a rule's or a reason's; `words` hold nothing personal."""

    case: str
    vehicle: str
    code: str
    words: str
    source: str = ""

    def finding(self) -> Finding:
        """What the dispatcher is told."""
        cited = f" ({self.source})" if self.source else ""
        return Finding(
            code="stop_withdrawn",
            severity=Severity.WARNING,
            cause=f"Withdrawn from {self.vehicle}: {self.words}{cited}",
            mend=f"Tell {self.vehicle} now if the old pages are out; plan again to fill the time.",
            subject=self.case,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """A plan as it may still be carried out, its certificate, and what was withdrawn from it.

    `known` is False where the store never made this plan, or it was not clean: then nothing is withdrawn.
    `made_here` is False where the store has no record of a plan of these very bytes: nobody may publish it.
    """

    plan: Plan
    certificate: Certificate
    withdrawn: tuple[Withdrawal, ...] = ()
    known: bool = True
    made_here: bool = True


def current_plan(workspace: Workspace, path: Path, inputs: DayInputs, matrices: Matrices) -> Changed:
    """The plan at `path` as it may be carried out today. Raises DoorstepError for what is not a plan."""
    from scheduler.store.opening import open_store

    plan, digest = read_plan(path)
    earlier, context = days_before(plan, path), rule_context(workspace, inputs)
    certificate = certify_after(plan, digest, context, earlier)
    with open_store(workspace) as store:
        records = store.plans(plan.day)
        made = {outcome.case for outcome in store.outcomes() if outcome.plan == plan.id}
    if not known_clean(digest, records):
        made_here = any(record.sha256 == digest for record in records)
        return Changed(plan=plan, certificate=certificate, known=False, made_here=made_here)
    gone = withdrawals(
        workspace, plan, inputs, choose(workspace, inputs, plan.day, plan.scenario), certificate, made
    )
    if not gone:
        return Changed(plan=plan, certificate=certificate)
    left = without(plan, gone, matrices, known=frozenset(case.id for case in inputs.cases))
    again = certify_after(left, sha256(plan_bytes(left)), context, earlier)
    return Changed(plan=left, certificate=again, withdrawn=gone)


def known_clean(digest: str, records: Iterable[PlanRecord]) -> bool:
    """Whether the store recorded a plan of these very bytes, and it was clean."""
    return any(record.sha256 == digest and record.clean for record in records)


def withdrawals(
    workspace: Workspace,
    plan: Plan,
    inputs: DayInputs,
    selection: Selection,
    certificate: Certificate,
    made: Collection[str] = frozenset(),
) -> tuple[Withdrawal, ...]:
    """Stops that the facts of today bar, in the plan's order. `made` are cases whose stop was made already.

    `selection` chooses the visits of the plan's day anew.
    """
    language = workspace.settings.workspace.language
    spoken = 1 if language.startswith("zh") else 0
    broken = {finding.case: finding for finding in reversed(certificate.findings)}
    left = {entry.case: entry for entry in selection.left_out if entry.code not in _HARMLESS}
    there = {case.id for case in inputs.cases}
    found = []
    for route in plan.routes:
        for stop in route.stops:
            if stop.case in made:
                continue
            code, words, source = "", "", ""
            if stop.case not in there:
                code = "gone"
            elif stop.case in broken:
                finding = broken[stop.case]
                code, words, source = finding.rule, finding.words(language), finding.source.cited
            elif stop.case in left:
                code = left[stop.case].code
            if code:
                words = words or _WORDS.get(code, _OTHER)[spoken]
                found.append(
                    Withdrawal(case=stop.case, vehicle=route.vehicle, code=code, words=words, source=source)
                )
    return tuple(found)


def without(
    plan: Plan, gone: Iterable[Withdrawal], matrices: Matrices, known: Collection[str] = frozenset()
) -> Plan:
    """The plan without these stops: the others keep their hours, and roads between new neighbours are measured.

    Those whose case is in `known` join the visits that are not in the plan.
    """
    dropped = {entry.case: entry for entry in gone}
    routes = [
        made for route in plan.routes if (made := _route_without(route, dropped.keys(), matrices)).stops
    ]
    unassigned = [
        Unassigned(
            case=stop.case,
            reasons=(Reason(code=ReasonCode.RULE_FORBIDS, proven=True, rule=dropped[stop.case].code),),
            worth=stop.worth,
            location=stop.location,
        )
        for stop in plan.visits
        if stop.case in dropped and stop.case in known
    ]
    return replace(plan, routes=tuple(routes), unassigned=(*plan.unassigned, *unassigned))


def _route_without(route: Route, dropped: Collection[str], matrices: Matrices) -> Route:
    kept = [stop for stop in route.stops if stop.case not in dropped]
    if len(kept) == len(route.stops) or not kept:
        return replace(route, stops=tuple(kept))
    before = {stop.case: left for left, stop in zip((None, *route.stops), route.stops, strict=False)}
    stops: list[Stop] = []
    for stop in kept:
        last = stops[-1] if stops else None
        was = before[stop.case]
        if (was.case if was else None) == (last.case if last else None):
            stops.append(stop)
            continue
        travel, metres = _leg(route.mode, last.location if last else route.start, stop.location, matrices)
        stops.append(replace(stop, travel=travel, distance_m=metres))
    return _ends(route, tuple(stops), matrices)


def _ends(route: Route, stops: tuple[Stop, ...], matrices: Matrices) -> Route:
    """The route with these stops, leaving as late as the first allows and home as early as the last."""
    first, last = stops[0], stops[-1]
    breaks = route.breaks
    depart = route.depart
    if first.case != route.stops[0].case:
        depart = max(depart, first.arrive - first.travel)
        breaks = tuple(rest for rest in breaks if rest.start >= depart)
    back, metres, finish = route.back_travel, route.back_distance_m, route.finish
    if last.case != route.stops[-1].case:
        back, metres = timedelta(), 0
        if route.end is not None:
            back, metres = _leg(route.mode, last.location, route.end, matrices)
        finish = last.finish + back
        breaks = tuple(rest for rest in breaks if rest.finish <= last.finish)
    over = max(timedelta(), finish - route.shift.end) if route.shift else route.overtime
    return replace(
        route,
        stops=stops,
        depart=depart,
        finish=finish,
        breaks=breaks,
        back_travel=back,
        back_distance_m=metres,
        overtime=min(over, route.overtime),
    )


def _leg(mode: TravelMode, start: LatLon, end: LatLon, matrices: Matrices) -> tuple[timedelta, int]:
    matrix = matrices((mode,), (start, end))[mode]
    seconds, metres = int(matrix.duration_s[0, 1]), int(matrix.distance_m[0, 1])
    if seconds == UNREACHABLE:
        raise DoorstepError("A stop that stays cannot be reached any more", mend="Plan the day again.")
    return timedelta(seconds=seconds), metres
