"""CSV records, one at a time, so that a quotation mark that is never closed costs its own row and no other."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

DELIMITERS = ",;\t|"
HEAD = 10  # lines among which the header is looked for
_MOST_LINES = 200  # of one record: a cell with line breaks in it, not a file behind a stray quotation mark
_MOST_CHARACTERS = 2**31 - 1


@dataclass(slots=True)
class _Lines:
    """Lines handed out until a record's share is used up."""

    lines: list[str]
    at: int = 0
    until: int = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if self.at >= min(self.until, len(self.lines)):
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


def split_records(
    text: str, knows: Callable[[Sequence[str]], int]
) -> tuple[list[tuple[str, ...]], frozenset[int], bool]:
    """Records of `text`, numbers (from 1) of those with broken quotes, and whether the last is cut off.

    `knows` counts the column names it knows among cells: the delimiter and the header's width follow from it.
    """
    csv.field_size_limit(_MOST_CHARACTERS)
    lines = list(io.StringIO(text, newline=""))
    delimiter = max(DELIMITERS, key=lambda mark: (_best(lines, mark, knows), text[:20_000].count(mark)))
    width = _width(lines, delimiter, knows)
    source = _Lines(lines)
    records: list[tuple[str, ...]] = []
    broken: set[int] = set()
    while source.at < len(lines):
        cells, sound = _record(source, delimiter, width)
        records.append(tuple(cells))
        if not sound:
            broken.add(len(records))
    while records and not any(cell.strip() for cell in records[-1]):
        records.pop()
    cut_off = bool(records) and not lines[-1].endswith(("\n", "\r")) and len(records[-1]) < width
    return records, frozenset(broken), cut_off


def _best(lines: list[str], delimiter: str, knows: Callable[[Sequence[str]], int]) -> int:
    return max((knows(_plain(line, delimiter)) for line in lines[:HEAD]), default=0)


def _width(lines: list[str], delimiter: str, knows: Callable[[Sequence[str]], int]) -> int:
    head = [_plain(line, delimiter) for line in lines[:HEAD]]
    return len(max(head, key=knows, default=[]))


def _plain(line: str, delimiter: str) -> list[str]:
    """A line by itself, quotes honoured."""
    return next(csv.reader([line], delimiter=delimiter), [])


def _record(source: _Lines, delimiter: str, width: int) -> tuple[list[str], bool]:
    """The next record, and whether its quotes are sound."""
    line = source.lines[source.at]
    if '"' not in line:
        source.at += 1
        return line.rstrip("\r\n").split(delimiter), True
    start = source.at
    for strict in (True, False):
        source.at, source.until = start, start + _MOST_LINES
        try:
            cells = next(csv.reader(source, delimiter=delimiter, strict=strict), [])
        except csv.Error:
            continue
        used = source.lines[start : source.at]
        alone = len(used) == 1 and (strict or len(cells) == width)
        if alone or (strict and _belongs_together(used, cells, delimiter, width)):
            return cells, True
    source.at = start + 1
    return [cell.strip('"') for cell in line.rstrip("\r\n").split(delimiter)], False


def _belongs_together(used: list[str], cells: list[str], delimiter: str, width: int) -> bool:
    """Lines of one record: it has the header's width, and no line after the first is a row by itself."""
    return len(cells) == width and all(len(_plain(line, delimiter)) != width for line in used[1:])
