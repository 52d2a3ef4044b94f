"""Which column is which: by name, whatever its case, width, blanks and punctuation."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduler.intake.catalogue import finding
from scheduler.intake.columns import Columns
from scheduler.intake.readers import Knows, Table
from scheduler.model.findings import DoorstepError, Finding

_PUNCTUATION = re.compile(r"[\s_\-./:()\[\]*#'\"]+")
_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Header:
    """Our names of columns to where they stand and to what the table calls them."""

    at: Mapping[str, int]
    names: Mapping[str, str]


def plain(name: str) -> str:
    """A header without case, width, blanks and punctuation."""
    return _PUNCTUATION.sub("", unicodedata.normalize("NFKC", name[:200]).casefold().lstrip("\ufeff"))


def letter(number: int) -> str:
    """A column's letter as a spreadsheet shows it; the first is A."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def knower(columns: Columns) -> Knows:
    """How many of these columns a line names."""
    names = _aliases(columns)
    return lambda cells: len({names[key] for cell in cells if (key := plain(cell)) in names})


def read_header(
    table: Table, columns: Columns, required: Iterable[Sequence[str]]
) -> tuple[Header, list[Finding]]:
    """Where each column stands, and findings about columns that are not used or appear twice.

    `required` are groups of columns of which one must be there. Raises DoorstepError where none is, naming
    what was found and what was expected.
    """
    names = _aliases(columns)
    at: dict[str, int] = {}
    unused: list[int] = []
    findings: list[Finding] = []
    for number, title in enumerate(table.header):
        field = names.get(plain(title))
        if field is None:
            unused += [number] if plain(title) else []
        elif field in at:
            findings.append(
                finding(
                    "column_twice",
                    file=table.name,
                    row=table.first_row - 1,
                    column=letter(number),
                    other=letter(at[field]),
                )
            )
        else:
            at[field] = number
    missing = [group for group in required if not any(field in at for field in group)]
    if missing:
        raise _missing(table, columns, at, unused, missing)
    if unused:
        findings.append(_unused(table, columns, at, unused))
    return Header(at, {field: table.header[number].strip() for field, number in at.items()}), findings


def _aliases(columns: Columns) -> dict[str, str]:
    return {plain(alias): field for field, aliases in columns.items() for alias in (field, *aliases)}


def _unused(table: Table, columns: Columns, at: Mapping[str, int], unused: Sequence[int]) -> Finding:
    hints = []
    for number in unused:
        field = _nearest(table.header[number], {f: a for f, a in columns.items() if f not in at})
        if field:
            hints.append(f"{letter(number)} may be {field}")
    return finding(
        "columns_unused",
        file=table.name,
        row=table.first_row - 1,
        columns=", ".join(letter(number) for number in unused),
        perhaps=f" Perhaps {', '.join(hints)}." if hints else "",
    )


def _nearest(title: str, columns: Columns) -> str:
    """The column whose names are most like `title`, or ""."""
    if len(title) > _LONGEST:
        return ""
    names = _aliases(columns)
    found = difflib.get_close_matches(plain(title), names, n=1, cutoff=0.75)
    return names[found[0]] if found else ""


def _missing(
    table: Table,
    columns: Columns,
    at: Mapping[str, int],
    unused: Sequence[int],
    missing: Sequence[Sequence[str]],
) -> DoorstepError:
    # A file without a header has people's data in its first row, so unknown names are shown only as letters.
    wanted = [f"{group[0]} (or {', '.join(columns[group[0]][-3:])})" for group in missing]
    hints = []
    for group in missing:
        near = [n for n in unused if _nearest(table.header[n], {field: columns[field] for field in group})]
        hints += [f" Column {letter(near[0])} may be {group[0]}."] if near else []
    there = ", ".join(table.header[number].strip() for number in at.values()) or "no known column name"
    return DoorstepError(
        f"{table.name} has no column for: {', '.join(group[0] for group in missing)}",
        mend=f"Expected {'; '.join(wanted)}. Found: {there}.{''.join(hints)} docs/tables.md lists all names.",
    )
