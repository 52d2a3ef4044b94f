"""Lookups in an extract whose addresses are known, in Helsinki's, and in what is no address at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.coordinates import LatLon, apart_m
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.gazetteer import Gazetteer, Precision
from tests.geodata.conftest import ORIGIN, STEP, write_extract

SURE = 0.85


def place(row: float, column: float) -> LatLon:
    return LatLon(ORIGIN[0] + row * STEP, ORIGIN[1] + 2 * column * STEP)


def house(street: str, number: str, **more: str) -> dict[str, str]:
    return {"addr:street": street, "addr:housenumber": number, **{f"addr:{k}": v for k, v in more.items()}}


HOUSES = {
    # (row, column): tags; a row is 111 m, a column about as much
    (0, 0): house("Kirkkokatu", "2", city="Helsinki", postcode="00100"),
    (0, 1): house("Kirkkokatu", "4", city="Helsinki", postcode="00100"),
    (0, 5): house("Kirkkokatu", "12", city="Helsinki", postcode="00100"),
    (0, 6): house("Kirkkokatu", "14-18 B", city="Helsinki", postcode="00100"),
    (90, 0): house("Kirkkokatu", "2", city="Vantaa", postcode="01300"),
    (1, 0): house("Hämeentie", "1"),
    (2, 0): house("Vestergade", "7"),
    (10, 0): house("中山路", "128", district="鼓楼区", city="南京市"),
    (10, 1): house("中山路", "130", district="鼓楼区", city="南京市"),
    (60, 0): house("中山路", "128", district="玄武区", city="南京市"),
    (12, 0): house("中山北路", "5"),
    (13, 0): house("中山路128弄", "5"),
    (14, 0): {"place": "neighbourhood", "name": "翠湖花园"},
    (10, 3): {"place": "neighbourhood", "name": "和谐家园"},
    (60, 3): {"place": "neighbourhood", "name": "和谐家园"},
    (15, 0): {"place": "suburb", "name": "鼓楼区"},
    (16, 0): {"place": "city", "name": "Helsinki", "name:sv": "Helsingfors"},
    (70, 9): {"building": "residential", "name": "Rantatalo"},
    (0, 9): {"building": "residential", "name": "Rantatalo"},
    (17, 0): {"building": "office", "name": "Palvelutalo"},
}


@pytest.fixture(scope="module")
def gazetteer(tmp_path_factory) -> Gazetteer:
    nodes = dict(enumerate(HOUSES, start=1))
    tags = dict(enumerate(HOUSES.values(), start=1))
    nodes |= {100: (30, 0), 101: (30, 1), 102: (30, 2), 103: (1, 1)}
    ways = {
        1: ([100, 101, 102], {"highway": "residential", "name": "Uusikuja"}),
        2: ([100, 103], {"highway": "primary", "name": "Hämeentie", "name:sv": "Tavastvägen"}),
        3: ([100, 101, 102, 100], {"building": "yes", **house("Puistotie", "3")}),
    }
    path = write_extract(tmp_path_factory.mktemp("gazetteer") / "tiny.osm.pbf", nodes, ways, node_tags=tags)
    return Gazetteer.open(Extract.open(path))


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("Kirkkokatu 4, 00100 Helsinki", (0, 1)),
        ("KIRKKOKATU 4 as. 7, Helsinki", (0, 1)),
        ("Kirkokatu 4, Helsinki", (0, 1)),
        ("Kirkkokatu 2, 01300 Vantaa", (90, 0)),
        ("Kirkkokatu 2, Vantaa", (90, 0)),
        ("Kirkkokatu 2, Helsingfors, 00100", (0, 0)),
        ("Hameentie 1", (1, 0)),
        ("Tavastvägen 1", (1, 0)),
        ("江苏省南京市鼓楼区中山路128号3栋2单元501室", (10, 0)),
        ("南京市玄武区中山路一百二十八号", (60, 0)),
        ("中山北路５号", (12, 0)),
        ("中山路128弄5号", (13, 0)),
        ("南京市鼓楼区翠湖花园3栋2单元501", (14, 0)),
        ("玄武区和谐家园2栋", (60, 3)),  # of two compounds of one name the one in the district
        ("Palvelutalo", (17, 0)),
    ],
)
def test_found_at_the_door_and_trusted(gazetteer, text, at):
    best = gazetteer.lookup(text)[0]
    assert best.score >= SURE
    assert best.precision in (Precision.ADDRESS, Precision.COMPOUND)
    assert apart_m(best.location, place(*at)) < 5


@pytest.mark.parametrize(
    ("text", "precision", "rivals"),
    [
        ("Kirkkokatu 2", Precision.ADDRESS, 1),  # two towns have it
        ("中山路128号", Precision.ADDRESS, 1),  # two districts have it
        ("Kirkkokatu 4, Tampere", Precision.ADDRESS, 0),  # a town the extract knows nothing of
        ("Rantatalo", Precision.COMPOUND, 1),
        ("和谐家园2栋", Precision.COMPOUND, 1),
        ("Østergade 7", Precision.ADDRESS, 0),  # east is not west
        ("中山南路5号", Precision.ADDRESS, 0),  # south is not north
        ("解放碑中山北路5号", Precision.ADDRESS, 0),  # a landmark before the street, or another street
        ("Kirkkokatu 4 Tampere", Precision.ADDRESS, 0),
        ("Uusikuja 3", Precision.STREET, 0),
        ("Hämeentie", Precision.STREET, 0),
        ("Hämeentie 99", Precision.NEAREST_NUMBER, 0),
        ("鼓楼区不存在大厦", Precision.AREA, 0),
    ],
)
def test_doubtful_and_not_trusted(gazetteer, text, precision, rivals):
    best = gazetteer.lookup(text)[0]
    assert (best.precision, best.rivals) == (precision, rivals)
    assert best.score < SURE


@pytest.mark.parametrize("text", ["Mannerheimintie 5", "Xyzzy", "不存在街5号", "", "12", "🏠", "%_'--"])
def test_the_unknown_is_refused(gazetteer, text):
    assert gazetteer.lookup(text) == ()


def test_between_two_houses_of_one_side(gazetteer):
    best = gazetteer.lookup("Kirkkokatu 6, Helsinki")[0]
    assert best.precision is Precision.INTERPOLATED
    assert apart_m(best.location, place(0, 2)) < 5
    far = gazetteer.lookup("Kirkkokatu 5, Helsinki")[0]
    assert far.precision is Precision.NEAREST_NUMBER


def test_a_range_holds_its_members_and_a_building_stands_at_its_middle(gazetteer):
    assert apart_m(gazetteer.lookup("Kirkkokatu 16, Helsinki")[0].location, place(0, 6)) < 250
    best = gazetteer.lookup("Puistotie 3")[0]
    assert apart_m(best.location, place(30, 1)) < 5


def test_trust_falls_with_slips_gaps_and_rivals(gazetteer):
    scores = [
        gazetteer.lookup(text)[0].score
        for text in (
            "Kirkkokatu 4, Helsinki",
            "Kirkokatu 4, Helsinki",
            "Kirokatu 4, Helsinki",
            "Kirokatu 55, Helsinki",
        )
    ]
    assert scores == sorted(set(scores), reverse=True)
    assert gazetteer.lookup("Kirkkokatu 2")[0].score < gazetteer.lookup("Kirkkokatu 2, Vantaa")[0].score


@given(st.one_of(st.text(max_size=60), st.text(alphabet="中山路号弄128 Kirkkokatu,", max_size=30)))
def test_lookups_never_raise_and_scores_stay_within_bounds(gazetteer, text):
    fixes = gazetteer.lookup(text)
    assert len(fixes) <= 5
    assert all(0 < fix.score <= 1 for fix in fixes)
    assert [fix.score for fix in fixes] == sorted((fix.score for fix in fixes), reverse=True)


def test_the_cache_gives_the_same_answers(tmp_path, make_extract):
    path = make_extract({1: (0, 0), 2: (0, 1)}, {}, node_tags={1: house("Katu", "1"), 2: house("Katu", "3")})
    extract = Extract.open(path)
    fresh = Gazetteer.open(extract, tmp_path / "cache")
    (kept,) = (tmp_path / "cache").iterdir()
    again = Gazetteer.open(extract, tmp_path / "cache")
    assert again.lookup("Katu 3") == fresh.lookup("Katu 3") != ()
    kept.write_bytes(b"broken")
    with pytest.raises(GeodataError, match="remove it"):
        Gazetteer.open(extract, tmp_path / "cache")


def test_an_extract_without_names_is_refused(make_extract):
    with pytest.raises(GeodataError, match="names no street"):
        Gazetteer.open(
            Extract.open(make_extract({1: (0, 0), 2: (0, 1)}, {1: ([1, 2], {"highway": "service"})}))
        )


def test_helsinkis_own_addresses_are_found(helsinki, tmp_path):
    import osmium

    gazetteer = Gazetteer.open(Extract.open(helsinki))
    wanted = [
        (f"{node.tags['addr:street']} {node.tags['addr:housenumber']}, Helsinki", LatLon(node.lat, node.lon))
        for node in osmium.FileProcessor(str(helsinki), osmium.osm.NODE)
        if "addr:street" in node.tags and "addr:housenumber" in node.tags
    ]
    assert len(gazetteer) > 1400
    assert len(wanted) > 500
    best = [fixes[0] if fixes else None for fixes in gazetteer.lookup_many([text for text, _ in wanted])]
    close = sum(
        fix is not None and apart_m(fix.location, at) <= 100
        for fix, (_, at) in zip(best, wanted, strict=True)
    )
    trusted = sum(fix is not None and fix.score >= SURE for fix in best)
    assert close >= 0.98 * len(wanted)
    assert trusted >= 0.95 * len(wanted)
