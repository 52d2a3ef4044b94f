"""The day's road engines, one a way of travel that is used, and the matrices over its places."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.extract import Extract
from geodata.roads import RoadEngine
from geodata.travel import TravelMatrix
from scheduler.model.people import TravelMode
from scheduler.settings import Workspace

Note = Callable[[str], None]
_MIDDAY = 13  # one hour's speeds stand for the day


class Roads:
    """Road engines of a workspace's extract, opened when first asked for."""

    def __init__(self, workspace: Workspace, note: Note = lambda _text: None) -> None:
        self.extract = Extract.open(workspace.extract)
        self._settings = workspace.settings.roads
        self._cache: Path = workspace.cache
        self._note = note
        self._engines: dict[TravelMode, RoadEngine] = {}

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
        """Travel times and distances between all points, for each way of travel, a thread each.

        Python's lock is not held where they are found.
        """
        wanted = sorted(set(modes))
        self._note(f"travel times by {', '.join(wanted)}")
        with ThreadPoolExecutor(max(1, len(wanted))) as pool:
            found = pool.map(lambda mode: self.engine(mode).matrix(points), wanted)
            return dict(zip(wanted, found, strict=True))

    def off_road_m(self, mode: TravelMode, points: tuple[LatLon, ...]) -> tuple[float, ...]:
        """How far each point lies from the nearest road of this way of travel, in metres."""
        return tuple(float(metres) for metres in self.engine(mode).snap(points).distance_m)
