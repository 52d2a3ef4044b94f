"""`doorstep audit`: who did what and when, and the proof that nobody rewrote it."""

from __future__ import annotations

from datetime import date
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
