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
from geodata.extract import Extract
from geodata.network import build_network
from geodata.osm_ways import read_ways
from geodata.profiles import PROFILES
from geodata.roads import open_engine


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
        began = time.perf_counter()
        engine.matrix(points)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"  {count} x {count}: {time.perf_counter() - began:.2f} s, peak memory {peak:.2f} GB")


if __name__ == "__main__":
    main()
