"""Engines held against a plain search over every segment of small random street plans."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from geodata.coordinates import LatLon, haversine_m
from geodata.errors import GeodataError
from geodata.graph_engine import engine_of
from geodata.network import build_network
from geodata.osm_ways import Restriction, Ways
from geodata.profiles import CAR

PLAIN = replace(CAR, turn_s=0.0, oncoming_turn_s=0.0, uturn_s=7.0)
SIDE = 3
STEP = 0.002
WALK_M_S = 1.2


@dataclass(frozen=True)
class Plan:
    """Streets between the nodes of a grid, each with a vertex halfway that lies aside."""

    ways: Ways

    def segments(self) -> list[tuple[int, int, int, float]]:
        """Way, the two node ids, and metres of every step between vertices."""
        w = self.ways
        found = []
        for way, (first, last) in enumerate(itertools.pairwise(w.first.tolist())):
            for a in range(first, last - 1):
                metres = float(haversine_m(w.lat[a], w.lon[a], w.lat[a + 1], w.lon[a + 1]))
                found.append((way, int(w.refs[a]), int(w.refs[a + 1]), metres))
        return found


@st.composite
def plans(draw) -> Plan:
    """Grids with one-ways, two speeds, waits, a barrier and turn restrictions."""
    pairs = [(r * SIDE + c, r * SIDE + c + 1) for r in range(SIDE) for c in range(SIDE - 1)]
    pairs += [(r * SIDE + c, (r + 1) * SIDE + c) for r in range(SIDE - 1) for c in range(SIDE)]
    kinds = draw(st.lists(st.sampled_from("==========><-"), min_size=len(pairs), max_size=len(pairs)))
    kept = [(pair, kind) for pair, kind in zip(pairs, kinds, strict=True) if kind != "-"]
    refs, lat, lon, speed = [], [], [], []
    for number, ((a, b), kind) in enumerate(kept):
        aside = draw(st.integers(-3, 3)) * STEP / 10
        ends = [(60 + n // SIDE * STEP, 25 + n % SIDE * 2 * STEP) for n in (a, b)]
        middle = ((ends[0][0] + ends[1][0]) / 2 + aside, (ends[0][1] + ends[1][1]) / 2 + aside)
        refs += [a, 100 + number, b]
        lat += [ends[0][0], middle[0], ends[1][0]]
        lon += [ends[0][1], middle[1], ends[1][1]]
        pace = draw(st.sampled_from((4.0, 14.0)))
        speed.append((pace * (kind != "<"), pace * (kind != ">")))
    touching = [
        (i, n, j) for i, ((a, b), _) in enumerate(kept) for n in (a, b)
        for j, (pair, _) in enumerate(kept) if n in pair and i != j
    ]  # fmt: skip
    rules = (
        draw(st.lists(st.tuples(st.sampled_from(touching), st.booleans()), max_size=3)) if touching else []
    )
    waits = draw(st.lists(st.integers(0, SIDE * SIDE - 1), unique=True, max_size=2))
    blocked = draw(st.lists(st.integers(100, 100 + len(kept) - 1), max_size=1)) if kept else []
    return Plan(
        Ways(
            ids=np.arange(len(kept)),
            first=np.arange(0, 3 * len(kept) + 1, 3),
            refs=np.array(refs, np.int64),
            lat=np.array(lat, float),
            lon=np.array(lon, float),
            speed=np.array(speed, float).reshape(-1, 2),
            rank=np.zeros(len(kept), np.int8),
            wait_at=np.array(sorted(waits), np.int64),
            wait_s=np.full(len(waits), 11.0),
            blocked=np.array(blocked, np.int64),
            restrictions=tuple(Restriction(i, n, j, only, "turn") for (i, n, j), only in rules),
            drives_left=False,
        )
    )


class Search:
    """Dijkstra's algorithm over directed segments, by the words of the rules."""

    def __init__(self, plan: Plan) -> None:
        self.ways = ways = plan.ways
        self.segments = plan.segments()
        self.arcs = []
        for number, (way, a, b, metres) in enumerate(self.segments):
            for towards, (u, v) in enumerate(((a, b), (b, a))):
                if ways.speed[way, towards]:
                    self.arcs.append((number, way, u, v, metres, metres / ways.speed[way, towards]))
        self.waits = dict(zip(ways.wait_at.tolist(), ways.wait_s.tolist(), strict=True))
        self.blocked = set(ways.blocked.tolist())

    def follow(self, arc: int) -> list[tuple[int, float]]:
        """Arcs that may come next, and the seconds lost at the node."""
        number, way, _, node, *_ = self.arcs[arc]
        leaving = [n for n, other in enumerate(self.arcs) if other[2] == node]
        onward = [n for n in leaving if self.arcs[n][0] != number]
        wait = self.waits.get(node, 0.0)
        if node in self.blocked or not onward:
            return [(n, PLAIN.uturn_s + wait) for n in leaving if n not in onward]
        for rule in self.ways.restrictions:
            if (rule.from_way, rule.via) == (way, node):
                meant = [n for n in leaving if self.arcs[n][1] == rule.to_way]
                if not rule.only:
                    onward = [n for n in onward if n not in meant]
                elif meant:
                    onward = [n for n in onward if n in meant]
        return [(n, wait) for n in onward]

    def between(self, origin: tuple[int, float], target: tuple[int, float]) -> float:
        """Seconds from a share of one segment to a share of another."""
        best, queue, done = np.inf, [], set()
        for n, (number, _, u, *_rest) in enumerate(self.arcs):
            if number == origin[0]:
                share = origin[1] if u == self.segments[number][1] else 1 - origin[1]
                queue.append((-share * self.arcs[n][5], n, share))
        heapq.heapify(queue)
        while queue:
            seconds, n, left = heapq.heappop(queue)
            number, _, u, *_, whole = self.arcs[n]
            if number == target[0]:
                share = target[1] if u == self.segments[number][1] else 1 - target[1]
                if share >= left - 1e-9:
                    best = min(best, seconds + share * whole)
            if n in done and left == 0:
                continue
            if left == 0:
                done.add(n)
            for after, lost in self.follow(n):
                if after not in done:
                    heapq.heappush(queue, (seconds + whole + lost, after, 0.0))
        return float(best)


