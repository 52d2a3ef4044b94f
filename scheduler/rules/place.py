"""Place: home before work, the workplace barred or within its own hours, places that the customer refused."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from scheduler.model.ledger import BlockedPlace, VisitConsent
from scheduler.model.people import Case, PlaceKind
from scheduler.model.plan import Plan, Stop
from scheduler.model.visit import ContactKind
from scheduler.rules.base import Effect, Forbidden, RuleContext, RuleFinding, RuleResult, Source, whole_day
from scheduler.rules.told import clock, is_holiday, judged, looks, told
from scheduler.rules.windows import Spans, start_windows

_REFUSED = Source(pack="doorstep", text="Places that the customer refused")
EVERYWHERE = frozenset(PlaceKind)


@dataclass(frozen=True, slots=True, kw_only=True)
class PermittedPlaces:
    """Which kinds of place may be visited, in which order and when.

    A place outside `permitted` needs a consent that names it. A kind that comes later in `order` may be
    visited once a visit to the first kind is in the ledger, or with such a consent. `work_week` are the
    hours at a workplace, Monday to Sunday and public holidays; None: no hours of its own.
    """

    id: ClassVar[str] = "place"
    source: Source
    permitted: frozenset[PlaceKind] = EVERYWHERE
    order: tuple[PlaceKind, ...] = ()
    work_week: tuple[Spans, ...] | None = None

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, the hours of a workplace, or nothing."""
        kind, code = case.place.kind, ""
        agreed = any(kind in consent.places for consent in context.marks_on(case, day, VisitConsent))
        if kind not in self.permitted and not agreed:
            code = "place_not_permitted"
        elif kind in self.order[1:] and not agreed and not _tried(case, self.order[0], context):
            code = "place_out_of_order"
        left = whole_day(day, context.zone)
        if code:
            facts = {"place": kind.value, "first": self.order[0].value if self.order else "-"}
            why = Forbidden(rule=self.id, source=self.source, code=code, facts=facts)
            return Effect(windows=left.windows, forbidden=(why,))
        if self.work_week is None or kind is not PlaceKind.WORK:
            return left
        number = 7 if day in context.calendar(day.year).holidays else day.weekday()
        windows = start_windows(self.work_week[number], day, context.zone, case.service)
        why = Forbidden(rule=self.id, source=self.source, code="workplace_closed", facts={"day": f"{day}"})
        return Effect(windows=windows, forbidden=() if windows else (why,))

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Look at the kind of every stop's place, at the visits before, and at the clock at workplaces."""
        consents = told(plan, context, VisitConsent)
        homes = {
            contact.case
            for contact in context.contacts
            if self.order and contact.kind is ContactKind.VISIT and contact.place is self.order[0]
        }
        count, findings = 0, []
        for _, stop, case in judged(plan, context):
            count += 1
            kind = case.place.kind
            named = [consent for consent in consents[case.id] if kind in consent.places]
            if not named and kind not in self.permitted:
                expected = ", ".join(sorted(self.permitted))
                findings.append(self._finding(stop, "barred_place", expected, kind.value))
            elif not named and kind in self.order and kind != self.order[0] and case.id not in homes:
                findings.append(self._finding(stop, "place_too_early", self.order[0].value, kind.value))
            if kind is PlaceKind.WORK and not self._at_work_hours(stop, context):
                findings.append(
                    self._finding(stop, "outside_work_hours", self.hours_words(), clock(stop, context.zone))
                )
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))

    def hours_words(self) -> str:
        """The hours at a workplace by the weekday's number; 1 is Monday."""
        week = self.work_week or ()
        return "; ".join(
            f"{number + 1}: {', '.join(f'{s.start:%H:%M}-{s.end:%H:%M}' for s in spans)}"
            for number, spans in enumerate(week[:7])
            if spans
        )

    def _at_work_hours(self, stop: Stop, context: RuleContext) -> bool:
        """For the check alone."""
        if self.work_week is None:
            return True
        for look in looks(stop, context.zone):
            day = look.date()
            spans = self.work_week[7 if is_holiday(day, context) else day.weekday()]
            if not any(span.start <= look.time() <= span.end for span in spans):
                return False
        return True

    def _finding(self, stop: Stop, code: str, expected: str, got: str) -> RuleFinding:
        return RuleFinding(
            rule=self.id, case=stop.case, code=code, expected=expected, got=got, source=self.source
        )


def _tried(case: Case, first: PlaceKind, context: RuleContext) -> bool:
    """Whether the ledger has a visit to the case at a place of that kind. For effects."""
    return first in context.visited_places.get(case.id, frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedPlace:
    """No visit at a kind of place that the customer refused. In force under every pack."""

    id: ClassVar[str] = "refused_place"
    source: Source = _REFUSED

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, or nothing."""
        left = whole_day(day, context.zone)
        kinds = {mark.place for mark in context.marks_on(case, day, BlockedPlace)}
        if case.place.kind not in kinds:
            return left
        facts = {"place": case.place.kind.value}
        why = Forbidden(rule=self.id, source=self.source, code="place_refused", facts=facts)
        return Effect(windows=left.windows, forbidden=(why,))

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """No stop at a place that was refused."""
        refused, count, findings = told(plan, context, BlockedPlace), 0, []
        for _, stop, case in judged(plan, context):
            count += 1
            if any(mark.place is case.place.kind for mark in refused[case.id]):
                findings.append(
                    RuleFinding(
                        rule=self.id,
                        case=stop.case,
                        code="visit_at_refused_place",
                        expected="-",
                        got=case.place.kind.value,
                        source=self.source,
                    )
                )
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))
