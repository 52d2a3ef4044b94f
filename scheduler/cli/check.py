"""`doorstep check`: a plan's certificate, made anew from the plan file, the ledger and the packs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.model.plan import Plan
    from scheduler.rules.checker import Certificate


@click.command("check", short_help="Prove a plan against the rules.")
@click.argument("plan", type=click.Path(path_type=Path))
@in_workspace
@common
def command(plan: Path, workspace: Workspace, out: Output) -> int:
    """Judge a plan by every rule in force and write its certificate beside it.

    A day of several, as doorstep plan --days writes them, is judged with the visits of the days before it, in the
    folders beside its own, as if they had been made, and no case more often than was asked for; so are all of them
    together, given the folder they are in. Exit code 1 where a rule is broken, or where this workspace did not make
    the plan just so.

    \b
    Examples:
      doorstep check out/2026-11-24/plan.json
      doorstep check out/2026-11-24 --json
      doorstep check out/week
    """
    from scheduler.planning.certified import check_days, check_file, write_certificate

    days = check_days(workspace, plan)
    if not days:
        judged_plan, certificate = check_file(workspace, plan)
        folder = plan if plan.is_dir() else plan.parent
        judged = _judged(workspace, judged_plan, certificate, write_certificate(certificate, folder), out)
        out.result(certificate.as_dict(), judged.lines)
        return 0 if judged.good else 1
    told = []
    for day in days:
        path = write_certificate(day.certificate, day.folder)
        told.append(_judged(workspace, day.plan, day.certificate, path, out))
    out.result(
        {
            "days": [day.certificate.as_dict() for day in days],
            "clean": all(d.certificate.clean for d in days),
        },
        [line for day, one in zip(days, told, strict=True) for line in (f"{day.plan.day}:", *one.lines)],
    )
    return 0 if all(one.good for one in told) else 1


@dataclass(frozen=True, slots=True)
class _Judged:
    good: bool
    lines: tuple[str, ...]


def _judged(
    workspace: Workspace, plan: Plan, certificate: Certificate, written: Path, out: Output
) -> _Judged:
    """Tell the findings of one plan; its verdict in words."""
    from scheduler.planning.certified import plan_unknown, rule_findings

    findings = rule_findings(certificate, workspace.settings.workspace.language)
    unknown = plan_unknown(workspace, plan, certificate.plan_sha256)
    out.findings((*findings, *unknown))
    verdict = "Clean" if certificate.clean else f"{len(findings)} findings: this plan cannot be published"
    lines = (
        f"{verdict}; packs: {', '.join(certificate.packs)}.",
        *(
            f"  {entry.rule} ({entry.source.pack}): {entry.judged} stops, {len(entry.findings)} findings"
            for entry in certificate.results
        ),
        f"Wrote {written}",
    )
    return _Judged(certificate.clean and not unknown, lines)
