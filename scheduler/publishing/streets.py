"""Street lines and legs for pages, cut out of the extract."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LatLon
from geodata.streets import StreetMap, box_around
from reports.sheet import Line, StreetLine
from scheduler.model.people import TravelMode
from scheduler.model.plan import Plan, Route
from scheduler.planning.roads import Roads

MARGIN_M = 250.0
MOST_STREETS = 6000


def pair(place: LatLon) -> tuple[float, float]:
    """A place as pages write it."""
    return place.lat, place.lon


def as_line(points: NDArray[np.float64]) -> Line:
    """Rows of latitude and longitude as pairs."""
    return tuple((float(lat), float(lon)) for lat, lon in points)


class Legs:
    """The way between two places by a way of travel; a straight line where no road leads there."""

    def __init__(self, roads: Roads) -> None:
        self._roads = roads
        self._known: dict[tuple[TravelMode, LatLon, LatLon], Line] = {}

    def leg(self, mode: TravelMode, origin: LatLon, destination: LatLon) -> Line:
        """The line from door to door."""
        key = (mode, origin, destination)
        if key not in self._known:
            route = self._roads.engine(mode).route(origin, destination)
            middle = () if route is None else as_line(route.points)
            self._known[key] = (pair(origin), *middle, pair(destination))
        return self._known[key]

    def of_route(self, route: Route) -> tuple[list[Line], Line]:
        """The legs to each stop, and the way back."""
        at, legs = route.start, []
        for stop in route.stops:
            legs.append(self.leg(route.mode, at, stop.location))
            at = stop.location
        return legs, self.leg(route.mode, at, route.end) if route.end and route.stops else ()


def street_lines(
    streets: StreetMap, lines: Iterable[Line], *, most: int = MOST_STREETS
) -> tuple[StreetLine, ...]:
    """The streets around some lines, great ones first."""
    points = np.array([point for line in lines for point in line], float)
    if not len(points):
        return ()
    found = streets.within(box_around(points, MARGIN_M), most=most)
    return tuple(StreetLine(line.rank, as_line(line.points)) for line in found)


def all_places(plan: Plan) -> Sequence[LatLon]:
    """Every place a plan goes to."""
    ends = [place for route in plan.routes for place in (route.start, route.end) if place]
    return [*ends, *(stop.location for stop in plan.stops)]
