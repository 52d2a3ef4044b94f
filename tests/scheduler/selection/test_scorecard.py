"""The scorecard by hand: points, odds, chances; line by line as for many at once."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.people import Case, Customer, Place, Promise, PromiseState
from scheduler.model.values import Money
from scheduler.selection.policy import Policy
from scheduler.selection.tables import SelectionError

DAY = date(2026, 11, 24)
POLICY = Policy.from_mapping({}, currency="EUR")
CARD = POLICY.scorecard


def test_an_example_by_hand(case) -> None:
    """45 days past due 10, two failed contacts 2, balance 2,500 EUR 0, broken promise 6, card 2, first visit 4."""
    shown = case(
        "C1",
        product="credit_card",
        failed_contacts=2,
        promise=Promise(due=date(2026, 11, 1), state=PromiseState.BROKEN),
    )
    lines = CARD.lines(shown, DAY, 1)
    assert [(line.characteristic, line.shows, line.points) for line in lines] == [
        ("days_past_due", "30-59", 10),
        ("failed_contacts", "1-2", 2),
        ("balance", "1000-4999", 0),
        ("promise", "broken", 6),
        ("product", "credit_card", 2),
        ("visits", "first_visit", 4),
    ]
    points = CARD.points([shown], DAY, 1)
    assert points.tolist() == [24]
    odds = 0.25 * 2 ** (24 / 20)
    assert CARD.chance(points)[0] == pytest.approx(odds / (1 + odds))


def test_twenty_points_double_the_odds() -> None:
    chances = CARD.chance(np.array([0.0, 20.0, -20.0]))
    assert chances.tolist() == pytest.approx([1 / 5, 1 / 3, 1 / 9])


def test_a_product_that_is_not_listed_is_other(case) -> None:
    lines = CARD.lines(case("C1", product="<b>boat</b>"), DAY, 1)
    assert lines[4].shows == "other"


@given(
    days=st.integers(0, 2000),
    failed=st.integers(0, 30),
    balance=st.integers(0, 10_000_000),
    promise=st.one_of(st.none(), st.tuples(st.integers(-40, 40), st.sampled_from(PromiseState))),
    product=st.sampled_from(["consumer_loan", "credit_card", "mortgage", "boat"]),
    visited=st.booleans(),
)
def test_many_at_once_score_as_line_by_line(days, failed, balance, promise, product, visited) -> None:
    shown = Case(
        id="C1",
        customer=Customer(id="K1", name="Maija Meikäläinen"),
        place=Place(address="Mannerheimintie 1", location=LatLon(60.17, 24.94)),
        product=product,
        balance=Money(balance, "EUR"),
        overdue=Money(1, "EUR"),
        days_past_due=days,
        failed_contacts=failed,
        last_visit=DAY if visited else None,
        promise=promise and Promise(due=DAY + timedelta(days=promise[0]), state=promise[1]),
    )
    assert sum(line.points for line in CARD.lines(shown, DAY, 1)) == CARD.points([shown], DAY, 1)[0]


@pytest.mark.parametrize("trait", ["language", "age", "sex", "district", "name"])
def test_protected_traits_cannot_be_given_points(trait: str) -> None:
    with pytest.raises(SelectionError, match=rf"\[selection.scorecard\] {trait}: it is not a setting"):
        Policy.from_mapping({"scorecard": {trait: [[0, 5]]}}, currency="EUR")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"scorecard": []}, r"\[selection.scorecard\] is a table"),
        ({"scorecard": {"days_past_due": [[1, 5]]}}, "days_past_due: its bounds start at 0 and rise"),
        ({"scorecard": {"days_past_due": [[0, 5], [0, 6]]}}, "its bounds start at 0 and rise"),
        ({"scorecard": {"days_past_due": [[0, "5"]]}}, "a number from -1000 to 1000"),
        ({"scorecard": {"days_past_due": 5}}, "it is a list of pairs"),
        ({"scorecard": {"promise": {"broke": 5}}}, "broke: it is not a setting"),
        ({"scorecard": {"product": {"car_loan": True}}}, "car_loan: a number"),
        ({"scorecard": {"base_odds": 0}}, "base_odds: a number"),
        ({"min_days_past_due": 2.5}, r"\[selection\] min_days_past_due: it is a whole number"),
        ({"max_days_past_due": 5}, "below min_days_past_due"),
        ({"min_overdue": -1}, "min_overdue: a number from 0"),
        ({"min_overdue": float("nan")}, "min_overdue: a number from 0"),
        ({"uplift_percent": [[0, 120]]}, "a number from 0 to 100"),
        ({"no_visit_flags": "vulnerable"}, "a list of texts"),
        ({"max_bandz": 4}, "max_bandz: it is not a setting"),
    ],
)
def test_mistakes_in_the_table(table, says: str) -> None:
    with pytest.raises(SelectionError, match=says):
        Policy.from_mapping(table, currency="EUR")


def test_a_partial_table_keeps_the_other_defaults() -> None:
    changed = Policy.from_mapping({"scorecard": {"promise": {"broken": 0}}}, currency="EUR").scorecard
    assert changed.promise["broken"] == 0
    assert changed.promise["kept"] == CARD.promise["kept"]
    assert changed.days_past_due == CARD.days_past_due


def test_default_amounts_follow_the_currency() -> None:
    assert POLICY.min_overdue == Money(6000, "EUR")
    assert Policy.from_mapping({}, currency="CNY").min_overdue == Money(50_000, "CNY")
    assert Policy.from_mapping({}, currency="JPY").min_overdue == Money(9600, "JPY")
    assert Policy.from_mapping({}, currency="CNY").scorecard.balance.bounds == (0, 8000, 40_000, 160_000)
