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
    help="Plan so many days as one: each case is visited once at most, unless told otherwise.",
)
@click.option(
    "--visits-per-case",
    type=click.IntRange(1, 31),
    default=1,
    show_default=True,
    help="With --days: so many visits of a case at most, never more than the rules permit.",
)
@click.option(
    "--days-between",
    type=click.IntRange(1, 31),
    help="With --visits-per-case: least days from one visit of a case to the next.  [default: 7]",
)
@click.option(
    "--bound",
    "bound_s",
    type=click.FloatRange(0, min_open=True),
    metavar="SECONDS",
    help="Afterwards look so long for how near the plan is to the best possible; one day only.",
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
    visits_per_case: int,
    days_between: int | None,
    bound_s: float | None,
    folder: Path | None,
    workspace: Workspace,
    out: Output,
) -> int:
    """Plan a day: select, route and check. Ctrl-C stops the search and keeps the best plan found.

    \b
    Examples:
      doorstep plan --date 2026-11-24 --time-limit 30
      doorstep plan --iterations 20000 --seed 7 --json
      doorstep plan --bound 30
      doorstep plan --date 2026-11-23 --days 5 --time-limit 120
      doorstep plan --date 2026-11-23 --days 12 --visits-per-case 2 --days-between 7
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
        bound_s=bound_s,
    )
    if visits_per_case > 1 and days == 1:
        raise click.UsageError("--visits-per-case is for several days: say how many with --days.")
    if days_between is not None and visits_per_case == 1:
        raise click.UsageError("--days-between is for several visits of a case: add --visits-per-case.")
    if days > 1 and bound_s is not None:
        raise click.UsageError("--bound is of a single day: leave out --days")
    if days > 1:
        return _horizon(workspace, chosen, days, (visits_per_case, days_between), search, folder, out)
    with out.progress(f"Planning {chosen}") as step:
        done = plan_and_write(
            workspace,
            chosen,
            search,
            folder or workspace.day(chosen),
            note=lambda text: step(0, None, text),
            progress=lambda news: step(news.elapsed_s, search.time_limit_s, f"{news.served} visits"),
        )
    out.findings(done.findings)
    out.result(*plan_summary(done, workspace))
    return 0 if done.certificate.clean else 1


def _horizon(
    workspace: Workspace,
    first: date,
    days: int,
    visits: tuple[int, int | None],
    search: Search,
    folder: Path | None,
    out: Output,
) -> int:
    from scheduler.planning.horizon import DAYS_BETWEEN, plan_days_and_write
    from scheduler.publishing.summary import horizon_summary

    with out.progress(f"Planning {days} days from {first}") as step:
        written, findings = plan_days_and_write(
            workspace,
            first,
            days,
            search,
            folder or workspace.out,
            visits_per_case=visits[0],
            days_between=visits[1] or DAYS_BETWEEN,
            note=lambda text: step(0, None, text),
            progress=lambda news: step(news.elapsed_s, search.time_limit_s, f"{news.served} visits"),
        )
    out.findings((*findings, *(finding for done in written for finding in done.findings)))
    out.result(*horizon_summary(written, workspace))
    return 0 if all(done.certificate.clean for done in written) else 1
