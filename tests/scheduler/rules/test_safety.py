"""A known risk wants two people or daylight; where the sun stands, by two formulas and by almanacs."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.ledger import SafetyFlag
from scheduler.model.people import Customer, Place
from scheduler.rules.daylight import light_windows, sun_height
from scheduler.rules.packs import load_packs
from scheduler.rules.safety import Safe

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=HELSINKI)


def verdict(make, rule, start, members=("A1",), marked=True, **case):
    marks = (make.mark(SafetyFlag),) if marked else ()
    context = make.context(make.case(**case), marks=marks)
    return make.verdict(rule, make.plan(make.stop(start), members=members), context)


# On 24 November the sun rises in Helsinki at about 08:47 and sets at about 15:28.
@pytest.mark.parametrize(
    ("start", "light"),
    [(at(8, 30), False), (at(9), True), (at(15), True), (at(15, 20), False), (at(19), False)],
)
def test_daylight(make, start: datetime, light: bool) -> None:
    codes = [] if light else ["unsafe_visit"]
    assert verdict(make, Safe(wants="daylight"), start) == (light, codes)
    assert verdict(make, Safe(), start) == (light, codes)
    assert verdict(make, Safe(), start, marked=False) == (True, [])


def test_two_go_at_any_hour(make) -> None:
    two = Safe(wants="two")
    assert verdict(make, two, at(19), ("A1", "A2")) == (True, [])
    assert verdict(make, two, at(12)) == (False, ["unsafe_visit"])
    assert verdict(make, Safe(), at(19), ("A1", "A2"), people=2) == (True, [])
    assert verdict(make, Safe(), at(19), ("A1", "A2"))[1] == []
    assert verdict(make, Safe(wants="daylight"), at(19), ("A1", "A2")) == (False, ["unsafe_visit"])


def test_where_a_pack_sends_two_anyhow_the_evening_stays_open(make) -> None:
    marks, packs = (make.mark(SafetyFlag),), load_packs(["cn-bank-2026"])
    alone, crews = make.context(make.case(), marks=marks), make.context(make.case(), marks=marks, packs=packs)
    assert [len(Safe().effects(make.case(), DAY, there).windows) for there in (alone, crews)] == [1, 1]
    assert Safe().effects(make.case(), DAY, crews).windows[0].contains(at(19))
    assert not Safe().effects(make.case(), DAY, alone).windows[0].contains(at(19))


def test_a_flag_of_the_bank_s_list_counts(make) -> None:
    risky = Customer(id="K-C1", name="Maija Meikäläinen", flags=frozenset({"risk"}))
    assert verdict(make, Safe(), at(19), marked=False, customer=risky) == (False, ["unsafe_visit"])


def test_where_the_sun_does_not_rise_two_go(make) -> None:
    north = Place(address="x", location=LatLon(69.9, 27.0))
    case = make.case(place=north)
    day = date(2026, 12, 21)
    context = make.context(case, marks=(make.mark(SafetyFlag),))
    assert light_windows(day, LatLon(69.9, 27.0), HELSINKI) == ()
    assert Safe().effects(case, day, context).people == 2
    assert Safe(wants="daylight").effects(case, day, context).forbidden[0].code == "no_daylight"


def test_the_end_of_the_route_is_known(make) -> None:
    context = make.context(make.case(), marks=(make.mark(SafetyFlag),))
    plan = make.plan(make.stop(at(12)))
    early = replace(plan, routes=(replace(plan.routes[0], finish=at(12, 19)),))
    assert [f.code for f in Safe().check(early, context).findings] == ["end_unknown"]
    assert Safe().check(plan, context).findings == ()


# Sunrise and sunset as almanacs print them, to the minute, local time.
@pytest.mark.parametrize(
    ("at", "zone", "day", "rise", "sets"),
    [
        (LatLon(60.17, 24.94), "Europe/Helsinki", date(2026, 6, 21), (3, 54), (22, 50)),
        (LatLon(60.17, 24.94), "Europe/Helsinki", date(2026, 12, 21), (9, 24), (15, 13)),
        (LatLon(31.23, 121.47), "Asia/Shanghai", date(2026, 3, 20), (6, 0), (18, 7)),
        (LatLon(-33.87, 151.21), "Australia/Sydney", date(2026, 12, 21), (5, 41), (20, 5)),
    ],
)
def test_sunrise_and_sunset_of_almanacs(at, zone, day, rise, sets) -> None:
    local = ZoneInfo(zone)
    for clock in (rise, sets):
        moment = datetime(day.year, day.month, day.day, *clock, tzinfo=local)
        assert abs(sun_height(moment, at) + 0.833) < 0.5
    (window,) = light_windows(day, at, local)
    assert abs(window.start - datetime(day.year, day.month, day.day, *rise, tzinfo=local)) < timedelta(
        minutes=12
    )
    assert abs(window.end - datetime(day.year, day.month, day.day, *sets, tzinfo=local)) < timedelta(
        minutes=12
    )


@given(
    lat=st.floats(-75, 75),
    lon=st.floats(-179, 179),
    day=st.dates(date(2020, 1, 1), date(2060, 12, 31)),
    zone=st.sampled_from(["Europe/Helsinki", "Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"]),
    where=st.floats(0, 1),
)
def test_what_one_formula_calls_light_the_other_does_too(lat, lon, day, zone, where) -> None:
    place, local = LatLon(lat, lon), ZoneInfo(zone)
    for window in light_windows(day, place, local):
        moment = window.start.astimezone(UTC) + where * (
            window.end.astimezone(UTC) - window.start.astimezone(UTC)
        )
        assert sun_height(moment, place) > -0.833


@given(lat=st.floats(-60, 60), day=st.dates(date(2020, 1, 1), date(2060, 12, 31)), hour=st.integers(0, 23))
def test_a_high_sun_is_light_by_both(lat, day, hour) -> None:
    """No daylight of any length is lost: where the sun stands two degrees high, effects know it."""
    place, moment = LatLon(lat, 0.0), datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    inside = any(window.contains(moment) for window in light_windows(day, place, ZoneInfo("UTC")))
    if sun_height(moment, place) > 2:
        assert inside
