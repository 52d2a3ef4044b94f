"""Routes for map apps and devices: GPX and GeoJSON. Places are named by the stop's number alone."""

from __future__ import annotations

import json
from typing import Any

from reports import words
from reports.geometry import rounded
from reports.sheet import Position, RouteSheet


def route_gpx(sheet: RouteSheet) -> str:
    """GPX 1.1: a waypoint for each stop and one track, a segment for each leg."""
    from gpxpy.gpx import GPX, GPXTrack, GPXTrackPoint, GPXTrackSegment, GPXWaypoint

    gpx = GPX()
    gpx.creator = "doorstep"
    gpx.time = sheet.generated_at
    for stop in sheet.stops:
        lat, lon = stop.place
        gpx.waypoints.append(GPXWaypoint(lat, lon, name=_name(sheet, stop.number), time=stop.arrive))
    track = GPXTrack(name=sheet.day.isoformat())
    for leg in (*(stop.leg for stop in sheet.stops), sheet.back_leg):
        if len(leg):
            track.segments.append(GPXTrackSegment([GPXTrackPoint(*_pair(point)) for point in leg]))
    gpx.tracks.append(track)
    return str(gpx.to_xml())


def route_geojson(sheet: RouteSheet) -> str:
    """GeoJSON (RFC 7946; longitude first): a point for each stop, a line for each leg with two points or more."""
    features: list[dict[str, Any]] = []
    for stop in sheet.stops:
        properties = {
            "name": _name(sheet, stop.number),
            "number": stop.number,
            "arrive": stop.arrive.isoformat(),
        }
        features.append(_feature("Point", _lon_lat(stop.place), properties))
    legs = [(stop.number, stop.leg) for stop in sheet.stops]
    for number, leg in (*legs, (0, sheet.back_leg)):
        line = [_lon_lat(point) for point in rounded(leg)]
        if len(line) > 1:
            features.append(_feature("LineString", line, {"to": number or None}))
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False)


def _feature(kind: str, coordinates: Any, properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


def _name(sheet: RouteSheet, number: int) -> str:
    return f"{words.words(sheet.language)['visit']} {number}"


def _pair(point: Position) -> Position:
    return float(point[0]), float(point[1])


def _lon_lat(point: Position | list[float]) -> list[float]:
    return [float(point[1]), float(point[0])]
