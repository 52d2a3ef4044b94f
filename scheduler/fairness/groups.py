"""Which group each case is in: by a field of the case, or by a table that stays outside the store."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.address import parse
from scheduler.intake.columns import CASE_COLUMNS
from scheduler.intake.headers import knower, read_header
from scheduler.intake.readers import Table, read_table
from scheduler.model.findings import DoorstepError, Finding, Severity
from scheduler.model.people import Case

FIELDS: Mapping[str, Callable[[Case], str]] = {
    "language": lambda case: case.customer.language.split("-")[0].lower(),
    "district": lambda case: parse(case.place.address).district,
    "postcode": lambda case: parse(case.place.address).postcode,
    "product": lambda case: case.product,
    "place": lambda case: case.place.kind.value,
    "agency": lambda case: case.agency or "own",
}
"""Fields that the store knows, and how a case's group is read from it; empty where it is not known."""
MOST_GROUPS = 60
_KEYS = {name: CASE_COLUMNS[name] for name in ("id", "customer_id")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Grouping:
    """One way to tell people apart: the group of each case by id. A case that is missing has none."""

    name: str
    of: Mapping[str, str]


def by_fields(names: Iterable[str], cases: Sequence[Case]) -> tuple[Grouping, ...]:
    """Groups by fields of the cases. Raises DoorstepError for a field there is none of."""
    made = []
    for name in names:
        if name not in FIELDS:
            raise DoorstepError(
                f"There is no field {name} to group by",
                mend=f"Known: {', '.join(FIELDS)}; other groups come in a table: --groups FILE.",
            )
        told = {case.id: value for case in cases if (value := FIELDS[name](case).strip())}
        if not told:
            raise DoorstepError(
                f"No case on file says its {name}", mend="Give the groups in a table: --groups FILE."
            )
        made.append(_few(Grouping(name=name, of=told)))
    return tuple(made)


def from_table(
    path: Path, cases: Sequence[Case], bands: Mapping[str, Sequence[float]]
) -> tuple[tuple[Grouping, ...], tuple[Finding, ...]]:
    """Groups from a table: a column with case or customer ids, every other column a way to group.

    `bands` cut a column of numbers: 30, 60 give "under 30", "30-59", "60 and over". The table is read, used and
    not kept. Raises DoorstepError for a table that cannot be used; rows that cannot are findings.
    """
    table = read_table(path, knower(_KEYS))
    header, _ = read_header(table, _KEYS, (("id", "customer_id"),))
    key = "id" if "id" in header.at else "customer_id"
    columns = _columns(table, set(header.at.values()), bands)
    reader = _Reader(table, header.at[key], {case.id: case for case in cases}, key)
    made = tuple(
        _few(Grouping(name=name, of=reader.column(at, name, bands.get(name)))) for name, at in columns.items()
    )
    return made, tuple(reader.findings)


def _columns(table: Table, keys: set[int], bands: Mapping[str, Sequence[float]]) -> dict[str, int]:
    columns: dict[str, int] = {}
    for at, title in enumerate(map(str.strip, table.header)):
        if title in columns:
            raise DoorstepError(f"{table.name}: {title} stands twice", mend="Keep one of the columns.")
        if title and at not in keys:
            columns[title] = at
    if not columns:
        raise DoorstepError(
            f"{table.name} names no group", mend="Add a column for each way to group, such as age_band."
        )
    for name in bands:
        if name not in columns:
            raise DoorstepError(
                f"--bands: {table.name} has no column {name}", mend=f"It has: {', '.join(columns)}."
            )
    return columns


class _Reader:
    """The rows of a table, matched with the cases once; findings are told once a row, not once a column."""

    def __init__(self, table: Table, at: int, cases: Mapping[str, Case], key: str) -> None:
        self.table, self.findings = table, list(table.findings)
        of_customer: dict[str, list[str]] = {}
        for case in cases.values():
            of_customer.setdefault(case.customer.id, []).append(case.id)
        self.rows: list[tuple[int, tuple[str, ...], list[str]]] = []
        seen: set[str] = set()
        for number, cells in enumerate(table.rows, start=table.first_row):
            ident = cells[at].strip() if at < len(cells) else ""
            known = ([ident] if ident in cases else []) if key == "id" else of_customer.get(ident, [])
            if not any(map(str.strip, cells)):
                continue
            if ident in seen:
                self._find("group_twice", number, "This id has a row already; the first counts.")
            elif not known:
                self._find("group_of_nobody", number, "No case on file has this id.")
            else:
                self.rows.append((number, cells, known))
            seen.add(ident)
        if not self.rows:
            raise DoorstepError(
                f"{table.name} tells the group of no case on file",
                mend="Its ids are those of doorstep import cases.",
            )

    def column(self, at: int, name: str, bands: Sequence[float] | None) -> dict[str, str]:
        """The group of each case that the table tells in one column."""
        told: dict[str, str] = {}
        for number, cells, known in self.rows:
            value = cells[at].strip() if at < len(cells) else ""
            if value and bands is not None:
                value = self._band(value, bands, number, name)
            if value:
                told |= dict.fromkeys(known, value)
        return told

    def _band(self, value: str, bands: Sequence[float], number: int, name: str) -> str:
        try:
            return band(float(value), bands)
        except ValueError:
            self._find("group_not_a_number", number, "This is no number to put into a band.", name)
            return ""

    def _find(self, code: str, row: int, cause: str, column: str = "") -> None:
        self.findings.append(
            Finding(
                code=code,
                severity=Severity.WARNING,
                cause=cause,
                mend="Correct the row; it is left out of the comparison.",
                file=self.table.name,
                row=row,
                column=column,
            )
        )


def band(value: float, bounds: Sequence[float]) -> str:
    """The band of a number among rising bounds. Raises ValueError for one that is not finite."""
    if value != value or value in (float("inf"), float("-inf")):
        raise ValueError("not a number")
    below = [bound for bound in bounds if bound <= value]
    above = [bound for bound in bounds if bound > value]
    if not below:
        return f"<{above[0]:g}"
    return f"{below[-1]:g}-<{above[0]:g}" if above else f">={below[-1]:g}"


def read_bands(texts: Iterable[str]) -> dict[str, tuple[float, ...]]:
    """`age=30,45,60` as the column and its bounds. Raises DoorstepError for anything else."""
    made: dict[str, tuple[float, ...]] = {}
    for text in texts:
        name, _, bounds = text.partition("=")
        try:
            made[name.strip()] = tuple(float(bound) for bound in bounds.split(","))
        except ValueError:
            made[name.strip()] = ()
        rising = made[name.strip()]
        if not rising or list(rising) != sorted(set(rising)) or not all(abs(b) < 1e12 for b in rising):
            raise DoorstepError(
                "--bands is COLUMN=BOUND,BOUND with rising numbers", mend="Such as: --bands age=30,45,60"
            )
    return made


def _few(grouping: Grouping) -> Grouping:
    count = len(set(grouping.of.values()))
    if count > MOST_GROUPS:
        raise DoorstepError(
            f"{grouping.name} has {count} different values: these are no groups",
            mend=f"Name at most {MOST_GROUPS}; numbers are put into bands: --bands {grouping.name}=30,45,60",
        )
    return grouping
