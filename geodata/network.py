"""The turn-aware road network of one profile, as arrays: streets between junctions, and the turns between them.

Arcs are streets in one direction. The graph that is searched has an arc as its node ("at the end of this arc")
and a turn as its edge, so that turn restrictions are edges that do not exist and a turn has a price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.osm_ways import Restriction, Ways, read_ways
from geodata.profiles import PROFILES, Profile

FORMAT = 2
NO_ARC = -1
_EARTH_M = 6_371_008.8
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
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(f".{path.name}.part")
        with part.open("wb") as file:
            np.savez(
                file, allow_pickle=False, **{entry.name: getattr(self, entry.name) for entry in fields(self)}
            )
        part.replace(path)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Raises GeodataError for a file that is not a network."""
        try:
            with np.load(path, allow_pickle=False) as data:
                values: dict[str, Any] = {entry.name: data[entry.name] for entry in fields(cls)}
        except (OSError, KeyError, ValueError) as error:
            raise GeodataError(f"{path.name} is no road network: remove it, it is built again") from error
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
    streets = _cut(ways)
    arcs = _Arcs.of(streets, profile)
    turns = _turns(arcs, streets, ways, profile)
    return _largest(arcs, streets, turns, profile)


@dataclass(frozen=True, slots=True, eq=False)
class _Streets:
    """Ways cut at junctions: vertex ranges into the ways' own arrays."""

    begin: NDArray[np.int64]
    end: NDArray[np.int64]  # the last vertex, included
    way: NDArray[np.int64]  # index of the way
    tail: NDArray[np.int64]  # junction numbers
    head: NDArray[np.int64]
    seconds: Floats
    metres: Floats
    junction_refs: NDArray[np.int64]
    ways: Ways


