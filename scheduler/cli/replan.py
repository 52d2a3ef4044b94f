"""`doorstep replan`: the rest of a day under way, with as few changes as the changed facts ask for."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.values import Money
from scheduler.settings import Workspace


@click.command("replan", short_help="Plan the rest of a day under way.")
@click.argument("plan", type=click.Path(path_type=Path))
@click.option("--now", "clock", metavar="HH:MM", help="From when on; the present time if not given.")
@click.option("--away", metavar="AGENT", multiple=True, help="Makes no further stop.")
@click.option("--late", metavar="AGENT=MINUTES", multiple=True, help="Is free so much later than planned.")
@click.option("--cancel", metavar="CASE", multiple=True, help="Is not visited.")
@click.option("--add", metavar="CASE", multiple=True, help="Has to be visited, if that can be.")
@click.option("--pin", metavar="CASE", multiple=True, help="Keeps its agent and hour.")
@click.option(
    "--move-price",
    metavar="MONEY",
    help="What a visit must gain to change hands or hour; a tenth of the average worth if not given.",
)
@click.option(
    "--tolerance",
    type=click.IntRange(0, 240),
    default=15,
    show_default=True,
    help="Minutes by which a visit may shift without telling the customer.",
)
@click.option(
    "--seconds", type=click.FloatRange(0), default=1.0, show_default=True, help="Time for the search."
)
@click.option("--iterations", type=click.IntRange(1), help="Stop after so many steps: the same every time.")
@click.option("--seed", type=int, help="Else [plan] seed.")
@click.option("--out", "folder", type=click.Path(path_type=Path), help="out/DAY-HHMM if not given.")
@in_workspace
@common
def command(
    plan: Path,
    clock: str | None,
    away: tuple[str, ...],
    late: tuple[str, ...],
    cancel: tuple[str, ...],
    add: tuple[str, ...],
    pin: tuple[str, ...],
    move_price: str | None,
    tolerance: int,
    seconds: float,
    iterations: int | None,
    seed: int | None,
    folder: Path | None,
    workspace: Workspace,
    out: Output,
) -> int:
    """Plan the rest of the day of PLAN again and write a new plan with its certificate.

    Visits begun stay, and so do those whose agent must have left for them. The others move only where that is
    worth its price, and what moved is told with its cause. Stops whose case was settled, paused or barred since
    are taken out. Exit code 1 where a case to add found no room or a rule is broken.

    \b
    Examples:
      doorstep replan out/2026-11-24 --now 11:05 --away A-CAR-3
      doorstep replan out/2026-11-24 --now 11:05 --cancel C-0042 --add C-0101 --pin C-0007
      doorstep replan out/2026-11-24 --now 13:30 --late A-BIKE-2=40 --json
    """
    from scheduler.planning.certified import rule_findings
    from scheduler.planning.planfile import read_plan
    from scheduler.planning.replan import DayChanges, replan_and_write
    from scheduler.publishing.replanned import replanned_data, replanned_words
    from solvers.quick import Effort

    now = _now(read_plan(plan)[0].day, clock, workspace)
    changes = DayChanges(
        away=frozenset(away),
        late=dict(_late(entry) for entry in late),
        cancel=frozenset(cancel),
        add=frozenset(add),
        pin=frozenset(pin),
    )
    chosen = workspace.settings.plan.seed if seed is None else seed
    with out.progress(f"Planning again from {now:%H:%M}") as step:
        done = replan_and_write(
            workspace,
            plan,
            now,
            changes,
            Effort(seconds, chosen, iterations),
            folder=folder,
            price=_money(move_price, workspace),
            tolerance=timedelta(minutes=tolerance),
            note=lambda text: step(0, None, text),
        )
    language = workspace.settings.workspace.language
    findings = rule_findings(done.certificate, language)
    out.findings((*(entry.finding() for entry in done.withdrawn), *findings))
    out.result(replanned_data(done, now), replanned_words(done, now, language))
    return 1 if done.unplaced or findings else 0


def _now(day: date, clock: str | None, workspace: Workspace) -> datetime:
    from scheduler.planning.replan import moment_on

    zone = workspace.settings.zone
    if clock is not None:
        return moment_on(day, clock, zone)
    present = datetime.now(zone).replace(second=0, microsecond=0)
    if present.date() != day:
        raise click.UsageError(f"The plan is for {day}: say from when on with --now HH:MM.")
    return present


def _late(entry: str) -> tuple[str, int]:
    agent, _, minutes = entry.partition("=")
    if not agent or not minutes.isdigit() or not 0 < int(minutes) <= 600:
        raise click.BadParameter(f"{entry} is not AGENT=MINUTES, 1 to 600", param_hint="--late")
    return agent, int(minutes)


def _money(text: str | None, workspace: Workspace) -> Money | None:
    if text is None:
        return None
    try:
        amount = Decimal(text)
    except InvalidOperation:
        amount = Decimal(-1)
    if not amount.is_finite() or amount < 0:
        raise click.BadParameter(f"{text} is not an amount", param_hint="--move-price")
    return Money.of(amount, workspace.settings.workspace.currency)
