"""Coordinates against an independent package, and there and back again."""

from __future__ import annotations

import math

import numpy as np
import pytest
from coord_convert import transform
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import (
    LatLon,
    apart_m,
    bd09_to_gcj02,
    bd09_to_wgs84,
    gcj02_to_bd09,
    gcj02_to_wgs84,
    haversine_m,
    in_mainland_china,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)

CITIES = {
    "Changsha": (28.2282, 112.9388),
    "Beijing": (39.9042, 116.4074),
    "Urumqi": (43.8256, 87.6168),
    "Harbin": (45.8038, 126.5350),
    "Sanya": (18.2528, 109.5119),
}
inland = st.builds(LatLon, st.floats(20, 50), st.floats(80, 130))
anywhere = st.builds(LatLon, st.floats(-90, 90), st.floats(-180, 180))


@pytest.mark.parametrize("city", CITIES)
def test_shifts_agree_with_an_independent_implementation(city):
    lat, lon = CITIES[city]
    reference = transform.Transform()
    for ours, theirs in (
        (wgs84_to_gcj02(LatLon(lat, lon)), reference.wgs2gcj(lon, lat)),
        (wgs84_to_bd09(LatLon(lat, lon)), reference.wgs2bd(lon, lat)),
        (gcj02_to_bd09(LatLon(lat, lon)), reference.gcj2bd(lon, lat)),
    ):
        assert (ours.lon, ours.lat) == pytest.approx(theirs, abs=1e-9)


def test_the_shift_in_changsha_is_of_the_known_size():
    at = LatLon(*CITIES["Changsha"])
    assert 600 < apart_m(at, wgs84_to_gcj02(at)) < 700
    assert 1150 < apart_m(at, wgs84_to_bd09(at)) < 1300


@given(inland)
def test_there_and_back_is_exact_to_a_micrometre(at):
    assert apart_m(gcj02_to_wgs84(wgs84_to_gcj02(at)), at) < 1e-6 * 2
    assert apart_m(bd09_to_gcj02(gcj02_to_bd09(at)), at) < 1e-6 * 2
    assert apart_m(bd09_to_wgs84(wgs84_to_bd09(at)), at) < 1e-6 * 2


@pytest.mark.parametrize(("lat", "lon"), [(60.17, 24.94), (-33.9, 151.2), (40.7, -74.0)])
def test_nothing_is_shifted_outside_china(lat, lon):
    at = LatLon(lat, lon)
    assert not in_mainland_china(at)
    assert wgs84_to_gcj02(at) == gcj02_to_wgs84(at) == at


@given(anywhere, anywhere)
def test_distances_agree_with_the_spherical_law_of_cosines(a, b):
    one, other = math.radians(a.lat), math.radians(b.lat)
    cosine = math.sin(one) * math.sin(other)
    cosine += math.cos(one) * math.cos(other) * math.cos(math.radians(a.lon - b.lon))
    by_cosines = 6_371_008.8 * math.acos(max(-1.0, min(1.0, cosine)))
    assert apart_m(a, b) == pytest.approx(by_cosines, rel=1e-6, abs=1.0)
    assert float(haversine_m(a.lat, a.lon, b.lat, b.lon)) == pytest.approx(apart_m(a, b), rel=1e-9, abs=1e-3)


def test_distances_broadcast():
    away = haversine_m(60.0, 25.0, np.array([60.0, 60.001]), np.array([25.0, 25.0]))
    assert away == pytest.approx([0.0, 111.195], abs=0.01)


@pytest.mark.parametrize(("lat", "lon"), [(91, 0), (0, 181), (math.nan, 0), (0, math.inf)])
def test_impossible_places_are_refused(lat, lon):
    with pytest.raises(ValueError, match="coordinate"):
        LatLon(lat, lon)
