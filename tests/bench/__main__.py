"""`make bench`: every benchmark on the public inputs beside the project, with machine and commands.

`python -m tests.bench engine` runs those of one subject alone: roads, addresses, engine, size. The whole takes a night.
"""

from __future__ import annotations

import platform
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
OSM = ROOT.parent / "shared" / "osm"
BENCH = ROOT.parent / "shared" / "bench"


class Engines(NamedTuple):
    """One line of the engine's results."""

    files: tuple[str, ...]
    seconds: int
    peers: str
    agents: int = 0


_PYVRP, _FIELD = "doorstep,pyvrp", "doorstep,ortools,vroom"
_ENGINE = (
    Engines(("fieldday/fieldday-120-*.json",), 10, _FIELD),
    Engines(("fieldday/fieldday-300-*.json",), 30, _FIELD),
    Engines(("fieldday/fieldday-1000-*.json",), 60, _FIELD),
    Engines(("vrptw/[CR]*.txt",), 10, _PYVRP),
    Engines(("vrptw/*_2_*.txt", "vrptw/*_4_*.txt"), 60, _PYVRP),
    Engines(("vrptw/*_6_*.txt", "vrptw/*_10_*.txt"), 60, _PYVRP),
    Engines(("pcvrptw/*.vrp",), 60, _PYVRP),
    Engines(("sdvrptw/*.vrp",), 60, _PYVRP),
    Engines(("mdvrptw/*.vrp",), 60, _PYVRP),
    *(Engines(("toptw/*.txt",), 10, _PYVRP, agents) for agents in (1, 2, 3, 4)),
)
# tasks, agents, days, seconds, engines: as many seconds a task in the last three
_MADE = (
    (50, 3, 1, 10, _FIELD),
    (120, 6, 1, 10, _FIELD),
    (300, 15, 1, 30, _FIELD),
    (600, 30, 1, 60, _FIELD),
    (50, 2, 5, 10, _FIELD),
    (300, 4, 5, 30, _FIELD),
    (1000, 10, 5, 60, _FIELD),
    (1000, 40, 1, 60, _FIELD),
    (3000, 120, 1, 180, "doorstep"),
    (10_000, 400, 1, 600, "doorstep"),
)
Command = tuple[str, ...]


def _roads(_folder: Path) -> Iterator[Command]:
    cities = [str(OSM / f"{city}.osm.pbf") for city in ("milan", "kbh", "porto")]
    yield ("python", "tests/bench/bench_roads.py", cities[2], "--points", "1000", "3000", "--seed", "1")
    yield ("python", "tests/bench/compare_osrm.py", *cities, "--seed", "1")


def _addresses(_folder: Path) -> Iterator[Command]:
    yield (
        "python", "tests/bench/bench_gazetteer.py", str(OSM / "kbh.osm.pbf"), "--queries", "2000", "--seed", "1",
    )  # fmt: skip


def _engine(_folder: Path) -> Iterator[Command]:
    for run in _ENGINE:
        files = sorted(str(path) for pattern in run.files for path in BENCH.glob(pattern))
        agents = ("--agents", str(run.agents)) if run.agents else ()
        yield _bench(files or [str(BENCH / run.files[0])], run.seconds, "1,2,3", run.peers, *agents)
    yield (
        "python", "tests/bench/bench_replan.py", str(BENCH / "fieldday" / "fieldday-300-15-s7.json"), "--seconds", "1",
    )  # fmt: skip


def _size(folder: Path) -> Iterator[Command]:
    for tasks, agents, days, seconds, engines in _MADE:
        made = str(folder / f"made-{tasks}-{agents}-{days}.json")
        how = ("--tasks", str(tasks), "--agents", str(agents), "--days", str(days), "--seed", "7")
        yield ("doorstep", "bench", "generate", "--roads", str(OSM / "porto.osm.pbf"), *how, "--out", made)
        yield _bench([made], seconds, "1,2,3" if engines == _FIELD else "1", engines)


def _bench(files: list[str], seconds: int, seeds: str, engines: str, *more: str) -> Command:
    how = ("--seconds", str(seconds), "--cores", "1", "--seeds", seeds, "--engines", engines)
    return ("doorstep", "bench", *files, *how, *more)


_SUBJECTS = {"roads": _roads, "addresses": _addresses, "engine": _engine, "size": _size}


def main(subjects: list[str]) -> int:
    """Run them one after another; what is missing is said and passed over."""
    strange = [name for name in subjects if name not in _SUBJECTS]
    if strange:
        print(f"{strange[0]} is no subject: {', '.join(_SUBJECTS)}", file=sys.stderr)
        return 2
    print(f"{platform.machine()}, Python {platform.python_version()}, ortools {version('ortools')}")
    with tempfile.TemporaryDirectory() as folder:
        for name in subjects or _SUBJECTS:
            for command in _SUBJECTS[name](Path(folder)):
                code = _run(command)
                if code:
                    return code
    return 0


def _run(command: Command) -> int:
    inputs = {word for word in command if Path(word).is_absolute()}
    told = " ".join(Path(word).name if word in inputs else word for word in command)
    missing = [
        Path(word).name
        for before, word in pairwise(command)
        if word in inputs and before != "--out" and not Path(word).is_file()
    ]
    if missing:
        print(f"{told}: left out, {', '.join(missing)} is not beside the project")
        return 0
    print(f"\n$ {told}", flush=True)
    program = sys.executable if command[0] == "python" else Path(sys.executable).with_name(command[0])
    return subprocess.run([program, *command[1:]], check=False, cwd=ROOT).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
