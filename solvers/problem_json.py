"""A problem as JSON, to keep, to send to another machine or to attach to a bug report. Ids and integers only."""

from __future__ import annotations

import base64
import json
import zlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from solvers.errors import ProblemError
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import Int32Matrix, TravelMatrix
from solvers.vehicle import Balance, Break, Measure, Vehicle

FORMAT = "solvers.problem/1"


def problem_to_dict(problem: Problem) -> dict[str, Any]:
    """Plain values for JSON. Matrices are base64 of zlib-compressed little-endian int32, row by row."""
    return {
        "format": FORMAT,
        "name": problem.name,
        "tasks": [_plain(asdict(task)) for task in problem.tasks],
        "vehicles": [_plain(asdict(vehicle)) for vehicle in problem.vehicles],
        "balances": [_plain(asdict(balance)) for balance in problem.balances],
        "travel": {
            profile: {
                "places": matrix.places,
                "duration": _pack(matrix.duration),
                "distance": _pack(matrix.distance),
            }
            for profile, matrix in problem.travel.items()
        },
    }


def problem_from_dict(data: dict[str, Any]) -> Problem:
    """The problem that `problem_to_dict` described. Raises `ProblemError` on any other shape or content."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        raise ProblemError.of(
            "problem_file", (), f"not a problem: a JSON object of format {FORMAT} is expected"
        )
    try:
        tasks = tuple(_task(row) for row in data["tasks"])
        vehicles = tuple(_vehicle(row) for row in data["vehicles"])
        travel = {profile: _matrix(packed) for profile, packed in data["travel"].items()}
        balances = tuple(_balance(row) for row in data["balances"])
        name = str(data["name"])
    except (KeyError, TypeError, ValueError, AttributeError, zlib.error) as error:
        cause = f"not a problem: {type(error).__name__} at {error}"
        raise ProblemError.of("problem_file", (), cause) from None
    return Problem(name, tasks, vehicles, travel, balances)


def save_problem(problem: Problem, path: Path) -> None:
    """Write the problem as JSON."""
    path.write_text(json.dumps(problem_to_dict(problem)), encoding="utf-8")


def load_problem(path: Path) -> Problem:
    """Read a problem. Raises OSError when the file cannot be read, `ProblemError` when it holds none."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError):
        raise ProblemError.of("problem_file", (), "not a problem: the file is no JSON") from None
    return problem_from_dict(data)


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {key: sorted(value) if isinstance(value, frozenset) else value for key, value in row.items()}


def _task(row: dict[str, Any]) -> Task:
    values = dict(row)
    values["windows"] = tuple(Window(**window) for window in row["windows"])
    values["prize_bands"] = tuple(PrizeBand(**band) for band in row["prize_bands"])
    values["skills"] = frozenset(row["skills"])
    values["vehicle_costs"] = tuple((str(vehicle), cost) for vehicle, cost in row["vehicle_costs"])
    values["vehicles"] = None if row["vehicles"] is None else frozenset(row["vehicles"])
    return Task(**values)


def _vehicle(row: dict[str, Any]) -> Vehicle:
    values = dict(row)
    values["skills"] = frozenset(row["skills"])
    values["breaks"] = tuple(Break(**rest) for rest in row["breaks"])
    return Vehicle(**values)


def _balance(row: dict[str, Any]) -> Balance:
    measure, vehicles = Measure(row["measure"]), frozenset(row["vehicles"])
    return Balance(row["id"], vehicles, measure, row["target"], row["price"])


def _pack(matrix: Int32Matrix) -> str:
    return base64.b64encode(zlib.compress(matrix.astype("<i4").tobytes(), 6)).decode("ascii")


def _matrix(packed: dict[str, Any]) -> TravelMatrix:
    size = int(packed["places"])

    def unpack(text: str) -> Int32Matrix:
        raw = zlib.decompress(base64.b64decode(text))
        return np.frombuffer(raw, dtype="<i4").reshape(size, size).astype(np.int32)

    return TravelMatrix(unpack(packed["duration"]), unpack(packed["distance"]))
