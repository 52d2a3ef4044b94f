"""Safety of those who visit: where a risk is known two go, or one by daylight, and the end is known."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from typing import ClassVar, Literal

from scheduler.model.ledger import SafetyFlag
from scheduler.model.people import Case
from scheduler.model.plan import Plan, Route, Stop
from scheduler.model.values import TimeWindow
from scheduler.rules.attendance import Attendance
from scheduler.rules.base import Effect, Forbidden, RuleContext, RuleFinding, RuleResult, Source, whole_day
from scheduler.rules.daylight import light_windows, sun_height
from scheduler.rules.told import at_the_door, clock, judged, looks, told

Wants = Literal["two", "daylight", "two_or_daylight"]
# The sun's upper edge shows on the horizon when its middle stands at -0.833 degrees (NOAA's sunrise).
_SUNRISE = -0.833
_FLOOR = Source(pack="doorstep", text="Where a risk is known two visit, or one by daylight")


@dataclass(frozen=True, slots=True, kw_only=True)
class Safe:
    """A visit with a safety flag, in the ledger or by one of `flags`, wants two people, daylight or either.

    Where either will do, effects ask for daylight; where the sun doesn't rise long enough, for two.
    """

    id: ClassVar[str] = "safety"
    wants: Wants = "two_or_daylight"
    flags: frozenset[str] = frozenset({"risk"})
    source: Source = _FLOOR

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day; the hours of daylight, or two people, where a risk is known."""
        left = whole_day(day, context.zone)
        if not (case.customer.flags & self.flags or context.marks_on(case, day, SafetyFlag)):
            return left
        two = Effect(windows=left.windows, people=2)
        if self.wants == "two" or (self.wants == "two_or_daylight" and self._two_go(case, context)):
            return two
        light = tuple(
            TimeWindow(sun.start, (sun.end.astimezone(UTC) - case.service).astimezone(context.zone))
            for sun in self._light(case, day, context)
            if sun.end.timestamp() - sun.start.timestamp() >= case.service.total_seconds()
        )
        if light:
            return Effect(windows=light)
        if self.wants == "two_or_daylight":
            return two
        why = Forbidden(rule=self.id, source=self.source, code="no_daylight", facts={"day": day.isoformat()})
        return Effect(windows=(), forbidden=(why,))

    def _two_go(self, case: Case, context: RuleContext) -> bool:
        """Whether the case or a pack asks for two people anyhow."""
        asked = (rule.people for pack in context.packs for rule in pack.rules if isinstance(rule, Attendance))
        return max(case.people, *asked, 1) >= 2

    def _light(self, case: Case, day: date, context: RuleContext) -> tuple[TimeWindow, ...]:
        at = case.place.location
        return () if at is None else light_windows(day, at, context.zone)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Count who attends, look at the sun throughout the visit, and at the end of the route."""
        flagged, count, findings = told(plan, context, SafetyFlag), 0, []
        door = at_the_door(plan)
        for route, stop, case in judged(plan, context):
            if not flagged[case.id] and self.flags.isdisjoint(case.customer.flags):
                continue
            count += 1
            findings += self._judge(route, stop, len(door[route.vehicle, stop.case]), context)
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))

    def _judge(self, route: Route, stop: Stop, many: int, context: RuleContext) -> list[RuleFinding]:
        findings = []
        bright = all(sun_height(look, stop.location) >= _SUNRISE for look in looks(stop, context.zone))
        fulfilled = {"two": many >= 2, "daylight": bright, "two_or_daylight": many >= 2 or bright}
        if not fulfilled[self.wants]:
            got = f"{many}, {clock(stop, context.zone)}"
            findings.append(self._finding(stop, "unsafe_visit", self.wants, got))
        if route.finish.timestamp() < stop.finish.timestamp():
            expected = clock(stop, context.zone)
            got = f"{route.finish.astimezone(context.zone):%Y-%m-%d %H:%M}"
            findings.append(self._finding(stop, "end_unknown", expected, got))
        return findings

    def _finding(self, stop: Stop, code: str, expected: str, got: str) -> RuleFinding:
        return RuleFinding(
            rule=self.id, case=stop.case, code=code, expected=expected, got=got, source=self.source
        )
