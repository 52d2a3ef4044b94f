"""Visits and teams -> one `solvers.Problem` of integers and ids.

The cost unit is a thousandth of a minor currency unit, so that an agent's second has a whole price.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from geodata.coordinates import LatLon
from geodata.travel import UNREACHABLE as NO_ROAD
from geodata.travel import TravelMatrix as RoadMatrix
from scheduler.model.people import TravelMode
from scheduler.model.values import DailyHours, Money, seconds_of_day
from scheduler.model.visit import Visit
from scheduler.planning.teams import Team
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle

COST_PER_MINOR = 1000


@dataclass(frozen=True, slots=True)
class Places:
    """The distinct locations of a day and where each is found in the matrices."""

    points: tuple[LatLon, ...]
    index: Mapping[LatLon, int]

    @classmethod
    def of(cls, locations: Iterable[LatLon]) -> Places:
        """Every location once, in the order of first mention."""
        index: dict[LatLon, int] = {}
        for location in locations:
            index.setdefault(location, len(index))
        return cls(tuple(index), index)


@dataclass(frozen=True, slots=True)
class Compiled:
    """The problem and what is needed to read its answer."""

    problem: Problem
    places: Places
    visits: Mapping[str, Visit]
    teams: Mapping[str, Team]


@dataclass(frozen=True, slots=True)
class Terms:
    """How the day is priced: what a visit's worth counts for, and an hour past the shift."""

    worth_factor: float = 1.0
    speed_factor: float = 1.0
    overtime_factor: float = 1.5


def places_of(visits: Sequence[Visit], teams: Sequence[Team]) -> Places:
    """Starts and ends of the teams, then the visits. Everything must be geocoded by now."""
    ends = [place.location for team in teams for place in (team.start, team.end) if place is not None]
    wanted = [*ends, *(visit.case.place.location for visit in visits)]
    return Places.of(location for location in wanted if location is not None)


def compile_day(
    name: str,
    day: date,
    zone: ZoneInfo,
    visits: Sequence[Visit],
    teams: Sequence[Team],
    roads: Mapping[TravelMode, RoadMatrix],
    places: Places,
    terms: Terms,
) -> Compiled:
    """State the day as a routing problem. `roads` has a matrix over `places` for each mode that is used."""
    clock = _Clock(day, zone, day)
    problem = Problem(
        name=name,
        tasks=tuple(task_of(visit, day, zone, teams, places, terms) for visit in visits),
        vehicles=tuple(_vehicle(team, places, clock, terms) for team in teams),
        travel={mode.value: _travel(matrix, terms.speed_factor) for mode, matrix in roads.items()},
    )
    return Compiled(problem, places, {visit.id: visit for visit in visits}, {team.id: team for team in teams})


@dataclass(frozen=True, slots=True)
class _Clock:
    """The hours of `day`, in seconds from the midnight of `origin`."""

    day: date
    zone: ZoneInfo
    origin: date

    def second(self, moment: datetime) -> int:
        return seconds_of_day(moment, self.origin, self.zone)

    def span(self, hours: DailyHours) -> tuple[int, int]:
        window = hours.on(self.day, self.zone)
        return self.second(window.start), self.second(window.end)


def task_of(
    visit: Visit, day: date, zone: ZoneInfo, teams: Sequence[Team], places: Places, terms: Terms
) -> Task:
    """A visit as a task of the routing problem that counts its seconds from the midnight of `day`."""
    clock = _Clock(day, zone, day)
    allowed = frozenset(team.id for team in teams if team.may_visit(visit.case))
    bands = tuple(
        PrizeBand(
            clock.second(band.window.start),
            clock.second(band.window.end),
            round(band.worth.minor * terms.worth_factor * COST_PER_MINOR),
        )
        for band in visit.bands
    )
    assert visit.case.place.location is not None
    return Task(
        id=visit.id,
        place=places.index[visit.case.place.location],
        windows=tuple(
            Window(
                clock.second(window.start),
                clock.second(window.end),
            )
            for window in visit.windows
        ),
        service=_seconds(visit.case.service),
        prize_bands=_apart(bands),
        mandatory=visit.case.mandatory,
        skills=visit.case.required_skills,
        vehicles=None if len(allowed) == len(teams) else allowed,
    )


