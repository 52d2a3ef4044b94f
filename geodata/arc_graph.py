"""Shortest paths from arc to arc: contraction hierarchies, or scipy's Dijkstra on the same numbers.

A weight holds duration and distance in one integer, duration first: the lightest path is the fastest, and of
equally fast ones the shortest, so both figures of a pair belong to the same path and both engines agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError
from geodata.network import Network

INFINITE = 2_147_483_647
_DURATION_UNIT_S = 0.1
_ROOM = 2**31 - 2


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """One integer a turn: `duration` steps of 0.1 s times `radix`, plus distance in steps of `metre_step`.

    Rounding is dithered arc by arc with a fixed sequence, so that its errors cancel along a path instead
    of adding up: some 20 m and 0.3 s over a hundred streets.
    """

    values: NDArray[np.uint32]
    radix: int
    metre_step: float

    @classmethod
    def of(cls, network: Network, speed_factor: NDArray[np.float64] | None = None) -> Self:
        """The weights of a network, each street class's speed scaled by its factor."""
        ms = network.arc_ms.astype(np.float64)
        if speed_factor is not None:
            ms = ms / speed_factor[network.edge_class[network.arc_edge]]
        metres = network.arc_dm / 10.0
        longest_s, longest_m = _reach(network, ms)
        steps = longest_s / _DURATION_UNIT_S
        metre_step = max(1.0, steps * longest_m / _ROOM)
        radix = int(np.ceil(longest_m / metre_step)) + 1
        seconds = (ms[network.turn_to] + network.turn_ms) / 1000
        rng = np.random.default_rng(0)
        duration = np.floor(seconds / _DURATION_UNIT_S + rng.random(len(seconds)))
        distance = np.floor(metres / metre_step + rng.random(len(metres)))[network.turn_to]
        return cls((duration * radix + distance).astype(np.uint32), radix, metre_step)

    def split(self, total: NDArray[np.uint32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Seconds and metres of path weights; infinity where there is no path."""
        duration, distance = np.divmod(total, np.uint32(self.radix))
        seconds = duration.astype(np.float32) * np.float32(_DURATION_UNIT_S)
        metres = distance.astype(np.float32) * np.float32(self.metre_step)
        closed = total >= INFINITE
        seconds[closed] = np.inf
        metres[closed] = np.inf
        return seconds, metres


def _reach(network: Network, ms: NDArray[np.float64]) -> tuple[float, float]:
    """Bounds on seconds and metres of any fastest path: to and from one arc, half as much again for metres.

    Seconds are a true bound (triangle inequality). A fastest path that is longer than the bound in metres
    would be told a tenth of a second too slow and too short; none was seen with this margin.
    """
    from scipy.sparse import coo_matrix

    size = (network.arcs, network.arcs)
    seconds = (ms[network.turn_to] + network.turn_ms) / 1000
    graph = coo_matrix((seconds, (network.turn_from, network.turn_to)), shape=size).tocsr()
    there, back = _tree(graph, network), _tree(graph.T.tocsr(), network)
    return there[0] + back[0] + 1, 1.5 * (there[1] + back[1]) + 100


def _tree(graph: Any, network: Network) -> tuple[float, float]:
    """Seconds and metres to the farthest arc of the tree of fastest paths from arc 0."""
    from scipy.sparse.csgraph import dijkstra

    seconds, before = dijkstra(graph, indices=0, return_predecessors=True)
    step = np.where(before < 0, np.arange(len(before)), before)
    metres = np.where(before < 0, 0, network.arc_dm / 10.0)
    while (step != step[step]).any():  # pointer doubling: every arc sums up the path behind it
        metres = metres + metres[step] * (step != 0)
        step = step[step]
    return float(seconds.max()), float(metres.max())


class ArcGraph(Protocol):
    """Path weights between arcs, from the end of the first to the end of the second."""

    name: str
    weights: Weights

    def many(self, sources: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.uint32]:
        """Path weights, shape (sources, targets); INFINITE where there is no path."""

    def path(self, source: int, target: int) -> NDArray[np.int64] | None:
        """The arcs after `source` up to `target`, or None."""

    def reweighted(self, weights: Weights) -> ArcGraph:
        """The same graph with other weights."""


class CchGraph:
    """Customizable contraction hierarchies (Dibbelt, Strasser, Wagner 2016) by RoutingKit."""

    name = "cch"

    def __init__(self, network: Network, topology: Any, weights: Weights) -> None:
        import pyroutingkit

        self._network, self._topology, self.weights = network, topology, weights
        self._metric = pyroutingkit.CCHMetric(topology)
        self._metric.customize(np.array(weights.values), 1)

    @classmethod
    def build(cls, network: Network, weights: Weights, kept: Path | None = None) -> Self:
        """Order and contract, or read what was kept."""
        import pyroutingkit

        topology = pyroutingkit.CCHTopology()
        if kept is not None and (kept / "done").is_file():
            topology.load(str(kept))
            return cls(network, topology, weights)
        forward, edge = network.arc_forward, network.arc_edge
        end = np.where(forward, network.edge_first[edge + 1] - 1, network.edge_first[edge])
        topology.build(
            network.turn_from.astype(np.uint32),
            network.turn_to.astype(np.uint32),
            network.lat[end].astype(np.float32),
            network.lon[end].astype(np.float32),
            network.arcs,
        )
        if kept is not None:
            kept.mkdir(parents=True, exist_ok=True)
            topology.save(str(kept))
            (kept / "done").touch()
        return cls(network, topology, weights)

    def many(self, sources: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.uint32]:
        """See ArcGraph."""
        found = self._metric.distances_many_to_many(sources.astype(np.uint32), targets.astype(np.uint32))
        return np.asarray(found, np.uint32)

    def path(self, source: int, target: int) -> NDArray[np.int64] | None:
        """See ArcGraph."""
        total, nodes, _ = self._metric.query(source, target)
        return None if total >= INFINITE else np.asarray(nodes, np.int64)[1:]

    def reweighted(self, weights: Weights) -> CchGraph:
        """See ArcGraph."""
        return CchGraph(self._network, self._topology, weights)


class ScipyGraph:
    """Dijkstra's algorithm by scipy: slower, always there."""

    name = "scipy"

    def __init__(self, network: Network, weights: Weights) -> None:
        from scipy.sparse import coo_matrix

        self._network, self.weights = network, weights
        order = np.lexsort((weights.values, network.turn_to, network.turn_from))
        tail, head = network.turn_from[order], network.turn_to[order]
        first = np.ones(len(order), bool)
        first[1:] = (tail[1:] != tail[:-1]) | (head[1:] != head[:-1])
        size = (network.arcs, network.arcs)
        values = weights.values[order].astype(np.float64)
        self._graph = coo_matrix((values[first], (tail[first], head[first])), shape=size).tocsr()

    def many(self, sources: NDArray[np.int32], targets: NDArray[np.int32]) -> NDArray[np.uint32]:
        """See ArcGraph."""
        from scipy.sparse.csgraph import dijkstra

        found = np.empty((len(sources), len(targets)), np.uint32)
        for start in range(0, len(sources), 64):
            part = dijkstra(self._graph, indices=sources[start : start + 64])[:, targets]
            found[start : start + 64] = np.where(np.isfinite(part), part, INFINITE)
        return found

    def path(self, source: int, target: int) -> NDArray[np.int64] | None:
        """See ArcGraph."""
        from scipy.sparse.csgraph import dijkstra

        total, before = dijkstra(self._graph, indices=source, return_predecessors=True)
        if not np.isfinite(total[target]):
            return None
        arcs = [target]
        while arcs[-1] != source:
            arcs.append(int(before[arcs[-1]]))
        return np.array(arcs[-2::-1], np.int64)

    def reweighted(self, weights: Weights) -> ScipyGraph:
        """See ArcGraph."""
        return ScipyGraph(self._network, weights)


def open_arc_graph(network: Network, engine: str, kept: Path | None) -> ArcGraph:
    """The graph by the engine named; `auto` falls back to scipy where pyroutingkit has no wheel."""
    import importlib.util

    there = importlib.util.find_spec("pyroutingkit") is not None
    if engine == "cch" and not there:
        raise GeodataError("pyroutingkit is not installed: pip install pyroutingkit, or choose engine scipy")
    weights = Weights.of(network)
    if engine == "scipy" or not there:
        return ScipyGraph(network, weights)
    return CchGraph.build(network, weights, kept)
