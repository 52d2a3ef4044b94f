from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.network import load_network
from geodata.roads import route_legs
from geodata.travel import UNREACHABLE, TravelMatrix

STREET = {"highway": "residential", "maxspeed": "45"}  # the car profile drives 0.8 of it: 10 m/s
M = 111.195  # one row
ENGINES = ["cch", "scipy"]


def at(row: float, column: float) -> LatLon:
    return LatLon(60.0 + row * 0.001, 25.0 + 2 * column * 0.001)


# A square of four junctions, 1 south-west, 2 north-west, 3 north-east, 4 south-east, with a tail 5 north of 2.
SQUARE = {1: (0, 0), 2: (10, 0), 3: (10, 5), 4: (0, 5), 5: (15, 0)}
SIDES = {
    10: ([1, 2], STREET),
    11: ([2, 3], STREET),
    12: ([3, 4], STREET),
    13: ([4, 1], STREET),
    14: ([2, 5], STREET),
}


def engine(path, name="cch", profile="car"):
    return open_engine(Extract.open(path), profile, engine=name)


@pytest.mark.parametrize("name", ENGINES)
def test_along_one_street(make_extract, name) -> None:
    made = engine(make_extract(SQUARE, SIDES), name)
    matrix = made.matrix([at(2, 0), at(7, 0)])
    assert matrix.distance_m[0, 1] == pytest.approx(5 * M, abs=2)
    assert matrix.duration_s[0, 1] == pytest.approx(5 * M / 10, abs=1)
    assert matrix.duration_s[0, 1] == matrix.duration_s[1, 0]
    assert matrix.duration_s[0, 0] == 0


@pytest.mark.parametrize("name", ENGINES)
def test_a_oneway_is_driven_round_and_walked_straight(make_extract, name) -> None:
    ways = SIDES | {10: ([1, 2], STREET | {"oneway": "yes"})}
    path = make_extract(SQUARE, ways)
    car = engine(path, name).matrix([at(2, 0), at(7, 0)])
    assert car.distance_m[0, 1] == pytest.approx(5 * M, abs=3)
    assert car.distance_m[1, 0] == pytest.approx(25 * M, abs=40)  # on to 2, round the square, up from 1
    foot = engine(path, name, "foot").matrix([at(2, 0), at(7, 0)])
    assert foot.distance_m[1, 0] == pytest.approx(5 * M, abs=2)
    route = engine(path, name).route(at(7, 0), at(2, 0))
    assert route is not None
    assert route.distance_m == pytest.approx(car.distance_m[1, 0], abs=40)
    assert len(route.points) >= 6


@pytest.mark.parametrize(
    ("kind", "forbidden"), [("no_left_turn", True), ("only_straight_on", True), (None, False)]
)
def test_turn_restrictions(make_extract, kind, forbidden) -> None:
    # From the tail down to 2 and left (east) to 3 is forbidden; straight on to 1 is not.
    members = [("w", 14, "from"), ("n", 2, "via"), ("w", 11 if kind == "no_left_turn" else 10, "to")]
    relations = {20: (members, {"type": "restriction", "restriction": kind})} if kind else {}
    made = engine(make_extract(SQUARE, SIDES, relations))
    there = made.matrix([at(13, 0), at(10, 2.5)])
    straight = (3 + 2.5) * M
    if forbidden:
        assert there.distance_m[0, 1] > 2 * straight
    else:
        assert there.distance_m[0, 1] == pytest.approx(straight, abs=30)
    assert there.distance_m[1, 0] == pytest.approx(straight, abs=30)
    assert made.matrix([at(13, 0), at(5, 0)]).distance_m[0, 1] == pytest.approx(8 * M, abs=30)


def test_a_restriction_that_excepts_bicycles_binds_cars_alone(make_extract) -> None:
    members = [("w", 14, "from"), ("n", 2, "via"), ("w", 11, "to")]
    path = make_extract(
        SQUARE,
        SIDES,
        {20: (members, {"type": "restriction", "restriction": "no_left_turn", "except": "bicycle"})},
    )
    car, bicycle = (
        engine(path, profile=profile).matrix([at(13, 0), at(10, 2.5)]) for profile in ("car", "bicycle")
    )
    assert car.distance_m[0, 1] > 2 * bicycle.distance_m[0, 1]


def test_a_signal_costs_time(make_extract) -> None:
    plain = engine(make_extract(SQUARE, SIDES)).matrix([at(8, 0), at(12, 0)]).duration_s[0, 1]
    lit = engine(make_extract(SQUARE, SIDES, {}, {2: {"highway": "traffic_signals"}}))
    assert lit.matrix([at(8, 0), at(12, 0)]).duration_s[0, 1] == plain + 2


def test_islands_are_left_out_and_points_snap_to_the_mainland(make_extract) -> None:
    nodes = SQUARE | {8: (10, 20), 9: (11, 20)}
    path = make_extract(nodes, SIDES | {30: ([8, 9], STREET)})
    made = engine(path)
    assert load_network(Extract.open(path), "car").facts()["streets"] == 5
    assert made.snap([at(10, 20)]).distance_m[0] > 500
    assert (made.matrix([at(10, 20), at(0, 0)]).duration_s != UNREACHABLE).all()


def test_the_way_from_the_street_to_the_door_is_walked(make_extract) -> None:
    made = engine(make_extract(SQUARE, SIDES))
    street, door = at(5, 0), at(5, 1)
    metres = float(made.snap([door]).distance_m[0])
    assert metres > 80
    with_door, without = (made.matrix([point, at(8, 0)]).duration_s[0, 1] for point in (door, street))
    assert with_door - without == pytest.approx(metres / 1.2, abs=1)


