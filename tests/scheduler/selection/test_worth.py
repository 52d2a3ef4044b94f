"""Worth by hand: what a visit brings at an hour, less what it costs."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from scheduler.model.people import PlaceKind
from scheduler.model.values import Money, TimeWindow
from scheduler.selection.presence import Band
from scheduler.selection.worth import explain, values, worth_bands

DAY = date(2026, 11, 24)


@pytest.fixture
def bands(policy, zone):
    """The bands of 09:00 to 20:00 at home."""
    window = TimeWindow(datetime(2026, 11, 24, 9, tzinfo=zone), datetime(2026, 11, 24, 20, tzinfo=zone))
    return policy().presence.bands(PlaceKind.HOME, DAY, (window,), zone)


def test_an_example_by_hand(case, policy, bands) -> None:
    """400 EUR overdue, 45 days: 16 points, uplift 25 %; 20 minutes at 0.30 EUR and 2 EUR a contact."""
    points = 10 + 0 + 0 + 0 + 2 + 4
    odds = 0.25 * 2 ** (points / 20)
    if_met = odds / (1 + odds) * 0.25 * 40_000
    found = values([case("C1", product="credit_card")], DAY, policy())
    assert found.if_met[0] == pytest.approx(if_met)
    assert found.cost[0] == 200 + 20 * 30
    made = worth_bands(bands, found.if_met[0], found.cost[0], "EUR")
    assert [band.worth for band in made][-1] == Money(round(0.6 * if_met - 800), "EUR")


def test_one_large_loan_is_capped(case, policy) -> None:
    large, larger = (
        case(ident, balance=Money(minor, "EUR"), overdue=Money(minor, "EUR"))
        for ident, minor in (("C1", 600_000), ("C2", 60_000_000))
    )
    table = {"scorecard": {"balance": [[0, 0]]}}
    found = values([large, larger], DAY, policy(**table))
    assert found.if_met[0] == found.if_met[1]


def test_worth_is_never_below_nothing_and_equal_neighbours_join(bands) -> None:
    made = worth_bands(bands, 2000, 1000, "EUR")  # 0.3 and 0.35 and 0.45 of 2000 are below the cost
    assert [(f"{band.window.start:%H}", band.worth.minor) for band in made] == [("09", 0), ("18", 200)]
    assert [(f"{band.window.end:%H:%M:%S}") for band in made] == ["17:59:59", "20:00:00"]


def test_the_breakdown_adds_up(case, policy, bands) -> None:
    told = explain(case("C1", service=timedelta(minutes=30)), DAY, bands, policy())
    assert told.points == sum(line.points for line in told.lines)
    assert told.cost == Money(200 + 30 * 30, "EUR")
    assert told.at_stake == Money(40_000, "EUR")
    evening = told.by_hour["18:00"].minor
    assert evening == round(0.6 * told.useful * told.uplift * 40_000 - 1100)


def test_worth_is_integer_minor_units(zone) -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=zone)
    (band,) = worth_bands([Band(TimeWindow(noon, noon), 1 / 3)], 1000.0, 0.0, "EUR")
    assert band.worth == Money(333, "EUR")
