"""Defaults of the workspace's selection, in euros."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest

from scheduler.selection.policy import Policy


@pytest.fixture
def policy():
    """`policy(**table)` reads a `[selection]` table."""
    return lambda **table: Policy.from_mapping(table, currency="EUR")


@pytest.fixture
def day() -> date:
    """A Tuesday."""
    return date(2026, 11, 24)


@pytest.fixture
def zone() -> ZoneInfo:
    """Where it is spent."""
    return ZoneInfo("Europe/Helsinki")
