"""Wall-clock hours of a day as instants at which a visit may start. For effects only."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.values import DailyHours, TimeWindow

Spans = tuple[DailyHours, ...]


def start_windows(
    spans: Iterable[DailyHours], day: date, zone: ZoneInfo, service: timedelta
) -> tuple[TimeWindow, ...]:
    """The instants at which a visit of length `service` may start so that it lies within one span.

    Spans that touch or overlap count as one. Over a daylight-saving change the cautious reading of an hour
    that occurs twice or never is taken: opening at the later one, closing at the earlier.
    """
    made = []
    for span in _merged(spans):
        opens, closes = _either(day, span.start, zone), _either(day, span.end, zone)
        first, last = max(opens), min(closes) - service
        if first <= last:
            made.append(TimeWindow(first.astimezone(zone), last.astimezone(zone)))
    return tuple(made)


def without(
    window: TimeWindow, span: DailyHours, day: date, zone: ZoneInfo, service: timedelta
) -> tuple[TimeWindow, ...]:
    """What is left of starts within `window` when no visit may touch `span`; ending as it begins is allowed."""
    opens, closes = min(_either(day, span.start, zone)), max(_either(day, span.end, zone))
    first, last = window.start.astimezone(UTC), window.end.astimezone(UTC)
    parts = [(first, min(last, opens - service))]
    if span.end != time.max:
        parts.append((max(first, closes), last))
    return tuple(TimeWindow(a.astimezone(zone), b.astimezone(zone)) for a, b in parts if a <= b)


def _merged(spans: Iterable[DailyHours]) -> list[DailyHours]:
    merged: list[DailyHours] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = DailyHours(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _either(day: date, at: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Both readings of a wall-clock time, in UTC: they differ where clocks are put back or forward."""
    return (
        datetime.combine(day, at.replace(fold=0), zone).astimezone(UTC),
        datetime.combine(day, at.replace(fold=1), zone).astimezone(UTC),
    )


def written(spans: Iterable[DailyHours]) -> str:
    """Hours as text, "-" where there are none."""
    return ", ".join(str(span) for span in spans) or "-"
