"""What an engine must offer to be measured, and where the engines live."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.util
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol

from solvers.problem import Problem

Orders = Mapping[str, tuple[str, ...]]
"""Task ids in order, by vehicle id."""

EXTRA = "pip install 'doorstep[bench]'"


@dataclass(frozen=True, slots=True)
class Fit:
    """How well an engine can express a problem.

    `obstacle` says which rule it cannot keep, so that its plans would be worth nothing; None if there is none.
    `shortcuts` say what of the objective it sees only in part: it is judged by all of it nonetheless.
    """

    obstacle: str | None = None
    shortcuts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to, and the seconds until its first plan where the engine tells."""

    orders: Orders
    first_plan_s: float | None = None


class Engine(Protocol):
    """One engine. Its methods but `fit` are called in a process of its own."""

    seeded: bool
    """Whether the seed makes a difference: an engine without luck is run once."""

    def fit(self, problem: Problem) -> Fit:
        """What of this problem it can express. Must not need the engine's package."""

    def warm_up(self, cores: int) -> None:
        """Import and compile what is needed, and start what else is, outside the time that is measured."""

    def solve(self, problem: Problem, until: float, seed: int, cores: int) -> Found:
        """The best orders found by the instant `until` of `time.monotonic`, everything counted."""


class _Entry(NamedTuple):
    module: str
    package: str  # as imported
    distribution: str  # as installed


_ENGINES = {
    "doorstep": _Entry("solvers.bench.own", "solvers", "doorstep"),
    "ortools": _Entry("solvers.bench.with_ortools", "ortools", "ortools"),
    "pyvrp": _Entry("solvers.bench.with_pyvrp", "pyvrp", "pyvrp"),
    "vroom": _Entry("solvers.bench.with_vroom", "vroom", "pyvroom"),
}
NAMES = tuple(_ENGINES)


def load(name: str) -> Engine:
    """The engine of this name. Raises KeyError for another one."""
    engine: Engine = importlib.import_module(_ENGINES[name].module).ENGINE
    return engine


def missing(name: str) -> str | None:
    """How to install this engine, or None if it is there."""
    entry = _ENGINES[name]
    if importlib.util.find_spec(entry.package) is not None:
        return None
    return f"{entry.distribution} is not installed: {EXTRA}"


def version(name: str) -> str:
    """The version of the engine that is installed, or "unknown"."""
    try:
        return importlib.metadata.version(_ENGINES[name].distribution)
    except importlib.metadata.PackageNotFoundError:
        return "unknown"