def positions(plan: Plan, shares: list[tuple[int, float]]) -> list[LatLon]:
    w = plan.ways
    starts = [a for first, last in itertools.pairwise(w.first.tolist()) for a in range(first, last - 1)]
    return [
        LatLon(w.lat[a] + s * (w.lat[a + 1] - w.lat[a]), w.lon[a] + s * (w.lon[a + 1] - w.lon[a]))
        for number, s in shares
        for a in [starts[number]]
    ]


@settings(max_examples=60)
@given(plans(), st.data())
def test_engines_and_the_plain_search_agree(plan, data) -> None:
    search = Search(plan)
    try:
        network = build_network(plan.ways, PLAIN)
    except GeodataError:
        assume(False)
    # Compare where nothing had to be left out, so that both search the same streets.
    assume(network.arcs == (plan.ways.speed > 0).sum() + (plan.ways.speed[plan.ways.blocked - 100] > 0).sum())
    numbers = st.integers(0, len(search.segments) - 1)
    spots = st.tuples(numbers, st.sampled_from((0.2, 0.5, 0.8)))
    shares = data.draw(st.lists(spots, min_size=2, max_size=5))
    points = positions(plan, shares)
    cch, scipy = (engine_of(network, engine=name) for name in ("cch", "scipy"))
    matrix, other = cch.matrix(points), scipy.matrix(points)
    np.testing.assert_array_equal(matrix.duration_s, other.duration_s)
    np.testing.assert_array_equal(matrix.distance_m, other.distance_m)
    for i, j in itertools.product(range(len(points)), repeat=2):
        if i != j:
            expected = search.between(shares[i], shares[j])
            assert matrix.duration_s[i, j] == pytest.approx(expected, abs=1.6)
            route = cch.route(points[i], points[j])
            assert route is not None
            assert route.duration_s == pytest.approx(expected, abs=1.6)
            assert route.distance_m == pytest.approx(matrix.distance_m[i, j], abs=12)
            drawn = haversine_m(
                route.points[:-1, 0], route.points[:-1, 1], route.points[1:, 0], route.points[1:, 1]
            ).sum()
            assert drawn == pytest.approx(route.distance_m, abs=1.5)


def test_many_on_one_street_are_as_if_each_were_asked_alone(helsinki) -> None:
    from geodata.extract import Extract
    from geodata.network import load_network

    network = load_network(Extract.open(helsinki), "car")
    longest = int(np.diff(network.edge_first).argmax())
    few = np.arange(network.edge_first[longest], network.edge_first[longest + 1])[:6]
    others = np.linspace(0, len(network.lat) - 1, 6).astype(int)
    vertices = [*few.tolist(), *others.tolist(), int(few[2])]
    points = [LatLon(network.lat[v], network.lon[v]) for v in vertices]
    for name in ("cch", "scipy"):
        engine = engine_of(network, engine=name)
        whole = engine.matrix(points)
        for i, j in itertools.product(range(len(points)), repeat=2):
            alone = engine.matrix([points[i], points[j]])
            assert abs(alone.duration_s[0, 1] - whole.duration_s[i, j]) <= 1
            assert abs(alone.distance_m[0, 1] - whole.distance_m[i, j]) <= 12
        assert whole.duration_s[2, -1] == 0


def test_blocks_of_rows_are_one_matrix(helsinki, monkeypatch) -> None:
    from geodata import matrix as module
    from geodata.extract import Extract
    from geodata.network import load_network

    network = load_network(Extract.open(helsinki), "foot")
    picked = np.random.default_rng(1).choice(len(network.lat), 37)
    points = [LatLon(network.lat[v], network.lon[v]) for v in picked]
    whole = engine_of(network).matrix(points)
    monkeypatch.setattr(module, "_ROWS", 5)
    told: list[tuple[int, int]] = []
    parts = engine_of(network).matrix(points, progress=lambda done, total: told.append((done, total)))
    np.testing.assert_array_equal(whole.duration_s, parts.duration_s)
    np.testing.assert_array_equal(whole.distance_m, parts.distance_m)
    assert told[-1] == (37, 37)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
