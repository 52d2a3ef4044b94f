"""Random plans under every audience: what is cut away cannot be read out of what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.people import TravelMode
from scheduler.model.plan import Plan, Reason, ReasonCode, Route, SolveFacts, Stop, Unassigned
from scheduler.model.values import Money, TimeWindow
from scheduler.planning.planfile import plan_bytes
from scheduler.publishing.audiences import SIGHTS, Audience, Field, Scope
from scheduler.publishing.cut import Own, cut_plan
from scheduler.publishing.pseudonyms import Pseudonyms, rounded

NINE = datetime(2026, 11, 24, 9, 0, 7, tzinfo=UTC)
PSEUDONYMS = Pseudonyms(b"k" * 32)
EUR = "EUR"


@st.composite
def plans(draw) -> Plan:
    """Up to four routes, visits left out whose reasons name others, ids that are found nowhere else."""

    taken: list[int] = []

    def place() -> LatLon:
        taken.append(len(taken))  # no two are the same
        lat = 50 + 0.0137 * len(taken) + draw(st.floats(0, 0.01))
        return LatLon(lat, draw(st.floats(10, 20)))

    count, routes = 0, []
    for vehicle in range(draw(st.integers(1, 4))):
        stops = []
        for _ in range(draw(st.integers(0, 4))):
            count += 1
            start = NINE + timedelta(seconds=draw(st.integers(0, 30_000)))
            stops.append(
                Stop(
                    case=f"Case~{count}~",
                    location=place(),
                    arrive=start - timedelta(seconds=draw(st.integers(0, 100))),
                    start=start,
                    finish=start + timedelta(seconds=draw(st.integers(60, 4000))),
                    windows=(TimeWindow(NINE, NINE + timedelta(hours=9)),),
                    worth=Money(draw(st.integers(1, 99_999)), EUR),
                    travel=timedelta(seconds=draw(st.integers(0, 3000))),
                    distance_m=draw(st.integers(0, 30_000)),
                )
            )
        routes.append(
            Route(
                vehicle=f"Team~{vehicle}~",
                members=(f"Agent~{vehicle}~", f"Agent~x{vehicle}~"),
                mode=TravelMode.CAR,
                start=place(),
                end=place(),
                depart=NINE,
                finish=NINE + timedelta(hours=10),
                stops=tuple(stops),
            )
        )
    left = tuple(
        Unassigned(
            case=f"Case~left{k}~",
            reasons=(
                Reason(
                    code=ReasonCode.DISPLACED_BY,
                    proven=False,
                    agent=f"Agent~{k % 2}~",
                    other_case=f"Case~{1 + k}~",
                    money=Money(77_123, EUR),
                ),
            ),
            worth=Money(1 + k, EUR),
            location=place(),
        )
        for k in range(draw(st.integers(0, 3)))
    )
    return plan_of(tuple(routes), left)


def route(vehicle: str, meets: str = "") -> Route:
    """A route with one stop, of the same case for all."""
    stop = Stop(
        case="Case~1~",
        location=LatLon(50, 10),
        arrive=NINE,
        start=NINE,
        finish=NINE + timedelta(hours=1),
        windows=(),
        worth=Money(1, EUR),
        travel=timedelta(),
        distance_m=0,
        people=2,
        meets=meets,
    )
    return Route(
        vehicle=vehicle,
        members=(vehicle,),
        mode=TravelMode.FOOT,
        start=LatLon(50, 10),
        end=None,
        depart=NINE,
        finish=NINE + timedelta(hours=1),
        stops=(stop,),
    )


def plan_of(routes: tuple[Route, ...], left: tuple[Unassigned, ...] = ()) -> Plan:
    """A plan of these routes."""
    solved = SolveFacts(
        engine="x",
        seed=1,
        time_limit_s=1,
        iteration_limit=None,
        stopped_by="x",
        cost=9,
        spent=8,
        cost_unit="x",
    )
    return Plan(
        id="P",
        day=date(2026, 11, 24),
        zone="UTC",
        currency=EUR,
        created=NINE,
        routes=routes,
        unassigned=left,
        extract="",
        packs=(),
        solved=solved,
    )


def own_of(plan: Plan, audience: Audience) -> Own:
    """The first team's, where an audience has a scope."""
    if SIGHTS[audience].scope is Scope.EVERYTHING:
        return Own()
    first = plan.routes[0]
    return Own(routes={first.vehicle}, cases={stop.case for stop in first.stops} | {"Case~left0~"})


