"""Caps: at most so many visits in a rolling period, counted over the contact ledger and the plan itself.

A period of 7 days that ends on a visit's day holds that day and the six before it: after a visit on a
Monday the next may be on the following Monday. Every visit that was made counts, met or not: somebody
stood at the door. A cap may count calls and messages too. Days are local days of the workspace's zone.
Whoever made them, contacts count: the ledger is one over all agencies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar, Literal

from scheduler.model.people import Case
from scheduler.model.plan import Plan, Stop
from scheduler.model.visit import ContactKind
from scheduler.rules.base import Effect, Forbidden, RuleContext, RuleFinding, RuleResult, Source, whole_day
from scheduler.rules.told import judged

Per = Literal["customer", "case"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitCap:
    """No visit that would be more than the `visits`th contact in any `days` consecutive days.

    Counted to a customer over all cases, or to a case. `counts` are the kinds of contact that count;
    visits are always among them.
    """

    id: ClassVar[str] = "visit_cap"
    visits: int
    days: int
    per: Per
    source: Source
    counts: frozenset[ContactKind] = frozenset({ContactKind.VISIT})

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, or nothing where the cap is reached."""
        ids: Iterable[str] = (case.id,)
        if self.per == "customer":
            ids = context.cases_of_customer.get(case.customer.id, ids)
        since = day - timedelta(days=self.days - 1)
        made = sum(
            since <= seen <= day and kind in self.counts
            for ident in ids
            for seen, kind in context.contact_days.get(ident, ())
        )
        everything = whole_day(day, context.zone)
        if made < self.visits:
            return everything
        facts = {
            "got": str(made),
            "days": str(self.days),
            "day": day.isoformat(),
            "visits": str(self.visits),
            "per": self.per,
        }
        why = Forbidden(rule=self.id, source=self.source, code="cap_reached", facts=facts)
        return Effect(windows=everything.windows, forbidden=(why,))

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Count the ledger, the last visit on file and the plan's own stops for whom each stop visits."""
        stops = [stop for _, stop, _ in judged(plan, context)]
        planned = Counter(self._whom(case, context) for case in {stop.case for stop in stops})
        earlier = self._earlier(plan.day, context)
        findings = []
        for stop in stops:
            whom = self._whom(stop.case, context)
            total = planned[whom] + earlier[whom]
            if total > self.visits:
                findings.append(self._finding(stop, total))
        return RuleResult(rule=self.id, source=self.source, judged=len(stops), findings=tuple(findings))

    def _whom(self, case_id: str, context: RuleContext) -> str:
        known = context.cases.get(case_id)
        return known.customer.id if self.per == "customer" and known is not None else case_id

    def _earlier(self, day: date, context: RuleContext) -> Counter[str]:
        """For the check alone: contacts in the period, counted by whom they were made to."""
        count: Counter[str] = Counter()
        in_ledger: set[tuple[str, date]] = set()
        for contact in context.contacts:
            seen = contact.at.astimezone(context.zone).date()
            if contact.kind is ContactKind.VISIT:
                in_ledger.add((contact.case, seen))
            if contact.kind in self.counts and 0 <= (day - seen).days < self.days:
                count[self._whom(contact.case, context)] += 1
        for ident, case in context.cases.items():
            seen_on = case.last_visit
            if seen_on is None or (ident, seen_on) in in_ledger:
                continue
            if 0 <= (day - seen_on).days < self.days:
                count[self._whom(ident, context)] += 1
        return count

    def _finding(self, stop: Stop, total: int) -> RuleFinding:
        return RuleFinding(
            rule=self.id,
            case=stop.case,
            code="over_cap",
            expected=f"{self.visits} / {self.days} d",
            got=f"{total} / {self.days} d",
            source=self.source,
        )
