"""What is read from an extract, and that it is read once."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from geodata.errors import GeodataError
from geodata.named_places import AREA, CITY, PLACE, NamedPlaces, read_places


@pytest.fixture
def places(make_extract) -> NamedPlaces:
    tags = {
        1: {"addr:street": "Katu", "addr:housenumber": "1", "addr:suburb": "Kamppi", "addr:city": "Helsinki"},
        2: {"addr:place": "李家村", "addr:housenumber": "12", "addr:postcode": "210000"},
        3: {"addr:housenumber": "7"},
        4: {"place": "city", "name": "Helsinki", "name:sv": "Helsingfors", "name:etymology": "unknown"},
        5: {"place": "suburb", "name": "Kamppi"},
        6: {"shop": "kiosk", "name": "Kioski", "alt_name": "Kiska;R-Kioski"},
        7: {"natural": "tree", "name": "Tammi"},
    }
    ways = {
        1: ([1, 2, 3], {"highway": "residential", "name": "Katu", "name:sv": "Gatan", "name:left": "Vasen"}),
        2: ([1, 2, 3, 1], {"building": "yes", "addr:street": "Katu", "addr:housenumber": "3"}),
        3: ([1, 2], {"highway": "residential"}),
    }
    return read_places(make_extract({n: (0, n) for n in range(1, 8)}, ways, node_tags=tags))


def test_addresses_streets_and_places(places):
    rows = zip(places.streets, places.numbers, places.districts, places.cities, places.postcodes, strict=True)
    assert [tuple(map(str, row)) for row in rows] == [
        ("Katu", "1", "Kamppi", "Helsinki", ""),
        ("李家村", "12", "", "", "210000"),
        ("Katu", "3", "", "", ""),
    ]
    assert (places.lat[2], places.lon[2]) == (
        pytest.approx(60.0),
        pytest.approx(25.004),
    )  # the middle of its corners
    assert places.street_names.tolist() == ["Katu"]
    assert (places.alias_names.tolist(), places.alias_of.tolist()) == (["Gatan"], ["Katu"])
    assert dict(zip(places.place_names.tolist(), places.place_kind.tolist(), strict=True)) == {
        "Helsinki": CITY,
        "Helsingfors": CITY,
        "Kamppi": AREA,
        "Kioski": PLACE,
        "Kiska": PLACE,
        "R-Kioski": PLACE,
    }


def test_saved_and_loaded_it_is_the_same(places, tmp_path):
    places.save(tmp_path / "deep" / "places.npz")
    again = NamedPlaces.load(tmp_path / "deep" / "places.npz")
    for entry in fields(NamedPlaces):
        assert np.array_equal(getattr(again, entry.name), getattr(places, entry.name))
        assert not getattr(again, entry.name).flags.writeable
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["places.npz"]


def test_an_extract_cut_short_is_said(helsinki, tmp_path):
    (tmp_path / "cut.osm.pbf").write_bytes(helsinki.read_bytes()[:100_000])
    with pytest.raises(GeodataError, match=r"cut\.osm\.pbf is broken or cut short"):
        read_places(tmp_path / "cut.osm.pbf")
