"""Presence by hour and kind of day, and the bands that the solver is given."""

from __future__ import annotations

import itertools
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.people import PlaceKind
from scheduler.model.values import DailyHours, TimeWindow, moment_of
from scheduler.selection.policy import Policy
from scheduler.selection.presence import DayType, day_type
from scheduler.selection.tables import SelectionError

HELSINKI = ZoneInfo("Europe/Helsinki")
TUESDAY = date(2026, 11, 24)
PRESENCE = Policy.from_mapping({}, currency="EUR").presence


def bands(*hours: DailyHours, most: int = 5, presence=PRESENCE, day: date = TUESDAY):
    windows = tuple(span.on(day, HELSINKI) for span in hours)
    return presence.bands(PlaceKind.HOME, day, windows, HELSINKI, most=most)


def written(found) -> list[tuple[str, str, float]]:
    return [(f"{b.window.start:%H:%M:%S}", f"{b.window.end:%H:%M:%S}", round(b.chance, 4)) for b in found]


def test_kinds_of_day() -> None:
    assert day_type(TUESDAY) is DayType.WORKDAY
    assert day_type(date(2026, 11, 28)) is DayType.SATURDAY
    assert day_type(date(2026, 11, 29)) is DayType.SUNDAY
    assert day_type(TUESDAY, frozenset({TUESDAY})) is DayType.SUNDAY


def test_the_defaults_have_the_shape_they_claim() -> None:
    at_home = [PRESENCE.chance(PlaceKind.HOME, DayType.WORKDAY, time(hour)) for hour in range(24)]
    assert max(at_home[9:17]) < min(at_home[18:])
    saturday = PRESENCE.chance(PlaceKind.HOME, DayType.SATURDAY, time(10))
    assert saturday > at_home[10]
    assert PRESENCE.chance(PlaceKind.WORK, DayType.WORKDAY, time(10)) > at_home[10]
    assert all(0 <= chance <= 1 for curve in PRESENCE.curves.values() for _, chance in curve)


def test_a_day_in_bands_that_end_a_second_before_the_next() -> None:
    assert written(bands(DailyHours(time(9), time(20)))) == [
        ("09:00:00", "11:59:59", 0.30),
        ("12:00:00", "13:59:59", 0.35),
        ("14:00:00", "16:59:59", 0.30),
        ("17:00:00", "17:59:59", 0.45),
        ("18:00:00", "20:00:00", 0.60),
    ]


def test_too_many_bands_are_merged_where_they_differ_least() -> None:
    found = written(bands(DailyHours(time(9), time(20)), most=4))
    assert found[0] == ("09:00:00", "13:59:59", round((0.30 * 3 + 0.35 * 2) / 5, 4))
    assert [entry[0] for entry in found[1:]] == ["14:00:00", "17:00:00", "18:00:00"]
    assert len(bands(DailyHours(time(0), time.max), most=1)) == 1


def test_neighbours_of_equal_chance_are_one() -> None:
    flat = Policy.from_mapping(
        {"presence": {"home": {"workday": [["00:00", 0.4], ["10:00", 0.4], ["15:00", 0.4]]}}}, currency="EUR"
    ).presence
    assert written(bands(DailyHours(time(9), time(20)), presence=flat)) == [("09:00:00", "20:00:00", 0.4)]


def test_a_single_permitted_instant() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=HELSINKI)
    (band,) = PRESENCE.bands(PlaceKind.HOME, TUESDAY, (TimeWindow(noon, noon),), HELSINKI)
    assert (band.window.start, band.window.end, band.chance) == (noon, noon, 0.35)


@given(
    opens=st.integers(0, 86_399),
    length=st.integers(0, 86_399),
    most=st.integers(1, 8),
    day=st.sampled_from([TUESDAY, date(2026, 3, 29), date(2026, 10, 25)]),
)
def test_bands_cover_the_windows_in_order_without_overlap(opens, length, most, day) -> None:
    first, last = (moment_of(second, day, HELSINKI) for second in (opens, min(opens + length, 82_799)))
    if last.timestamp() < first.timestamp():
        return
    found = PRESENCE.bands(PlaceKind.HOME, day, (TimeWindow(first, last),), HELSINKI, most=most)
    assert 1 <= len(found) <= most
    assert found[0].window.start.timestamp() == first.timestamp()
    assert found[-1].window.end.timestamp() == last.timestamp()
    for left, right in itertools.pairwise(found):
        assert right.window.start.timestamp() - left.window.end.timestamp() in (0, 1)
    chances = [chance for _, chance in PRESENCE.curves[PlaceKind.HOME, day_type(day)]]
    assert all(min(chances) <= band.chance <= max(chances) for band in found)


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"hom": {}}, r"\[selection.presence\] hom: it is not a setting"),
        ({"home": {"weekday": []}}, "weekday: it is not a setting"),
        ({"home": {"workday": 0.5}}, "workday: it is a list of pairs"),
        ({"home": {"workday": [["09:00", 0.5]]}}, "start at 00:00 and rise"),
        ({"home": {"workday": [["00:00", 0.5], ["00:00", 0.6]]}}, "start at 00:00 and rise"),
        ({"home": {"workday": [["00:00", 1.5]]}}, "a number from 0 to 1"),
        ({"home": {"workday": [["noon", 0.5]]}}, "a time is written"),
        ({"home": {"workday": [[9, 0.5]]}}, "a time is written"),
    ],
)
def test_mistakes_in_the_table(table, says: str) -> None:
    with pytest.raises(SelectionError, match=says):
        Policy.from_mapping({"presence": table}, currency="EUR")
