"""Towns and districts by the names people and maps give them."""

from __future__ import annotations

import pytest

from geodata.address import parse
from geodata.extract import Extract
from geodata.gazetteer import Gazetteer


@pytest.fixture(scope="module")
def best(tmp_path_factory):
    """The score of the one house there is, for an address that names a town, district or postcode."""
    from tests.geodata.conftest import write_extract

    def made(name, **more):
        tags = {"addr:housenumber": "1", **{f"addr:{key}": value for key, value in more.items()}}
        folder = tmp_path_factory.mktemp(name)
        path = write_extract(folder / "x.osm.pbf", {1: (0, 0), 2: (0, 1)}, {}, node_tags={1: tags})
        return Gazetteer.open(Extract.open(path))

    western = made("western", street="Katuvarsi", city="København S", postcode="2300")
    eastern = made("eastern", street="中山路", city="南京市", district="鼓楼区")
    bare = made("bare", street="Katuvarsi")
    known = {"western": western, "eastern": eastern, "bare": bare}
    return lambda which, text: known[which].lookup(text)[0].score


@pytest.mark.parametrize(
    ("which", "text"),
    [
        ("western", "Katuvarsi 1"),
        ("western", "Katuvarsi 1, København"),
        ("western", "Katuvarsi 1, 2300 Kobenhavn"),
        ("western", "Katuvarsi 1, Købenavn"),
        ("western", "Katuvarsi 1, 2300 Amager"),  # the postcode settles it
        ("eastern", "南京市鼓楼区中山路1号"),
        ("eastern", "南京鼓楼区中山路1号"),
        ("eastern", "中山路1号"),
        ("bare", "Katuvarsi 1, 2300 København"),  # nothing is known that could speak against it
    ],
)
def test_the_same_place(best, which, text):
    assert best(which, text) == 1.0


@pytest.mark.parametrize(
    ("which", "text"),
    [
        ("western", "Katuvarsi 1, Aarhus"),
        ("western", "Katuvarsi 1, 8000 Aarhus"),
        ("western", "Katuvarsi 1, 8000"),
        ("eastern", "南京市玄武区中山路1号"),
        ("eastern", "上海市中山路1号"),
    ],
)
def test_another_place_is_for_a_person(best, which, text):
    assert best(which, text) < 0.85


def test_a_wrong_postcode_in_the_right_town_costs_little(best):
    assert 0.85 <= best("western", "Katuvarsi 1, 2400 København") < 1.0
    assert parse("Katuvarsi 1, 2400 København").postcode == "2400"
