"""The compiled search behind an object: load or construct a plan, take steps, ask for the best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Self

from solvers.kernel.entry import ANNEAL, APPEND, COPY, COST, ILS, IMPROVE, INSERT_ALL, SEND_HOME
from solvers.kernel.local import local_for
from solvers.kernel.locality import neighbours_together
from solvers.kernel.memory import directory
from solvers.kernel.native import entry
from solvers.kernel.scratch import KNOBS, Knobs, scratch_for
from solvers.kernel.state import MODE, NEXT, State, copied, memory_for, overwrite
from solvers.kernel.tables import tables_of
from solvers.problem import Problem
from solvers.repair import repaired
from solvers.schedule import schedule

_CREDITS = (0.0, 0.5, 1.0)
"""Shares of what it costs to begin a day that a first plan looks away from: without, far homes are never left."""

_THOROUGH = 3000
"""Tasks up to which a first plan looks for insertions in all routes."""


class Order(tuple[str, ...]):
    """Task ids in order as a kernel was at them, with the mode of each: whoever loads them need not time them again."""

    modes: tuple[int, ...]

    @classmethod
    def of(cls, tasks: Sequence[str], modes: Sequence[int]) -> Self:
        """An order and its modes."""
        made = cls(tasks)
        made.modes = tuple(modes)
        return made


class Kernel:
    """One search on one problem with tasks and vehicles. The same seed, calls and steps give the same plans.

    It holds the plan it is at and the best one so far, at first both with everybody at home. Pins bind as the
    problem states them. Steps ask for no memory.
    """

    def __init__(self, problem: Problem, seed: int, knobs: Knobs = KNOBS) -> None:
        self.problem = problem = neighbours_together(problem)
        self.tables = tables_of(problem)
        self.now, self.trial, self.best = (memory_for(self.tables) for _ in range(3))
        self.scratch = scratch_for(self.tables, seed)
        self.local = local_for(self.tables)
        self._task_number = {task.id: number for number, task in enumerate(problem.tasks)}
        self._vehicle_number = {vehicle.id: number for number, vehicle in enumerate(problem.vehicles)}
        self._enter = entry()
        parts = (self.tables, self.now, self.trial, self.best, self.scratch, knobs, self.local)
        self._directories = tuple(directory(part) for part in parts)
        self._addresses = tuple(found.ctypes.data for found in self._directories)
        self._do(SEND_HOME)
        self.best.total[0] = self.now.total[0] + 1
        self._do(COPY)

    def construct(self) -> None:
        """Insert greedily, into the plan it is at, unserved tasks that are worth it; the best of a few attempts."""
        found = self.now
        for credit in _CREDITS:
            self._do(INSERT_ALL, int(len(self.problem.tasks) <= _THOROUGH), hot=credit)
            if self.trial.total[0] < found.total[0]:
                found = copied(self.trial)
        overwrite(found, self.now)
        self._do(COPY)

    def load(self, orders: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
        """Be at this plan, whole or partial; the ids of tasks left out because they do not fit.

        Unknown ids are left out and returned like the others. The best plan stays if it is better. Every `Order` has to
        be one that was found in this problem, in a part of it or in a whole that this is a part of.
        """
        dropped: tuple[str, ...] = ()
        if not all(isinstance(order, Order) for order in orders.values()):
            orders, dropped = repaired(self.problem, orders)
        self._do(SEND_HOME)
        for vehicle, order in orders.items():
            v = self._vehicle_number[vehicle]
            modes = order.modes if isinstance(order, Order) else self._modes(vehicle, order)
            for task, mode in zip(order, modes, strict=True):
                u = self._task_number[task]
                self._do(APPEND, v, u, int(self.tables.mode_first[u]) + mode)
        self._do(COPY)
        return dropped

    def restart(self) -> None:
        """Be at the best plan again."""
        self._do(COPY, 1)

    def anneal(self, steps: int, hot: float, cold: float) -> int:
        """Take steps at temperatures that fall from `hot` to `cold`, in the problem's cost unit.

        Returns how many of them found a best plan. A caller keeps to its limits by taking few steps a call.
        """
        scale = float(self.tables.scale)
        return self._do(ANNEAL, steps, 0, 0, max(hot, 1e-9) * scale, max(cold, 1e-9) * scale)

    def improve(self, near: int = 40) -> int:
        """Make moves from the plan it is at until none makes it cheaper; how many were made."""
        made = self._do(IMPROVE, near)
        self._do(COPY)
        return made

    def ils(self, steps: int, hot: float, cold: float, *, most: int = 25, near: int = 40) -> int:
        """Take steps of iterated local search, each disturbing up to `most` tasks, as `anneal` takes its own."""
        scale = float(self.tables.scale)
        return self._do(ILS, steps, most, near, max(hot, 1e-9) * scale, max(cold, 1e-9) * scale)

    @property
    def objective(self) -> int:
        """The objective of the best plan; `Problem.mandatory_penalty` is added for every mandatory task unserved.

        Never below what `evaluate` says of `orders()`, and above it only where the timing leaves a choice
        between prizes: the search does not weigh all of those.
        """
        return self._do(COST, 1)

    @property
    def current_objective(self) -> int:
        """The same of the plan it is at."""
        return self._do(COST)

    def orders(self) -> dict[str, Order]:
        """Task ids of the best plan in order, by vehicle id, of the vehicles in use."""
        return self._orders(self.best)

    def current(self) -> dict[str, Order]:
        """The same of the plan it is at."""
        return self._orders(self.now)

    def _orders(self, state: State) -> dict[str, Order]:
        n, tasks, first = self.tables.tasks, self.problem.tasks, self.tables.mode_first
        following, modes = state.node[:, NEXT].tolist(), (state.node[:n, MODE] - first[:-1]).tolist()
        orders = {}
        for v, vehicle in enumerate(self.problem.vehicles):
            order, node = [], following[n + v]
            while node < n:
                order.append(node)
                node = following[node]
            if order:
                orders[vehicle.id] = Order.of([tasks[u].id for u in order], [modes[u] for u in order])
        return orders

    def _modes(self, vehicle: str, order: Sequence[str]) -> list[int]:
        """The modes of the best timing of an order that has one."""
        route = schedule(self.problem, vehicle, order)
        assert route is not None
        return [self._mode(self._task_number[u], at) for u, at in zip(route.tasks, route.starts, strict=True)]

    def _mode(self, u: int, start: int) -> int:
        """The number among the task's modes of the one that earns what a service started then does."""
        t = self.tables
        first = int(t.mode_first[u])
        for mode in range(first, int(t.mode_first[u + 1])):
            for low, high in t.window[t.window_first[mode] : t.window_first[mode + 1]]:
                if low <= start <= high:
                    return mode - first
        raise AssertionError("a timing starts services inside windows")

    def _do(
        self, what: int, one: int = 0, two: int = 0, three: int = 0, hot: float = 0.0, cold: float = 0.0
    ) -> int:
        return self._enter(what, *self._addresses, one, two, three, hot, cold)
