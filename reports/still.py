"""Maps that need no script: an SVG of streets, routes and numbered places."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from reports.geometry import Canvas, spread
from reports.palette import Tone, tone
from reports.sheet import Line, MapRoute, Position, RouteSheet, StreetLine

_ROUTE = "#0072b2"
_STOP = "#14171a"
_HIGH = "#a8512a"
_RADIUS = 11.0
_SMALL = 9.0


@dataclass(frozen=True, slots=True)
class StillLine:
    """A drawn route."""

    path: str
    colour: str
    width: float
    dash: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A numbered place; drawn at (x, y), being at (home_x, home_y)."""

    x: float
    y: float
    home_x: float
    home_y: float
    text: str
    colour: str
    ink: str = "#fff"
    square: bool = False
    pinned: bool = False

    @property
    def home(self) -> bool:
        """Whether it is the start of a route, drawn as a house: few fonts have the sign."""
        return not self.text

    @property
    def moved(self) -> bool:
        """Whether it had to make room."""
        return abs(self.x - self.home_x) + abs(self.y - self.home_y) > 3


@dataclass(frozen=True, slots=True)
class Still:
    """A whole picture; sizes in SVG units."""

    width: float
    height: float
    streets: Sequence[tuple[int, str]]
    lines: Sequence[StillLine]
    marks: Sequence[Mark]
    radius: float = _RADIUS


def sheet_still(sheet: RouteSheet, width: float, height: float, streets: Sequence[StreetLine]) -> Still:
    """One agent's route over its streets."""
    line: list[Position] = [sheet.start_place, *sheet.line]
    canvas = Canvas.fit([*line, *(stop.place for stop in sheet.stops)], width, height)
    homes = canvas.xy([sheet.start_place, *(stop.place for stop in sheet.stops)])
    placed = np.clip(spread(homes, 2 * _RADIUS + 1), _RADIUS + 2, np.array([width, height]) - _RADIUS - 2)
    faces = [("", _STOP, True, False)]
    faces += [
        (str(s.number), _HIGH if s.high_priority else _STOP, s.high_priority, s.pinned) for s in sheet.stops
    ]
    marks = [
        Mark(
            x=round(float(at[0]), 1),
            y=round(float(at[1]), 1),
            home_x=round(float(home[0]), 1),
            home_y=round(float(home[1]), 1),
            text=text,
            colour=colour,
            square=square,
            pinned=pinned,
        )
        for (text, colour, square, pinned), at, home in zip(faces, placed, homes, strict=True)
    ]
    return Still(
        width=width,
        height=height,
        streets=canvas.street_paths(streets),
        lines=[StillLine(canvas.path(line), "#fff", 6), StillLine(canvas.path(line), _ROUTE, 3)],
        marks=marks,
    )


def routes_still(
    routes: Sequence[MapRoute],
    streets: Iterable[StreetLine],
    around: Sequence[Position],
    size: tuple[float, float],
    ringed: Collection[str] = (),
    tones: Sequence[Tone] | None = None,
) -> Still:
    """Several agents' routes; cases of `ringed` get a ring. `around` is what the picture must show; `tones`
    are the routes' looks, if not those of their order.
    """
    canvas = Canvas.fit(around, *size)
    tones = tones or [tone(index) for index in range(len(routes))]
    lines = [
        StillLine(canvas.path(route.line), one.colour, 2.6, one.dash)
        for route, one in zip(routes, tones, strict=True)
    ]
    stops = [(stop, one) for route, one in zip(routes, tones, strict=True) for stop in route.stops]
    homes = canvas.xy([place for (_, _, place), _ in stops])
    placed = np.clip(spread(homes, 2 * _SMALL + 1), _SMALL + 4, np.array(size) - _SMALL - 4)
    marks = [
        Mark(
            x=round(float(at[0]), 1),
            y=round(float(at[1]), 1),
            home_x=round(float(home[0]), 1),
            home_y=round(float(home[1]), 1),
            text=str(number),
            colour=one.colour,
            ink=one.ink,
            pinned=case in ringed,
        )
        for ((number, case, _), one), at, home in zip(stops, placed, homes, strict=True)
    ]
    return Still(*size, canvas.street_paths(streets), lines, marks, _SMALL)


def nearest_streets(streets: Iterable[StreetLine], line: Line, most_points: int) -> list[StreetLine]:
    """Streets by nearness to a line, great ones treated as nearer, until `most_points` are used; a street's
    own beginning counts as one more.

    A page has a size to keep; a street far from the route is the first that its reader can do without.
    """
    known = list(streets)
    if sum(len(street.points) + 1 for street in known) <= most_points or not len(line):
        return known
    route = np.asarray(line, float)
    route = route[:: max(1, len(route) // 200)]
    squeeze = np.array([1.0, float(np.cos(np.radians(route[0, 0])))])
    middles = np.array([np.asarray(street.points, float).mean(axis=0) for street in known])
    gaps = ((middles[:, None, :] - route[None, :, :]) * squeeze) ** 2
    away = np.sqrt(gaps.sum(axis=2).min(axis=1)) * np.array([0.4 + 0.2 * street.rank for street in known])
    kept, used = set[int](), 0
    for index in np.argsort(away, kind="stable"):
        used += len(known[int(index)].points) + 1
        if used > most_points:
            break
        kept.add(int(index))
    return [street for index, street in enumerate(known) if index in kept]
