"""What OpenStreetMap's tags mean for a way of travel: how fast a way may be used each way, what cannot be passed."""

from __future__ import annotations

from collections.abc import Mapping

from geodata.profiles import NO, YES, Profile

Tags = Mapping[str, str]

_UNBUILT = frozenset({"construction", "proposed", "planned", "razed", "abandoned", "disused", "no"})
_SIDES = ("", ":both", ":left", ":right")
_TRUE, _FALSE, _REVERSED = ("yes", "true", "1"), ("no", "false", "0"), ("-1", "reverse")
_ZONES = {"urban": 50.0, "rural": 90.0, "trunk": 110.0, "motorway": 130.0, "living_street": 10.0}


def way_speeds(profile: Profile, tags: Tags) -> tuple[float, float]:
    """Metres a second in the order of a way's nodes and against it, 0 where it may not be used."""
    if _is_closed(profile, tags):
        return 0.0, 0.0
    kind = tags["highway"]
    kmh = profile.speeds.get(kind, profile.granted_kmh if _is_granted(profile, tags) else 0.0)
    if kind in profile.pushed and _is_granted(profile, tags):
        kmh = profile.granted_kmh
    push = profile.pushed.get(kind, profile.push_kmh if kmh else 0.0) if tags.get("foot") not in NO else 0.0
    if _access(profile, tags) == "dismount":
        kmh, push = 0.0, profile.push_kmh
    ahead, back = directions(profile, tags)
    forward = _limited(profile, tags, kmh, "forward") if ahead else 0.0
    backward = _limited(profile, tags, kmh, "backward") if back else 0.0
    if _is_round(tags):
        push = 0.0 if kmh else push
    return (forward or push) / 3.6, (backward or push) / 3.6


def directions(profile: Profile, tags: Tags) -> tuple[bool, bool]:
    """Whether the rules of the road allow a way in the order of its nodes, and against it."""
    own = tags.get(f"oneway:{profile.vehicle_keys[0]}", "")
    if not profile.oneways and not own:
        return True, True
    if profile.apart == "cycleway" and any(
        tags.get(f"cycleway{side}", "").startswith("opposite") for side in _SIDES
    ):
        return True, True
    value = own or tags.get("oneway", "")
    if value in _REVERSED:
        return False, True
    if value in _TRUE or (_is_round(tags) and value not in _FALSE):
        return True, False
    return True, True


def is_blocked(profile: Profile, tags: Tags) -> bool:
    """Whether a node with a barrier cannot be passed."""
    access = _access(profile, tags)
    if access in YES:
        return False
    if access in NO:
        return access != "private" or not profile.gate_s  # a driver asks at the gate
    barrier = tags.get("barrier", "")
    if tags.get("bollard") == "rising" or barrier == "kerb":
        return False
    if profile.open_barriers:
        return barrier not in profile.open_barriers
    return barrier in profile.closed_barriers


def wait_s(profile: Profile, tags: Tags) -> float:
    """Seconds that a node costs whoever passes it.

    Crossings with signals are not counted: most stand beside the signal of a junction.
    """
    if tags.get("highway") == "traffic_signals":
        return profile.signal_s
    if tags.get("barrier") in ("gate", "lift_gate") and _access(profile, tags) not in YES:
        return profile.gate_s
    return 0.0


def maxspeed(text: str) -> float:
    """A posted limit in km/h, or 0 where none can be read."""
    value = text.split(";")[0].strip().lower()
    factor = 1.609344 if value.endswith("mph") else 1.0
    digits = value.removesuffix("mph").removesuffix("km/h").strip()
    if digits.isascii() and digits.isdigit():
        return min(float(digits) * factor, 140.0)
    if ":" in value:  # a country's rule: "de:urban"
        return _ZONES.get(value.split(":")[1], 0.0)
    return {"walk": 7.0, "none": 140.0}.get(value, 0.0)


def _access(profile: Profile, tags: Tags) -> str:
    return next((tags[key] for key in profile.access_keys if key in tags), "")


def _is_granted(profile: Profile, tags: Tags) -> bool:
    """Whether this way of travel is let in by name, not with everybody."""
    own = (tags[key] for key in profile.access_keys if key != "access" and key in tags)
    return next(own, "") in YES


def _is_closed(profile: Profile, tags: Tags) -> bool:
    if tags.get("highway", "no") in _UNBUILT or _access(profile, tags) in NO:
        return True
    if tags.get("area") == "yes" and not profile.areas:
        return True
    if tags.get("motorroad") == "yes" and not profile.motorroads:
        return True
    if profile.oneways and tags.get("oneway") == "reversible":
        return True
    apart = profile.apart and any(tags.get(f"{profile.apart}{side}") == "separate" for side in _SIDES)
    return bool(apart) and not _is_granted(profile, tags)


def _is_round(tags: Tags) -> bool:
    return tags.get("junction") in ("roundabout", "circular") or tags.get("highway") == "motorway"


def _limited(profile: Profile, tags: Tags, kmh: float, direction: str) -> float:
    posted = maxspeed(tags.get(f"maxspeed:{direction}") or tags.get("maxspeed", ""))
    if posted and kmh:
        kmh = posted * profile.posted_factor if profile.posted_factor else min(kmh, posted)
    for key in ("surface", "tracktype", "smoothness"):
        kmh = min(kmh, profile.surfaces.get(tags.get(key, ""), kmh))
    return kmh
