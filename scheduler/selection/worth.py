"""What a visit is expected to bring, by the hour, less what it costs.

    worth(hour) = P(met | hour) x P(useful | met) x uplift x amount at stake - cost of contact

The amount at stake is the overdue amount up to a ceiling; the uplift is the share of it that a useful visit
brings beyond what would have come anyway; the cost is a fixed part and the visit's minutes. Travel is not
in it: the solver prices that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from scheduler.model.people import Case
from scheduler.model.values import Money
from scheduler.model.visit import WorthBand
from scheduler.selection.policy import Policy
from scheduler.selection.presence import Band
from scheduler.selection.scorecard import Line
from scheduler.selection.tables import Floats


@dataclass(frozen=True, slots=True)
class Values:
    """For every case, shape (n,) each, in minor units: what a certain meeting brings, and what it costs."""

    if_met: Floats
    cost: Floats


def values(cases: Sequence[Case], day: date, policy: Policy) -> Values:
    """The parts of worth that do not depend on the hour."""
    count = len(cases)
    points = policy.scorecard.points(cases, day, policy.promise_grace_days)
    stake = np.fromiter((case.overdue.minor for case in cases), float, count)
    stake = np.minimum(stake, policy.most_at_stake.minor)
    uplift = policy.uplift_percent.at_all(case.days_past_due for case in cases) / 100
    minutes = np.fromiter((case.service.total_seconds() / 60 for case in cases), float, count)
    cost = policy.contact_cost.minor + policy.minute_cost.minor * minutes
    return Values(policy.scorecard.chance(points) * uplift * stake, cost)


def worth_bands(bands: Sequence[Band], if_met: float, cost: float, currency: str) -> tuple[WorthBand, ...]:
    """What a visit is worth in each band, never below nothing; neighbours of equal worth become one."""
    made: list[WorthBand] = []
    for band in bands:
        worth = Money(max(0, round(band.chance * if_met - cost)), currency)
        if made and made[-1].worth == worth:
            joined = type(band.window)(made[-1].window.start, band.window.end)
            made[-1] = WorthBand(window=joined, worth=worth)
        else:
            made.append(WorthBand(window=band.window, worth=worth))
    return tuple(made)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """How the worth of one visit comes about, for whoever asks."""

    lines: tuple[Line, ...]
    points: float
    useful: float
    uplift: float
    at_stake: Money
    cost: Money
    by_hour: Mapping[str, Money]


def explain(case: Case, day: date, bands: Sequence[Band], policy: Policy) -> Breakdown:
    """The scorecard's lines and every factor of the worth of one visit."""
    lines = policy.scorecard.lines(case, day, policy.promise_grace_days)
    points = sum(line.points for line in lines)
    worth = values([case], day, policy)
    made = worth_bands(bands, float(worth.if_met[0]), float(worth.cost[0]), policy.currency)
    return Breakdown(
        lines=lines,
        points=points,
        useful=float(policy.scorecard.chance(np.array([points]))[0]),
        uplift=policy.uplift_percent.at(case.days_past_due) / 100,
        at_stake=Money(min(case.overdue.minor, policy.most_at_stake.minor), policy.currency),
        cost=Money(round(float(worth.cost[0])), policy.currency),
        by_hour={f"{band.window.start:%H:%M}": band.worth for band in made},
    )
