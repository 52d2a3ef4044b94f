"""A table as text, wherever it comes from: CSV in the encodings banks use, XLSX, Parquet, SQL rows.

Cells are read one by one rather than through a data frame: nothing is guessed to be missing, a number or a
date, errors of a spreadsheet are seen, and one broken row does not take its neighbours along.
"""

from __future__ import annotations

import math
import warnings
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from scheduler.intake.catalogue import finding
from scheduler.intake.csvtext import HEAD, split_records
from scheduler.intake.encoding import WESTERN, decode
from scheduler.model.findings import DoorstepError, Finding

_READABLE = "Save it as CSV (UTF-8), XLSX or Parquet and try again."
_AGAIN = "Export the table again."
_SUFFIXES = (".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".parquet")
_MOST_BYTES = 1 << 30
Knows = Callable[[Sequence[str]], int]


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text: `rows[i]` stands in row `first_row + i` as a spreadsheet counts.

    `broken` are indices of rows with broken quotes; `cut_off` says that the file ends within a row.
    """

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    first_row: int = 2
    broken: frozenset[int] = frozenset()
    cut_off: bool = False
    findings: tuple[Finding, ...] = ()


def read_table(path: Path, knows: Knows) -> Table:
    """Read a table, by what is in it rather than by its suffix.

    `knows` counts the column names it knows among cells. Raises DoorstepError for a file that cannot be read.
    """
    if not path.is_file():
        raise DoorstepError(f"There is no table at {path.name}", mend="Check the name and the folder.")
    if path.suffix.lower() not in _SUFFIXES:
        raise DoorstepError(f"{path.name}: tables are read from {', '.join(_SUFFIXES)}", mend=_READABLE)
    try:
        with path.open("rb") as file:
            magic = file.read(8)
        return _reader(path.name, magic)(path, knows)
    except (OSError, MemoryError) as error:
        raise DoorstepError(f"{path.name} cannot be read ({type(error).__name__})", mend=_READABLE) from None


def _reader(name: str, magic: bytes) -> Callable[[Path, Knows], Table]:
    if magic.startswith(b"PK\x03\x04"):
        return _read_xlsx
    if magic.startswith(b"PAR1"):
        return _read_parquet
    binary = {b"\xd0\xcf\x11\xe0": "an old workbook (.xls)", b"%PDF": "a PDF", b"SQLite f": "a database"}
    for start, what in binary.items():
        if magic.startswith(start):
            raise DoorstepError(f"{name} is {what}, not a table", mend=_READABLE)
    if name.lower().endswith((".xlsx", ".xlsm", ".parquet")):
        raise DoorstepError(f"{name} is not what its name says", mend=_READABLE)
    return _read_csv


def table_of(
    name: str,
    lines: Sequence[Sequence[str]],
    knows: Knows,
    *,
    broken: frozenset[int] = frozenset(),
    cut_off: bool = False,
    fit: bool = False,
    findings: tuple[Finding, ...] = (),
) -> Table:
    """A table from lines of cells; the header is the line among the first few that names the most columns.

    `broken` counts lines from 1. `fit` makes every row as wide as the header: in a workbook cells stand
    where they stand, and what is right of the table is not of it.
    """
    head = lines[:HEAD]
    at = max(range(len(head)), key=lambda number: (knows(head[number]), -number), default=None)
    if at is None:
        raise DoorstepError(f"{name} is empty", mend=_AGAIN)
    if not any(cell.strip() for cell in head[at]):
        raise DoorstepError(f"{name} has no header", mend="Put column names in the first row.")
    if at:
        findings = (*findings, finding("header_not_first", file=name, row=at + 1, first=at + 1))
    width = len(head[at])
    rows = tuple(
        (*line[:width], *("",) * (width - len(line))) if fit else tuple(line) for line in lines[at + 1 :]
    )
    broken_rows = frozenset(number - at - 2 for number in broken)
    return Table(name, tuple(head[at]), rows, at + 2, broken_rows, cut_off, findings)


def rows_table(name: str, header: Iterable[Any], rows: Iterable[Sequence[Any]], knows: Knows) -> Table:
    """A table from values, each turned to text."""
    lines = [tuple(map(_text, header)), *(tuple(map(_text, row)) for row in rows)]
    return table_of(name, lines, knows)


def _read_csv(path: Path, knows: Knows) -> Table:
    decoded = decode(path.read_bytes())
    findings = []
    if decoded.encoding == WESTERN:
        findings.append(finding("encoding_assumed", file=path.name))
    if decoded.odd_lines:
        findings.append(finding("mixed_encodings", file=path.name, count=decoded.odd_lines))
    lines, broken, cut_off = split_records(decoded.text, knows)
    return table_of(path.name, lines, knows, broken=broken, cut_off=cut_off, findings=tuple(findings))


def _read_xlsx(path: Path, knows: Knows) -> Table:
    try:
        _refuse_bomb(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and dates that do not matter here
            lines = _sheet(path, formulas=False)
            if _has_formulas(path):
                lines = [
                    [_shown(*pair) for pair in zip_longest(*both)]
                    for both in zip_longest(lines, _sheet(path, formulas=True), fillvalue=())
                ]
    except DoorstepError:
        raise
    except Exception as error:  # noqa: BLE001  openpyxl raises what it likes on a broken file
        raise DoorstepError(
            f"{path.name} is not a workbook ({type(error).__name__})", mend=_READABLE
        ) from None
    made = [tuple(map(_text, line)) for line in lines]
    while made and not any(made[-1]):
        made.pop()
    return table_of(path.name, made, knows, fit=True)


def _shown(value: Any, formula: Any) -> Any:
    """What a cell shows; the formula where the file does not keep that."""
    if value is None and formula is not None and not isinstance(formula, str | int | float | datetime):
        return "=ARRAY()"
    return formula if value is None else value


def _sheet(path: Path, *, formulas: bool) -> list[Sequence[Any]]:
    """The first visible sheet: what it shows, or the formulas behind it."""
    from openpyxl import load_workbook

    with path.open("rb") as file:
        book = load_workbook(file, read_only=True, data_only=not formulas)
        visible = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        sheet = (visible or book.worksheets)[0]
        sheet.reset_dimensions()  # a wrong dimension in the file would hide rows
        return list(sheet.iter_rows(values_only=True))


def _has_formulas(path: Path) -> bool:
    with zipfile.ZipFile(path) as archive:
        sheets = [name for name in archive.namelist() if name.startswith("xl/worksheets/")]
        return any(b"<f" in archive.read(name) for name in sheets if name.endswith(".xml"))


def _refuse_bomb(path: Path) -> None:
    with zipfile.ZipFile(path) as archive:
        if sum(entry.file_size for entry in archive.infolist()) > _MOST_BYTES:
            raise DoorstepError(f"{path.name} unpacks to more than 1 GB", mend="Split it, or export CSV.")


def _read_parquet(path: Path, knows: Knows) -> Table:
    import pandas as pd

    try:
        frame = pd.read_parquet(path, engine="pyarrow", dtype_backend="pyarrow").reset_index(drop=True)
    except Exception as error:  # noqa: BLE001  pandas and pyarrow raise what they like on a broken file
        raise DoorstepError(
            f"{path.name} is not a Parquet file ({type(error).__name__})", mend=_READABLE
        ) from None
    cells = frame.astype(object).where(frame.notna(), None)
    names = [str(name) for name in cells.columns]
    return rows_table(path.name, names, cells.itertuples(index=False, name=None), knows)


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value)


def _number(value: float) -> str:
    """Digits of a number. Beyond fifteen a spreadsheet has rounded: shown as such, so that no id is made of
    it. Three decimals get a fourth, so that they are not taken for thousands."""
    if math.isnan(value):
        return "NaN"
    if math.isfinite(value) and value.is_integer():
        return str(int(value)) if abs(value) < 1e15 else f"{value:.6e}"
    digits = repr(value)
    return f"{digits}0" if len(digits.partition(".")[2]) == 3 and "e" not in digits else digits
