"""`doorstep check`: a plan's certificate, made anew from the plan file, the ledger and the packs."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace


@click.command("check", short_help="Prove a plan against the rules.")
@click.argument("plan", type=click.Path(path_type=Path))
@in_workspace
@common
def command(plan: Path, workspace: Workspace, out: Output) -> int:
    """Judge a plan by every rule in force and write its certificate beside it.

    Exit code 1 where a rule is broken, or where this workspace did not make the plan just so.

    \b
    Examples:
      doorstep check out/2026-11-24/plan.json
      doorstep check out/2026-11-24 --json
    """
    from scheduler.planning.certified import check_file, plan_unknown, rule_findings, write_certificate

    judged_plan, certificate = check_file(workspace, plan)
    written = write_certificate(certificate, plan if plan.is_dir() else plan.parent)
    findings = rule_findings(certificate, workspace.settings.workspace.language)
    unknown = plan_unknown(workspace, judged_plan, certificate.plan_sha256)
    out.findings((*findings, *unknown))
    judged = [
        f"  {entry.rule} ({entry.source.pack}): {entry.judged} stops, {len(entry.findings)} findings"
        for entry in certificate.results
    ]
    verdict = "Clean" if certificate.clean else f"{len(findings)} findings: this plan cannot be published"
    out.result(
        certificate.as_dict(),
        [f"{verdict}; packs: {', '.join(certificate.packs)}.", *judged, f"Wrote {written}"],
    )
    return 0 if certificate.clean and not unknown else 1
