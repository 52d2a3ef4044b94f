"""Ruin and recreate on a draft: take strings of neighbouring tasks out of a few routes, and insert anew.

Slack induction by string removals (Christiaens and Vanden Berghe 2020) with simulated annealing, for which
`construct.Inserter` is the recreate step.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from solvers.construct import Inserter
from solvers.insertion import Draft, Ints
from solvers.problem import UNREACHABLE

Orders = dict[str, tuple[str, ...]]
"""Task ids in order, by vehicle id."""

_AVERAGE_REMOVED = 8
_LONGEST_STRING = 10
_DENSITIES = (0.0, 0.5, 1.0)
_NEIGHBOURS = 60


class Improver:
    """Improves a draft step by step. The same seed and the same steps give the same plans."""

    def __init__(self, draft: Draft, seed: int) -> None:
        self.draft, self.random = draft, np.random.default_rng(seed)
        self.inserter = Inserter(draft)
        self.near = _neighbours(draft)
        self.cost = self._total()
        self.best_cost, self.best = self.cost, draft.orders()

    def _total(self) -> int:
        return sum(plan.cost for plan in self.draft.plans)

    def step(self, temperature: float) -> bool:
        """One ruin and recreate, kept or undone. True when it gave the best plan so far."""
        draft = self.draft
        plans = list(draft.plans)
        if self._ruin():
            density = _DENSITIES[int(self.random.integers(len(_DENSITIES)))]
            self.inserter.run(draft.unserved(), density=density, noise=self.random)
            cost = self._total()
            if cost < self.cost - temperature * math.log(max(self.random.random(), 1e-12)):
                self.cost = cost
                if cost < self.best_cost:
                    self.best_cost, self.best = cost, draft.orders()
                    return True
                return False
        draft.plans = plans
        return False

    def _ruin(self) -> bool:
        """Cut a string out of each of a few routes around a random task; False if one then has no timing."""
        draft, random = self.draft, self.random
        place = {task: (v, k) for v, plan in enumerate(draft.plans) for k, task in enumerate(plan.order)}
        if not place:
            return True
        longest = min(_LONGEST_STRING, len(place) / max(1, sum(1 for plan in draft.plans if plan.order)))
        strings = int(random.uniform(1, 4 * _AVERAGE_REMOVED / (1 + longest)))
        seed = int(random.integers(len(draft.tasks)))
        touched: set[int] = set()
        for task in (seed, *self.near[seed].tolist()):
            if len(touched) >= strings:
                break
            if task not in place or place[task][0] in touched:
                continue
            vehicle, position = place[task]
            touched.add(vehicle)
            order = draft.plans[vehicle].order
            length = int(random.uniform(1, min(longest, len(order)) + 1))
            first = int(
                random.integers(max(0, position - length + 1), min(position, len(order) - length) + 1)
            )
            if not draft.set_order(vehicle, order[:first] + order[first + length :]):
                return False
        return True


def _neighbours(draft: Draft) -> Ints:
    """For each task the nearest others by travel time there, nearest first."""
    count = len(draft.tasks)
    size = min(_NEIGHBOURS, max(count - 1, 0))
    near = np.zeros((count, size), dtype=np.int64)
    if not draft.vehicles or not size:
        return near
    duration = draft.problem.matrix(draft.vehicles[0]).duration
    for task in range(count):
        away = duration[draft.place[task], draft.place].astype(np.int64)
        away[task] = UNREACHABLE + 1
        near[task] = np.argsort(away, kind="stable")[:size]
    return near


def improve(
    draft: Draft,
    *,
    seed: int,
    spent: Callable[[int], float],
    progress: Callable[[int, Orders], None] | None = None,
) -> Orders:
    """The best plan found until `spent(steps)`, the share of the budget used up, reaches 1.

    `progress` gets the cost less all prizes (lower is better) and the plan, whenever a better one is found.
    """
    improver = Improver(draft, seed)
    collected = sum(int(top) for top in draft.top) + improver.best_cost
    hot = max(1.0, 0.01 * abs(collected))
    steps = 0
    while (share := spent(steps)) < 1.0:
        if improver.step(hot * 0.01**share) and progress is not None:
            progress(improver.best_cost, improver.best)
        steps += 1
    return improver.best
