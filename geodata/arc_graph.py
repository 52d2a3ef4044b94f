"""Shortest paths from arc to arc, by whichever engine is there, and between positions on streets."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from geodata.network import Network
from geodata.weights import Weights

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class SearchGraph:
    """The graph that is searched: a node an arc ("at its end"), and for each street a start and a finish.

    A start leads to the ends of the street's arcs, and these to its finish: with weights for what remains of
    the arcs, a position on the street is one node whichever way it is left or reached. Edges are the turns,
    then one from the start for each arc, then one to the finish for each arc.
    """

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    nodes: int
    arcs: int

    @classmethod
    def of(cls, network: Network) -> Self:
        """From a network's arcs and turns."""
        arc = np.arange(network.arcs, dtype=np.int32)
        start = network.arcs + network.arc_edge
        finish = start + network.streets
        return cls(
            np.concatenate((network.turn_from, start, arc)),
            np.concatenate((network.turn_to, arc, finish)),
            network.arcs + 2 * network.streets,
            network.arcs,
        )

    def start(self, edge: Ints) -> Ints:
        """The nodes where journeys from streets begin."""
        return self.arcs + edge

    def finish(self, edge: Ints) -> Ints:
        """The nodes where journeys to streets end."""
        return (self.nodes + self.arcs) // 2 + edge


class ArcGraph(Protocol):
    """Path weights over a SearchGraph. From an arc to itself is zero."""

    name: str
    graph: SearchGraph
    weights: Weights

    def place(self, leaving: Ints, arriving: Ints) -> None:
        """Set the weights from starts to arcs and from arcs to finishes, each of shape (arcs,)."""

    def many(self, sources: Ints, targets: Ints) -> NDArray[np.uint32]:
        """Path weights, shape (sources, targets); INFINITE where there is no path."""

    def rows(self, sources: Ints, targets: Ints) -> Callable[[slice], NDArray[np.uint32]]:
        """What gives the rows of `many` for a part of the sources, where the whole would be too large at once."""

    def path(self, source: int, target: int) -> Ints | None:
        """The nodes after `source` up to `target`, or None."""

    def reweighted(self, weights: Weights) -> ArcGraph:
        """The same graph with other weights."""
