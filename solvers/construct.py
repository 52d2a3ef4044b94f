"""A first plan, quickly and always the same: greedy insertion, the most profitable per second first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from solvers.insertion import WORTHLESS, Draft, Ints
from solvers.problem import Problem

MANDATORY_BONUS = np.int64(2**55)


class Inserter:
    """Keeps, for every open task and vehicle, the best insertion, and applies the best of all, again and again."""

    def __init__(self, draft: Draft, tasks: Sequence[int], *, density: float = 1.0) -> None:
        self.draft, self.density = draft, density
        self.open: Ints = np.array(sorted(tasks), dtype=np.int64)
        shape = (len(self.open), len(draft.vehicles))
        self.earns = np.full(shape, WORTHLESS)
        self.position = np.zeros(shape, dtype=np.int64)
        self.score = np.full(shape, -np.inf)
        self.urgent = np.array([draft.tasks[task].mandatory for task in self.open], dtype=bool)
        for vehicle in range(shape[1]):
            self._refresh(vehicle)

    def _refresh(self, vehicle: int) -> None:
        rows = np.flatnonzero(self.draft.fits[self.open, vehicle] & (self.open >= 0))
        earns, position, added = self.draft.insertions(vehicle, self.open[rows])
        self.earns[:, vehicle], self.score[:, vehicle] = WORTHLESS, -np.inf
        self.earns[rows, vehicle], self.position[rows, vehicle] = earns, position
        time = np.maximum(added + self.draft.service[self.open[rows]], 1).astype(np.float64)
        score = np.where(earns > 0, earns / time**self.density, -np.inf)
        urgent = self.urgent[rows] & (earns > WORTHLESS)
        self.score[rows, vehicle] = np.where(urgent, 1e30 + earns, score)

    def run(self, stop: Callable[[], bool] | None = None) -> None:
        """Insert until nothing that is open earns its cost (mandatory tasks go in whatever they cost)."""
        while self.score.size and not (stop is not None and stop()):
            row, vehicle = np.unravel_index(int(self.score.argmax()), self.score.shape)
            if not np.isfinite(self.score[row, vehicle]):
                return
            self._insert(int(row), int(vehicle))

    def _insert(self, row: int, vehicle: int) -> None:
        draft, task = self.draft, int(self.open[row])
        order, at = draft.plans[vehicle].order, int(self.position[row, vehicle])
        before = draft.cost(vehicle)
        taken = draft.set_order(vehicle, (*order[:at], task, *order[at:]))
        if taken and draft.cost(vehicle) >= before and not self.urgent[row]:
            draft.set_order(vehicle, order)
            taken = False
        if not taken:
            self.score[row, vehicle] = -np.inf
            return
        keep = np.arange(len(self.open)) != row
        self.open, self.urgent = self.open[keep], self.urgent[keep]
        self.earns, self.position, self.score = self.earns[keep], self.position[keep], self.score[keep]
        self._refresh(vehicle)


def construct(problem: Problem, stop: Callable[[], bool] | None = None, *, density: float = 1.0) -> Draft:
    """A feasible plan by greedy insertion. Stops early, with what it has, when `stop` says so."""
    draft = Draft(problem)
    Inserter(draft, range(len(problem.tasks)), density=density).run(stop)
    return draft
