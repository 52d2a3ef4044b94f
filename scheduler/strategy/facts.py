"""What a playbook may know of a case: numbers, dates and codes. No name, address, phone, note or other free text.

This is the wall that keeps a customer's words out of every template: a template cannot leak, run or
misquote what it is never given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from scheduler.model.people import Case, PlaceKind
from scheduler.model.values import Money
from scheduler.selection.promises import PromiseStanding, standing

SIZES = ("small", "medium", "large")
VARIABLES = {
    "days_past_due": "whole days",
    "overdue": "the overdue amount with its currency",
    "balance": "the whole balance with its currency",
    "product": "the product's name in the playbook's language",
    "failed_contacts": "attempts that did not reach the customer",
    "people": "how many attend the visit",
    "promise_due": "the day of the promise (only where there is one)",
    "promise_amount": "its amount (only where one was named)",
    "last_visit": "the day of the last visit (only where there was one)",
    "max_months": "in offers: the longest term that the product allows",
    "max_days": "in offers: the longest extension that the product allows",
}
"""What a template may say, and what it stands for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """A case as playbooks see it. `values` are the variables of templates but for product and offers."""

    days_past_due: int
    failed_contacts: int
    promise: PromiseStanding
    size: str
    flags: frozenset[str]
    product: str
    place: PlaceKind
    first_visit: bool
    people: int
    values: Mapping[str, str | int]


def facts_of(case: Case, day: date, size: str, grace_days: int, money: Callable[[Money], str]) -> Facts:
    """The facts of `case` on `day`; a pending promise is broken `grace_days` after its day."""
    values: dict[str, str | int] = {
        "days_past_due": case.days_past_due,
        "overdue": money(case.overdue),
        "balance": money(case.balance),
        "failed_contacts": case.failed_contacts,
        "people": case.people,
    }
    if case.promise is not None:
        values["promise_due"] = case.promise.due.isoformat()
        if case.promise.amount is not None:
            values["promise_amount"] = money(case.promise.amount)
    if case.last_visit is not None:
        values["last_visit"] = case.last_visit.isoformat()
    return Facts(
        days_past_due=case.days_past_due,
        failed_contacts=case.failed_contacts,
        promise=standing(case.promise, day, grace_days),
        size=size,
        flags=case.customer.flags,
        product=case.product,
        place=case.place.kind,
        first_visit=case.last_visit is None,
        people=case.people,
        values=values,
    )
