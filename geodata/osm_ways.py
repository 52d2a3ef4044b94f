"""Reading an extract's streets: pyosmium to numpy arrays, one pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError
from geodata.extract import broken
from geodata.profiles import Profile

RANKS = {
    "motorway": 0, "motorway_link": 0, "trunk": 1, "trunk_link": 1, "primary": 2, "primary_link": 2, "secondary": 3,
    "secondary_link": 3, "tertiary": 3, "tertiary_link": 3, "unclassified": 4, "residential": 4, "living_street": 4,
    "road": 4, "service": 5,
}  # fmt: skip
PATH_RANK = 5


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction at a node. `only` demands this turn, otherwise it is forbidden."""

    from_way: int
    via: int
    to_way: int
    only: bool


@dataclass(frozen=True, slots=True)
class Ways:
    """Streets of one profile. `first` delimits each way's vertices; speeds are metres a second."""

    ids: NDArray[np.int64]
    first: NDArray[np.int64]
    refs: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    speed: NDArray[np.float64]
    forward: NDArray[np.bool_]
    backward: NDArray[np.bool_]
    rank: NDArray[np.int8]
    signals: NDArray[np.int64]
    crossings: NDArray[np.int64]
    blocked: NDArray[np.int64]
    restrictions: tuple[Restriction, ...]


class _Reading:
    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.ids: list[int] = []
        self.counts: list[int] = []
        self.refs: list[int] = []
        self.lat: list[float] = []
        self.lon: list[float] = []
        self.rows: list[tuple[float, bool, bool, int]] = []
        self.signals: list[int] = []
        self.crossings: list[int] = []
        self.blocked: list[int] = []
        self.restrictions: list[Restriction] = []

    def node(self, node: Any) -> None:
        tags = node.tags
        kind = tags.get("highway")
        if kind == "traffic_signals":
            self.signals.append(node.id)
        elif kind == "crossing":
            where = self.signals if tags.get("crossing") == "traffic_signals" else self.crossings
            where.append(node.id)
        barrier = tags.get("barrier")
        if barrier in self.profile.blocked_barriers and not any(
            tags.get(key) in ("yes", "permissive", "designated") for key in self.profile.access_keys
        ):
            self.blocked.append(node.id)

    def way(self, way: Any) -> None:
        tags = dict(way.tags)
        speed = self.profile.speed(tags)
        if speed == 0.0:
            return
        forward, backward = self.profile.directions(tags)
        placed = [(n.ref, n.lat, n.lon) for n in way.nodes if n.location.valid()]
        if len(placed) < 2:
            return
        refs, lat, lon = zip(*placed, strict=True)
        self.ids.append(way.id)
        self.counts.append(len(refs))
        self.refs += refs
        self.lat += lat
        self.lon += lon
        self.rows.append((speed, forward, backward, RANKS.get(tags["highway"], PATH_RANK)))

    def relation(self, relation: Any) -> None:
        tags = relation.tags
        kind = tags.get("restriction") or tags.get(f"restriction:{self.profile.vehicle_keys[0]}") or ""
        excepted = (tags.get("except") or "").replace(" ", "").split(";")
        if not kind.startswith(("no_", "only_")) or any(key in excepted for key in self.profile.vehicle_keys):
            return
        members: dict[str, list[tuple[str, int]]] = {}
        for member in relation.members:
            members.setdefault(member.role, []).append((member.type, member.ref))
        via = members.get("via", [])
        if len(via) != 1 or via[0][0] != "n":
            return
        for _, origin in members.get("from", []):
            for _, target in members.get("to", []):
                self.restrictions.append(Restriction(origin, via[0][1], target, kind.startswith("only_")))


def read_ways(path: Path, profile: Profile, progress: Callable[[int], None] = lambda _count: None) -> Ways:
    """Read the streets that `profile` may use. Raises GeodataError for a broken file or one without any."""
    import osmium

    reading = _Reading(profile)
    source: Any = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("highway", "barrier", "restriction", "restriction:motorcar"))
    )
    try:
        for number, thing in enumerate(source):
            if thing.is_way():
                if "highway" in thing.tags:
                    reading.way(thing)
            elif thing.is_node():
                reading.node(thing)
            elif profile.restrictions:
                reading.relation(thing)
            if number % 20000 == 0:
                progress(number)
    except (RuntimeError, UnicodeDecodeError) as error:
        raise broken(path, error) from None
    if not reading.ids:
        raise GeodataError(f"{path.name} has no roads for {profile.name}: choose an extract with streets")
    speed, forward, backward, rank = zip(*reading.rows, strict=True)
    return Ways(
        ids=np.array(reading.ids, np.int64),
        first=np.concatenate(([0], np.cumsum(reading.counts))).astype(np.int64),
        refs=np.array(reading.refs, np.int64),
        lat=np.array(reading.lat),
        lon=np.array(reading.lon),
        speed=np.array(speed),
        forward=np.array(forward),
        backward=np.array(backward),
        rank=np.array(rank, np.int8),
        signals=np.array(sorted(reading.signals), np.int64),
        crossings=np.array(sorted(reading.crossings), np.int64),
        blocked=np.array(sorted(reading.blocked), np.int64),
        restrictions=tuple(reading.restrictions),
    )
