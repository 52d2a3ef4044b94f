"""`doorstep plan`: the day, from the store to a plan that is checked."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.planning.day import Search


def day_option(value: str | None, workspace: Workspace) -> date:
    """A day as given, or tomorrow where the workspace is. Raises click.BadParameter."""
    from scheduler.cli.imports import today

    if value is None:
        return today(workspace.settings.zone) + timedelta(days=1)
    try:
        return date.fromisoformat(value)
    except ValueError:
        raise click.BadParameter("a day is written as 2026-11-24", param_hint="--date") from None


@click.command("plan", short_help="Plan a day.")
@click.option("--date", "day", help="The day, as 2026-11-24; tomorrow if not given.")
@click.option("--time-limit", type=click.FloatRange(0.1), help="Seconds of search; else [plan] time_limit.")
@click.option(
    "--iterations", type=click.IntRange(1), help="Stop after so many steps: the same plan every time."
)
@click.option(
    "--cores", type=click.IntRange(1), default=1, show_default=True, help="Cores the search may use."
)
@click.option("--seed", type=int, help="Else [plan] seed.")
@click.option(
    "--days",
    type=click.IntRange(1, 31),
    default=1,
    show_default=True,
    help="Plan so many days as one: each case is visited once at most.",
)
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path),
    help="Where plan.json goes; out/DAY if not given. With --days, a folder a day in it.",
)
@in_workspace
@common
def command(
    day: str | None,
    time_limit: float | None,
    iterations: int | None,
    cores: int,
    seed: int | None,
    days: int,
    folder: Path | None,
    workspace: Workspace,
    out: Output,
) -> int:
    """Plan a day: select, route and check. Ctrl-C stops the search and keeps the best plan found.

    \b
    Examples:
      doorstep plan --date 2026-11-24 --time-limit 30
      doorstep plan --iterations 20000 --seed 7 --json
      doorstep plan --date 2026-11-23 --days 5 --time-limit 120
    """
    from scheduler.planning.certified import plan_and_write
    from scheduler.planning.day import Search
    from scheduler.publishing.summary import plan_summary

    chosen = day_option(day, workspace)
    plan_settings = workspace.settings.plan
    search = Search(
        time_limit_s=time_limit or plan_settings.time_limit,
        seed=plan_settings.seed if seed is None else seed,
        iteration_limit=iterations,
        cores=cores,
    )
    if days > 1:
        return _horizon(workspace, chosen, days, search, folder, out)
    with out.progress(f"Planning {chosen}") as step:
        done = plan_and_write(
            workspace,
            chosen,
            search,
            folder or workspace.out / chosen.isoformat(),
            note=lambda text: step(0, None, text),
            progress=lambda news: step(news.elapsed_s, search.time_limit_s, f"{news.served} visits"),
        )
    out.findings(done.findings)
    out.result(*plan_summary(done, workspace))
    return 0 if done.certificate.clean else 1


def _horizon(
    workspace: Workspace, first: date, days: int, search: Search, folder: Path | None, out: Output
) -> int:
    from scheduler.planning.horizon import plan_days_and_write
    from scheduler.publishing.summary import horizon_summary

    with out.progress(f"Planning {days} days from {first}") as step:
        written, findings = plan_days_and_write(
            workspace,
            first,
            days,
            search,
            folder or workspace.out,
            note=lambda text: step(0, None, text),
            progress=lambda news: step(news.elapsed_s, search.time_limit_s, f"{news.served} visits"),
        )
    out.findings((*findings, *(finding for done in written for finding in done.findings)))
    out.result(*horizon_summary(written, workspace))
    return 0 if all(done.certificate.clean for done in written) else 1
