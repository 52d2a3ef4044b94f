"""Travel between all of some positions on streets, in one search from starts to finishes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from geodata.arc_graph import ArcGraph, Ints
from geodata.network import NO_ARC, Network
from geodata.roads import Progress
from geodata.snapping import Positions
from geodata.travel import UNREACHABLE, TravelMatrix
from geodata.weights import INFINITE

WALK_M_S = 1.2
"""From the street to the door."""

_ROWS = 512
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class _Spots:
    """Distinct positions, ordered along streets: the arc along each street and the one against it.

    `arcs` holds NO_ARC where there is none, `rest` the weight of what remains of each; shape (m, 2). `whole`
    is at least that of either arc; shape (m,).
    """

    edge: Ints
    share: Floats
    arcs: NDArray[np.int32]
    rest: Ints
    whole: Ints
    of_point: Ints

    @classmethod
    def of(cls, network: Network, graph: ArcGraph, where: Positions) -> Self:
        """The distinct positions of points."""
        places = np.stack((where.edge.astype(np.float64), where.share))
        spots, of_point = np.unique(places, axis=1, return_inverse=True)
        edge, share = spots[0].astype(np.int64), spots[1]
        arcs = network.edge_arcs(edge)
        there = arcs != NO_ARC
        seconds, metres = graph.weights.arc_s[arcs] * there, network.arc_dm[arcs] / 10 * there
        remaining = np.stack((1 - share, share), axis=1)
        rest = graph.weights.pack(remaining * seconds, remaining * metres)
        whole = graph.weights.pack(seconds, metres).max(axis=1)
        return cls(edge, share, arcs, rest, whole, of_point.reshape(-1))

    def first_on_street(self) -> NDArray[np.bool_]:
        """Whether a position is the first of its street: these are given the street's start and finish."""
        first = np.ones(len(self.edge), bool)
        first[1:] = self.edge[1:] != self.edge[:-1]
        return first


@dataclass(frozen=True, slots=True, eq=False)
class _Ends:
    """Nodes to search from or to: whose they are (ascending), and what to add to a path's weight."""

    owner: Ints
    node: Ints
    extra: Ints

    @classmethod
    def of(cls, spots: _Spots, one: Ints, one_extra: Ints, arc_extra: Ints) -> Self:
        """One node for a street's first position, an arc each way for the others."""
        first = spots.first_on_street()
        second = ~first[:, None] & (spots.arcs != NO_ARC)
        owner = np.concatenate((np.flatnonzero(first), np.nonzero(second)[0]))
        order = np.argsort(owner, kind="stable")
        node = np.concatenate((one[first], spots.arcs[second]))
        extra = np.concatenate((one_extra[first], arc_extra[second]))
        return cls(owner[order], node[order], extra[order])

    def begins(self) -> Ints:
        """Where each owner's nodes begin."""
        return np.flatnonzero(np.diff(self.owner, prepend=-1))


def travel_matrix(network: Network, graph: ArcGraph, where: Positions, progress: Progress) -> TravelMatrix:
    """Seconds and metres between all points, the walk between street and door included."""
    count = len(where.edge)
    duration = np.zeros((count, count), np.int32)
    distance = np.zeros((count, count), np.int32)
    if count:
        spots = _Spots.of(network, graph, where)
        by_spot = np.argsort(spots.of_point, kind="stable")
        first = np.searchsorted(spots.of_point[by_spot], np.arange(len(spots.edge) + 1))
        for begin, end, total in _rows(network, graph, spots):
            points = by_spot[first[begin] : first[end]]
            own, cells = spots.of_point[points] - begin, graph.weights.split(total)
            for out, cell, access in zip(
                (duration, distance), cells, (where.distance_m / WALK_M_S, where.distance_m), strict=True
            ):
                part = cell[own][:, spots.of_point]
                part += access[points, None].astype(np.float32)
                part += access.astype(np.float32)
                closed = np.isinf(part)
                part[closed] = 0
                whole = np.rint(part, out=part).astype(np.int32)
                whole[closed] = UNREACHABLE
                out[points] = whole
            progress(int(first[end]), count)
    np.fill_diagonal(duration, 0)
    np.fill_diagonal(distance, 0)
    return TravelMatrix(duration, distance)


