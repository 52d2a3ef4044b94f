"""Large matrices by cells: paths into a cell of targets all lead through few nodes, its gates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.arc_graph import Ints, SearchGraph
from geodata.weights import INFINITE

_TARGETS = 48
"""Targets of a cell. Fewer make more cells with more gates, more make dearer searches from every gate."""

Totals = NDArray[np.uint32]
Search = Callable[[Ints, Ints], Totals]


@dataclass(frozen=True, slots=True, eq=False)
class _Cell:
    """Targets by number, the gates' columns, path weights from gates to targets, and from the sources within."""

    targets: Ints
    gates: Ints
    onward: Totals
    sources: Ints
    within: Totals


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Path weights from `sources` to `targets`, the same as `search` finds, for a fraction of its sweeps.

    A path from outside a cell crosses an edge into it. One node of each such edge is a gate: the shortest
    path is the shortest over the gates of a path to the gate and one onward. Right for any cells; cheap
    where they are consecutive in a nested dissection, whose separators are the gates.
    """

    search: Search
    sources: Ints
    gates: Ints
    cells: tuple[_Cell, ...]
    count: int

    @classmethod
    def of(cls, graph: SearchGraph, rank: Totals, search: Search, sources: Ints, targets: Ints) -> Self:
        """`rank` is each node's place in the dissection; shape (nodes,)."""
        place = _beside_arcs(graph, rank)
        number = max(1, len(targets) // _TARGETS)
        cuts = np.sort(place[targets])[np.linspace(0, len(targets), number + 1).astype(np.int64)[1:-1]]
        cell = np.searchsorted(cuts, place, side="right")
        crossing = cell[graph.tail] != cell[graph.head]
        tail, head = graph.tail[crossing].astype(np.int64), graph.head[crossing].astype(np.int64)
        gate = np.where(place[tail] > place[head], tail, head)
        into, gate = np.unique(np.stack((cell[head], gate)), axis=1)
        gates, column = np.unique(gate, return_inverse=True)
        made = []
        for each in np.unique(cell[targets]):
            there, here = np.flatnonzero(cell[targets] == each), np.flatnonzero(cell[sources] == each)
            used = into == each
            onward = search(gate[used], targets[there])
            made.append(_Cell(there, column[used], onward, here, search(sources[here], targets[there])))
        return cls(search, sources, gates, tuple(made), len(targets))

    def rows(self, part: slice) -> Totals:
        """Path weights from a part of the sources to all targets; INFINITE where there is no path."""
        begin, end, _ = part.indices(len(self.sources))
        there = np.asfortranarray(self.search(self.sources[part], self.gates))
        found = np.empty((end - begin, self.count), np.uint32)
        for cell in self.cells:
            best = _shortest(there, cell)
            own = slice(*np.searchsorted(cell.sources, (begin, end)))
            best[cell.sources[own] - begin] = cell.within[own]
            found[:, cell.targets] = best
        return found


def _shortest(there: Totals, cell: _Cell) -> Totals:
    """The shortest over a cell's gates. Two weights that are INFINITE still fit in their sum."""
    best = np.full((len(there), len(cell.targets)), INFINITE, np.uint32)
    through = np.empty_like(best)
    for gate, onward in zip(cell.gates, cell.onward, strict=True):
        np.add.outer(there[:, gate], onward, out=through)
        np.minimum(best, through, out=best)
    return best


def _beside_arcs(graph: SearchGraph, rank: Totals) -> Ints:
    """Starts and finishes at the place of an arc of theirs: they are eliminated first, far from it."""
    place = rank.astype(np.int64)
    for node, other in ((graph.tail, graph.head), (graph.head, graph.tail)):
        beside = node >= graph.arcs
        place[node[beside]] = place[other[beside]]
    return place
