"""Product rules: bounds, flags, sizes, and slips named by table and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from scheduler.model.people import Customer
from scheduler.model.values import Money
from scheduler.strategy.products import ProductError, load_products

GOOD = """
[sizes.default]
small_below = 600
large_from = 6000

[offers.default]
part_payment = {}
instalments = { max_months = 12, min_days_past_due = 15, max_days_past_due = 30 }

[offers.boat_loan.hardship_relief]
max_months = 3
flags = ["hardship"]
without_flags = ["fraud"]
"""


@pytest.fixture
def load(tmp_path: Path):
    """`load(text)` reads rules.toml with this text."""

    def loader(text: str):
        path = tmp_path / "rules.toml"
        path.write_text(text, "utf-8")
        return load_products(path)

    return loader


def kinds(rules, case) -> list[str]:
    return [rule.kind for rule in rules.offers_for(case)]


@pytest.mark.parametrize(("days", "allowed"), [(14, False), (15, True), (30, True), (31, False)])
def test_bounds_by_days_past_due(load, case, days: int, allowed: bool) -> None:
    assert ("instalments" in kinds(load(GOOD), case("C1", days_past_due=days))) is allowed


def test_a_named_product_has_its_own_offers_only(load, case) -> None:
    rules = load(GOOD)
    hardship = Customer(id="K", name="x", flags=frozenset({"hardship"}))
    fraud = Customer(id="K", name="x", flags=frozenset({"hardship", "fraud"}))
    assert kinds(rules, case("C1", product="boat_loan")) == []
    assert kinds(rules, case("C1", product="boat_loan", customer=hardship)) == ["hardship_relief"]
    assert kinds(rules, case("C1", product="boat_loan", customer=fraud)) == []
    assert rules.offers["boat_loan"][0].values == {"max_months": 3}


@pytest.mark.parametrize(
    ("minor", "size"),
    [(0, "small"), (59_999, "small"), (60_000, "medium"), (599_999, "medium"), (600_000, "large")],
)
def test_sizes(load, case, minor: int, size: str) -> None:
    assert load(GOOD).size(case("C1", overdue=Money(minor, "EUR"))) == size


def test_doorsteps_own_rules_know_yuan(case) -> None:
    rules = load_products()
    yuan = case("C1", balance=Money(0, "CNY"), overdue=Money(499_999, "CNY"))
    assert rules.size(yuan) == "small"


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[sizes.default]", "[sizes.EUR]", r"\[sizes.default\] is missing"),
        ("[offers.default]", "[offers.loan]", r"\[offers.default\] is missing"),
        ("max_months = 12, ", "", r"\[offers.default.instalments\] max_months is missing"),
        ("max_months = 12", "max_months = 0", "max_months is a whole number from 1"),
        ("max_months = 12", "max_days = 12", "max_days is not known"),
        ("min_days_past_due = 15", "min_days_past_due = 31", "lies above max_days_past_due"),
        ("part_payment = {}", "discount = {}", r"\[offers.default\] discount is not known"),
        ("part_payment = {}", "part_payment = 5", "is missing or not a table"),
        ('["hardship"]', '"hardship"', "flags is a list of texts"),
        ("small_below = 600", "small_below = 6000", "small_below lies below large_from"),
        ("[sizes.default]", "[sizes.default", "cannot be read"),
    ],
)
def test_slips_are_named(load, old: str, new: str, says: str) -> None:
    assert old in GOOD
    with pytest.raises(ProductError, match=rf"rules\.toml.*{says}"):
        load(GOOD.replace(old, new))
