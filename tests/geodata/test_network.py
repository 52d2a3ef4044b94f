from __future__ import annotations

import itertools

import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.graph_engine import engine_of
from geodata.network import Network, build_network, load_network
from geodata.osm_ways import read_ways
from geodata.profiles import CAR, PROFILES
from geodata.turns import _turn_s

STREET = {"highway": "residential"}


def car(path) -> Network:
    return load_network(Extract.open(path), "car")


def turn_prices(network: Network) -> dict[tuple[int, int], int]:
    return {
        (int(a), int(b)): int(ms)
        for a, b, ms in zip(network.turn_from, network.turn_to, network.turn_ms, strict=True)
    }


@pytest.mark.parametrize("profile", list(PROFILES))
def test_the_arrays_are_consistent(helsinki, profile) -> None:
    net = load_network(Extract.open(helsinki), profile)
    assert (net.arc_head[net.turn_from] == net.arc_tail[net.turn_to]).all()
    assert (np.diff(net.turn_from) >= 0).all()
    assert len(set(zip(net.turn_from.tolist(), net.turn_to.tolist(), strict=True))) == len(net.turn_from)
    assert (net.arc_ms > 0).all()
    assert net.arc_end.max() < len(net.lat)
    pairs = net.edge_arcs(np.arange(net.streets))
    assert sorted(pairs[pairs >= 0].tolist()) == list(range(net.arcs))
    with pytest.raises(ValueError, match="read-only"):
        net.arc_ms[0] = 1


def test_everything_kept_is_reached_from_everywhere(helsinki) -> None:
    networkx = pytest.importorskip("networkx")
    net = car(helsinki)
    graph = networkx.DiGraph(zip(net.turn_from.tolist(), net.turn_to.tolist(), strict=True))
    assert graph.number_of_nodes() == net.arcs
    assert networkx.is_strongly_connected(graph)


def test_turning_round_is_for_dead_ends(make_extract) -> None:
    nodes = {1: (0, 0), 2: (5, 0), 3: (10, 0), 4: (5, 5)}
    net = car(make_extract(nodes, {10: ([1, 2], STREET), 11: ([2, 3], STREET), 12: ([2, 4], STREET)}))
    assert net.arcs == 6
    turns = turn_prices(net)
    back = [ms for (a, b), ms in turns.items() if net.arc_edge[a] == net.arc_edge[b]]
    assert back == [20_000] * 3
    assert len(turns) == 3 + 6


def test_a_barrier_is_driven_up_to_from_both_sides(make_extract) -> None:
    # A square with a bollard in one side: both halves are used, and nobody drives through.
    nodes = {1: (0, 0), 2: (10, 0), 3: (10, 5), 4: (0, 5), 9: (5, 0)}
    ways = {
        10: ([1, 9, 2], STREET),
        11: ([2, 3], STREET),
        12: ([3, 4], STREET),
        13: ([4, 1], STREET),
    }
    path = make_extract(nodes, ways, {}, {9: {"barrier": "bollard"}})
    points = [LatLon(60.004, 25.0), LatLon(60.006, 25.0)]
    driven, walked = (
        engine_of(load_network(Extract.open(path), profile)).matrix(points) for profile in ("car", "foot")
    )
    assert walked.distance_m[0, 1] == pytest.approx(0.002 * 111_195, abs=2)
    assert driven.distance_m[0, 1] > 2500
    assert engine_of(car(path)).snap(points).distance_m.max() < 0.1


def test_roundabouts_are_driven_one_way(make_extract) -> None:
    ring = {1: (0, 0), 2: (3, 2), 3: (6, 0), 4: (3, -2)}
    arms = {5: (-5, 0), 6: (11, 0)}
    ways = {
        10: ([1, 2, 3, 4, 1], {"highway": "tertiary", "junction": "roundabout"}),
        11: ([5, 1], STREET),
        12: ([3, 6], STREET),
    }
    path = make_extract(ring | arms, ways)
    made = engine_of(car(path))
    south, north = LatLon(59.996, 25.0), LatLon(60.010, 25.0)
    there, back = made.route(south, north), made.route(north, south)
    assert there is not None
    assert back is not None
    assert there.points[:, 1].max() > 25.003  # anticlockwise: up the eastern side
    assert back.points[:, 1].min() < 24.997
    assert not read_ways(path, CAR).drives_left


