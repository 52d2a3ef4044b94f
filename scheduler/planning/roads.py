"""The day's road engines, one a way of travel that is used, and the matrices over its places."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.extract import Extract
from geodata.roads import RoadEngine
from geodata.travel import TravelMatrix
from scheduler.model.people import TravelMode
from scheduler.settings import Workspace

Note = Callable[[str], None]
_MIDDAY = 13  # one hour's speeds stand for the day


def _cores() -> int:
    """Those this process may use: several searches on one core take each other's cache, and a fifth longer."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Known:
    """A matrix and which row is whose."""

    def __init__(self, points: tuple[LatLon, ...], matrix: TravelMatrix) -> None:
        self.points, self.matrix = points, matrix
        self.row = {point: number for number, point in enumerate(points)}

    def part(self, points: tuple[LatLon, ...]) -> TravelMatrix | None:
        """The same between these points, or None where one is not among them, or there twice."""
        if points == self.points:
            return self.matrix
        rows = [self.row[point] for point in points if point in self.row]
        if len(set(rows)) < len(points):
            return None
        picked = np.ix_(rows, rows)
        return TravelMatrix(self.matrix.duration_s[picked], self.matrix.distance_m[picked])


class Roads:
    """Road engines of a workspace's extract, opened when first asked for.

    The largest matrix of each way of travel is kept: a pair's travel does not depend on who else is asked about.
    """

    def __init__(self, workspace: Workspace, note: Note = lambda _text: None) -> None:
        self.extract = Extract.open(workspace.extract)
        self._settings = workspace.settings.roads
        self._cache: Path = workspace.cache
        self._note = note
        self._engines: dict[TravelMode, RoadEngine] = {}
        self._known: dict[TravelMode, _Known] = {}

    def engine(self, mode: TravelMode) -> RoadEngine:
        """The engine for a way of travel. Raises GeodataError."""
        if mode not in self._engines:
            self._note(f"streets by {mode}")
            opened = open_engine(
                self.extract,
                mode.value,
                engine=self._settings.engine,
                cache_dir=self._cache,
                hourly_speed=self._settings.hourly_speed,
            )
            self._engines[mode] = opened.at(_MIDDAY)
        return self._engines[mode]

    def matrices(
        self, modes: Iterable[TravelMode], points: tuple[LatLon, ...]
    ) -> Mapping[TravelMode, TravelMatrix]:
        """Travel times and distances between all points, for each way of travel, as many at once as there are cores.

        Python's lock is not held where they are found.
        """
        wanted = sorted(set(modes))
        parts = {mode: self._known[mode].part(points) for mode in wanted if mode in self._known}
        made = {mode: part for mode, part in parts.items() if part is not None}
        missing = [mode for mode in wanted if mode not in made]
        if missing:
            self._note(f"travel times by {', '.join(missing)}")
            with ThreadPoolExecutor(min(len(missing), _cores())) as pool:
                found = pool.map(lambda mode: self.engine(mode).matrix(points), missing)
                made.update(zip(missing, found, strict=True))
        for mode in missing:
            if mode not in self._known or len(points) >= len(self._known[mode].points):
                self._known[mode] = _Known(points, made[mode])
        return made

    def off_road_m(self, mode: TravelMode, points: tuple[LatLon, ...]) -> tuple[float, ...]:
        """How far each point lies from the nearest road of this way of travel, in metres."""
        return tuple(float(metres) for metres in self.engine(mode).snap(points).distance_m)
