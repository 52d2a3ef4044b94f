"""Consent, refusal, pauses and settlement: whether this customer may be visited on this day at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time
from typing import ClassVar

from scheduler.model.ledger import (
    CeaseContact,
    Mark,
    Pause,
    PauseKind,
    Settlement,
    VisitConsent,
    VisitRefusal,
)
from scheduler.model.people import Case
from scheduler.model.plan import Plan, Stop
from scheduler.model.values import DailyHours
from scheduler.rules.base import Effect, Forbidden, RuleContext, RuleFinding, RuleResult, Source, whole_day
from scheduler.rules.told import clock, judged, looks, told
from scheduler.rules.windows import start_windows

ASKED = ("purpose", "date", "hours")
_TOLD = Source(pack="doorstep", text="What the customer told us")
_BEFELL = Source(pack="doorstep", text="Pauses on record")
_PAID = Source(pack="doorstep", text="Nothing is left to visit for")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentAsked:
    """Each visit needs a consent on record; `asks` says what it must name: purpose, date, hours.

    A consent names a date when it holds for one day only; a visit lies within the hours it names.
    """

    id: ClassVar[str] = "visit_consent"
    asks: frozenset[str]
    source: Source

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The hours of the consents that are good enough; nothing without one."""
        hours: list[DailyHours] = []
        for consent in context.marks_on(case, day, VisitConsent):
            lacking = (
                ("purpose" in self.asks and not consent.purpose)
                or ("date" in self.asks and consent.since != consent.until)
                or ("hours" in self.asks and not consent.hours)
            )
            if not lacking and (not consent.places or case.place.kind in consent.places):
                hours += consent.hours or (DailyHours(time.min, time.max),)
        windows = start_windows(hours, day, context.zone, case.service)
        facts = {"day": day.isoformat(), "asks": ", ".join(sorted(self.asks)) or "-"}
        why = Forbidden(rule=self.id, source=self.source, code="no_consent", facts=facts)
        return Effect(windows=windows, forbidden=() if windows else (why,))

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """Every stop must lie within the hours of consents on record that name what is asked."""
        consents, count, findings = told(plan, context, VisitConsent), 0, []
        for _, stop, case in judged(plan, context):
            count += 1
            good = [consent for consent in consents[case.id] if self._suffices(consent, case)]
            hours = [span for consent in good for span in consent.hours]
            anytime = any(not consent.hours for consent in good)
            times = [look.time() for look in looks(stop, context.zone)]
            inside = all(any(span.start <= at <= span.end for span in hours) for at in times)
            if not good or not (anytime or inside):
                findings.append(
                    RuleFinding(
                        rule=self.id,
                        case=stop.case,
                        code="without_consent",
                        expected=", ".join(sorted(self.asks)) or "-",
                        got=clock(stop, context.zone),
                        source=self.source,
                    )
                )
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))

    def _suffices(self, consent: VisitConsent, case: Case) -> bool:
        """For the check alone."""
        named = {
            "purpose": bool(consent.purpose.strip()),
            "date": consent.until is not None and (consent.until - consent.since).days == 0,
            "hours": len(consent.hours) > 0,
        }
        elsewhere = bool(consent.places) and case.place.kind not in consent.places
        return all(named[asked] for asked in self.asks) and not elsewhere


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceased:
    """Who refused visits, or told us to stop contacting them, is not visited. In force under every pack."""

    id: ClassVar[str] = "cease"
    source: Source = _TOLD

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, or nothing."""
        code = ""
        if context.marks_on(case, day, CeaseContact):
            code = "contact_ceased"
        elif context.marks_on(case, day, VisitRefusal):
            code = "visits_refused"
        return _barred(self, code, {}, day, context)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """No stop on or after the day of a refusal that still stands."""
        return _held(self, plan, context, "visit_after_refusal", (CeaseContact, VisitRefusal))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paused:
    """Visits rest during a pause for one of `reasons`. In force under every pack for every reason."""

    id: ClassVar[str] = "pause"
    source: Source = _BEFELL
    reasons: frozenset[PauseKind] = frozenset(PauseKind)

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, or nothing."""
        pauses = [p for p in context.marks_on(case, day, Pause) if p.reason in self.reasons]
        return _barred(self, "paused" if pauses else "", {"day": day.isoformat()}, day, context)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """No stop on a day of a pause."""
        pauses, count, findings = told(plan, context, Pause), 0, []
        for _, stop, case in judged(plan, context):
            count += 1
            if any(pause.reason in self.reasons for pause in pauses[case.id]):
                findings.append(_broken(self, stop, "visit_in_pause", plan.day))
        return RuleResult(rule=self.id, source=self.source, judged=count, findings=tuple(findings))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """A settled case is not visited, whether the bank's list says so or the ledger. Under every pack."""

    id: ClassVar[str] = "settled"
    source: Source = _PAID

    def effects(self, case: Case, day: date, context: RuleContext) -> Effect:
        """The whole day, or nothing."""
        paid = case.settled_on is not None or bool(context.marks_on(case, day, Settlement))
        return _barred(self, "case_settled" if paid else "", {}, day, context)

    def check(self, plan: Plan, context: RuleContext) -> RuleResult:
        """No stop of a case that is settled."""
        marked = _held(self, plan, context, "visit_after_settlement", (Settlement,))
        known = {finding.case for finding in marked.findings}
        listed = tuple(
            _broken(self, stop, "visit_after_settlement", plan.day)
            for _, stop, case in judged(plan, context)
            if case.settled_on is not None and case.id not in known
        )
        return RuleResult(
            rule=self.id, source=self.source, judged=marked.judged, findings=marked.findings + listed
        )


Barring = Ceased | Paused | Settled


def _barred(rule: Barring, code: str, facts: dict[str, str], day: date, context: RuleContext) -> Effect:
    left = whole_day(day, context.zone)
    if not code:
        return left
    why = Forbidden(rule=rule.id, source=rule.source, code=code, facts=facts)
    return Effect(windows=left.windows, forbidden=(why,))


# For checks alone.


def _held(
    rule: Barring, plan: Plan, context: RuleContext, code: str, kinds: Iterable[type[Mark]]
) -> RuleResult:
    marks = [told(plan, context, kind) for kind in kinds]
    stops = list(judged(plan, context))
    findings = [
        _broken(rule, stop, code, plan.day)
        for _, stop, case in stops
        if any(about[case.id] for about in marks)
    ]
    return RuleResult(rule=rule.id, source=rule.source, judged=len(stops), findings=tuple(findings))


def _broken(rule: Barring, stop: Stop, code: str, day: date) -> RuleFinding:
    return RuleFinding(
        rule=rule.id, case=stop.case, code=code, expected="-", got=day.isoformat(), source=rule.source
    )
