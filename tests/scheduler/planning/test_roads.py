"""The matrices of a day: found once, and read again for fewer places."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import TravelMode
from scheduler.planning.roads import Roads
from scheduler.planning.travelfile import TRAVEL
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


def test_what_a_plan_was_made_on_is_read_and_not_searched_again(
    roads: Roads, helsinki: Path, tmp_path: Path, told: list[str]
) -> None:
    whole, there = places(20), tmp_path / "out" / "2026-11-24"
    made = roads.matrices(BOTH, whole)
    roads.keep(there, whole[:15])
    told.clear()
    again = Roads(on(helsinki, tmp_path), told.append, plans=[tmp_path / "nowhere", there])
    read = again.matrices(BOTH, whole[5:15])
    assert told == []
    for mode in BOTH:
        np.testing.assert_array_equal(read[mode].duration_s, made[mode].duration_s[5:15, 5:15])
    again.keep(tmp_path / "replanned", whole)
    assert not (tmp_path / "replanned").exists()
    again.matrices(BOTH, whole)
    assert searched(told) == ["travel times by car, foot"]
    again.keep(tmp_path / "replanned", whole)
    assert (tmp_path / "replanned" / TRAVEL).is_file()


def test_with_other_speeds_it_is_searched_again(
    roads: Roads, helsinki: Path, tmp_path: Path, told: list[str]
) -> None:
    whole = places(5)
    slow = {"workspace": {"extract": str(helsinki)}, "roads": {"hourly_speed": {"all": [0.5] * 24}}}
    fast = roads.matrices([TravelMode.CAR], whole)[TravelMode.CAR]
    roads.keep(tmp_path, whole)
    workspace = Workspace(folder=tmp_path, settings=Settings.from_mapping(slow))
    again = Roads(workspace, plans=[tmp_path]).matrices([TravelMode.CAR], whole)[TravelMode.CAR]
    assert again.duration_s.sum() > fast.duration_s.sum()