def test_where_roundabouts_turn_clockwise_right_turns_cross_traffic(make_extract) -> None:
    nodes = {1: (0, 0), 2: (3, 2), 3: (6, 0), 4: (3, -2), 5: (-5, 0), 6: (-10, 0), 7: (-5, 5), 8: (-5, -5)}
    ring = {10: ([1, 4, 3, 2, 1], {"highway": "tertiary", "junction": "roundabout"})}
    cross = {11: ([6, 5], STREET), 12: ([5, 1], STREET), 13: ([5, 7], STREET), 14: ([5, 8], STREET)}
    path = make_extract(nodes, ring | cross)
    ways = read_ways(path, CAR)
    assert ways.drives_left
    made = engine_of(build_network(ways, CAR))
    south, east, west = LatLon(59.991, 25.0), LatLon(59.995, 25.008), LatLon(59.995, 24.992)
    matrix = made.matrix([south, east, west]).duration_s
    assert matrix[0, 1] > matrix[0, 2]  # turning right waits for a gap


def test_prices_of_turns_follow_osrms_curves() -> None:
    # car.lua of OSRM 26: 7.5 s at most, and 2 s more across traffic; both at a sharp angle.
    degrees = np.array([0.0, 90.0, -90.0, 179.0, -179.0])
    price = _turn_s(degrees, CAR)
    assert price[0] < 0.1
    assert 1 < price[1] < price[2] < 9.5
    assert price[3] == pytest.approx(7.5, abs=0.1)
    assert price[4] == pytest.approx(9.5, abs=0.1)
    square = _turn_s(degrees, PROFILES["bicycle"])
    assert square[1:3] == pytest.approx([6 / 1.4, 6 * 1.4])


def meeting_at_2(make_extract, kind, members):
    # Way 10 runs straight through node 2 from south to north; way 11 leaves it to the east.
    nodes = {1: (0, 0), 2: (5, 0), 3: (10, 0), 4: (5, 5)}
    ways = {10: ([1, 2, 3], STREET), 11: ([2, 4], STREET)}
    return make_extract(nodes, ways, {20: (members, {"type": "restriction", "restriction": kind})})


SOUTH, NORTH, EAST = LatLon(60.002, 25.0), LatLon(60.008, 25.0), LatLon(60.005, 25.006)
ALL = set(itertools.permutations(range(3), 2))


@pytest.mark.parametrize(
    ("kind", "origin", "target", "forbidden"),
    [
        ("no_right_turn", 10, 11, {(0, 2)}),
        ("no_left_turn", 10, 11, {(1, 2)}),
        ("no_left_turn", 11, 10, {(2, 0)}),
        ("only_right_turn", 11, 10, {(2, 0)}),
        ("only_straight_on", 10, 10, {(0, 2)}),
        ("no_u_turn", 10, 10, set()),
        ("no_entry", 11, 10, {(2, 0), (2, 1)}),
    ],
)
def test_restrictions_on_a_way_that_runs_through(make_extract, kind, origin, target, forbidden) -> None:
    if kind == "no_entry":  # nothing else may leave way 11, which then cannot be left at all
        with pytest.raises(AssertionError):
            assert car(meeting_at_2(make_extract, kind, _members(origin, target))).streets == 3
        return
    made = engine_of(car(meeting_at_2(make_extract, kind, _members(origin, target))))
    matrix = made.matrix([SOUTH, NORTH, EAST]).distance_m
    direct = {(0, 1): 667, (0, 2): 667, (1, 2): 667}
    for i, j in ALL:
        detour = matrix[i, j] > direct[min(i, j), max(i, j)] + 30
        assert detour == ((i, j) in forbidden), (i, j)


def _members(origin, target):
    return [("w", origin, "from"), ("n", 2, "via"), ("w", target, "to")]


def test_ways_are_not_joined_across_what_the_extract_leaves_out(make_extract) -> None:
    nodes = {1: (0, 0), 2: (5, 0), 4: (10, 0), 5: (15, 0), 6: (15, 5), 7: (10, 5)}
    ways = {10: ([1, 2, 3, 4, 5], STREET), 11: ([5, 6, 7], STREET)}
    net = car(make_extract(nodes, ways))
    assert net.lat.min() == pytest.approx(60.01)
    assert net.facts()["kilometres"] == 1


def test_a_cached_network_that_is_broken_is_built_again(make_extract, tmp_path) -> None:
    path = make_extract({1: (0, 0), 2: (5, 0)}, {10: ([1, 2], STREET)})
    first = load_network(Extract.open(path), "car", cache_dir=tmp_path / "cache")
    kept = next((tmp_path / "cache").glob("*.npz"))
    whole = kept.read_bytes()
    for spoiled in (b"", whole[: len(whole) // 2], b"PK\x03\x04" + bytes(200)):
        kept.write_bytes(spoiled)
        again = load_network(Extract.open(path), "car", cache_dir=tmp_path / "cache")
        np.testing.assert_array_equal(again.arc_ms, first.arc_ms)
        assert Network.load(kept).arcs == first.arcs


def test_a_file_that_is_no_network_is_refused(tmp_path) -> None:
    (tmp_path / "other.npz").write_bytes(b"hello")
    with pytest.raises(GeodataError, match=r"other\.npz"):
        Network.load(tmp_path / "other.npz")
