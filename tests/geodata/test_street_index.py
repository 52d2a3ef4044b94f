"""Names and house numbers, found with room for slips: against slow and obvious ways of doing the same."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geodata.street_index import CLOSE_NUMBERS, Names, Street, find_number, likeness

words = st.text(alphabet="abcdeø", min_size=3, max_size=9)
houses = st.sets(st.integers(1, 60), min_size=1, max_size=12)


def street(numbers: set[int]) -> Street:
    rows = {str(number): number for number in numbers}  # a house's row is its number
    ordered = tuple((number, number) for number in sorted(numbers))
    return Street("Katu", "", "", frozenset(), rows, ordered, 0.0, 0.0)


def slips(one: str, other: str) -> int:
    """Optimal string alignment by the textbook's table."""
    table = [[max(i, j) if not (i and j) else 0 for j in range(len(other) + 1)] for i in range(len(one) + 1)]
    for i in range(1, len(one) + 1):
        for j in range(1, len(other) + 1):
            same = one[i - 1] == other[j - 1]
            table[i][j] = min(table[i - 1][j] + 1, table[i][j - 1] + 1, table[i - 1][j - 1] + (not same))
            if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
                table[i][j] = min(table[i][j], table[i - 2][j - 2] + 1)
    return table[-1][-1]


@given(st.sets(words, min_size=1, max_size=30), words)
def test_similar_names_are_those_within_a_third_of_their_length(names, key):
    found = {name for name, _ in Names(names).similar(key, most=100)}
    assert found == {name for name in names if 0 < slips(key, name) <= min(3, len(key) // 3)}


@given(houses, st.integers(1, 70))
def test_a_house_is_found_or_the_nearest_named(numbers, wanted):
    row, other, share, gap = find_number(street(numbers), str(wanted))
    side = {number for number in numbers if number % 2 == wanted % 2}
    if wanted in numbers:
        assert (row, gap) == (wanted, 0)
    elif row != other:
        assert {row, other} <= side
        assert row < wanted < other
        assert not any(row < number < other for number in side)
        assert row + (other - row) * share == pytest.approx(wanted)
        assert gap == min(wanted - row, other - wanted)
    else:
        assert gap == abs(row - wanted)
        close = [number for number in side if abs(number - wanted) <= CLOSE_NUMBERS]
        assert gap == min(abs(number - wanted) for number in close or numbers)


def test_no_number_is_no_house():
    assert find_number(street({2, 4}), "b") is None
    assert find_number(street(set()), "4") is None
    assert find_number(street({4}), "4b").gap == 0


@pytest.mark.parametrize(
    ("likelier", "less"),
    [
        (("mannerhemintie", "mannerheimintie"), ("mannerhemntie", "mannerheimintie")),
        (("nybrogade", "nybrogada"), ("nygade", "nygada")),  # short names have near twins
        (("hämeentei", "hämeentie"), ("sämeentie", "hämeentie")),  # the first letter is seldom wrong
        (("eastroad", "eastrod"), ("eastroad", "westroad")),
        (("5thavenue", "5thavenu"), ("5thavenue", "6thavenue")),
        (("kirkkokat", "kirkkokatu"), ("中山北一路支弄", "中山北二路支弄")),
    ],
)
def test_which_likeness_is_trusted_more(likelier, less):
    assert likeness(*likelier, slips(*likelier)) > likeness(*less, slips(*less))


def test_no_slip_in_a_chinese_name_is_trusted():
    assert all(likeness("中" * length, "山" + "中" * (length - 1), 1) < 0.85 for length in range(2, 30))


def test_accents_alone_are_hardly_a_slip():
    names = Names(["nørreallé", "中山路"])
    assert names.same("norrealle") == [("nørreallé", 0.97)]
    assert names.same("nørreallé") == [("nørreallé", 1.0)]
    assert names.same("norre") == []
    assert names.ending("解放碑中山路") == [("中山路", 0.8)]
    assert names.ending("中山路") == names.ending("unørreallé") == []
