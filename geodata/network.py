"""The turn-aware road network of one profile, as arrays: streets between junctions, and the turns between them.

Arcs are streets in one direction. The graph that is searched has an arc as its node ("at the end of this arc")
and a turn as its edge, so that turn restrictions are edges that do not exist and a turn has a price.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.files import UnreadableError, read_arrays, write_arrays
from geodata.junctions import Arcs, Streets
from geodata.osm_ways import Ways, read_ways
from geodata.profiles import PROFILES, Profile
from geodata.turns import Turns

FORMAT = 3
NO_ARC = -1
Ints = NDArray[np.int32]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """Arrays, none writeable.

    Edges (undirected streets) e: `edge_first` delimits their vertices in `lat`, `lon`; `edge_class` is the
    street's rank. Arcs a: `arc_edge`, `arc_forward` (in the order of the vertices), `arc_tail`, `arc_head`
    (junctions), `arc_ms` (milliseconds), `arc_dm` (decimetres). Turns t: from arc `turn_from` to arc
    `turn_to`, costing `turn_ms` before the second arc is travelled.
    """

    profile: str
    lat: Floats
    lon: Floats
    edge_first: Ints
    edge_class: NDArray[np.int8]
    arc_edge: Ints
    arc_forward: NDArray[np.bool_]
    arc_tail: Ints
    arc_head: Ints
    arc_ms: Ints
    arc_dm: Ints
    turn_from: Ints
    turn_to: Ints
    turn_ms: Ints

    def __post_init__(self) -> None:
        for entry in fields(self):
            value = getattr(self, entry.name)
            if isinstance(value, np.ndarray):
                value.flags.writeable = False

    @property
    def arcs(self) -> int:
        """How many arcs there are."""
        return len(self.arc_edge)

    @property
    def streets(self) -> int:
        """How many edges there are."""
        return len(self.edge_class)

    @property
    def arc_end(self) -> Ints:
        """The vertex at the end of each arc."""
        return np.where(
            self.arc_forward, self.edge_first[self.arc_edge + 1] - 1, self.edge_first[self.arc_edge]
        )

    def edge_arcs(self, edges: NDArray[np.int64]) -> Ints:
        """For each edge the arc along its vertices and the one against them, NO_ARC for none; shape (n, 2)."""
        used, number = np.unique(edges, return_inverse=True)
        of_used = np.flatnonzero(np.isin(self.arc_edge, used))
        arcs = np.full((len(used), 2), NO_ARC, np.int32)
        arcs[np.searchsorted(used, self.arc_edge[of_used]), np.where(self.arc_forward[of_used], 0, 1)] = (
            of_used
        )
        return arcs[number]

    def turns_from(self, arc: int) -> slice:
        """The turns from an arc: they are ordered by it."""
        begin, end = np.searchsorted(self.turn_from, np.array([arc, arc + 1], np.int32))
        return slice(int(begin), int(end))

    def facts(self) -> dict[str, int]:
        """What the graph holds, for people."""
        return {
            "streets": self.streets,
            "arcs": self.arcs,
            "turns": len(self.turn_from),
            "vertices": len(self.lat),
            "kilometres": int(self.arc_dm[self.arc_forward].sum() // 10_000),
        }

    def save(self, path: Path) -> None:
        """Write the arrays, whole or not at all."""
        write_arrays(path, {entry.name: getattr(self, entry.name) for entry in fields(self)})

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises GeodataError for a file that is not a network."""
        try:
            values: dict[str, Any] = read_arrays(path, tuple(entry.name for entry in fields(cls)))
        except UnreadableError as error:
            raise GeodataError(f"{error}: it is no road network of this version, build it again") from None
        return cls(**{**values, "profile": str(values["profile"])})


def load_network(
    extract: Extract,
    profile: str,
    *,
    cache_dir: Path | None = None,
    progress: Callable[[int], None] = lambda _count: None,
) -> Network:
    """The network of a profile, from the cache where it is there. Raises GeodataError."""
    if profile not in PROFILES:
        raise GeodataError(f"There is no way of travel named {profile}: choose one of {', '.join(PROFILES)}")
    kept = extract.cached(cache_dir, f"{graph_key(profile)}.npz")
    if kept is not None and kept.is_file():
        with contextlib.suppress(GeodataError):  # what is broken in a cache is made again
            return Network.load(kept)
    network = build_network(read_ways(extract.path, PROFILES[profile], progress), PROFILES[profile])
    if kept is not None:
        network.save(kept)
    return network


def graph_key(profile: str) -> str:
    """What a graph in the cache depends on besides its extract."""
    return f"{profile}-{PROFILES[profile].fingerprint}-{FORMAT}"


def build_network(ways: Ways, profile: Profile) -> Network:
    """Cut ways at junctions, join what belongs together, keep the largest part that is connected both ways."""
    streets = Streets.of(ways)
    arcs = Arcs.of(streets)
    return _largest(arcs, streets, Turns.of(arcs, streets, profile), profile)


def _largest(arcs: Arcs, streets: Streets, turns: Turns, profile: Profile) -> Network:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    size = len(arcs.edge)
    graph = coo_matrix(
        (np.ones(len(turns.origin), np.int8), (turns.origin, turns.target)), shape=(size, size)
    )
    _, part = connected_components(graph, directed=True, connection="strong")
    keep = part == np.bincount(part).argmax()
    if keep.sum() < 2:
        raise GeodataError(f"The extract's roads for {profile.name} do not connect: choose a larger extract")
    arc_number = np.cumsum(keep) - 1
    edges, edge_number = np.unique(arcs.edge[keep], return_inverse=True)
    counts = streets.end[edges] - streets.begin[edges] + 1
    first = np.concatenate(([0], np.cumsum(counts)))
    vertex = np.arange(first[-1]) - np.repeat(first[:-1] - streets.begin[edges], counts)
    kept_turn = keep[turns.origin] & keep[turns.target]
    ways = streets.ways
    return Network(
        profile=profile.name,
        lat=ways.lat[vertex],
        lon=ways.lon[vertex],
        edge_first=first.astype(np.int32),
        edge_class=ways.rank[streets.way[edges]],
        arc_edge=edge_number.astype(np.int32),
        arc_forward=arcs.forward[keep],
        arc_tail=arcs.tail[keep].astype(np.int32),
        arc_head=arcs.head[keep].astype(np.int32),
        arc_ms=np.maximum(1, np.rint(arcs.seconds[keep] * 1000)).astype(np.int32),
        arc_dm=np.rint(streets.metres[arcs.edge[keep]] * 10).astype(np.int32),
        turn_from=arc_number[turns.origin[kept_turn]].astype(np.int32),
        turn_to=arc_number[turns.target[kept_turn]].astype(np.int32),
        turn_ms=np.rint(turns.seconds[kept_turn] * 1000).astype(np.int32),
    )
