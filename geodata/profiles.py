"""The figures of each way of travel: speeds by street class, who may pass, the price of turns and waits.

They follow OSRM's profiles where these are simple, and are compared with them in docs/roads.md.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType

NO = frozenset({
    "no", "private", "agricultural", "forestry", "delivery", "military", "emergency", "psv", "bus", "taxi", "permit",
    "residents", "restricted", "use_sidepath",
})  # fmt: skip
"""Access values that keep a visitor out."""

YES = frozenset({"yes", "designated", "permissive", "destination", "customers", "official"})
"""Access values that let a visitor in, where the street's class alone would not."""

Figures = Mapping[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A way of travel. Speeds in km/h, times in seconds.

    `speeds` by street class; `granted_kmh` on a class that is not named, where one of `access_keys` but `access`
    lets one in. `pushed` by class, and `push_kmh` against a one-way: a cyclist on foot. `posted_factor` drives at
    this share of the posted limit, 0 only keeps it. `surfaces` caps speeds by the tags surface, tracktype and
    smoothness. `apart` is the tag family that says a separate path must be used.

    `turn_s` is the price of a sharp turn, by a logistic curve or, `square_turns`, by the square of its angle;
    `turn_bias` makes turns across traffic dearer, `oncoming_turn_s` adds waiting for a gap, `uturn_s` is a turn
    back at a dead end. `signal_s` and `gate_s` are waits at nodes. Of barriers those in
    `open_barriers` let one pass, or, where that is empty, all but those in `closed_barriers`.
    """

    name: str
    speeds: Figures
    access_keys: tuple[str, ...]
    vehicle_keys: tuple[str, ...]
    granted_kmh: float = 0.0
    pushed: Figures = field(default_factory=dict)
    push_kmh: float = 0.0
    posted_factor: float = 0.0
    surfaces: Figures = field(default_factory=dict)
    apart: str = ""
    oneways: bool = True
    restrictions: bool = False
    motorroads: bool = False
    areas: bool = False
    turn_s: float = 0.0
    turn_bias: float = 1.0
    square_turns: bool = False
    oncoming_turn_s: float = 0.0
    uturn_s: float = 0.0
    signal_s: float = 0.0
    gate_s: float = 0.0
    open_barriers: frozenset[str] = frozenset()
    closed_barriers: frozenset[str] = frozenset()

    @property
    def fingerprint(self) -> str:
        """Changes with any figure of the profile: graphs built with another are not reused."""
        plain = {key: sorted(v) if isinstance(v, frozenset) else v for key, v in asdict(self).items()}
        return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()[:8]


CAR = Profile(
    name="car",
    speeds={
        "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65, "primary_link": 30,
        "secondary": 55, "secondary_link": 25, "tertiary": 40, "tertiary_link": 20, "unclassified": 25,
        "residential": 25, "living_street": 10, "service": 15, "road": 20,
    },
    access_keys=("motorcar", "motor_vehicle", "vehicle", "access"),
    vehicle_keys=("motorcar", "motor_vehicle", "vehicle"),
    granted_kmh=10,
    posted_factor=0.8,
    surfaces={
        "compacted": 80, "fine_gravel": 80, "paving_stones": 60, "bricks": 60, "sett": 40, "gravel": 40, "unpaved": 40,
        "ground": 40, "dirt": 40, "grass": 40, "wood": 40, "pebblestone": 40, "cobblestone": 30, "earth": 20, "sand": 20,
        "mud": 10, "grade2": 40, "grade3": 30, "grade4": 25, "grade5": 20, "bad": 40, "very_bad": 20, "horrible": 10,
        "very_horrible": 5,
    },
    restrictions=True,
    motorroads=True,
    turn_s=7.5,
    turn_bias=1.075,
    oncoming_turn_s=2.0,
    uturn_s=20.0,
    signal_s=2.0,
    gate_s=60.0,
    open_barriers=frozenset({
        "cattle_grid", "border_control", "toll_booth", "sally_port", "no", "entrance", "height_restrictor", "arch",
        "gate", "lift_gate", "swing_gate", "sliding_gate",
    }),
)  # fmt: skip
BICYCLE = Profile(
    name="bicycle",
    speeds={
        "trunk": 15, "trunk_link": 15, "primary": 15, "primary_link": 15, "secondary": 15, "secondary_link": 15,
        "tertiary": 15, "tertiary_link": 15, "unclassified": 15, "residential": 15, "living_street": 15,
        "service": 15, "road": 15, "cycleway": 15, "track": 12, "path": 13,
    },
    access_keys=("bicycle", "vehicle", "access"),
    vehicle_keys=("bicycle", "vehicle"),
    granted_kmh=15,
    pushed={"footway": 4, "pedestrian": 4, "steps": 2, "platform": 4},
    push_kmh=4,
    surfaces={
        "wood": 10, "metal": 10, "paving_stones": 10, "compacted": 10, "cobblestone": 7, "unpaved": 6, "fine_gravel": 10,
        "gravel": 6, "pebblestone": 6, "grass_paver": 6, "ground": 10, "dirt": 8, "earth": 6, "grass": 6, "mud": 3,
        "sand": 3, "woodchips": 3, "sett": 9,
    },
    apart="cycleway",
    restrictions=True,
    turn_s=6.0,
    turn_bias=1.4,
    square_turns=True,
    uturn_s=20.0,
    signal_s=2.0,
    closed_barriers=frozenset({"yes", "wall", "fence"}),
)  # fmt: skip
FOOT = Profile(
    name="foot",
    speeds=dict.fromkeys((
        "trunk", "trunk_link", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link",
        "unclassified", "residential", "living_street", "service", "road", "track", "path", "steps", "pedestrian",
        "platform", "footway", "corridor",
    ), 5.0),
    access_keys=("foot", "access"),
    vehicle_keys=("foot",),
    granted_kmh=5,
    surfaces={"fine_gravel": 3.75, "gravel": 3.75, "pebblestone": 3.75, "mud": 2.5, "sand": 2.5},
    apart="sidewalk",
    oneways=False,
    areas=True,
    uturn_s=2.0,
    signal_s=2.0,
    closed_barriers=frozenset({"yes", "wall", "fence"}),
)  # fmt: skip
PROFILES: Mapping[str, Profile] = MappingProxyType({one.name: one for one in (CAR, BICYCLE, FOOT)})
