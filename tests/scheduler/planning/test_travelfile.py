"""Travel beside a plan: read again as it was found, by nobody without the key, and never instead of other roads'."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from geodata.travel import UNREACHABLE, TravelMatrix
from scheduler.model.people import TravelMode
from scheduler.planning.travelfile import TRAVEL, Known, read_travel, write_travel
from scheduler.store.cipher import Key

ON = "these roads"


def places(count: int) -> tuple[LatLon, ...]:
    return tuple(LatLon(31.0 + number / 1000, 112.9) for number in range(count))


def some(count: int = 4, longest: int = 40_000, seed: int = 1) -> Known:
    random = np.random.default_rng(seed)
    one, other = random.integers(0, longest, (2, count, count)).astype(np.int32)
    closed = random.random((count, count)) < 0.2
    one[closed] = other[closed] = UNREACHABLE
    return Known.of(places(count), TravelMatrix(one, other))


def is_same(one: Known, other: Known) -> bool:
    return (
        one.points == other.points
        and np.array_equal(one.matrix.duration_s, other.matrix.duration_s)
        and np.array_equal(one.matrix.distance_m, other.matrix.distance_m)
    )


@given(st.integers(0, 6), st.sampled_from([1, 60_000, 65_534, 65_535, 65_536, 2**31 - 1]), st.integers(0, 99))
def test_what_is_read_is_what_was_written(
    tmp_path_factory: pytest.TempPathFactory, count: int, longest: int, seed: int
) -> None:
    path = tmp_path_factory.mktemp("plan") / TRAVEL
    known = {TravelMode.CAR: some(count, longest, seed), TravelMode.FOOT: some(count, 50, seed + 1)}
    write_travel(path, known, ON, None)
    again = read_travel(path, ON, None)
    assert again.keys() == known.keys()
    assert all(is_same(again[mode], known[mode]) for mode in known)


def test_with_a_key_nobody_reads_it_without(tmp_path: Path) -> None:
    path, key, known = tmp_path / TRAVEL, Key.new(), {TravelMode.CAR: some()}
    write_travel(path, known, ON, key)
    assert known[TravelMode.CAR].matrix.duration_s.astype(np.uint16).tobytes() not in path.read_bytes()
    assert is_same(read_travel(path, ON, key)[TravelMode.CAR], known[TravelMode.CAR])
    assert read_travel(path, ON, None) == {}
    assert read_travel(path, ON, Key.new()) == {}


@pytest.mark.parametrize("keyed", [False, True])
def test_a_file_that_is_none_or_was_changed_is_as_good_as_none(tmp_path: Path, keyed: bool) -> None:
    path, key = tmp_path / TRAVEL, Key.new() if keyed else None
    assert read_travel(path, ON, key) == {}
    write_travel(path, {TravelMode.CAR: some()}, ON, key)
    whole = path.read_bytes()
    for data in (b"", b"PK", whole[:-9], whole[: len(whole) // 2], b"nonsense" * 9):
        path.write_bytes(data)
        assert read_travel(path, ON, key) == {}


@given(st.integers(0, 10**6), st.integers(1, 255))
def test_one_byte_changed_is_told_or_harms_nobody(
    tmp_path_factory: pytest.TempPathFactory, at: int, mask: int
) -> None:
    path, known = tmp_path_factory.mktemp("plan") / TRAVEL, {TravelMode.CAR: some()}
    write_travel(path, known, ON, None)
    data = bytearray(path.read_bytes())
    data[at % len(data)] ^= mask
    path.write_bytes(data)
    again = read_travel(path, ON, None)
    assert again == {} or is_same(again[TravelMode.CAR], known[TravelMode.CAR])


def test_what_was_found_on_other_roads_is_not_taken(tmp_path: Path) -> None:
    write_travel(tmp_path / TRAVEL, {TravelMode.CAR: some()}, ON, None)
    assert read_travel(tmp_path / TRAVEL, "other roads", None) == {}


def test_too_much_is_not_written_and_what_was_there_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / TRAVEL
    monkeypatch.setattr("scheduler.planning.travelfile._MOST", 4)
    write_travel(path, {TravelMode.CAR: some(4)}, ON, None)
    assert path.is_file()
    write_travel(path, {TravelMode.CAR: some(5)}, ON, None)
    assert not path.exists()


def test_only_what_is_among_the_places_is_kept() -> None:
    known = some(6)
    kept = known.among([*places(6)[1:4], LatLon(0, 0)])
    assert kept.points == places(6)[1:4]
    np.testing.assert_array_equal(kept.matrix.duration_s, known.matrix.duration_s[1:4, 1:4])
