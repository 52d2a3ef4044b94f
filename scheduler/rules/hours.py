"""Permitted hours by weekday and holiday, and the customer's own hours: those asked for, those blocked.

A visit must begin and end within the hours. Hours are wall-clock times of the workspace's zone.
Where a text lets the customer agree to other hours, a consent in the ledger widens them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import ClassVar
from zoneinfo import ZoneInfo

from scheduler.model.ledger import BlockedHours, VisitConsent
from scheduler.model.people import Case
from scheduler.model.plan import Plan, Stop
from scheduler.model.values import DailyHours
from scheduler.rules.base import Effect, Forbidden, RuleContext, RuleFinding, RuleResult, Source, whole_day
from scheduler.rules.told import clock, is_holiday, judged, looks, told
from scheduler.rules.windows import Spans, start_windows, without, written

DAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "holiday")
_HOLIDAY = DAY_NAMES.index("holiday")
_ASKED = Source(pack="doorstep", text="Hours that the customer asked for")
_BLOCKED = Source(pack="doorstep", text="Hours that the customer blocked")


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedHours:
    """`week` holds the spans of Monday to Sunday and of public holidays, in the order of `DAY_NAMES`.

    `makeup` are the hours of a weekend's day that was made a workday; None: those of its weekday.
    With `consent_widens` the hours of a consent that holds are permitted too.
    """

    id: ClassVar[str] = "hours"
    week: tuple[Spans, ...]
    source: Source
    makeup: Spans | None = None
    consent_widens: bool = False

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """Windows of the day's hours, shortened by the visit; nothing on a closed day."""
        year = context.calendar(day.year)
        kind = _HOLIDAY if day in year.holidays else day.weekday()
        spans = self.week[kind]
        if self.makeup is not None and day in year.makeup and kind != _HOLIDAY:
            spans = self.makeup
        if self.consent_widens:
            agreed = context.marks_on(case, day, VisitConsent)
            spans += tuple(hours for consent in agreed for hours in consent.hours)
        return _permitted(self, spans, DAY_NAMES[kind], day, context.zone, case.service)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Look at the clock throughout each visit: every look must fall into permitted hours."""
        findings = []
        agreed = told(plan, context, VisitConsent) if self.consent_widens else {}
        for stop in plan.stops:
            more = tuple(hours for consent in agreed.get(stop.case, ()) for hours in consent.hours)
            for look in looks(stop, context.zone):
                spans = self._on(look.date(), context) + more
                if not any(span.start <= look.time() <= span.end for span in spans):
                    expected = self._on(stop.start.astimezone(context.zone).date(), context) + more
                    findings.append(_finding(self, "outside_hours", stop, expected, context.zone))
                    break
        return RuleResult(
            rule=self.id,
            source=self.source,
            judged=len(plan.stops),
            findings=tuple(findings),
            notes=self._unknown_holidays(plan.day, context),
        )

    def _on(self, day: date, context: RuleContext) -> Spans:
        """For the check alone: the hours of a day."""
        if is_holiday(day, context):
            return self.week[7]
        if self.makeup is not None and day in context.calendar(day.year).makeup:
            return self.makeup
        return self.week[day.weekday()]

    def _unknown_holidays(self, day: date, context: RuleContext) -> tuple[str, ...]:
        differs = any(self.week[_HOLIDAY] != self.week[number] for number in range(7))
        return ("no_holiday_calendar",) if differs and not context.calendar(day.year).known else ()


@lru_cache(maxsize=4096)
def _permitted(
    rule: PermittedHours, spans: Spans, kind: str, day: date, zone: ZoneInfo, service: timedelta
) -> Effect:
    windows = start_windows(spans, day, zone, service)
    if windows:
        return Effect(windows=windows)
    if spans:
        facts = {"minutes": f"{service.total_seconds() / 60:g}", "hours": written(spans)}
        why = Forbidden(rule=rule.id, source=rule.source, code="hours_too_short", facts=facts)
    else:
        facts = {"day": day.isoformat(), "kind": kind}
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
        count, findings = 0, []
        for _, stop, case in judged(plan, context):
            if not case.hours:
                continue
            count += 1
            times = [look.time() for look in looks(stop, context.zone)]
            if not all(any(hours.start <= at <= hours.end for hours in case.hours) for at in times):
                findings.append(_finding(self, "outside_customer_hours", stop, case.hours, context.zone))
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))


@lru_cache(maxsize=4096)
def _wished(rule: CustomerHours, spans: Spans, day: date, zone: ZoneInfo, service: timedelta) -> Effect:
    windows = start_windows(spans or (DailyHours(time.min, time.max),), day, zone, service)
    if windows:
        return Effect(windows=windows)
    facts = {"minutes": f"{service.total_seconds() / 60:g}", "hours": written(spans)}
    why = Forbidden(rule=rule.id, source=rule.source, code="customer_hours_too_short", facts=facts)
    return Effect(windows=(), forbidden=(why,))


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedHours:
    """Hours that the customer blocked (`BlockedHours` in the ledger). In force under every pack."""

    id: ClassVar[str] = "blocked_hours"
    source: Source = _BLOCKED

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The day without every start from which a visit would touch a blocked hour."""
        marks = context.marks_on(case, day, BlockedHours)
        spans = tuple(
            span
            for mark in marks
            if not mark.weekdays or day.weekday() in mark.weekdays
            for span in mark.hours
        )
        day_left = whole_day(day, context.zone)
        if not spans:
            return day_left
        windows = day_left.windows
        for span in spans:
            windows = tuple(
                part for window in windows for part in without(window, span, day, context.zone, case.service)
            )
        facts = {"hours": written(spans)}
        why = Forbidden(rule=self.id, source=self.source, code="all_hours_blocked", facts=facts)
        return Effect(windows=windows, forbidden=() if windows else (why,))

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Look at the clock throughout each visit: no look may fall inside a blocked hour."""
        count, findings = 0, []
        marks = told(plan, context, BlockedHours)
        for _, stop, case in judged(plan, context):
            if not marks[case.id]:
                continue
            count += 1
            for look in looks(stop, context.zone):
                weekday, at = look.date().weekday(), look.time()
                hit = [
                    span
                    for mark in marks[case.id]
                    if weekday in (mark.weekdays or range(7))
                    for span in mark.hours
                    if span.start < at < span.end
                ]
                if hit:
                    findings.append(_finding(self, "inside_blocked_hours", stop, hit, context.zone))
                    break
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))


def _finding(
    rule: PermittedHours | CustomerHours | RefusedHours,
    code: str,
    stop: Stop,
    spans: Iterable[DailyHours],
    zone: ZoneInfo,
) -> RuleFinding:
    expected = ", ".join(f"{span.start:%H:%M}-{span.end:%H:%M}" for span in spans) or "-"
    return RuleFinding(
        rule=rule.id, case=stop.case, code=code, expected=expected, got=clock(stop, zone), source=rule.source
    )
