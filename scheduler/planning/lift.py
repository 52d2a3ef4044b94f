"""The solver's answer -> a Plan: seconds become instants, places become coordinates, tasks become stops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.plan import PlannedBreak, Route, Stop
from scheduler.model.values import moment_of
from scheduler.planning.compile import Compiled
from solvers.evaluate import Evaluation, RouteEvaluation, StopTimes
from solvers.meetings import Meeting, met_task

Met = Mapping[tuple[str, str], str]
"""Whom a vehicle meets at a task."""


def lift_routes(
    compiled: Compiled, judged: Evaluation, day: date, zone: ZoneInfo, meetings: Sequence[Meeting] = ()
) -> tuple[Route, ...]:
    """The routes as evaluated, one for each team that goes out, in order of team id."""
    met: dict[tuple[str, str], str] = {}
    for meeting in meetings:
        one, two = meeting.vehicles
        met[one, meeting.task], met[two, meeting.task] = two, one
    made = [_route(compiled, entry, day, zone, met) for entry in judged.routes if entry.stops]
    return tuple(sorted(made, key=lambda route: route.vehicle))


def _route(compiled: Compiled, entry: RouteEvaluation, day: date, zone: ZoneInfo, met: Met) -> Route:
    team = compiled.teams[entry.vehicle]
    start = team.start.location
    assert start is not None

    def at(seconds: int) -> datetime:
        return moment_of(seconds, day, zone)

    return Route(
        vehicle=team.id,
        members=tuple(member.id for member in team.members),
        mode=team.mode,
        start=start,
        end=team.end.location if team.end else None,
        depart=at(entry.departure),
        finish=at(entry.arrival_end),
        stops=tuple(_stop(compiled, stop, day, zone, team.id, met) for stop in entry.stops),
        breaks=tuple(PlannedBreak(start=at(begin), finish=at(end)) for begin, end in entry.breaks),
        back_travel=timedelta(seconds=entry.travel_s - sum(stop.travel for stop in entry.stops)),
        back_distance_m=entry.distance_m - sum(stop.distance for stop in entry.stops),
        overtime=timedelta(seconds=entry.overtime_s),
        shift=team.shift.on(day, zone) if team.shift else None,
    )


def _stop(compiled: Compiled, stop: StopTimes, day: date, zone: ZoneInfo, vehicle: str, met: Met) -> Stop:
    visit = compiled.visits[met_task(stop.task)]
    location = visit.case.place.location
    assert location is not None
    start = moment_of(stop.start, day, zone)
    return Stop(
        case=visit.id,
        location=location,
        arrive=moment_of(stop.arrival, day, zone),
        start=start,
        finish=moment_of(stop.end, day, zone),
        windows=visit.windows,
        worth=visit.worth_at(start),
        travel=timedelta(seconds=stop.travel),
        distance_m=stop.distance,
        people=visit.case.people,
        meets=met.get((vehicle, visit.id), ""),
    )
