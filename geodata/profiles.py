"""How each way of travel uses the streets: access, speeds, one-ways, the price of turns.

Class speeds, turn and signal costs of the car are calibrated against OSRM's car profile (docs/roads.md).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field

Tags = Mapping[str, str]

_NO = frozenset({"no", "private", "agricultural", "forestry", "delivery", "military"})
_YES = frozenset({"yes", "designated", "permissive", "destination", "customers", "official"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A way of travel. Speeds in km/h by highway class; a class that is missing is not used.

    `turn_s` is what a sharp turn costs, `crossing_turn_s` what is added across oncoming traffic, `uturn_s`
    a turn back at a dead end, `signal_s` a traffic light, `crossing_s` a pedestrian crossing.
    `square_turns` prices a turn by the square of its angle, as cyclists feel it. `follow_oneway` False ignores one-ways.
    """

    name: str
    speeds: Mapping[str, float]
    access_keys: tuple[str, ...]
    vehicle_keys: tuple[str, ...]
    follow_oneway: bool = True
    oneway_key: str = ""
    use_maxspeed: bool = False
    maxspeed_factor: float = 1.0
    turn_s: float = 0.0
    turn_bias: float = 1.0
    crossing_turn_s: float = 0.0
    square_turns: bool = False
    uturn_s: float = 20.0
    signal_s: float = 0.0
    crossing_s: float = 0.0
    restrictions: bool = False
    blocked_barriers: frozenset[str] = field(default_factory=frozenset)

    @property
    def fingerprint(self) -> str:
        """Changes with any figure of the profile: graphs built with another are not reused."""
        plain = {key: sorted(v) if isinstance(v, frozenset) else v for key, v in asdict(self).items()}
        return hashlib.sha256(json.dumps(plain, sort_keys=True, default=dict).encode()).hexdigest()[:8]

    def speed(self, tags: Tags) -> float:
        """Metres a second on a way, or 0 where this way of travel may not use it."""
        kmh = self.speeds.get(tags.get("highway", ""), 0.0)
        if tags.get("area") == "yes":
            return 0.0
        for key in self.access_keys:
            value = tags.get(key)
            if value is None:
                continue
            if value in _NO or value in ("use_sidepath", "separate"):
                return 0.0
            if value in _YES and kmh == 0.0 and key == self.access_keys[0] and "highway" in tags:
                kmh = self.speeds.get("path", 5.0)
            break
        if kmh == 0.0:
            return 0.0
        if self.use_maxspeed:
            posted = maxspeed(tags.get("maxspeed", ""))
            if posted:
                kmh = posted * self.maxspeed_factor
        if tags.get("surface") in ("unpaved", "gravel", "dirt", "ground", "sand", "grass", "mud"):
            kmh = min(kmh, 30.0) if self.use_maxspeed else kmh * 0.8
        return max(kmh, 1.0) / 3.6

    def directions(self, tags: Tags) -> tuple[bool, bool]:
        """Whether a way may be used in the order of its nodes, and against it."""
        if not self.follow_oneway:
            return True, True
        oneway = tags.get("oneway", "")
        own = tags.get(f"oneway:{self.oneway_key}", "") if self.oneway_key else ""
        if own == "no":
            return True, True
        if self.oneway_key == "bicycle" and any(
            tags.get(key, "").startswith("opposite")
            for key in ("cycleway", "cycleway:left", "cycleway:right")
        ):
            return True, True
        value = own or oneway
        if value in ("-1", "reverse"):
            return False, True
        implied = tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"
        if value in ("yes", "true", "1") or (implied and value not in ("no", "false", "0")):
            return True, False
        return True, True


def maxspeed(text: str) -> float:
    """A posted limit in km/h, or 0 where none can be read."""
    value = text.split(";")[0].strip().lower()
    factor = 1.609344 if value.endswith("mph") else 1.0
    digits = value.removesuffix("mph").removesuffix("km/h").strip()
    if digits.isascii() and digits.isdigit():
        return min(float(digits) * factor, 140.0)
    return {"walk": 7.0, "none": 120.0}.get(value, 0.0)


CAR = Profile(
    name="car",
    speeds={
        "motorway": 90, "motorway_link": 45, "trunk": 85, "trunk_link": 40, "primary": 65, "primary_link": 30,
        "secondary": 55, "secondary_link": 25, "tertiary": 40, "tertiary_link": 20, "unclassified": 25,
        "residential": 25, "living_street": 10, "service": 15, "road": 20,
    },
    access_keys=("motorcar", "motor_vehicle", "vehicle", "access"),
    vehicle_keys=("motorcar", "motor_vehicle", "vehicle"),
    use_maxspeed=True,
    maxspeed_factor=0.8,
    turn_s=7.5,
    turn_bias=1.075,
    crossing_turn_s=2.0,
    signal_s=2.0,
    restrictions=True,
    blocked_barriers=frozenset({"bollard", "block", "chain", "jersey_barrier", "debris", "log"}),
)  # fmt: skip
BICYCLE = Profile(
    name="bicycle",
    speeds={
        "trunk": 15, "trunk_link": 15, "primary": 15, "primary_link": 15, "secondary": 15, "secondary_link": 15,
        "tertiary": 15, "tertiary_link": 15, "unclassified": 15, "residential": 15, "living_street": 15,
        "service": 15, "road": 15, "cycleway": 15, "track": 12, "path": 13, "pedestrian": 4, "footway": 4,
    },
    access_keys=("bicycle", "vehicle", "access"),
    vehicle_keys=("bicycle", "vehicle"),
    oneway_key="bicycle",
    turn_s=6.0,
    turn_bias=1.4,
    square_turns=True,
    uturn_s=20.0,
    signal_s=2.0,
)  # fmt: skip
FOOT = Profile(
    name="foot",
    speeds={
        "primary": 5, "primary_link": 5, "secondary": 5, "secondary_link": 5, "tertiary": 5, "tertiary_link": 5,
        "unclassified": 5, "residential": 5, "living_street": 5, "service": 5, "road": 5, "cycleway": 5,
        "track": 5, "path": 5, "pedestrian": 5, "footway": 5, "steps": 2.5, "corridor": 5, "platform": 5,
        "trunk": 4, "trunk_link": 4,
    },
    access_keys=("foot", "access"),
    vehicle_keys=("foot",),
    follow_oneway=False,
    uturn_s=0.0,
    signal_s=2.0,
)  # fmt: skip
PROFILES: Mapping[str, Profile] = {profile.name: profile for profile in (CAR, BICYCLE, FOOT)}