def _apart(bands: tuple[PrizeBand, ...]) -> tuple[PrizeBand, ...]:
    """Bands that touch at one second, made to end a second earlier."""
    ordered = sorted(bands, key=lambda band: band.start)
    following = [band.start for band in ordered[1:]] + [1 << 40]
    return tuple(
        PrizeBand(b.start, min(b.end, nxt - 1), b.prize) for b, nxt in zip(ordered, following, strict=True)
    )


def _vehicle(team: Team, places: Places, clock: _Clock, terms: Terms) -> Vehicle:
    shift = team.shift
    start, end = team.start.location, team.end.location if team.end else None
    assert shift is not None
    assert start is not None
    opens, closes = clock.span(shift)
    second = _per_second(team.hourly_cost)
    return Vehicle(
        id=team.id,
        start=places.index[start],
        end=places.index[end] if end else None,
        shift_start=opens,
        shift_end=closes,
        max_overtime=_seconds(team.max_overtime),
        cost_per_travel_second=second,
        cost_per_metre=team.leader.km_cost.minor * COST_PER_MINOR // 1000,
        cost_per_overtime_second=round(second * terms.overtime_factor),
        max_tasks=team.max_visits,
        max_travel=_seconds(team.max_travel) if team.max_travel else None,
        skills=team.skills,
        profile=team.mode.value,
        breaks=_breaks(team, clock),
    )


def _breaks(team: Team, clock: _Clock) -> tuple[Break, ...]:
    if team.lunch is None:
        return ()
    earliest, latest = clock.span(team.lunch.hours)
    return (Break(_seconds(team.lunch.duration), earliest, latest),)


def _per_second(hourly: Money) -> int:
    return max(1, round(hourly.minor * COST_PER_MINOR / 3600))


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


@dataclass(frozen=True, slots=True)
class StatedDay:
    """One day of a horizon: its visits and the teams that go out."""

    day: date
    visits: tuple[Visit, ...]
    teams: tuple[Team, ...]


def vehicle_of(team: Team, day: date) -> str:
    """The id of a team's day in the routing problem of a horizon."""
    return f"{team.id}@{day.isoformat()}"


def compile_horizon(
    days: Sequence[StatedDay],
    zone: ZoneInfo,
    roads: Mapping[TravelMode, RoadMatrix],
    places: Places,
    terms: Terms,
) -> Problem:
    """Several days as one routing problem, its seconds counted from the first midnight: a vehicle is a team's day."""
    origin = days[0].day
    vehicles = tuple(
        replace(
            _vehicle(team, places, _Clock(stated.day, zone, origin), terms), id=vehicle_of(team, stated.day)
        )
        for stated in days
        for team in stated.teams
    )
    travel = {mode.value: _travel(matrix, terms.speed_factor) for mode, matrix in roads.items()}
    return Problem(f"horizon-{origin:%Y%m%d}", horizon_tasks(days, zone, places, terms), vehicles, travel)


def horizon_tasks(
    days: Sequence[StatedDay], zone: ZoneInfo, places: Places, terms: Terms
) -> tuple[Task, ...]:
    """A case is one task, whatever days it may be visited on, so it is visited once at most.

    Days on which the rules ask other skills, people or time of it than on its first are no choice for it.
    """
    origin = days[0].day
    tasks: dict[str, Task] = {}
    first: dict[str, Visit] = {}
    for stated in days:
        for visit in stated.visits:
            made = task_of(visit, origin, zone, stated.teams, places, terms)
            allowed = {vehicle_of(team, stated.day) for team in stated.teams if team.may_visit(visit.case)}
            known = tasks.get(visit.id)
            if known is None:
                first[visit.id] = visit
                tasks[visit.id] = replace(made, vehicles=frozenset(allowed))
            elif _alike(first[visit.id], visit):
                tasks[visit.id] = replace(
                    known,
                    windows=known.windows + made.windows,
                    prize_bands=known.prize_bands + made.prize_bands,
                    vehicles=(known.vehicles or frozenset()) | allowed,
                )
    return tuple(tasks.values())


def _alike(one: Visit, other: Visit) -> bool:
    a, b = one.case, other.case
    return (a.required_skills, a.people, a.service) == (b.required_skills, b.people, b.service)


def _travel(matrix: RoadMatrix, speed_factor: float) -> TravelMatrix:
    closed = matrix.duration_s == NO_ROAD
    scaled = np.where(closed, UNREACHABLE, np.rint(matrix.duration_s / speed_factor)).astype(np.int32)
    metres = np.where(closed, UNREACHABLE, matrix.distance_m).astype(np.int32)
    return TravelMatrix(scaled, metres)