@given(plan=plans(), audience=st.sampled_from(list(Audience)))
def test_what_is_cut_away_cannot_be_read(plan, audience) -> None:
    sight, own = SIGHTS[audience], own_of(plan, audience)
    cut = cut_plan(plan, sight, PSEUDONYMS, own)
    text = plan_bytes(cut.plan).decode()
    places = {stop.location for stop in cut.plan.stops} | {e.location for e in cut.plan.unassigned}
    places |= {end for route in cut.plan.routes for end in (route.start, route.end)}
    for entry in (*plan.stops, *plan.unassigned):
        mine = own.cases is None or entry.case in own.cases
        shown = entry.case in text
        assert not shown or (mine and sight.sees(Field.CASE_ID))
        if not mine:
            assert PSEUDONYMS.case(entry.case) not in {stop.case for stop in cut.plan.stops}
        if entry.location and not (mine and sight.sees(Field.PLACE)):
            assert entry.location not in places
    for route in plan.routes:
        if own.routes is not None and route.vehicle not in own.routes:
            assert route.vehicle not in text
            assert not [member for member in route.members if member in text]
    if not sight.sees(Field.WORTH):
        assert {stop.worth.minor for stop in cut.plan.stops} <= {0}
        assert "77123" not in text
    if not sight.sees(Field.HOURS):
        assert not [stop for stop in cut.plan.stops if stop.windows]


@given(plan=plans())
def test_pseudonyms_lead_to_the_cases_they_stand_for(plan) -> None:
    cut = cut_plan(plan, SIGHTS[Audience.PLANNER], PSEUDONYMS)
    true = {stop.case: stop for stop in plan.stops}
    for stop in cut.plan.stops:
        whole = true[cut.case_of[stop.case]]
        assert stop.location == rounded(whole.location)
        assert abs(stop.start - whole.start) < timedelta(minutes=1)
        assert (stop.start.second, stop.distance_m % 100) == (0, 0)
    assert len(cut.plan.stops) == len(true)


@given(plan=plans())
def test_order_tells_nothing_of_whom_pseudonyms_stand_for(plan) -> None:
    turned = replace(plan, routes=plan.routes[::-1], unassigned=plan.unassigned[::-1])
    sight = SIGHTS[Audience.PLANNER]
    assert cut_plan(plan, sight, PSEUDONYMS).plan == cut_plan(turned, sight, PSEUDONYMS).plan


@given(plan=plans())
def test_the_dispatcher_has_the_plan_byte_for_byte(plan) -> None:
    assert cut_plan(plan, SIGHTS[Audience.DISPATCHER], PSEUDONYMS).plan == plan


def test_who_is_met_is_known_on_the_own_route_alone() -> None:
    """Two agents of different agencies cannot meet; two teams of one can."""
    first, second = (route(f"Team~{k}~", meets=f"Team~{1 - k}~") for k in (0, 1))
    plan = plan_of((first, second))
    own = Own(routes={"Team~0~"}, cases={"Case~1~"})
    (stop,) = cut_plan(plan, SIGHTS[Audience.AGENT], PSEUDONYMS, own).plan.stops
    assert (stop.case, stop.meets) == ("Case~1~", "Team~1~")
    met = cut_plan(plan, SIGHTS[Audience.PLANNER], PSEUDONYMS).plan
    assert {(stop.case, stop.meets) for stop in met.stops} == {
        (PSEUDONYMS.case("Case~1~"), name) for name in ("Team~0~", "Team~1~")
    }


@given(plan=plans())
def test_a_scope_that_nobody_names_is_refused(plan) -> None:
    with pytest.raises(ValueError, match="own"):
        cut_plan(plan, SIGHTS[Audience.AGENCY], PSEUDONYMS)
