"""The matrices of a day: found once, and read again for fewer places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import TravelMode
from scheduler.planning.roads import Roads
from scheduler.settings import Settings, Workspace

BOTH = (TravelMode.CAR, TravelMode.FOOT)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def roads(helsinki: Path, tmp_path: Path, told: list[str]) -> Roads:
    return Roads(on(helsinki, tmp_path), told.append)


def on(extract: Path, folder: Path) -> Workspace:
    """A workspace with this extract."""
    settings = Settings.from_mapping({"workspace": {"extract": str(extract)}})
    return Workspace(folder=folder, settings=settings)


def places(count: int, seed: int = 1) -> tuple[LatLon, ...]:
    """In the middle of Helsinki, some on one street."""
    spots = np.random.default_rng(seed).uniform((60.165, 24.93), (60.175, 24.95), (count, 2))
    return tuple(LatLon(lat, lon) for lat, lon in spots)


def searched(told: list[str]) -> list[str]:
    return [text for text in told if text.startswith("travel times")]


def test_fewer_places_are_read_from_what_is_known_and_are_the_same(
    roads: Roads, helsinki: Path, tmp_path: Path, told: list[str]
) -> None:
    whole = places(60)
    roads.matrices(BOTH, whole)
    some = (*whole[40:50], *whole[3:20])
    again = roads.matrices(BOTH, some)
    assert searched(told) == ["travel times by car, foot"]
    apart = Roads(on(helsinki, tmp_path)).matrices(BOTH, some)
    for mode in BOTH:
        np.testing.assert_array_equal(again[mode].duration_s, apart[mode].duration_s)
        np.testing.assert_array_equal(again[mode].distance_m, apart[mode].distance_m)


def test_another_place_or_way_of_travel_is_searched_and_a_small_matrix_replaces_no_large_one(
    roads: Roads, told: list[str]
) -> None:
    whole, new = places(30), places(2, seed=9)
    first = roads.matrices([TravelMode.CAR], whole)
    roads.matrices([TravelMode.CAR], (*whole[:2], *new))
    roads.matrices(BOTH, whole[:5])
    assert searched(told) == ["travel times by car", "travel times by car", "travel times by foot"]
    assert roads.matrices([TravelMode.CAR], whole)[TravelMode.CAR] is first[TravelMode.CAR]
    twice = (*whole[:2], whole[0])  # to the street and back again, which no row of the whole knows
    assert roads.matrices([TravelMode.CAR], twice)[TravelMode.CAR].duration_s[0, 2] > 0
    assert len(searched(told)) == 4
