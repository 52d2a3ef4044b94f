"""Who is due a visit on a day, with the reasons. Rules of contact are apart: see `scheduler.rules`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from scheduler.model.people import Case
from scheduler.model.visit import Contact, ContactKind
from scheduler.selection.policy import Policy
from scheduler.selection.promises import PromiseStanding, standing
from scheduler.selection.words import Ground


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Whether a visit is due. Where it is not, the grounds say why not; where it is, why."""

    due: bool
    grounds: tuple[Ground, ...]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the grounds."""
        return tuple(ground.code for ground in self.grounds)


def eligible(
    case: Case, day: date, contacts: Iterable[Contact], policy: Policy, zone: ZoneInfo
) -> Eligibility:
    """Judge one case; `contacts` are the ledger's entries of this case.

    A mandatory case is due whatever its age, amount or last visit. Nobody is visited who owes nothing, is
    flagged against visits, or has a promise pending.
    """
    against = _never(case, day, policy)
    if not against and not case.mandatory:
        against = _not_now(case, day, _last_visit(case, day, contacts, zone), policy)
    if against:
        return Eligibility(False, tuple(against))
    return Eligibility(True, tuple(_why(case, day, policy)))


def _never(case: Case, day: date, policy: Policy) -> list[Ground]:
    found = []
    if case.settled_on is not None:
        found.append(Ground("settled", {"date": case.settled_on.isoformat()}))
    if case.overdue.minor == 0:
        found.append(Ground("nothing_overdue"))
    if case.overdue.currency != policy.currency:
        found.append(Ground("other_currency", {"got": case.overdue.currency, "expected": policy.currency}))
    flags = sorted(case.customer.flags & policy.no_visit_flags)
    found += [Ground("flagged", {"flag": flag}) for flag in flags]
    promise = case.promise
    if promise and standing(promise, day, policy.promise_grace_days) is PromiseStanding.PENDING:
        found.append(Ground("promise_pending", {"date": promise.due.isoformat()}))
    return found


def _not_now(case: Case, day: date, last_visit: date | None, policy: Policy) -> list[Ground]:
    found = []
    if case.days_past_due < policy.min_days_past_due:
        facts = {"days": str(case.days_past_due), "limit": str(policy.min_days_past_due)}
        found.append(Ground("too_early", facts))
    if case.days_past_due > policy.max_days_past_due:
        facts = {"days": str(case.days_past_due), "limit": str(policy.max_days_past_due)}
        found.append(Ground("too_late", facts))
    if case.overdue.minor < policy.min_overdue.minor:
        found.append(Ground("amount_small", {"amount": case.overdue, "limit": policy.min_overdue}))
    if last_visit is not None and (day - last_visit).days < policy.cooling_off_days:
        until = last_visit + timedelta(days=policy.cooling_off_days)
        found.append(Ground("cooling_off", {"date": last_visit.isoformat(), "until": until.isoformat()}))
    promise = case.promise
    if promise and standing(promise, day, policy.promise_grace_days) is PromiseStanding.KEPT:
        until = promise.due + timedelta(days=policy.kept_promise_rest_days)
        if day < until:
            facts = {"date": promise.due.isoformat(), "until": until.isoformat()}
            found.append(Ground("promise_kept_lately", facts))
    return found


def _last_visit(case: Case, day: date, contacts: Iterable[Contact], zone: ZoneInfo) -> date | None:
    days = [case.last_visit] if case.last_visit is not None else []
    days += [c.at.astimezone(zone).date() for c in contacts if c.kind is ContactKind.VISIT]
    return max((seen for seen in days if seen <= day), default=None)


def _why(case: Case, day: date, policy: Policy) -> list[Ground]:
    found = [Ground("overdue", {"days": str(case.days_past_due), "amount": case.overdue})]
    if case.mandatory:
        found.append(Ground("mandatory"))
    if case.promise is not None:
        kept = standing(case.promise, day, policy.promise_grace_days)
        if kept in (PromiseStanding.BROKEN, PromiseStanding.KEPT):
            found.append(Ground(f"promise_{kept}", {"date": case.promise.due.isoformat()}))
    if case.failed_contacts:
        found.append(Ground("failed_contacts", {"count": str(case.failed_contacts)}))
    if case.last_visit is None:
        found.append(Ground("first_visit"))
    else:
        found.append(Ground("visited_before", {"date": case.last_visit.isoformat()}))
    return found
