"""Conditions: each key holds and fails at its boundary."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from scheduler.model.people import PlaceKind
from scheduler.selection.promises import PromiseStanding
from scheduler.strategy.conditions import Condition, ConditionError
from scheduler.strategy.facts import Facts
from scheduler.strategy.playbook import examples

FACTS = Facts(
    days_past_due=45,
    failed_contacts=3,
    promise=PromiseStanding.BROKEN,
    size="medium",
    flags=frozenset({"hardship"}),
    product="credit_card",
    place=PlaceKind.HOME,
    first_visit=True,
    people=2,
    values={},
)


@pytest.mark.parametrize(
    ("when", "changed"),
    [
        ({"min_days_past_due": 45}, {"days_past_due": 44}),
        ({"max_days_past_due": 45}, {"days_past_due": 46}),
        ({"min_failed_contacts": 3}, {"failed_contacts": 2}),
        ({"max_failed_contacts": 3}, {"failed_contacts": 4}),
        ({"min_people": 2}, {"people": 1}),
        ({"promise": "broken"}, {"promise": PromiseStanding.KEPT}),
        ({"promise": ["none", "broken"]}, {"promise": PromiseStanding.PENDING}),
        ({"size": ["medium", "large"]}, {"size": "small"}),
        ({"place": "home"}, {"place": PlaceKind.WORK}),
        ({"flags": ["illness", "hardship"]}, {"flags": frozenset()}),
        ({"without_flags": ["dispute"]}, {"flags": frozenset({"dispute"})}),
        ({"products": ["credit_card"]}, {"product": "mortgage"}),
        ({"first_visit": True}, {"first_visit": False}),
    ],
)
def test_each_key_holds_and_fails(when: dict[str, Any], changed: dict[str, Any]) -> None:
    condition = Condition.parse(when)
    assert condition.holds(FACTS)
    assert not condition.holds(replace(FACTS, **changed))
    assert all(condition.holds(example) for example in examples(condition))


def test_all_keys_must_hold() -> None:
    condition = Condition.parse({"min_days_past_due": 30, "promise": "broken", "flags": ["hardship"]})
    assert condition.holds(FACTS)
    assert not condition.holds(replace(FACTS, days_past_due=29))


def test_an_empty_condition_always_holds() -> None:
    assert Condition.parse({}).always
    assert not Condition.parse({"first_visit": False}).always


@pytest.mark.parametrize(
    "when",
    [
        "days_past_due > 30",
        {"__import__": "os"},
        {"promise": []},
        {"flags": [1]},
        {"first_visit": "yes"},
        {"min_people": -1},
        {"min_days_past_due": 31, "max_days_past_due": 30},
        {"flags": ["a"], "without_flags": ["a"]},
    ],
)
def test_what_is_no_condition(when: Any) -> None:
    with pytest.raises(ConditionError):
        Condition.parse(when)
