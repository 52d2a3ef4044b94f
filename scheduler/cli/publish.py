"""`doorstep publish`: pages, route sheets, calendars and tracks of a certified plan."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.findings import DoorstepError
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.publishing.passcodes import Seal


@click.command("publish", short_help="Write the day's pages.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    help="Where the pages go; beside the plan if not given.",
)
@click.option(
    "--audience",
    "audiences",
    multiple=True,
    type=click.Choice(["dispatcher", "agent", "planner", "agency", "auditor"]),
    help="For whom; may be given again. The dispatcher and the agents if not given.",
)
@click.option(
    "--seal", is_flag=True, help="Agents' pages open with a passcode only, and expire by themselves."
)
@click.option(
    "--passcodes",
    type=click.Path(path_type=Path),
    help="The new file for the passcodes; they are shown once on a terminal if not given.",
)
@click.option("--dry-run", is_flag=True, help="Only say which stops the facts have overtaken; write nothing.")
@in_workspace
@common
def command(
    plan: Path,
    folder: Path | None,
    audiences: tuple[str, ...],
    seal: bool,
    passcodes: Path | None,
    dry_run: bool,
    workspace: Workspace,
    out: Output,
) -> int:
    """Write the dispatcher's page and, for each agent, a page that works offline, a route sheet, a calendar, a track.

    Planners, agencies and auditors get a folder each, with the fields alone that they may see: docs/audiences.md.

    The plan is judged again first; one that breaks a rule is refused (exit code 3). A stop whose case was settled,
    paused, barred or visited since is withdrawn and named, and the rest published (exit code 1).

    \b
    Examples:
      doorstep publish out/2026-11-24
      doorstep publish out/2026-11-24 --dry-run
      doorstep publish out/2026-11-24 --seal --passcodes ~/tuesday.csv
      doorstep publish out/2026-11-24 --audience planner --audience agency
      doorstep publish out/2026-11-24/plan.json --out /srv/pages/tuesday
    """
    from scheduler.publishing.audiences import Audience
    from scheduler.publishing.publish import USUAL, RefusedError, publish

    if dry_run:
        return _overtaken(plan, workspace, out)
    target = folder or (plan if plan.is_dir() else plan.parent)
    if seal:
        _somewhere_to_go(passcodes, (target, workspace.out), out)
    with out.progress("Writing pages") as step:
        try:
            done = publish(
                workspace,
                plan,
                target,
                audiences=tuple(map(Audience, audiences)) or USUAL,
                sealed=seal,
                note=lambda count, of, what: step(count, of, what),
            )
        except RefusedError:
            _told(workspace, "refused", plan)
            raise
    if done.seal is not None:
        _hand_out(done.seal, passcodes)
    out.findings(done.findings)
    out.result(
        {
            "folder": str(done.folder),
            "audiences": list(done.audiences),
            "agents": list(done.agents),
            "files": done.files,
            "withdrawn": list(done.withdrawn),
        },
        [
            f"Wrote {done.files} files for {', '.join(done.audiences)}; {len(done.agents)} teams go out.",
            *(f"  Open {page}" for page in done.pages),
        ],
    )
    return 1 if done.withdrawn else 0


def _told(workspace: Workspace, event: str, plan: Path) -> None:
    """Tell the audit trail of this plan, by the hash of its file: what stands in it is not ours to repeat."""
    from scheduler.planning.planfile import read_plan
    from scheduler.store.opening import open_store

    with open_store(workspace) as store:
        store.audit(event, {"at": "publish", "sha256": read_plan(plan)[1]})


def _somewhere_to_go(passcodes: Path | None, folders: tuple[Path, ...], out: Output) -> None:
    """Before anything is written: passcodes go to a file of their own, or to a person who is there to read them."""
    from scheduler.publishing.passcodes import refuse_beside_pages

    if passcodes is not None:
        refuse_beside_pages(passcodes, folders)
    elif out.as_json or not sys.stdout.isatty():
        raise DoorstepError(
            "Nobody is there to read the passcodes, and a log must not keep them",
            mend="Name a file for them: --passcodes FILE",
        )


def _hand_out(seal: Seal, passcodes: Path | None) -> None:
    from scheduler.publishing.passcodes import write_passcodes

    if passcodes is not None:
        write_passcodes(seal, passcodes)
        return
    click.echo(f"Passcodes, shown this once; the pages open until {seal.expires:%Y-%m-%d %H:%M}:")
    for team, code in seal.passcodes.items():
        click.echo(f"  {team:16} {code}")


def _overtaken(plan: Path, workspace: Workspace, out: Output) -> int:
    from scheduler.planning.certified import rule_findings
    from scheduler.planning.changed import current_plan
    from scheduler.planning.day import load_inputs
    from scheduler.planning.planfile import folder_of
    from scheduler.planning.roads import Roads

    _told(workspace, "looked", plan)
    roads = Roads(workspace, plans=[folder_of(plan)])
    changed = current_plan(workspace, plan, load_inputs(workspace), roads.matrices)
    broken = rule_findings(changed.certificate, workspace.settings.workspace.language)
    out.findings((*(entry.finding() for entry in changed.withdrawn), *broken))
    words = f"{len(changed.withdrawn)} stops would be withdrawn, {len(broken)} findings would bar the rest."
    gone = [{"case": entry.case, "vehicle": entry.vehicle, "code": entry.code} for entry in changed.withdrawn]
    out.result({"withdrawn": gone, "clean": changed.certificate.clean, "known": changed.known}, [words])
    return 1 if changed.withdrawn or broken else 0
