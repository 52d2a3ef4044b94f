"""`[selection]` of doorstep.toml: who is due a visit, and what one is worth. Complete defaults, checked whole."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from scheduler.model.values import Money
from scheduler.selection.presence import Presence
from scheduler.selection.scorecard import Scorecard
from scheduler.selection.tables import Steps, TableReader

NO_VISIT_FLAGS = frozenset({"no_visit", "cease_contact", "deceased", "insolvent", "vulnerable"})
_EUROS: Mapping[str, float] = {
    "min_overdue": 60,
    "contact_cost": 2,
    "minute_cost": 0.3,
    "most_at_stake": 6000,
}
# Wages and small loans differ more than exchange rates do, so yuan have amounts of their own.
_YUAN: Mapping[str, float] = {
    "min_overdue": 500,
    "contact_cost": 10,
    "minute_cost": 0.8,
    "most_at_stake": 50000,
}
# How many of a currency make about a euro: good enough to keep the defaults above in proportion, for nothing else.
_ABOUT_A_EURO: Mapping[str, float] = {
    "CNY": 8,
    "HKD": 9,
    "TWD": 35,
    "JPY": 160,
    "KRW": 1500,
    "INR": 95,
    "IDR": 18000,
    "RUB": 100,
    "SGD": 1.5,
    "AUD": 1.7,
    "SEK": 11,
    "NOK": 11,
    "DKK": 7.5,
    "PLN": 4.3,
    "MXN": 21,
    "BRL": 6,
    "ZAR": 20,
    "THB": 38,
    "PHP": 65,
    "VND": 28000,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who is due, and how worth is counted. Money is in the workspace's currency.

    `uplift_percent` by days past due: the share of the amount at stake that a useful visit brings beyond
    what would have come without it. `most_at_stake` keeps one large loan from outweighing a street.
    """

    currency: str
    min_days_past_due: int
    max_days_past_due: int
    min_overdue: Money
    cooling_off_days: int
    promise_grace_days: int
    kept_promise_rest_days: int
    no_visit_flags: frozenset[str]
    max_bands: int
    contact_cost: Money
    minute_cost: Money
    most_at_stake: Money
    uplift_percent: Steps
    presence: Presence
    scorecard: Scorecard

    @classmethod
    def from_mapping(cls, raw: Mapping[str, Any], *, currency: str) -> Policy:
        """From the `[selection]` table. Raises SelectionError naming table and key."""
        table = TableReader("selection", raw)
        table.only(*cls.__dataclass_fields__.keys() - {"currency"})
        scale = _ABOUT_A_EURO.get(currency, 1.0)
        amounts = _YUAN if currency == "CNY" else {key: value * scale for key, value in _EUROS.items()}

        def money(key: str) -> Money:
            return Money.of(Decimal(str(table.number(key, amounts[key], 0, 1e12))), currency)

        policy = cls(
            currency=currency,
            min_days_past_due=table.whole("min_days_past_due", 10, 1, 10_000),
            max_days_past_due=table.whole("max_days_past_due", 1080, 1, 10_000),
            min_overdue=money("min_overdue"),
            cooling_off_days=table.whole("cooling_off_days", 10, 0, 366),
            promise_grace_days=table.whole("promise_grace_days", 1, 0, 60),
            kept_promise_rest_days=table.whole("kept_promise_rest_days", 10, 0, 366),
            no_visit_flags=table.codes("no_visit_flags", NO_VISIT_FLAGS),
            max_bands=table.whole("max_bands", 5, 1, 12),
            contact_cost=money("contact_cost"),
            minute_cost=money("minute_cost"),
            most_at_stake=money("most_at_stake"),
            uplift_percent=table.steps(
                "uplift_percent",
                Steps.of((0, 6), (8, 12), (30, 25), (60, 32), (90, 30), (180, 20), (360, 12)),
                0,
                100,
            ),
            presence=Presence.read(table.sub("presence")),
            scorecard=Scorecard.read(table.sub("scorecard"), scale),
        )
        if policy.max_days_past_due < policy.min_days_past_due:
            raise table.wrong("max_days_past_due", "it lies below min_days_past_due")
        return policy
