"""Ruin and recreate on a draft: take strings of neighbouring tasks out of a few routes, and insert anew.

Slack induction by string removals (Christiaens and Vanden Berghe 2020) with simulated annealing, for which
`construct.Inserter` is the recreate step.
"""

from __future__ import annotations

import math

import numpy as np

from solvers.construct import Inserter
from solvers.insertion import Draft, Ints
from solvers.problem import UNREACHABLE

_AVERAGE_REMOVED = 8
_LONGEST_STRING = 10
_DENSITIES = (0.0, 0.5)
_NEIGHBOURS = 60
_HOT, _COOLING = 0.005, 0.01  # the first temperature, as a share of the first cost, and the last as one of it
_OPEN_MOST = 150  # unserved tasks tried in one step; beyond that only near ones and a sample
_VEHICLES_MOST = 24  # vehicles tried in one step; likewise


class Improver:
    """Improves a draft step by step. The same seed and the same steps give the same plans."""

    def __init__(self, draft: Draft, seed: int) -> None:
        self.draft, self.random = draft, np.random.default_rng(seed)
        self.inserter = Inserter(draft)
        self.near = _neighbours(draft)
        self.cost = self.best_cost = draft.cost()
        self.objective, self.best = draft.objective(), draft.orders()
        self.hot = max(1.0, _HOT * self.objective)

    def step(self, share: float) -> bool:
        """One ruin and recreate, kept or undone. True when it gave the best plan so far.

        `share` is how much of the search is over, from 0 to 1: the later, the less is a worse plan accepted.
        """
        draft, random = self.draft, self.random
        plans = list(draft.plans)
        seed = int(random.integers(len(draft.tasks)))
        place = {task: (v, k) for v, plan in enumerate(plans) for k, task in enumerate(plan.order)}
        removed = self._ruin(seed, place)
        if removed is not None:
            density = _DENSITIES[int(random.integers(len(_DENSITIES)))]
            vehicles = self._vehicles(seed, place)
            self.inserter.run(self._open(seed, place, removed), vehicles, density=density, noise=random)
            cost = draft.cost()
            temperature = self.hot * _COOLING**share
            if cost < self.cost - temperature * math.log(max(random.random(), 1e-12)):
                self.cost = cost
                if cost < self.best_cost:
                    self.best_cost, self.objective, self.best = cost, draft.objective(), draft.orders()
                    return True
                return False
        draft.plans = plans
        return False

    def _ruin(self, seed: int, place: dict[int, tuple[int, int]]) -> list[int] | None:
        """Cut a string out of each of a few routes near the seed; None if what is left of one has no timing."""
        draft, random = self.draft, self.random
        longest = min(_LONGEST_STRING, len(place) / max(1, sum(1 for plan in draft.plans if plan.order)))
        strings = int(random.uniform(1, 4 * _AVERAGE_REMOVED / (1 + longest)))
        touched: set[int] = set()
        removed: list[int] = []
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
                return None
            removed.extend(order[first : first + length])
        return removed

    def _open(self, seed: int, place: dict[int, tuple[int, int]], removed: list[int]) -> list[int]:
        """The removed tasks and the unserved ones; of many, those near the seed and a sample."""
        unserved = [task for task in range(len(self.draft.tasks)) if task not in place]
        if len(unserved) > _OPEN_MOST:
            near = [task for task in (seed, *self.near[seed].tolist()) if task not in place]
            sample = self.random.choice(unserved, max(0, _OPEN_MOST - len(near)), replace=False)
            unserved = list({*near, *sample.tolist()})
        return [*removed, *unserved]

    def _vehicles(self, seed: int, place: dict[int, tuple[int, int]]) -> list[int]:
        """All vehicles; of many, those that pass near the seed and a sample."""
        count = len(self.draft.vehicles)
        if count <= _VEHICLES_MOST:
            return list(range(count))
        near = dict.fromkeys(place[task][0] for task in (seed, *self.near[seed].tolist()) if task in place)
        chosen = list(near)[:_VEHICLES_MOST]
        others = self.random.choice(count, _VEHICLES_MOST, replace=False).tolist()
        return sorted({*chosen, *others[: max(4, _VEHICLES_MOST - len(chosen))]})


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
        nearest = np.argpartition(away, size - 1)[:size]
        near[task] = nearest[np.lexsort((nearest, away[nearest]))]
    return near
