"""Need: how long and how much is overdue, cut into strata within which groups are compared."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

import numpy as np

from scheduler.fairness.statistics import Floats, Ints
from scheduler.model.people import Case
from scheduler.selection.policy import Policy

_CASES_A_STRATUM = 15
_PARTS = (4, 40)


def strata_of(cases: Sequence[Case], policy: Policy) -> tuple[Ints, int]:
    """The stratum of each case, shape (n,), numbered from 0, and how many there are.

    Days past due and the overdue amount are cut at quantiles and at the limits of the policy, so that nobody who is
    due by them shares a stratum with somebody who is not. There are so many cuts that a stratum holds about
    15 cases: what is left of need within a stratum shrinks as the cases grow, faster than the intervals do.
    """
    days = np.fromiter((case.days_past_due for case in cases), float, len(cases))
    amounts = np.fromiter((case.overdue.minor for case in cases), float, len(cases))
    parts = int(np.clip(math.sqrt(len(cases) / _CASES_A_STRATUM), *_PARTS))
    by_days = _cut(days, parts, (policy.min_days_past_due, policy.max_days_past_due + 1))
    by_amount = _cut(amounts, parts, (policy.min_overdue.minor,))
    both = by_days * (int(by_amount.max(initial=0)) + 1) + by_amount
    kinds, numbers = np.unique(both, return_inverse=True)
    return numbers.astype(np.int64), len(kinds)


def _cut(values: Floats, parts: int, limits: Iterable[float]) -> Ints:
    if not len(values):
        return np.zeros(0, np.int64)
    cuts = np.unique([*np.quantile(values, np.linspace(0, 1, parts + 1)[1:-1], method="higher"), *limits])
    return np.digitize(values, cuts).astype(np.int64)
