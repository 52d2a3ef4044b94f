"""What is audited: the cases on file, and plans that this store made, or the selection of a day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from scheduler.fairness.audit import Facts
from scheduler.model.findings import DoorstepError
from scheduler.model.plan import Plan
from scheduler.planning.day import DayInputs, choose
from scheduler.planning.planfile import read_plan
from scheduler.settings import Workspace

_NO_NEED = frozenset({"settled", "nothing_overdue", "other_currency"})


def read_plans(workspace: Workspace, paths: Sequence[Path]) -> tuple[Plan, ...]:
    """The plans at `paths`. Raises DoorstepError for one that this store did not make just so."""
    from scheduler.store.opening import open_store

    plans = []
    with open_store(workspace) as store:
        for path in paths:
            plan, digest = read_plan(path)
            if digest not in {record.sha256 for record in store.plans(plan.day)}:
                raise DoorstepError(
                    f"{path.name} of {path.parent.name or '.'} is no plan of this workspace, or was edited since",
                    mend="Give plans as doorstep plan or doorstep publish wrote them.",
                )
            plans.append(plan)
    return tuple(plans)


def facts_of(workspace: Workspace, inputs: DayInputs, day: date, plans: Sequence[Plan]) -> Facts:
    """Open cases, who is due and who is visited when.

    With plans: who was due on the day of any of them, as the plans say, and the first visit of each. Without:
    who is due on `day`, and no visits. Raises DoorstepError where no case is open.
    """
    selection = choose(workspace, inputs, plans[0].day if plans else day)
    left = {entry.case: entry.code for entry in selection.left_out}
    cases = tuple(case for case in inputs.cases if left.get(case.id) not in _NO_NEED)
    if not cases:
        raise DoorstepError(
            "No open case is overdue", mend="Read the bank's list: doorstep import cases TABLE"
        )
    if plans:
        due = {stop.case for plan in plans for stop in plan.stops}
        due |= {entry.case for plan in plans for entry in plan.unassigned}
    else:
        due = {visit.id for visit in selection.visits}
    known = {case.id for case in cases}
    return Facts(
        cases=cases,
        due=frozenset(due & known),
        visits={case: hour for case, hour in _hours(workspace, plans).items() if case in known},
        left_out={case: code for case, code in left.items() if case not in due},
    )


def _hours(workspace: Workspace, plans: Sequence[Plan]) -> dict[str, float]:
    zone = workspace.settings.zone
    hours: dict[str, float] = {}
    for plan in sorted(plans, key=lambda one: one.day):
        for stop in plan.stops:
            at = stop.start.astimezone(zone)
            hours.setdefault(stop.case, at.hour + at.minute / 60)
    return hours
