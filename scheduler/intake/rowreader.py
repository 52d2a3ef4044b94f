"""One row of a table, read cell by cell: faults become findings, and only grave ones cost the row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from zoneinfo import ZoneInfo

from geodata.extract import Box
from scheduler.intake.catalogue import CATALOGUE, finding
from scheduler.intake.headers import Header
from scheduler.intake.parsing import BadCell
from scheduler.model.findings import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext:
    """What the checks of a table need to know of the workspace. `language` is that of customers unless said."""

    currency: str
    zone: ZoneInfo
    today: date
    box: Box | None = None
    known_agents: frozenset[str] = frozenset()
    language: str = "zh"


@dataclass(slots=True)
class Row:
    """A row under judgement. `lost` are columns whose content could not be used."""

    file: str
    number: int
    cells: list[str]
    header: Header
    findings: list[Finding] = field(default_factory=list)
    spoiled: bool = False
    lost: set[str] = field(default_factory=set)
    ident: str = ""

    def text(self, name: str, default: str = "") -> str:
        """A cell's text, or the default where it is blank."""
        at = self.header.at.get(name)
        return (self.cells[at].strip() if at is not None and at < len(self.cells) else "") or default

    def read[T](self, name: str, parse: Callable[[str], T], default: T, *, grave: bool = False) -> T:
        """A parsed cell, or the default where it is blank or faulty. A grave fault spoils the row."""
        text = self.text(name)
        if grave and name in self.lost:
            self._worsen(name)
        if not text:
            return default
        try:
            return parse(text)
        except BadCell as fault:
            self.find(fault.code, name, grave=grave, **fault.facts)
            return default

    def find(self, code: str, name: str = "", *, grave: bool = False, **facts: object) -> None:
        """Note a finding about a column of this row."""
        severity = Severity.ERROR if grave else CATALOGUE[code].severity
        if severity is Severity.ERROR:
            self.spoiled = True
        self.findings.append(
            finding(
                code,
                file=self.file,
                row=self.number,
                column=self.header.names.get(name, name),
                subject="",
                severity=severity,
                **facts,
            )
        )

    def missing(self, name: str, code: str) -> None:
        """What a row cannot do without is not there: never was, or was lost for a reason already told."""
        if name in self.lost:
            self._worsen(name)
        else:
            self.find(code, name)

    def _worsen(self, name: str) -> None:
        """What was lost in this column costs the row."""
        column = self.header.names.get(name, name)
        self.spoiled = True
        self.findings = [
            replace(found, severity=Severity.ERROR) if found.column == column else found
            for found in self.findings
        ]
