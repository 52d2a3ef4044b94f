"""How likely the customer is met at a place, by hour and kind of day.

The default table is an assumption, not a measurement and not copied from a survey. It has the shape that
time-use surveys agree on for adults of working age: out of the house on working days from morning to
late afternoon, at home in the evening, more at home on Saturday and Sunday mornings. It asks for the
customer in person, so it lies below the chance that anybody opens. docs/selection.md says how to replace it.
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from scheduler.model.people import PlaceKind
from scheduler.model.values import TimeWindow
from scheduler.selection.tables import TableReader

Curve = tuple[tuple[time, float], ...]


class DayType(StrEnum):
    """Kinds of day that differ in who is at home. Public holidays count as Sundays."""

    WORKDAY = "workday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


def day_type(day: date, holidays: frozenset[date] = frozenset()) -> DayType:
    """The kind of `day`."""
    if day in holidays or day.weekday() == 6:
        return DayType.SUNDAY
    return DayType.SATURDAY if day.weekday() == 5 else DayType.WORKDAY


def _curve(*pairs: tuple[int, float]) -> Curve:
    return tuple((time(hour), chance) for hour, chance in pairs)


DEFAULT: Mapping[tuple[PlaceKind, DayType], Curve] = {
    (PlaceKind.HOME, DayType.WORKDAY): _curve(
        (0, 0.85),
        (7, 0.55),
        (9, 0.30),
        (12, 0.35),
        (14, 0.30),
        (17, 0.45),
        (18, 0.60),
        (20, 0.70),
        (22, 0.80),
    ),
    (PlaceKind.HOME, DayType.SATURDAY): _curve(
        (0, 0.85), (8, 0.70), (10, 0.55), (12, 0.45), (17, 0.50), (19, 0.60), (22, 0.80)
    ),
    (PlaceKind.HOME, DayType.SUNDAY): _curve(
        (0, 0.85), (8, 0.75), (10, 0.60), (12, 0.50), (17, 0.60), (19, 0.68), (22, 0.80)
    ),
    (PlaceKind.WORK, DayType.WORKDAY): _curve(
        (0, 0.02), (8, 0.30), (9, 0.60), (12, 0.40), (14, 0.60), (17, 0.35), (18, 0.15), (20, 0.05)
    ),
    (PlaceKind.WORK, DayType.SATURDAY): _curve((0, 0.02), (9, 0.25), (17, 0.12), (20, 0.05)),
    (PlaceKind.WORK, DayType.SUNDAY): _curve((0, 0.02), (9, 0.12), (17, 0.08), (20, 0.05)),
    (PlaceKind.OTHER, DayType.WORKDAY): _curve((0, 0.10), (9, 0.20), (18, 0.30), (22, 0.10)),
    (PlaceKind.OTHER, DayType.SATURDAY): _curve((0, 0.10), (9, 0.25), (22, 0.10)),
    (PlaceKind.OTHER, DayType.SUNDAY): _curve((0, 0.10), (9, 0.25), (22, 0.10)),
}


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the day with one chance of meeting the customer."""

    window: TimeWindow
    chance: float


@dataclass(frozen=True, slots=True)
class Presence:
    """The chance of meeting the customer by place, kind of day and hour."""

    curves: Mapping[tuple[PlaceKind, DayType], Curve]

    @classmethod
    def read(cls, table: TableReader) -> Presence:
        """`[selection.presence.home] workday = [["00:00", 0.85], ["07:00", 0.55]]`, defaults for the rest."""
        table.only(*PlaceKind)
        curves = dict(DEFAULT)
        for kind in PlaceKind:
            sub = table.sub(kind)
            sub.only(*DayType)
            for of_day in DayType:
                if of_day in sub.raw:
                    curves[kind, of_day] = _read_curve(sub, of_day)
        return cls(curves)

    def chance(self, kind: PlaceKind, of_day: DayType, at: time) -> float:
        """P(the customer is met at a place of `kind` at the wall-clock time `at`)."""
        return next(chance for start, chance in reversed(self.curves[kind, of_day]) if start <= at)

    def bands(
        self,
        kind: PlaceKind,
        day: date,
        windows: tuple[TimeWindow, ...],
        zone: ZoneInfo,
        *,
        holidays: frozenset[date] = frozenset(),
        most: int = 5,
    ) -> tuple[Band, ...]:
        """At most `most` bands from the first instant of `windows` to the last, in order.

        Neighbours of equal chance are one band; while there are too many, the two neighbours that differ
        least become one with their mean by time. A band ends a second before the next one starts.
        """
        first, last = windows[0].start.timestamp(), windows[-1].end.timestamp()
        curve = self.curves[kind, day_type(day, holidays)]
        starts = [datetime.combine(day, at, zone).timestamp() for at, _ in curve]
        ends = [*starts[1:], float("inf")]
        spans = [
            (max(start, first), min(end, last), chance)
            for start, end, (_, chance) in zip(starts, ends, curve, strict=True)
            if end > first and (start < last or (start == first == last))
        ]
        merged = _merge(spans, most)
        closings = [start - 1 for start, _, _ in merged[1:]] + [last]
        return tuple(
            Band(TimeWindow(_moment(start, zone), _moment(max(start, close), zone)), chance)
            for (start, _, chance), close in zip(merged, closings, strict=True)
        )


_Span = tuple[float, float, float]


def _merge(spans: list[_Span], most: int) -> list[_Span]:
    merged = list(spans)
    while len(merged) > 1:
        gaps = [abs(left[2] - right[2]) for left, right in itertools.pairwise(merged)]
        nearest = min(range(len(gaps)), key=gaps.__getitem__)
        if gaps[nearest] > 0 and len(merged) <= most:
            break
        left, right = merged[nearest], merged[nearest + 1]
        long, short = left[1] - left[0], right[1] - right[0]
        share = long / (long + short) if long + short > 0 else 0.5
        chance = left[2] if gaps[nearest] == 0 else left[2] * share + right[2] * (1 - share)
        merged[nearest : nearest + 2] = [(left[0], right[1], chance)]
    return merged


def _moment(stamp: float, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(stamp, zone)


def _read_curve(table: TableReader, key: str) -> Curve:
    mend = f'Write {key} = [["00:00", 0.85], ["09:00", 0.3]]: from each time on, the chance beside it.'
    value = table.raw[key]
    if not isinstance(value, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in value):
        raise table.wrong(key, "it is a list of pairs", mend)
    curve = []
    for at, chance in value:
        try:
            moment = time.fromisoformat(at)
        except (TypeError, ValueError):
            raise table.wrong(key, 'a time is written as "09:00"', mend) from None
        if isinstance(chance, bool) or not isinstance(chance, int | float) or not 0 <= chance <= 1:
            raise table.wrong(key, "a chance is a number from 0 to 1", mend)
        curve.append((moment, float(chance)))
    times = [at for at, _ in curve]
    if not times or times[0] != time.min or times != sorted(set(times)) or any(at.tzinfo for at in times):
        raise table.wrong(key, "its times start at 00:00 and rise", mend)
    return tuple(curve)
