"""The road engine over our own network: positions on streets, both ways out of each, turn-aware."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geodata.arc_graph import INFINITE, ArcGraph, Weights, open_arc_graph
from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.network import Network, graph_key, load_network
from geodata.roads import Progress, RouteGeometry, Snapped, silent
from geodata.snapping import Positions, Snapper
from geodata.travel import UNREACHABLE, TravelMatrix

WALK_M_S = 1.2  # from the street to the door
_ROWS = 512
_NO_ARC = -1
CLASS_GROUPS = {"motorway": (0, 1), "main": (2, 3), "local": (4, 5)}
"""Road classes that an hourly speed factor may be given for, and the ranks they hold; "all" holds every one."""

Floats = NDArray[np.float64]


def open_graph_engine(
    extract: Extract,
    profile: str,
    *,
    engine: str,
    cache_dir: Path | None,
    hourly_speed: Mapping[str, Sequence[float]],
) -> GraphEngine:
    """Read or build the network and its arc graph. Raises GeodataError."""
    network = load_network(extract, profile, cache_dir=cache_dir)
    kept = extract.cached(cache_dir, f"{graph_key(profile)}-cch")
    return GraphEngine(network, open_arc_graph(network, engine, kept), Snapper(network), _hours(hourly_speed))


def _hours(given: Mapping[str, Sequence[float]]) -> Mapping[int, Floats]:
    """Speed factors by rank, for each hour. Raises GeodataError naming the class."""
    table = np.ones((24, 6))
    for name, factors in given.items():
        ranks = tuple(range(6)) if name == "all" else CLASS_GROUPS.get(name)
        if ranks is None:
            known = ", ".join(("all", *CLASS_GROUPS))
            raise GeodataError(f"hourly_speed: {name} is not a road class; known: {known}")
        if len(factors) != 24 or not all(isinstance(f, int | float) and 0.05 <= f <= 3 for f in factors):
            raise GeodataError(
                f"hourly_speed: {name} needs 24 factors between 0.05 and 3, one an hour from midnight"
            )
        table[:, list(ranks)] *= np.asarray(factors, float)[:, None]
    return {hour: table[hour] for hour in range(24) if given}


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Points as arcs: for each point the arc along its street and the one against it, -1 where there is none.

    `rest_s`, `rest_m` are what remains of each arc from the point to the arc's end; shape (n, 2).
    """

    arc: NDArray[np.int32]
    share: Floats
    rest_s: Floats
    rest_m: Floats
    access_s: Floats
    access_m: Floats


