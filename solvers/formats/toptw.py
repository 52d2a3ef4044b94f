"""Team orienteering with time windows in Vansteenwegen's text format: few agents, more places than time.

Distances are Euclidean, truncated to one decimal for the instances after Solomon (c, r, rc) and to two for
those after Cordeau (pr), as the literature does (Vansteenwegen et al. 2009). The problem counts in tenths or
hundredths accordingly. The profit of a place is its prize and travel costs nothing.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from solvers.formats.instance import (
    BenchInstance,
    Family,
    FormatError,
    Goal,
    best_known_table,
    figure,
    numbers,
    text_of,
    truncated,
)
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.vehicle import Vehicle

_HEADER_LINES = 2
_FEWEST = 9  # number, x, y, visit, profit, ..., opening, closing


def read_toptw(path: Path, agents: int) -> BenchInstance:
    """The instance in this file for so many agents, who leave and return within the depot's hours.

    The best known profit is looked up in `best_known.json` beside it, by agents and name. Raises OSError,
    `FormatError`, or ValueError for less than one agent.
    """
    if agents < 1:
        raise ValueError("at least one agent is needed")
    lines = [(number, line.split()) for number, line in enumerate(text_of(path).splitlines(), start=1)]
    lines = [(number, words) for number, words in lines if words]
    if len(lines) <= _HEADER_LINES + 1:
        raise FormatError.at(
            path, None, "not a TOPTW file: two lines of header, a depot and places are expected"
        )
    rows = [numbers(path, number, words, _FEWEST) for number, words in lines[_HEADER_LINES:]]
    scale = 100 if path.stem.lower().startswith("pr") else 10
    depot, places = rows[0], rows[1:]
    tasks = tuple(
        Task(
            str(int(row[0])),
            place,
            (Window(round(row[-2] * scale), round(row[-1] * scale)),),
            round(row[3] * scale),
            prize=_profit(path, line, row[4]),
        )
        for place, (row, (line, _)) in enumerate(
            zip(places, lines[_HEADER_LINES + 1 :], strict=True), start=1
        )
    )
    opens, closes = round(depot[-2] * scale), round(depot[-1] * scale)
    vehicles = tuple(
        Vehicle(f"v{k}", 0, 0, opens, closes, cost_per_travel_second=0) for k in range(1, agents + 1)
    )
    name = f"{path.stem} m={agents}"
    travel = truncated(np.array([row[1:3] for row in rows]), scale)
    table = best_known_table(path).get(str(agents), {})
    best = figure(path, table.get(path.stem) if isinstance(table, dict) else None)
    problem = Problem(name, tasks, vehicles, travel)
    return BenchInstance(name, Family.TOPTW, problem, best, goal=Goal.PROFIT)


def _profit(path: Path, line: int, value: float) -> int:
    if value != int(value) or value < 0:
        raise FormatError.at(path, line, "a profit is an integer from 0")
    return int(value)
