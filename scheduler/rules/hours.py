"""Permitted hours by weekday and holiday, and the customer's own hours.

A visit must begin and end within the hours. Hours are wall-clock times of the workspace's zone; over a
daylight-saving change the cautious reading of an hour that occurs twice or never is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from scheduler.model.people import Case
from scheduler.model.plan import Plan, Stop
from scheduler.model.values import DailyHours, TimeWindow
from scheduler.rules.base import Effect, Forbidden, RuleContext, RuleFinding, RuleResult, Source

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday")
_HOLIDAY = DAY_NAMES.index("holiday")
_LOOK = timedelta(seconds=30)
_ASKED = Source(pack="doorstep", text="Hours that the customer asked for")

Spans = tuple[DailyHours, ...]


def start_windows(spans: Spans, day: date, zone: ZoneInfo, service: timedelta) -> tuple[TimeWindow, ...]:
    """The instants at which a visit of length `service` may start so that it lies within one span.

    Spans that touch or overlap count as one.
    """
    made = []
    for span in _merged(spans):
        opens, closes = _either(day, span.start, zone), _either(day, span.end, zone)
        first, last = max(opens), min(closes) - service
        if first <= last:
            made.append(TimeWindow(first.astimezone(zone), last.astimezone(zone)))
    return tuple(made)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedHours:
    """`week` holds the spans of Monday to Sunday and of public holidays, in the order of `DAY_NAMES`."""

    id: ClassVar[str] = "hours"
    week: tuple[Spans, ...]
    source: Source

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """Windows of the day's hours, shortened by the visit; nothing on a closed day."""
        kind = _HOLIDAY if day in context.all_holidays else day.weekday()
        return _permitted(self, kind, day, context.zone, case.service)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Look at the clock throughout each visit: every look must fall into permitted hours."""
        findings = []
        for stop in plan.stops:
            day = stop.start.astimezone(context.zone).date()
            spans = self.week[7] if day in context.all_holidays else self.week[day.weekday()]
            if not _all_looks_inside(stop, self._spans_of(context), context.zone):
                findings.append(_finding(self.id, "outside_hours", stop, spans, context.zone, self.source))
        return RuleResult(
            rule=self.id,
            source=self.source,
            judged=len(plan.stops),
            findings=tuple(findings),
            notes=self._unknown_holidays(plan.day, context),
        )

    def _spans_of(self, context: RuleContext) -> dict[int | date, Spans]:
        """For the check alone: spans by weekday number, holidays by date."""
        by_day: dict[int | date, Spans] = dict(enumerate(self.week[:7]))
        by_day.update(dict.fromkeys(context.all_holidays, self.week[7]))
        return by_day

    def _unknown_holidays(self, day: date, context: RuleContext) -> tuple[str, ...]:
        differs = any(self.week[_HOLIDAY] != self.week[number] for number in range(7))
        known = any(holiday.year == day.year for holiday in context.all_holidays)
        return ("no_holiday_calendar",) if differs and not known else ()


@lru_cache(maxsize=4096)
def _permitted(rule: PermittedHours, kind: int, day: date, zone: ZoneInfo, service: timedelta) -> Effect:
    spans = rule.week[kind]
    windows = start_windows(spans, day, zone, service)
    if windows:
        return Effect(windows=windows)
    if spans:
        facts = {"minutes": f"{service.total_seconds() / 60:g}", "hours": written(spans)}
        why = Forbidden(rule=rule.id, source=rule.source, code="hours_too_short", facts=facts)
    else:
        facts = {"day": day.isoformat(), "kind": DAY_NAMES[kind]}
        why = Forbidden(rule=rule.id, source=rule.source, code="closed_day", facts=facts)
    return Effect(windows=(), forbidden=(why,))


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerHours:
    """The hours that the customer asked for (`Case.hours`). In force under every pack."""

    id: ClassVar[str] = "customer_hours"
    source: Source = _ASKED

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """Windows of the customer's own hours; the whole day where none were named."""
        return _wished(self, case.hours, day, context.zone, case.service)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Look at the clock throughout each visit to a customer who named hours."""
        judged, findings = 0, []
        for stop in plan.stops:
            case = context.cases.get(stop.case)
            if case is None or not case.hours:
                continue
            judged += 1
            wished: dict[int | date, Spans] = dict.fromkeys(range(7), case.hours)
            if not _all_looks_inside(stop, wished, context.zone):
                code = "outside_customer_hours"
                findings.append(_finding(self.id, code, stop, case.hours, context.zone, self.source))
        return RuleResult(rule=self.id, source=self.source, judged=judged, findings=tuple(findings))


@lru_cache(maxsize=4096)
def _wished(rule: CustomerHours, spans: Spans, day: date, zone: ZoneInfo, service: timedelta) -> Effect:
    windows = start_windows(spans or (DailyHours(time.min, time.max),), day, zone, service)
    if windows:
        return Effect(windows=windows)
    facts = {"minutes": f"{service.total_seconds() / 60:g}", "hours": written(spans)}
    why = Forbidden(rule=rule.id, source=rule.source, code="customer_hours_too_short", facts=facts)
    return Effect(windows=(), forbidden=(why,))


# What follows serves `check` only and uses nothing of the above.


def _looks(stop: Stop, zone: ZoneInfo) -> Iterator[datetime]:
    """The wall clock at the start, every half minute, and at the end."""
    moment, end = stop.start.astimezone(UTC), stop.finish.astimezone(UTC)
    while moment < end:
        yield moment.astimezone(zone)
        moment += _LOOK
    yield end.astimezone(zone)


def _all_looks_inside(stop: Stop, spans_by_day: dict[int | date, Spans], zone: ZoneInfo) -> bool:
    for look in _looks(stop, zone):
        day, clock = look.date(), look.time()
        spans = spans_by_day[day] if day in spans_by_day else spans_by_day[day.weekday()]
        if not any(hours.start <= clock <= hours.end for hours in spans):
            return False
    return True


def _finding(rule: str, code: str, stop: Stop, spans: Spans, zone: ZoneInfo, source: Source) -> RuleFinding:
    start, finish = stop.start.astimezone(zone), stop.finish.astimezone(zone)
    expected = ", ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in spans) or "-"
    return RuleFinding(
        rule=rule,
        case=stop.case,
        code=code,
        expected=expected,
        got=f"{start:%Y-%m-%d %H:%M}-{finish:%H:%M}",
        source=source,
    )
