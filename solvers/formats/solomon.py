"""Vehicle routing with time windows in Solomon's text format (Solomon 1987; Gehring & Homberger 1999).

Distances are Euclidean, truncated to one decimal (the rule of the 12th DIMACS challenge); travel takes as long
as it is far. The problem counts in tenths: times, windows and distances are ten times the file's.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from solvers.formats.instance import (
    BenchInstance,
    Family,
    FormatError,
    best_known_table,
    figure,
    numbers,
    text_of,
    truncated,
)
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.vehicle import Vehicle

SCALE = 10
_CUSTOMER = 7  # number, x, y, demand, ready, due, service


def read_solomon(path: Path) -> BenchInstance:
    """The instance in this file, every customer mandatory, as many vehicles as the file allows.

    The best known cost is looked up in `best_known.json` beside it. Raises OSError, or `FormatError`.
    """
    lines = [(number, line.split()) for number, line in enumerate(text_of(path).splitlines(), start=1)]
    rows = [(number, words) for number, words in lines if words and words[0].lstrip("-")[:1].isdigit()]
    if not any(words and words[0].upper() == "VEHICLE" for _, words in lines) or len(rows) < 2:
        raise FormatError.at(
            path, None, "not a Solomon file: a part VEHICLE and a part CUSTOMER are expected"
        )
    at, words = rows[0]
    count, capacity = _whole(path, at, numbers(path, at, words, 2))[:2]
    table = [numbers(path, number, words, _CUSTOMER)[:_CUSTOMER] for number, words in rows[1:]]
    units = [
        _whole(path, number, [row[0], row[3], *(SCALE * value for value in row[4:])])
        for (number, _), row in zip(rows[1:], table, strict=True)
    ]
    tasks = tuple(
        Task(str(number), place, (Window(ready, due),), service, mandatory=True, load=demand)
        for place, (number, demand, ready, due, service) in enumerate(units)
        if place > 0
    )
    _, _, opens, closes, _ = units[0]
    vehicles = tuple(Vehicle(f"v{k}", 0, 0, opens, closes, capacity=capacity) for k in range(1, count + 1))
    travel = truncated(np.array([row[1:3] for row in table]), SCALE)
    best = figure(path, best_known_table(path).get(path.name))
    return BenchInstance(
        path.stem, Family.VRPTW, Problem(path.stem, tasks, vehicles, travel), best, scale=SCALE
    )


def _whole(path: Path, line: int, values: list[float]) -> list[int]:
    if any(value != int(value) for value in values):
        raise FormatError.at(path, line, "times have at most one decimal, counts and demands none")
    return [int(value) for value in values]
