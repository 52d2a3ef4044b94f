"""Several days planned as one: nobody twice, each day within its own rules, work shared out as asked."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import Customer, Place
from scheduler.model.plan import ReasonCode
from scheduler.model.values import DailyHours, Money
from scheduler.planning import certified
from scheduler.planning.certified import check_days, check_file, record
from scheduler.planning.changed import current_plan
from scheduler.planning.day import DayInputs, Search, rule_context
from scheduler.planning.horizon import plan_days
from scheduler.planning.planfile import digest, plan_bytes, write_plan
from scheduler.rules.horizon import certify_after, made_visit
from scheduler.settings import Settings, Workspace
from scheduler.store.repository import Store
from solvers.solve import solve
from tests.scheduler.conftest import make_agent, make_case
from tests.scheduler.planning.flat_roads import FlatRoads

MONDAY = date(2026, 11, 23)
SEARCH = Search(time_limit_s=20, seed=1, iteration_limit=25)


def workspace(tmp_path, selection=None, **plan) -> Workspace:
    place = {"zone": "Europe/Helsinki", "currency": "EUR", "language": "en"}
    table = {"workspace": place, "plan": plan, "selection": selection or {}}
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


def certificates(place, inputs, horizon) -> list:
    context, earlier, made = rule_context(place, inputs), [], []
    for day in horizon.days:
        made.append(certify_after(day.plan, digest(plan_bytes(day.plan)), context, earlier))
        earlier.append(day.plan)
    return made


def test_every_day_is_clean_even_with_the_days_before_it_made(tmp_path) -> None:
    place = workspace(tmp_path)
    inputs = inputs_of(cases(8), [short_day("A1"), short_day("A2")])
    assert all(made.clean for made in certificates(place, inputs, planned(place, inputs)))


def test_a_case_is_visited_again_where_that_is_asked_for_and_permitted(tmp_path) -> None:
    place = workspace(tmp_path, {"cooling_off_days": 3})
    inputs = inputs_of(cases(5), [short_day("A1"), short_day("A2")])
    horizon = planned(place, inputs, days=10, visits_per_case=2, days_between=8)
    days: dict[str, list[date]] = {}
    for day in horizon.days:
        for stop in day.plan.visits:
            days.setdefault(stop.case, []).append(day.plan.day)
    gaps = [(later - first).days for first, later in (seen for seen in days.values() if len(seen) == 2)]
    assert gaps
    assert min(gaps) >= 8
    assert all(len(seen) <= 2 for seen in days.values())
    assert all(made.clean for made in certificates(place, inputs, horizon))
    for day in horizon.days:
        told = {e.case: e.reasons[0] for e in day.plan.unassigned}
        for case, seen in days.items():
            assert day.plan.day in seen or case not in told or told[case].day == seen[0]


def test_more_often_than_the_rules_permit_is_never(tmp_path) -> None:
    place = workspace(tmp_path, {"cooling_off_days": 1})  # its pack permits one visit in seven days
    inputs = inputs_of(cases(4), [short_day("A1")])
    horizon = planned(place, inputs, days=5, visits_per_case=3, days_between=1)
    counts = Counter(stop.case for day in horizon.days for stop in day.plan.visits)
    assert set(counts.values()) == {1}
    assert [finding.code for finding in horizon.findings] == ["no_second_visit"]


def test_the_certificate_of_a_later_day_holds_the_days_to_what_was_asked_for(tmp_path) -> None:
    place = workspace(tmp_path)
    inputs = inputs_of(cases(5), [short_day("A1")])
    one, *_ = planned(place, inputs, days=10).days
    case = one.plan.visits[0].case
    context = rule_context(place, inputs)

    def codes(days: int, **asked: int) -> set[str]:
        """Of the first day's plan made a second time so many days later."""
        horizon = replace(one.plan.horizon, **asked)
        first = replace(one.plan, horizon=horizon)
        later = replace(first, day=first.day + timedelta(days=days))
        made = certify_after(later, "0" * 64, context, [first])
        return {f.code for f in made.findings if f.case == case and f.rule in ("horizon", "visit_cap")}

    assert codes(8) == {"visited_too_often"}
    assert codes(8, visits_per_case=2) == set()
    assert codes(8, visits_per_case=2, days_between=9) == {"visited_too_soon"}
    assert codes(3, visits_per_case=2, days_between=1) == {"over_cap"}


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


