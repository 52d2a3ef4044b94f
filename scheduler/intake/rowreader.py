"""One row of a table, read cell by cell: faults become findings, and only grave ones cost the row."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from geodata.coordinates import LatLon, bd09_to_wgs84, gcj02_to_wgs84
from geodata.extract import Box
from scheduler.intake.parsing import BadCell, clean, degrees
from scheduler.intake.readers import MAX_CELL
from scheduler.model.findings import Finding, Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeContext:
    """What the checks of a table need to know of the workspace."""

    currency: str
    zone: ZoneInfo
    today: date
    box: Box | None = None
    known_agents: frozenset[str] = frozenset()


@dataclass(slots=True)
class Row:
    """A row under judgement."""

    file: str
    number: int
    cells: tuple[str, ...]
    columns: Mapping[str, int]
    findings: list[Finding] = field(default_factory=list)
    spoiled: bool = False

    def text(self, name: str, default: str = "") -> str:
        """A cell's text: without control characters, at most MAX_CELL long. Blank cells give the default."""
        at = self.columns.get(name)
        raw = self.cells[at] if at is not None else ""
        if len(raw) > MAX_CELL:
            self.warn(
                "cell_too_long",
                name,
                "The cell is longer than 10,000 characters; the rest is cut off.",
                "Shorten it.",
            )
            raw = raw[:MAX_CELL]
        plain = "".join(c if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs") else " " for c in raw)
        if plain != raw:
            self.warn(
                "control_characters",
                name,
                "The cell holds control characters; they are taken out.",
                "Clean the export.",
            )
        if "\ufffd" in plain:
            self.warn("undecodable", name, "Some characters could not be decoded.", "Export in UTF-8.")
        return plain.strip() or default

    def read[T](self, name: str, parse: Callable[[str], T], default: T, *, grave: bool = False) -> T:
        """A parsed cell, or the default where it is blank or faulty. A grave fault spoils the row."""
        text = self.text(name)
        if not text:
            return default
        try:
            if text.startswith("="):
                raise BadCell(
                    "formula", "It is a formula, not a value.", "Export values instead of formulas."
                )
            return parse(text)
        except BadCell as fault:
            (self.spoil if grave else self.warn)(fault.code, name, fault.cause, fault.mend)
            return default

    def warn(self, code: str, column: str, cause: str, mend: str) -> None:
        """A finding that does not cost the row."""
        self._find(code, Severity.WARNING, column, cause, mend)

    def spoil(self, code: str, column: str, cause: str, mend: str) -> None:
        """A finding that costs the row."""
        self.spoiled = True
        self._find(code, Severity.ERROR, column, cause, mend)

    def _find(self, code: str, severity: Severity, column: str, cause: str, mend: str) -> None:
        self.findings.append(
            Finding(
                code=code,
                severity=severity,
                cause=cause,
                mend=mend,
                file=self.file,
                row=self.number,
                column=column,
            )
        )


def location(row: Row, context: IntakeContext, lat_name: str, lon_name: str) -> LatLon | None:
    """The coordinates of a row in WGS-84, mended where it is plain how, None with a finding where not."""
    missing = float("nan")
    lat, lon = row.read(lat_name, degrees, missing), row.read(lon_name, degrees, missing)
    if lat != lat or lon != lon:
        return None
    box = context.box
    if box is not None and not _inside(box, lat, lon) and _inside(box, lon, lat):
        row.warn(
            "swapped_coordinates",
            lat_name,
            "Latitude and longitude are swapped; they are put right.",
            "Swap the columns.",
        )
        lat, lon = lon, lat
    if not (-90 <= lat <= 90 and -180 <= lon <= 180) or (lat == 0 and lon == 0):
        row.warn(
            "impossible_coordinates",
            lat_name,
            "There is no such place.",
            "Check both coordinates; the address is used.",
        )
        return None
    point = _to_wgs84(row, LatLon(lat, lon))
    if point is not None and box is not None and not box.contains(point, margin=0.05):
        row.warn(
            "outside_extract",
            lat_name,
            "The place lies outside the street data.",
            "Check it, or use a larger extract.",
        )
        return None
    return point


def _inside(box: Box, lat: float, lon: float) -> bool:
    return -90 <= lat <= 90 and -180 <= lon <= 180 and box.contains(LatLon(lat, lon), margin=0.05)


def _to_wgs84(row: Row, point: LatLon) -> LatLon | None:
    system = clean(row.text("crs")).casefold().replace("-", "").replace(" ", "")
    if system in ("", "wgs84", "epsg:4326", "4326", "gps"):
        return point
    if system in ("gcj02", "火星坐标", "amap", "高德", "腾讯"):
        return gcj02_to_wgs84(point)
    if system in ("bd09", "百度", "baidu"):
        return bd09_to_wgs84(point)
    row.warn(
        "unknown_coordinate_system",
        "crs",
        "The coordinate system is not known.",
        "Write WGS-84, GCJ-02 or BD-09.",
    )
    return None
