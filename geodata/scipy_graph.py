"""Dijkstra's algorithm by scipy: slower than contraction hierarchies, and always there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.arc_graph import Ints, SearchGraph
from geodata.weights import INFINITE, Weights

_AT_ONCE = 64  # rows of the whole graph held at a time


class ScipyGraph:
    """See `arc_graph.ArcGraph`."""

    name = "scipy"

    def __init__(self, graph: SearchGraph, weights: Weights) -> None:
        from scipy.sparse import coo_matrix

        self.graph, self.weights = graph, weights
        number = np.arange(1.0, len(graph.tail) + 1)
        size = (graph.nodes, graph.nodes)
        self._there: Any = coo_matrix((number, (graph.tail, graph.head)), shape=size).tocsr()
        self._back: Any = coo_matrix((number, (graph.head, graph.tail)), shape=size).tocsr()
        self._edges = [one.data.astype(np.int64) - 1 for one in (self._there, self._back)]
        nothing = np.zeros(graph.arcs, np.int64)
        self.place(nothing, nothing)

    def place(self, leaving: Ints, arriving: Ints) -> None:
        """See ArcGraph."""
        weights = np.concatenate((self.weights.turns, leaving, arriving)).astype(np.float64)
        for one, edges in zip((self._there, self._back), self._edges, strict=True):
            one.data = weights[edges]

    def many(self, sources: Ints, targets: Ints) -> NDArray[np.uint32]:
        """See ArcGraph. Searches from the side that is smaller."""
        if len(targets) < len(sources):
            return np.ascontiguousarray(_many(self._back, targets, sources).T)
        return _many(self._there, sources, targets)

    def rows(self, sources: Ints, targets: Ints) -> Callable[[slice], NDArray[np.uint32]]:
        """See ArcGraph."""
        return lambda part: self.many(sources[part], targets)

    def path(self, source: int, target: int) -> Ints | None:
        """See ArcGraph."""
        from scipy.sparse.csgraph import dijkstra

        total, before = dijkstra(self._there, indices=source, return_predecessors=True)
        if not np.isfinite(total[target]):
            return None
        nodes = [target]
        while nodes[-1] != source:
            nodes.append(int(before[nodes[-1]]))
        return np.array(nodes[-2::-1], np.int64)

    def reweighted(self, weights: Weights) -> ScipyGraph:
        """See ArcGraph."""
        return ScipyGraph(self.graph, weights)


def _many(graph: Any, sources: Ints, targets: Ints) -> NDArray[np.uint32]:
    from scipy.sparse.csgraph import dijkstra

    found = np.empty((len(sources), len(targets)), np.uint32)
    for begin in range(0, len(sources), _AT_ONCE):
        part = dijkstra(graph, indices=sources[begin : begin + _AT_ONCE])[:, targets]
        found[begin : begin + _AT_ONCE] = np.where(np.isfinite(part), part, INFINITE)
    return found
