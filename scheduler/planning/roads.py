"""The day's road engines, one a way of travel that is used, and the matrices over its places."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.extract import Extract
from geodata.network import graph_key
from geodata.roads import RoadEngine
from geodata.travel import TravelMatrix
from scheduler.model.people import TravelMode
from scheduler.planning.travelfile import TRAVEL, Known, read_travel, write_travel
from scheduler.settings import Workspace
from scheduler.store.keys import given_key

Note = Callable[[str], None]
_MIDDAY = 13  # one hour's speeds stand for the day


def _cores() -> int:
    """Those this process may use: several searches on one core take each other's cache, and a fifth longer."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Roads:
    """Road engines of a workspace's extract, opened when first asked for.

    The largest matrix of each way of travel is kept: a pair's travel does not depend on who else is asked about.
    `plans` are folders of plans whose travel is read before any is searched for.
    """

    def __init__(
        self, workspace: Workspace, note: Note = lambda _text: None, *, plans: Iterable[Path] = ()
    ) -> None:
        self.extract = Extract.open(workspace.extract)
        self._workspace, self._plans = workspace, list(plans)
        self._settings = workspace.settings.roads
        self._cache: Path = workspace.cache
        self._note = note
        self._engines: dict[TravelMode, RoadEngine] = {}
        self._known: dict[TravelMode, Known] = {}
        self._has_searched = False

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
        made = self._read(wanted, points)
        while len(made) < len(wanted) and self._plans:
            self._take(read_travel(self._plans.pop(0) / TRAVEL, self._made_by, given_key(self._workspace)))
            made = self._read(wanted, points)
        missing = [mode for mode in wanted if mode not in made]
        if missing:
            self._note(f"travel times by {', '.join(missing)}")
            with ThreadPoolExecutor(min(len(missing), _cores())) as pool:
                found = pool.map(lambda mode: self.engine(mode).matrix(points), missing)
                made.update(zip(missing, found, strict=True))
            self._has_searched = True
            self._take({mode: Known.of(points, made[mode]) for mode in missing})
        return made

    def keep(self, folder: Path, points: Collection[LatLon]) -> None:
        """Write what was searched for of travel between these points beside the plan in `folder`.

        What was all read from other plans' folders is not written again.
        """
        if not self._has_searched:
            return
        known = {mode: one.among(points) for mode, one in self._known.items()}
        write_travel(folder / TRAVEL, known, self._made_by, given_key(self._workspace))

    def off_road_m(self, mode: TravelMode, points: tuple[LatLon, ...]) -> tuple[float, ...]:
        """How far each point lies from the nearest road of this way of travel, in metres."""
        return tuple(float(metres) for metres in self.engine(mode).snap(points).distance_m)

    def _read(
        self, modes: Sequence[TravelMode], points: tuple[LatLon, ...]
    ) -> dict[TravelMode, TravelMatrix]:
        parts = {mode: self._known[mode].part(points) for mode in modes if mode in self._known}
        return {mode: part for mode, part in parts.items() if part is not None}

    def _take(self, found: Mapping[TravelMode, Known]) -> None:
        for mode, one in found.items():
            if mode not in self._known or len(one.points) >= len(self._known[mode].points):
                self._known[mode] = one

    @cached_property
    def _made_by(self) -> str:
        """Travel is the same wherever this is."""
        graphs = [graph_key(mode.value) for mode in TravelMode]
        roads = self._settings
        return json.dumps((self.extract.fingerprint, graphs, roads.engine, roads.hourly_speed, _MIDDAY))
