"""`doorstep audit`: who did what and when, and the proof that nobody rewrote it."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.store.audit import Head

_WORDS = {
    "altered": ("audit_altered", "This row is not what was written."),
    "removed": ("audit_removed", "A row that stood here is gone."),
    "out_of_order": ("audit_out_of_order", "This row does not follow the one before it."),
    "end_changed": (
        "audit_end_changed",
        "The trail does not end where it ended: rows were removed or added.",
    ),
    "signature": ("audit_signature", "The end is not signed with the workspace's key."),
    "head": ("audit_head", "The head given does not stand in the trail."),
}
_MEND = "Compare the database with an earlier copy, and find out who can write to it."


@click.group("audit", short_help="Who did what and when.")
def command() -> None:
    """The audit trail: who planned, looked, changed, published, exported or erased what, and when."""


@command.command("verify")
@click.option("--head", help="A head that this command printed earlier: NUMBER:HASH.")
@in_workspace
@common
def verify(head: str | None, workspace: Workspace, out: Output) -> int:
    """Recompute the whole trail; say which row was altered, removed or put elsewhere.

    \b
    Examples:
      doorstep audit verify
      doorstep audit verify --head 1042:9f86d081884c7d65...
    """
    from scheduler.store.audit import verify as verify_trail
    from scheduler.store.opening import open_store

    with open_store(workspace) as store, store.reading() as connection:
        verdict = verify_trail(connection, store.vault.key, _head(head))
    findings = [
        Finding(
            code=_WORDS[problem.code][0],
            severity=Severity.ERROR,
            cause=_WORDS[problem.code][1],
            mend=_MEND,
            row=problem.number,
            file="audit trail",
        )
        for problem in verdict.problems
    ]
    out.findings(findings)
    sealed = "signed with the workspace's key" if verdict.signed else "unsigned: note the head elsewhere"
    words = f"{verdict.rows} rows, {len(findings)} problems; the end is {sealed}."
    out.result(
        {
            "rows": verdict.rows,
            "head": str(verdict.head),
            "signed": verdict.signed,
            "findings": [finding.as_row() for finding in findings],
        },
        [words, f"Head: {verdict.head}"],
    )
    return 1 if findings else 0


@command.command("show")
@click.option("--since", help="From this day on, as 2026-11-24.")
@click.option("--event", help="Only this kind of event.")
@click.option("--last", type=click.IntRange(1), default=50, show_default=True, help="At most so many.")
@in_workspace
@common
def show(since: str | None, event: str | None, last: int, workspace: Workspace, out: Output) -> None:
    """Print the latest rows: number, time, who, what.

    \b
    Examples:
      doorstep audit show --last 20
      doorstep audit show --event publish --since 2026-11-01
    """
    from scheduler.store.audit import entries
    from scheduler.store.opening import open_store

    zone = workspace.settings.zone
    first = _day(since)
    with open_store(workspace) as store, store.reading() as connection:
        rows = [
            row
            for row in entries(connection)
            if (event is None or row.event == event)
            and (first is None or row.at.astimezone(zone).date() >= first)
        ][-last:]
    out.result(
        {
            "rows": [
                {"number": row.number, "at": row.at.isoformat(), "who": row.actor, "event": row.event}
                | {"detail": dict(row.detail)}
                for row in rows
            ]
        },
        [
            f"{row.number:>6}  {row.at.astimezone(zone):%Y-%m-%d %H:%M:%S}  {row.actor:12}  {row.event:18}  "
            + ", ".join(f"{key} {value}" for key, value in row.detail.items())
            for row in rows
        ],
    )


@command.command("fairness")
@click.argument("plans", metavar="[PLAN]...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--by", multiple=True, metavar="FIELD", help="language, district, postcode, product, place, agency."
)
@click.option(
    "--groups", type=click.Path(path_type=Path), help="A table with case ids and groups; it is not kept."
)
@click.option("--bands", multiple=True, metavar="COLUMN=N,N", help="Put a column of numbers into bands.")
@click.option("--date", "day", help="Without plans: whose selection; tomorrow if not given.")
@click.option(
    "--least", type=click.IntRange(10), default=30, show_default=True, help="Cases a group must have."
)
@click.option("--seed", type=click.IntRange(0), default=1, show_default=True)
@click.option(
    "--out", "folder", type=click.Path(path_type=Path), help="Where fairness.html goes; out/ if not given."
)
@in_workspace
@common
def fairness(
    plans: tuple[Path, ...],
    by: tuple[str, ...],
    groups: Path | None,
    bands: tuple[str, ...],
    day: str | None,
    least: int,
    seed: int,
    folder: Path | None,
    workspace: Workspace,
    out: Output,
) -> int:
    """Compare who is due, who is visited and at which hours between groups, among cases of like need.

    Groups are fields that the store has (--by) or come in a table of your own (--groups), so that age or sex need not
    be kept. Need is days past due and the overdue amount. Several PLANs are taken together. Exit code 1 where need
    does not explain a difference.

    \b
    Examples:
      doorstep audit fairness --by language --date 2026-11-24
      doorstep audit fairness out/2026-11-* --by district --groups ages.csv --bands age=30,45,60
    """
    from scheduler.cli.plan import day_option
    from scheduler.fairness.audit import audit
    from scheduler.fairness.facts import facts_of, read_plans
    from scheduler.fairness.groups import by_fields, from_table, read_bands
    from scheduler.planning.day import load_inputs
    from scheduler.publishing.fairness import fairness_data, fairness_lines, write_fairness
    from scheduler.selection.policy import Policy
    from scheduler.store.opening import open_store

    if bands and groups is None:
        raise DoorstepError("--bands is about a column of --groups", mend="Name the table: --groups FILE")
    chosen, bounds = day_option(day, workspace), read_bands(bands)
    made = read_plans(workspace, plans)
    inputs = load_inputs(workspace)
    facts = facts_of(workspace, inputs, chosen, made)
    names = by or (() if groups else ("language",))
    groupings = by_fields(names, facts.cases)
    if groups is not None:
        told, findings = from_table(groups, facts.cases, bounds)
        groupings += told
        out.findings(findings)
    with open_store(workspace) as store:
        store.audit("looked", {"at": "fairness", "cases": len(facts.cases)})
    settings = workspace.settings
    policy = Policy.from_mapping(settings.selection, currency=settings.workspace.currency)
    with out.progress("Comparing") as step:
        done = audit(facts, groupings, policy, least=least, seed=seed, note=lambda name: step(0, None, name))
    written = write_fairness(workspace, done, made[0].day if made else chosen, folder or workspace.out)
    language = settings.workspace.language
    out.result(
        {**fairness_data(done, language), "page": str(written)},
        [*fairness_lines(done, language), f"Wrote {written}"],
    )
    return 1 if done.unexplained else 0


def _head(text: str | None) -> Head | None:
    from scheduler.store.audit import Head

    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise DoorstepError("--head is NUMBER:HASH", mend="Give what doorstep audit verify printed as Head.")
    return Head(number=int(number), hash=digest)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter("a day is written as 2026-11-24", param_hint="--since") from None
