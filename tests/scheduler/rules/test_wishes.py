"""Hours that the customer blocked, and hours beyond the law's that the customer agreed to."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduler.model.ledger import BlockedHours, VisitConsent, Withdrawal
from scheduler.model.values import DailyHours, moment_of
from scheduler.rules.hours import PermittedHours, RefusedHours

HELSINKI = ZoneInfo("Europe/Helsinki")
TUESDAY = date(2026, 11, 24)
CLOCKS_FORWARD, CLOCKS_BACK = date(2026, 3, 29), date(2026, 10, 25)
NOON = (DailyHours(time(12), time(14)),)
LATE = (DailyHours(time(22), time(23)),)


def at(hour: int, minute: int = 0, day: date = TUESDAY) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("start", "permitted"),
    [(at(11, 40), True), (at(11, 41), False), (at(13), False), (at(13, 59), False), (at(14), True)],
)
def test_blocked_hours_are_left_in_peace(make, start: datetime, permitted: bool) -> None:
    context = make.context(make.case(), marks=(make.mark(BlockedHours, hours=NOON),))
    codes = [] if permitted else ["inside_blocked_hours"]
    assert make.verdict(RefusedHours(), make.plan(make.stop(start)), context) == (permitted, codes)


def test_a_visit_over_the_whole_of_a_blocked_hour(make) -> None:
    context = make.context(
        make.case(service=timedelta(hours=3)), marks=(make.mark(BlockedHours, hours=NOON),)
    )
    plan = make.plan(make.stop(at(11, 30), lasts=timedelta(hours=3)))
    assert make.verdict(RefusedHours(), plan, context) == (False, ["inside_blocked_hours"])


@pytest.mark.parametrize(("weekdays", "permitted"), [({1}, False), ({0, 2}, True), (set(), False)])
def test_blocked_on_some_weekdays(make, weekdays, permitted: bool) -> None:
    mark = make.mark(BlockedHours, hours=NOON, weekdays=frozenset(weekdays))
    context = make.context(make.case(), marks=(mark,))
    assert make.verdict(RefusedHours(), make.plan(make.stop(at(13))), context)[0] is permitted


def test_the_whole_day_blocked(make) -> None:
    mark = make.mark(BlockedHours, hours=(DailyHours(time.min, time.max),))
    context = make.context(make.case(), marks=(mark,))
    effect = RefusedHours().effects(make.case(), TUESDAY, context)
    assert (effect.windows, effect.forbidden[0].code) == ((), "all_hours_blocked")
    assert make.verdict(RefusedHours(), make.plan(make.stop(at(13))), context)[1] == ["inside_blocked_hours"]


@pytest.mark.parametrize(
    ("changes", "permitted"),
    [
        ({}, False),
        ({"until": TUESDAY}, False),
        ({"until": TUESDAY - timedelta(days=1)}, True),
        ({"since": TUESDAY + timedelta(days=1)}, True),
        ({"customer": "K-C1"}, False),
        ({"customer": "K-C2"}, True),
        ({"case": "C2"}, True),
    ],
)
def test_a_mark_holds_in_its_days_and_for_its_customer(make, changes, permitted: bool) -> None:
    context = make.context(make.case(), marks=(make.mark(BlockedHours, hours=NOON, **changes),))
    assert make.verdict(RefusedHours(), make.plan(make.stop(at(13))), context)[0] is permitted
    found = RefusedHours().check(make.plan(make.stop(at(13))), context).findings
    assert (found == ()) is permitted


@pytest.mark.parametrize(("since", "permitted"), [(TUESDAY, True), (TUESDAY + timedelta(days=1), False)])
def test_a_withdrawn_mark_binds_no_longer(make, since: date, permitted: bool) -> None:
    marks = (make.mark(BlockedHours, hours=NOON), make.mark(Withdrawal, "M2", of="M1", since=since))
    context = make.context(make.case(), marks=marks)
    codes = [] if permitted else ["inside_blocked_hours"]
    assert make.verdict(RefusedHours(), make.plan(make.stop(at(13))), context) == (permitted, codes)


@given(
    hours=st.lists(st.tuples(st.integers(0, 94), st.integers(1, 20)), min_size=1, max_size=3),
    day=st.sampled_from([TUESDAY, CLOCKS_FORWARD, CLOCKS_BACK]),
    zone=st.sampled_from(["Europe/Helsinki", "Asia/Shanghai", "Australia/Lord_Howe"]),
    service=st.integers(1, 240),
    second=st.integers(0, 86_000),
)
def test_effects_and_check_agree_on_blocked_hours(make, hours, day, zone, service, second) -> None:
    spans = tuple(
        DailyHours(time(a // 4, a % 4 * 15), time.max if a + n > 95 else time((a + n) // 4, (a + n) % 4 * 15))
        for a, n in hours
    )
    case = make.case(service=timedelta(minutes=service))
    context = make.context(case, zone=zone, marks=(make.mark(BlockedHours, hours=spans),))
    start = moment_of(second, day, context.zone)
    finish = start.astimezone(UTC) + case.service
    assume(finish.astimezone(context.zone).date() == day)
    plan = make.plan(make.stop(start, lasts=case.service), zone=zone)
    permitted, codes = make.verdict(RefusedHours(), plan, context)
    if permitted or day == TUESDAY:  # over a clock change effects may leave out more than they must
        assert permitted == (codes == [])


# Consent widens


def permitted_hours(make, *, widens: bool) -> PermittedHours:
    return PermittedHours(
        week=((DailyHours(time(8), time(22)),),) * 8, source=make.source, consent_widens=widens
    )


@pytest.mark.parametrize(
    ("widens", "start", "lawful"),
    [
        (True, at(22, 30), True),
        (True, at(21, 50), True),
        (True, at(22, 40), True),
        (True, at(22, 41), False),
        (True, at(7, 50), False),
        (False, at(22, 30), False),
    ],
)
def test_consent_to_other_hours_widens_where_the_text_lets_it(make, widens, start, lawful) -> None:
    context = make.context(make.case(), marks=(make.mark(VisitConsent, hours=LATE),))
    rule = permitted_hours(make, widens=widens)
    assert make.verdict(rule, make.plan(make.stop(start)), context) == (
        lawful,
        [] if lawful else ["outside_hours"],
    )


def test_consent_of_another_day_or_customer_widens_nothing(make) -> None:
    rule, plan = permitted_hours(make, widens=True), make.plan(make.stop(at(22, 30)))
    for changes in ({"until": date(2026, 11, 23)}, {"case": "C2"}, {"since": date(2026, 11, 25)}):
        context = make.context(make.case(), marks=(make.mark(VisitConsent, hours=LATE, **changes),))
        assert make.verdict(rule, plan, context) == (False, ["outside_hours"])


def test_a_consent_without_hours_widens_nothing(make) -> None:
    context = make.context(make.case(), marks=(make.mark(VisitConsent),))
    rule = permitted_hours(make, widens=True)
    assert make.verdict(rule, make.plan(make.stop(at(22, 30))), context) == (False, ["outside_hours"])
