"""The day as a workbook. Every text is written as text: a cell never becomes a formula or a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from reports import words
from reports.sheet import DayPage


@dataclass(frozen=True, slots=True)
class _Amount:
    """Money in major units, or None: an empty cell."""

    value: float | None


type Cell = str | int | float | datetime | timedelta | _Amount
_LONGEST = 32_000  # a cell holds 32,767 characters


def day_workbook(page: DayPage) -> bytes:
    """Visits, visits left out, findings and the certificate, a sheet each. Nothing goes through a temporary file."""
    import xlsxwriter

    known = words.words(page.language)
    names = ("strings_to_formulas", "strings_to_urls", "strings_to_numbers")
    made = BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **dict.fromkeys(names, False)}) as book:
        # The same page gives the same file, byte for byte.
        book.set_properties({"title": page.title, "created": page.generated_at.replace(tzinfo=None)})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "time": book.add_format({"num_format": "hh:mm", "valign": "top"}),
            "span": book.add_format({"num_format": "[h]:mm", "valign": "top"}),
            "money": book.add_format({"num_format": page.money_format, "valign": "top"}),
            "plain": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for title, heads, rows in _sheets(page, known):
            _write(book.add_worksheet(title[:31]), formats, heads, rows)
    return made.getvalue()


def _sheets(page: DayPage, known: Any) -> Iterable[tuple[str, Sequence[str], Iterable[Sequence[Cell]]]]:
    yield (
        known["all_visits"],
        [
            known[key]
            for key in (
                "agents", "stop", "case", "arrives", "begins", "ends", "travel", "distance", "worth",
                "high", "pinned", "late_risk", "lat", "lon",
            )
        ],
        _visits(page),
    )  # fmt: skip
    yield (
        known["unassigned"],
        [known[key] for key in ("case", "worth", "reasons", "mend")],
        [
            (row.case_id, _Amount(row.worth_value), "\n".join(row.reasons), "\n".join(row.mends))
            for row in page.unassigned
        ],
    )
    yield (
        known["findings"],
        [known[key] for key in ("severity", "where", "cause", "mend")],
        [(row.severity, row.where, row.cause, row.mend) for row in page.findings],
    )
    yield (
        known["certificate"],
        [known[key] for key in ("rules", "source", "judged", "findings")],
        [(row.rule, row.source, row.judged, row.findings) for row in page.rules],
    )


def _visits(page: DayPage) -> Iterable[Sequence[Cell]]:
    for route in page.routes:
        for stop in route.stops:
            marks = (stop.high_priority, stop.pinned, stop.late_risk)
            yield (
                route.agent_name,
                stop.number,
                stop.case_id,
                stop.arrive,
                stop.start,
                stop.finish,
                stop.travel,
                stop.distance_m,
                _Amount(stop.worth_value),
                *("✓" if mark else "" for mark in marks),
                *stop.place,
            )


def _write(sheet: Any, formats: Any, heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> None:
    for column, head in enumerate(heads):
        sheet.write_string(0, column, head, formats["head"])
    last = 0
    for last, row in enumerate(rows, start=1):
        for column, cell in enumerate(row):
            _cell(sheet, last, column, cell, formats)
    sheet.freeze_panes(1, 0)
    sheet.autofilter(0, 0, max(last, 1), len(heads) - 1)
    sheet.set_column(0, len(heads) - 1, 16)


def _cell(sheet: Any, row: int, column: int, cell: Cell, formats: Any) -> None:
    if isinstance(cell, datetime):
        sheet.write_datetime(row, column, cell.replace(tzinfo=None), formats["time"])
    elif isinstance(cell, timedelta):
        sheet.write_datetime(row, column, cell, formats["span"])
    elif isinstance(cell, _Amount):
        if cell.value is not None:
            sheet.write_number(row, column, cell.value, formats["money"])
    elif isinstance(cell, str):
        text = cell if len(cell) <= _LONGEST else cell[:_LONGEST] + "…"
        sheet.write_string(row, column, text, formats["plain"])
    else:
        sheet.write_number(row, column, cell, formats["plain"])
