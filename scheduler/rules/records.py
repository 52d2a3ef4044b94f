"""Records: what a visit must leave behind, how long that is kept, and notice given before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from typing import ClassVar

from scheduler.model.people import Case
from scheduler.model.plan import Plan
from scheduler.model.values import TimeWindow
from scheduler.rules.base import (
    Effect,
    Forbidden,
    Pack,
    RuleContext,
    RuleFinding,
    RuleResult,
    Source,
    whole_day,
)
from scheduler.rules.told import clock, judged

KEPT = ("contacts", "outcomes", "recordings", "pages")
# Planning ends and the plan is dated minutes after `RuleContext.now`.
_PLANNING_TAKES = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """`duties` are codes of what a visit must do and leave (`DUTIES` in words.py), for sheets and certificate.

    `keep_years` says how many years records of a kind are kept at least. `notice` is the time between
    the plan and a visit in which the customer can be told; None where the text asks for none.
    """

    id: ClassVar[str] = "records"
    source: Source
    duties: tuple[str, ...] = ()
    keep_years: tuple[tuple[str, int], ...] = ()
    notice: timedelta | None = None

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:  # noqa: ARG002
        """The day from now on, notice given; the whole day where none is asked or the time isn't known."""
        left = whole_day(day, context.zone)
        if self.notice is None or context.now is None:
            return left
        first = context.now.astimezone(UTC) + self.notice + _PLANNING_TAKES  # true hours, whatever clocks do
        (window,) = left.windows
        if first.timestamp() <= window.start.timestamp():
            return left
        if first.timestamp() > window.end.timestamp():
            facts = {"hours": _hours(self.notice)}
            why = Forbidden(rule=self.id, source=self.source, code="no_time_for_notice", facts=facts)
            return Effect(windows=(), forbidden=(why,))
        return Effect(windows=(TimeWindow(first.astimezone(context.zone), window.end),))

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Every visit begins after the plan was made and notice could be given."""
        count, findings = 0, []
        for _, stop, _ in judged(plan, context):
            if self.notice is None:
                continue
            count += 1
            if stop.start.timestamp() - plan.created.timestamp() < self.notice.total_seconds():
                made = f"{plan.created.astimezone(context.zone):%Y-%m-%d %H:%M}"
                findings.append(
                    RuleFinding(
                        rule=self.id,
                        case=stop.case,
                        code="no_notice",
                        expected=f"{made} + {_hours(self.notice)} h",
                        got=clock(stop, context.zone),
                        source=self.source,
                    )
                )
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))


def _hours(span: timedelta) -> str:
    return f"{span.total_seconds() / 3600:g}"


def duties_of(packs: Iterable[Pack]) -> tuple[tuple[str, Source], ...]:
    """What each visit must do and leave under these packs: a duty's code with its first source."""
    found: dict[str, Source] = {}
    for pack in packs:
        for rule in pack.rules:
            if isinstance(rule, Records):
                for duty in rule.duties:
                    found.setdefault(duty, rule.source)
    return tuple(found.items())


def kept_years(packs: Iterable[Pack]) -> Mapping[str, tuple[int, Source]]:
    """How many years records of each kind are kept at least: the longest of the packs, with its source."""
    longest: dict[str, tuple[int, Source]] = {}
    for pack in packs:
        for rule in pack.rules:
            if isinstance(rule, Records):
                for kind, years in rule.keep_years:
                    if kind not in longest or years > longest[kind][0]:
                        longest[kind] = (years, rule.source)
    return longest
