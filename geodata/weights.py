"""A path's seconds and metres in one integer, so that one search gives both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.network import Network

INFINITE = 2_147_483_647
"""The weight of a path that does not exist."""

_SECONDS_STEP = 0.1
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """Duration in steps of 0.1 s times `radix`, plus distance in steps of `metre_step`, below 2**31.

    The lightest path is the fastest, and of equally fast ones the shortest: both figures of a pair belong to
    one path, and every search that is exact finds the same. `turns` holds one weight a turn, the arc behind it
    included; `arc_s` the seconds along each arc.

    Rounding errors must not add up along a path. Streets are rounded by where they begin and end in the sum of
    all, so that errors cancel along a way; turns up or down by a fixed sequence of chance that keeps their
    mean. What is left is some 0.5 s and two or three `metre_step` at one standard deviation (docs/roads.md).
    """

    turns: NDArray[np.uint32]
    arc_s: Floats
    radix: int
    metre_step: float

    @classmethod
    def of(cls, network: Network, speed_factor: Floats | None = None) -> Self:
        """The weights of a network, the speed of each street's rank times its factor."""
        arc_s = network.arc_ms / 1000
        if speed_factor is not None:
            arc_s = arc_s / speed_factor[network.edge_class[network.arc_edge]]
        arc_m = network.arc_dm / 10
        longest_s = _longest_s(network, arc_s)
        longest_m = longest_s * _fastest_m_s(arc_s, arc_m)
        metre_step = max(1.0, longest_s / _SECONDS_STEP * longest_m / (INFINITE - 1))
        radix = int(np.ceil(longest_m / metre_step)) + 1
        chance = np.random.default_rng(0).random(len(network.turn_ms))
        turns = np.floor(network.turn_ms / 1000 / _SECONDS_STEP + chance)
        durations = turns + _steps(network, arc_s / _SECONDS_STEP)[network.turn_to]
        distances = _steps(network, arc_m / metre_step)[network.turn_to]
        return cls((durations * radix + distances).astype(np.uint32), arc_s, radix, metre_step)

    def pack(self, seconds: Floats, metres: Floats) -> NDArray[np.int64]:
        """The weight of a part of an arc, to the nearest step."""
        steps = np.rint(seconds / _SECONDS_STEP) * self.radix + np.rint(metres / self.metre_step)
        return np.asarray(steps, np.int64)

    def split(self, total: NDArray[np.int64]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Seconds and metres of path weights; infinity where there is no path."""
        duration = total // self.radix
        seconds = duration.astype(np.float32) * np.float32(_SECONDS_STEP)
        metres = (total - duration * self.radix).astype(np.float32) * np.float32(self.metre_step)
        closed = total >= INFINITE
        if closed.any():
            seconds[closed] = np.inf
            metres[closed] = np.inf
        return seconds, metres


def _steps(network: Network, arcs: Floats) -> Floats:
    """Whole steps of each arc, given in steps: along all streets, and against all streets."""
    out = np.empty(network.arcs)
    for some in (network.arc_forward, ~network.arc_forward):
        streets = np.zeros(network.streets)
        streets[network.arc_edge[some]] = arcs[some]
        out[some] = np.diff(np.floor(np.cumsum(streets)), prepend=0.0)[network.arc_edge[some]]
    return out


def _longest_s(network: Network, arc_s: Floats) -> float:
    """A bound on the seconds of any fastest journey: to a central arc and from it again, and 1% for rounding."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import dijkstra

    size = (network.arcs, network.arcs)
    seconds = arc_s[network.turn_to] + network.turn_ms / 1000
    graph: Any = coo_matrix((seconds, (network.turn_from, network.turn_to)), shape=size).tocsr()
    end = network.arc_end
    off = np.hypot(network.lat[end] - network.lat.mean(), (network.lon[end] - network.lon.mean()) / 2)
    middle = int(off.argmin())
    there, back = (dijkstra(one, indices=middle) + arc_s for one in (graph, graph.T.tocsr()))
    return 1.01 * float(there.max() + back.max()) + 1


def _fastest_m_s(arc_s: Floats, arc_m: Floats) -> float:
    """The highest speed on any arc that is long enough for its milliseconds to be precise."""
    long = arc_s > 0.2
    return 1.01 * float((arc_m[long] / arc_s[long]).max(initial=1.0))
