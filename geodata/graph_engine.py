"""The road engine over our own network: positions on streets, both ways out of each, turn-aware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import RLock

import numpy as np
from numpy.typing import NDArray

from geodata.arc_graph import ArcGraph
from geodata.arc_graphs import open_arc_graph
from geodata.coordinates import LatLon
from geodata.extract import Extract
from geodata.hours import speed_factors
from geodata.matrix import travel_matrix
from geodata.network import Network, graph_key, load_network
from geodata.path import fastest_path
from geodata.roads import Progress, RouteGeometry, Snapped, silent
from geodata.snapping import Snapper
from geodata.travel import TravelMatrix
from geodata.weights import Weights


def open_graph_engine(
    extract: Extract,
    profile: str,
    *,
    engine: str,
    cache_dir: Path | None,
    hourly_speed: Mapping[str, Sequence[float]],
) -> GraphEngine:
    """Read or build the network and its arc graph. Raises GeodataError."""
    factors = speed_factors(hourly_speed)
    network = load_network(extract, profile, cache_dir=cache_dir)
    kept = extract.cached(cache_dir, f"{graph_key(profile)}-cch")
    return GraphEngine(network, open_arc_graph(network, engine, kept), Snapper(network), factors)


def engine_of(
    network: Network, *, engine: str = "auto", hourly_speed: Mapping[str, Sequence[float]] | None = None
) -> GraphEngine:
    """The engine over a network that is there already, such as a downloaded place. Raises GeodataError."""
    factors = speed_factors(hourly_speed or {})
    return GraphEngine(network, open_arc_graph(network, engine, None), Snapper(network), factors)


class GraphEngine:
    """See `roads.RoadEngine`. Threads may share one: its searches run one after another.

    `factors` are speed factors, shape (24, 6): hour by street rank; `now` those of the hour it stands for.
    """

    def __init__(
        self,
        network: Network,
        graph: ArcGraph,
        snapper: Snapper,
        factors: NDArray[np.float64],
        now: NDArray[np.float64] | None = None,
        lock: RLock | None = None,
    ) -> None:
        self._network, self._graph, self._snapper, self._factors = network, graph, snapper, factors
        self._now = np.ones(6) if now is None else now
        self._lock = lock or RLock()  # a search sets weights and scratch space that the next one overwrites

    @property
    def name(self) -> str:
        """Which engine it is."""
        return self._graph.name

    @property
    def profile(self) -> str:
        """The way of travel."""
        return self._network.profile

    @property
    def network(self) -> Network:
        """The arrays it runs on."""
        return self._network

    def at(self, hour: int) -> GraphEngine:
        """The engine for trips in this hour (0 to 23) of the local day; itself where speeds are the same.

        Only weights are made anew: a few hundredths of a second a city.
        """
        if not 0 <= hour < 24:
            raise ValueError(f"{hour} is no hour of the day: 0 to 23")
        factors = self._factors[hour]
        if (factors == self._now).all():
            return self
        with self._lock:
            graph = self._graph.reweighted(Weights.of(self._network, factors))
        return GraphEngine(self._network, graph, self._snapper, self._factors, factors, self._lock)

    def snap(self, points: Sequence[LatLon]) -> Snapped:
        """Where each point meets the streets."""
        found = self._snapper.snap(points)
        return Snapped(found.lat, found.lon, found.distance_m)

    def matrix(self, points: Sequence[LatLon], *, progress: Progress = silent) -> TravelMatrix:
        """Travel from every point to every other."""
        where = self._snapper.snap(points)
        with self._lock:
            return travel_matrix(self._network, self._graph, where, progress)

    def route(self, origin: LatLon, destination: LatLon) -> RouteGeometry | None:
        """The fastest path, its line from street to street."""
        where = self._snapper.snap((origin, destination))
        with self._lock:
            return fastest_path(self._network, self._graph, where)