class GraphEngine:
    """See `roads.RoadEngine`."""

    def __init__(
        self,
        network: Network,
        graph: ArcGraph,
        snapper: Snapper,
        hours: Mapping[int, Floats],
        hour: int | None = None,
    ) -> None:
        self._network, self._graph, self._snapper, self._hours = network, graph, snapper, hours
        self._arc_s = network.arc_ms / 1000.0
        if hour is not None:
            self._arc_s = self._arc_s / hours[hour][network.edge_class[network.arc_edge]]
        self._by_edge = np.full((len(network.edge_class), 2), _NO_ARC, np.int32)
        self._by_edge[network.arc_edge, np.where(network.arc_forward, 0, 1)] = np.arange(network.arcs)

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
        """The engine for trips in this hour; itself where no hourly speeds are given."""
        if hour not in self._hours:
            return self
        graph = self._graph.reweighted(Weights.of(self._network, self._hours[hour]))
        return GraphEngine(self._network, graph, self._snapper, self._hours, hour)

    def snap(self, points: Sequence[LatLon]) -> Snapped:
        """Where each point meets the streets."""
        found = self._snapper.snap(points)
        return Snapped(found.lat, found.lon, found.distance_m)

    def matrix(self, points: Sequence[LatLon], *, progress: Progress = silent) -> TravelMatrix:
        """Travel from every point to every other."""
        count = len(points)
        ends = self._ends(self._snapper.snap(points))
        used, index = np.unique(ends.arc, return_inverse=True)
        index = index.reshape(ends.arc.shape)
        targets = np.maximum(used, 0)  # an absent arc's column is ruled out by its infinite rest
        duration = np.empty((count, count), np.int32)
        distance = np.empty((count, count), np.int32)
        for begin in range(0, count, _ROWS):
            rows = slice(begin, min(begin + _ROWS, count))
            seconds, metres = self._rows(ends, rows, targets, index)
            closed = ~np.isfinite(seconds)
            duration[rows] = np.where(closed, UNREACHABLE, np.rint(np.where(closed, 0, seconds)))
            distance[rows] = np.where(closed, UNREACHABLE, np.rint(np.where(closed, 0, metres)))
            progress(rows.stop, count)
        np.fill_diagonal(duration, 0)
        np.fill_diagonal(distance, 0)
        return TravelMatrix(duration, distance)

    def route(self, origin: LatLon, destination: LatLon) -> RouteGeometry | None:
        """The fastest path's geometry, from street to street."""
        where = self._snapper.snap((origin, destination))
        best = self._best_path(self._ends(where))
        if best is None:
            return None
        seconds, metres, arcs = best
        return RouteGeometry(self._line(where, arcs), round(seconds), round(metres))

    def _ends(self, where: Positions) -> _Ends:
        arc = self._by_edge[where.edge]
        share = np.stack([where.share, 1 - where.share], axis=1)
        rest = 1 - share
        there = arc != _NO_ARC
        held = np.where(there, arc, 0)
        return _Ends(
            arc=arc,
            share=share,
            rest_s=np.where(there, rest * self._arc_s[held], np.inf),
            rest_m=np.where(there, rest * self._network.arc_dm[held] / 10, np.inf),
            access_s=where.distance_m / WALK_M_S,
            access_m=where.distance_m,
        )

    def _rows(
        self, ends: _Ends, rows: slice, targets: NDArray[np.int32], index: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Seconds and metres from the points of `rows` to every point."""
        sources, at = np.unique(ends.arc[rows], return_inverse=True)
        at = at.reshape(-1, 2)
        over_s, over_m = (
            np.where(np.isfinite(x), x, 0).astype(np.float32) for x in (ends.rest_s, ends.rest_m)
        )
        total_s, total_m = self._graph.weights.split(self._graph.many(np.maximum(sources, 0), targets))
        best_s = np.full((rows.stop - rows.start, len(ends.arc)), np.inf, np.float32)
        best_m = best_s.copy()
        for way in (0, 1):
            for into in (0, 1):
                cell = np.ix_(at[:, way], index[:, into])
                seconds = total_s[cell] + ends.rest_s[rows, way, None].astype(np.float32) - over_s[:, into]
                metres = total_m[cell] + ends.rest_m[rows, way, None].astype(np.float32) - over_m[:, into]
                seconds[:, ends.arc[:, into] == _NO_ARC] = np.inf
                self._same_arc(ends, rows, way, into, seconds, metres)
                better = seconds < best_s
                np.copyto(best_s, seconds, where=better)
                np.copyto(best_m, metres, where=better)
        best_s += ends.access_s[rows, None].astype(np.float32) + ends.access_s.astype(np.float32)
        best_m += ends.access_m[rows, None].astype(np.float32) + ends.access_m.astype(np.float32)
        return best_s, best_m

    def _same_arc(
        self,
        ends: _Ends,
        rows: slice,
        way: int,
        into: int,
        seconds: NDArray[np.float32],
        metres: NDArray[np.float32],
    ) -> None:
        """Two points on one arc: what lies behind on it is reached only by going round."""
        arc, share = ends.arc[rows, way], ends.share[rows, way]
        i, j = np.nonzero((arc[:, None] == ends.arc[:, into]) & (arc != _NO_ARC)[:, None])
        for row, column in zip(i.tolist(), j.tolist(), strict=True):
            if ends.share[column, into] < share[row] - 1e-12:
                round_s, round_m = self._round(int(arc[row]))
                seconds[row, column] += round_s
                metres[row, column] += round_m

    def _round(self, arc: int) -> tuple[float, float]:
        """Seconds and metres from an arc's end back to its end."""
        total, _ = self._way_round(arc)
        seconds, metres = self._graph.weights.split(np.array([total], np.uint32))
        return float(seconds[0]), float(metres[0])

    def _way_round(self, arc: int) -> tuple[int, int]:
        """The lightest path weight from an arc's end back to its end, and the arc it begins with."""
        leaving = self._leaving(arc)
        after = self._network.turn_to[leaving]
        found = self._graph.many(after, np.array([arc], np.int32))[:, 0].astype(np.int64)
        found = np.where(found >= INFINITE, INFINITE, found + self._graph.weights.values[leaving])
        if not len(found) or found.min() >= INFINITE:
            return INFINITE, _NO_ARC
        return int(found.min()), int(after[found.argmin()])

    def _leaving(self, arc: int) -> slice:
        """The turns from an arc."""
        begin, end = np.searchsorted(self._network.turn_from, (arc, arc + 1))
        return slice(int(begin), int(end))

    def _arcs_between(self, source: int, target: int, behind: bool) -> list[int] | None:
        """The arcs after `source` up to `target`, the long way round where the target lies behind on it."""
        if source != target:
            found = self._graph.path(source, target)
            return None if found is None else [int(arc) for arc in found]
        if not behind:
            return []
        _, first = self._way_round(source)
        if first == _NO_ARC:
            return None
        rest = self._graph.path(first, source) if first != source else np.zeros(0, np.int64)
        return None if rest is None else [first, *(int(arc) for arc in rest)]

    def _turn_s(self, origin: int, target: int) -> float:
        turns = self._leaving(origin)
        at = turns.start + int(np.flatnonzero(self._network.turn_to[turns] == target)[0])
        return float(self._network.turn_ms[at]) / 1000

    def _best_path(self, ends: _Ends) -> tuple[float, float, list[int]] | None:
        best: tuple[float, float, list[int]] | None = None
        for way in (0, 1):
            for into in (0, 1):
                found = self._path(ends, way, into)
                if found is not None and (best is None or found[0] < best[0]):
                    best = found
        return best

    def _path(self, ends: _Ends, way: int, into: int) -> tuple[float, float, list[int]] | None:
        source, target = int(ends.arc[0, way]), int(ends.arc[1, into])
        if _NO_ARC in (source, target):
            return None
        arcs = self._arcs_between(source, target, behind=bool(ends.share[1, into] < ends.share[0, way]))
        if arcs is None:
            return None
        whole = [source, *arcs]
        turns = sum(self._turn_s(one, other) for one, other in pairwise(whole))
        seconds = ends.rest_s[0, way] - ends.rest_s[1, into] + float(self._arc_s[whole[1:]].sum()) + turns
        metres = (
            ends.rest_m[0, way] - ends.rest_m[1, into] + float(self._network.arc_dm[whole[1:]].sum() / 10)
        )
        return seconds + float(ends.access_s.sum()), metres + float(ends.access_m.sum()), whole

    def _line(self, where: Positions, arcs: list[int]) -> Floats:
        """Vertices from the first position along the arcs to the last."""
        net = self._network
        parts = []
        for number, arc in enumerate(arcs):
            edge, forward = int(net.arc_edge[arc]), bool(net.arc_forward[arc])
            first, last = int(net.edge_first[edge]), int(net.edge_first[edge + 1])
            vertices = np.arange(first, last)
            if number == 0:
                near = int(where.segment[0])
                vertices = np.arange(near + 1, last) if forward else np.arange(first, near + 1)
            if number == len(arcs) - 1:
                near = int(where.segment[1])
                vertices = vertices[vertices <= near] if forward else vertices[vertices > near]
            parts.append(vertices if forward else vertices[::-1])
        inner = np.concatenate(parts) if parts else np.zeros(0, np.int64)
        line = np.stack([net.lat[inner], net.lon[inner]], axis=1)
        ends = np.stack([where.lat, where.lon], axis=1)
        whole = np.concatenate([ends[:1], line, ends[1:]])
        distinct = np.ones(len(whole), bool)
        distinct[1:] = (whole[1:] != whole[:-1]).any(axis=1)
        return whole[distinct] if distinct.sum() > 1 else whole[[0, -1]]
