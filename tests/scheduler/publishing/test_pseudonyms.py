from __future__ import annotations

import math
import os
import stat

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.findings import DoorstepError
from scheduler.publishing.pseudonyms import FILE, Pseudonyms, rounded
from scheduler.settings import Workspace

LATS, LONS = st.floats(-80, 80), st.floats(-179.9, 179.9)


def distance_m(one: LatLon, other: LatLon) -> float:
    north, east = math.radians(other.lat - one.lat), math.radians(other.lon - one.lon)
    return 6_371_009 * math.hypot(north, east * math.cos(math.radians(one.lat)))


@given(lat=LATS, lon=LONS)
def test_a_rounded_place_is_near_and_stays_where_it_is(lat, lon) -> None:
    place = LatLon(lat, lon)
    once = rounded(place)
    assert distance_m(place, once) < 75
    assert distance_m(rounded(once), once) < 1


@given(lat=LATS, lon=LONS, north=st.floats(0, 0.00001), east=st.floats(0, 0.00001))
def test_a_rounded_place_tells_its_cell_alone(lat, lon, north, east) -> None:
    middle = rounded(LatLon(lat, lon))
    assert rounded(LatLon(middle.lat + north, middle.lon + east)) == middle


def test_the_same_id_has_the_same_pseudonym_under_one_key_only() -> None:
    one, again, other = Pseudonyms(b"1" * 32), Pseudonyms(b"1" * 32), Pseudonyms(b"2" * 32)
    ids = [f"C-{k:04d}" for k in range(3000)]
    assert [one.case(ident) for ident in ids] == [again.case(ident) for ident in ids]
    assert len({one.case(ident) for ident in ids}) == len(ids)
    assert not {one.case(ident) for ident in ids} & {other.case(ident) for ident in ids}
    assert one.case("X").removeprefix("case-") != one.agent("X").removeprefix("agent-")
    assert "1111" not in repr(one)
    with pytest.raises(ValueError, match="bytes"):
        Pseudonyms(b"short")


@pytest.fixture
def workspace(tmp_path) -> Workspace:
    (tmp_path / "doorstep.toml").write_text("")
    return Workspace.open(tmp_path)


def test_without_a_key_a_secret_is_made_once_for_its_owner_alone(workspace) -> None:
    first = Pseudonyms.of(workspace).case("C1")
    assert Pseudonyms.of(workspace).case("C1") == first
    path = workspace.folder / FILE
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.write_bytes(b"cut")
    with pytest.raises(DoorstepError, match="secret"):
        Pseudonyms.of(workspace)


def test_the_workspace_key_makes_them(workspace, monkeypatch) -> None:
    from scheduler.store.cipher import Key

    made = []
    for _ in range(2):
        monkeypatch.setenv("DOORSTEP_KEY", Key.new().text())
        made.append(Pseudonyms.of(workspace).case("C1"))
    assert len(set(made)) == 2
    assert not (workspace.folder / FILE).exists()
