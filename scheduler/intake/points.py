"""A table of points: id, lat, lon."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from zoneinfo import ZoneInfo

from geodata.coordinates import LatLon
from scheduler.intake.columns import POINT_COLUMNS
from scheduler.intake.positions import is_undeclared, position
from scheduler.intake.rowreader import IntakeContext, Row
from scheduler.intake.rows import read_rows
from scheduler.model.findings import DoorstepError, Finding

_NOWHERE = IntakeContext(currency="XXX", zone=ZoneInfo("UTC"), today=date(2000, 1, 1))


def read_points(path: Path) -> tuple[list[str], list[LatLon], list[Finding]]:
    """Ids and locations of the good rows, and findings of the others. Raises DoorstepError without any."""
    read = read_rows(path, POINT_COLUMNS, (("id",), ("lat",), ("lon",)), ("id",), _point)
    if not read.good:
        raise DoorstepError(
            f"{path.name} has no usable point", mend="Give id, lat and lon in decimal degrees."
        )
    ids, points = zip(*(value for _, value in read.good), strict=True)
    return list(ids), list(points), read.findings


def _point(row: Row) -> tuple[tuple[str, LatLon], bool] | None:
    at = position(row, _NOWHERE, "lat", "lon")
    if at is None:
        row.find("no_position", "lat")
        return None
    return (row.ident, at), is_undeclared(row, at)