def test_hourly_speeds_slow_a_class_at_an_hour(make_extract) -> None:
    extract = Extract.open(make_extract(SQUARE, SIDES))
    hourly = {"local": [0.5 if hour == 8 else 1.0 for hour in range(24)]}
    made = open_engine(extract, "car", hourly_speed=hourly)
    points = [at(1, 0), at(9, 0)]
    calm, rush = made.at(3).matrix(points).duration_s[0, 1], made.at(8).matrix(points).duration_s[0, 1]
    assert rush == pytest.approx(2 * calm, abs=2)

    assert made.at(8).at(3).matrix(points).duration_s[0, 1] == calm
    assert made.at(3) is made
    for hour in (-1, 24):
        with pytest.raises(ValueError, match="hour"):
            made.at(hour)


def test_threads_may_share_an_engine(helsinki) -> None:
    made = engine(helsinki)
    net = made.network
    rng = np.random.default_rng(8)
    sets = [
        [LatLon(net.lat[v], net.lon[v]) for v in rng.choice(len(net.lat), 60, replace=False)]
        for _ in range(6)
    ]
    alone = [made.matrix(points).duration_s for points in sets]
    with ThreadPoolExecutor(3) as pool:
        together = list(pool.map(lambda points: made.matrix(points).duration_s, sets))
    for one, other in zip(alone, together, strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_journey_is_its_legs(make_extract) -> None:
    made = engine(make_extract(SQUARE, SIDES))
    stops = [at(2, 0), at(7, 0), at(10, 2)]
    legs = route_legs(made, stops)
    assert [leg and leg.distance_m for leg in legs] == [
        made.route(a, b).distance_m for a, b in itertools.pairwise(stops)
    ]
    assert legs[0].points[-1] == pytest.approx(legs[1].points[0])
    assert route_legs(made, stops[:1]) == ()


@pytest.mark.parametrize(
    "bad", [{"none": [1.0] * 24}, {"all": [1.0] * 23}, {"all": [0.0] * 24}, {"all": ["x"] * 24}]
)
def test_bad_hourly_speeds_are_refused(make_extract, bad) -> None:
    with pytest.raises(GeodataError, match="hourly_speed"):
        open_engine(Extract.open(make_extract(SQUARE, SIDES)), "car", hourly_speed=bad)


def test_engines_agree_and_routes_agree_with_the_matrix(helsinki) -> None:
    rng = np.random.default_rng(3)
    made = {name: engine(helsinki, name) for name in ENGINES}
    net = made["cch"].network
    picked = rng.choice(len(net.lat), 40)
    points = [LatLon(lat, lon) for lat, lon in zip(net.lat[picked], net.lon[picked], strict=True)]
    both = [made[name].matrix(points) for name in ENGINES]
    np.testing.assert_array_equal(both[0].duration_s, both[1].duration_s)
    np.testing.assert_array_equal(both[0].distance_m, both[1].distance_m)
    for i, j in itertools.product(range(8), range(8)):
        route = made["cch"].route(points[i], points[j])
        assert route is not None
        if i != j:
            assert route.duration_s == pytest.approx(both[0].duration_s[i, j], abs=2)
            assert route.distance_m == pytest.approx(both[0].distance_m[i, j], abs=12)
            drawn = np.diff(np.radians(route.points), axis=0)
            metres = 6371008.8 * np.hypot(drawn[:, 0], drawn[:, 1] * np.cos(np.radians(60.17))).sum()
            access = made["cch"].snap([points[i], points[j]]).distance_m.sum()
            assert metres + access == pytest.approx(route.distance_m, abs=5)


def test_fastest_paths_obey_the_triangle_inequality(helsinki) -> None:
    rng = np.random.default_rng(4)
    made = engine(helsinki)
    box = Extract.open(helsinki).box
    points = [LatLon(rng.uniform(box.south, box.north), rng.uniform(box.west, box.east)) for _ in range(25)]
    walk = made.snap(points).distance_m / 1.2
    d = made.matrix(points).duration_s.astype(float)
    through = (d[:, :, None] + d[None, :, :]).min(axis=1)
    # A stop on the way may save a ban on turning round, never more than it costs to reach the door.
    assert (d <= through + 30 + 2 * walk.max()).all()


@pytest.mark.parametrize("profile", ["car", "bicycle", "foot"])
def test_the_cache_gives_the_same_answers(helsinki, tmp_path, profile) -> None:
    extract = Extract.open(helsinki)
    points = [LatLon(60.1655, 24.9402), LatLon(60.1745, 24.9490), LatLon(60.1700, 24.9400)]
    first = open_engine(extract, profile, cache_dir=tmp_path).matrix(points)
    again = open_engine(extract, profile, cache_dir=tmp_path).matrix(points)
    np.testing.assert_array_equal(first.duration_s, again.duration_s)
    assert not list(tmp_path.glob("*.part"))


def test_matrices_survive_the_file(make_extract, tmp_path) -> None:
    made = engine(make_extract(SQUARE, SIDES)).matrix([at(2, 0), at(7, 0)])
    made.save_npz(tmp_path / "m.npz", ["a", "b"])
    ids, read = TravelMatrix.load_npz(tmp_path / "m.npz")
    assert ids == ("a", "b")
    np.testing.assert_array_equal(read.duration_s, made.duration_s)


def test_unknown_names_are_refused(make_extract) -> None:
    extract = Extract.open(make_extract(SQUARE, SIDES))
    with pytest.raises(GeodataError, match="engine"):
        open_engine(extract, "car", engine="warp")
    with pytest.raises(GeodataError, match="travel"):
        open_engine(extract, "horse")


def test_no_points_give_an_empty_matrix(make_extract) -> None:
    assert engine(make_extract(SQUARE, SIDES)).matrix([]).duration_s.shape == (0, 0)
