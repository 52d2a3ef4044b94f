"""Public holidays and make-up workdays, and the hours that hold on them."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from scheduler.model.values import DailyHours
from scheduler.rules.base import Pack
from scheduler.rules.calendars import is_calendar, public_holidays
from scheduler.rules.hours import PermittedHours


def test_china_s_holidays_are_those_announced() -> None:
    year = public_holidays("CN", 2026)
    assert year.known
    assert {date(2026, 10, 1), date(2026, 2, 17)} <= year.holidays
    assert date(2026, 10, 11) not in year.holidays  # an ordinary Sunday
    assert {date(2026, 10, 10), date(2026, 2, 28)} <= year.makeup  # Saturdays made workdays
    assert date(2026, 10, 12) not in year.makeup
    assert all(day.weekday() >= 5 for day in year.makeup)
    assert not year.holidays & year.makeup


def test_a_year_not_announced_yet_has_the_holidays_that_are_certain() -> None:
    year = public_holidays("CN", 2045)
    assert {date(2045, 1, 1), date(2045, 10, 1)} <= year.holidays


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("IE", date(2026, 3, 17)),
        ("AU", date(2026, 1, 26)),
        ("ID", date(2026, 8, 17)),
        ("US", date(2026, 7, 4)),
        ("KR", date(2026, 10, 9)),
        ("RU", date(2026, 6, 12)),
        ("TW", date(2026, 10, 10)),
        ("IN", date(2026, 8, 15)),
        ("GB", date(2026, 12, 25)),
    ],
)
def test_national_days(name: str, day: date) -> None:
    assert day in public_holidays(name, 2026).holidays


def test_parts_of_a_country() -> None:
    labour = date(2026, 10, 5)
    assert labour in public_holidays("AU-NSW", 2026).holidays
    assert labour not in public_holidays("AU", 2026).holidays
    assert [is_calendar(name) for name in ("AU-NSW", "AU-XX", "XX", "CN", "")] == [
        True,
        False,
        False,
        True,
        False,
    ]


def pack(make, **hours) -> Pack:
    rule = PermittedHours(
        week=(*((DailyHours(time(8), time(22)),),) * 5, (), (), ()), source=make.source, **hours
    )
    return Pack(
        name="test", version="1", jurisdiction="CN", title={"en": "", "zh": ""}, rules=(rule,), calendar="CN"
    )


@pytest.mark.parametrize(
    ("day", "makeup", "permitted"),
    [
        (date(2026, 10, 9), None, True),
        (date(2026, 10, 1), None, False),  # a Thursday, and National Day
        (date(2026, 10, 10), None, False),  # a Saturday made a workday: still a Saturday unless said
        (date(2026, 10, 10), (DailyHours(time(8), time(22)),), True),
        (date(2026, 10, 10), (DailyHours(time(13), time(22)),), False),
        (date(2026, 10, 17), (DailyHours(time(8), time(22)),), False),
    ],
)
def test_hours_on_holidays_and_makeup_workdays(make, day, makeup, permitted: bool) -> None:
    there = pack(make, makeup=makeup)
    context = make.context(make.case(), packs=(there,), zone="Asia/Shanghai")
    start = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo("Asia/Shanghai"))
    plan = make.plan(make.stop(start), zone="Asia/Shanghai")
    verdict = make.verdict(there.rules[0], plan, context)
    assert verdict == (permitted, [] if permitted else ["outside_hours"])
    assert there.rules[0].check(plan, context).notes == ()


@pytest.mark.parametrize(
    ("zone", "day", "permitted"),
    [
        ("Europe/Helsinki", date(2026, 12, 23), True),
        ("Europe/Helsinki", date(2026, 12, 25), False),
        ("Asia/Shanghai", date(2026, 12, 25), True),
        ("UTC", date(2026, 12, 25), True),
    ],
)
def test_without_a_pack_s_calendar_that_of_the_zone_s_country_counts(make, zone, day, permitted) -> None:
    rule = pack(make).rules[0]
    start = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    context = make.context(make.case(), zone=zone)
    verdict = make.verdict(rule, make.plan(make.stop(start), zone=zone), context)
    assert verdict == (permitted, [] if permitted else ["outside_hours"])


def test_without_any_calendar_the_certificate_says_so(make) -> None:
    start = datetime(2026, 10, 9, 12, tzinfo=ZoneInfo("UTC"))
    context = make.context(make.case(), zone="UTC")
    result = pack(make).rules[0].check(make.plan(make.stop(start), zone="UTC"), context)
    assert result.notes == ("no_holiday_calendar",)
