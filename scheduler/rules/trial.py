"""Rules tried out: on one visit that somebody thinks of, and on every case of a day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from scheduler.model.findings import DoorstepError
from scheduler.model.people import Case, TravelMode
from scheduler.model.plan import Plan, Route, SolveFacts, Stop
from scheduler.model.values import Money
from scheduler.rules.base import RuleContext, Source
from scheduler.rules.checker import combined_effects

_NEVER_SOLVED = SolveFacts(
    engine="none",
    seed=0,
    time_limit_s=0,
    iteration_limit=None,
    stopped_by="none",
    cost=0,
    spent=0,
    cost_unit="",
)


def visit_plan(case: Case, start: datetime, members: tuple[str, ...], context: RuleContext) -> Plan:
    """A plan of this one visit, for `certify`. Raises DoorstepError where nobody knows the place."""
    if case.place.location is None:
        raise DoorstepError(f"Case {case.id} is not on the map", mend="Find its address: doorstep geocode")
    finish = (start.astimezone(UTC) + case.service).astimezone(context.zone)
    stop = Stop(
        case=case.id,
        location=case.place.location,
        arrive=start,
        start=start,
        finish=finish,
        windows=(),
        worth=Money(0, case.overdue.currency),
        travel=finish - finish,
        distance_m=0,
    )
    route = Route(
        vehicle="-",
        members=members,
        mode=TravelMode.FOOT,
        start=case.place.location,
        end=None,
        depart=start,
        finish=finish,
        stops=(stop,),
    )
    return Plan(
        id="trial",
        day=start.astimezone(context.zone).date(),
        zone=context.zone.key,
        currency=case.overdue.currency,
        created=datetime.now(UTC),
        routes=(route,),
        unassigned=(),
        extract="",
        packs=tuple(pack.label for pack in context.packs),
        solved=_NEVER_SOLVED,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """What the rules leave of a day: `barred` counts cases by the rule that forbids them, with its source.

    A case that several rules forbid counts for each. `no_hours` are cases whose rules leave no common hour.
    """

    cases: int
    permitted: int
    no_hours: int
    barred: tuple[tuple[str, Source, int], ...]
    in_twos: int


def try_day(cases: Iterable[Case], day: date, context: RuleContext) -> Tried:
    """What every rule in force does to the open cases on `day`."""
    effects = combined_effects(cases, day, context)
    barred: Counter[tuple[str, Source]] = Counter()
    for effect in effects.values():
        barred.update({(why.rule, why.source) for why in effect.forbidden})
    permitted = [effect for effect in effects.values() if effect.permitted]
    return Tried(
        cases=len(effects),
        permitted=len(permitted),
        no_hours=sum(not effect.windows and not effect.forbidden for effect in effects.values()),
        barred=tuple((rule, source, count) for (rule, source), count in barred.most_common()),
        in_twos=sum(effect.people >= 2 for effect in permitted),
    )
