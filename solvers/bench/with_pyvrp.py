"""PyVRP as a peer (Wouda, Lan & Kool 2024): everything but breaks, pinned positions and balances.

A client of PyVRP is one interval of a task's starts with the prize it earns there; the intervals of one task
are a group of which one is visited. Who may not serve a client cannot travel to it. PyVRP's distance is our
cost of travel.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import numpy as np

from solvers.bench.engine import Fit, Found
from solvers.bench.rules import occurring, with_ties_broken, within_shifts
from solvers.demand import demand, eligible
from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Vehicle

_ENDLESS = 2**40
_FAR = (
    10  # times the dearest way: PyVRP scales its penalties by the mean, and is known to hang on huge figures
)


class PyVRP:
    """PyVRP's iterated local search with its defaults, on one core."""

    seeded = True

    def fit(self, problem: Problem) -> Fit:
        """Breaks and pinned positions cannot be expressed, nor travel limits unless distance is travel time."""
        rules = occurring(problem)
        if rules.breaks:
            return Fit("PyVRP has no breaks")
        if rules.pinned_positions:
            return Fit("PyVRP cannot pin a position")
        if rules.travel_limits and any(
            v.cost_per_metre or not v.cost_per_travel_second for v in problem.vehicles
        ):
            return Fit("PyVRP cannot limit travel time apart from what travel costs")
        shortcuts = []
        if rules.overtime:
            shortcuts.append("no overtime is worked")
        if rules.balances:
            shortcuts.append("balances are not seen")
        return Fit(shortcuts=tuple(shortcuts))

    def warm_up(self, cores: int) -> None:  # noqa: ARG002
        """Import PyVRP."""
        import_module("pyvrp")

    def solve(self, problem: Problem, until: float, seed: int, cores: int) -> Found:  # noqa: ARG002
        """Build the model and search until the instant `until`. More cores are of no use to it."""
        pyvrp = import_module("pyvrp")
        model = _Model(with_ties_broken(problem), pyvrp)
        if not model.clients:
            return Found({})

        def late(best_cost: int) -> bool:  # noqa: ARG001 - PyVRP's own limit starts counting after its first plan
            return time.monotonic() >= until

        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # about penalties it could not settle: the answer is judged anyway
            result = pyvrp.solve(model.data(), late, seed=seed, collect_stats=False, display=False)
        return Found(model.orders(result.best))


ENGINE = PyVRP()


