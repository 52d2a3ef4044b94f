"""Good tables of cases and agents, and what the checks know of the workspace."""

from __future__ import annotations

import csv
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from geodata.extract import Box
from scheduler.intake.rowreader import IntakeContext
from scheduler.intake.tables import AgentIntake, CaseIntake, import_agents_table, import_cases_table

TODAY = date(2026, 11, 24)
HELSINKI = Box(60.14, 24.90, 60.20, 25.00)

CASE = {
    "id": "C1",
    "customer_name": "Maija Meikäläinen",
    "phone": "+358 40 000 0000",
    "address": "Mannerheimintie 1",
    "overdue": "400.50",
    "balance": "2500",
    "days_past_due": "45",
}
AGENT = {"id": "A1", "name": "Tom Pavement", "start_address": "Kaivokatu 1", "shift": "09:00-17:00"}


@pytest.fixture
def context() -> IntakeContext:
    return IntakeContext(
        currency="EUR", zone=ZoneInfo("Europe/Helsinki"), today=TODAY, box=HELSINKI, language="en"
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """`write(rows, name)` writes rows of cells as a CSV."""

    def made(rows: Sequence[Sequence[str]], name: str = "table.csv") -> Path:
        path = tmp_path / name
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
        return path

    return made


@pytest.fixture
def cases(write, context) -> Callable[..., CaseIntake]:
    """`cases({column: cell}, ...)` reads rows that differ from a good one by these cells."""

    def read(*changes: dict[str, str], **knows) -> CaseIntake:
        return import_cases_table(write(_rows(CASE, changes)), _with(context, knows))

    return read


@pytest.fixture
def agents(write, context) -> Callable[..., AgentIntake]:
    """As `cases`, for agents."""

    def read(*changes: dict[str, str], **knows) -> AgentIntake:
        return import_agents_table(write(_rows(AGENT, changes)), _with(context, knows))

    return read


def _with(context: IntakeContext, knows) -> IntakeContext:
    return IntakeContext(
        **{
            "currency": context.currency,
            "zone": context.zone,
            "today": context.today,
            "box": context.box,
            "language": context.language,
            **knows,
        }
    )


def _rows(base: dict[str, str], changes: Sequence[dict[str, str]]) -> list[list[str]]:
    header = [*base, *sorted({name for change in changes for name in change} - set(base))]
    letter = base["id"][0]
    name = "customer_name" if "customer_name" in base else "name"
    rows = [
        {**base, "id": f"{letter}{n}", name: f"{base[name]} {n}", **change}
        for n, change in enumerate(changes, start=1)
    ]
    return [header, *([row.get(name, "") for name in header] for row in rows)]
