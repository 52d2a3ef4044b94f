"""A first plan, quickly and always the same: greedy insertion, the most profitable per second first."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from solvers.insertion import WORTHLESS, Draft, Ints
from solvers.problem import Problem


class Inserter:
    """Keeps the best insertion of every open task into every vehicle, and applies the best of all, again and again.

    What was found for a route holds as long as the route stays as it is, so the tables are kept between runs.
    """

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        shape = (len(draft.tasks), len(draft.vehicles))
        self.earns = np.full(shape, WORTHLESS)
        self.position = np.zeros(shape, dtype=np.int64)
        self.seconds = np.ones(shape)
        self.found_for = np.full(shape, -1, dtype=np.int64)

    def run(
        self,
        tasks: Sequence[int],
        vehicles: Sequence[int] | None = None,
        *,
        density: float = 1.0,
        noise: np.random.Generator | None = None,
        stop: Callable[[], bool] | None = None,
    ) -> None:
        """Insert until no open task earns its cost, which a mandatory one always does.

        `density` is the power of the seconds an insertion takes (service and added travel) by which what it
        earns is divided. `noise` blurs the comparison, so that another run chooses otherwise.
        """
        rows: Ints = np.array(sorted(tasks), dtype=np.int64)
        columns = range(len(self.draft.vehicles)) if vehicles is None else vehicles
        score = np.full((len(rows), len(columns)), -np.inf)
        blur = np.ones(score.shape) if noise is None else noise.uniform(0.8, 1.2, score.shape)
        for column, vehicle in enumerate(columns):
            score[:, column] = self._scores(rows, vehicle, density) * blur[:, column]
        while score.size and not (stop is not None and stop()):
            row, column = divmod(int(score.argmax()), len(columns))
            if score[row, column] == -np.inf:
                return
            if not self._insert(int(rows[row]), columns[column]):
                score[row, column] = -np.inf
                continue
            left = np.arange(len(rows)) != row
            rows, score, blur = rows[left], score[left], blur[left]
            # What did not fit before will hardly fit now, unless it waits for its pinned position.
            hope = (self.earns[rows, columns[column]] > WORTHLESS) | (self.draft.pin[rows] != -2)
            score[~hope, column] = -np.inf
            score[hope, column] = self._scores(rows[hope], columns[column], density) * blur[hope, column]

    def _scores(self, rows: Ints, vehicle: int, density: float) -> NDArray[np.float64]:
        draft, serial = self.draft, self.draft.plans[vehicle].serial
        stale = rows[(self.found_for[rows, vehicle] != serial) & draft.fits[rows, vehicle]]
        if stale.size:
            earns, position, added = draft.insertions(vehicle, stale)
            self.earns[stale, vehicle], self.position[stale, vehicle] = earns, position
            self.seconds[stale, vehicle] = np.maximum(added + draft.service[stale], 1)
            self.found_for[stale, vehicle] = serial
        earns = self.earns[rows, vehicle]
        return np.where(earns > 0, earns / self.seconds[rows, vehicle] ** density, -np.inf)

    def _insert(self, task: int, vehicle: int) -> bool:
        """Apply an insertion; False, and nothing changed, if its exact timing refuses it or it does not pay."""
        draft = self.draft
        plan, at = draft.plans[vehicle], int(self.position[task, vehicle])
        if not draft.set_order(vehicle, (*plan.order[:at], task, *plan.order[at:])):
            return False
        if draft.plans[vehicle].cost >= plan.cost:
            draft.plans[vehicle] = plan
            return False
        return True


def construct(problem: Problem, stop: Callable[[], bool] | None = None, *, density: float = 1.0) -> Draft:
    """A feasible plan by greedy insertion. Stops early, with what it has, when `stop` says so."""
    draft = Draft(problem)
    Inserter(draft).run(range(len(problem.tasks)), density=density, stop=stop)
    return draft
