"""Reading an extract to a turn-aware graph and a matrix of travel times, on one core.

python tests/bench/bench_roads.py ../shared/osm/porto.osm.pbf --points 1000 3000 --seed 1
"""

from __future__ import annotations

import argparse
import resource
import time
from pathlib import Path

import numpy as np

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.extract import Extract
from geodata.network import build_network
from geodata.osm_ways import read_ways
from geodata.profiles import PROFILES
from geodata.roads import RoadEngine

ROUTES = 200


def main() -> None:
    """Print times and peak memory."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extract", type=Path)
    parser.add_argument("--profile", default="car")
    parser.add_argument("--engine", default="cch")
    parser.add_argument("--points", type=int, nargs="+", default=[1000, 3000])
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.perf_counter()
    network = build_network(read_ways(given.extract, PROFILES[given.profile]), PROFILES[given.profile])
    print(f"{given.extract.name} {given.profile}: {network.facts()}")
    print(f"  read to a turn-aware graph: {time.perf_counter() - began:.2f} s")
    began = time.perf_counter()
    engine = open_engine(Extract.open(given.extract), given.profile, engine=given.engine)
    print(f"  read and prepared for {engine.name}: {time.perf_counter() - began:.2f} s")
    rng = np.random.default_rng(given.seed)
    for count in given.points:
        picked = rng.choice(len(network.lat), count, replace=False)
        lat = network.lat[picked] + rng.normal(0, 2e-4, count)
        lon = network.lon[picked] + rng.normal(0, 2e-4, count)
        points = [LatLon(a, b) for a, b in zip(lat, lon, strict=True)]
        began, busy = time.perf_counter(), time.process_time()
        engine.matrix(points)
        passed, busy = time.perf_counter() - began, time.process_time() - busy
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"  {count} x {count}: {passed:.2f} s ({busy:.2f} s of processor), peak memory {peak:.2f} GB")
        report_routes(engine, points, rng)


def report_routes(engine: RoadEngine, points: list[LatLon], rng: np.random.Generator) -> None:
    """Time of a path's geometry, and how far matrix and path are apart."""
    pairs = [rng.choice(len(points), 2, replace=False).tolist() for _ in range(ROUTES)]
    matrix = engine.matrix([points[i] for pair in pairs for i in pair])
    began = time.perf_counter()
    routes = [engine.route(points[i], points[j]) for i, j in pairs]
    each = (time.perf_counter() - began) / ROUTES
    cells = [(2 * n, 2 * n + 1) for n in range(ROUTES)]
    seconds = [r.duration_s - int(matrix.duration_s[c]) for r, c in zip(routes, cells, strict=True) if r]
    metres = [r.distance_m - int(matrix.distance_m[c]) for r, c in zip(routes, cells, strict=True) if r]
    print(
        f"  {ROUTES} paths, {each * 1000:.1f} ms each; off the matrix by {np.std(seconds):.2f} s and "
        f"{np.std(metres):.0f} m (standard deviation), at most {np.abs(seconds).max()} s and {np.abs(metres).max()} m"
    )


if __name__ == "__main__":
    main()
