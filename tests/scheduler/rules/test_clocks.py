"""Every family where time matters, on days when clocks change and in zones where the day is another than in Greenwich.

What effects permit no check may find, at any minute of such a day; where both are sure the one forbids what the
other finds.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.ledger import (
    AgentComplaint,
    AttendanceRequest,
    BlockedHours,
    BlockedPlace,
    CeaseContact,
    Pause,
    PauseKind,
    SafetyFlag,
    Settlement,
    VisitApproval,
    VisitConsent,
    VisitRefusal,
    Vulnerability,
)
from scheduler.model.people import Place, PlaceKind
from scheduler.model.values import DailyHours
from scheduler.rules.attendance import AskedAttendance
from scheduler.rules.consent import Ceased, ConsentAsked, Paused, Settled
from scheduler.rules.hours import PermittedHours, RefusedHours
from scheduler.rules.place import PermittedPlaces, RefusedPlace
from scheduler.rules.records import Records
from scheduler.rules.safety import Safe
from scheduler.rules.vulnerability import Vulnerable

HELSINKI = ZoneInfo("Europe/Helsinki")
# Days on which clocks go forward and back, by an hour and, on Lord Howe, by half of one; a day on which they do not.
CHANGES = [
    ("Europe/Helsinki", date(2026, 3, 29)),
    ("Europe/Helsinki", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Asia/Shanghai", date(2026, 10, 25)),
]
PLACES = {
    "Europe/Helsinki": LatLon(60.17, 24.94),
    "America/New_York": LatLon(40.71, -74.01),
    "Australia/Lord_Howe": LatLon(-31.55, 159.08),
    "Asia/Shanghai": LatLon(31.23, 121.47),
}
# Hours whose ends lie within what runs twice or never comes, and some that touch midnight.
SPANS = (
    DailyHours(time.min, time(1, 15)),
    DailyHours(time(1, 45), time(2, 15)),
    DailyHours(time(2, 30), time(3, 30)),
    DailyHours(time(8), time(17)),
    DailyHours(time(21), time.max),
)


def moments(day: date, zone: str) -> list[datetime]:
    """Every ten minutes of the local day, in true time: the hour that runs twice comes twice."""
    local = ZoneInfo(zone)
    now, end = (datetime.combine(d, time.min, local).astimezone(UTC) for d in (day, day + timedelta(days=1)))
    found = []
    while now < end:
        found.append(now.astimezone(local))
        now += timedelta(minutes=10)
    return found


def rules(make, day: date):
    """Each rule that reads the clock, with the marks it is judged by; and whether its case is at work."""
    week = tuple(SPANS for _ in range(8))
    consent = make.mark(VisitConsent, purpose="x", since=day, until=day, hours=SPANS)
    return {
        "hours": (PermittedHours(week=week, source=make.source), ()),
        "hours with consent": (PermittedHours(week=((),) * 8, source=make.source, consent_widens=True), (consent,)),
        "blocked hours": (RefusedHours(), (make.mark(BlockedHours, hours=SPANS),)),
        "visit consent": (ConsentAsked(source=make.source, asks=frozenset({"date", "hours"})), (consent,)),
        "place": (PermittedPlaces(source=make.source, work_week=week), ()),
        "safety": (Safe(wants="daylight"), (make.mark(SafetyFlag),)),
    }  # fmt: skip


@pytest.mark.parametrize(("zone", "day"), CHANGES, ids=lambda value: str(value))
@pytest.mark.parametrize(
    "name", ["hours", "hours with consent", "blocked hours", "visit consent", "place", "safety"]
)
def test_what_effects_permit_no_check_finds_at_any_minute(make, zone: str, day: date, name: str) -> None:
    rule, marks = rules(make, day)[name]
    place = Place(address="x", kind=PlaceKind.WORK, location=PLACES[zone])
    case = make.case(place=place, service=timedelta(minutes=10))
    context = make.context(case, marks=marks, zone=zone)
    outcomes = set()
    for start in moments(day, zone):
        stop = replace(make.stop(start.astimezone(UTC), lasts=case.service), location=place.location)
        plan = make.plan(stop, zone=zone)
        permitted, codes = make.verdict(rule, plan, context)
        assert not (permitted and codes), (start.isoformat(), permitted, codes)
        outcomes.add((permitted, bool(codes)))
        # Where clocks change effects are cautious; and they let no visit end at midnight sharp.
        sure = start.hour >= 5 and (start.hour, start.minute) < (23, 50)
        if sure and name not in ("safety", "hours with consent"):
            assert permitted == (not codes), (start.isoformat(), permitted, codes)
    assert {(True, False), (False, True)} <= outcomes


def test_a_notice_is_true_hours_not_hours_of_the_clock(make) -> None:
    """A day's notice from noon: noon is 25 hours later where clocks go back, and 23 where they go forward."""
    rule = Records(source=make.source, notice=timedelta(hours=24))
    for day, first in ((date(2026, 10, 25), time(11)), (date(2026, 3, 29), time(13))):
        eve = datetime.combine(day - timedelta(days=1), time(12), HELSINKI)
        for minutes, lawful in ((0, True), (-1, False)):
            start = datetime.combine(day, first, HELSINKI) + timedelta(minutes=minutes)
            plan = make.plan(make.stop(start), created=eve)
            result = rule.check(plan, make.context(make.case()))
            assert (not result.findings) == lawful, start
        effect = rule.effects(make.case(), day, make.context(make.case(), now=eve - timedelta(minutes=10)))
        assert effect.windows[0].start == datetime.combine(day, first, HELSINKI)


