"""docs/strategy.md names every variable, condition, offer, protected entry and known flag."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

from scheduler.strategy.conditions import Condition
from scheduler.strategy.facts import VARIABLES
from scheduler.strategy.playbook import REQUIRED
from scheduler.strategy.products import OFFERS, OWN_FILE

PAGE = (Path(__file__).parents[3] / "docs" / "strategy.md").read_text("utf-8")


def test_variables_and_what_they_stand_for() -> None:
    assert all(f"| `{name}` | {meaning} |" in PAGE for name, meaning in VARIABLES.items())


def test_conditions() -> None:
    assert all(f"`{entry.name}`" in PAGE for entry in fields(Condition))


def test_offers_and_their_bounds() -> None:
    assert all(
        f"| `{kind}` | {f'`{bound}`' if bound else 'none'} |" in PAGE for kind, bound in OFFERS.items()
    )


def test_what_no_playbook_may_drop() -> None:
    for section, entries in REQUIRED.items():
        (line,) = re.findall(rf"^\| {section} \| (`.*) \|$", PAGE, flags=re.M)
        assert set(re.findall(r"`(\w+)`", line)) == entries


def test_flags(playbooks) -> None:
    conditions = [entry.when for entries in playbooks["en"].sections.values() for entry in entries]
    known = {flag for when in conditions for flag in when.flags | when.without_flags}
    rules = tomllib.loads(OWN_FILE.read_text("utf-8"))["offers"]
    for product in rules.values():
        for offer in product.values():
            known.update(offer.get("flags", []), offer.get("without_flags", []))
    told = PAGE.split("Flags that Doorstep's playbooks know:")[1]
    assert set(re.findall(r"`(\w+)`", told)) == known
