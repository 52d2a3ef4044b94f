"""Addresses taken apart: the forms people write, and any text at all."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from geodata.address import name_key, normalise, number_key, parse

WESTERN = {
    "Mannerheimintie 12 B 34, 00100 Helsinki": {
        "street": "mannerheimintie",
        "number": "12b",
        "unit": "34",
        "postcode": "00100",
        "city": "helsinki",
    },
    "Mannerheimintie 12 00100 Helsinki": {"number": "12", "postcode": "00100", "city": "helsinki"},
    "12 Main St, Apt 4": {"street": "main st", "number": "12", "unit": "apt 4"},
    "Apt 4, 12 Main St": {"street": "main st", "number": "12", "unit": "apt 4"},
    "12B Baker Street": {"street": "baker street", "number": "12b"},
    "12-14 High Street": {"street": "high street", "number": "12-14"},
    "10. Februarvej 3": {"street": "10. februarvej", "number": "3"},
    "1st Avenue 5": {"street": "1st avenue", "number": "5"},
    "Kongens Nytorv 1, 3. tv": {"street": "kongens nytorv", "number": "1", "unit": "3. tv"},
    "C.F. Møllers Allé 12, 2300 København S": {"number": "12", "postcode": "2300", "city": "københavn"},
    "Calle Mayor, 5, 28013 Madrid": {"street": "calle mayor", "number": "5", "city": "madrid"},
    "Unter den Linden 77, D-10117 Berlin": {"number": "77", "postcode": "10117", "city": "berlin"},
    "Rua Augusta nº 5": {"street": "rua augusta", "number": "5"},
    "Main Street 5 Springfield": {"street": "main street", "number": "5", "unit": "", "city": "springfield"},
    "Kauppakeskus Kamppi, Urho Kekkosen katu 1": {
        "place": "kauppakeskus kamppi",
        "street": "urho kekkosen katu",
        "number": "1",
        "city": "",
    },
    "Bulevardi 7 c/o Virtanen": {"street": "bulevardi", "number": "7", "unit": "", "city": ""},
    "c/o Virtanen, Bulevardi 7": {"street": "bulevardi", "number": "7", "unit": "", "place": ""},
    "Bulevardi7, Helsinki": {"street": "bulevardi", "number": "7", "city": "helsinki"},
    "Tehtaankatu": {"street": "tehtaankatu", "number": ""},
    "": {"street": "", "number": "", "place": ""},
}
CHINESE = {
    "江苏省南京市鼓楼区中山路128号3栋2单元501室": {
        "province": "江苏省",
        "city": "南京市",
        "district": "鼓楼区",
        "street": "中山路",
        "number": "128",
        "unit": "3栋2单元501室",
    },
    "中山路128弄5号": {"street": "中山路128弄", "number": "5"},
    "翠湖花园3栋2单元501": {"place": "翠湖花园", "unit": "3栋2单元501", "street": ""},
    "南京市鼓楼区翠湖花园3栋2单元501室": {"city": "南京市", "district": "鼓楼区", "place": "翠湖花园"},
    "中山路一百二十三号": {"street": "中山路", "number": "123"},
    "解放路１２号": {"street": "解放路", "number": "12"},
    "中山路128號3棟": {"number": "128", "unit": "3栋"},
    "北京市朝阳区建国门外大街甲12号": {"street": "建国门外大街", "number": "甲12"},
    "中山北一路12号": {"street": "中山北一路", "number": "12"},
    "中山北路128号翠湖花园3号楼501": {"number": "128", "place": "翠湖花园", "unit": "3号楼501"},
    "西湖区文三路 478号 华星时代广场 A座 1203": {"number": "478", "place": "华星时代广场", "unit": "a座1203"},
    "云桥区二环路辅道818号": {"street": "二环路辅道", "number": "818", "place": ""},
    "建设路北段12号": {"street": "建设路北段", "number": "12"},
    "台北市信義區信義路五段7號": {"street": "信義路五段", "number": "7"},
    "李家村12号": {"place": "李家村", "number": "12"},
    "幸福社区12栋301": {"place": "幸福社区", "district": ""},
    "中国江苏省南京市玄武区中山东路301号(东门) 210016": {
        "province": "江苏省",
        "street": "中山东路",
        "number": "301",
        "postcode": "210016",
    },
    "海淀区中关村": {"district": "海淀区", "place": "中关村"},
}


@pytest.mark.parametrize(("text", "parts"), [*WESTERN.items(), *CHINESE.items()])
def test_forms_people_write(text, parts):
    parsed = parse(text)
    assert {name: getattr(parsed, name) for name in parts} == parts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＭＡＩＮ ＳＴ　１２", "main st 12"),
        ("中山路，12号", "中山路,12号"),
        ("  Main \t Street\u200b 12 ", "Main Street 12"),
    ],
)
def test_width_case_and_blanks_do_not_matter(one, other):
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Main St.", "Main Street"), ("Hämeent.", "Hämeentie"), ("P. Knudsens Gade", "P Knudsens Gade")],
)
def test_names_written_short_are_the_same_name(one, other):
    assert name_key(one) == name_key(other)


def test_a_page_of_text_takes_no_longer_than_an_address():
    for piece in ("a ", "中", "(a", "1 ", "路一"):
        assert parse(piece * 200_000) == parse(piece * 1000)


def test_numerals_in_names_stay():
    assert parse("五一路五号").street == "五一路"
    assert parse("五一路五号").number == "5"
    assert number_key("12 B") == "12b"


pieces = st.sampled_from(
    [*"一二三百号路街区市省弄栋单元室0123456789 ,.-/#'aAbBßİſ\u0345\u200b\x00", "Main", "中山"]
)


@given(st.one_of(st.text(max_size=80), st.lists(pieces, max_size=30).map("".join)))
@example("〇" * 5000 + "号")
@example("1" * 5000)
@example("ΐ")
def test_any_text_is_taken_apart_and_made_plain_once(text):
    plain = normalise(text)
    assert normalise(plain) == plain
    parse(text)
    name_key(text)
