"""One visit in a rolling period: the ledger, the last visit on file, other loans of the customer, the plan itself."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.people import Customer
from scheduler.model.visit import Contact, ContactKind
from scheduler.rules.caps import VisitCap

HELSINKI = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 11, 24)


def visit(case: str, day: date, *, hour: int = 12, kind: ContactKind = ContactKind.VISIT) -> Contact:
    at = datetime(day.year, day.month, day.day, hour, tzinfo=HELSINKI)
    return Contact(case=case, kind=kind, at=at, reached=False)


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


def noon(minute: int = 0) -> datetime:
    return datetime(2026, 11, 24, 12, minute, tzinfo=HELSINKI)


@pytest.fixture(scope="module")
def cap(make) -> VisitCap:
    return VisitCap(visits=1, days=7, per="customer", source=make.source)


def both(rule, make, context, *stops) -> tuple[bool, int]:
    """Whether effects permit the first stop's case, and how many stops the check finds."""
    plan = make.plan(*(stops or [make.stop(noon())]))
    first = context.cases[plan.stops[0].case]
    return rule.effects(first, DAY, context).permitted, len(rule.check(plan, context).findings)


@pytest.mark.parametrize(("days", "permitted"), [(0, False), (1, False), (6, False), (7, True), (30, True)])
def test_the_period_rolls_by_local_days(cap, make, days: int, permitted: bool) -> None:
    context = make.context(make.case(), contacts=(visit("C1", ago(days)),))
    assert both(cap, make, context) == (permitted, 0 if permitted else 1)


@pytest.mark.parametrize(("days", "permitted"), [(6, False), (7, True)])
def test_the_last_visit_on_file_counts(cap, make, days: int, permitted: bool) -> None:
    context = make.context(make.case(last_visit=ago(days)))
    assert both(cap, make, context) == (permitted, 0 if permitted else 1)


def test_a_visit_in_both_counts_once(make) -> None:
    twice = VisitCap(visits=2, days=7, per="case", source=make.source)
    context = make.context(make.case(last_visit=ago(3)), contacts=(visit("C1", ago(3)),))
    assert both(twice, make, context) == (True, 0)
    context = make.context(make.case(last_visit=ago(3)), contacts=(visit("C1", ago(5)),))
    assert both(twice, make, context) == (False, 1)


def test_calls_and_messages_are_no_visits(cap, make) -> None:
    contacts = (visit("C1", ago(1), kind=ContactKind.CALL), visit("C1", ago(1), kind=ContactKind.MESSAGE))
    assert both(cap, make, make.context(make.case(), contacts=contacts)) == (True, 0)


@pytest.mark.parametrize(("made", "permitted"), [(1, True), (2, False)])
def test_a_cap_may_count_every_contact(make, made: int, permitted: bool) -> None:
    rule = VisitCap(visits=3, days=31, per="customer", source=make.source, counts=frozenset(ContactKind))
    contacts = (
        visit("C1", ago(20), kind=ContactKind.CALL),
        *(visit("C1", ago(31 - n), kind=ContactKind.MESSAGE) for n in range(made)),
    )
    assert both(rule, make, make.context(make.case(), contacts=contacts)) == (True, 0)
    contacts += (visit("C1", ago(1)),) * (made - 1)
    assert both(rule, make, make.context(make.case(), contacts=contacts)) == (permitted, int(not permitted))


def test_another_agency_s_visit_counts(cap, make) -> None:
    at = datetime(2026, 11, 22, 9, tzinfo=UTC)
    theirs = Contact(case="C1", kind=ContactKind.VISIT, at=at, reached=True, agency="other")
    assert both(cap, make, make.context(make.case(), contacts=(theirs,))) == (False, 1)


def test_other_loans_of_the_customer_count_per_customer_only(cap, make) -> None:
    same = Customer(id="K", name="Maija Meikäläinen")
    cases = (make.case("C1", customer=same), make.case("C2", customer=same))
    context = make.context(*cases, contacts=(visit("C2", ago(2)),))
    assert both(cap, make, context) == (False, 1)
    per_case = VisitCap(visits=1, days=7, per="case", source=make.source)
    assert both(per_case, make, context) == (True, 0)


def test_two_loans_of_one_customer_in_one_plan(cap, make) -> None:
    same = Customer(id="K", name="Maija Meikäläinen")
    context = make.context(make.case("C1", customer=same), make.case("C2", customer=same))
    plan = make.plan(make.stop(noon(), case="C1"), make.stop(noon(40), case="C2"))
    assert [finding.case for finding in cap.check(plan, context).findings] == ["C1", "C2"]
    assert cap.check(make.plan(make.stop(noon(), case="C1")), context).findings == ()


def test_a_local_day_is_not_a_day_of_greenwich(cap, make) -> None:
    """23:30 UTC on the 17th is already the 18th in Helsinki: six days before the 24th, not seven."""
    late = Contact(
        case="C1", kind=ContactKind.VISIT, at=datetime(2026, 11, 17, 23, 30, tzinfo=UTC), reached=True
    )
    assert both(cap, make, make.context(make.case(), contacts=(late,))) == (False, 1)
    utc = make.context(make.case(), contacts=(late,), zone="UTC")
    assert both(cap, make, utc) == (True, 0)


def test_a_week_with_a_clock_change_still_has_seven_days(cap, make) -> None:
    day = date(2026, 10, 26)
    stop = make.stop(datetime(2026, 10, 26, 12, tzinfo=HELSINKI))
    for before, permitted in ((6, False), (7, True)):
        context = make.context(make.case(), contacts=(visit("C1", day - timedelta(days=before), hour=0),))
        assert cap.effects(make.case(), day, context).permitted is permitted
        assert (cap.check(make.plan(stop), context).findings == ()) is permitted


def test_reasons_in_words(cap, make) -> None:
    context = make.context(make.case(), contacts=(visit("C1", ago(2)),))
    why = cap.effects(make.case(), DAY, context).forbidden[0]
    assert why.words("en") == (
        "1 contact(s) within 7 days up to 2026-11-24; at most 1 including this one (per customer)."
    )
    assert "7天内" in why.words("zh")
    finding = cap.check(make.plan(make.stop(noon())), context).findings[0]
    assert (finding.expected, finding.got) == ("1 / 7 d", "2 / 7 d")


@given(
    past=st.lists(
        st.tuples(st.sampled_from(["C1", "C2", "C3"]), st.integers(0, 20), st.sampled_from(ContactKind)),
        max_size=8,
    ),
    counts=st.sampled_from([frozenset({ContactKind.VISIT}), frozenset(ContactKind)]),
    last=st.one_of(st.none(), st.integers(0, 20)),
    visits=st.integers(1, 3),
    days=st.integers(1, 14),
    per=st.sampled_from(["customer", "case"]),
)
def test_effects_and_check_agree_on_one_stop(make, past, counts, last, visits, days, per) -> None:
    same = Customer(id="K", name="Maija Meikäläinen")
    cases = (
        make.case("C1", customer=same, last_visit=None if last is None else ago(last)),
        make.case("C2", customer=same),
        make.case("C3"),
    )
    context = make.context(*cases, contacts=tuple(visit(c, ago(back), kind=kind) for c, back, kind in past))
    rule = VisitCap(visits=visits, days=days, per=per, source=make.source, counts=counts)
    permitted, found = both(rule, make, context)
    assert permitted == (found == 0)
