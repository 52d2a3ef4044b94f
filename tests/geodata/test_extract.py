from __future__ import annotations

import numpy as np
import pytest

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.network import load_network
from geodata.osm_ways import read_ways
from geodata.profiles import CAR


def test_what_is_no_extract_is_refused(tmp_path) -> None:
    missing, text = tmp_path / "none.osm.pbf", tmp_path / "text.osm.pbf"
    text.write_text("hello")
    for path in (missing, text):
        with pytest.raises(GeodataError, match=path.name):
            Extract.open(path)


@pytest.mark.parametrize("keep", [0.02, 0.3, 0.7, 0.99])
def test_a_truncated_extract_is_refused(helsinki, tmp_path, keep) -> None:
    data = helsinki.read_bytes()
    path = tmp_path / "cut.osm.pbf"
    path.write_bytes(data[: int(len(data) * keep)])
    with pytest.raises(GeodataError, match=r"cut\.osm\.pbf"):
        load_network(Extract.open(path), "car")


def test_flipped_bytes_never_raise_anything_else(helsinki, tmp_path) -> None:
    data = bytearray(helsinki.read_bytes())
    rng = np.random.default_rng(5)
    path = tmp_path / "flipped.osm.pbf"
    for _ in range(12):
        spoiled = bytearray(data)
        for at in rng.integers(0, len(data), 20):
            spoiled[at] ^= 0xFF
        path.write_bytes(spoiled)
        try:
            load_network(Extract.open(path), "foot")
        except GeodataError:
            continue


def test_an_extract_without_roads_is_refused(make_extract) -> None:
    path = make_extract({1: (0, 0), 2: (1, 0)}, {5: ([1, 2], {"building": "yes"})})
    with pytest.raises(GeodataError, match="no roads"):
        load_network(Extract.open(path), "car")


def test_the_fingerprint_is_the_files(make_extract, tmp_path) -> None:
    path = make_extract({1: (0, 0), 2: (1, 0)}, {5: ([1, 2], {"highway": "residential"})})
    assert len(Extract.open(path).fingerprint) == 64
    assert Extract.open(path).box.contains(LatLon(60.0005, 25.0))


def test_reading_helsinki(helsinki) -> None:
    ways = read_ways(helsinki, CAR)
    assert len(ways.ids) > 800
    assert len(ways.restrictions) > 30
    assert (ways.wait_s == 2).sum() > 50
