"""Builders of model values for the business's tests: a good one, and what to change about it."""

from __future__ import annotations

from datetime import time, timedelta
from typing import Any

import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import Agent, Case, Customer, Place
from scheduler.model.values import DailyHours, Money


def make_case(ident: str = "C1", **changes: Any) -> Case:
    """A plain overdue case, geocoded."""
    base: dict[str, Any] = {
        "id": ident,
        "customer": Customer(id=f"K-{ident}", name="Maija Meikäläinen", phone="040 000 0000", language="en"),
        "place": Place(address="Mannerheimintie 1", location=LatLon(60.17, 24.94), precision="address"),
        "balance": Money(250_000, "EUR"),
        "overdue": Money(40_000, "EUR"),
        "days_past_due": 45,
    }
    return Case(**{**base, **changes})


def make_agent(ident: str = "A1", **changes: Any) -> Agent:
    """A plain agent, 9 to 17, from and to the same place."""
    home = Place(address="Kaivokatu 1", location=LatLon(60.1702, 24.9414), precision="address")
    base: dict[str, Any] = {
        "id": ident,
        "name": f"Agent {ident}",
        "start": home,
        "end": home,
        "shift": DailyHours(time(9), time(17)),
        "hourly_cost": Money(3000, "EUR"),
        "km_cost": Money(50, "EUR"),
        "max_overtime": timedelta(),
    }
    return Agent(**{**base, **changes})


@pytest.fixture
def case():
    """`case(id, **changes)` builds a case."""
    return make_case


@pytest.fixture
def agent():
    """`agent(id, **changes)` builds an agent."""
    return make_agent
