"""findings.csv: what was found wrong, for a spreadsheet. It holds no personal data."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from scheduler.model.findings import Finding
from scheduler.planning.planfile import replace_bytes


def write_findings(findings: Iterable[Finding], path: Path) -> None:
    """Write the table whole or not at all."""
    replace_bytes(path, findings_bytes(findings))


def findings_bytes(findings: Iterable[Finding]) -> bytes:
    """One row a finding, UTF-8 with a byte order mark so that spreadsheets read Chinese."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [entry.name for entry in fields(Finding)])
    table.writeheader()
    table.writerows(finding.as_row() for finding in findings)
    return text.getvalue().encode("utf-8-sig")
