"""Coordinates: WGS-84 everywhere inside, other systems only at the edges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, order=True)
class LatLon:
    """A WGS-84 position in degrees. Raises ValueError outside -90..90, -180..180 or where not finite."""

    lat: float
    lon: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.lat) and math.isfinite(self.lon)):
            raise ValueError("a coordinate is not finite")
        if not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise ValueError("a coordinate lies outside -90..90, -180..180")


EARTH_M = 6_371_008.8
"""The mean radius of the earth (IUGG)."""


def haversine_m(lat_a: Any, lon_a: Any, lat_b: Any, lon_b: Any) -> Any:
    """Great-circle metres between places in degrees: floats, or numpy arrays that broadcast."""
    a, b = np.radians(lat_a), np.radians(lat_b)
    half = (
        np.sin((b - a) / 2) ** 2
        + np.cos(a) * np.cos(b) * np.sin(np.radians(np.subtract(lon_b, lon_a)) / 2) ** 2
    )
    return 2 * EARTH_M * np.arcsin(np.minimum(1.0, np.sqrt(half)))


def apart_m(a: LatLon, b: LatLon) -> float:
    """Great-circle metres between two places, without numpy's cost for a single pair."""
    south, north = math.radians(a.lat), math.radians(b.lat)
    half = math.sin((north - south) / 2) ** 2
    half += math.cos(south) * math.cos(north) * math.sin(math.radians(b.lon - a.lon) / 2) ** 2
    return 2 * EARTH_M * math.asin(min(1.0, math.sqrt(half)))


_SEMI_MAJOR = 6378245.0  # the ellipsoid GCJ-02 is defined with (Krasovsky 1940)
_ECCENTRICITY_2 = 0.00669342162296594323
_BD_PI = math.pi * 3000.0 / 180.0


def in_mainland_china(point: LatLon) -> bool:
    """The box within which map services shift coordinates. Hong Kong, Macau and neighbours lie in it too."""
    return 0.8293 <= point.lat <= 55.8271 and 72.004 <= point.lon <= 137.8347


def wgs84_to_gcj02(point: LatLon) -> LatLon:
    """The shift that maps of mainland China carry; outside it nothing changes."""
    if not in_mainland_china(point):
        return point
    x, y = point.lon - 105.0, point.lat - 35.0
    waves = 20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)
    north = (
        -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves * 2.0 / 3.0
    )
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves * 2.0 / 3.0
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    sine = math.sin(math.radians(point.lat))
    magic = 1 - _ECCENTRICITY_2 * sine * sine
    meridian = _SEMI_MAJOR * (1 - _ECCENTRICITY_2) / (magic * math.sqrt(magic))
    parallel = _SEMI_MAJOR / math.sqrt(magic) * math.cos(math.radians(point.lat))
    return LatLon(point.lat + math.degrees(north / meridian), point.lon + math.degrees(east / parallel))


def gcj02_to_wgs84(point: LatLon) -> LatLon:
    """The inverse by fixed-point iteration, exact to a micrometre after a few rounds."""
    if not in_mainland_china(point):
        return point
    guess = point
    for _ in range(8):
        shifted = wgs84_to_gcj02(guess)
        guess = LatLon(guess.lat + point.lat - shifted.lat, guess.lon + point.lon - shifted.lon)
    return guess


def gcj02_to_bd09(point: LatLon) -> LatLon:
    """Baidu's further twist."""
    z = math.hypot(point.lon, point.lat) + 0.00002 * math.sin(point.lat * _BD_PI)
    angle = math.atan2(point.lat, point.lon) + 0.000003 * math.cos(point.lon * _BD_PI)
    return LatLon(z * math.sin(angle) + 0.006, z * math.cos(angle) + 0.0065)


def bd09_to_gcj02(point: LatLon) -> LatLon:
    """The inverse of `gcj02_to_bd09`, by iteration."""
    guess = LatLon(point.lat - 0.006, point.lon - 0.0065)
    for _ in range(8):
        twisted = gcj02_to_bd09(guess)
        guess = LatLon(guess.lat + point.lat - twisted.lat, guess.lon + point.lon - twisted.lon)
    return guess


def bd09_to_wgs84(point: LatLon) -> LatLon:
    """Baidu's coordinates in WGS-84."""
    return gcj02_to_wgs84(bd09_to_gcj02(point))


def wgs84_to_bd09(point: LatLon) -> LatLon:
    """WGS-84 in Baidu's coordinates."""
    return gcj02_to_bd09(wgs84_to_gcj02(point))
