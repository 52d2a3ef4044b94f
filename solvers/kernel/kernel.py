"""The compiled search behind an object: load a plan, take steps, ask for the best."""

from __future__ import annotations

from solvers.kernel import search
from solvers.kernel.state import NEXT, copy_state, empty_state
from solvers.kernel.tables import tables_of
from solvers.problem import Problem

KNOBS = search.Knobs(removed=10.0, longest=10.0, neighbours=40, blink=0.01, everywhere=0.05, open_most=20)


class Kernel:
    """One search on one problem with tasks and vehicles. The same seed and steps give the same plans."""

    def __init__(self, problem: Problem, seed: int, knobs: search.Knobs = KNOBS) -> None:
        self.problem, self.knobs = problem, knobs
        self.tables = tables_of(problem)
        self.now, self.trial, self.best = (empty_state(self.tables) for _ in range(3))
        self.scratch = search.scratch_for(self.tables, seed)

    def construct(self) -> None:
        """A first plan, on top of what is loaded."""
        search.insert_all(self.tables, self.now, self.scratch, self.knobs)
        copy_state(self.now, self.trial)
        copy_state(self.now, self.best)

    def anneal(self, steps: int, hot: float, cold: float) -> int:
        """Take steps at falling temperatures, in units of cost; how many found a best plan."""
        return int(
            search.anneal(
                self.tables, self.now, self.trial, self.best, self.scratch, self.knobs, steps, hot, cold
            )
        )

    @property
    def objective(self) -> int:
        """The objective of the best plan; `Problem.mandatory_penalty` is added for every mandatory task unserved."""
        return int(search.true_cost(self.tables, self.best))

    def orders(self) -> dict[str, tuple[str, ...]]:
        """Task ids of the best plan in order, by vehicle id, of the vehicles in use."""
        n, tasks, best = self.tables.tasks, self.problem.tasks, self.best
        orders = {}
        for v, vehicle in enumerate(self.problem.vehicles):
            order, node = [], int(best.node[n + v, NEXT])
            while node < n:
                order.append(tasks[node].id)
                node = int(best.node[node, NEXT])
            if order:
                orders[vehicle.id] = tuple(order)
        return orders
