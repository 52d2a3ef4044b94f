"""Reading an extract's streets: pyosmium to numpy arrays, one pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geodata.errors import GeodataError
from geodata.extract import broken
from geodata.profiles import Profile
from geodata.way_rules import is_blocked, wait_s, way_speeds

RANKS = {
    "motorway": 0, "motorway_link": 0, "trunk": 1, "trunk_link": 1, "primary": 2, "primary_link": 2, "secondary": 3,
    "secondary_link": 3, "tertiary": 3, "tertiary_link": 3, "unclassified": 4, "residential": 4, "living_street": 4,
    "road": 4, "service": 5,
}  # fmt: skip
PATH_RANK = 5


@dataclass(frozen=True, slots=True)
class Restriction:
    """A turn restriction at a node. `only` demands this turn, otherwise it is forbidden.

    `turn` ("left_turn", "right_turn", "straight_on", "u_turn" ...) tells which is meant where a way does not
    end at the node.
    """

    from_way: int
    via: int
    to_way: int
    only: bool
    turn: str


@dataclass(frozen=True, slots=True)
class Ways:
    """Streets of one profile. `first` delimits each way's vertices, `refs` are their node ids.

    `speed` is metres a second along a way and against it, shape (w, 2), 0 where it may not be used. `wait_at`
    are nodes that cost `wait_s`, `blocked` nodes that cannot be passed, both ascending. `drives_left` is what
    roundabouts tell about the side of the road.
    """

    ids: NDArray[np.int64]
    first: NDArray[np.int64]
    refs: NDArray[np.int64]
    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    speed: NDArray[np.float64]
    rank: NDArray[np.int8]
    wait_at: NDArray[np.int64]
    wait_s: NDArray[np.float64]
    blocked: NDArray[np.int64]
    restrictions: tuple[Restriction, ...]
    drives_left: bool


class _Reading:
    def __init__(self, profile: Profile) -> None:
        self.profile = profile
        self.ids: list[int] = []
        self.counts: list[int] = []
        self.refs: list[int] = []
        self.lat: list[float] = []
        self.lon: list[float] = []
        self.rows: list[tuple[float, float, int]] = []
        self.waits: dict[int, float] = {}
        self.blocked: list[int] = []
        self.restrictions: list[Restriction] = []
        self.turning = 0.0

    def node(self, node: Any) -> None:
        tags = dict(node.tags)
        wait = wait_s(self.profile, tags)
        if wait:
            self.waits[node.id] = wait
        if "barrier" in tags and is_blocked(self.profile, tags):
            self.blocked.append(node.id)

    def way(self, way: Any) -> None:
        tags = dict(way.tags)
        speeds = way_speeds(self.profile, tags)
        if not any(speeds):
            return
        row = (*speeds, RANKS.get(tags["highway"], PATH_RANK))
        run: list[tuple[int, float, float]] = []
        for node in way.nodes:
            if node.location.valid():
                run.append((node.ref, node.lat, node.lon))
            else:  # outside the extract: what lies on either side of it is not joined
                self._keep(way.id, run, row)
                run = []
        self._keep(way.id, run, row)
        if tags.get("junction") in ("roundabout", "circular"):
            self.turning += _signed_area(run)

    def _keep(self, way: int, run: list[tuple[int, float, float]], row: tuple[float, float, int]) -> None:
        if len(run) < 2:
            return
        refs, lat, lon = zip(*run, strict=True)
        self.ids.append(way)
        self.counts.append(len(refs))
        self.refs += refs
        self.lat += lat
        self.lon += lon
        self.rows.append(row)

    def relation(self, relation: Any) -> None:
        tags = relation.tags
        kind = tags.get(f"restriction:{self.profile.vehicle_keys[0]}") or tags.get("restriction") or ""
        excepted = (tags.get("except") or "").replace(" ", "").split(";")
        if not kind.startswith(("no_", "only_")) or any(key in excepted for key in self.profile.vehicle_keys):
            return
        members: dict[str, list[tuple[str, int]]] = {}
        for member in relation.members:
            members.setdefault(member.role, []).append((member.type, member.ref))
        via = members.get("via", [])
        if len(via) != 1 or via[0][0] != "n":
            return
        only, _, turn = kind.partition("_")
        for _, origin in members.get("from", []):
            for _, target in members.get("to", []):
                self.restrictions.append(Restriction(origin, via[0][1], target, only == "only", turn))


def _signed_area(run: list[tuple[int, float, float]]) -> float:
    """Twice the area of a closed line in square degrees, positive anticlockwise; 0 for one that is open."""
    if len(run) < 4 or run[0][0] != run[-1][0]:
        return 0.0
    return sum(a[2] * b[1] - b[2] * a[1] for a, b in pairwise(run))


def read_ways(path: Path, profile: Profile, progress: Callable[[int], None] = lambda _count: None) -> Ways:
    """Read the streets that `profile` may use. Raises GeodataError for a broken file or one without any."""
    import osmium

    reading = _Reading(profile)
    own = f"restriction:{profile.vehicle_keys[0]}"
    source: Any = (
        osmium.FileProcessor(str(path))
        .with_locations()
        .with_filter(osmium.filter.KeyFilter("highway", "barrier", "restriction", own))
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
    forward, backward, rank = zip(*reading.rows, strict=True)
    waits = sorted(reading.waits.items())
    return Ways(
        ids=np.array(reading.ids, np.int64),
        first=np.concatenate(([0], np.cumsum(reading.counts))).astype(np.int64),
        refs=np.array(reading.refs, np.int64),
        lat=np.array(reading.lat),
        lon=np.array(reading.lon),
        speed=np.stack((forward, backward), axis=1),
        rank=np.array(rank, np.int8),
        wait_at=np.array([ref for ref, _ in waits], np.int64),
        wait_s=np.array([wait for _, wait in waits]),
        blocked=np.array(sorted(reading.blocked), np.int64),
        restrictions=tuple(reading.restrictions),
        drives_left=reading.turning < 0,
    )
