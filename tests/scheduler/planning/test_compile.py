from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.travel import UNREACHABLE as NO_ROAD
from geodata.travel import TravelMatrix as RoadMatrix
from scheduler.model.people import LunchBreak, Place, TravelMode
from scheduler.model.values import DailyHours, Money, TimeWindow
from scheduler.model.visit import Visit, WorthBand
from scheduler.planning.compile import Terms, compile_day, places_of
from scheduler.planning.shortlist import shortlist
from scheduler.planning.teams import Team
from solvers.task import PrizeBand, Window
from solvers.travel import UNREACHABLE
from solvers.vehicle import Break

ZONE = ZoneInfo("Europe/Helsinki")
DAY = date(2026, 11, 24)
HOUR = 3600


def at(hour: int, day: date = DAY) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


def visit(case, day: date = DAY, worth: int = 1200) -> Visit:
    window = TimeWindow(at(9, day), at(17, day))
    bands = (
        WorthBand(window=TimeWindow(at(9, day), at(12, day)), worth=Money(worth // 2, "EUR")),
        WorthBand(window=TimeWindow(at(12, day), at(17, day)), worth=Money(worth, "EUR")),
    )
    return Visit(case=case, day=day, windows=(window,), bands=bands)


def compiled(visits, teams, day: date = DAY, terms: Terms | None = None, closed: bool = False):
    places = places_of(visits, teams)
    size = len(places.points)
    seconds = np.full((size, size), 600, np.int32)
    np.fill_diagonal(seconds, 0)
    if closed:
        seconds[0, -1] = NO_ROAD
    metres = np.where(seconds == NO_ROAD, NO_ROAD, np.where(seconds == 0, 0, 5000)).astype(np.int32)
    roads = {team.mode: RoadMatrix(seconds.copy(), metres.copy()) for team in teams}
    return compile_day("d", day, ZONE, visits, teams, roads, places, terms or Terms())


@pytest.fixture
def team(agent) -> Team:
    return Team("A1", (agent("A1"),))


def test_hours_become_seconds_and_worth_becomes_prizes_by_the_hour(case, team) -> None:
    (task,) = compiled([visit(case())], [team]).problem.tasks
    assert task.windows == (Window(9 * HOUR, 17 * HOUR),)
    assert task.prize_bands == (
        PrizeBand(9 * HOUR, 12 * HOUR - 1, 600_000),
        PrizeBand(12 * HOUR, 17 * HOUR, 1_200_000),
    )
    assert task.service == 1200
    assert task.top_prize == 1_200_000


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 8), (date(2026, 10, 25), 10), (DAY, 9)])
def test_over_a_change_of_the_clocks_seconds_are_true_seconds(case, team, day, hours) -> None:
    (task,) = compiled([visit(case(), day)], [team], day).problem.tasks
    assert task.windows[0].start == hours * HOUR


def test_an_agents_day_and_its_price(agent, case) -> None:
    lunch = LunchBreak(duration=timedelta(minutes=45), hours=DailyHours(time(11), time(13)))
    one = Team(
        "A",
        (
            agent(
                "A",
                lunch=lunch,
                max_visits=7,
                max_overtime=timedelta(minutes=30),
                end=None,
                mode=TravelMode.CAR,
            ),
        ),
    )
    (vehicle,) = compiled([visit(case())], [one], terms=Terms(overtime_factor=2)).problem.vehicles
    assert (vehicle.shift_start, vehicle.shift_end, vehicle.max_overtime) == (9 * HOUR, 17 * HOUR, 1800)
    assert vehicle.cost_per_travel_second == 833  # 30.00 an hour is 3000 minor units, times 1000, by 3600
    assert vehicle.cost_per_metre == 50  # 0.50 a kilometre
    assert vehicle.cost_per_overtime_second == 1666
    assert vehicle.breaks == (Break(2700, 11 * HOUR, 13 * HOUR),)
    assert (vehicle.max_tasks, vehicle.end) == (7, None)


def test_who_may_go_is_named_where_not_everybody_may(agent, case) -> None:
    alone, pair = Team("A", (agent("A"),)), Team("X", (agent("B"), agent("C")))
    problem = compiled([visit(case("C1")), visit(case("C2", people=2))], [alone, pair]).problem
    assert problem.task_by_id["C1"].vehicles is None
    assert problem.task_by_id["C2"].vehicles == {"X"}


def test_speed_and_worth_are_scaled_and_a_closed_way_stays_closed(case, team) -> None:
    elsewhere = case(place=Place(address="", location=LatLon(60.2, 25.0)))
    terms = Terms(worth_factor=2, speed_factor=0.5)
    problem = compiled([visit(elsewhere)], [team], terms=terms, closed=True).problem
    matrix = problem.travel["car"]
    assert matrix.duration[0, 1] == UNREACHABLE
    assert matrix.duration[1, 0] == 1200
    assert problem.tasks[0].top_prize == 2_400_000


def test_a_place_shared_by_many_is_one_place(case, team) -> None:
    assert len(places_of([visit(case("C1")), visit(case("C2"))], [team]).points) == 2


def test_the_shortlist_keeps_the_worthiest_of_each_group_and_every_mandatory_one(agent, case) -> None:
    teams = [Team("A", (agent("A"),)), Team("N", (agent("N", agency="north"),))]
    own = [visit(case(f"C{n}"), worth=100 * n) for n in range(1, 6)]
    theirs = [visit(case(f"N{n}", agency="north"), worth=n) for n in range(1, 3)]
    must = visit(case("M", mandatory=True), worth=1)
    kept, cut = shortlist([*own, *theirs, must], teams, 2)
    assert [one.id for one in kept] == ["C5", "N1", "N2", "M"]
    assert [one.id for one in cut] == ["C1", "C2", "C3", "C4"]
