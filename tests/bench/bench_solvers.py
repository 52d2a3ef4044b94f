"""Solve field-visit days and print what came out, judged by the evaluation.

    python tests/bench/bench_solvers.py [--seconds S] [--seed N ...] [--ortools-only] FILE...

Without files: the two smaller days of ../shared/bench/fieldday (10 s and 30 s), if that folder is there.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import time
from pathlib import Path

from solvers.errors import ProblemError
from solvers.formats.fieldday import read_fieldday
from solvers.pipeline import Settings
from solvers.solve import Result, solve

SHARED = Path(__file__).resolve().parents[3] / "shared" / "bench" / "fieldday"
USUAL = (("fieldday-120-6-s11.json", 10.0), ("fieldday-300-15-s7.json", 30.0))


def main() -> int:
    arguments = _arguments()
    days = [(path, arguments.seconds or 30.0) for path in arguments.files]
    if not days:
        days = [(SHARED / name, arguments.seconds or seconds) for name, seconds in USUAL]
    if missing := [path for path, _ in days if not path.exists()]:
        print(f"not there, nothing measured: {', '.join(map(str, missing))}", file=sys.stderr)
        return 2
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; one core a search"
    )
    print(
        f"{'day':24}{'seconds':>8}{'seed':>6}{'wall':>7}{'objective':>12}{'served':>8}{'violations':>12}  steps by phase"
    )
    settings = Settings(polish_share=1.0) if arguments.ortools_only else Settings()
    for path, seconds in days:
        for seed in arguments.seed:
            try:
                problem = read_fieldday(path)
            except ProblemError as error:
                print(f"{path.name}: {error}", file=sys.stderr)
                return 2
            began = time.perf_counter()
            result = solve(problem, time_limit_s=seconds, seed=seed, settings=settings)
            wall = time.perf_counter() - began
            print(_line(problem.name, seconds, seed, wall, result), flush=True)
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--seed", type=int, nargs="+", default=[1])
    parser.add_argument(
        "--ortools-only", action="store_true", help="all the time after the first plan to OR-Tools"
    )
    return parser.parse_args()


def _line(name: str, seconds: float, seed: int, wall: float, result: Result) -> str:
    verdict = result.evaluation
    phases = {news.phase: news.objective for news in result.history}
    trail = " -> ".join(f"{phase} {objective}" for phase, objective in phases.items())
    numbers = f"{verdict.total:>12}{verdict.served:>8}{len(verdict.violations):>12}"
    return f"{name:24}{seconds:>8g}{seed:>6}{wall:>7.1f}{numbers}  {trail}"


if __name__ == "__main__":
    sys.exit(main())
