"""Reading `[selection]` of doorstep.toml: every complaint names the table and key."""

from __future__ import annotations

import difflib
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from scheduler.model.findings import DoorstepError

Floats = NDArray[np.float64]


class SelectionError(DoorstepError):
    """Something in `[selection]` that cannot be used, named by table and key."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A staircase: from each of `bounds` on, the value beside it. The first bound is 0."""

    bounds: tuple[float, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, *pairs: tuple[float, float]) -> Steps:
        """From (bound, value) pairs in ascending order."""
        return cls(tuple(bound for bound, _ in pairs), tuple(value for _, value in pairs))

    def at(self, x: float) -> float:
        """The value at `x` >= 0."""
        return self.values[bisect_right(self.bounds, x) - 1]

    def at_all(self, xs: Iterable[float]) -> Floats:
        """The values at each of `xs`, shape (n,)."""
        wanted = np.fromiter(xs, dtype=np.float64)
        index = np.searchsorted(np.array(self.bounds, dtype=np.float64), wanted, side="right") - 1
        found: Floats = np.array(self.values, dtype=np.float64)[index]
        return found

    def step(self, x: float) -> str:
        """The step that `x` falls on, as "30-59" or "360+"."""
        index = bisect_right(self.bounds, x) - 1
        low = f"{self.bounds[index]:g}"
        return f"{low}-{self.bounds[index + 1] - 1:g}" if index + 1 < len(self.bounds) else f"{low}+"


class TableReader:
    """One table of the settings: reads what is there, defaults for the rest, refuses what it does not know."""

    def __init__(self, place: str, raw: Any) -> None:
        self.place = place
        if not isinstance(raw, Mapping):
            raise SelectionError(f"doorstep.toml: [{place}] is a table")
        self.raw = raw

    def wrong(self, key: str, what: str, mend: str = "") -> SelectionError:
        return SelectionError(f"doorstep.toml: [{self.place}] {key}: {what}", mend=mend)

    def only(self, *known: str) -> None:
        for key in self.raw:
            if key not in known:
                near = difflib.get_close_matches(key, known, n=1)
                hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(sorted(known))}."
                raise self.wrong(key, "it is not a setting", hint)

    def sub(self, key: str) -> TableReader:
        return TableReader(f"{self.place}.{key}", self.raw.get(key, {}))

    def whole(self, key: str, default: int, least: int, most: int) -> int:
        value = self.raw.get(key, default)
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise self.wrong(key, f"it is a whole number from {least} to {most}")
        return value

    def number(self, key: str, default: float, least: float, most: float) -> float:
        return _number(self, key, self.raw.get(key, default), least, most)

    def codes(self, key: str, default: frozenset[str]) -> frozenset[str]:
        value = self.raw.get(key)
        if value is None:
            return default
        if not isinstance(value, list) or not all(isinstance(entry, str) for entry in value):
            raise self.wrong(key, "it is a list of texts")
        return frozenset(value)

    def numbers(self, default: Mapping[str, float], least: float, most: float) -> dict[str, float]:
        """A whole table of named numbers over its defaults."""
        given = {key: _number(self, key, value, least, most) for key, value in self.raw.items()}
        return {**default, **given}

    def steps(self, key: str, default: Steps, least: float, most: float) -> Steps:
        """A staircase written as [[0, 10], [30, 4]]."""
        value = self.raw.get(key)
        if value is None:
            return default
        mend = f"Write {key} = [[0, 10], [30, 4]]: from each bound on, the value beside it."
        if not isinstance(value, list) or not all(isinstance(p, list) and len(p) == 2 for p in value):
            raise self.wrong(key, "it is a list of pairs", mend)
        pairs = [
            (_number(self, key, bound, 0, 1e12), _number(self, key, step, least, most))
            for bound, step in value
        ]
        bounds = [bound for bound, _ in pairs]
        if not bounds or bounds[0] != 0 or any(a >= b for a, b in pairwise(bounds)):
            raise self.wrong(key, "its bounds start at 0 and rise", mend)
        return Steps.of(*pairs)


def _number(table: TableReader, key: str, value: Any, least: float, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value <= most:
        raise table.wrong(key, f"a number from {least:g} to {most:g} is expected")
    return float(value)
