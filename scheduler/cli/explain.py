"""`doorstep explain`: why a visit is in a plan as it is, or not in it."""

from __future__ import annotations

from pathlib import Path

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace


@click.command("explain", short_help="Why a visit is in a plan as it is, or not in it.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.argument("visit")
@click.option(
    "--seconds",
    type=click.FloatRange(0),
    default=3.0,
    show_default=True,
    help="Time for finding what could be otherwise.",
)
@click.option("--iterations", type=click.IntRange(1), help="Stop each search after so many steps.")
@click.option("--seed", type=int, help="Else [plan] seed.")
@in_workspace
@common
def command(
    plan: Path,
    visit: str,
    seconds: float,
    iterations: int | None,
    seed: int | None,
    workspace: Workspace,
    out: Output,
) -> int:
    """Explain one VISIT (a case's id) of a PLAN.

    One that is in it: why this agent and this hour, that is what the best other agent, the best other hour and
    leaving it out would cost. One that is not: the reasons, proven or likely, and what would bring it in, the
    cheapest first, with what that costs the others. Exit code 0 for one in the plan, 1 for one that is not.

    \b
    Examples:
      doorstep explain out/2026-11-24 C-1042
      doorstep explain out/2026-11-24/plan.json C-1042 --json
    """
    from scheduler.planning.explain import explain_visit
    from scheduler.publishing.explained import explained_data, explained_words
    from scheduler.store.opening import open_store
    from solvers.quick import Effort

    chosen = workspace.settings.plan.seed if seed is None else seed
    with open_store(workspace) as store:
        store.audit("looked", {"at": "explain"})
    with out.progress(f"Explaining {visit}") as step:
        told = explain_visit(
            workspace, plan, visit, Effort(seconds, chosen, iterations), lambda text: step(0, None, text)
        )
    out.result(explained_data(told), explained_words(told, workspace.settings.workspace.language))
    return 0 if told.at is not None else 1
