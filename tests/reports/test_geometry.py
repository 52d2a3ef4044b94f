"""Packed streets unpack to what went in; pictures keep inside their frame."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.geometry import Canvas, pack_line, pack_streets, rounded, spread
from reports.sheet import StreetLine
from reports.still import nearest_streets

DEGREES = st.tuples(st.floats(-89, 89), st.floats(-179, 179))
STREETS = st.lists(
    st.builds(StreetLine, st.integers(0, 5), st.lists(DEGREES, min_size=2, max_size=8).map(tuple)), max_size=6
)


def unpack(packed: str) -> list[tuple[int, list[tuple[int, int]]]]:
    """The reading half, written from the format's description."""
    data = iter(base64.b64decode(packed))

    def number() -> int | None:
        value, shift = 0, 0
        for byte in data:
            value |= (byte & 127) << shift
            if byte < 128:
                return value
            shift += 7
        return None

    lines, at = [], [0, 0]
    while (rank := number()) is not None:
        line = []
        for _ in range(number() or 0):
            for axis in (0, 1):
                n = number()
                assert n is not None
                at[axis] += -(n + 1) // 2 if n % 2 else n // 2
            line.append((at[0], at[1]))
        lines.append((rank, line))
    return lines


@given(STREETS)
def test_streets_come_back_on_the_grid(streets):
    expected = []
    for street in streets:
        line: list[tuple[int, int]] = []
        for lat, lon in street.points:
            point = (int(np.rint(lat * 1e5)), int(np.rint(lon * 1e5)))
            if not line or line[-1] != point:
                line.append(point)
        if len(line) > 1:
            expected.append((street.rank, line))
    assert unpack(pack_streets(streets)) == expected


@given(st.lists(DEGREES, min_size=1, max_size=20))
def test_a_fitted_picture_shows_every_point(points):
    canvas = Canvas.fit(points, 300, 200)
    xy = canvas.xy(points)
    assert (xy >= 23.99).all()
    assert (xy <= np.array([276.01, 176.01])).all()


@given(st.lists(st.tuples(st.floats(0, 400), st.floats(0, 400)), min_size=1, max_size=12))
def test_discs_do_not_cover_each_other_wholly(points):
    placed = spread(np.array(points), 23)
    assert np.isfinite(placed).all()
    gaps = np.hypot(*(placed[:, None] - placed[None]).T)
    np.fill_diagonal(gaps, 99)
    assert gaps.min() > 12


def test_discs_that_have_room_stay():
    points = np.array([[0.0, 0.0], [100.0, 0.0]])
    assert (spread(points, 23) == points).all()


def test_a_line_is_rounded_and_repeats_are_dropped():
    assert rounded([(1.000001, 2), (1.0, 2.0), (1.1, 2)]) == [[1.0, 2.0], [1.1, 2.0]]


def test_the_streets_kept_are_the_near_ones():
    near = StreetLine(4, ((0.0, 0.0), (0.0, 0.001)))
    far = StreetLine(4, ((0.5, 0.0), (0.5, 0.001)))
    assert nearest_streets([far, near], [(0.0, 0.0)], 3) == [near]
    assert nearest_streets([far, near], [(0.0, 0.0)], 6) == [far, near]


@pytest.mark.parametrize("points", [[], [(60.0, 25.0)]])
def test_a_picture_of_nothing_or_one_place_has_a_scale(points):
    canvas = Canvas.fit(points, 100, 100)
    assert np.isfinite([canvas.scale_x, canvas.scale_y, canvas.west, canvas.north]).all()


def test_one_line_is_packed_as_streets_are():
    assert unpack(pack_line([(1.0, 2.0), (1.0, 2.0), (1.1, 2.0)])) == [
        (0, [(100_000, 200_000), (110_000, 200_000)])
    ]
    assert pack_line([]) == ""
