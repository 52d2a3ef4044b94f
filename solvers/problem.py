"""The routing problem: tasks, vehicles and travel, in integers and ids only.

Durations and instants are integer seconds from the horizon's local midnight, distances integer metres.
Costs and prizes are integers in one unit of the caller's choice. A `Problem` that exists is a valid one:
everything is checked when it is built, and all that is wrong is reported at once with the ids concerned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from solvers.errors import ProblemError
from solvers.pieces import Piece, pieces
from solvers.task import Task
from solvers.travel import TravelMatrix
from solvers.validation import faults, largest_cost
from solvers.vehicle import Balance, Vehicle


@dataclass(frozen=True, eq=False)
class Problem:
    """What to serve, by whom, over which travel times.

    The objective, to be minimised: fixed costs, travel seconds and metres at each vehicle's price, overtime,
    vehicle costs of the tasks, work out of balance, and the prizes not collected. Raises `ProblemError`, which
    lists every fault with the ids concerned.
    """

    name: str
    tasks: tuple[Task, ...]
    vehicles: tuple[Vehicle, ...]
    travel: Mapping[str, TravelMatrix] = field(repr=False)
    balances: tuple[Balance, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "tasks", tuple(self.tasks))
        object.__setattr__(self, "vehicles", tuple(self.vehicles))
        object.__setattr__(self, "travel", dict(self.travel))
        object.__setattr__(self, "balances", tuple(self.balances))
        found = faults(self)
        if found:
            raise ProblemError(found)

    def __getstate__(self) -> dict[str, Any]:
        kept = ("name", "tasks", "vehicles", "travel", "balances")
        return {name: self.__dict__[name] for name in kept}  # what is derived is derived again

    @cached_property
    def task_by_id(self) -> Mapping[str, Task]:
        """Tasks by id."""
        return {task.id: task for task in self.tasks}

    @cached_property
    def vehicle_by_id(self) -> Mapping[str, Vehicle]:
        """Vehicles by id."""
        return {vehicle.id: vehicle for vehicle in self.vehicles}

    @cached_property
    def pieces(self) -> Mapping[str, tuple[Piece, ...]]:
        """When each task may start and what it then earns, by task id: see `solvers.pieces`. A part has those of the whole."""
        return {task.id: pieces(task) for task in self.tasks}

    @cached_property
    def top_prizes(self) -> Mapping[str, int]:
        """Each task's `top_prize`, by task id; of a part, those of the whole."""
        return {task.id: task.top_prize for task in self.tasks}

    @cached_property
    def mandatory_penalty(self) -> int:
        """More than any plan can cost: what engines charge for a mandatory task that stays unserved."""
        return 1 + largest_cost(self)

    @property
    def places(self) -> int:
        """The number of places that the matrices cover."""
        return next((matrix.places for matrix in self.travel.values()), 0)

    def matrix(self, vehicle: Vehicle) -> TravelMatrix:
        """The travel times and distances this vehicle has."""
        return self.travel[vehicle.profile]

    def in_order(self, order: Sequence[int]) -> Problem:
        """The same problem with its tasks in this order, given by their numbers."""
        made = object.__new__(Problem)
        made.__dict__.update(self.__dict__, tasks=tuple(self.tasks[number] for number in order))
        return made

    def with_tasks(self, ids: Iterable[str]) -> Problem:
        """The same day with these tasks alone, the matrices cut down to the places still needed."""
        wanted = set(ids)
        return self._cut([task for task in self.tasks if task.id in wanted], self.vehicles)

    def part(self, tasks: Collection[str], vehicles: Collection[str]) -> Problem:
        """A part for a search of its own: these tasks and these vehicles, which have their balances to themselves."""
        names = frozenset(vehicles)
        chosen = [
            task
            if task.vehicles is None and not task.vehicle_costs
            else replace(
                task,
                vehicles=None if task.vehicles is None else task.vehicles & names,
                vehicle_costs=tuple(cost for cost in task.vehicle_costs if cost[0] in names),
            )
            for task in (self.task_by_id[task] for task in tasks)
        ]
        balances = [
            replace(b, vehicles=b.vehicles & names) for b in self.balances if not names.isdisjoint(b.vehicles)
        ]
        return self._cut(chosen, [v for v in self.vehicles if v.id in names], tuple(balances))

    def _cut(
        self, tasks: Sequence[Task], vehicles: Sequence[Vehicle], balances: tuple[Balance, ...] | None = None
    ) -> Problem:
        """Part of a valid problem is valid: nothing is checked again."""
        used = {task.place for task in tasks}
        used.update(place for v in vehicles for place in (v.start, v.end) if place is not None)
        order = sorted(used)
        at = {place: number for number, place in enumerate(order)}
        profiles = {vehicle.profile for vehicle in vehicles} or set(self.travel)
        made = object.__new__(Problem)
        made.__dict__.update(
            name=self.name,
            tasks=tuple(replace(task, place=at[task.place]) for task in tasks),
            vehicles=tuple(
                replace(
                    vehicle,
                    start=None if vehicle.start is None else at[vehicle.start],
                    end=None if vehicle.end is None else at[vehicle.end],
                )
                for vehicle in vehicles
            ),
            travel={name: self.travel[name].restricted(order) for name in self.travel if name in profiles},
            balances=self.balances if balances is None else balances,
            pieces=self.pieces,
            top_prizes=self.top_prizes,
        )
        return made
