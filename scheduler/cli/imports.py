"""`doorstep import`: tables of cases and agents into the store. Bad rows are reported, good ones go on."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scheduler.cli.common import Output, common, in_workspace
from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.settings import Workspace

if TYPE_CHECKING:
    from scheduler.intake.rowreader import IntakeContext
    from scheduler.store.repository import ImportSummary, Store


_GONE = {"agents": "gone", "crews": "dissolved"}


@click.group("import", short_help="Read cases, agents or crews from CSV, XLSX, Parquet or SQL.")
def command() -> None:
    """Read the bank's tables. Run it again with a newer file: it says what changed and what was settled."""


@command.command("cases")
@click.argument("table")
@click.option("--sql", "query", help="TABLE is a database URL; read this SELECT from it.")
@click.option(
    "--partial", is_flag=True, help="The table is not the whole list: cases it leaves out stay open."
)
@click.option(
    "--settle-most", is_flag=True, help="Yes, most open cases are missing from the list: they are settled."
)
@click.option("--findings", type=click.Path(path_type=Path), help="Also write the findings to this CSV.")
@in_workspace
@common
def cases_command(
    table: str,
    query: str | None,
    partial: bool,
    settle_most: bool,
    findings: Path | None,
    workspace: Workspace,
    out: Output,
) -> int:
    """Read overdue cases. Column names may be Chinese or English; docs/tables.md lists them.

    \b
    Examples:
      doorstep import cases overdue.csv
      doorstep import cases 逾期清单.xlsx --partial
      doorstep import cases postgresql://risk --sql "select * from overdue"
    """
    from scheduler.intake.tables import import_cases_table
    from scheduler.store.opening import open_store

    with open_store(workspace, create=True) as store:
        context = intake_context(workspace, store)
        with out.progress(f"Reading {_name(table, query)}"):
            result = import_cases_table(_source(table, query), context)
            summary = store.import_cases(
                result.cases,
                source=_name(table, query),
                replace_missing=not partial,
                today=context.today,
                present=result.present,
                settle_most=settle_most,
            )
    return _report(out, "cases", summary, result.findings, result.rows_read, findings)


@command.command("agents")
@click.argument("table")
@click.option("--sql", "query", help="TABLE is a database URL; read this SELECT from it.")
@click.option("--findings", type=click.Path(path_type=Path), help="Also write the findings to this CSV.")
@in_workspace
@common
def agents_command(
    table: str, query: str | None, findings: Path | None, workspace: Workspace, out: Output
) -> int:
    """Read agents and crews.

    \b
    Examples:
      doorstep import agents team.csv
      doorstep import agents 外访人员.xlsx
    """
    from scheduler.intake.tables import import_agents_table
    from scheduler.store.opening import open_store

    with open_store(workspace, create=True) as store:
        context = intake_context(workspace, store)
        with out.progress(f"Reading {_name(table, query)}"):
            result = import_agents_table(_source(table, query), context)
            summary = store.import_agents(
                result.agents, result.crews, source=_name(table, query), present=result.present
            )
    return _report(out, "agents", summary, result.findings, result.rows_read, findings)


@command.command("crews")
@click.argument("table")
@click.option("--sql", "query", help="TABLE is a database URL; read this SELECT from it.")
@click.option("--findings", type=click.Path(path_type=Path), help="Also write the findings to this CSV.")
@in_workspace
@common
def crews_command(
    table: str, query: str | None, findings: Path | None, workspace: Workspace, out: Output
) -> int:
    """Read who goes together, one row a member. It replaces every crew there is; import the agents first.

    \b
    Examples:
      doorstep import crews crews.csv
      doorstep import crews 外访小组.xlsx
    """
    from scheduler.intake.crews import import_crews_table
    from scheduler.store.opening import open_store

    with open_store(workspace, create=True) as store, out.progress(f"Reading {_name(table, query)}"):
        agents = store.agents()
        if not agents:
            raise DoorstepError("There are no agents", mend="Read them with: doorstep import agents TABLE")
        lead_skill = workspace.settings.crews.lead_skill
        result = import_crews_table(_source(table, query), agents, lead_skill)
        summary = store.import_crews(result.crews, source=_name(table, query))
    return _report(out, "crews", summary, result.findings, result.rows_read, findings)


def intake_context(workspace: Workspace, store: Store) -> IntakeContext:
    """What the checks of a table need to know of the workspace."""
    from geodata.extract import Extract
    from scheduler.intake.rowreader import IntakeContext

    zone = workspace.settings.zone
    extract = workspace.extract
    return IntakeContext(
        currency=workspace.settings.workspace.currency,
        zone=zone,
        today=today(zone),
        box=Extract.open(extract).box if extract.exists() else None,
        known_agents=frozenset(agent.id for agent in store.agents()),
        language=workspace.settings.workspace.language,
    )


def today(zone: Any) -> date:
    """The local day."""
    return datetime.now(zone).date()


def _source(table: str, query: str | None) -> Any:
    if query is None:
        return Path(table)
    from scheduler.store.query import read_sql

    return read_sql(table, query)


def _name(table: str, query: str | None) -> str:
    """A name for messages: never a database URL, which may hold a password."""
    return "the SQL query" if query else Path(table).name


def _report(
    out: Output,
    kind: str,
    summary: ImportSummary,
    findings: tuple[Finding, ...],
    rows: int,
    path: Path | None,
) -> int:
    from scheduler.publishing.findings import write_findings

    rejected = {f.row for f in findings if f.severity is Severity.ERROR and f.row is not None}
    out.findings(findings)
    if path:
        write_findings(findings, path)
    settled = len(summary.settled)
    out.result(
        {
            "kind": kind,
            "rows": rows,
            "rejected": len(rejected),
            "added": list(summary.added),
            "changed": {ident: list(names) for ident, names in summary.changed.items()},
            "unchanged": len(summary.unchanged),
            "settled": list(summary.settled),
            "erased": summary.erased,
            "findings": [finding.as_row() for finding in findings],
        },
        [
            f"{rows} rows read, {len(rejected)} not usable. {len(summary.added)} {kind} new, "
            f"{len(summary.changed)} changed, {len(summary.unchanged)} as before"
            + (f", {settled} {_GONE.get(kind, 'settled since')}." if settled else ".")
            + (f" {summary.erased} of customers who were erased: not taken." if summary.erased else "")
        ],
    )
    return 1 if findings else 0
