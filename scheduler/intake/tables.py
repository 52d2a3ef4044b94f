"""Tables of cases and agents: rows in, model values and findings out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scheduler.intake.agents import REQUIRED as AGENT_REQUIRED
from scheduler.intake.agents import agent_of, crews_of
from scheduler.intake.cases import REQUIRED as CASE_REQUIRED
from scheduler.intake.cases import case_of, probable_twins
from scheduler.intake.columns import AGENT_COLUMNS, CASE_COLUMNS, columns_of
from scheduler.intake.readers import Table, read_table, table_of
from scheduler.intake.rowreader import IntakeContext, Row
from scheduler.model.findings import DoorstepError, Finding, ModelError, Severity
from scheduler.model.people import Agent, Case, Crew

Source = Path | tuple[tuple[str, ...], list[tuple[Any, ...]]]
"""A file, or the column names and rows of an SQL query."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIntake:
    """What a table of cases gave."""

    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]
    rows_read: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIntake:
    """What a table of agents gave."""

    agents: tuple[Agent, ...]
    crews: tuple[Crew, ...]
    findings: tuple[Finding, ...]
    rows_read: int


def import_cases_table(source: Source, context: IntakeContext) -> CaseIntake:
    """Read a table of cases. Good rows go on whatever the others are.

    Raises DoorstepError for a table that cannot be read, lacks a required column, or has no rows.
    """
    table, columns, findings = _opened(source, CASE_COLUMNS, CASE_REQUIRED)
    cases, found = _read(table, columns, lambda row: case_of(row, context))
    return CaseIntake(
        cases=tuple(case for _, case in cases),
        findings=(*findings, *found, *probable_twins(table.name, cases)),
        rows_read=len(table.rows),
    )


def import_agents_table(source: Source, context: IntakeContext) -> AgentIntake:
    """Read a table of agents; those with the same crew id form a crew. Raises DoorstepError as for cases."""
    table, columns, findings = _opened(source, AGENT_COLUMNS, AGENT_REQUIRED)
    read, found = _read(table, columns, lambda row: agent_of(row, context))
    agents = tuple(agent for _, (agent, _) in read)
    crews, crew_findings = crews_of(table.name, [(number, agent, crew) for number, (agent, crew) in read])
    return AgentIntake(
        agents=agents, crews=crews, findings=(*findings, *found, *crew_findings), rows_read=len(table.rows)
    )


def _opened(
    source: Source, known: Any, required: Iterable[str]
) -> tuple[Table, dict[str, int], list[Finding]]:
    table = read_table(source) if isinstance(source, Path) else table_of("the SQL query", *source)
    columns, findings = columns_of(table, known, required)
    if not table.rows:
        raise DoorstepError(f"{table.name} has a header and no rows", mend="Export the table again.")
    return table, columns, findings


def _read[T](
    table: Table, columns: dict[str, int], build: Callable[[Row], tuple[str, T] | None]
) -> tuple[list[tuple[int, T]], list[Finding]]:
    """Each row built by itself: (row number, value) of the good ones, findings of all."""
    seen: dict[str, int] = {}
    good: list[tuple[int, T]] = []
    findings: list[Finding] = []
    for number, cells in enumerate(table.rows, start=2):
        row = Row(table.name, number, cells, columns)
        if not any(cell.strip() for cell in cells):
            continue
        if number in table.ragged:
            row.warn(
                "ragged_row",
                "",
                "The row has more or fewer cells than the header.",
                "Check quotes and delimiters.",
            )
        try:
            built = build(row)
        except ModelError:
            row.spoil(
                "impossible_row", "", "Its values do not go together.", "Compare them with docs/tables.md."
            )
            built = None
        findings += row.findings
        if built is None or row.spoiled:
            continue
        ident, value = built
        if ident in seen:
            findings.append(_duplicate(table.name, number, seen[ident]))
            continue
        seen[ident] = number
        good.append((number, value))
    return good, findings


def _duplicate(file: str, number: int, first: int) -> Finding:
    return Finding(
        code="duplicate_id",
        severity=Severity.ERROR,
        cause=f"Row {first} has the same id; this row is not taken.",
        mend="Keep one of the two, or give this one its own id.",
        file=file,
        row=number,
        column="id",
    )
