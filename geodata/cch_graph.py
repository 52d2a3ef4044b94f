"""Customizable contraction hierarchies (Dibbelt, Strasser, Wagner 2016) by RoutingKit. Nothing else imports it."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray
from pyroutingkit import CCHMetric, CCHTopology

from geodata.arc_graph import Ints, SearchGraph
from geodata.cells import Cells
from geodata.network import Network
from geodata.weights import INFINITE, Weights

_BY_CELLS = 600
"""From as many sources and targets, cells are faster than a search to all targets from each source.

Processor seconds by cells and without, in Porto and on a full grid: 300 points 0.45, 0.38 and 2.7, 1.8; 500 points
0.52, 0.65 and 3.9, 2.7; 800 points 0.79, 1.30 and 5.6, 4.1.
"""


class _Order(NamedTuple):
    """The contracted graph and each node's place in the order, shape (nodes,)."""

    topology: Any
    rank: NDArray[np.uint32]


class CchGraph:
    """See `arc_graph.ArcGraph`."""

    name = "cch"

    def __init__(self, graph: SearchGraph, order: _Order, weights: Weights) -> None:
        self.graph, self._order, self.weights = graph, order, weights
        self._metric = CCHMetric(order.topology)
        self._is_customized = False  # which takes up to a second, and is done anew for every matrix

    @classmethod
    def build(cls, network: Network, weights: Weights, kept: Path | None = None) -> Self:
        """Order and contract, or read the order that was kept."""
        graph = SearchGraph.of(network)
        order = _load(graph, kept) if kept is not None and kept.is_dir() else None
        if order is None:
            if kept is not None:
                shutil.rmtree(kept, ignore_errors=True)
            order = _contract(network, graph, kept)
        return cls(graph, order, weights)

    def place(self, leaving: Ints, arriving: Ints) -> None:
        """See ArcGraph."""
        weights = np.concatenate((self.weights.turns, leaving.astype(np.uint32), arriving.astype(np.uint32)))
        self._metric.customize(weights, 1)
        self._is_customized = True

    def many(self, sources: Ints, targets: Ints) -> NDArray[np.uint32]:
        """See ArcGraph."""
        self._customize()
        self._check(sources)
        self._check(targets)
        found = self._metric.distances_many_to_many(sources.astype(np.uint32), targets.astype(np.uint32))
        return np.asarray(found, np.uint32)

    def rows(self, sources: Ints, targets: Ints) -> Callable[[slice], NDArray[np.uint32]]:
        """See ArcGraph."""
        if min(len(sources), len(targets)) < _BY_CELLS:
            return lambda part: self.many(sources[part], targets)
        return Cells.of(self.graph, self._order.rank, self.many, sources, targets).rows

    def path(self, source: int, target: int) -> Ints | None:
        """See ArcGraph."""
        self._customize()
        self._check(np.array([source, target]))
        total, nodes, _ = self._metric.query(source, target)
        return None if total >= INFINITE else np.asarray(nodes, np.int64)[1:]

    def _customize(self) -> None:
        if not self._is_customized:
            nothing = np.zeros(self.graph.arcs, np.int64)
            self.place(nothing, nothing)

    def _check(self, nodes: Ints) -> None:
        """RoutingKit does not look: a node that is not there ends the process."""
        if len(nodes) and not 0 <= nodes.min() <= nodes.max() < self.graph.nodes:
            raise IndexError("a node is not in the graph")

    def reweighted(self, weights: Weights) -> CchGraph:
        """See ArcGraph."""
        return CchGraph(self.graph, self._order, weights)


def _contract(network: Network, graph: SearchGraph, kept: Path | None) -> _Order:
    """Order streets by nested dissection, and both arcs of a street together.

    Dissecting streets rather than arcs takes two thirds of the time, and lets starts and finishes be
    eliminated first without a new edge: both arcs are each other's neighbours already.
    """
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent if kept else None) as folder:
        rank = _street_ranks(network, Path(folder) / "streets")
        arcs = network.arcs
        order = np.concatenate(
            (np.arange(arcs, graph.nodes), np.argsort(rank[network.arc_edge], kind="stable"))
        )
        made = Path(folder) / "arcs"
        _write(made, graph, order)
        contracted = _load(graph, made)
        if contracted is None:  # another version's files: slower, and as right
            topology = CCHTopology()
            end = network.arc_end
            near = np.concatenate((end, np.tile(network.edge_first[:-1], 2)))
            place = (network.lat[near].astype(np.float32), network.lon[near].astype(np.float32))
            topology.build(graph.tail.astype(np.uint32), graph.head.astype(np.uint32), *place, graph.nodes)
            contracted = _Order(topology, _inverse(order))
        elif kept is not None:
            with contextlib.suppress(OSError):  # someone else was faster
                made.replace(kept)
    return contracted


def _street_ranks(network: Network, folder: Path) -> NDArray[np.uint32]:
    """The place of every street in the order in which streets are contracted."""
    first, second = network.arc_edge[network.turn_from], network.arc_edge[network.turn_to]
    pairs = np.unique(np.stack((np.minimum(first, second), np.maximum(first, second))), axis=1)
    low, high = pairs[:, pairs[0] != pairs[1]].astype(np.uint32)
    begin, end = network.edge_first[:-1], network.edge_first[1:] - 1
    lat = ((network.lat[begin] + network.lat[end]) / 2).astype(np.float32)
    narrow = np.cos(np.radians(lat.mean()))  # degrees of one length both ways, for the dissection's cuts
    lon = ((network.lon[begin] + network.lon[end]) / 2 * narrow).astype(np.float32)
    topology = CCHTopology()
    topology.build(np.concatenate((low, high)), np.concatenate((high, low)), lat, lon, network.streets)
    folder.mkdir()
    topology.save(str(folder))
    return np.fromfile(folder / "rank", np.uint32)


def _write(folder: Path, graph: SearchGraph, order: Ints) -> None:
    """The files that CCHTopology.save writes: little-endian 32-bit arrays."""
    folder.mkdir()
    files: dict[str, NDArray[np.integer[Any]]] = {
        "order": order, "rank": _inverse(order), "tail": graph.tail, "head": graph.head, "node_count": np.array([graph.nodes]),
    }  # fmt: skip
    for name, values in files.items():
        (folder / name).write_bytes(values.astype("<u4").tobytes())


def _inverse(order: Ints) -> NDArray[np.uint32]:
    rank = np.empty(len(order), np.uint32)
    rank[order] = np.arange(len(order))
    return rank


def _load(graph: SearchGraph, folder: Path) -> _Order | None:
    """The order in a folder, or None where it does not belong to this graph."""
    topology = CCHTopology()
    try:
        topology.load(str(folder))
        rank = np.fromfile(folder / "rank", "<u4")
    except (OSError, RuntimeError, ValueError):
        return None
    whole = len(rank) == topology.node_count == graph.nodes and topology.arc_count == len(graph.tail)
    return _Order(topology, rank) if whole else None
