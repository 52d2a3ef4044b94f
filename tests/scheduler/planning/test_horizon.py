"""Several days planned as one: nobody twice, each day within its own rules, work shared out as asked."""

from __future__ import annotations

from collections import Counter
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import Customer, Place
from scheduler.model.plan import ReasonCode
from scheduler.model.values import DailyHours, Money
from scheduler.planning.day import DayInputs, Search, rule_context
from scheduler.planning.horizon import _as_made, plan_days
from scheduler.planning.planfile import digest, plan_bytes
from scheduler.rules.checker import certify
from scheduler.settings import Settings, Workspace
from tests.scheduler.conftest import make_agent, make_case
from tests.scheduler.planning.flat_roads import FlatRoads

MONDAY = date(2026, 11, 23)
SEARCH = Search(time_limit_s=20, seed=1, iteration_limit=25)


def workspace(tmp_path, **plan) -> Workspace:
    table = {"workspace": {"zone": "Europe/Helsinki", "currency": "EUR", "language": "en"}, "plan": plan}
    return Workspace(folder=tmp_path, settings=Settings.from_mapping(table))


def cases(count: int, **changes):
    return tuple(
        make_case(
            f"C{number}",
            place=Place(
                address="x",
                location=LatLon(60.17 + number / 400, 24.94 + number % 3 / 300),
                precision="address",
            ),
            **{"overdue": Money(4_000_000, "EUR"), "balance": Money(9_000_000, "EUR"), **changes},
        )
        for number in range(count)
    )


def planned(place: Workspace, inputs: DayInputs, days: int = 3, **more):
    return plan_days(place, inputs, MONDAY, days, SEARCH, roads=FlatRoads(), in_process=True, **more)


def inputs_of(cases, agents) -> DayInputs:
    return DayInputs(cases=tuple(cases), agents=tuple(agents), crews=(), contacts=())


def short_day(ident: str, **changes):
    """An agent with an hour and a half a day: three or four visits."""
    return make_agent(ident, shift=DailyHours(time(10), time(11, 30)), **changes)


def test_each_case_is_visited_once_and_the_other_days_say_when(tmp_path) -> None:
    place = workspace(tmp_path)
    inputs = inputs_of(cases(8), [short_day("A1")])
    horizon = planned(place, inputs)
    assert [day.plan.day for day in horizon.days] == [MONDAY + timedelta(days=n) for n in range(3)]
    served = {stop.case: day.plan.day for day in horizon.days for stop in day.plan.visits}
    counts = Counter(stop.case for day in horizon.days for stop in day.plan.visits)
    assert set(counts.values()) == {1}
    assert len({*served.values()}) > 1
    for day in horizon.days:
        for route in day.plan.routes:
            assert route.depart.date() == day.plan.day
            assert route.shift is not None
            assert route.shift.start.date() == day.plan.day
        others = {
            e.case: e.reasons[0] for e in day.plan.unassigned if e.reasons[0].code is ReasonCode.OTHER_DAY
        }
        assert {case: reason.day for case, reason in others.items()} == {
            case: on for case, on in served.items() if on != day.plan.day
        }


def test_every_day_is_clean_even_with_the_days_before_it_made(tmp_path) -> None:
    place = workspace(tmp_path)
    inputs = inputs_of(cases(8), [short_day("A1"), short_day("A2")])
    horizon = planned(place, inputs)
    context = rule_context(place, inputs)
    seen = ()
    for day in horizon.days:
        made = type(context)(**{**_fields(context), "contacts": seen})
        assert certify(day.plan, digest(plan_bytes(day.plan)), made).clean
        seen += tuple(_as_made(day.plan, day))


def _fields(context) -> dict:
    names = ("cases", "zone", "packs", "contacts", "marks", "agents", "holidays", "now")
    return {name: getattr(context, name) for name in names}


def test_a_customer_of_two_cases_is_visited_for_one(tmp_path) -> None:
    one, two = cases(2)
    same = Customer(id="K", name="x")
    inputs = inputs_of(
        [type(one)(**_of(one, customer=same)), type(two)(**_of(two, customer=same))], [short_day("A1")]
    )
    horizon = planned(workspace(tmp_path), inputs)
    assert sum(len(day.plan.visits) for day in horizon.days) == 1


def _of(case, **changes) -> dict:
    from dataclasses import fields

    return {**{field.name: getattr(case, field.name) for field in fields(case)}, **changes}


def test_days_off_are_left_out_and_told(tmp_path) -> None:
    away = frozenset({MONDAY + timedelta(days=1)})
    horizon = planned(workspace(tmp_path), inputs_of(cases(4), [short_day("A1", days_off=away)]))
    assert [day.plan.day for day in horizon.days] == [MONDAY, MONDAY + timedelta(days=2)]
    assert [finding.subject for finding in horizon.findings] == ["2026-11-24"]


def test_whoever_came_last_comes_again_where_that_is_worth_it(tmp_path) -> None:
    inputs = inputs_of(cases(6), [make_agent("A1"), make_agent("A2")])
    last = {case.id: "A2" for case in inputs.cases}
    horizon = planned(workspace(tmp_path, same_agent=50.0), inputs, days=2, last_agents=last)
    agents = {route.vehicle for day in horizon.days for route in day.plan.routes}
    assert agents == {"A2"}


@pytest.mark.parametrize("price", [0.0, 500.0])
def test_work_is_shared_out_where_that_has_a_price(tmp_path, price) -> None:
    near = make_agent("A1")
    far = make_agent(
        "A2", start=Place(address="y", location=LatLon(60.2, 25.0), precision="address"), end=None
    )
    horizon = planned(workspace(tmp_path, balance_hour=price), inputs_of(cases(10), [near, far]), days=2)
    work = Counter({"A1": 0.0, "A2": 0.0})
    for day in horizon.days:
        for route in day.plan.routes:
            work[route.vehicle] += (route.travel + route.service).total_seconds()
    if price:
        assert min(work.values()) > 0.5 * max(work.values())


def test_zone_is_the_workspaces(tmp_path) -> None:
    horizon = planned(workspace(tmp_path), inputs_of(cases(2), [short_day("A1")]), days=2)
    assert all(day.plan.zone == ZoneInfo("Europe/Helsinki").key for day in horizon.days)
