"""What a benchmark file becomes: a problem, what is known of it, and how its family states an answer's worth."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from solvers.errors import Fault, ProblemError
from solvers.evaluate import Evaluation
from solvers.problem import Problem
from solvers.travel import DEFAULT_PROFILE, UNREACHABLE, TravelMatrix

_JUST_BELOW = 1e-7  # a product that falls short of an integer by rounding alone is that integer


class FormatError(ProblemError):
    """A file that does not hold what its format demands: which file, which line, why, how to mend it."""

    @classmethod
    def at(cls, path: Path, line: int | None, message: str) -> FormatError:
        """An error in this line (from 1), or in the file as a whole."""
        where = path.name if line is None else f"{path.name}, line {line}"
        return cls((Fault("problem_file", (), f"{where}: {message}"),))


class Family(StrEnum):
    """The kinds of instance that are read."""

    FIELDDAY = "fieldday"
    VRPTW = "vrptw"
    PCVRPTW = "pcvrptw"
    SDVRPTW = "sdvrptw"
    MDVRPTW = "mdvrptw"
    TOPTW = "toptw"


class Goal(StrEnum):
    """What the family's figures are: a cost to be minimised or a profit to be maximised."""

    COST = "cost"
    PROFIT = "profit"


@dataclass(frozen=True, slots=True)
class BenchInstance:
    """A benchmark problem. `scale` units of the problem's objective are one unit of the published figures.

    `best_known` is in published units; None where none is known.
    """

    name: str
    family: Family
    problem: Problem
    best_known: float | None = None
    scale: int = 1
    goal: Goal = Goal.COST

    def value(self, evaluation: Evaluation) -> float:
        """An answer's worth as the family publishes it."""
        units = evaluation.total if self.goal is Goal.COST else evaluation.collected
        return units / self.scale

    def gap(self, evaluation: Evaluation) -> float | None:
        """Per cent that an answer is worse than the best known (negative: better), or None."""
        if not self.best_known:
            return None
        behind = (self.value(evaluation) - self.best_known) / self.best_known * 100
        return behind if self.goal is Goal.COST else 0.0 - behind


def truncated(xy: NDArray[np.float64], scale: int) -> dict[str, TravelMatrix]:
    """Euclidean distances between these points (n, 2), times `scale`, without what is behind the point."""
    return _travel(np.floor(_distances(xy) * scale + _JUST_BELOW))


def rounded(xy: NDArray[np.float64], scale: int) -> dict[str, TravelMatrix]:
    """Euclidean distances between these points (n, 2), times `scale`, to the nearest integer."""
    return _travel(np.rint(_distances(xy) * scale))


def _distances(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    dx, dy = (xy[:, None, axis] - xy[None, :, axis] for axis in (0, 1))
    return np.sqrt(dx * dx + dy * dy)


def _travel(table: NDArray[np.float64]) -> dict[str, TravelMatrix]:
    if table.size and table.max() >= UNREACHABLE:
        raise ProblemError.of("matrix_range", (), "the places lie too far apart for 32-bit distances")
    units = table.astype(np.int32)
    return {DEFAULT_PROFILE: TravelMatrix(units, units)}


def text_of(path: Path) -> str:
    """The file's text. Raises OSError when it cannot be read, `FormatError` when it is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise FormatError.at(path, None, "this is no text file") from None


def numbers(path: Path, line: int, words: Sequence[str], least: int) -> list[float]:
    """The words of a line as finite numbers, at least so many. Raises `FormatError`."""
    if len(words) < least:
        raise FormatError.at(path, line, f"{least} numbers are expected, {len(words)} words are there")
    values = []
    for column, word in enumerate(words, start=1):
        try:
            value = float(word)
        except ValueError:
            value = float("nan")
        if not np.isfinite(value):
            raise FormatError.at(path, line, f"word {column} is {word[:20]!r} where a number is expected")
        values.append(value)
    return values


def best_known_table(path: Path) -> dict[str, Any]:
    """The `best_known.json` in the file's folder; empty when there is none. Raises `FormatError`."""
    beside = path.with_name("best_known.json")
    if not beside.exists():
        return {}
    try:
        table = json.loads(text_of(beside))
    except json.JSONDecodeError as error:
        raise FormatError.at(beside, error.lineno, "this is no JSON") from None
    if not isinstance(table, dict):
        raise FormatError.at(beside, None, "a JSON object is expected")
    return table


def figure(path: Path, value: object) -> float | None:
    """A best known figure out of such a table. Raises `FormatError` when it is no number."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        beside = path.with_name("best_known.json")
        raise FormatError.at(beside, None, f"the figure of {path.stem} is no number")
    return float(value)
