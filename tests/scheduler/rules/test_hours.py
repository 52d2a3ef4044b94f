"""Permitted hours: allowed, forbidden, at the boundary; on days when clocks change; against generated stops."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scheduler.model.values import DailyHours, moment_of, seconds_of_day
from scheduler.rules.hours import CustomerHours, PermittedHours

HELSINKI, SHANGHAI = ZoneInfo("Europe/Helsinki"), ZoneInfo("Asia/Shanghai")
TUESDAY, SUNDAY = date(2026, 11, 24), date(2026, 11, 29)
CLOCKS_FORWARD, CLOCKS_BACK = date(2026, 3, 29), date(2026, 10, 25)


def hours(*spans: tuple[int, int], sunday: tuple[tuple[int, int], ...] | None = None) -> PermittedHours:
    from scheduler.rules.base import Source

    every = tuple(DailyHours(time(a), time(b) if b < 24 else time.max) for a, b in spans)
    last = every if sunday is None else tuple(DailyHours(time(a), time(b)) for a, b in sunday)
    return PermittedHours(week=(*(every,) * 6, last, last), source=Source(pack="test", text="A test"))


def clock(rule, make, *, day=TUESDAY, zone="Europe/Helsinki", service=20, holidays=frozenset()):
    """The windows as wall-clock text."""
    case = make.case(service=timedelta(minutes=service))
    effect = rule.effects(case, day, make.context(case, zone=zone, holidays=holidays))
    return [f"{w.start:%H:%M}-{w.end:%H:%M}" for w in effect.windows]


def judge(rule, make, start: datetime, *, service=20, zone="Europe/Helsinki", holidays=frozenset()):
    """Codes of what the check finds for one stop."""
    case = make.case(service=timedelta(minutes=service))
    stop = make.stop(start, lasts=case.service)
    result = rule.check(make.plan(stop, zone=zone), make.context(case, zone=zone, holidays=holidays))
    assert result.judged == 1
    return [finding.code for finding in result.findings]


def at(hour: int, minute: int = 0, day: date = TUESDAY, zone: ZoneInfo = HELSINKI) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=zone)


def test_a_visit_must_end_within_the_hours(make) -> None:
    assert clock(hours((8, 22)), make, service=20) == ["08:00-21:40"]
    assert clock(hours((8, 12), (14, 20)), make, service=60) == ["08:00-11:00", "14:00-19:00"]


def test_spans_that_touch_are_one(make) -> None:
    rule = hours((8, 12), (12, 20))
    assert clock(rule, make, service=60) == ["08:00-19:00"]
    assert judge(rule, make, at(11, 50)) == []


def test_a_span_that_is_exactly_as_long_as_the_visit_leaves_one_instant(make) -> None:
    assert clock(hours((9, 10)), make, service=60) == ["09:00-09:00"]
    assert judge(hours((9, 10)), make, at(9), service=60) == []


def test_a_visit_longer_than_every_span_is_forbidden_in_words(make) -> None:
    case = make.case(service=timedelta(minutes=61))
    effect = hours((9, 10)).effects(case, TUESDAY, make.context(case))
    assert not effect.permitted
    assert "61 minutes" in effect.forbidden[0].words("en")
    assert "61分钟" in effect.forbidden[0].words("zh")


@pytest.mark.parametrize(
    ("start", "found"),
    [
        (at(8), []),
        (at(7, 59), ["outside_hours"]),
        (at(21, 40), []),
        (at(21, 41), ["outside_hours"]),
        (at(14), []),
        (at(23), ["outside_hours"]),
        (at(3), ["outside_hours"]),
    ],
)
def test_the_check_judges_start_and_end(make, start: datetime, found: list[str]) -> None:
    assert judge(hours((8, 22)), make, start) == found


def test_a_second_past_the_end_is_found(make) -> None:
    rule = hours((8, 22))
    assert judge(rule, make, at(21, 40) + timedelta(seconds=1)) == ["outside_hours"]


def test_a_visit_over_a_gap_is_found(make) -> None:
    assert judge(hours((8, 12), (14, 20)), make, at(11, 50)) == ["outside_hours"]
    assert judge(hours((8, 12), (14, 20)), make, at(11, 40)) == []
    lunch = (DailyHours(time(8), time(12)), DailyHours(time(12, 10), time(20)))
    closed_at_noon = PermittedHours(week=(lunch,) * 8, source=make.source)
    assert judge(closed_at_noon, make, at(11, 55), service=25) == ["outside_hours"]


def test_closed_sundays_and_holidays(make) -> None:
    rule = hours((9, 20), sunday=())
    assert clock(rule, make, day=SUNDAY) == []
    assert judge(rule, make, at(12, day=SUNDAY)) == ["outside_hours"]
    assert clock(rule, make, holidays=frozenset({TUESDAY})) == []
    assert judge(rule, make, at(12), holidays=frozenset({TUESDAY})) == ["outside_hours"]
    assert judge(rule, make, at(12), holidays=frozenset({SUNDAY})) == []


def test_a_closed_day_is_named(make) -> None:
    case = make.case()
    context = make.context(case, holidays=frozenset({TUESDAY}))
    effect = hours((9, 20), sunday=()).effects(case, TUESDAY, context)
    assert effect.forbidden[0].code == "closed_day"
    assert effect.forbidden[0].words("en") == "No visit is permitted on 2026-11-24 (public holiday)."


def test_the_check_says_when_it_knew_no_holidays(make) -> None:
    case, stop = make.case(), make.stop(at(12))
    differs, same = hours((9, 20), sunday=()), hours((9, 20))
    known = make.context(case, zone="UTC", holidays=frozenset({date(2026, 12, 25)}))
    assert differs.check(make.plan(stop), make.context(case, zone="UTC")).notes == ("no_holiday_calendar",)
    assert differs.check(make.plan(stop), known).notes == ()
    assert same.check(make.plan(stop), make.context(case, zone="UTC")).notes == ()


def test_hours_are_those_of_the_workspace_zone(make) -> None:
    rule = hours((8, 22))
    assert judge(rule, make, datetime(2026, 11, 24, 0, 0, tzinfo=UTC), zone="Asia/Shanghai") == []
    assert judge(rule, make, datetime(2026, 11, 23, 23, 59, tzinfo=UTC), zone="Asia/Shanghai") == [
        "outside_hours"
    ]
    case = make.case()
    window = rule.effects(case, TUESDAY, make.context(case, zone="Asia/Shanghai")).windows[0]
    assert window.start == datetime(2026, 11, 24, 0, 0, tzinfo=UTC)


def test_hours_are_wall_clock_hours_when_clocks_change(make) -> None:
    rule = hours((8, 22))
    for day, offset in ((CLOCKS_FORWARD, 3), (CLOCKS_BACK, 2)):
        assert clock(rule, make, day=day) == ["08:00-21:40"]
        assert judge(rule, make, datetime(day.year, day.month, day.day, 8 - offset, 0, tzinfo=UTC)) == []
        early = datetime(day.year, day.month, day.day, 8 - offset, 0, tzinfo=UTC) - timedelta(minutes=1)
        assert judge(rule, make, early) == ["outside_hours"]


def test_an_hour_that_runs_twice_is_read_cautiously(make) -> None:
    """Clocks go back from 04:00 to 03:00: "from 03:30" opens the second time, "until 03:30" shuts the first."""
    case = make.case(service=timedelta(minutes=10))
    context = make.context(case)
    from_then = PermittedHours(week=((DailyHours(time(3, 30), time(6)),),) * 8, source=make.source)
    until_then = PermittedHours(week=((DailyHours(time(1), time(3, 30)),),) * 8, source=make.source)
    opens = from_then.effects(case, CLOCKS_BACK, context).windows[0].start
    closes = until_then.effects(case, CLOCKS_BACK, context).windows[0].end
    assert opens.astimezone(UTC) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    assert closes.astimezone(UTC) == datetime(2026, 10, 25, 0, 20, tzinfo=UTC)


def test_an_hour_that_never_comes_is_read_cautiously(make) -> None:
    """Clocks go forward from 03:00 to 04:00: "until 03:30" shuts before, "from 03:30" opens after."""
    case = make.case(service=timedelta(minutes=10))
    context = make.context(case)
    from_then = PermittedHours(week=((DailyHours(time(3, 30), time(6)),),) * 8, source=make.source)
    until_then = PermittedHours(week=((DailyHours(time(1), time(3, 30)),),) * 8, source=make.source)
    assert f"{from_then.effects(case, CLOCKS_FORWARD, context).windows[0].start:%H:%M}" == "04:30"
    assert f"{until_then.effects(case, CLOCKS_FORWARD, context).windows[0].end:%H:%M}" == "02:20"


@st.composite
def spans(draw: st.DrawFn) -> tuple[DailyHours, ...]:
    edges = draw(
        st.lists(st.integers(0, 96), min_size=2, max_size=6, unique=True).filter(lambda e: len(e) % 2 == 0)
    )
    edges.sort()
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return tuple(DailyHours(_time(a), _time(b)) for a, b in pairs)


def _time(quarter: int) -> time:
    return time.max if quarter == 96 else time(quarter // 4, quarter % 4 * 15)


DAYS = st.sampled_from([TUESDAY, SUNDAY, CLOCKS_FORWARD, CLOCKS_BACK])
ZONES = st.sampled_from(["Europe/Helsinki", "Asia/Shanghai", "America/New_York", "Australia/Lord_Howe"])


@given(
    spans=spans(), day=DAYS, zone=ZONES, service=st.integers(1, 240), where=st.floats(0, 1), own=st.booleans()
)
def test_whatever_effects_permit_passes_the_check(make, spans, day, zone, service, where, own) -> None:
    rule = CustomerHours() if own else PermittedHours(week=(spans,) * 8, source=make.source)
    case = make.case(service=timedelta(minutes=service), hours=spans if own else ())
    context = make.context(case, zone=zone)
    for window in rule.effects(case, day, context).windows:
        first = seconds_of_day(window.start, day, context.zone)
        last = seconds_of_day(window.end, day, context.zone)
        start = moment_of(first + int((last - first) * where), day, context.zone)
        plan = make.plan(make.stop(start, lasts=case.service), zone=zone)
        assert rule.check(plan, context).findings == ()


@given(
    spans=spans(),
    day=st.sampled_from([TUESDAY, SUNDAY]),
    zone=ZONES,
    service=st.integers(1, 240),
    second=st.integers(0, 86_399),
    own=st.booleans(),
)
def test_whatever_effects_leave_out_fails_the_check(make, spans, day, zone, service, second, own) -> None:
    rule = CustomerHours() if own else PermittedHours(week=(spans,) * 8, source=make.source)
    case = make.case(service=timedelta(minutes=service), hours=spans if own else ())
    context = make.context(case, zone=zone)
    start = moment_of(second, day, context.zone)
    windows = rule.effects(case, day, context).windows
    assume(not any(window.contains(start) for window in windows))
    finish = start + case.service
    assume(finish.date() == day or spans[0].start > time.min or spans[-1].end < time.max)  # over midnight
    plan = make.plan(make.stop(start, lasts=case.service), zone=zone)
    assert [finding.case for finding in rule.check(plan, context).findings] == ["C1"]


def test_the_customer_s_own_hours(make) -> None:
    rule, evening = CustomerHours(), (DailyHours(time(18), time(20)),)
    case = make.case(hours=evening)
    context = make.context(case)
    effect = rule.effects(case, TUESDAY, context)
    assert [(f"{w.start:%H:%M}", f"{w.end:%H:%M}") for w in effect.windows] == [("18:00", "19:40")]
    for start, found in ((at(18), 0), (at(19, 40), 0), (at(19, 41), 1), (at(17, 59), 1)):
        result = rule.check(make.plan(make.stop(start)), context)
        assert (result.judged, len(result.findings)) == (1, found)


def test_who_named_no_hours_is_not_judged_by_them(make) -> None:
    case = make.case()
    result = CustomerHours().check(make.plan(make.stop(at(3))), make.context(case))
    assert (result.judged, result.findings) == (0, ())


def test_own_hours_too_short_for_the_visit(make) -> None:
    case = make.case(hours=(DailyHours(time(18), time(18, 15)),))
    effect = CustomerHours().effects(case, TUESDAY, make.context(case))
    assert not effect.permitted
    assert effect.forbidden[0].code == "customer_hours_too_short"
    assert "18:00-18:15" in effect.forbidden[0].words()


def test_a_finding_says_what_was_expected_and_found(make) -> None:
    case, stop = make.case(), make.stop(at(21, 50))
    finding = hours((8, 22)).check(make.plan(stop), make.context(case)).findings[0]
    assert (finding.expected, finding.got) == ("08:00-22:00", "2026-11-24 21:50-22:10")
    assert (
        finding.words("en") == "The visit at 2026-11-24 21:50-22:10 leaves the permitted hours 08:00-22:00."
    )