BARRING = {
    "cease": (Ceased(), CeaseContact, {}),
    "refusal": (Ceased(), VisitRefusal, {}),
    "pause": (Paused(), Pause, {"reason": PauseKind.HOSPITAL}),
    "settlement": (Settled(), Settlement, {}),
    "refused place": (RefusedPlace(), BlockedPlace, {"place": PlaceKind.HOME}),
    "vulnerability": (Vulnerable(), Vulnerability, {}),
    "complaint": (AskedAttendance(), AgentComplaint, {"agent": "A1"}),
    "wish": (AskedAttendance(), AttendanceRequest, {"skill": "gender:female"}),
    "safety": (Safe(wants="two"), SafetyFlag, {}),
    "blocked hours": (RefusedHours(), BlockedHours, {"hours": (DailyHours(time.min, time.max),)}),
}


@pytest.mark.parametrize("name", BARRING)
@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_what_bars_a_visit_bars_the_local_day_to_its_last_minute(make, name: str, zone: str) -> None:
    """A visit just after or before midnight is on another day in Greenwich: the day of the workspace counts."""
    rule, kind, more = BARRING[name]
    day, local = date(2026, 11, 1), ZoneInfo(zone)  # clocks go back in New York on this day
    mark = make.mark(kind, since=day, until=day, **more)
    context = make.context(make.case(), marks=(mark,), zone=zone)
    for on, hour, barred in (
        (day - timedelta(days=1), 23, False),
        (day, 0, True),
        (day, 23, True),
        (day + timedelta(days=1), 0, False),
    ):
        start = datetime.combine(on, time(hour, 30), local).astimezone(UTC)
        plan = make.plan(make.stop(start, lasts=timedelta(minutes=5)), zone=zone)
        permitted, codes = make.verdict(rule, plan, context)
        assert (permitted, bool(codes)) == (not barred, barred), (name, on, hour)


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York"])
def test_what_permits_a_visit_permits_the_local_day_alone(make, zone: str) -> None:
    day, local = date(2026, 11, 1), ZoneInfo(zone)
    marks = (
        make.mark(Vulnerability, "M1"),
        make.mark(VisitApproval, "M2", approved_by="x", since=day, until=day),
        make.mark(VisitConsent, "M3", since=day, until=day),
    )
    context = make.context(make.case(), marks=marks, zone=zone)
    for rule in (Vulnerable(), ConsentAsked(source=make.source, asks=frozenset())):
        for on, hour, lawful in ((day, 0, True), (day, 23, True), (day + timedelta(days=1), 0, False)):
            start = datetime.combine(on, time(hour, 30), local).astimezone(UTC)
            plan = make.plan(make.stop(start, lasts=timedelta(minutes=5)), zone=zone)
            assert make.verdict(rule, plan, context)[0] is lawful
            assert bool(make.verdict(rule, plan, context)[1]) is not lawful
