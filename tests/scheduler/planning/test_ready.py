from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.model.people import Place
from scheduler.model.plan import ReasonCode
from scheduler.model.values import DailyHours, Money, TimeWindow
from scheduler.model.visit import Visit, WorthBand
from scheduler.planning.ready import placed_visits, ready_teams
from scheduler.planning.teams import Team

ZONE = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 11, 24)
FAR = LatLon(61.5, 26.0)


class FakeRoads:
    """Roads near 60 degrees north, and none elsewhere."""

    def off_road_m(self, mode, points):
        return tuple(20.0 if point.lat < 61 else 90_000.0 for point in points)


def visit(case) -> Visit:
    window = TimeWindow(datetime(2026, 11, 24, 9, tzinfo=ZONE), datetime(2026, 11, 24, 17, tzinfo=ZONE))
    return Visit(
        case=case, day=DAY, windows=(window,), bands=(WorthBand(window=window, worth=Money(500, "EUR")),)
    )


def test_a_team_that_cannot_set_out_is_left_out_with_a_finding(agent) -> None:
    good = Team("A", (agent("A"),))
    unplaced = Team("B", (agent("B", start=Place(address="somewhere")),))
    doubtful = Team("C", (agent("C", start=Place(address="x", location=LatLon(60, 25), needs_review=True)),))
    off_map = Team("D", (agent("D", end=Place(address="x", location=FAR)),))
    early, late = (
        agent("E", shift=DailyHours(time(8), time(11))),
        agent("F", shift=DailyHours(time(12), time(16))),
    )
    ready, findings = ready_teams(
        [good, unplaced, doubtful, off_map, Team("X", (early, late))], FakeRoads(), 300
    )
    assert ready == (good,)
    assert [finding.subject for finding in findings] == ["B", "C", "D", "X"]
    assert all(finding.mend for finding in findings)


@pytest.mark.parametrize("teams", [[], ["off the map"]])
def test_a_day_on_which_nobody_can_go_is_refused(agent, teams) -> None:
    made = [Team("A", (agent("A", start=Place(address="x", location=FAR)),)) for _ in teams]
    with pytest.raises(DoorstepError, match="Nobody can go out"):
        ready_teams(made, FakeRoads(), 300)


def test_visits_without_a_usable_place_are_left_out_with_their_reason(agent, case) -> None:
    fine = visit(case("OK"))
    nowhere = visit(case("N", place=Place(address="x")))
    doubtful = visit(case("R", place=Place(address="x", location=LatLon(60, 25), needs_review=True)))
    far = visit(case("F", place=Place(address="x", location=FAR)))
    kept, left = placed_visits([fine, nowhere, doubtful, far], [Team("A", (agent("A"),))], FakeRoads(), 300)
    assert kept == (fine,)
    assert {entry.case: entry.reasons[0].code for entry in left} == {
        "N": ReasonCode.NOT_GEOCODED,
        "R": ReasonCode.NEEDS_REVIEW,
        "F": ReasonCode.OFF_THE_MAP,
    }
    assert all(entry.reasons[0].proven for entry in left)


def test_no_visits_are_no_visits(agent) -> None:
    assert placed_visits([], [Team("A", (agent("A"),))], FakeRoads(), 300) == ((), [])
