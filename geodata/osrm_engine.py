"""OSRM as an engine behind the same protocol, and the independent reference for travel times.

Needs the optional package osrm-bindings, whose wheel also extracts and contracts with OSRM's own profiles.
"""

from __future__ import annotations

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
from geodata.roads import Progress, RouteGeometry, Snapped, silent
from geodata.travel import UNREACHABLE, TravelMatrix

_ROWS = 100  # a larger table at once takes far more memory and no less time
_PROFILES = {"car": "car.lua", "bicycle": "bicycle.lua", "foot": "foot.lua"}


class OsrmEngine:
    """See `roads.RoadEngine`."""

    name = "osrm"

    def __init__(self, profile: str, service: Any) -> None:
        self.profile = profile
        self._service = service

    @classmethod
    def open(cls, extract: Extract, profile: str, *, cache_dir: Path | None) -> Self:
        """Prepare the extract once with OSRM's own tools and open it. Raises GeodataError."""
        if importlib.util.find_spec("osrm") is None:
            raise GeodataError("OSRM is not installed: pip install 'doorstep[osrm]', or choose engine auto")
        if profile not in _PROFILES:
            raise GeodataError(f"OSRM has no profile for {profile}: choose one of {', '.join(_PROFILES)}")
        import osrm

        folder = extract.cached(cache_dir, f"{profile}-osrm") or Path(tempfile.mkdtemp(prefix="doorstep-osrm-"))
        if not (folder / "done").is_file():
            _prepare(extract, profile, folder)
        service = osrm.OSRM(
            storage_config=str(folder / "map.osrm"),
            use_shared_memory=False,
            algorithm="CH",
            max_locations_distance_table=-1,
        )
        return cls(profile, service)

    def snap(self, points: Sequence[LatLon]) -> Snapped:
        """Where each point meets the streets."""
        import osrm

        found = []
        for point in points:
            answer = self._service.Nearest(osrm.NearestParameters(coordinates=_coordinates([point]), generate_hints=False))
            waypoint = answer["waypoints"][0]
            lon, lat = waypoint["location"]
            found.append((lat, lon, waypoint["distance"]))
        table = np.array(found, float).reshape(-1, 3)
        return Snapped(table[:, 0], table[:, 1], table[:, 2])

    def matrix(self, points: Sequence[LatLon], *, progress: Progress = silent) -> TravelMatrix:
        """Travel from every point to every other, from street to street."""
        import osrm

        count = len(points)
        duration = np.zeros((count, count), np.int32)
        distance = np.zeros((count, count), np.int32)
        for begin in range(0, count, _ROWS):
            rows = list(range(begin, min(begin + _ROWS, count)))
            answer = self._service.Table(
                osrm.TableParameters(
                    coordinates=_coordinates(points),
                    sources=rows,
                    annotations=["duration", "distance"],
                    generate_hints=False,
                )
            )
            duration[rows] = _whole(answer["durations"])
            distance[rows] = _whole(answer["distances"])
            progress(rows[-1] + 1, count)
        np.fill_diagonal(duration, 0)
        np.fill_diagonal(distance, 0)
        return TravelMatrix(duration, distance)

    def route(self, origin: LatLon, destination: LatLon) -> RouteGeometry | None:
        """The fastest path, or None where there is none."""
        import osrm

        parameters = osrm.RouteParameters(
            coordinates=_coordinates([origin, destination]), geometries="geojson", overview="full", generate_hints=False
        )
        try:
            best = self._service.Route(parameters)["routes"][0]
        except RuntimeError:
            return None
        line = np.array([list(pair) for pair in best["geometry"]["coordinates"]], float)[:, ::-1]
        return RouteGeometry(line, round(best["duration"]), round(best["distance"]))

    def at(self, hour: int) -> OsrmEngine:  # noqa: ARG002
        """OSRM's data has one speed for the whole day."""
        return self


def _coordinates(points: Sequence[LatLon]) -> list[tuple[float, float]]:
    return [(point.lon, point.lat) for point in points]


def _whole(table: Any) -> NDArray[np.float64]:
    values = np.array([[np.nan if cell is None else cell for cell in row] for row in table], float)
    return np.where(np.isnan(values), UNREACHABLE, np.rint(values))


def _prepare(extract: Extract, profile: str, folder: Path) -> None:
    """Extract and contract by OSRM's tools. Takes half a minute and more for a large city."""
    spec = importlib.util.find_spec("osrm")
    assert spec is not None
    assert spec.origin is not None
    found = sorted(Path(spec.origin).parent.rglob(_PROFILES[profile]))
    if not found:
        raise GeodataError("The osrm-bindings package holds no profiles: reinstall it")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copyfile(extract.path, folder / "map.osm.pbf")
    for command in (["extract", "-p", str(found[0]), "map.osm.pbf"], ["contract", "map.osrm"]):
        made = subprocess.run([sys.executable, "-m", "osrm", *command], cwd=folder, capture_output=True, check=False)  # noqa: S603
        if made.returncode:
            shutil.rmtree(folder, ignore_errors=True)
            raise GeodataError(f"OSRM could not prepare {extract.path.name} (osrm {command[0]} failed)")
    (folder / "map.osm.pbf").unlink()
    (folder / "done").touch()
