"""`make bench`: every benchmark on the public extracts beside the project, with machine and commands."""

from __future__ import annotations

import platform
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
OSM = ROOT.parent / "shared" / "osm"
FIELDDAY = ROOT.parent / "shared" / "bench" / "fieldday"
RUNS = (
    ("bench_roads.py", str(OSM / "porto.osm.pbf"), "--points", "1000", "3000", "--seed", "1"),
    ("compare_osrm.py", *(str(OSM / f"{city}.osm.pbf") for city in ("milan", "kbh", "porto")), "--seed", "1"),
    ("bench_gazetteer.py", str(OSM / "kbh.osm.pbf"), "--queries", "2000", "--seed", "1"),
    ("bench_solvers.py", str(FIELDDAY / "fieldday-120-6-s11.json"), "--seconds", "10"),
)


def main() -> int:
    """Run them one after another; what is missing is said and passed over."""
    print(f"{platform.machine()}, Python {platform.python_version()}, ortools {version('ortools')}")
    for script, *arguments in RUNS:
        missing = [
            Path(path).name
            for path in arguments
            if path.endswith((".pbf", ".json")) and not Path(path).is_file()
        ]
        if missing:
            print(f"{script}: left out, {', '.join(missing)} is not beside the project")
            continue
        print(
            f"\n$ python tests/bench/{script} {' '.join(Path(a).name if '/' in a else a for a in arguments)}",
            flush=True,
        )
        done = subprocess.run(
            [sys.executable, str(ROOT / "tests" / "bench" / script), *arguments], check=False
        )
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