class _Model:
    """A problem in PyVRP's terms."""

    def __init__(self, problem: Problem, pyvrp: Any) -> None:
        self.problem, self.pyvrp = problem, pyvrp
        self.eligible = eligible(problem)
        self.tasks: list[Task] = []
        self.clients: list[Any] = []
        self.client_task: list[str] = []
        self.groups: list[Any] = []
        self._lay_out_depots()
        for task, cut in within_shifts(problem, problem.vehicles):
            self._add_task(task, cut)
        self.types = self._types()

    def _lay_out_depots(self) -> None:
        ends = {place for v in self.problem.vehicles for place in (v.start, v.end)}
        self.depots: list[int | None] = [*sorted(place for place in ends if place is not None)]
        if None in ends:
            self.depots.append(None)  # nowhere: no distance from anywhere

    def _add_task(self, task: Task, cut: list[Piece]) -> None:
        location = len(self.depots) + len(self.tasks)
        self.tasks.append(task)
        group = len(self.groups) if len(cut) > 1 else None
        first = len(self.clients)
        for piece in cut:
            self.client_task.append(task.id)
            self.clients.append(
                self.pyvrp.Client(
                    location=location,
                    delivery=[task.load, 1],
                    service_duration=task.service,
                    tw_early=piece.start,
                    tw_late=piece.end,
                    prize=piece.prize,
                    required=task.mandatory and group is None,
                    group=group,
                )
            )
        if group is not None:
            self.groups.append(
                self.pyvrp.ClientGroup(list(range(first, len(self.clients))), required=task.mandatory)
            )

    def _types(self) -> list[tuple[Vehicle, list[str], int]]:
        """Vehicles alike (one of them, all their ids, their profile), and the profiles' matrices."""
        self.costs: list[Any] = []
        self.durations: list[Any] = []
        profiles: dict[tuple[object, ...], int] = {}
        alike: dict[tuple[object, ...], tuple[Vehicle, list[str], int]] = {}
        for vehicle, barred, extra in self._manners():
            key = (vehicle.profile, vehicle.cost_per_travel_second, vehicle.cost_per_metre, barred, extra)
            if key not in profiles:
                profiles[key] = len(self.costs)
                self._add_profile(vehicle, barred, dict(extra))
            profile = profiles[key]
            manner = (
                profile, vehicle.start, vehicle.end, vehicle.shift_start, vehicle.shift_end, vehicle.fixed_cost,
                vehicle.max_tasks, vehicle.max_travel, vehicle.max_duration, vehicle.capacity,
            )  # fmt: skip
            alike.setdefault(manner, (vehicle, [], profile))[1].append(vehicle.id)
        return list(alike.values())

    def _manners(self) -> Iterator[tuple[Vehicle, frozenset[int], tuple[tuple[int, int], ...]]]:
        """Each vehicle, the tasks barred to it, and those with a price of their own for it, by number."""
        for vehicle in self.problem.vehicles:
            barred = frozenset(
                number
                for number, task in enumerate(self.tasks)
                if vehicle.id not in self.eligible[demand(task)]
            )
            extra = tuple(
                (number, task.cost_with(vehicle.id))
                for number, task in enumerate(self.tasks)
                if task.vehicle_costs and task.cost_with(vehicle.id)
            )
            yield vehicle, barred, extra

    def _add_profile(self, vehicle: Vehicle, barred: frozenset[int], extra: Mapping[int, int]) -> None:
        places = [*self.depots, *(task.place for task in self.tasks)]
        at = np.array([0 if place is None else place for place in places], dtype=np.intp)
        travel = self.problem.matrix(vehicle)
        duration = travel.duration[np.ix_(at, at)].astype(np.int64)
        cost = duration * vehicle.cost_per_travel_second
        if vehicle.cost_per_metre:
            cost += travel.distance[np.ix_(at, at)].astype(np.int64) * vehicle.cost_per_metre
        first = len(self.depots)
        nowhere = [number for number, place in enumerate(places) if place is None]
        out = [first + number for number in barred]
        unreachable = duration == UNREACHABLE
        too_dear = _FAR * (1 + int(cost[~unreachable].max(initial=0)))
        too_long = 2 * (1 + max(v.last_arrival for v in self.problem.vehicles))
        for table, never in ((cost, too_dear), (duration, too_long)):
            table[unreachable] = never
            table[nowhere, :] = table[:, nowhere] = 0
            table[out, :] = table[:, out] = never
        for number, price in extra.items():
            cost[:, first + number] += price
        for table in (cost, duration):
            np.fill_diagonal(table, 0)
        self.costs.append(cost)
        self.durations.append(duration)

    def data(self) -> Any:
        """The model, ready to be searched."""
        locations = [self.pyvrp.Location(0, 0) for _ in range(len(self.depots) + len(self.tasks))]
        return self.pyvrp.ProblemData(
            locations,
            self.clients,
            [self.pyvrp.Depot(location=number) for number in range(len(self.depots))],
            [self._type(vehicle, len(ids), profile) for vehicle, ids, profile in self.types],
            self.costs,
            self.durations,
            self.groups,
        )

    def _type(self, vehicle: Vehicle, count: int, profile: int) -> Any:
        limits: dict[str, int] = {}
        if vehicle.max_duration is not None:
            limits["shift_duration"] = vehicle.max_duration
        if vehicle.max_travel is not None:
            limits["max_distance"] = vehicle.max_travel * vehicle.cost_per_travel_second
        return self.pyvrp.VehicleType(
            num_available=count,
            capacity=[
                _ENDLESS if vehicle.capacity is None else vehicle.capacity,
                _ENDLESS if vehicle.max_tasks is None else vehicle.max_tasks,
            ],
            start_depot=self.depots.index(vehicle.start),
            end_depot=self.depots.index(vehicle.end),
            fixed_cost=vehicle.fixed_cost,
            tw_early=vehicle.shift_start,
            tw_late=vehicle.shift_end,
            profile=profile,
            **limits,
        )

    def orders(self, best: Any) -> dict[str, tuple[str, ...]]:
        """PyVRP's routes by vehicle id; vehicles alike are taken in turn."""
        free = [iter(ids) for _, ids, _ in self.types]
        found = {}
        for route in best.routes():
            visits = tuple(self.client_task[stop.idx] for stop in route if stop.is_client())
            if visits:
                found[next(free[route.vehicle_type()])] = visits
        return found
