"""OSRM behind our protocol, and our travel times against its own."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.osrm_engine import OsrmEngine

needs_osrm = pytest.mark.skipif(
    importlib.util.find_spec("osrm") is None,
    reason="osrm-bindings is not installed: pip install 'doorstep[osrm]'",
)


def test_without_the_package_the_message_says_what_to_install(helsinki, monkeypatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _name: None)
    with pytest.raises(GeodataError, match=r"pip install 'doorstep\[osrm\]'"):
        open_engine(Extract.open(helsinki), "car", engine="osrm")


@needs_osrm
def test_an_unknown_profile_is_refused(helsinki) -> None:
    with pytest.raises(GeodataError, match="no profile for horse"):
        open_engine(Extract.open(helsinki), "horse", engine="osrm")


@pytest.fixture(scope="module")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("osrm")


@pytest.fixture(scope="module")
def osrm(helsinki, cache):
    return OsrmEngine.open(Extract.open(helsinki), "car", cache_dir=cache)


@pytest.fixture(scope="module")
def points(helsinki) -> list[LatLon]:
    net = open_engine(Extract.open(helsinki), "car", engine="scipy").network
    picked = np.random.default_rng(6).choice(len(net.lat), 120, replace=False)
    return [LatLon(net.lat[v], net.lon[v]) for v in picked]


@pytest.mark.osrm
@needs_osrm
def test_it_speaks_our_protocol(osrm, points) -> None:
    told = []
    few = [*points[:110], LatLon(points[0].lat + 0.0005, points[0].lon)]
    matrix = osrm.matrix(few, progress=lambda done, total: told.append((done, total)))
    assert told == [(100, 111), (111, 111)]
    assert matrix.duration_s.dtype == matrix.distance_m.dtype == np.int32
    assert (matrix.duration_s.diagonal() == 0).all()
    off = osrm.snap(few).distance_m
    for i, j in ((0, 5), (7, 3), (110, 4)):
        route = osrm.route(few[i], few[j])
        assert route is not None
        assert route.duration_s == pytest.approx(matrix.duration_s[i, j], abs=2)
        assert route.distance_m == pytest.approx(matrix.distance_m[i, j], abs=3)
        first = np.abs(route.points[0] - (few[i].lat, few[i].lon)).max() * 111_320
        assert first <= off[i] + 1
    assert osrm.at(8) is osrm
    with pytest.raises(ValueError, match="hour"):
        osrm.at(24)


@pytest.mark.osrm
@needs_osrm
def test_it_is_prepared_once(helsinki, osrm, cache) -> None:
    before = sorted(file.name for file in cache.iterdir())
    made = next(cache.iterdir()).stat().st_mtime_ns
    OsrmEngine.open(Extract.open(helsinki), "car", cache_dir=cache)
    assert sorted(file.name for file in cache.iterdir()) == before
    assert next(cache.iterdir()).stat().st_mtime_ns == made


@pytest.mark.osrm
@needs_osrm
def test_our_times_are_those_of_osrm_within_what_the_docs_say(helsinki, osrm, points) -> None:
    ours = open_engine(Extract.open(helsinki), "car")
    near = (osrm.snap(points).distance_m < 5) & (ours.snap(points).distance_m < 5)
    kept = [point for point, ok in zip(points, near, strict=True) if ok]
    one, other = ours.matrix(kept).duration_s, osrm.matrix(kept).duration_s
    pairs = (other >= 60) & (other < 2**30)
    ratio = one[pairs] / other[pairs]
    assert pairs.sum() > 5000
    assert 0.97 <= np.median(ratio) <= 1.03
    assert (np.abs(ratio - 1) <= 0.1).mean() >= 0.9
