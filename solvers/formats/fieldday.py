"""Field-visit days as JSON: optional tasks with prizes in travel seconds, one or two windows, agents with a break.

Travel from place to place takes ceil(1.3 x euclidean km / 25 km/h x 3600) seconds.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from solvers.errors import ProblemError
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.travel import DEFAULT_PROFILE, TravelMatrix
from solvers.vehicle import Break, Vehicle


def read_fieldday(path: Path) -> Problem:
    """The day in this file. Raises OSError when it cannot be read, `ProblemError` when it is no such day."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except ValueError:
        raise ProblemError.of("problem_file", (), "not a field day: the file is no JSON") from None
    return day_of(data)


def day_of(data: Any) -> Problem:
    """The day in a file's JSON values. Raises `ProblemError` when they are no such day."""
    try:
        tasks = tuple(_task(row) for row in data["tasks"])
        vehicles = tuple(_vehicle(row) for row in data["agents"])
        places, name = np.asarray(data["places_km"], dtype=float).reshape(-1, 2), str(data["name"])
    except (KeyError, TypeError, ValueError) as error:
        cause = f"not a field day: {type(error).__name__} at {error}"
        raise ProblemError.of("problem_file", (), cause) from None
    return Problem(name, tasks, vehicles, {DEFAULT_PROFILE: _travel(places)})


def _task(row: dict[str, Any]) -> Task:
    windows = tuple(Window(start, end) for start, end in row["windows_s"])
    skills = frozenset() if row["skill"] is None else frozenset({str(row["skill"])})
    return Task(row["id"], row["place"], windows, row["service_s"], row["prize"], skills=skills)


def _vehicle(row: dict[str, Any]) -> Vehicle:
    rest = row["break_"]
    shift_start, shift_end = row["shift_s"]
    return Vehicle(
        row["id"],
        row["start_place"],
        row["end_place"],
        shift_start,
        shift_end,
        skills=frozenset(str(skill) for skill in row["skills"]),
        breaks=(Break(rest["duration_s"], rest["earliest_start_s"], rest["latest_start_s"]),),
    )


def _travel(places: np.ndarray[Any, np.dtype[np.float64]]) -> TravelMatrix:
    kilometres = 1.3 * np.linalg.norm(places[:, None, :] - places[None, :, :], axis=2)
    seconds = np.ceil(kilometres / 25 * 3600)
    return TravelMatrix(seconds.astype(np.int32), np.rint(kilometres * 1000).astype(np.int32))
