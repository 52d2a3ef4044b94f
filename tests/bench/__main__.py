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
CITIES = [str(OSM / f"{city}.osm.pbf") for city in ("milan", "kbh", "porto")]
RUNS = (
    ("python", "tests/bench/bench_roads.py", str(OSM / "porto.osm.pbf"), "--points", "1000", "3000", "--seed", "1"),
    ("python", "tests/bench/compare_osrm.py", *CITIES, "--seed", "1"),
    ("python", "tests/bench/bench_gazetteer.py", str(OSM / "kbh.osm.pbf"), "--queries", "2000", "--seed", "1"),
    ("python", "tests/bench/bench_replan.py", str(FIELDDAY / "fieldday-300-15-s7.json"), "--seconds", "1"),
    ("doorstep", "bench", str(FIELDDAY / "fieldday-120-6-s11.json"), "--seconds", "10", "--seeds", "1,2,3"),
    ("doorstep", "bench", str(FIELDDAY / "fieldday-300-15-s7.json"), "--seconds", "30", "--seeds", "1,2,3"),
)  # fmt: skip


def main() -> int:
    """Run them one after another; what is missing is said and passed over."""
    print(f"{platform.machine()}, Python {platform.python_version()}, ortools {version('ortools')}")
    for command in RUNS:
        inputs = [Path(word) for word in command if word.endswith((".pbf", ".json"))]
        missing = [path.name for path in inputs if not path.is_file()]
        told = " ".join(Path(word).name if Path(word) in inputs else word for word in command)
        if missing:
            print(f"{told}: left out, {', '.join(missing)} is not beside the project")
            continue
        print(f"\n$ {told}", flush=True)
        program = sys.executable if command[0] == "python" else Path(sys.executable).with_name(command[0])
        done = subprocess.run([program, *command[1:]], check=False, cwd=ROOT)
        if done.returncode:
            return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
