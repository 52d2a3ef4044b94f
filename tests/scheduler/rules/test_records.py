"""Notice before a visit; duties and clocks of records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.rules.packs import load_packs
from scheduler.rules.records import Records, duties_of

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 11, 24)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, hour, minute, tzinfo=HELSINKI)


@pytest.mark.parametrize(
    ("notice", "created", "lawful"),
    [
        (0, at(11, 59), True),
        (0, at(12), True),
        (0, at(12, 1), False),
        (24, at(12) - timedelta(hours=24), True),
        (24, at(12) - timedelta(hours=24) + timedelta(seconds=1), False),
        (None, at(20), True),
    ],
)
def test_a_visit_comes_after_its_notice(make, notice, created: datetime, lawful: bool) -> None:
    rule = Records(source=make.source, notice=None if notice is None else timedelta(hours=notice))
    plan = make.plan(make.stop(at(12)), created=created)
    result = rule.check(plan, make.context(make.case()))
    assert [finding.code for finding in result.findings] == ([] if lawful else ["no_notice"])
    assert result.judged == (notice is not None)


@pytest.mark.parametrize(
    ("now", "first"),
    [(at(12), "12:10"), (datetime(2026, 11, 23, 9, tzinfo=UTC), "00:00"), (at(9, 5), "09:15")],
)
def test_effects_leave_the_day_from_now_on(make, now: datetime, first: str) -> None:
    rule = Records(source=make.source, notice=timedelta())
    effect = rule.effects(make.case(), DAY, make.context(make.case(), now=now))
    assert f"{effect.windows[0].start:%H:%M}" == first


def test_effects_when_the_day_is_over_and_when_no_clock_is_given(make) -> None:
    rule = Records(source=make.source, notice=timedelta(hours=12))
    late = rule.effects(make.case(), DAY, make.context(make.case(), now=at(13)))
    assert [why.words() for why in late.forbidden] == [
        "The day leaves no time to tell the customer 12 hours before."
    ]
    assert rule.effects(make.case(), DAY, make.context(make.case())).permitted
    none = Records(source=make.source)
    assert none.effects(make.case(), DAY, make.context(make.case(), now=at(23))).permitted


def test_what_effects_leave_the_check_accepts(make) -> None:
    """The plan is dated up to ten minutes after planning began."""
    rule = Records(source=make.source, notice=timedelta(hours=1))
    context = make.context(make.case(), now=at(9))
    start = rule.effects(make.case(), DAY, context).windows[0].start
    plan = make.plan(make.stop(start), created=at(9, 10))
    assert rule.check(plan, context).findings == ()


def test_duties_are_told_once_with_their_source() -> None:
    found = dict(duties_of(load_packs(["tw", "cn-bank-2026"])))
    assert set(found) == {"badge", "entry_consent", "recording", "third_party_silence"}
    assert found["entry_consent"].pack == "tw"
