"""The fastest path between two positions on streets, and its geometry."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from geodata.arc_graph import ArcGraph
from geodata.matrix import WALK_M_S, rounds
from geodata.network import NO_ARC, Network
from geodata.roads import RouteGeometry
from geodata.snapping import Positions
from geodata.weights import INFINITE

Floats = NDArray[np.float64]


def fastest_path(network: Network, graph: ArcGraph, where: Positions) -> RouteGeometry | None:
    """From the first position to the second, the walk between street and door in its figures, not its line.

    The choice is made on the weights a matrix is made of, so that both tell of one path.
    """
    arcs = network.edge_arcs(where.edge)
    share = np.stack((where.share, 1 - where.share), axis=1)
    way, into, between = _best_ends(network, graph, arcs, share)
    if between >= INFINITE:
        return None
    whole = _arcs(network, graph, int(arcs[0, way]), int(arcs[1, into]), between > 0)
    seconds, metres = _figures(network, graph, whole, share[0, way], share[1, into])
    access = float(where.distance_m.sum())
    line = _line(network, where, whole)
    return RouteGeometry(line, round(seconds + access / WALK_M_S), round(metres + access))


def _best_ends(
    network: Network, graph: ArcGraph, arcs: NDArray[np.int32], share: Floats
) -> tuple[int, int, int]:
    """Which way to leave the first street and to reach the second, and the weight between these arcs' ends."""
    seconds, metres = graph.weights.arc_s[arcs], network.arc_dm[arcs] / 10
    rest = graph.weights.pack((1 - share) * seconds, (1 - share) * metres)
    there = arcs != NO_ARC
    if (arcs[0] == arcs[1]).all():
        between = rounds(network, graph, arcs[0])
        ahead = there[0] & (rest[1] <= rest[0])
        between[ahead, ahead] = 0
    else:
        between = graph.many(np.maximum(arcs[0], 0), np.maximum(arcs[1], 0)).astype(np.int64)
        between[~there[0]] = INFINITE
        between[:, ~there[1]] = INFINITE
    total = np.where(between < INFINITE, between + rest[0, :, None] - rest[1], 2 * INFINITE)
    way, into = divmod(int(total.argmin()), 2)
    return way, into, int(between[way, into])


def _arcs(network: Network, graph: ArcGraph, source: int, target: int, away: bool) -> list[int]:
    """The arcs from `source` to `target`; from an arc to itself `away` and round."""
    if source == target:
        return _round(network, graph, source) if away else [source]
    between = graph.path(source, target)
    assert between is not None
    return [source, *between.tolist()]


def _round(network: Network, graph: ArcGraph, arc: int) -> list[int]:
    turns = network.turns_from(arc)
    after = network.turn_to[turns].astype(np.int64)
    totals = graph.many(after, np.array([arc])).astype(np.int64)[:, 0]
    first = int(after[(totals + graph.weights.turns[turns]).argmin()])
    between = graph.path(first, arc) if first != arc else np.zeros(0, np.int64)
    assert between is not None
    return [arc, first, *between.tolist()]


def _figures(
    network: Network, graph: ArcGraph, arcs: list[int], left: float, reached: float
) -> tuple[float, float]:
    """Seconds and metres, from the share of the first arc to that of the last."""
    arc_s, arc_m = graph.weights.arc_s, network.arc_dm / 10
    last = arcs[-1]
    turns = sum(_turn_s(network, one, other) for one, other in pairwise(arcs))
    seconds = (1 - left) * arc_s[arcs[0]] - (1 - reached) * arc_s[last] + arc_s[arcs[1:]].sum() + turns
    metres = (1 - left) * arc_m[arcs[0]] - (1 - reached) * arc_m[last] + arc_m[arcs[1:]].sum()
    return float(seconds), float(metres)


def _turn_s(network: Network, origin: int, target: int) -> float:
    turns = network.turns_from(origin)
    at = turns.start + int(np.flatnonzero(network.turn_to[turns] == target)[0])
    return float(network.turn_ms[at]) / 1000


def _line(network: Network, where: Positions, arcs: list[int]) -> Floats:
    """Vertices from the first position along the arcs to the second, each place once in a row."""
    parts = []
    for number, arc in enumerate(arcs):
        edge, forward = int(network.arc_edge[arc]), bool(network.arc_forward[arc])
        vertices = np.arange(network.edge_first[edge], network.edge_first[edge + 1])
        if number == 0:
            ahead = vertices > where.segment[0]
            vertices = vertices[ahead if forward else ~ahead]
        if number == len(arcs) - 1:
            ahead = vertices > where.segment[1]
            vertices = vertices[~ahead if forward else ahead]
        parts.append(vertices if forward else vertices[::-1])
    inner = np.concatenate(parts)
    line = np.stack((network.lat[inner], network.lon[inner]), axis=1)
    ends = np.stack((where.lat, where.lon), axis=1)
    whole = np.concatenate((ends[:1], line, ends[1:]))
    distinct = np.ones(len(whole), bool)
    distinct[1:] = (whole[1:] != whole[:-1]).any(axis=1)
    return whole[distinct] if distinct.sum() > 1 else whole[[0, -1]]
