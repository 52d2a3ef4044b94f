"""The rows of any table: read, checked, passed over or built, each by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from scheduler.intake.catalogue import finding
from scheduler.intake.columns import Columns
from scheduler.intake.headers import Header, knower, read_header
from scheduler.intake.readers import Knows, Table, read_table, rows_table
from scheduler.intake.rowreader import Row
from scheduler.intake.validation import (
    check_cells,
    duplicate_ids,
    is_repeated_header,
    is_totals,
    known_ident,
    row_length,
    undeclared_coordinates,
)
from scheduler.model.findings import DoorstepError, Finding, ModelError

Source = Path | tuple[Sequence[str], Sequence[Sequence[Any]]]
"""A file, or the column names and rows of an SQL query."""


@dataclass(frozen=True, slots=True)
class RowsRead[T]:
    """Good rows by number, findings of all, the ids seen (None where one could not be told), how many rows."""

    table: Table
    header: Header
    good: list[tuple[int, T]]
    findings: list[Finding]
    present: frozenset[str] | None
    count: int


def read_rows[T](
    source: Source,
    columns: Columns,
    required: Sequence[Sequence[str]],
    ids: Sequence[str],
    build: Callable[[Row], tuple[T, bool] | None],
) -> RowsRead[T]:
    """Every row built by itself by `build`, which gives a value and whether its coordinates came undeclared.

    `required` are groups of columns of which one must be there; `ids` the columns an id may stand in. Without
    `ids` rows carry none that is theirs alone: `build` says in `row.ident` whom they are about.
    Raises DoorstepError for a table that cannot be read, lacks a required column, or has no rows.
    """
    knows = knower(columns)
    table = _table(source, knows)
    header, findings = read_header(table, columns, required)
    findings = [*table.findings, *findings]
    good: list[tuple[int, str, T]] = []
    seen: set[str] = set()
    count = undeclared = 0
    unknown = False
    for row in _rows(table, header):
        if _passed_over(row, table):
            findings += row.findings
            continue
        count += 1
        check_cells(row)
        if ids:
            row.ident = known_ident(row, ids)
            seen.add(row.ident)
            unknown |= not row.ident
        built = _built(row, table, build)
        findings += _told(row)
        if built is not None and not row.spoiled:
            undeclared += built[1]
            good.append((row.number, row.ident, built[0]))
    if not count:
        raise DoorstepError(f"{table.name} has a header and no rows", mend="Export the table again.")
    if table.cut_off:
        findings.append(finding("file_cut_off", file=table.name, row=table.first_row + len(table.rows) - 1))
    if not ids:
        return RowsRead(table, header, [(n, value) for n, _, value in good], findings, None, count)
    kept, duplicates = duplicate_ids(table.name, good)
    if ids[0] not in header.at:
        findings.append(finding("id_from_customer", file=table.name, row=table.first_row - 1))
    findings += [*duplicates, *undeclared_coordinates(table.name, undeclared)]
    present = None if unknown or table.cut_off else frozenset(seen)
    return RowsRead(table, header, kept, findings, present, count)


def _table(source: Source, knows: Knows) -> Table:
    if isinstance(source, Path):
        return read_table(source, knows)
    return rows_table("the SQL query", *source, knows)


def _rows(table: Table, header: Header) -> Iterator[Row]:
    for number, cells in enumerate(table.rows, start=table.first_row):
        if any(map(str.strip, cells)):
            yield Row(table.name, number, list(cells), header)


def _passed_over(row: Row, table: Table) -> bool:
    for rule, code in (
        (is_repeated_header(row, table.header), "repeated_header"),
        (is_totals(row), "totals_row"),
    ):
        if rule:
            row.find(code)
            return True
    return False


def _told(row: Row) -> list[Finding]:
    """The row's findings. In a row with grave faults nobody knows whether the id is one, or a name."""
    return [replace(found, subject="" if row.spoiled else row.ident) for found in row.findings]


def _built[T](row: Row, table: Table, build: Callable[[Row], tuple[T, bool] | None]) -> tuple[T, bool] | None:
    row_length(row, len(table.header))
    if row.number - table.first_row in table.broken:
        row.find("broken_quotes")
    if row.spoiled:
        return None
    try:
        return build(row)
    except ModelError:
        row.find("impossible_row")
        return None
