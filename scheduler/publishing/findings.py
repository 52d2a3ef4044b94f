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
    """One row a finding, UTF-8 with a byte order mark so that spreadsheets read Chinese."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [entry.name for entry in fields(Finding)])
    table.writeheader()
    table.writerows(finding.as_row() for finding in findings)
    replace_bytes(path, text.getvalue().encode("utf-8-sig"))
