"""travel.bin beside a plan: the travel times it was made with, for whoever asks about it or plans its day again.

Where people live can be told from travel times, so the file is sealed where the workspace has a key, and it is removed
with its plan. Nothing depends on it: where there is none, or it does not open, times are found again.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LatLon
from geodata.files import UnreadableError, read_arrays
from geodata.travel import UNREACHABLE, TravelMatrix
from scheduler.model.people import TravelMode
from scheduler.planning.planfile import replace_bytes
from scheduler.store.cipher import Key, SealBrokenError

TRAVEL = "travel.bin"
_MOST = 3000
"""Places: 36 MB a way of travel, twice as much where ways are longer than 65 km or 18 hours."""

_ARRAYS = "points", "duration_s", "distance_m"
_SMALL = np.uint16


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Travel between these points, and which row is whose."""

    points: tuple[LatLon, ...]
    matrix: TravelMatrix
    row: Mapping[LatLon, int]

    @classmethod
    def of(cls, points: tuple[LatLon, ...], matrix: TravelMatrix) -> Self:
        """A matrix and its points in order."""
        return cls(points, matrix, {point: number for number, point in enumerate(points)})

    def part(self, points: tuple[LatLon, ...]) -> TravelMatrix | None:
        """The same between these points, or None where one is not among them, or there twice."""
        if points == self.points:
            return self.matrix
        rows = [self.row[point] for point in points if point in self.row]
        if len(set(rows)) < len(points):
            return None
        picked = np.ix_(rows, rows)
        return TravelMatrix(self.matrix.duration_s[picked], self.matrix.distance_m[picked])

    def among(self, points: Collection[LatLon]) -> Known:
        """The same between those of its points that are among these."""
        wanted = set(points)
        kept = tuple(point for point in self.row if point in wanted)
        part = self.part(kept)
        assert part is not None
        return Known.of(kept, part)


def write_travel(path: Path, known: Mapping[TravelMode, Known], made_by: str, key: Key | None) -> None:
    """Write what is known, or nothing where that is too much. `made_by` tells the roads that it was found on."""
    if not known or any(len(one.points) > _MOST for one in known.values()):
        path.unlink(missing_ok=True)
        return
    arrays = {"made_by": np.array(made_by), "modes": np.array([mode.value for mode in known])}
    for mode, one in known.items():
        places = np.array([(point.lat, point.lon) for point in one.points]).reshape(-1, 2)
        values = (places, _packed(one.matrix.duration_s), _packed(one.matrix.distance_m))
        arrays |= {f"{mode}.{what}": value for what, value in zip(_ARRAYS, values, strict=True)}
    file = io.BytesIO()
    np.savez(file, allow_pickle=False, **arrays)
    data = file.getvalue()
    replace_bytes(path, data if key is None else key.seal_file(data, TRAVEL))


def read_travel(path: Path, made_by: str, key: Key | None) -> dict[TravelMode, Known]:
    """What is known by way of travel; nothing where it was found on other roads, or the file is not there or broken."""
    known: dict[TravelMode, Known] = {}
    with contextlib.suppress(OSError, SealBrokenError, UnreadableError, ValueError, TypeError):
        data = path.read_bytes()
        opened = data if key is None else key.open_file(data, TRAVEL)
        head = read_arrays(opened, ("made_by", "modes"))
        if str(head["made_by"]) != made_by:
            return {}
        for mode in map(TravelMode, head["modes"].tolist()):
            arrays = read_arrays(opened, tuple(f"{mode}.{what}" for what in _ARRAYS))
            places, duration, distance = arrays.values()
            points = tuple(LatLon(*place) for place in places.tolist())
            known[mode] = Known.of(points, TravelMatrix(_whole(duration), _whole(distance)))
    return known


def _packed(matrix: NDArray[np.int32]) -> NDArray[Any]:
    """In 16 bits where all but `UNREACHABLE` is below their highest, which then stands for it."""
    top = np.iinfo(_SMALL).max
    closed = matrix == UNREACHABLE
    return np.where(closed, top, matrix).astype(_SMALL) if matrix[~closed].max(initial=0) < top else matrix


def _whole(packed: NDArray[Any]) -> NDArray[np.int32]:
    matrix = packed.astype(np.int32)
    if packed.dtype == _SMALL:
        matrix[packed == np.iinfo(_SMALL).max] = UNREACHABLE
    return matrix
