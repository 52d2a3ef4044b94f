"""The routing problem: tasks, vehicles and travel, in integers and ids only.

Durations and instants are integer seconds from the horizon's local midnight, distances integer metres.
Costs and prizes are integers in one unit of the caller's choice. A `Problem` that exists is a valid one:
everything is checked when it is built, and all that is wrong is reported at once with the ids concerned.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from solvers.errors import ProblemError as ProblemError

if TYPE_CHECKING:
    from solvers.pieces import Piece

UNREACHABLE = int(np.iinfo(np.int32).max)
"""In a `TravelMatrix`: there is no way from the row's place to the column's."""

DEFAULT_PROFILE = "default"

Int32Matrix = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Window:
    """The seconds in which a service may start, both ends included."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class PrizeBand:
    """A service that starts between `start` and `end` (both included) earns `prize`."""

    start: int
    end: int
    prize: int


@dataclass(frozen=True, slots=True)
class Task:
    """One visit to a place.

    A service starts in one of the `windows` and lasts `service` seconds. It earns the prize of the band its
    start falls in, or `prize` outside every band. Not serving it costs `top_prize`; serving it costs
    `top_prize` less what was collected. A `mandatory` task that stays unserved is a violation.

    A vehicle needs all of `skills`, and to be among `vehicles` unless that is None; `vehicle_costs` prices
    some vehicles higher than others for this task, and `load` takes up their capacity. The pins bind wherever
    the task is served: `pinned_vehicle`, `pinned_position` (0 is first, -1 is last) and `pinned_start`
    (the second the service starts, which must still lie in a window to be allowed).
    """

    id: str
    place: int
    windows: tuple[Window, ...]
    service: int = 0
    prize: int = 0
    prize_bands: tuple[PrizeBand, ...] = ()
    mandatory: bool = False
    skills: frozenset[str] = frozenset()
    vehicles: frozenset[str] | None = None
    vehicle_costs: tuple[tuple[str, int], ...] = ()
    load: int = 0
    pinned_vehicle: str | None = None
    pinned_position: int | None = None
    pinned_start: int | None = None

    def cost_with(self, vehicle: str) -> int:
        """What it costs that this vehicle serves the task, apart from everything else."""
        return dict(self.vehicle_costs).get(vehicle, 0)

    def prize_at(self, start: int) -> int:
        """What a service that starts at this second earns."""
        for band in self.prize_bands:
            if band.start <= start <= band.end:
                return band.prize
        return self.prize

    @property
    def top_prize(self) -> int:
        """The highest prize that any second of the windows earns; pins do not lower it."""
        instants = {window.start for window in self.windows}
        edges = [b.start for b in self.prize_bands] + [b.end + 1 for b in self.prize_bands]
        instants.update(s for s in edges if any(w.start <= s <= w.end for w in self.windows))
        return max((self.prize_at(second) for second in instants), default=self.prize)


@dataclass(frozen=True, slots=True)
class Break:
    """A rest of `duration` seconds that starts between `earliest` and `latest`, both included.

    It may interrupt travel or waiting, never a service, and cannot start before the shift does. Whoever's
    day runs past `latest` must take it; whoever is at the end place by then need not, and a break over by
    the departure counts as taken. It does not bind a vehicle whose shift starts after `latest`.
    """

    duration: int
    earliest: int
    latest: int


@dataclass(frozen=True, slots=True)
class Vehicle:
    """An agent or a crew on one day.

    `start` and `end` are places; None leaves that end open: the day starts where the first service is, or
    ends with the last one. It leaves no earlier than `shift_start` and arrives at its end no later than
    `shift_end + max_overtime`; each second after `shift_end` costs `cost_per_overtime_second`. `max_travel`
    bounds the seconds under way, `max_duration` the seconds from departure to the arrival at the end,
    breaks and waiting included; `capacity` the sum of its tasks' loads. A day that ends after `evening_from`
    counts as an evening where a `Balance` counts those. A vehicle without tasks costs nothing.
    """

    id: str
    start: int | None
    end: int | None
    shift_start: int
    shift_end: int
    max_overtime: int = 0
    cost_per_travel_second: int = 1
    cost_per_metre: int = 0
    cost_per_overtime_second: int = 0
    fixed_cost: int = 0
    max_tasks: int | None = None
    max_travel: int | None = None
    max_duration: int | None = None
    capacity: int | None = None
    evening_from: int | None = None
    skills: frozenset[str] = frozenset()
    profile: str = DEFAULT_PROFILE
    breaks: tuple[Break, ...] = ()

    @property
    def last_arrival(self) -> int:
        """The latest second at which the day may end, overtime included."""
        return self.shift_end + self.max_overtime

    @property
    def due_breaks(self) -> tuple[Break, ...]:
        """The breaks that can bind this shift."""
        return tuple(rest for rest in self.breaks if rest.latest >= self.shift_start)


