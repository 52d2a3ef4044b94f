"""Days planned as one: each is judged with the visits of the days before it as if they had been made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from scheduler.model.people import PlaceKind
from scheduler.model.plan import Plan, Stop
from scheduler.model.visit import Contact, ContactKind
from scheduler.rules.base import RuleContext, RuleFinding, RuleResult, Source
from scheduler.rules.checker import Certificate, certify

_AS_ASKED = Source(pack="doorstep", text="The days planned as one")


def as_made(plan: Plan, context: RuleContext) -> tuple[Contact, ...]:
    """The plan's visits as contacts."""
    visited = [(stop, context.cases.get(stop.case)) for stop in plan.visits]
    return tuple(
        made_visit(stop.case, stop.start, case.place.kind if case else None) for stop, case in visited
    )


def made_visit(case: str, at: datetime, place: PlaceKind | None = None) -> Contact:
    """A planned visit as the contact that it will be."""
    return Contact(case=case, kind=ContactKind.VISIT, at=at, reached=True, place=place, source="plan")


def certify_after(
    plan: Plan,
    plan_sha256: str,
    context: RuleContext,
    earlier: Sequence[Plan],
    *,
    made_at: datetime | None = None,
) -> Certificate:
    """The certificate of a day that comes after these: caps count their visits, and its horizon's promise is kept.

    Visits that the ledger has already are not counted twice.
    """
    known = {
        (contact.case, contact.at.astimezone(context.zone).date())
        for contact in context.contacts
        if contact.kind is ContactKind.VISIT
    }
    made = [
        contact
        for other in earlier
        for contact in as_made(other, context)
        if (contact.case, other.day) not in known
    ]
    later = replace(context, contacts=(*context.contacts, *made))
    certificate = certify(plan, plan_sha256, later, made_at=made_at)
    if plan.horizon is None:
        return certificate
    together = [other for other in earlier if other.horizon == plan.horizon]
    result = RuleResult(
        rule="horizon",
        source=_AS_ASKED,
        judged=len(plan.visits),
        findings=tuple(_findings(plan, together, context)),
    )
    return replace(certificate, results=(*certificate.results, result))


def _findings(plan: Plan, earlier: Sequence[Plan], context: RuleContext) -> Iterator[RuleFinding]:
    assert plan.horizon is not None
    most, apart = plan.horizon.visits_per_case, plan.horizon.days_between
    for stop in plan.visits:
        days = [other.day for other in earlier for made in other.visits if made.case == stop.case]
        if len(days) >= most:
            yield _finding(stop, "visited_too_often", str(most), str(len(days) + 1))
        elif days and (plan.day - max(days)).days < apart:
            yield _finding(stop, "visited_too_soon", str(apart), str((plan.day - max(days)).days))
        other = _other_case(stop, earlier, context)
        if other:
            yield _finding(stop, "customer_visited_twice", "-", other)


def _other_case(stop: Stop, earlier: Sequence[Plan], context: RuleContext) -> str:
    """A case of the same customer that is visited on a day before; a customer is visited for one."""
    case = context.cases.get(stop.case)
    siblings = set(context.cases_of_customer.get(case.customer.id, ())) - {stop.case} if case else set()
    return next((made.case for other in earlier for made in other.visits if made.case in siblings), "")


def _finding(stop: Stop, code: str, expected: str, got: str) -> RuleFinding:
    return RuleFinding(
        rule="horizon", case=stop.case, code=code, expected=expected, got=got, source=_AS_ASKED
    )
