"""OSRM behind the same protocol, and our travel times against its own."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.roads import open_engine

there = pytest.mark.skipif(
    importlib.util.find_spec("osrm") is None,
    reason="osrm-bindings is not installed: pip install 'doorstep[osrm]'",
)


@there
@pytest.mark.osrm
@pytest.mark.parametrize(("profile", "within"), [("car", 0.10), ("foot", 0.10)])
def test_our_times_are_near_osrms(helsinki, tmp_path, profile, within) -> None:
    extract = Extract.open(helsinki)
    ours = open_engine(extract, profile, cache_dir=tmp_path)
    reference = open_engine(extract, profile, engine="osrm", cache_dir=tmp_path)
    rng = np.random.default_rng(2)
    net = ours.network
    picked = rng.choice(len(net.lat), 60, replace=False)
    points = [LatLon(lat, lon) for lat, lon in zip(net.lat[picked], net.lon[picked], strict=True)]
    near = (reference.snap(points).distance_m < 5) & (ours.snap(points).distance_m < 5)
    points = [point for point, kept in zip(points, near, strict=True) if kept]
    a, b = ours.matrix(points), reference.matrix(points)
    long = (b.duration_s > 60) & (b.duration_s < 2**30)
    assert abs(np.median(a.duration_s[long] / b.duration_s[long]) - 1) < within
    assert abs(np.median(a.distance_m[long] / b.distance_m[long]) - 1) < 0.03
    route = reference.route(points[0], points[1])
    assert route is not None
    assert route.duration_s == pytest.approx(b.duration_s[0, 1], abs=2)


def test_without_the_package_it_says_what_to_install(helsinki, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(GeodataError, match=r"doorstep\[osrm\]"):
        open_engine(Extract.open(helsinki), "car", engine="osrm")