class Measure(StrEnum):
    """What a `Balance` adds up over its vehicles: seconds of travel and service, or evenings worked."""

    WORK = "work"
    EVENINGS = "evenings"


@dataclass(frozen=True, slots=True)
class Balance:
    """A share of the work: what `vehicles` (the days of one agent, as a rule) have beyond `target` costs `price` a unit.

    The unit is a second of travel or service, or an evening, by `measure`.
    """

    id: str
    vehicles: frozenset[str]
    measure: Measure
    target: int
    price: int


def _frozen(matrix: object) -> Int32Matrix:
    array = np.asarray(matrix)
    if array.dtype == np.int32 and array.flags.c_contiguous and not array.flags.writeable:
        return array
    if array.dtype != np.int32:
        if not np.issubdtype(array.dtype, np.integer):
            raise ProblemError.of("matrix_type", (), "a travel matrix holds integers")
        if array.size and (array.min() < 0 or array.max() > UNREACHABLE):
            raise ProblemError.of("matrix_range", (), "a travel matrix holds values from 0 to UNREACHABLE")
    copied = np.array(array, dtype=np.int32, order="C")
    copied.flags.writeable = False
    return copied


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Travel from every place (row) to every place (column): seconds and metres, int32, shape (n, n).

    `UNREACHABLE` in both marks a pair without a way. The arrays cannot be written to: they are copied, unless
    they come as read-only int32 already.
    """

    duration: Int32Matrix
    distance: Int32Matrix

    def __post_init__(self) -> None:
        object.__setattr__(self, "duration", _frozen(self.duration))
        object.__setattr__(self, "distance", _frozen(self.distance))

    def __reduce__(self) -> tuple[object, tuple[Int32Matrix, Int32Matrix]]:
        return (_owned, (self.duration, self.distance))

    @property
    def places(self) -> int:
        """The number of places."""
        return int(self.duration.shape[0])

    def reaches(self, origin: int, destination: int) -> bool:
        """Whether there is a way."""
        return int(self.duration[origin, destination]) != UNREACHABLE

    def restricted(self, places: Iterable[int]) -> TravelMatrix:
        """The matrix of these places alone, in this order."""
        index = np.fromiter(places, dtype=np.intp)
        duration = self.duration[np.ix_(index, index)]
        if self.distance is self.duration:
            return _owned(duration, duration)
        return _owned(duration, self.distance[np.ix_(index, index)])


def _owned(duration: Int32Matrix, distance: Int32Matrix) -> TravelMatrix:
    """A matrix of arrays that nobody else writes to, which are not copied."""
    duration.flags.writeable = distance.flags.writeable = False
    return TravelMatrix(duration, distance)


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
        from solvers.validation import faults

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
        """When each task may start and what it then earns, by task id: see `solvers.pieces`."""
        from solvers.pieces import pieces

        return {task.id: pieces(task) for task in self.tasks}

    @cached_property
    def top_prizes(self) -> Mapping[str, int]:
        """Each task's `top_prize`, by task id."""
        return {task.id: task.top_prize for task in self.tasks}

    @cached_property
    def mandatory_penalty(self) -> int:
        """More than any plan can cost: what engines charge for a mandatory task that stays unserved."""
        from solvers.validation import largest_cost

        return 1 + largest_cost(self)

    @property
    def places(self) -> int:
        """The number of places that the matrices cover."""
        return next((matrix.places for matrix in self.travel.values()), 0)

    def matrix(self, vehicle: Vehicle) -> TravelMatrix:
        """The travel times and distances this vehicle has."""
        return self.travel[vehicle.profile]

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
        )
        return made
