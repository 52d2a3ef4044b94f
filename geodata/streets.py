"""Street geometry for base maps: the lines within a box, simplified to what a screen can show."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.extract import Box, Extract
from geodata.files import UnreadableError, read_arrays, write_arrays
from geodata.osm_ways import read_ways
from geodata.profiles import Profile

FORMAT = 1
_DEGREE_M = 111_320.0
_ALL = Profile(
    name="streets",
    speeds=dict.fromkeys(
        (
            "motorway", "motorway_link", "trunk", "trunk_link", "primary", "primary_link", "secondary",
            "secondary_link", "tertiary", "tertiary_link", "unclassified", "residential", "living_street", "road",
            "service", "pedestrian", "footway", "cycleway", "path", "steps", "track",
        ),
        1.0,
    ),
    access_keys=(),
    vehicle_keys=("foot",),
    oneways=False,
    motorroads=True,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class StreetLine:
    """A street: `rank` from 0 (motorway) to 5 (service and paths), `points` (k, 2) as latitude, longitude."""

    rank: int
    points: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class StreetMap:
    """All streets of an extract, ready to be cut to a box."""

    lat: NDArray[np.float64]
    lon: NDArray[np.float64]
    first: NDArray[np.int64]
    rank: NDArray[np.int8]

    @classmethod
    def open(cls, extract: Extract, cache_dir: Path | None = None) -> Self:
        """From the cache, or read from the extract. Raises GeodataError."""
        kept = extract.cached(cache_dir, f"streets-{FORMAT}.npz")
        names = ("lat", "lon", "first", "rank")
        if kept is not None and kept.is_file():
            with contextlib.suppress(UnreadableError):  # what is broken in a cache is made again
                return cls(**read_arrays(kept, names))
        ways = read_ways(extract.path, _ALL)
        made = cls(ways.lat, ways.lon, ways.first, ways.rank)
        if kept is not None:
            write_arrays(kept, {name: getattr(made, name) for name in names})
        return made

    @cached_property
    def _lines(self) -> tuple[Any, Any]:
        import shapely

        number = np.repeat(np.arange(len(self.rank)), np.diff(self.first))
        lines = shapely.linestrings(np.stack([self.lon, self.lat], axis=1), indices=number)
        return lines, shapely.STRtree(lines)

    def within(self, box: Box, *, simplify_m: float = 2.0, most: int | None = None) -> tuple[StreetLine, ...]:
        """The streets inside a box, great ones first, those of a rank that meet end to end joined.

        A line lies within `simplify_m` of the street. Of more than `most` ways the smallest ranks are left out.
        """
        import shapely

        lines, tree = self._lines
        found = tree.query(shapely.box(box.west, box.south, box.east, box.north))
        order = found[np.lexsort((found, self.rank[found]))][:most]
        cut = shapely.clip_by_rect(lines[order], box.west, box.south, box.east, box.north)
        made = []
        for rank in np.unique(self.rank[order]).tolist():
            joined = shapely.line_merge(shapely.multilinestrings(_parts(cut[self.rank[order] == rank])))
            for part in _parts(shapely.simplify(shapely.get_parts(joined), simplify_m / _DEGREE_M)):
                points = shapely.get_coordinates(part)[:, ::-1].copy()
                points.flags.writeable = False
                made.append(StreetLine(rank, points))
        return tuple(made)


def _parts(lines: Any) -> Any:
    """The single lines in some geometries, without the points that touching a box's edge leaves."""
    import shapely

    parts = shapely.get_parts(lines)
    return parts[(shapely.get_type_id(parts) == 1) & ~shapely.is_empty(parts)]


def box_around(points: NDArray[np.float64], margin_m: float) -> Box:
    """The box around points (k, 2), widened on every side."""
    south, west = points.min(axis=0)
    north, east = points.max(axis=0)
    up = margin_m / _DEGREE_M
    wide = up / max(0.01, float(np.cos(np.radians((south + north) / 2))))
    return Box(float(south - up), float(west - wide), float(north + up), float(east + wide))
