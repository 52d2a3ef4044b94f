"""A plan cut down to what an audience may see, before anything is joined to it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from geodata.coordinates import LatLon
from scheduler.model.plan import Plan, PlannedBreak, Reason, Route, Stop, Unassigned
from scheduler.model.scenario import Scenario
from scheduler.model.values import Money
from scheduler.publishing.audiences import Field, Scope, Sight
from scheduler.publishing.pseudonyms import Pseudonyms, rounded


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is within an audience's scope, by true ids; None means everything."""

    routes: Collection[str] | None = None
    cases: Collection[str] | None = None


EVERYTHING = Own()
_WHOLE = frozenset({Field.CASE_ID, Field.AGENT_ID, Field.PLACE, Field.HOURS, Field.WORTH, Field.TOTALS})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A plan as an audience may see it. `case_of` leads from the ids shown to the true ones, for the join."""

    sight: Sight
    plan: Plan
    case_of: Mapping[str, str]
    route_of: Mapping[str, str]


def cut_plan(plan: Plan, sight: Sight, pseudonyms: Pseudonyms, own: Own = EVERYTHING) -> Cut:
    """Drop what is not the audience's, and put pseudonyms, rounded places and no worth where it may see no more."""
    if sight.scope is not Scope.EVERYTHING and (own.routes is None or own.cases is None):
        raise ValueError(f"the scope of {sight.audience} is {sight.scope}: say what is its own")
    if sight.scope is Scope.EVERYTHING and sight.fields >= _WHOLE:
        return _uncut(plan, sight)
    knife = _Knife(sight, pseudonyms, own)
    kept = [route for route in plan.routes if own.routes is None or route.vehicle in own.routes]
    routes = [(route.vehicle, knife.route(route)) for route in kept]
    left = [knife.unassigned(entry) for entry in plan.unassigned if knife.owns(entry.case)]
    stops = [stop.case for route in kept for stop in route.stops if knife.owns(stop.case)]
    waiting = [entry.case for entry in plan.unassigned if knife.owns(entry.case)]
    shown = Plan(
        id=plan.id,
        day=plan.day,
        zone=plan.zone,
        currency=plan.currency,
        created=plan.created,
        routes=tuple(sorted((route for _, route in routes), key=lambda route: route.vehicle)),
        unassigned=tuple(sorted(left, key=lambda entry: (-entry.worth.minor, entry.case))),
        extract=plan.extract,
        packs=plan.packs,
        scenario=Scenario(name=plan.scenario.name),
        solved=plan.solved if sight.sees(Field.TOTALS) else replace(plan.solved, cost=0, spent=0, bound=None),
    )
    return Cut(
        sight=sight,
        plan=shown,
        case_of={knife.case(ident): ident for ident in (*stops, *waiting)},
        route_of={route.vehicle: ident for ident, route in routes},
    )


def _uncut(plan: Plan, sight: Sight) -> Cut:
    cases = [stop.case for stop in plan.stops] + [entry.case for entry in plan.unassigned]
    routes = [route.vehicle for route in plan.routes]
    return Cut(
        sight=sight,
        plan=plan,
        case_of=dict(zip(cases, cases, strict=True)),
        route_of=dict(zip(routes, routes, strict=True)),
    )


class _Knife:
    def __init__(self, sight: Sight, pseudonyms: Pseudonyms, own: Own) -> None:
        self._sight, self._pseudonyms, self._own = sight, pseudonyms, own
        self._place: Callable[[LatLon], LatLon] = _as_it_is if sight.sees(Field.PLACE) else rounded

    def owns(self, case: str) -> bool:
        return self._own.cases is None or case in self._own.cases

    def case(self, ident: str) -> str:
        """The id as shown; a pseudonym for a case that is another's."""
        if not ident or (self._sight.sees(Field.CASE_ID) and self.owns(ident)):
            return ident
        return self._pseudonyms.case(ident)

    def agent(self, ident: str) -> str:
        """The id as shown. Members of an own route come by their route."""
        mine = self._own.routes is None or ident in self._own.routes
        if not ident or (self._sight.sees(Field.AGENT_ID) and mine):
            return ident
        return self._pseudonyms.agent(ident)

    # Every field is named: one that the model gains stays out of what is handed out until it is named here.

    def route(self, route: Route) -> Route:
        coarse = not self._sight.sees(Field.PLACE)
        breaks = [(rest.start, rest.finish) for rest in route.breaks]
        return Route(
            vehicle=self.agent(route.vehicle),
            members=tuple(self._companion(member) for member in route.members),
            mode=route.mode,
            start=self._place(route.start),
            end=self._place(route.end) if route.end else None,
            depart=_moment(route.depart, coarse),
            finish=_moment(route.finish, coarse),
            stops=tuple(self._stop(stop) for stop in route.stops if self.owns(stop.case)),
            breaks=tuple(
                PlannedBreak(start=_moment(a, coarse), finish=_moment(b, coarse)) for a, b in breaks
            ),
            back_travel=_span(route.back_travel, coarse),
            back_distance_m=_metres(route.back_distance_m, coarse),
            overtime=_span(route.overtime, coarse),
            shift=route.shift,
        )

    def _companion(self, ident: str) -> str:
        """Whoever goes along on an own route, or is met on it, is known to its people."""
        return ident if not ident or self._sight.sees(Field.AGENT_ID) else self._pseudonyms.agent(ident)

    def _stop(self, stop: Stop) -> Stop:
        coarse = not self._sight.sees(Field.PLACE)
        return Stop(
            case=self.case(stop.case),
            location=self._place(stop.location),
            arrive=_moment(stop.arrive, coarse),
            start=_moment(stop.start, coarse),
            finish=_moment(stop.finish, coarse),
            windows=stop.windows if self._sight.sees(Field.HOURS) else (),
            worth=self._worth(stop.worth),
            travel=_span(stop.travel, coarse),
            distance_m=_metres(stop.distance_m, coarse),
            pinned=stop.pinned,
            people=stop.people,
            meets=self._companion(stop.meets),
        )

    def unassigned(self, entry: Unassigned) -> Unassigned:
        return Unassigned(
            case=self.case(entry.case),
            reasons=tuple(self._reason(reason) for reason in entry.reasons),
            worth=self._worth(entry.worth),
            location=self._place(entry.location) if entry.location else None,
        )

    def _reason(self, reason: Reason) -> Reason:
        return Reason(
            code=reason.code,
            proven=reason.proven,
            agent=self.agent(reason.agent),
            other_case=self.case(reason.other_case),
            minutes=reason.minutes,
            money=reason.money if self._sight.sees(Field.WORTH) else None,
            skills=reason.skills,
            rule=reason.rule,
        )

    def _worth(self, worth: Money) -> Money:
        return worth if self._sight.sees(Field.WORTH) else Money(0, worth.currency)


# Where places are rounded, times are to the minute and ways to 100 m: seconds and metres from a known start
# would give the door away again.


def _moment(moment: datetime, coarse: bool) -> datetime:
    return moment.replace(second=0, microsecond=0) if coarse else moment


def _span(span: timedelta, coarse: bool) -> timedelta:
    return timedelta(minutes=round(span.total_seconds() / 60)) if coarse else span


def _metres(metres: int, coarse: bool) -> int:
    return round(metres, -2) if coarse else metres


def _as_it_is(place: LatLon) -> LatLon:
    return place
