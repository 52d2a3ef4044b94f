"""`doorstep select`: who is due a visit on a day, what it is worth and why."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.selection.select import Selection


@click.command("select", short_help="Show who is due a visit.")
@click.option("--date", "day", help="The day, as 2026-11-24; tomorrow if not given.")
@click.option("--top", type=click.IntRange(1), default=20, show_default=True, help="How many to show.")
@click.option("--why-not", metavar="CASE", help="Say why this case is not due.")
@in_workspace
@common
def command(day: str | None, top: int, why_not: str | None, workspace: Workspace, out: Output) -> int:
    """Show who is due a visit, worth most first, with the reasons in words.

    \b
    Examples:
      doorstep select --date 2026-11-24 --top 50
      doorstep select --why-not C-1042
    """
    from scheduler.cli.plan import day_option
    from scheduler.model.money_text import money_text
    from scheduler.planning.day import choose, load_inputs
    from scheduler.store.opening import open_store

    chosen = day_option(day, workspace)
    with open_store(workspace) as store:
        store.audit("looked", {"at": "select"})
    selection = choose(workspace, load_inputs(workspace), chosen)
    if why_not is not None:
        return _why_not(why_not, selection, out)
    language = workspace.settings.workspace.language
    shown = selection.visits[:top]
    counts = Counter(left.code for left in selection.left_out)
    out.result(
        {
            "date": chosen.isoformat(),
            "due": len(selection.visits),
            "left_out": dict(counts),
            "visits": [
                {"case": visit.id, "worth": visit.top_worth.minor, "currency": visit.top_worth.currency}
                | {"reasons": list(visit.reasons)}
                for visit in shown
            ],
        },
        [
            f"{chosen}: {len(selection.visits)} due, {len(selection.left_out)} not: {_counted(counts)}",
            *(f"  {v.id:12} {money_text(v.top_worth, language):>12}  {' '.join(v.reasons)}" for v in shown),
        ],
    )
    return 0


def _counted(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {code}" for code, count in counts.most_common())


def _why_not(case: str, selection: Selection, out: Output) -> int:
    for left in selection.left_out:
        if left.case == case:
            out.result({"case": case, "due": False, "code": left.code, "words": left.words}, [left.words])
            return 0
    due = any(visit.id == case for visit in selection.visits)
    out.result({"case": case, "due": due}, ["It is due." if due else "There is no such case."])
    return 0 if due else 2
