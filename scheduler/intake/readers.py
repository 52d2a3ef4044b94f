"""A table as text, wherever it comes from: CSV in the encodings banks use, XLSX, Parquet, SQL rows."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from scheduler.model.findings import DoorstepError

MAX_CELL = 10_000
_DELIMITERS = ",;\t|"
_READABLE = "Save it as CSV (UTF-8), XLSX or Parquet and try again."


@dataclass(frozen=True, slots=True)
class Table:
    """A table as text. `rows[i]` stands in line `first_row + i` of the file, the header in row 1."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    ragged: frozenset[int] = frozenset()
    """Numbers of rows with more or fewer cells than the header."""


def read_table(path: Path) -> Table:
    """Read a table by its suffix. Raises DoorstepError for one that cannot be read at all."""
    if not path.is_file():
        raise DoorstepError(f"There is no table at {path.name}")
    readers = {
        ".csv": _read_csv,
        ".txt": _read_csv,
        ".tsv": _read_csv,
        ".xlsx": _read_xlsx,
        ".parquet": _read_parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise DoorstepError(f"{path.name}: tables are read from {', '.join(sorted(readers))}", mend=_READABLE)
    table = reader(path)
    if not any(cell.strip() for cell in table.header):
        raise DoorstepError(f"{path.name} has no header", mend="Put column names in the first row.")
    return table


def table_of(name: str, header: Iterable[Any], rows: Iterable[Sequence[Any]]) -> Table:
    """A table from values, each turned to text the way the other readers would."""
    names = tuple(_text(cell) for cell in header)
    made, ragged = [], set()
    for number, row in enumerate(rows, start=2):
        cells = tuple(_text(cell) for cell in row)
        if len(cells) != len(names):
            ragged.add(number)
            cells = (*cells, *("",) * len(names))[: len(names)]
        made.append(cells)
    return Table(name, names, tuple(made), frozenset(ragged))


def _read_csv(path: Path) -> Table:
    text = _decoded(path)
    if "\x00" in text:
        raise DoorstepError(f"{path.name} is not a text file", mend=_READABLE)
    delimiter = _delimiter(text)
    csv.field_size_limit(64 * 1024 * 1024)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise DoorstepError(f"{path.name} cannot be read as CSV ({error})", mend=_READABLE) from None
    while lines and not any(cell.strip() for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise DoorstepError(f"{path.name} is empty", mend="Export the table again.")
    return table_of(path.name, lines[0], lines[1:])


def _decoded(path: Path) -> str:
    """UTF-8 with or without its mark, UTF-16 with one, else GB18030, in which Chinese systems export."""
    data = path.read_bytes()
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    encodings = ("utf-16",) if marked else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return _by_line(data)


def _by_line(data: bytes) -> str:
    """A file whose lines are in different encodings, or damaged: each line by itself, what is lost is marked."""
    lines = []
    for line in data.split(b"\n"):
        for encoding in ("utf-8-sig", "gb18030"):
            try:
                lines.append(line.decode(encoding))
                break
            except UnicodeDecodeError:
                continue
        else:
            lines.append(line.decode("utf-8-sig", "replace"))
    return "\n".join(lines)


def _delimiter(text: str) -> str:
    """What most often separates the header's cells."""
    head = text[:20_000].split("\n", 1)[0]
    return max(_DELIMITERS, key=lambda mark: (head.count(mark), -_DELIMITERS.index(mark)))


def _read_xlsx(path: Path) -> Table:
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=False)
        sheet = book.worksheets[0]
        lines = [tuple(row) for row in sheet.iter_rows(values_only=True)]
        book.close()
    except Exception as error:  # noqa: BLE001  openpyxl raises what it likes on a broken file
        raise DoorstepError(
            f"{path.name} is not a workbook ({type(error).__name__})", mend=_READABLE
        ) from None
    while lines and all(cell is None or cell == "" for cell in lines[-1]):
        lines.pop()
    if not lines:
        raise DoorstepError(f"{path.name} is empty", mend="Export the table again.")
    return table_of(path.name, lines[0], lines[1:])


def _read_parquet(path: Path) -> Table:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        frame = pq.read_table(path)
    except (pa.ArrowException, OSError, ValueError) as error:
        raise DoorstepError(
            f"{path.name} is not a Parquet file ({type(error).__name__})", mend=_READABLE
        ) from None
    columns = [frame.column(name).to_pylist() for name in range(frame.num_columns)]
    return table_of(path.name, frame.column_names, zip(*columns, strict=True) if columns else ())


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        if math.isnan(value):
            return ""
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return str(value).strip()
