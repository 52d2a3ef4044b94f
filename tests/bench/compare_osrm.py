"""Our travel times against OSRM's own profiles, pair by pair: the error stated in docs/roads.md.

python tests/bench/compare_osrm.py ../shared/osm/porto.osm.pbf --profile car --points 400 --seed 1
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

import numpy as np

from geodata.coordinates import LatLon
from geodata.engines import open_engine
from geodata.extract import Extract
from geodata.network import load_network

SHORTEST_S = 60


def compare(extract: Extract, profile: str, count: int, seed: int, cache: Path) -> dict[str, float]:
    """Ratios of our durations and distances to OSRM's over random pairs of street positions."""
    ours = open_engine(extract, profile, engine="cch", cache_dir=cache)
    reference = open_engine(extract, profile, engine="osrm", cache_dir=cache)
    net = load_network(extract, profile, cache_dir=cache)
    picked = np.random.default_rng(seed).choice(len(net.lat), count, replace=False)
    points = [LatLon(lat, lon) for lat, lon in zip(net.lat[picked], net.lon[picked], strict=True)]
    near = (reference.snap(points).distance_m < 5) & (ours.snap(points).distance_m < 5)
    points = [point for point, kept in zip(points, near, strict=True) if kept]
    a, b = ours.matrix(points), reference.matrix(points)
    pairs = (b.duration_s >= SHORTEST_S) & (b.duration_s < 2**30) & (a.duration_s < 2**30)
    time = a.duration_s[pairs] / b.duration_s[pairs]
    way = a.distance_m[pairs] / np.maximum(b.distance_m[pairs], 1)
    return {
        "pairs": int(pairs.sum()),
        "median": float(np.median(time)),
        "p5": float(np.percentile(time, 5)),
        "p95": float(np.percentile(time, 95)),
        "within 10%": float((np.abs(time - 1) <= 0.1).mean()),
        "correlation": float(np.corrcoef(a.duration_s[pairs], b.duration_s[pairs])[0, 1]),
        "median distance": float(np.median(way)),
    }


def main() -> None:
    """Print one row a file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("extracts", nargs="+", type=Path)
    parser.add_argument("--profile", default="car")
    parser.add_argument("--points", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path(tempfile.gettempdir()) / "doorstep-bench")
    given = parser.parse_args()
    for path in given.extracts:
        row = compare(Extract.open(path), given.profile, given.points, given.seed, given.cache)
        print(
            path.name,
            given.profile,
            ", ".join(f"{name} {value:.3f}" for name, value in row.items()),
            flush=True,
        )


if __name__ == "__main__":
    main()
