"""A table of points: id, lat, lon."""

from __future__ import annotations

from pathlib import Path

from geodata.coordinates import LatLon
from scheduler.intake.columns import columns_of
from scheduler.intake.parsing import degrees
from scheduler.intake.readers import read_table
from scheduler.intake.rowreader import Row
from scheduler.model.findings import DoorstepError, Finding

_COLUMNS = {"id": ("编号",), "lat": ("latitude", "纬度"), "lon": ("lng", "longitude", "经度")}


def read_points(path: Path) -> tuple[list[str], list[LatLon], list[Finding]]:
    """Ids and locations of the good rows, and findings of the others. Raises DoorstepError without any."""
    table = read_table(path)
    columns, findings = columns_of(table, _COLUMNS, ("id", "lat", "lon"))
    ids, points = [], []
    for number, cells in enumerate(table.rows, start=2):
        row = Row(table.name, number, cells, columns)
        lat, lon = row.read("lat", degrees, 999.0, grave=True), row.read("lon", degrees, 999.0, grave=True)
        if not row.spoiled and not (-90 <= lat <= 90 and -180 <= lon <= 180):
            row.spoil("impossible_coordinates", "lat", "There is no such place.", "Check both coordinates.")
        findings += row.findings
        if not row.spoiled:
            ids.append(row.text("id"))
            points.append(LatLon(lat, lon))
    if not points:
        raise DoorstepError(
            f"{table.name} has no usable point", mend="Give id, lat and lon in decimal degrees."
        )
    return ids, points, findings
