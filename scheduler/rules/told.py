"""What checks read from the ledger and the plan. Effects use nothing of this, checks nothing of theirs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.ledger import Mark, Withdrawal
from scheduler.model.people import Agent, Case
from scheduler.model.plan import Plan, Route, Stop
from scheduler.rules.base import RuleContext

_LOOK = timedelta(seconds=30)


def judged(plan: Plan, context: RuleContext) -> Iterator[tuple[Route, Stop, Case]]:
    """Every stop whose case is known, with its route."""
    for route in plan.routes:
        for stop in route.stops:
            case = context.cases.get(stop.case)
            if case is not None:
                yield route, stop, case


def told[M: Mark](plan: Plan, context: RuleContext, kind: type[M]) -> dict[str, list[M]]:
    """Marks of one kind in force on the plan's day, by case of the plan: withdrawn ones are left out."""
    gone = {
        (mark.of, mark.case or mark.customer)
        for mark in context.marks
        if isinstance(mark, Withdrawal) and mark.since <= plan.day
    }
    about: dict[tuple[bool, str], list[M]] = {}
    for mark in context.marks:
        subject = mark.case or mark.customer
        if not isinstance(mark, kind) or (mark.id, subject) in gone:
            continue
        if plan.day < mark.since or (mark.until is not None and plan.day > mark.until):
            continue
        about.setdefault((bool(mark.case), subject), []).append(mark)
    return {
        case.id: [*about.get((True, case.id), ()), *about.get((False, case.customer.id), ())]
        for _, _, case in judged(plan, context)
    }


At = tuple[str, str]
"""A stop: the vehicle and the case."""


def at_the_door(plan: Plan) -> dict[At, tuple[str, ...]]:
    """Ids of those who attend each stop from its start to its finish.

    They are the route's members, and those of a route that it meets there: both stops name each other, and
    the other's visit lasts as long as this one does.
    """
    stops = {(route.vehicle, stop.case): (route, stop) for route in plan.routes for stop in route.stops}
    door = {}
    for (vehicle, case), (route, stop) in stops.items():
        others: tuple[str, ...] = ()
        met = stops.get((stop.meets, case)) if stop.meets and stop.meets != vehicle else None
        if met is not None and met[1].meets == vehicle and _covers(met[1], stop):
            others = tuple(ident for ident in met[0].members if ident not in route.members)
        door[vehicle, case] = (*dict.fromkeys(route.members), *others)
    return door


def _covers(one: Stop, other: Stop) -> bool:
    """Whether one visit lasts from the other's start to its finish."""
    return (
        one.start.timestamp() <= other.start.timestamp()
        and other.finish.timestamp() <= one.finish.timestamp()
    )


def known(members: Iterable[str], context: RuleContext) -> list[Agent]:
    """Those of the members whom the context knows."""
    return [context.agents[ident] for ident in members if ident in context.agents]


def looks(stop: Stop, zone: ZoneInfo) -> Iterator[datetime]:
    """The wall clock at the start of a visit, every half minute, and at its end."""
    moment, end = stop.start.astimezone(UTC), stop.finish.astimezone(UTC)
    while moment < end:
        yield moment.astimezone(zone)
        moment += _LOOK
    yield end.astimezone(zone)


def clock(stop: Stop, zone: ZoneInfo) -> str:
    """When the visit is, for a finding."""
    start, finish = stop.start.astimezone(zone), stop.finish.astimezone(zone)
    return f"{start:%Y-%m-%d %H:%M}-{finish:%H:%M}"


def is_holiday(day: date, context: RuleContext) -> bool:
    """Whether a public holiday falls on `day`."""
    return day in context.calendar(day.year).holidays
