"""docs/selection.md shows the defaults as they are."""

from __future__ import annotations

import inspect
import re
import tomllib
from pathlib import Path

from scheduler.selection import eligibility, select
from scheduler.selection.policy import Policy
from scheduler.selection.worth import values

PAGE = (Path(__file__).parents[3] / "docs" / "selection.md").read_text("utf-8")


def _block() -> dict:
    return tomllib.loads(PAGE.split("```toml\n")[1].split("```")[0])["selection"]


def test_the_settings_shown_are_the_defaults() -> None:
    assert Policy.from_mapping(_block(), currency="EUR") == Policy.from_mapping({}, currency="EUR")


def test_every_setting_is_shown() -> None:
    shown = _block()
    assert set(shown) == set(Policy.__dataclass_fields__) - {"currency"}
    assert set(shown["scorecard"]) == set(
        Policy.from_mapping({}, currency="EUR").scorecard.__dataclass_fields__
    )


def test_every_reason_to_leave_a_case_out_is_listed() -> None:
    against = inspect.getsource(eligibility).split("def _why")[0] + inspect.getsource(select)
    codes = set(re.findall(r'Ground\(\s*"(\w+)"', against)) - {"best_hours"} | {"rule_forbids"}
    assert len(codes) > 10
    assert all(f"`{code}`" in PAGE for code in codes)


def test_the_example_by_hand_is_right(case, policy, day) -> None:
    found = values([case("C1", product="credit_card")], day, policy())
    assert round(0.6 * found.if_met[0]) == 1820
    assert round(0.6 * found.if_met[0] - found.cost[0]) == 1020
    assert "€18.20" in PAGE
    assert "worth €10.20" in PAGE
