from __future__ import annotations

import numpy as np
import pytest
import shapely

from geodata.extract import Box, Extract
from geodata.streets import StreetMap, box_around

BIG, SMALL = {"highway": "primary"}, {"highway": "service"}


@pytest.fixture
def tiny(make_extract) -> Extract:
    """Two halves of a great street that wiggles by a metre, and a path across."""
    nodes = {1: (0, 0), 2: (5, 0.005), 3: (10, 0), 4: (20, 0), 5: (5, -5), 6: (5, 5)}
    ways = {
        10: ([1, 2, 3], BIG),
        11: ([3, 4], BIG | {"name": "farther on"}),
        12: ([5, 2, 6], {"highway": "footway"}),
        13: ([5, 6], {"building": "yes"}),
    }
    return Extract.open(make_extract(nodes, ways))


def test_streets_are_cut_to_the_box_joined_and_simplified(tiny) -> None:
    streets = StreetMap.open(tiny)
    lines = streets.within(Box(60.002, 24.99, 60.03, 25.005))
    assert [line.rank for line in lines] == [2, 5]
    great, path = (line.points for line in lines)
    assert sorted(great[:, 0]) == pytest.approx([60.002, 60.02])
    assert sorted(path[:, 1]) == pytest.approx([24.99, 25.005])
    assert len(streets.within(Box(60.002, 24.99, 60.03, 25.005), simplify_m=0.1)[0].points) == 4
    with pytest.raises(ValueError, match="read-only"):
        great[0, 0] = 0


def test_of_too_many_the_smallest_are_left_out(tiny) -> None:
    box = Box(59.9, 24.9, 60.1, 25.1)
    assert [line.rank for line in StreetMap.open(tiny).within(box, most=2)] == [2]


def test_a_box_without_streets_is_empty(tiny) -> None:
    assert StreetMap.open(tiny).within(Box(10, 10, 11, 11)) == ()


def test_lines_stay_within_the_box_and_the_tolerance(helsinki) -> None:
    streets = StreetMap.open(Extract.open(helsinki))
    box = Box(60.165, 24.935, 60.172, 24.95)
    rough, fine = (streets.within(box, simplify_m=metres) for metres in (5.0, 0.01))
    for line in rough:
        assert (line.points >= (box.south - 1e-9, box.west - 1e-9)).all()
        assert (line.points <= (box.north + 1e-9, box.east + 1e-9)).all()
    whole = [shapely.MultiLineString([line.points for line in lines]) for lines in (rough, fine)]
    assert shapely.hausdorff_distance(*whole) * 111_320 <= 5.1
    assert shapely.get_num_coordinates(whole[0]) < shapely.get_num_coordinates(whole[1])


def test_the_cache_is_read_and_mended(helsinki, tmp_path) -> None:
    extract = Extract.open(helsinki)
    first = StreetMap.open(extract, tmp_path)
    kept = next(tmp_path.glob("*.npz"))
    np.testing.assert_array_equal(StreetMap.open(extract, tmp_path).lat, first.lat)
    kept.write_bytes(kept.read_bytes()[:500])
    np.testing.assert_array_equal(StreetMap.open(extract, tmp_path).lat, first.lat)


def test_a_box_is_widened_by_metres_on_every_side() -> None:
    box = box_around(np.array([[60.0, 25.0]]), 111_320.0)
    assert (box.south, box.north) == pytest.approx((59.0, 61.0))
    assert (box.west, box.east) == pytest.approx((23.0, 27.0))
