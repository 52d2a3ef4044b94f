"""`doorstep publish`: pages, route sheets, calendars and tracks of a certified plan."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace


@click.command("publish", short_help="Write the day's pages.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    help="Where the pages go; beside the plan if not given.",
)
@in_workspace
@common
def command(plan: Path, folder: Path | None, workspace: Workspace, out: Output) -> int:
    """Write the dispatcher's page and, for each agent, a page that works offline, a route sheet, a calendar, a track.

    The plan is judged again first; one that breaks a rule is refused (exit code 3). A stop whose case was settled,
    paused, barred or visited since is withdrawn and named, and the rest published (exit code 1).

    \b
    Examples:
      doorstep publish out/2026-11-24
      doorstep publish out/2026-11-24/plan.json --out /srv/pages/tuesday
    """
    from scheduler.publishing.publish import publish

    target = folder or (plan if plan.is_dir() else plan.parent)
    with out.progress("Writing pages") as step:
        done = publish(workspace, plan, target, note=lambda count, of, what: step(count, of, what))
    out.findings(done.findings)
    out.result(
        {
            "folder": str(done.folder),
            "agents": list(done.agents),
            "files": done.files,
            "withdrawn": list(done.withdrawn),
        },
        [f"Wrote {done.files} files for {len(done.agents)} teams. Open {done.folder / 'index.html'}"],
    )
    return 1 if done.withdrawn else 0
