from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.model.people import TravelMode
from scheduler.model.plan import Plan, Reason, ReasonCode, Route, SolveFacts, Stop, Unassigned
from scheduler.model.scenario import Scenario
from scheduler.model.values import DailyHours, Money, TimeWindow
from scheduler.planning.planfile import plan_bytes, read_plan, write_plan

ZONE = ZoneInfo("Europe/Helsinki")


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=ZONE)


def make_plan(**changes) -> Plan:
    stop = Stop(
        case="C1",
        location=LatLon(60.17, 24.94),
        arrive=at(9, 30),
        start=at(9, 40),
        finish=at(10),
        windows=(TimeWindow(at(9), at(12)),),
        worth=Money(1200, "EUR"),
        travel=timedelta(minutes=30),
        distance_m=2100,
    )
    route = Route(
        vehicle="A1",
        members=("A1",),
        mode=TravelMode.FOOT,
        start=LatLon(60.16, 24.93),
        end=None,
        depart=at(9),
        finish=at(10),
        stops=(stop,),
    )
    left = Unassigned(
        case="C2",
        reasons=(Reason(code=ReasonCode.NO_TIME_LEFT, proven=False, agent="A1", minutes=7),),
        worth=Money(5, "EUR"),
    )
    facts = SolveFacts(
        engine="ortools",
        seed=1,
        time_limit_s=5,
        iteration_limit=None,
        stopped_by="time",
        cost=1,
        spent=1,
        cost_unit="1/1000 cent",
    )
    base = {
        "id": "p1",
        "day": date(2026, 11, 24),
        "zone": "Europe/Helsinki",
        "currency": "EUR",
        "created": at(8),
        "routes": (route,),
        "unassigned": (left,),
        "extract": "abc",
        "packs": ("house 1",),
        "solved": facts,
    }
    return Plan(**{**base, **changes})


def test_a_plan_survives_the_file_and_its_bytes_are_stable(tmp_path) -> None:
    plan = make_plan()
    written = write_plan(plan, tmp_path / "plan.json")
    read, digest = read_plan(tmp_path)
    assert read == plan
    assert digest == written
    assert plan_bytes(read) == plan_bytes(plan)


def test_what_a_what_if_changes_stands_in_its_plan(tmp_path) -> None:
    scenario = Scenario(
        name="late",
        agents_away=("A2",),
        copies_of=("A1", "A1"),
        shift=DailyHours(time(12), time(20)),
        overtime=timedelta(minutes=30),
        speed_factor=0.8,
        products=("card", "loan"),
    )
    write_plan(make_plan(scenario=scenario), tmp_path / "plan.json")
    assert read_plan(tmp_path)[0].scenario == scenario
    assert not scenario.is_base
    assert Scenario(name="base", title="As it is").is_base


def test_a_changed_byte_changes_the_hash(tmp_path) -> None:
    path = tmp_path / "plan.json"
    written = write_plan(make_plan(), path)
    path.write_text(path.read_text().replace("2100", "2101"))
    assert read_plan(path)[1] != written


@pytest.mark.parametrize("text", ["", "{}", "[]", "no json", '{"id": "p"}', "\x00"])
def test_what_is_no_plan_is_refused(tmp_path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(DoorstepError, match=r"plan\.json is not a plan"):
        read_plan(path)


def test_a_case_visited_twice_is_no_plan(tmp_path) -> None:
    plan = make_plan()
    text = plan_bytes(plan).decode().replace('"C2"', '"C1"')
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(DoorstepError, match="both served and unassigned"):
        read_plan(path)


def test_a_missing_plan_says_how_to_make_one(tmp_path) -> None:
    with pytest.raises(DoorstepError) as caught:
        read_plan(tmp_path / "plan.json")
    assert "doorstep plan" in caught.value.mend