def test_days_are_written_and_checked_together(tmp_path, monkeypatch) -> None:
    place = workspace(tmp_path, {"cooling_off_days": 1})
    inputs = inputs_of(cases(4), [short_day("A1")])
    monkeypatch.setattr(certified, "load_inputs", lambda _place: inputs)
    horizon = planned(place, inputs, days=3)
    week = tmp_path / "week"
    for day in horizon.days:
        write_plan(day.plan, week / day.plan.day.isoformat() / "plan.json")
    write_plan(
        horizon.days[0].plan, week / "2026-11-23-1105" / "plan.json"
    )  # no day of the week, but a replan
    checked = check_days(place, week)
    assert [one.plan.day for one in checked] == [day.plan.day for day in horizon.days]
    assert all(one.certificate.clean for one in checked)

    first = horizon.days[0].plan
    later = first.day + timedelta(days=2)
    write_plan(replace(first, day=later), week / later.isoformat() / "plan.json")
    codes = {f.code for one in check_days(place, week) for f in one.certificate.findings}
    assert {"visited_too_often", "over_cap"} <= codes
    assert check_days(place, week / first.day.isoformat()) == ()

    def alone(path) -> set[str]:
        return {f.code for f in check_file(place, path)[1].findings}

    assert {"visited_too_often", "over_cap"} <= alone(week / later.isoformat())
    assert alone(week / first.day.isoformat() / "plan.json") == set()
    # Another folder's days, or days planned otherwise, were not made as one with it.
    write_plan(replace(first, day=later), tmp_path / "else" / later.isoformat() / "plan.json")
    beside = {"visited_too_often", "over_cap"}
    assert beside.isdisjoint(alone(tmp_path / "else" / later.isoformat()))
    other = replace(first.horizon, days_between=2)
    write_plan(replace(first, day=later, horizon=other), week / later.isoformat() / "plan.json")
    assert beside.isdisjoint(alone(week / later.isoformat()))


def test_whoever_is_planned_for_an_earlier_day_meanwhile_is_withdrawn(tmp_path) -> None:
    place = workspace(tmp_path, {"cooling_off_days": 1})
    inputs = inputs_of(cases(8), [short_day("A1")])
    monday, tuesday, *_ = (day.plan for day in planned(place, inputs).days)
    at = tmp_path / "week" / tuesday.day.isoformat()
    context = rule_context(place, inputs)
    certificate = certify_after(tuesday, write_plan(tuesday, at / "plan.json"), context, [monday])
    with Store.open(place.store_url):
        record(place, tuesday, at / "plan.json", certificate)
    write_plan(monday, tmp_path / "week" / monday.day.isoformat() / "plan.json")
    matrices = FlatRoads().matrices
    assert current_plan(place, at, inputs, matrices).withdrawn == ()

    stop, back = tuesday.visits[0], timedelta(days=1)
    moved = replace(stop, arrive=stop.arrive - back, start=stop.start - back, finish=stop.finish - back)
    (first, *others) = monday.routes
    early = replace(monday, routes=(replace(first, stops=(*first.stops, moved)), *others), unassigned=())
    write_plan(early, tmp_path / "week" / monday.day.isoformat() / "plan.json")
    changed = current_plan(place, at, inputs, matrices)
    assert [gone.case for gone in changed.withdrawn] == [moved.case]
    assert changed.certificate.clean


def test_a_visit_in_the_ledger_is_not_counted_again_as_planned(tmp_path) -> None:
    place = workspace(tmp_path)
    inputs = inputs_of(cases(3), [short_day("A1")])
    first = planned(place, inputs).days[0].plan
    stop = first.visits[0]
    later = replace(first, day=first.day + timedelta(days=2))

    def counted(*contacts) -> str:
        context = rule_context(place, replace(inputs, contacts=contacts))
        found = certify_after(later, "0" * 64, context, [first]).findings
        return next(f.got for f in found if f.case == stop.case and f.code == "over_cap")

    assert counted() == counted(made_visit(stop.case, stop.start + timedelta(minutes=20))) == "2 / 7 d"
    assert counted(made_visit(stop.case, stop.start - timedelta(days=1))) == "3 / 7 d"


def test_what_takes_long_is_told_of(tmp_path, monkeypatch) -> None:
    told: list[str] = []

    def search(problem, **how):
        how["note"]("compiling")
        return solve(problem, **how)

    monkeypatch.setattr("scheduler.planning.horizon_search.solve", search)
    planned(workspace(tmp_path, balance_hour=5.0), inputs_of(cases(3), [short_day("A1")]), note=told.append)
    assert told.count("compiling") == 2
