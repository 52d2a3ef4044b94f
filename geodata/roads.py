"""What a road engine does, whichever it is: snap points, travel times between them, a path's geometry."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LatLon
from geodata.travel import TravelMatrix

Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Snapped:
    """Where points meet the streets: `lat`, `lon` on the street, `distance_m` from the point; shape (n,)."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    distance_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class RouteGeometry:
    """A path: `points` of shape (k, 2) as latitude and longitude, from end to end; seconds and metres."""

    points: NDArray[np.float64]
    duration_s: int
    distance_m: int


class RoadEngine(Protocol):
    """Travel by one profile over one extract."""

    @property
    def name(self) -> str:
        """Which engine it is."""

    @property
    def profile(self) -> str:
        """The way of travel."""

    def snap(self, points: Sequence[LatLon]) -> Snapped:
        """Where each point meets the streets."""

    def matrix(self, points: Sequence[LatLon], *, progress: Progress = silent) -> TravelMatrix:
        """Travel from every point to every other, the way from door to street included."""

    def route(self, origin: LatLon, destination: LatLon) -> RouteGeometry | None:
        """The fastest path, or None where there is none."""

    def at(self, hour: int) -> RoadEngine:
        """The engine for trips in this hour of the day (0 to 23)."""


def route_legs(engine: RoadEngine, points: Sequence[LatLon]) -> tuple[RouteGeometry | None, ...]:
    """The path of each leg of a journey, one fewer than points; None where there is none."""
    return tuple(engine.route(origin, destination) for origin, destination in pairwise(points))
