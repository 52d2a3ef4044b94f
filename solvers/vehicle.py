"""Who serves: an agent or a crew on one day, and shares of the work. Instants and durations are integer seconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from solvers.travel import DEFAULT_PROFILE


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
