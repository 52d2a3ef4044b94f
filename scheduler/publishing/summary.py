"""What the command line says of a plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from scheduler.model.money_text import money_text
from scheduler.model.values import Money
from scheduler.planning.certified import Written
from scheduler.publishing.kpis import figures
from scheduler.publishing.labels import labels
from scheduler.publishing.words import why
from scheduler.settings import Workspace

_TOLD = 3


def plan_summary(written: Written, workspace: Workspace) -> tuple[dict[str, Any], list[str]]:
    """The plan's figures as data and as lines for a person."""
    plan, language = written.plan, workspace.settings.workspace.language
    sums = figures(plan)
    reasons = Counter(entry.reasons[0].code.value for entry in plan.unassigned)
    data = {
        "plan": str(written.path),
        "id": plan.id,
        "date": plan.day.isoformat(),
        "visits": sums.visits,
        "unassigned": sums.unassigned,
        "not_due": len(written.planned.selection.left_out),
        "teams": sums.teams,
        "worth_minor": sums.worth.minor,
        "currency": plan.currency,
        "travel_s": int(sums.travel.total_seconds()),
        "distance_m": sums.distance_m,
        "overtime_s": int(sums.overtime.total_seconds()),
        "cost": plan.solved.cost,
        "bound": plan.solved.bound,
        "nearness": written.planned.nearness,
        "stopped_by": plan.solved.stopped_by,
        "clean": written.certificate.clean,
        "unassigned_reasons": dict(reasons),
    }
    due, not_due = sums.unassigned, len(written.planned.selection.left_out)
    spent = (
        ("Travel", sums.travel),
        ("visits", sums.service),
        ("waiting", sums.waiting),
        ("overtime", sums.overtime),
    )
    times = ", ".join(f"{what} {_hours(span.total_seconds())}" for what, span in spent)
    worth = money_text(sums.worth, language)
    lines = [
        f"{plan.day}: {sums.visits} visits by {sums.teams} of {len(written.planned.teams)} teams, worth {worth}.",
        f"  {due} due visits left out, {not_due} cases not due. {times}; {sums.distance_m / 1000:.1f} km.",
        *(
            f"  Left out: {entry.case}: {why(entry.reasons[0], language, {})}"
            for entry in plan.unassigned[:_TOLD]
        ),
        *([f"  and {due - _TOLD} more: on the day's page and in its workbook."] if due > _TOLD else []),
    ]
    not_due_why = Counter(written.planned.selection.counts).most_common(4)
    if not_due_why:
        known = labels(language)
        lines.append(
            "  Not due: "
            + ", ".join(f"{count} {known.get(f'left_{code}', code)}" for code, count in not_due_why)
        )
    if written.planned.nearness is not None:
        lines.append(f"  The objective: {written.planned.nearness}.")
    verdict = "clean" if written.certificate.clean else f"{len(written.certificate.findings)} findings"
    lines.append(f"  Certificate: {verdict} ({', '.join(written.certificate.packs)}).")
    lines.append(f"  Wrote {written.path}")
    return data, lines


def horizon_summary(written: Sequence[Written], workspace: Workspace) -> tuple[dict[str, Any], list[str]]:
    """Several days' figures as data and as lines for a person."""
    language = workspace.settings.workspace.language
    told = [plan_summary(done, workspace) for done in written]
    visits = [stop.case for done in written for stop in done.plan.visits]
    visited = set(visits)
    waiting = {entry.case for done in written for entry in done.plan.unassigned} - visited
    worth = Money(sum(data["worth_minor"] for data, _ in told), written[0].plan.currency)
    data = {
        "days": [day for day, _ in told],
        "visits": len(visits),
        "cases": len(visited),
        "unassigned": len(waiting),
        "worth_minor": worth.minor,
        "clean": all(done.certificate.clean for done in written),
    }
    lines = [line for _, lines in told for line in (lines[0], *lines[-2:])]
    made = f"{len(visits)} visits of {len(visited)} cases on {len(told)} days"
    total = f"{made}, worth {money_text(worth, language)}; {len(waiting)} left out."
    return data, [*lines, total]


def _hours(seconds: float) -> str:
    minutes = round(seconds / 60)
    return f"{minutes // 60} h {minutes % 60:02d}"
