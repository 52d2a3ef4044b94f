"""The compiled search behind an object: load or construct a plan, take steps, ask for the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from solvers.kernel import search
from solvers.kernel.edit import put
from solvers.kernel.state import NEXT, PREV, copy_state, empty_state, send_home
from solvers.kernel.tables import tables_of
from solvers.problem import Problem
from solvers.repair import repaired
from solvers.schedule import schedule

KNOBS = search.Knobs(removed=10.0, longest=10.0, neighbours=40, blink=0.01, everywhere=0.05, open_most=20)


class Kernel:
    """One search on one problem with tasks and vehicles. The same seed, calls and steps give the same plans.

    It holds the plan it is at and the best one so far, at first both with everybody at home. Pins bind as the
    problem states them. Nothing is copied from one call to the next but what `steps` changed, and no memory
    is asked for after the object is built.
    """

    def __init__(self, problem: Problem, seed: int, knobs: search.Knobs = KNOBS) -> None:
        self.problem, self.knobs = problem, knobs
        self.tables = tables_of(problem)
        self.now, self.trial, self.best = (empty_state(self.tables) for _ in range(3))
        self.scratch = search.scratch_for(self.tables, seed)
        self._task_number = {task.id: number for number, task in enumerate(problem.tasks)}
        self._vehicle_number = {vehicle.id: number for number, vehicle in enumerate(problem.vehicles)}

    def construct(self) -> None:
        """Insert greedily, into the plan it is at, every unserved task that is worth it."""
        search.insert_all(self.tables, self.now, self.scratch, self.knobs)
        self._arrived()

    def load(self, orders: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """Be at this plan, whole or partial; the ids of tasks left out because they do not fit.

        Unknown ids are left out and returned like the others. The best plan stays if it is better.
        """
        kept, dropped = repaired(self.problem, orders)
        send_home(self.tables, self.now)
        for vehicle, order in kept.items():
            self._append(vehicle, order)
        self._arrived()
        return dropped

    def restart(self) -> None:
        """Be at the best plan again."""
        copy_state(self.best, self.now)
        copy_state(self.best, self.trial)

    def anneal(self, steps: int, hot: float, cold: float) -> int:
        """Take steps at temperatures that fall from `hot` to `cold`, in the problem's cost unit.

        Returns how many of them found a best plan. A caller keeps to its limits by taking few steps a call.
        """
        scale = float(self.tables.scale)
        return int(
            search.anneal(
                self.tables,
                self.now,
                self.trial,
                self.best,
                self.scratch,
                self.knobs,
                steps,
                max(hot, 1e-9) * scale,
                max(cold, 1e-9) * scale,
            )
        )

    @property
    def objective(self) -> int:
        """The objective of the best plan; `Problem.mandatory_penalty` is added for every mandatory task unserved.

        Never below what `evaluate` says of `orders()`, and above it only where the timing leaves a choice
        between prizes: the search does not weigh all of those.
        """
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

    def _append(self, vehicle: str, order: Sequence[str]) -> None:
        t, v = self.tables, self._vehicle_number[vehicle]
        route = schedule(self.problem, vehicle, order)
        assert route is not None
        for task, start in zip(route.tasks, route.starts, strict=True):
            u = self._task_number[task]
            put(t, self.now, v, int(self.now.node[t.tasks + t.vehicles + v, PREV]), u, self._mode(u, start))

    def _mode(self, u: int, start: int) -> int:
        """The mode that earns what a service started then does."""
        t = self.tables
        for mode in range(int(t.mode_first[u]), int(t.mode_first[u + 1])):
            for low, high in t.window[t.window_first[mode] : t.window_first[mode + 1]]:
                if low <= start <= high:
                    return mode
        raise AssertionError("a timing starts services inside windows")

    def _arrived(self) -> None:
        copy_state(self.now, self.trial)
        if self.now.total[0] < self.best.total[0]:
            copy_state(self.now, self.best)