def _rows(network: Network, graph: ArcGraph, spots: _Spots) -> Iterator[tuple[int, int, Ints]]:
    """Blocks of rows, from and up to a position, and the path weights from these to every position."""
    first = spots.first_on_street()
    used = first[:, None] & (spots.arcs != NO_ARC)
    leaving, arriving = np.zeros(network.arcs, np.int64), np.zeros(network.arcs, np.int64)
    leaving[spots.arcs[used]] = spots.rest[used]
    arriving[spots.arcs[used]] = (spots.whole[:, None] - spots.rest)[used]
    graph.place(leaving, arriving)
    sources = _Ends.of(spots, graph.graph.start(spots.edge), np.zeros_like(spots.edge), spots.rest)
    targets = _Ends.of(spots, graph.graph.finish(spots.edge), -spots.whole, -spots.rest)
    begins, columns = sources.begins(), targets.begins()
    shared, values = _same_street(network, graph, spots)
    rows = graph.rows(sources.node, targets.node)
    for begin in range(0, len(spots.edge), _ROWS):
        end = min(begin + _ROWS, len(spots.edge))
        part = slice(begins[begin], begins[end] if end < len(begins) else None)
        found = rows(part)
        total = found + sources.extra[part, None] + targets.extra
        total[found >= INFINITE] = INFINITE
        if len(targets.node) > len(spots.edge):
            total = np.minimum.reduceat(total, begins[begin:end] - begins[begin], axis=0)
            total = np.minimum.reduceat(total, columns, axis=1)
        here = slice(*np.searchsorted(shared[0], (begin, end)))
        total[shared[0, here] - begin, shared[1, here]] = values[here]
        yield begin, end, total


def _same_street(network: Network, graph: ArcGraph, spots: _Spots) -> tuple[Ints, Ints]:
    """Pairs of positions on one street, ordered by the first, and their weights.

    Only here may the second lie behind the first on an arc, where it is reached by going round.
    """
    count = np.diff(np.append(np.flatnonzero(spots.first_on_street()), len(spots.edge)))
    begin = np.repeat(np.cumsum(count) - count, count)
    size = np.repeat(count, count)
    origin = np.repeat(np.arange(len(spots.edge)), size)
    target = np.arange(len(origin)) - np.repeat(np.cumsum(size) - size, size) + np.repeat(begin, size)
    several = np.repeat(size, size) > 1
    values = np.zeros(len(origin), np.int64)
    origin_, target_ = origin[several], target[several]
    if len(origin_):
        values[several] = _along_or_round(network, graph, spots, origin_, target_)
    return np.stack((origin, target)), values


def _along_or_round(network: Network, graph: ArcGraph, spots: _Spots, origin: Ints, target: Ints) -> Ints:
    streets, number = np.unique(spots.edge[origin], return_inverse=True)
    across = np.array([rounds(network, graph, pair) for pair in network.edge_arcs(streets)])
    best = np.full(len(origin), INFINITE, np.int64)
    for way in (0, 1):
        for into in (0, 1):
            between = across[number, way, into].copy()
            if way == into:
                ahead = spots.rest[target, way] <= spots.rest[origin, way]
                between[ahead & (spots.arcs[origin, way] != NO_ARC)] = 0
            open_ = between < INFINITE
            weight = spots.rest[origin, way] + between - spots.rest[target, into]
            best[open_] = np.minimum(best, weight)[open_]
    return best


def rounds(network: Network, graph: ArcGraph, pair: NDArray[np.int32]) -> Ints:
    """Path weights from the ends of a street's arcs to their ends, shape (2, 2).

    To itself an arc comes only by going round. INFINITE where there is no arc, or no way.
    """
    found = np.full((2, 2), INFINITE, np.int64)
    for into in (0, 1):
        if pair[into] == NO_ARC:
            continue
        turns = network.turns_from(int(pair[into]))
        after = network.turn_to[turns].astype(np.int64)
        other = int(pair[1 - into])
        sources = np.append(after, other) if other != NO_ARC else after
        totals = graph.many(sources, pair[into : into + 1].astype(np.int64))[:, 0].astype(np.int64)
        if other != NO_ARC:
            found[1 - into, into] = totals[-1]
            totals = totals[:-1]
        behind = np.where(totals < INFINITE, totals + graph.weights.turns[turns], INFINITE)
        found[into, into] = behind.min(initial=INFINITE)
    return found
