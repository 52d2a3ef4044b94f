"""P(useful result | the customer is met), from a scorecard that can be read and argued about.

Points add up; the odds of a useful result are `base_odds` at 0 points and double with every
`points_to_double` (the usual scaling of scorecards, points to double the odds). A useful result is a
payment, a promise, an instalment plan or a hardship request. The default points are assumptions to be
replaced by the bank's own data (docs/selection.md). Protected traits (language, age, sex, ethnicity,
district) have no place here and cannot be given one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from scheduler.model.people import Case
from scheduler.selection.promises import PromiseStanding, standing
from scheduler.selection.tables import Floats, Steps, TableReader

_DAYS = Steps.of((0, 12), (8, 14), (30, 10), (60, 4), (90, -4), (180, -16), (360, -30))
_FAILED = Steps.of((0, 0), (1, 2), (3, -2), (6, -8), (10, -16))
_BALANCE_EUROS = ((0, 4), (1000, 0), (5000, -4), (20000, -8))
_PROMISE = {
    PromiseStanding.NONE: 0.0,
    PromiseStanding.PENDING: 0.0,
    PromiseStanding.BROKEN: 6.0,
    PromiseStanding.KEPT: 10.0,
}
_PRODUCT = {
    "consumer_loan": 0.0,
    "credit_card": 2.0,
    "car_loan": 8.0,
    "mortgage": 10.0,
    "micro_loan": -4.0,
    "other": 0.0,
}
_VISITS = {"first_visit": 4.0, "visited_before": -4.0}


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a case's score: the characteristic, what the case shows, the points."""

    characteristic: str
    shows: str
    points: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """Points by characteristic; `balance` is in major units of the workspace's currency."""

    base_odds: float
    points_to_double: float
    days_past_due: Steps
    failed_contacts: Steps
    balance: Steps
    promise: Mapping[str, float]
    product: Mapping[str, float]
    visits: Mapping[str, float]

    @classmethod
    def read(cls, table: TableReader, scale: float) -> Scorecard:
        """From `[selection.scorecard]`; `scale` carries default balances from euros to the currency."""
        table.only(*cls.__dataclass_fields__)
        promise, visits = table.sub("promise"), table.sub("visits")
        promise.only(*PromiseStanding)
        visits.only(*_VISITS)
        balance = Steps.of(*((bound * scale, points) for bound, points in _BALANCE_EUROS))
        return cls(
            base_odds=table.number("base_odds", 0.25, 0.001, 100),
            points_to_double=table.number("points_to_double", 20, 1, 1000),
            days_past_due=table.steps("days_past_due", _DAYS, -1000, 1000),
            failed_contacts=table.steps("failed_contacts", _FAILED, -1000, 1000),
            balance=table.steps("balance", balance, -1000, 1000),
            promise=promise.numbers({key.value: points for key, points in _PROMISE.items()}, -1000, 1000),
            product=table.sub("product").numbers(_PRODUCT, -1000, 1000),
            visits=visits.numbers(_VISITS, -1000, 1000),
        )

    def lines(self, case: Case, day: date, grace_days: int) -> tuple[Line, ...]:
        """The score of one case, line by line."""
        product = case.product if case.product in self.product else "other"
        promise = standing(case.promise, day, grace_days)
        visits = "first_visit" if case.last_visit is None else "visited_before"
        balance = float(case.balance.major)
        return (
            Line(
                "days_past_due",
                self.days_past_due.step(case.days_past_due),
                self.days_past_due.at(case.days_past_due),
            ),
            Line(
                "failed_contacts",
                self.failed_contacts.step(case.failed_contacts),
                self.failed_contacts.at(case.failed_contacts),
            ),
            Line("balance", self.balance.step(balance), self.balance.at(balance)),
            Line("promise", promise, self.promise[promise]),
            Line("product", product, self.product[product]),
            Line("visits", visits, self.visits[visits]),
        )

    def points(self, cases: Sequence[Case], day: date, grace_days: int) -> Floats:
        """The score of every case, shape (n,)."""
        other, count = self.product["other"], len(cases)
        first, again = self.visits["first_visit"], self.visits["visited_before"]
        total: Floats = (
            self.days_past_due.at_all(case.days_past_due for case in cases)
            + self.failed_contacts.at_all(case.failed_contacts for case in cases)
            + self.balance.at_all(float(case.balance.major) for case in cases)
            + np.fromiter((self.promise[standing(c.promise, day, grace_days)] for c in cases), float, count)
            + np.fromiter((self.product.get(case.product, other) for case in cases), float, count)
            + np.fromiter((first if case.last_visit is None else again for case in cases), float, count)
        )
        return total

    def chance(self, points: Floats) -> Floats:
        """P(useful result | met) at a score."""
        odds = self.base_odds * np.exp2(points / self.points_to_double)
        chances: Floats = odds / (1 + odds)
        return chances
