from __future__ import annotations

from datetime import date, time, timedelta

import pytest

from geodata.coordinates import LatLon
from scheduler.model.findings import Severity
from scheduler.model.people import LunchBreak, TravelMode
from scheduler.model.values import DailyHours, Money


def codes(read) -> list[str]:
    return [found.code for found in read.findings]


def test_a_good_row_is_an_agent(agents) -> None:
    read = agents({})
    (agent,) = read.agents
    assert (agent.id, agent.shift, agent.mode) == ("A1", DailyHours(time(9), time(17)), TravelMode.CAR)
    assert agent.end == agent.start
    assert (agent.hourly_cost, agent.km_cost) == (Money(2000, "EUR"), Money(0, "EUR"))
    assert (read.findings, read.crews, read.present) == ((), None, frozenset({"A1"}))


def test_everything_a_row_can_say(agents) -> None:
    (agent,) = agents(
        {
            "start_lat": "60.17", "start_lon": "24.94", "end_address": "Hämeentie 1", "mode": "步行", "shift": "9-18",
            "lunch": "45 min 11:30-13:30", "skills": "zh", "max_visits": "9", "max_travel": "3h", "max_overtime": "30",
            "hourly_cost": "24,50", "km_cost": "0.45", "phone": "1", "agency": "X", "days_off": "2026-12-24;25.12.2026",
        }
    ).agents  # fmt: skip
    assert (agent.start.location, agent.start.precision) == (LatLon(60.17, 24.94), "given")
    assert (agent.end.address, agent.end.location) == ("Hämeentie 1", None)
    assert (agent.mode, agent.skills, agent.max_visits) == (TravelMode.FOOT, {"zh"}, 9)
    assert agent.lunch == LunchBreak(
        duration=timedelta(minutes=45), hours=DailyHours(time(11, 30), time(13, 30))
    )
    assert (agent.max_travel, agent.max_overtime) == (timedelta(hours=3), timedelta(minutes=30))
    assert (agent.hourly_cost, agent.km_cost) == (Money(2450, "EUR"), Money(45, "EUR"))
    assert agent.days_off == {date(2026, 12, 24), date(2026, 12, 25)}


@pytest.mark.parametrize("end", ["open", "OPEN", "不返回", "none"])
def test_a_day_may_end_at_the_last_visit(agents, end) -> None:
    assert agents({"end_address": end}).agents[0].end is None


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("id", "", "missing_id"), ("id", "a/b", "bad_id"),
        ("start_address", "", "empty_address"), ("shift", "", "missing_shift"),
        ("shift", "25:00-26:00", "no_such_hour"), ("shift", "17:00-09:00", "hours_backwards"),
        ("shift", "days", "bad_hours"),
        ("days_off", "Christmas", "bad_date"), ("currency", "CNY", "other_currency"),
    ],
)  # fmt: skip
def test_grave_faults_cost_the_row(agents, column, cell, code) -> None:
    read = agents({}, {column: cell}, {})
    assert [agent.id for agent in read.agents] == ["A1", "A3"]
    assert code in [found.code for found in read.findings if found.severity is Severity.ERROR]


@pytest.mark.parametrize(
    ("column", "cell", "code"),
    [
        ("mode", "helicopter", "bad_mode"), ("lunch", "noon", "bad_lunch"),
        ("lunch", "45 min 18:00-19:00", "lunch_outside_shift"),
        ("lunch", "45 min 16:30-17:00", "lunch_outside_shift"), ("lunch", "400 min 11-13", "number_out_of_range"),
        ("max_visits", "0", "number_out_of_range"), ("max_travel", "far", "bad_duration"),
        ("hourly_cost", "-1", "negative_amount"),
        ("crew", "a b", "bad_code"), ("crew", "alone", "bad_crew"),
    ],
)  # fmt: skip
def test_lesser_faults_fall_back(agents, column, cell, code) -> None:
    read = agents({column: cell})
    assert len(read.agents) == 1
    assert code in codes(read)


@pytest.mark.parametrize("cell", ["", "-", "无", "no"])
def test_no_lunch(agents, cell) -> None:
    read = agents({"lunch": cell})
    assert (read.agents[0].lunch, read.findings) == (None, ())


def test_lunch_may_start_as_late_as_the_shift_allows(agents) -> None:
    assert agents({"lunch": "45分钟 16:15-17:00"}).findings == ()
    assert codes(agents({"lunch": "45分钟 16:16-17:00"})) == ["lunch_outside_shift"]


def test_rows_with_the_same_crew_are_a_crew(agents) -> None:
    read = agents({"crew": "T"}, {}, {"crew": "T"}, {"crew": "U"}, {"crew": "U", "shift": "x"})
    assert [(crew.id, [one.id for one in crew.members]) for crew in read.crews] == [("T", ["A1", "A3"])]
    assert codes(read) == ["bad_crew", "bad_hours"]
    assert [agent.id for agent in read.agents] == ["A1", "A2", "A3", "A4"]