def metres_between(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Great-circle metres, good to a millimetre over the length of a street."""
    mean = np.radians((lat_a + lat_b) / 2)
    dy = np.radians(lat_b - lat_a)
    dx = np.radians(lon_b - lon_a) * np.cos(mean)
    return np.asarray(_EARTH_M * np.hypot(dx, dy))


def _cut(ways: Ways) -> _Streets:
    total = len(ways.refs)
    way_of = np.repeat(np.arange(len(ways.ids)), np.diff(ways.first))
    unique, number = np.unique(ways.refs, return_inverse=True)
    uses = np.bincount(number, minlength=len(unique))
    is_end = np.zeros(total, bool)
    is_end[ways.first[:-1]] = True
    is_end[ways.first[1:] - 1] = True
    special = np.isin(unique, np.concatenate((ways.signals, ways.crossings, ways.blocked)))
    via = np.isin(unique, np.array([r.via for r in ways.restrictions], np.int64))
    cut = is_end | (uses[number] > 1) | (special | via)[number]
    at = np.flatnonzero(cut)
    same = way_of[at[:-1]] == way_of[at[1:]]
    begin, end = at[:-1][same], at[1:][same]
    step = np.zeros(total)
    step[1:] = metres_between(ways.lat[:-1], ways.lon[:-1], ways.lat[1:], ways.lon[1:])
    along = np.cumsum(step)
    metres = along[end] - along[begin]
    way = way_of[begin]
    return _Streets(
        begin, end, way, number[begin], number[end], metres / ways.speed[way], metres, unique, ways
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Arcs:
    edge: NDArray[np.int64]
    forward: NDArray[np.bool_]
    tail: NDArray[np.int64]
    head: NDArray[np.int64]
    leave: Floats  # bearing in radians on leaving the tail
    arrive: Floats  # bearing on reaching the head

    @classmethod
    def of(cls, streets: _Streets, profile: Profile) -> Self:
        ways = streets.ways
        ahead = np.flatnonzero(ways.forward[streets.way])
        back = np.flatnonzero(ways.backward[streets.way])
        if not profile.follow_oneway:
            ahead = back = np.arange(len(streets.way))
        first = _bearing(ways, streets.begin, streets.begin + 1)
        last = _bearing(ways, streets.end - 1, streets.end)
        half = np.pi
        return cls(
            edge=np.concatenate((ahead, back)),
            forward=np.concatenate((np.ones(len(ahead), bool), np.zeros(len(back), bool))),
            tail=np.concatenate((streets.tail[ahead], streets.head[back])),
            head=np.concatenate((streets.head[ahead], streets.tail[back])),
            leave=np.concatenate((first[ahead], last[back] + half)),
            arrive=np.concatenate((last[ahead], first[back] + half)),
        )


def _bearing(ways: Ways, a: NDArray[np.int64], b: NDArray[np.int64]) -> Floats:
    dx = (ways.lon[b] - ways.lon[a]) * np.cos(np.radians(ways.lat[a]))
    return np.asarray(np.arctan2(dx, ways.lat[b] - ways.lat[a]))


@dataclass(frozen=True, slots=True, eq=False)
class _Turns:
    origin: NDArray[np.int64]
    target: NDArray[np.int64]
    seconds: Floats


def _turns(arcs: _Arcs, streets: _Streets, ways: Ways, profile: Profile) -> _Turns:
    """Every pair of arcs that meet, less what is forbidden, with its price."""
    junctions = len(streets.junction_refs)
    order = np.argsort(arcs.tail, kind="stable")
    first = np.searchsorted(arcs.tail[order], np.arange(junctions + 1))
    leaving = np.diff(first)
    count = leaving[arcs.head]
    origin = np.repeat(np.arange(len(arcs.edge)), count)
    offset = np.arange(len(origin)) - np.repeat(np.cumsum(count) - count, count)
    target = order[first[arcs.head[origin]] + offset]
    back = arcs.edge[origin] == arcs.edge[target]
    allowed = ~back | (leaving[arcs.head[origin]] == 1)
    refs = streets.junction_refs
    blocked = np.isin(refs, ways.blocked)
    allowed &= ~blocked[arcs.head[origin]] | back
    if profile.restrictions:
        allowed &= ~_forbidden(arcs, streets, ways.restrictions, origin, target)
    origin, target, back = origin[allowed], target[allowed], back[allowed]
    angle = np.mod(arcs.leave[target] - arcs.arrive[origin] + np.pi, 2 * np.pi) - np.pi
    roads = np.bincount(np.concatenate((streets.tail, streets.head)), minlength=junctions)
    cost = np.where((roads > 2)[arcs.head[origin]], _turn_seconds(angle, profile), 0.0)
    cost = np.where(back, profile.uturn_s, cost)
    cost += np.isin(refs, ways.signals)[arcs.head[origin]] * profile.signal_s
    cost += np.isin(refs, ways.crossings)[arcs.head[origin]] * profile.crossing_s
    return _Turns(origin, target, cost)


def _turn_seconds(angle: Floats, profile: Profile) -> Floats:
    """The price of a turn by its angle, right turns positive, as OSRM 26's profiles have it.

    Next to nothing straight on; a left turn crosses oncoming traffic and waits. For traffic on the right.
    """
    if profile.turn_s == 0:
        return np.zeros_like(angle)
    half_turns, bias = np.degrees(angle) / 180, profile.turn_bias
    if profile.square_turns:
        square = (2 * half_turns) ** 2 * profile.turn_s
        return np.asarray(np.where(angle >= 0, square / bias, square * bias))
    right = profile.turn_s / (1 + np.exp(-(13 / bias * half_turns - 6.5 * bias)))
    left = profile.turn_s / (1 + np.exp(-(13 * bias * -half_turns - 6.5 / bias)))
    crossing = profile.crossing_turn_s / (1 + np.exp(-(13 * -half_turns - 3.25)))
    return np.asarray(np.where(angle >= 0, right, left + crossing))


def _forbidden(
    arcs: _Arcs,
    streets: _Streets,
    restrictions: tuple[Restriction, ...],
    origin: NDArray[np.int64],
    target: NDArray[np.int64],
) -> NDArray[np.bool_]:
    way_ids = streets.ways.ids[streets.way]
    from_way = way_ids[arcs.edge[origin]]
    to_way = way_ids[arcs.edge[target]]
    via = streets.junction_refs[arcs.head[origin]]
    out = np.zeros(len(origin), bool)
    places = np.array(sorted({r.via for r in restrictions}), np.int64)
    near = np.flatnonzero(np.isin(via, places))
    by_via: dict[int, list[int]] = {}
    for turn in near.tolist():
        by_via.setdefault(int(via[turn]), []).append(turn)
    for rule in restrictions:
        here = by_via.get(rule.via, [])
        concerned = [turn for turn in here if from_way[turn] == rule.from_way]
        if rule.only and not any(to_way[turn] == rule.to_way for turn in concerned):
            continue
        for turn in concerned:
            if (to_way[turn] == rule.to_way) != rule.only:
                out[turn] = True
    return out


def _largest(arcs: _Arcs, streets: _Streets, turns: _Turns, profile: Profile) -> Network:
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
        arc_ms=np.maximum(1, np.rint(streets.seconds[arcs.edge[keep]] * 1000)).astype(np.int32),
        arc_dm=np.rint(streets.metres[arcs.edge[keep]] * 10).astype(np.int32),
        turn_from=arc_number[turns.origin[kept_turn]].astype(np.int32),
        turn_to=arc_number[turns.target[kept_turn]].astype(np.int32),
        turn_ms=np.rint(turns.seconds[kept_turn] * 1000).astype(np.int32),
    )
