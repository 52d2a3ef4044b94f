from __future__ import annotations

import pytest

from geodata.coordinates import LatLon, wgs84_to_bd09, wgs84_to_gcj02

HERE = {"lat": "60.17", "lon": "24.94"}
SHANGHAI = LatLon(31.23, 121.47)


def codes(read) -> list[str]:
    return [found.code for found in read.findings]


def test_coordinates_are_taken_as_given(cases) -> None:
    read = cases(HERE)
    assert (read.cases[0].place.location, read.cases[0].place.precision) == (LatLon(60.17, 24.94), "given")
    assert codes(read) == []


@pytest.mark.parametrize(
    ("lat", "lon", "code"),
    [
        ("91", "200", "impossible_coordinates"), ("0", "0", "impossible_coordinates"), ("north", "24.94", "bad_coordinate"),
        ("60.17", "", "half_a_coordinate"), ("48.86", "2.35", "outside_extract"), ("NaN", "24.94", "bad_coordinate"),
    ],
)  # fmt: skip
def test_doubtful_coordinates_leave_the_address(cases, lat, lon, code) -> None:
    read = cases({"lat": lat, "lon": lon})
    assert read.cases[0].place.location is None
    assert code in codes(read)


def test_without_an_address_coordinates_must_be_good(cases) -> None:
    assert cases({**HERE, "address": ""}).cases[0].place.address == ""
    read = cases({"lat": "91", "lon": "200", "address": ""})
    assert read.cases == ()
    assert "empty_address" in codes(read)


@pytest.mark.parametrize("knows", [{}, {"box": None}])
def test_swapped_coordinates_are_put_right_where_it_is_plain(cases, knows) -> None:
    plain = {"lat": "24.94", "lon": "60.17"} if not knows else {"lat": "121.47", "lon": "31.23"}
    read = cases({**plain, "crs": "WGS-84"}, **knows)
    assert codes(read) == ["swapped_coordinates"]
    at = read.cases[0].place.location
    assert at == (LatLon(60.17, 24.94) if not knows else SHANGHAI)


def test_without_street_data_a_possible_pair_is_left_as_it_is(cases) -> None:
    assert cases({"lat": "24.94", "lon": "60.17"}, box=None).cases[0].place.location == LatLon(24.94, 60.17)


@pytest.mark.parametrize(
    ("crs", "shift"),
    [("GCJ-02", wgs84_to_gcj02), ("gcj02", wgs84_to_gcj02), ("高德", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09),
     ("百度", wgs84_to_bd09),
     ("EPSG:4326", lambda point: point)],
)  # fmt: skip
def test_a_declared_system_is_converted(cases, crs, shift) -> None:
    given = shift(SHANGHAI)
    read = cases({"lat": f"{given.lat:.9f}", "lon": f"{given.lon:.9f}", "crs": crs}, box=None)
    at = read.cases[0].place.location
    assert abs(at.lat - SHANGHAI.lat) < 1e-6
    assert abs(at.lon - SHANGHAI.lon) < 1e-6
    assert codes(read) == []


def test_an_unknown_system_leaves_the_address(cases) -> None:
    read = cases({**HERE, "crs": "local grid"})
    assert read.cases[0].place.location is None
    assert codes(read) == ["unknown_coordinate_system"]


def test_undeclared_coordinates_in_china_are_asked_about_once(cases) -> None:
    there = {"lat": "31.23", "lon": "121.47"}
    read = cases(there, there, {**there, "crs": "WGS-84"}, {}, box=None)
    asked = [found for found in read.findings if found.code == "coordinates_undeclared"]
    assert len(asked) == 1
    assert asked[0].cause.startswith("2 rows")
    assert all(case.place.location == SHANGHAI for case in read.cases[:2])
    assert "coordinates_undeclared" not in codes(cases(HERE))
