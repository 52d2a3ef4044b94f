"""Coordinates of a row in WGS-84: mended where it is plain how, left out with a finding where it is not."""

from __future__ import annotations

from geodata.coordinates import LatLon, bd09_to_wgs84, gcj02_to_wgs84, in_mainland_china
from geodata.extract import Box
from scheduler.intake.parsing import clean, degrees
from scheduler.intake.rowreader import IntakeContext, Row

MARGIN = 0.05
"""Degrees (some 5 km) by which a place may lie outside the street data before its coordinates are doubted."""

_SYSTEMS = {
    "": "", "wgs84": "wgs84", "epsg4326": "wgs84", "4326": "wgs84", "gps": "wgs84", "gcj02": "gcj02", "火星坐标": "gcj02",
    "火星坐标系": "gcj02", "amap": "gcj02", "高德": "gcj02", "腾讯": "gcj02", "国测局": "gcj02", "bd09": "bd09", "bd09ll": "bd09",
    "百度": "bd09", "baidu": "bd09",
}  # fmt: skip


def position(row: Row, context: IntakeContext, lat_name: str, lon_name: str) -> LatLon | None:
    """The place that the two columns say, or None."""
    nothing: float | None = None
    lat = row.read(lat_name, degrees, nothing)
    lon = row.read(lon_name, degrees, nothing)
    if lat is None or lon is None:
        if (lat is None) != (lon is None):
            row.find("half_a_coordinate", lat_name if lat is None else lon_name)
        return None
    if _swapped(context.box, lat, lon):
        row.find("swapped_coordinates", lat_name)
        lat, lon = lon, lat
    if not _on_earth(lat, lon) or (lat == 0 and lon == 0):
        row.find("impossible_coordinates", lat_name)
        return None
    point = _to_wgs84(row, LatLon(lat, lon))
    if point is not None and context.box is not None and not context.box.contains(point, margin=MARGIN):
        row.find("outside_extract", lat_name)
        return None
    return point


def is_undeclared(row: Row, point: LatLon | None) -> bool:
    """Whether a place in China came without a coordinate system."""
    return point is not None and not row.text("crs") and in_mainland_china(point)


def _swapped(box: Box | None, lat: float, lon: float) -> bool:
    """No such latitude, or only the other way round within the street data."""
    if not _on_earth(lon, lat):
        return False
    if not _on_earth(lat, lon):
        return True
    if box is None:
        return False
    there, here = LatLon(lon, lat), LatLon(lat, lon)
    return not box.contains(here, margin=MARGIN) and box.contains(there, margin=MARGIN)


def _on_earth(lat: float, lon: float) -> bool:
    return -90 <= lat <= 90 and -180 <= lon <= 180


def _to_wgs84(row: Row, point: LatLon) -> LatLon | None:
    name = clean(row.text("crs")).casefold()
    for mark in "-_: ":
        name = name.replace(mark, "")
    system = _SYSTEMS.get(name)
    if system is None:
        row.find("unknown_coordinate_system", "crs")
        return None
    if system == "gcj02":
        return gcj02_to_wgs84(point)
    return bd09_to_wgs84(point) if system == "bd09" else point
