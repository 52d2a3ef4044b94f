"""Who is due a visit: each ground allowed, forbidden and at its boundary."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from scheduler.model.people import Customer, Promise, PromiseState
from scheduler.model.values import Money
from scheduler.model.visit import Contact, ContactKind
from scheduler.selection.eligibility import eligible

DAY = date(2026, 11, 24)


@pytest.fixture
def judge(case, policy, zone):
    """`judge(contacts=(), table={}, **changes)`: the codes that speak against a visit; none if it is due."""

    def codes(contacts=(), table=None, **changes):
        found = eligible(case("C1", **changes), DAY, contacts, policy(**(table or {})), zone)
        assert found.grounds
        return () if found.due else found.codes

    return codes


def ago(days: int) -> date:
    return DAY - timedelta(days=days)


@pytest.mark.parametrize(
    ("days", "against"),
    [(9, ("too_early",)), (10, ()), (1080, ()), (1081, ("too_late",))],
)
def test_days_past_due(judge, days: int, against: tuple[str, ...]) -> None:
    assert judge(days_past_due=days) == against


@pytest.mark.parametrize(
    ("minor", "against"), [(0, ("nothing_overdue", "amount_small")), (5999, ("amount_small",)), (6000, ())]
)
def test_amount(judge, minor: int, against: tuple[str, ...]) -> None:
    assert set(judge(overdue=Money(minor, "EUR"))) <= set(against)
    assert judge(overdue=Money(minor, "EUR"))[:1] == against[:1]


def test_settled_cases_are_never_visited(judge) -> None:
    assert judge(settled_on=ago(1)) == ("settled",)
    assert judge(settled_on=ago(1), mandatory=True) == ("settled",)


@pytest.mark.parametrize(("days", "against"), [(0, ("cooling_off",)), (9, ("cooling_off",)), (10, ())])
def test_cooling_off_since_the_last_visit(judge, zone, days: int, against: tuple[str, ...]) -> None:
    assert judge(last_visit=ago(days)) == against
    seen = ago(days)
    at = datetime(seen.year, seen.month, seen.day, 20, tzinfo=zone)
    ledger = (Contact(case="C1", kind=ContactKind.VISIT, at=at, reached=False),)
    assert judge(contacts=ledger) == against
    calls = (Contact(case="C1", kind=ContactKind.CALL, at=at, reached=True),)
    assert judge(contacts=calls) == ()


@pytest.mark.parametrize(
    ("due_in", "state", "against"),
    [
        (3, PromiseState.PENDING, ("promise_pending",)),
        (0, PromiseState.PENDING, ("promise_pending",)),
        (-1, PromiseState.PENDING, ("promise_pending",)),  # a day of grace: payments take time to arrive
        (-2, PromiseState.PENDING, ()),
        (-1, PromiseState.BROKEN, ()),
        (-9, PromiseState.KEPT, ("promise_kept_lately",)),
        (-10, PromiseState.KEPT, ()),
    ],
)
def test_promises(judge, due_in: int, state: PromiseState, against: tuple[str, ...]) -> None:
    assert judge(promise=Promise(due=DAY + timedelta(days=due_in), state=state)) == against


def test_a_promise_whose_day_passed_is_broken(case, policy, zone) -> None:
    late = case("C1", promise=Promise(due=ago(5), state=PromiseState.PENDING))
    found = eligible(late, DAY, (), policy(), zone)
    assert "promise_broken" in found.codes
    words = next(ground.words("en") for ground in found.grounds if ground.code == "promise_broken")
    assert words == "The promise to pay by 2026-11-19 was not kept."


def test_flags_against_visits(judge) -> None:
    flagged = Customer(id="K", name="Maija Meikäläinen", flags=frozenset({"vulnerable", "hardship"}))
    assert judge(customer=flagged) == ("flagged",)
    assert judge(customer=flagged, table={"no_visit_flags": ["no_visit"]}) == ()
    assert judge(customer=flagged, mandatory=True) == ("flagged",)


def test_a_mandatory_case_skips_the_banks_own_limits_only(judge) -> None:
    assert judge(mandatory=True, days_past_due=1, overdue=Money(1, "EUR"), last_visit=ago(1)) == ()
    pending = Promise(due=DAY, state=PromiseState.PENDING)
    assert judge(mandatory=True, promise=pending) == ("promise_pending",)
    assert judge(mandatory=True, overdue=Money(0, "EUR")) == ("nothing_overdue",)


def test_another_currency_is_left_out(judge) -> None:
    assert judge(balance=Money(9, "SEK"), overdue=Money(9_000_000, "SEK")) == ("other_currency",)


def test_the_settings_move_every_limit(judge) -> None:
    assert judge(days_past_due=45, table={"min_days_past_due": 46}) == ("too_early",)
    assert judge(overdue=Money(40_000, "EUR"), table={"min_overdue": 400.01}) == ("amount_small",)
    assert judge(last_visit=ago(29), table={"cooling_off_days": 30}) == ("cooling_off",)
    promise = Promise(due=ago(3), state=PromiseState.PENDING)
    assert judge(promise=promise, table={"promise_grace_days": 3}) == ("promise_pending",)
