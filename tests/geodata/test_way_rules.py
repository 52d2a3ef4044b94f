from __future__ import annotations

import pytest

from geodata.profiles import BICYCLE, CAR, FOOT
from geodata.way_rules import directions, is_blocked, maxspeed, wait_s, way_speeds

STREET = {"highway": "residential"}


def kmh(profile, tags) -> tuple[float, float]:
    forward, backward = way_speeds(profile, tags)
    return round(forward * 3.6, 2), round(backward * 3.6, 2)


@pytest.mark.parametrize(
    ("tags", "car", "bicycle", "foot"),
    [
        (STREET, True, True, True),
        ({"highway": "motorway"}, True, False, False),
        ({"highway": "primary", "motorroad": "yes"}, True, False, False),
        ({"highway": "footway"}, False, True, True),
        ({"highway": "footway", "foot": "no"}, False, False, False),
        ({"highway": "steps"}, False, True, True),
        (STREET | {"access": "private"}, False, False, False),
        (STREET | {"access": "no", "foot": "yes"}, False, False, True),
        (STREET | {"access": "destination"}, True, True, True),
        (STREET | {"motor_vehicle": "no"}, False, True, True),
        (STREET | {"motor_vehicle": "psv"}, False, True, True),
        ({"highway": "cycleway"}, False, True, False),
        ({"highway": "cycleway", "foot": "designated"}, False, True, True),
        ({"highway": "track", "motor_vehicle": "yes"}, True, True, True),
        ({"highway": "pedestrian", "area": "yes"}, False, False, True),
        ({"highway": "construction", "foot": "yes"}, False, False, False),
        ({"highway": "proposed"}, False, False, False),
        ({"highway": "primary", "bicycle": "use_sidepath"}, True, False, True),
        (STREET | {"sidewalk:left": "separate"}, True, True, False),
        (STREET | {"sidewalk": "separate", "foot": "yes"}, True, True, True),
        (STREET | {"cycleway": "separate"}, True, False, True),
        (STREET | {"oneway": "reversible"}, False, False, True),
        ({"highway": "raceway"}, False, False, False),
    ],
)
def test_who_may_use_what(tags, car, bicycle, foot) -> None:
    assert [any(way_speeds(profile, tags)) for profile in (CAR, BICYCLE, FOOT)] == [car, bicycle, foot]


@pytest.mark.parametrize(
    ("tags", "car", "bicycle"),
    [
        (STREET, (True, True), (True, True)),
        (STREET | {"oneway": "yes"}, (True, False), (True, False)),
        (STREET | {"oneway": "-1"}, (False, True), (False, True)),
        (STREET | {"oneway": "yes", "oneway:bicycle": "no"}, (True, False), (True, True)),
        (STREET | {"oneway": "yes", "cycleway:left": "opposite_lane"}, (True, False), (True, True)),
        ({"highway": "tertiary", "junction": "roundabout"}, (True, False), (True, False)),
        ({"highway": "motorway"}, (True, False), (True, False)),
        ({"highway": "motorway", "oneway": "no"}, (True, True), (True, True)),
    ],
)
def test_oneways(tags, car, bicycle) -> None:
    assert directions(CAR, tags) == car
    assert directions(BICYCLE, tags) == bicycle
    assert directions(FOOT, tags) == (True, True)


def test_a_oneway_for_walkers_binds_them() -> None:
    assert directions(FOOT, {"highway": "steps", "oneway:foot": "yes"}) == (True, False)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        (STREET, 25, 25),
        (STREET | {"maxspeed": "50"}, 40, 40),
        (STREET | {"maxspeed": "50", "maxspeed:backward": "30"}, 40, 24),
        (STREET | {"maxspeed": "de:urban"}, 40, 40),
        (STREET | {"surface": "mud", "maxspeed": "50"}, 10, 10),
        (STREET | {"smoothness": "very_bad"}, 20, 20),
        ({"highway": "track", "motor_vehicle": "yes"}, 10, 10),
    ],
)
def test_how_fast_cars_go(tags, forward, backward) -> None:
    assert kmh(CAR, tags) == (forward, backward)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        (STREET, 15, 15),
        (STREET | {"maxspeed": "10"}, 10, 10),
        (STREET | {"oneway": "yes"}, 15, 4),
        (STREET | {"oneway": "yes", "foot": "no"}, 15, 0),
        (STREET | {"junction": "roundabout"}, 15, 0),
        ({"highway": "footway"}, 4, 4),
        ({"highway": "footway", "bicycle": "designated"}, 15, 15),
        ({"highway": "path", "bicycle": "dismount"}, 4, 4),
        ({"highway": "steps"}, 2, 2),
        ({"highway": "cycleway", "surface": "sett"}, 9, 9),
    ],
)
def test_what_is_ridden_and_what_is_pushed(tags, forward, backward) -> None:
    assert kmh(BICYCLE, tags) == (forward, backward)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("50", 50),
        ("30 mph", 48.28),
        ("60 km/h", 60),
        ("walk", 7),
        ("", 0),
        ("50;30", 50),
        ("²", 0),
        ("cn:x", 0),
    ],
)
def test_posted_limits(text, limit) -> None:
    assert maxspeed(text) == pytest.approx(limit, abs=0.01)


@pytest.mark.parametrize(
    ("tags", "car", "foot"),
    [
        ({"barrier": "bollard"}, True, False),
        ({"barrier": "bollard", "bollard": "rising"}, False, False),
        ({"barrier": "bollard", "motor_vehicle": "yes"}, False, False),
        ({"barrier": "gate"}, False, False),
        ({"barrier": "gate", "access": "private"}, False, True),
        ({"barrier": "gate", "access": "no"}, True, True),
        ({"barrier": "kerb"}, False, False),
        ({"barrier": "fence"}, True, True),
    ],
)
def test_barriers(tags, car, foot) -> None:
    assert (is_blocked(CAR, tags), is_blocked(FOOT, tags)) == (car, foot)


def test_waits() -> None:
    assert wait_s(CAR, {"highway": "traffic_signals"}) == CAR.signal_s
    assert wait_s(CAR, {"barrier": "gate"}) == CAR.gate_s
    assert wait_s(CAR, {"barrier": "gate", "motor_vehicle": "yes"}) == 0
    assert wait_s(CAR, {"highway": "crossing", "crossing": "traffic_signals"}) == 0


def test_a_profiles_fingerprint_changes_with_its_figures() -> None:
    from dataclasses import replace

    assert CAR.fingerprint == replace(CAR).fingerprint
    assert CAR.fingerprint != replace(CAR, turn_s=7.0).fingerprint
    assert CAR.fingerprint != replace(CAR, speeds={**CAR.speeds, "road": 21}).fingerprint
