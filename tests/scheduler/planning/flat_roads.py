"""Roads as straight lines, for tests that are not about streets."""

from __future__ import annotations

from collections.abc import Iterable
from types import SimpleNamespace

import numpy as np

from geodata.coordinates import LatLon
from geodata.travel import TravelMatrix
from scheduler.model.people import TravelMode

SPEED = {TravelMode.CAR: 8.0, TravelMode.BICYCLE: 4.0, TravelMode.FOOT: 1.3}


class FlatRoads:
    """Every place is on a road, and every road is straight."""

    extract = SimpleNamespace(fingerprint="flat")

    def matrices(
        self, modes: Iterable[TravelMode], points: tuple[LatLon, ...]
    ) -> dict[TravelMode, TravelMatrix]:
        """Travel times by the straight line."""
        lat = np.array([point.lat for point in points]) * 111_320
        lon = np.array([point.lon for point in points]) * 55_600
        metres = np.hypot(lat[:, None] - lat, lon[:, None] - lon)
        return {
            mode: TravelMatrix(
                np.ceil(metres / SPEED[mode]).astype(np.int32), np.rint(metres).astype(np.int32)
            )
            for mode in set(modes)
        }

    def off_road_m(self, mode: TravelMode, points: tuple[LatLon, ...]) -> tuple[float, ...]:
        """Nobody is off the road."""
        return tuple(0.0 for _ in points)
