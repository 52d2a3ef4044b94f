"""Why visits are left out: the solver's typed reasons in the plan's own terms."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from scheduler.model.plan import Reason, ReasonCode
from scheduler.model.values import Money
from scheduler.planning.compile import COST_PER_MINOR
from solvers.diagnose import diagnose
from solvers.meetings import met_task
from solvers.problem import Problem
from solvers.reasons import Certainty
from solvers.reasons import Reason as Found
from solvers.reasons import ReasonCode as Kind
from solvers.solution import Solution

_NOBODY_ALONE = frozenset({Kind.NO_VEHICLE_ALLOWED, Kind.NO_VEHICLE_HAS_SKILL})


def reasons_of(
    problem: Problem, solution: Solution, currency: str, meetable: Collection[str] = frozenset()
) -> Mapping[str, tuple[Reason, ...]]:
    """Reasons by case id, the proven ones first.

    Of cases at which two single agents might have met (`meetable`) nobody says that no team may take them.
    """
    return {
        case: _met(case, meetable, tuple(reason_of(reason, currency) for reason in telling(reasons)))
        for case, reasons in diagnose(problem, solution).items()
    }


def _met(case: str, meetable: Collection[str], reasons: tuple[Reason, ...]) -> tuple[Reason, ...]:
    alone = {ReasonCode(kind.value) for kind in _NOBODY_ALONE}
    if case not in meetable or not any(reason.code in alone for reason in reasons):
        return reasons
    return (Reason(code=ReasonCode.NO_MEETING, proven=False),)


def telling(reasons: tuple[Found, ...]) -> tuple[Found, ...]:
    """What a visit would displace says nothing more where it is not worth its travel anyway."""
    worthless = any(reason.code is Kind.NOT_WORTH_ITS_TRAVEL for reason in reasons)
    return tuple(r for r in reasons if not (worthless and r.code is Kind.DISPLACED_BY))


def reason_of(found: Found, currency: str) -> Reason:
    """A reason with agents, cases, minutes and money."""
    return Reason(
        code=ReasonCode(found.code.value),
        proven=found.certainty is Certainty.PROVEN,
        agent=found.vehicles[0] if found.vehicles else "",
        other_case=met_task(found.tasks[0]) if found.tasks else "",
        minutes=None if found.seconds is None else -(-found.seconds // 60),
        money=None if found.amount is None else Money(round(found.amount / COST_PER_MINOR), currency),
        skills=found.skills,
    )
