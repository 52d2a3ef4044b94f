"""The dispatcher's page of a day: figures, a timeline, every route on one map, what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from reports import words
from reports.geometry import pack_line, pack_streets
from reports.leaflet import bounds_of, map_scripts, map_styles
from reports.page import asset, lean, render
from reports.palette import tone
from reports.sheet import DayPage, MapRoute, Position, RouteSheet, UnassignedRow
from reports.still import nearest_streets, routes_still

_STREET_POINTS = 25_000
_STILL_POINTS = 2_500
_MOST_LEFT = 150
"""Visits left out that the page shows, those worth most; the workbook has all."""
_WIDTH = 1000.0
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch of an agent's day on the timeline, in its units."""

    kind: str
    x: float
    width: float
    number: int = 0
    late: bool = False


def render_day_page(page: DayPage) -> str:
    """One self-contained HTML page. It says what the caller put in: names are the caller's to reduce."""
    places = [place for route in page.routes for place in (route.start_place, *route.line)]
    tray = page.unassigned[:_MOST_LEFT]
    left = [row.place for row in tray if row.place is not None]
    streets = nearest_streets(page.streets, places, _STREET_POINTS)
    few = nearest_streets([street for street in streets if street.rank <= 3], places, _STILL_POINTS)
    begin, end = _span(page.routes, page.generated_at)
    return render(
        "day.html",
        title=f"{page.title} {page.day.isoformat()}",
        language=page.language,
        styles=[*map_styles(), asset("day.css")],
        scripts=[*map_scripts(bounds_of([*places, *left])), lean(asset("day.js"))],
        data=_data(page, tray, pack_streets(streets)),
        page=page,
        day=words.long_date(page.day, page.language),
        still=routes_still(_map_routes(page.routes), few, [*places, *left], (640, 480)),
        rows=[
            (index, route, tone(index), _bars(route, begin, end)) for index, route in enumerate(page.routes)
        ],
        ticks=_ticks(begin, end),
        any_late=any(stop.late_risk for route in page.routes for stop in route.stops),
        any_left=bool(left),
        tray=tray,
        width=_WIDTH,
    )


def _map_routes(routes: Sequence[RouteSheet]) -> list[MapRoute]:
    return [
        MapRoute(
            agent=route.agent_name,
            line=[route.start_place, *route.line],
            stops=tuple((stop.number, stop.case_id, stop.place) for stop in route.stops),
        )
        for route in routes
    ]


def _data(page: DayPage, tray: Sequence[UnassignedRow], streets: str) -> dict[str, Any]:
    known = words.words(page.language)
    routes = []
    for index, route in enumerate(page.routes):
        one = tone(index)
        line: list[Position] = [route.start_place, *route.line]
        routes.append(
            {
                "name": route.agent_name,
                "line": pack_line(line),
                "colour": one.colour,
                "ink": one.ink,
                "dash": one.dash,
                "start": route.start_place,
                "stops": [
                    {"n": stop.number, "id": stop.case_id, "at": stop.place, "when": words.clock(stop.arrive)}
                    for stop in route.stops
                ],
            }
        )
    left = [{"id": row.case_id, "at": row.place} for row in tray if row.place is not None]
    return {
        "routes": routes,
        "left": left,
        "streets": streets,
        "words": {key: known[key] for key in ("osm", "unassigned")},
    }


def _span(routes: Sequence[RouteSheet], made: datetime) -> tuple[datetime, datetime]:
    """Whole hours around all routes; the hour after `made` where there are none."""
    if not routes:
        return made, made + _HOUR
    begin = min(route.depart for route in routes).replace(minute=0, second=0, microsecond=0)
    end = max(route.finish for route in routes)
    return begin, begin + max(1, -((begin - end) // _HOUR)) * _HOUR


def _bars(route: RouteSheet, begin: datetime, end: datetime) -> list[Bar]:
    scale = _WIDTH / (end - begin).total_seconds()

    def bar(kind: str, start: datetime, finish: datetime, number: int = 0, late: bool = False) -> Bar:
        x = (start - begin).total_seconds() * scale
        return Bar(kind, round(x, 1), round((finish - start).total_seconds() * scale, 1), number, late)

    bars = []
    for stop in route.stops:
        bars.append(bar("travel", stop.arrive - stop.travel, stop.arrive))
        bars.append(bar("waiting", stop.arrive, stop.start))
        bars.append(bar("service", stop.start, stop.finish, stop.number, stop.late_risk))
    if route.stops and route.end_place is not None:
        bars.append(bar("travel", route.stops[-1].finish, route.finish))
    bars += [bar("break", rest.start, rest.finish) for rest in route.breaks]
    return [one for one in bars if one.width > 0]


def _ticks(begin: datetime, end: datetime) -> list[tuple[float, str]]:
    hours = (end - begin) // _HOUR
    return [(_WIDTH * k / hours, words.clock(begin + k * _HOUR)) for k in range(hours + 1)]
