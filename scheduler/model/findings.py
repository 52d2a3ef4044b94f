"""Findings: what is wrong with an input or a plan, where, and how to mend it. Never a person's data."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class Severity(StrEnum):
    """How much a finding weighs."""

    ERROR = "error"  # the row (or the plan) cannot be used
    WARNING = "warning"  # used, but a person should look
    INFO = "info"  # worth knowing


class DoorstepError(Exception):
    """An error a user can mend. The message says what, where, why and how to mend it.

    The command line prints it without a traceback and exits with `exit_code`.
    """

    exit_code = 2

    def __init__(self, message: str, *, mend: str = "") -> None:
        super().__init__(message)
        self.mend = mend


class ModelError(DoorstepError, ValueError):
    """A value of the model that cannot exist, named by its id and field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found wrong.

    `code` is documented in docs/findings.md. `cause` and `mend` are sentences without personal data:
    a value is described by its class ("text where a number is expected"), never repeated.
    `row` is the line of the table as a spreadsheet counts it (the header is row 1).
    `subject` is a case, agent or stop id.
    """

    code: str
    severity: Severity
    cause: str
    mend: str = ""
    file: str = ""
    row: int | None = None
    column: str = ""
    subject: str = ""

    def where(self) -> str:
        """The place in words: file, row, column, subject, as far as known."""
        parts = [self.file, f"row {self.row}" if self.row is not None else "", self.column, self.subject]
        return ", ".join(part for part in parts if part)

    def as_row(self) -> dict[str, Any]:
        """Field names to plain values, for tables and JSON."""
        return {**asdict(self), "severity": self.severity.value}
