"""Points onto streets: the nearest position on any segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LatLon
from geodata.junctions import metres_between
from geodata.network import Network


@dataclass(frozen=True, slots=True, eq=False)
class Positions:
    """Positions on streets: edge number, share of the edge's length (0 at its first vertex), and the place."""

    edge: NDArray[np.int64]
    share: NDArray[np.float64]
    segment: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    distance_m: NDArray[np.float64]


class Snapper:
    """An R-tree over the segments of a network, made when first asked."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._scale = float(np.cos(np.radians(network.lat.mean())))

    @cached_property
    def _segments(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """First vertex of each segment, metres along its edge at the start, and the edge's whole length by edge."""
        net = self._network
        last = net.edge_first[1:] - 1
        is_last = np.zeros(len(net.lat), bool)
        is_last[last] = True
        start = np.flatnonzero(~is_last)
        step = np.zeros(len(net.lat))
        step[1:] = metres_between(net.lat[:-1], net.lon[:-1], net.lat[1:], net.lon[1:])
        along = np.cumsum(step)
        edge = self._edge_of(start)
        return start, along[start] - along[net.edge_first[edge]], along[last] - along[net.edge_first[:-1]]

    def _edge_of(self, vertex: NDArray[np.int64]) -> NDArray[np.int64]:
        return np.asarray(np.searchsorted(self._network.edge_first, vertex, side="right") - 1)

    @cached_property
    def _tree(self) -> Any:
        import shapely

        net = self._network
        start = self._segments[0]
        ends = np.stack(
            [
                np.stack([net.lon[start] * self._scale, net.lat[start]], axis=1),
                np.stack([net.lon[start + 1] * self._scale, net.lat[start + 1]], axis=1),
            ],
            axis=1,
        )
        return shapely.STRtree(shapely.linestrings(ends))

    def snap(self, points: Sequence[LatLon]) -> Positions:
        """The nearest position on a street for each point."""
        import shapely

        net = self._network
        start, along, length = self._segments
        lat = np.array([point.lat for point in points])
        lon = np.array([point.lon for point in points])
        nearest = (
            self._tree.nearest(shapely.points(lon * self._scale, lat))
            if len(points)
            else np.zeros(0, np.int64)
        )
        a = start[nearest]
        ax, ay, bx, by = (net.lon[a] * self._scale, net.lat[a], net.lon[a + 1] * self._scale, net.lat[a + 1])
        dx, dy = bx - ax, by - ay
        square = dx * dx + dy * dy
        share = np.where(
            square > 0, ((lon * self._scale - ax) * dx + (lat - ay) * dy) / np.where(square > 0, square, 1), 0
        )
        share = np.clip(share, 0, 1)
        on_lat = ay + share * dy
        on_lon = (ax + share * dx) / self._scale
        edge = self._edge_of(a)
        metres = along[nearest] + metres_between(net.lat[a], net.lon[a], on_lat, on_lon)
        return Positions(
            edge=edge,
            share=np.clip(metres / np.maximum(length[edge], 1e-9), 0, 1),
            segment=a,
            lat=on_lat,
            lon=on_lon,
            distance_m=metres_between(lat, lon, on_lat, on_lon),
        )
