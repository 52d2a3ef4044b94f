"""`doorstep scenario`: what-ifs side by side."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace


@click.group("scenario", short_help="Compare what-ifs.")
def command() -> None:
    """What would another agent, a later shift or slower traffic change?"""


@command.command("run")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--date", "day", help="The day, as 2026-11-24; tomorrow if not given.")
@click.option(
    "--time-limit", type=click.FloatRange(0.1), help="Seconds of search for each; else [plan] time_limit."
)
@click.option("--iterations", type=click.IntRange(1), help="Stop each after so many solutions.")
@click.option("--seed", type=int, help="Else [plan] seed.")
@click.option("--workers", type=click.IntRange(1), help="Processes; one a core if not given.")
@click.option(
    "--out", "target", type=click.Path(path_type=Path), help="The page; out/DAY/compare.html if not given."
)
@in_workspace
@common
def run(
    files: tuple[Path, ...],
    day: str | None,
    time_limit: float | None,
    iterations: int | None,
    seed: int | None,
    workers: int | None,
    target: Path | None,
    workspace: Workspace,
    out: Output,
) -> None:
    """Plan each scenario and write compare.html: figures with deltas, paired maps, what moved and why.

    Beside it each plan is written to what-ifs/NAME, for doorstep explain and doorstep replan. None is published.

    The first file is the base. Each is TOML with changes: agents_away, copies_of, shift, overtime,
    worth_factor, speed_factor, min_days_past_due, max_days_past_due, products, attendance, pairs.

    \b
    Examples:
      doorstep scenario run base.toml more-agents.toml late-shift.toml
      doorstep scenario run base.toml rain.toml --date 2026-11-24 --time-limit 10
      doorstep scenario run base.toml pairs.toml meet.toml singles.toml
    """
    from scheduler.cli.plan import day_option
    from scheduler.planning.day import Search
    from scheduler.planning.scenariofile import read_scenario
    from scheduler.planning.scenarios import run_scenarios, write_plans
    from scheduler.publishing.compare import comparison_words, write_comparison

    chosen = day_option(day, workspace)
    settings = workspace.settings.plan
    search = Search(
        time_limit_s=time_limit or settings.time_limit,
        seed=settings.seed if seed is None else seed,
        iteration_limit=iterations,
    )
    scenarios = [read_scenario(path) for path in files]
    with out.progress(f"Planning {len(scenarios)} scenarios") as step:
        results = run_scenarios(
            workspace, chosen, scenarios, search, workers=workers, done=lambda name, n, of: step(n, of, name)
        )
    page = target or workspace.day(chosen) / "compare.html"
    plans = write_plans(workspace, results, page.parent / "what-ifs")
    data = write_comparison(workspace, results, page)
    out.result(
        {**data, "page": str(page), "plans": [str(path) for path in plans]},
        [*comparison_words(results, workspace), f"Wrote {page} and plans in {page.parent / 'what-ifs'}"],
    )
