"""Marks: what cannot exist is refused, whom they concern, when they hold, and how they are withdrawn."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.findings import ModelError
from scheduler.model.ledger import (
    MARKS,
    AgentComplaint,
    BlockedHours,
    BlockedPlace,
    CeaseContact,
    Mark,
    Pause,
    PauseKind,
    VisitConsent,
    Withdrawal,
    standing,
    standing_on,
)
from scheduler.model.people import Case, Customer, Place, PlaceKind
from scheduler.model.values import DailyHours, Money

DAY = date(2026, 11, 24)
COMMON: dict[str, Any] = {
    "id": "M1",
    "case": "C1",
    "since": DAY,
    "source": "letter",
    "recorded_by": "anna",
    "recorded_at": datetime(2026, 11, 24, 9, tzinfo=UTC),
}


def case(ident: str = "C1", customer: str = "K1") -> Case:
    return Case(
        id=ident,
        customer=Customer(id=customer, name="Maija Meikäläinen"),
        place=Place(address="Mannerheimintie 1"),
        balance=Money(1, "EUR"),
        overdue=Money(1, "EUR"),
        days_past_due=1,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a b"},
        {"case": ""},
        {"customer": "K1"},
        {"case": "C/1"},
        {"until": DAY - timedelta(days=1)},
        {"source": " "},
        {"recorded_by": ""},
        {"recorded_at": datetime(2026, 11, 24)},  # noqa: DTZ001
    ],
)
def test_what_cannot_be(wrong: dict[str, Any]) -> None:
    CeaseContact(**COMMON)
    with pytest.raises(ModelError):
        CeaseContact(**{**COMMON, **wrong})


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        (BlockedHours, {"hours": ()}),
        (BlockedHours, {"hours": (DailyHours(time(9), time(10)),), "weekdays": frozenset({7})}),
        (AgentComplaint, {"agent": ""}),
        (Withdrawal, {"of": "M1"}),
        (Mark, {}),
    ],
)
def test_what_a_kind_cannot_be(kind: type[Mark], wrong: dict[str, Any]) -> None:
    with pytest.raises(ModelError):
        kind(**COMMON, **wrong)


def test_kinds_are_named_once() -> None:
    assert len(MARKS) == 13
    assert all(made.kind == name for name, made in MARKS.items())


def test_whom_a_mark_concerns() -> None:
    of_case = CeaseContact(**COMMON)
    of_customer = CeaseContact(**{**COMMON, "case": "", "customer": "K1"})
    assert [of_case.concerns(c) for c in (case(), case("C2"))] == [True, False]
    assert [of_customer.concerns(c) for c in (case(), case("C2"), case("C3", "K2"))] == [True, True, False]


def test_first_and_last_day_are_included() -> None:
    mark = Pause(**COMMON, until=DAY + timedelta(days=2), reason=PauseKind.BEREAVEMENT)
    held = [mark.holds_on(DAY + timedelta(days=n)) for n in range(-1, 4)]
    assert held == [False, True, True, True, False]
    assert CeaseContact(**COMMON).holds_on(date(2099, 1, 1))


def test_a_withdrawn_mark_stands_until_the_day_before() -> None:
    blocked = BlockedPlace(**COMMON, place=PlaceKind.WORK)
    back = Withdrawal(**{**COMMON, "id": "M2", "since": DAY + timedelta(days=3)}, of="M1")
    left = [standing_on([back, blocked], DAY + timedelta(days=n)) for n in range(-1, 5)]
    assert left == [(), (blocked,), (blocked,), (blocked,), (), ()]
    assert standing_on([blocked, Withdrawal(**{**COMMON, "id": "M2"}, of="M1")], DAY) == ()


def test_a_withdrawn_mark_ends_the_day_before() -> None:
    blocked = BlockedPlace(**COMMON, place=PlaceKind.WORK)
    back = Withdrawal(**{**COMMON, "id": "M2", "since": DAY + timedelta(days=3)}, of="M1")
    (left,) = standing([blocked, back])
    assert left.until == DAY + timedelta(days=2)
    assert standing([blocked, Withdrawal(**{**COMMON, "id": "M2"}, of="M1")]) == ()


def test_a_withdrawal_for_somebody_else_changes_nothing() -> None:
    consent = VisitConsent(**COMMON)
    other = Withdrawal(**{**COMMON, "id": "M2", "case": "C9"}, of="M1")
    assert standing_on([consent, other], DAY) == (consent,)


@given(
    since=st.integers(0, 10),
    length=st.one_of(st.none(), st.integers(0, 10)),
    withdrawn=st.lists(st.integers(0, 20), max_size=3),
    look=st.integers(0, 25),
)
def test_a_mark_holds_until_it_ends_or_is_withdrawn(since, length, withdrawn, look) -> None:
    start = DAY + timedelta(days=since)
    mark = CeaseContact(
        **{**COMMON, "since": start, "until": None if length is None else start + timedelta(days=length)}
    )
    backs = [
        Withdrawal(**{**COMMON, "id": f"W{n}", "since": DAY + timedelta(days=on)}, of="M1")
        for n, on in enumerate(withdrawn)
    ]
    day = DAY + timedelta(days=look)
    held = standing_on([*backs, mark], day) == (mark,)
    assert held == any(kept.holds_on(day) for kept in standing([*backs, mark]))
    assert held == (mark.holds_on(day) and all(day < back.since for back in backs))
