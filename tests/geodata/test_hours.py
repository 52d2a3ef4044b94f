from __future__ import annotations

import pytest

from geodata.errors import GeodataError
from geodata.hours import speed_factors

DAY = [1.0] * 24


def test_factors_of_several_classes_multiply() -> None:
    rush = [0.5 if hour == 8 else 1.0 for hour in range(24)]
    table = speed_factors({"all": rush, "main": [0.8] * 24})
    assert table.shape == (24, 6)
    assert table[8].tolist() == [0.5, 0.5, 0.4, 0.4, 0.5, 0.5]
    assert table[9].tolist() == [1, 1, 0.8, 0.8, 1, 1]


def test_nothing_given_changes_nothing() -> None:
    assert (speed_factors({}) == 1).all()


@pytest.mark.parametrize(
    "bad",
    [
        {"none": DAY}, {"all": DAY[1:]}, {"all": [0.0] * 24}, {"all": [9.0] * 24}, {"all": ["x"] * 24}, {"all": 1.0},
        {"all": [float("nan")] * 24}, {"main": None},
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_by_name(bad) -> None:
    with pytest.raises(GeodataError, match=f"hourly_speed: {next(iter(bad))}"):
        speed_factors(bad)
