"""Doorstep's own playbooks and product rules, read once."""

from __future__ import annotations

from datetime import date

import pytest

from scheduler.strategy.cards import make_card
from scheduler.strategy.playbook import load_playbooks
from scheduler.strategy.products import load_products


@pytest.fixture(scope="session")
def playbooks():
    """Playbooks by language."""
    return load_playbooks()


@pytest.fixture(scope="session")
def products():
    """Doorstep's own product rules."""
    return load_products()


@pytest.fixture
def card(case, playbooks, products):
    """`card(language="en", reasons=(), **changes)` makes the card of a case."""

    def made(language="en", reasons=(), **changes):
        return make_card(
            case("C1", **changes),
            reasons,
            playbook=playbooks[language],
            products=products,
            day=date(2026, 11, 24),
        )

    return made
