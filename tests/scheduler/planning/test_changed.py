"""Plans without the stops that were withdrawn from them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from geodata.travel import UNREACHABLE, TravelMatrix
from scheduler.model.findings import DoorstepError
from scheduler.model.people import TravelMode
from scheduler.model.plan import Plan, PlannedBreak, Route, SolveFacts, Stop
from scheduler.model.values import Money, TimeWindow
from scheduler.planning.changed import Withdrawal, known_clean, without
from scheduler.store.repository import PlanRecord

NINE = datetime(2026, 11, 24, 9, tzinfo=UTC)
WORTH = Money(5, "EUR")


def place(number: int) -> LatLon:
    return LatLon(60 + number / 100, 25)


def apart(start: LatLon, end: LatLon) -> int:
    """A minute and 100 m for each hundredth of a degree."""
    return round(abs(start.lat - end.lat) * 100)


def matrices(modes, points):
    steps = np.array([[apart(a, b) for b in points] for a in points])
    made = TravelMatrix((steps * 60).astype(np.int32), (steps * 100).astype(np.int32))
    return dict.fromkeys(modes, made)


def route(where: list[int], *, end: int | None = 0, breaks=()) -> Route:
    """A day from place 0, stops 20 minutes long without waiting."""
    now, last, stops = NINE, 0, []
    for number in where:
        minutes = apart(place(last), place(number))
        arrive = now + timedelta(minutes=minutes)
        now = arrive + timedelta(minutes=20)
        stops.append(
            Stop(
                case=f"C{number}", location=place(number), arrive=arrive, start=arrive, finish=now,
                windows=(), worth=WORTH, travel=timedelta(minutes=minutes), distance_m=minutes * 100,
            )
        )  # fmt: skip
        last = number
    back = apart(place(last), place(end)) if end is not None else 0
    finish = now + timedelta(minutes=back)
    return Route(
        vehicle="A1", members=("A1",), mode=TravelMode.CAR, start=place(0),
        end=None if end is None else place(end), depart=NINE, finish=finish, stops=tuple(stops), breaks=breaks,
        back_travel=timedelta(minutes=back), back_distance_m=back * 100,
        overtime=max(timedelta(), finish - NINE - timedelta(hours=1)),
        shift=TimeWindow(NINE, NINE + timedelta(hours=1)),
    )  # fmt: skip


def plan(*routes: Route) -> Plan:
    facts = SolveFacts(
        engine="t",
        seed=1,
        time_limit_s=1,
        iteration_limit=None,
        stopped_by="t",
        cost=0,
        spent=0,
        cost_unit="t",
    )
    return Plan(
        id="p", day=date(2026, 11, 24), zone="UTC", currency="EUR", created=NINE, routes=routes, unassigned=(),
        extract="x", packs=(), solved=facts,
    )  # fmt: skip


def gone(*cases: str) -> list[Withdrawal]:
    return [Withdrawal(case=case, vehicle="A1", code="settled", words="Settled.") for case in cases]


@given(
    st.data(),
    st.lists(st.integers(1, 30), min_size=1, max_size=7, unique=True),
    st.sampled_from([None, 0, 9]),
)
def test_what_stays_keeps_its_hours_and_can_be_driven(data, where, end) -> None:
    before = route(where, end=end)
    dropped = data.draw(st.sets(st.sampled_from(where)))
    after = without(plan(before), gone(*(f"C{number}" for number in dropped)), matrices)
    kept = [stop for stop in before.stops if stop.case not in {f"C{number}" for number in dropped}]
    assert [stop.case for stop in after.stops] == [stop.case for stop in kept]
    assert [(stop.arrive, stop.start, stop.finish) for stop in after.stops] == [
        (stop.arrive, stop.start, stop.finish) for stop in kept
    ]
    if not kept:
        assert after.routes == ()
        return
    (made,) = after.routes
    if not dropped:
        assert made == before
    points = [made.start, *(stop.location for stop in made.stops)]
    for (start, arrived), stop in zip(pairwise(points), made.stops, strict=True):
        assert stop.travel == timedelta(minutes=apart(start, arrived))
        assert stop.distance_m == 100 * apart(start, arrived)
    moments = [made.depart, *(stop.finish for stop in made.stops)]
    assert all(left + stop.travel <= stop.arrive for left, stop in zip(moments, made.stops, strict=False))
    back = apart(points[-1], made.end) if made.end else 0
    assert made.back_travel == timedelta(minutes=back)
    assert made.finish == made.stops[-1].finish + made.back_travel
    assert made.depart >= before.depart
    assert made.finish <= before.finish
    assert made.overtime == max(timedelta(), made.finish - before.shift.end)


def test_a_case_that_is_still_known_joins_the_visits_left_out() -> None:
    after = without(plan(route([1, 2])), gone("C1", "C2"), matrices, known={"C1"})
    assert [(entry.case, entry.reasons[0].rule) for entry in after.unassigned] == [("C1", "settled")]
    assert after.routes == ()


def test_a_break_after_the_last_stop_that_is_left_falls_away() -> None:
    rest = PlannedBreak(start=NINE + timedelta(minutes=25), finish=NINE + timedelta(minutes=30))
    before = route([1, 20], breaks=(rest,))
    assert without(plan(before), gone("C20"), matrices).routes[0].breaks == ()
    assert without(plan(before), gone("C1"), matrices).routes[0].breaks == (rest,)


def test_a_way_that_is_gone_is_told() -> None:
    def closed(modes, points):
        away = np.full((2, 2), UNREACHABLE, np.int32)
        return dict.fromkeys(modes, TravelMatrix(away, away.copy()))

    with pytest.raises(DoorstepError, match="cannot be reached"):
        without(plan(route([1, 2, 3])), gone("C2"), closed)


def test_only_a_plan_of_these_bytes_that_was_clean_is_known() -> None:
    record = PlanRecord(
        plan="p",
        day=date(2026, 11, 24),
        file="plan.json",
        sha256="a",
        created=NINE,
        scenario="base",
        clean=True,
    )
    assert known_clean("a", [record])
    assert not known_clean("b", [record])
    assert not known_clean("a", [])


def test_the_dispatcher_is_told_which_stop_and_why() -> None:
    told = Withdrawal(case="C1", vehicle="A1", code="cap", words="2 visits.", source="House policy").finding()
    assert (told.code, told.subject) == ("stop_withdrawn", "C1")
    assert told.cause == "Withdrawn from A1: 2 visits. (House policy)"
