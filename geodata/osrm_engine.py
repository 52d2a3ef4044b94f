"""OSRM as an engine behind the same protocol, and the independent reference for travel times.

Needs the optional package osrm-bindings, whose wheel also extracts and contracts with OSRM's own profiles.
"""

from __future__ import annotations

import contextlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from geodata.coordinates import LatLon
from geodata.errors import GeodataError
from geodata.extract import Extract
from geodata.matrix import WALK_M_S
from geodata.roads import Progress, RouteGeometry, Snapped, silent
from geodata.travel import UNREACHABLE, TravelMatrix

_ROWS = 100  # a larger table at once takes far more memory and no less time
_PROFILES = {"car": "car.lua", "bicycle": "bicycle.lua", "foot": "foot.lua"}


class OsrmEngine:
    """See `roads.RoadEngine`."""

    name = "osrm"

    def __init__(self, profile: str, service: Any, scratch: Any = None) -> None:
        self.profile = profile
        self._service = service
        self._scratch = scratch  # a temporary folder lives as long as the engine that reads it

    @classmethod
    def open(cls, extract: Extract, profile: str, *, cache_dir: Path | None) -> Self:
        """Prepare the extract once with OSRM's own tools and open it. Raises GeodataError."""
        if importlib.util.find_spec("osrm") is None:
            raise GeodataError("OSRM is not installed: pip install 'doorstep[osrm]', or choose engine auto")
        if profile not in _PROFILES:
            raise GeodataError(f"OSRM has no profile for {profile}: choose one of {', '.join(_PROFILES)}")
        import osrm

        scratch = None if cache_dir else tempfile.TemporaryDirectory(prefix="doorstep-osrm-")
        folder = extract.cached(Path(scratch.name) if scratch else cache_dir, f"{profile}-osrm")
        assert folder is not None
        if not folder.is_dir():
            _prepare(extract, profile, folder)
        try:
            service = osrm.OSRM(
                storage_config=str(folder / "map.osrm"),
                use_shared_memory=False,
                algorithm="CH",
                max_locations_distance_table=-1,
            )
        except RuntimeError:
            raise GeodataError(f"{folder.name} in the cache is broken: remove it, it is made again") from None
        return cls(profile, service, scratch)

    def snap(self, points: Sequence[LatLon]) -> Snapped:
        """Where each point meets the streets."""
        import osrm

        found = []
        for point in points:
            request = osrm.NearestParameters(coordinates=_coordinates([point]), generate_hints=False)
            waypoint = self._service.Nearest(request)["waypoints"][0]
            lon, lat = waypoint["location"]
            found.append((lat, lon, waypoint["distance"]))
        table = np.array(found, float).reshape(-1, 3)
        return Snapped(table[:, 0], table[:, 1], table[:, 2])

    def matrix(self, points: Sequence[LatLon], *, progress: Progress = silent) -> TravelMatrix:
        """Travel from every point to every other, the way from door to street included."""
        import osrm

        count = len(points)
        duration = np.zeros((count, count), np.int32)
        distance = np.zeros((count, count), np.int32)
        access = self.snap(points).distance_m
        for begin in range(0, count, _ROWS):
            rows = list(range(begin, min(begin + _ROWS, count)))
            request = osrm.TableParameters(
                coordinates=_coordinates(points),
                sources=rows,
                annotations=["duration", "distance"],
                generate_hints=False,
            )
            answer = self._service.Table(request)
            off = access[rows, None] + access
            duration[rows] = _whole(answer["durations"], off / WALK_M_S)
            distance[rows] = _whole(answer["distances"], off)
            progress(rows[-1] + 1, count)
        np.fill_diagonal(duration, 0)
        np.fill_diagonal(distance, 0)
        return TravelMatrix(duration, distance)

    def route(self, origin: LatLon, destination: LatLon) -> RouteGeometry | None:
        """The fastest path, or None where there is none."""
        import osrm

        request = osrm.RouteParameters(
            coordinates=_coordinates([origin, destination]),
            geometries="geojson",
            overview="full",
            generate_hints=False,
        )
        try:
            best = self._service.Route(request)["routes"][0]
        except RuntimeError:  # what OSRM raises for NoRoute
            return None
        off = float(self.snap((origin, destination)).distance_m.sum())
        line = np.array([list(pair) for pair in best["geometry"]["coordinates"]], float)[:, ::-1]
        return RouteGeometry(line, round(best["duration"] + off / WALK_M_S), round(best["distance"] + off))

    def at(self, hour: int) -> OsrmEngine:
        """Itself: OSRM's data has one speed for the whole day."""
        if not 0 <= hour < 24:
            raise ValueError(f"{hour} is no hour of the day: 0 to 23")
        return self


def _coordinates(points: Sequence[LatLon]) -> list[tuple[float, float]]:
    return [(point.lon, point.lat) for point in points]


def _whole(table: Any, more: NDArray[np.float64]) -> NDArray[np.float64]:
    values = np.array([[np.nan if cell is None else cell for cell in row] for row in table], float) + more
    return np.where(np.isnan(values), UNREACHABLE, np.rint(values))


def _prepare(extract: Extract, profile: str, folder: Path) -> None:
    """Extract and contract by OSRM's tools. Takes half a minute and more for a large city."""
    spec = importlib.util.find_spec("osrm")
    assert spec is not None
    assert spec.origin is not None
    found = sorted(Path(spec.origin).parent.rglob(_PROFILES[profile]))
    if not found:
        raise GeodataError("The osrm-bindings package holds no profiles: reinstall it")
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".osrm-", dir=folder.parent) as scratch:
        part = Path(scratch) / "made"
        part.mkdir()
        shutil.copyfile(extract.path, part / "map.osm.pbf")
        for command in (["extract", "-p", str(found[0]), "map.osm.pbf"], ["contract", "map.osrm"]):
            _run(command, part, extract)
        (part / "map.osm.pbf").unlink()
        with contextlib.suppress(OSError):  # another process was faster
            part.replace(folder)


def _run(command: list[str], folder: Path, extract: Extract) -> None:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "osrm", *command], cwd=folder, capture_output=True, check=False
    )
    if done.returncode:
        raise GeodataError(f"OSRM could not prepare {extract.path.name} (osrm {command[0]} failed)")
