"""Coordinates: WGS-84 everywhere inside, other systems only at the edges."""

from __future__ import annotations

import math
from dataclasses import dataclass


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
