"""Rows of the crews' list -> crews: one row a member, those of one code go together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from scheduler.intake import parsing
from scheduler.intake.catalogue import finding
from scheduler.intake.columns import CREW_COLUMNS
from scheduler.intake.parsing import BadCell
from scheduler.intake.rowreader import Row
from scheduler.intake.rows import Source, read_rows
from scheduler.model.findings import Finding
from scheduler.model.people import Agent, Crew

REQUIRED = (("crew",), ("agent",))


@dataclass(frozen=True, slots=True, kw_only=True)
class CrewIntake:
    """What a table of crews gave."""

    crews: tuple[Crew, ...]
    findings: tuple[Finding, ...]
    rows_read: int


@dataclass(frozen=True, slots=True)
class _Member:
    crew: str
    agent: Agent
    leads: bool


def import_crews_table(source: Source, agents: Iterable[Agent], lead_skill: str = "") -> CrewIntake:
    """Read a table of crews of `agents`. A crew that cannot go out whole is not taken; its members go alone.

    The first member leads unless the table names another; with a `lead_skill` the first who has it does.
    Raises DoorstepError for a table that cannot be read, lacks a column, or has no rows.
    """
    known = {agent.id: agent for agent in agents}
    read = read_rows(source, CREW_COLUMNS, REQUIRED, (), lambda row: _member(row, known))
    findings = list(read.findings)
    column = read.header.names
    name = read.table.name
    members: dict[str, list[tuple[int, _Member]]] = {}
    first: dict[str, int] = {}
    for number, member in read.good:
        ident = member.agent.id
        if ident in first:
            findings.append(
                finding(
                    "agent_in_crew_already",
                    file=name,
                    row=number,
                    column=column["agent"],
                    subject=ident,
                    first=first[ident],
                )
            )
            continue
        first[ident] = number
        members.setdefault(member.crew, []).append((number, member))
    crews = []
    for crew, rows in members.items():
        made, found = _crew(crew, rows, lead_skill)
        crews += [made] if made else []
        findings += [
            finding(code, file=name, row=row, column=column.get(at, at), subject=crew)
            for code, row, at in found
        ]
    ordered = tuple(sorted(findings, key=lambda found: found.row or 0))
    return CrewIntake(crews=tuple(crews), findings=ordered, rows_read=read.count)


def _member(row: Row, known: Mapping[str, Agent]) -> tuple[_Member, bool] | None:
    crew = _named(row, "crew", "missing_crew")
    ident = _named(row, "agent", "missing_member")
    if crew in known:
        row.find("crew_is_an_agent", "crew")
    if ident and ident not in known:
        row.find("unknown_agent", "agent", grave=True)
    leads = row.read("lead", parsing.yes_no, False)
    if row.spoiled:
        return None
    row.ident = ident
    return (_Member(crew, known[ident], leads), False)


def _named(row: Row, name: str, missing: str) -> str:
    text = row.text(name)
    if not text:
        row.missing(name, missing)
        return ""
    try:
        return parsing.ident(text)
    except BadCell as fault:
        row.find(fault.code, name, grave=True)
        return ""


def _crew(
    ident: str, rows: list[tuple[int, _Member]], lead_skill: str
) -> tuple[Crew | None, list[tuple[str, int, str]]]:
    """The crew, and codes of what is wrong with it, each with its row and column."""
    at = rows[0][0]
    if len(rows) < 2:
        return None, [("bad_crew", at, "crew")]
    agents = [member.agent for _, member in rows]
    if len({agent.agency for agent in agents}) > 1:
        return None, [("crew_of_two_agencies", at, "crew")]
    if max(agent.shift.start for agent in agents) >= min(agent.shift.end for agent in agents):
        return None, [("crew_without_hours", at, "crew")]
    found = []
    named = [(number, member.agent) for number, member in rows if member.leads]
    found += [("two_leads", number, "lead") for number, _ in named[1:]]
    able = [agent for agent in agents if not lead_skill or lead_skill in agent.skills]
    lead = named[0][1] if named else (able or agents)[0]
    if lead not in able:
        found.append(("lead_lacks_skill", named[0][0] if named else at, "lead" if named else "crew"))
    return Crew(id=ident, members=(lead, *(agent for agent in agents if agent is not lead))), found
