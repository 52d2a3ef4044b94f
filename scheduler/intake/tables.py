"""Tables of cases and agents: rows in, model values and findings out."""

from __future__ import annotations

from dataclasses import dataclass

from scheduler.intake import agents, cases
from scheduler.intake.columns import AGENT_COLUMNS, CASE_COLUMNS
from scheduler.intake.rowreader import IntakeContext
from scheduler.intake.rows import Source, read_rows
from scheduler.intake.validation import probable_twins
from scheduler.model.findings import Finding
from scheduler.model.people import Agent, Case, Crew


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseIntake:
    """What a table of cases gave.

    `present` are the ids of all its rows, usable or not; None where a row's id could not be told, so that
    nobody can say which cases the list leaves out.
    """

    cases: tuple[Case, ...]
    findings: tuple[Finding, ...]
    rows_read: int
    present: frozenset[str] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentIntake:
    """What a table of agents gave. `present` is as for cases; `crews` is None where it has no such column."""

    agents: tuple[Agent, ...]
    crews: tuple[Crew, ...] | None
    findings: tuple[Finding, ...]
    rows_read: int
    present: frozenset[str] | None


def import_cases_table(source: Source, context: IntakeContext) -> CaseIntake:
    """Read a table of cases. Good rows go on whatever the others are.

    Raises DoorstepError for a table that cannot be read, lacks a required column, or has no rows.
    """
    read = read_rows(source, CASE_COLUMNS, cases.REQUIRED, cases.IDS, lambda row: cases.case_of(row, context))
    twins = probable_twins(read.table.name, read.good)
    return CaseIntake(
        cases=tuple(case for _, case in read.good),
        findings=_in_order([*read.findings, *twins]),
        rows_read=read.count,
        present=read.present,
    )


def import_agents_table(source: Source, context: IntakeContext) -> AgentIntake:
    """Read a table of agents; those with the same crew id form a crew. Raises DoorstepError as for cases."""
    read = read_rows(
        source, AGENT_COLUMNS, agents.REQUIRED, agents.IDS, lambda row: agents.agent_of(row, context)
    )
    crews, found = agents.crews_of(
        read.table.name,
        read.header.names.get("crew", "crew"),
        [(number, agent, crew) for number, (agent, crew) in read.good],
    )
    return AgentIntake(
        agents=tuple(agent for _, (agent, _) in read.good),
        crews=crews if "crew" in read.header.at else None,
        findings=_in_order([*read.findings, *found]),
        rows_read=read.count,
        present=read.present,
    )


def _in_order(findings: list[Finding]) -> tuple[Finding, ...]:
    return tuple(sorted(findings, key=lambda found: found.row or 0))
