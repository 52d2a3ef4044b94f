"""OR-Tools' routing solver as most people use it: a first plan by cheapest insertion, then guided local search."""

from __future__ import annotations

import time
from importlib import import_module

from solvers.bench.engine import Fit, Found
from solvers.bench.rules import occurring, with_ties_broken
from solvers.problem import Problem


class OrTools:
    """The whole problem as one routing model, searched from scratch."""

    seeded = False

    def fit(self, problem: Problem) -> Fit:
        """Everything can be expressed but balances."""
        return Fit(shortcuts=("balances are not seen",) if occurring(problem).balances else ())

    def warm_up(self, cores: int) -> None:  # noqa: ARG002
        """Import OR-Tools."""
        import_module("solvers.ortools.plain")

    def solve(self, problem: Problem, until: float, seed: int, cores: int) -> Found:  # noqa: ARG002
        """Build the model and search until the instant `until`. It uses one core."""
        from solvers.ortools.plain import solve_plain

        return Found(solve_plain(with_ties_broken(problem), lambda: until - time.monotonic()))


ENGINE = OrTools()
