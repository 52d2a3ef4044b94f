"""Addresses in and places out as CSV, and the review list that a person fills in."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.geocoder import Geocoder, Located, Status

SUGGESTIONS = 5
_NUMBER = re.compile(r"-?\d+(\.\d+)?")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
FIXES = ("id", "lat", "lon", "precision", "matched", "score", "status", "reasons")
REVIEW = (
    "id",
    "address",
    "reasons",
    *(f"suggestion_{n}" for n in range(1, SUGGESTIONS + 1)),
    "choice",
    "lat",
    "lon",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A row of a review list that cannot be used."""

    row: int
    column: str
    cause: str
    mend: str


def geocode_csv(
    source: Path, geocoder: Geocoder, target: Path, progress: Callable[[int, int], None] = lambda _d, _t: None
) -> Mapping[Status, int]:
    """Read id and address, write `FIXES`; returns how many of each status. Raises GeodataError."""
    rows = _rows(source, ("id", "address"))
    found = geocoder.locate_many([(row["id"], row["address"], None) for _, row in rows], progress)
    _write(target, FIXES, (_fix_row(one) for one in found), encoding="utf-8")
    return {status: sum(one.status is status for one in found) for status in Status}


def _fix_row(one: Located) -> tuple[object, ...]:
    fix = one.fix
    reasons = " ".join(one.reasons)
    if fix is None:
        return (one.id, "", "", "", "", "", one.status.value, reasons)
    at = fix.location
    return (
        one.id, f"{at.lat:.7f}", f"{at.lon:.7f}", fix.precision.value, fix.matched, f"{fix.score:.3f}", one.status.value, reasons
    )  # fmt: skip


def write_review(located: Iterable[Located], addresses: Mapping[str, str], path: Path) -> None:
    """The review list: a person fills in `choice` (1 to 5) or `lat` and `lon`."""
    rows = []
    for one in located:
        offers = [
            f"{fix.location.lat:.6f}, {fix.location.lon:.6f}, {fix.matched} ({fix.precision.value}, {fix.score:.2f})"
            for fix in one.suggestions[:SUGGESTIONS]
        ]
        padded = offers + [""] * (SUGGESTIONS - len(offers))
        rows.append((one.id, addresses.get(one.id, ""), " ".join(one.reasons), *padded, "", "", ""))
    _write(path, REVIEW, rows, encoding="utf-8-sig")  # spreadsheets know UTF-8 by its mark


def read_review(path: Path) -> tuple[dict[str, LatLon], list[Problem]]:
    """The corrections of a filled list by id, and the rows that cannot be used. Raises GeodataError."""
    fixed: dict[str, LatLon] = {}
    problems: list[Problem] = []
    for number, row in _rows(path, ("id", "choice", "lat", "lon")):
        choice, lat, lon = (row[name].strip() for name in ("choice", "lat", "lon"))
        if not (choice or lat or lon):
            continue
        place = _typed(lat, lon) if lat or lon else _chosen(row, choice)
        if not row["id"]:
            problems.append(
                Problem(row=number, column="id", cause="The row has no id.", mend="Keep the list's id.")
            )
        elif place is not None:
            fixed[row["id"]] = place
        else:
            problems.append(_unusable(number, typed=bool(lat or lon)))
    return fixed, problems


def _unusable(number: int, *, typed: bool) -> Problem:
    if typed:
        mend = "Write decimal degrees in lat and lon, -90 to 90 and -180 to 180."
        return Problem(row=number, column="lat", cause="It is no place on the map.", mend=mend)
    mend = "Write the number of a suggestion that is filled, or lat and lon."
    return Problem(row=number, column="choice", cause="There is no such suggestion.", mend=mend)


def _typed(lat: str, lon: str) -> LatLon | None:
    try:
        return LatLon(float(lat), float(lon))
    except ValueError:
        return None


def _chosen(row: Mapping[str, str], choice: str) -> LatLon | None:
    parts = row.get(f"suggestion_{choice.removesuffix('.0')}", "").split(",")
    return _typed(parts[0], parts[1]) if len(parts) >= 2 else None


def _rows(path: Path, required: Sequence[str]) -> list[tuple[int, dict[str, str]]]:
    """Rows with their number in the file as a spreadsheet counts them, the header being row 1."""
    text = _text(path)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        names = [name.strip().casefold() for name in next(lines, [])]
        missing = [name for name in required if name not in names]
        if missing:
            raise GeodataError(
                f"{path.name} has no column {', '.join(missing)}: the first row names the columns"
            )
        return [
            (number, dict.fromkeys(names, "") | {k: _shown(v) for k, v in zip(names, cells, strict=False)})
            for number, cells in enumerate(lines, start=2)
            if any(cells)
        ]
    except csv.Error as error:
        raise GeodataError(f"{path.name} cannot be read as CSV ({error}): save it again") from None


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise GeodataError(f"There is no table at {path.name}: name a CSV file") from None
    except OSError as error:
        raise GeodataError(f"{path.name} cannot be read ({type(error).__name__}): name a CSV file") from None
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise GeodataError(f"{path.name} is neither UTF-8 nor GB18030: save it as CSV in UTF-8")


def _delimiter(text: str) -> str:
    """What the header is parted by; spreadsheets of many countries write semicolons."""
    header = text.split("\n", 1)[0]
    return max(",;\t", key=header.count)


def _safe(value: object) -> object:
    """Text that a spreadsheet would run as a formula, made plain text."""
    if not isinstance(value, str) or not value.startswith(_FORMULA) or _NUMBER.fullmatch(value):
        return value
    return f"'{value}"


def _shown(value: str) -> str:
    return value[1:] if value.startswith("'") and value[1:].startswith(_FORMULA) else value


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], *, encoding: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file)
        table.writerow(header)
        table.writerows([_safe(value) for value in row] for row in rows)
    part.replace(path)
