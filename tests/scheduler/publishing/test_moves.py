from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import TravelMode
from scheduler.model.plan import Plan, PlannedBreak, Reason, ReasonCode, Route, SolveFacts, Stop, Unassigned
from scheduler.model.scenario import Scenario
from scheduler.model.values import DailyHours, Money
from scheduler.planning.scenarios import ScenarioResult
from scheduler.publishing.compare import changes
from scheduler.publishing.kpis import figures
from scheduler.publishing.moves import moves

ZONE = ZoneInfo("Europe/Helsinki")
HERE = LatLon(60.17, 24.94)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=ZONE)


def stop(case: str, start: datetime, *, worth: int = 1000, travel: int = 10, wait: int = 0) -> Stop:
    return Stop(
        case=case,
        location=HERE,
        arrive=start - timedelta(minutes=wait),
        start=start,
        finish=start + timedelta(minutes=20),
        windows=(),
        worth=Money(worth, "EUR"),
        travel=timedelta(minutes=travel),
        distance_m=500,
    )


def route(vehicle: str, depart: datetime, *stops: Stop, breaks: tuple[PlannedBreak, ...] = ()) -> Route:
    return Route(
        vehicle=vehicle,
        members=(vehicle,),
        mode=TravelMode.FOOT,
        start=HERE,
        end=None,
        depart=depart,
        finish=stops[-1].finish,
        stops=stops,
        breaks=breaks,
    )


def plan(*routes: Route, left: tuple[str, ...] = ()) -> Plan:
    reason = Reason(code=ReasonCode.NOT_WORTH_ITS_TRAVEL, proven=True, money=Money(150, "EUR"))
    return Plan(
        id="p",
        day=date(2026, 11, 24),
        zone="Europe/Helsinki",
        currency="EUR",
        created=at(8),
        routes=routes,
        unassigned=tuple(Unassigned(case=case, reasons=(reason,), worth=Money(5, "EUR")) for case in left),
        extract="abc",
        packs=("house 1",),
        solved=SolveFacts(
            engine="ortools",
            seed=1,
            time_limit_s=5,
            iteration_limit=None,
            stopped_by="time",
            cost=1,
            spent=1,
            cost_unit="1/1000 cent",
        ),
    )


def told(base: Plan, other: Plan, **changes) -> dict[str, tuple[str, str]]:
    results = (
        ScenarioResult(scenario=Scenario(name="base"), plan=base),
        ScenarioResult(scenario=Scenario(name="other", **changes), plan=other),
    )
    return {move.case_id: (move.kind, move.why) for move in moves(results, "en")}


def test_what_stays_is_not_told() -> None:
    base = plan(route("A1", at(9), stop("C1", at(10))))
    assert told(base, base) == {}


def test_what_falls_out_and_what_comes_in_say_why() -> None:
    base = plan(route("A1", at(9), stop("C1", at(10)), stop("C2", at(11))), left=("C3",))
    other = plan(route("A1", at(9), stop("C3", at(10)), stop("C4", at(11))), left=("C1",))
    found = told(base, other)
    assert {case: kind for case, (kind, _) in found.items()} == {
        "C1": "dropped",
        "C2": "dropped",
        "C3": "added",
        "C4": "added",
    }
    assert "1.50" in found["C1"][1]
    assert found["C2"][1] == "The what-if does not ask for it."
    assert found["C3"][1].startswith("Left out before: ")
    assert found["C4"][1] == "The base does not ask for it."


@pytest.mark.parametrize(
    ("moved", "to", "changes", "kind", "words"),
    [
        (stop("C1", at(10)), "A2", {"agents_away": ("A1",)}, "agent", "A1 is away."),
        (
            stop("C1", at(15)),
            "A1",
            {"shift": DailyHours(time(14), time(20))},
            "hour",
            "Nobody works at 10:00 any more.",
        ),
        (stop("C1", at(10)), "A9", {}, "agent", "A9 is new."),
        (stop("C1", at(17), worth=1250), "A1", {}, "hour", "Worth €2.50 more at this hour."),
        (stop("C1", at(17), worth=9000), "A1", {"worth_factor": 9.0}, "hour", "Makes room for others."),
        (stop("C1", at(11), travel=4), "A2", {}, "agent", "6 min less on the way to it."),
        (stop("C1", at(11), worth=900), "A2", {}, "agent", "Makes room for others."),
    ],
)
def test_why_a_visit_moved(moved: Stop, to: str, changes, kind: str, words: str) -> None:
    base = plan(route("A1", at(9), stop("C1", at(10))), route("A2", at(9), stop("C2", at(9, 30))))
    kept = [one for one in base.routes if one.vehicle not in ("A1", to)]
    if to != "A2":
        kept = [one for one in base.routes if one.vehicle == "A2"]
        routes = [*kept, route(to, at(9), moved)]
    else:
        routes = [route("A2", at(9), stop("C2", at(9, 30)), moved)]
    assert told(base, plan(*routes), **changes)["C1"] == (kind, words)


def test_waiting_is_neither_way_nor_break_wherever_the_break_lies() -> None:
    def day(*breaks: PlannedBreak) -> Plan:
        first = stop("C1", at(9, 10))
        return plan(route("A1", at(9), first, replace(stop("C2", at(11), wait=20)), breaks=breaks))

    rest = timedelta(minutes=45)
    assert figures(day()).waiting == timedelta(minutes=80)
    for begin in (at(9, 30), at(10, 10)):
        assert figures(day(PlannedBreak(start=begin, finish=begin + rest))).waiting == timedelta(minutes=35)
    after = PlannedBreak(start=at(11, 20), finish=at(12, 5))
    assert figures(day(after)).waiting == timedelta(minutes=80)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_change_of_a_scenario_is_a_sentence(language: str) -> None:
    scenario = Scenario(
        name="all",
        agents_away=("A1",),
        copies_of=("A2",),
        shift=DailyHours(time(14), time(20)),
        overtime=timedelta(hours=1),
        worth_factor=2,
        min_days_past_due=30,
        max_days_past_due=90,
        products=("card",),
        speed_factor=0.8,
        attendance="meet",
        pairs="none",
    )
    told = changes(scenario, language)
    assert len(told) == len(fields(Scenario)) - 2, "a field of a scenario that the comparison is silent about"
    assert not [text for text in told if "{" in text or "None" in text or text.endswith(": .")]
    assert changes(Scenario(name="base", title="As planned"), language) == ()
