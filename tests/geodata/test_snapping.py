from __future__ import annotations

import numpy as np
import pytest

from geodata.coordinates import LatLon, haversine_m
from geodata.extract import Extract
from geodata.network import load_network
from geodata.snapping import Snapper

STREET = {"highway": "residential"}


def test_points_meet_streets_where_they_are_nearest(helsinki) -> None:
    network = load_network(Extract.open(helsinki), "car")
    rng = np.random.default_rng(3)
    box = Extract.open(helsinki).box
    points = [LatLon(rng.uniform(box.south, box.north), rng.uniform(box.west, box.east)) for _ in range(30)]
    found = Snapper(network).snap(points)
    # Against the nearest of places strewn along every street.
    shares = np.linspace(0, 1, 9)
    inner = np.delete(np.arange(len(network.lat) - 1), network.edge_first[1:-1] - 1)
    lat = network.lat[inner, None] + shares * (network.lat[inner + 1] - network.lat[inner])[:, None]
    lon = network.lon[inner, None] + shares * (network.lon[inner + 1] - network.lon[inner])[:, None]
    for i, point in enumerate(points):
        nearest = float(haversine_m(point.lat, point.lon, lat, lon).min())
        assert found.distance_m[i] <= nearest + 0.05
        assert found.distance_m[i] == pytest.approx(
            haversine_m(point.lat, point.lon, found.lat[i], found.lon[i]), abs=0.05
        )


def test_shares_tell_how_far_along_the_street(make_extract) -> None:
    path = make_extract({1: (0, 0), 2: (4, 0), 3: (10, 0)}, {10: ([1, 2, 3], STREET)})
    network = load_network(Extract.open(path), "car")
    found = Snapper(network).snap([LatLon(60.0025, 25.003), LatLon(60.007, 25.0), LatLon(60.5, 25.0)])
    assert found.share == pytest.approx([0.25, 0.7, 1.0], abs=1e-4)
    assert found.lat == pytest.approx([60.0025, 60.007, 60.01], abs=1e-5)
    assert found.distance_m[1] == pytest.approx(0, abs=0.05)
    assert found.distance_m[2] == pytest.approx(54_486, rel=1e-3)


def test_no_points(make_extract) -> None:
    path = make_extract({1: (0, 0), 2: (4, 0)}, {10: ([1, 2], STREET)})
    assert len(Snapper(load_network(Extract.open(path), "car")).snap([]).edge) == 0
