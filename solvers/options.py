"""What could be otherwise with one task, and what that would cost the others."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from solvers.moves import Move
from solvers.reasons import Reason


class OptionCode(StrEnum):
    """Kinds of options, with the fields of `Option` each fills in beside `amount`, `vehicle`, `start` and `moves`."""

    OTHER_VEHICLE = "other_vehicle"
    """Somebody else serves it."""
    EARLIER = "earlier"
    """It starts at least an hour earlier."""
    LATER = "later"
    """It starts at least an hour later."""
    LEFT_OUT = "left_out"
    """Nobody serves it: `amount` is what the visit is good for."""
    HIGHER_WORTH = "higher_worth"
    """It is served as things are; `amount` is the prize it lacks to be worth it, or what it would gain if negative."""
    LONGER_DAY = "longer_day"
    """`vehicle` may end `seconds` later, at its overtime price."""
    EARLIER_DAY = "earlier_day"
    """`vehicle` may start `seconds` earlier."""
    SKILL = "skill"
    """`vehicle` has `skills` too."""
    WIDER_HOURS = "wider_hours"
    """It may start `seconds` outside its windows."""
    ONE_MORE_VEHICLE = "one_more_vehicle"
    """One more like `vehicle`."""
    HIGHER_LIMIT = "higher_limit"
    """`vehicle` may serve one task more, or travel `seconds` longer."""


@dataclass(frozen=True, slots=True)
class Option:
    """One change and its best plan found: `amount` is the change of the objective (negative is a gain).

    `vehicle` and `start` (a second) say who would serve the task and when; None where nobody would. `moves` are
    the other tasks that would be dropped, taken in, served by another vehicle or at another time.
    """

    code: OptionCode
    amount: int
    vehicle: str | None = None
    start: int | None = None
    seconds: int = 0
    skills: tuple[str, ...] = ()
    moves: tuple[Move, ...] = ()


@dataclass(frozen=True, slots=True)
class Offer:
    """One vehicle's answer: serving the task with everybody's order as it is would change the objective by `amount`.

    `reason` says why it cannot, and `amount` and `start` are None then.
    """

    vehicle: str
    amount: int | None = None
    start: int | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a task is or is not in a plan.

    A served one has `vehicle`, `start` and, as `options`, the best plans with another vehicle, another hour or
    without it. An unserved one has `reasons`, and its `options` are mends, the cheapest first. `offers` hold every
    other vehicle's answer, the cheapest first. `slack` is what a search near the task gained with nothing changed: the
    plan was not searched to its end. It is not counted in the options. `untried` are those there was no time for.
    """

    task: str
    vehicle: str | None
    start: int | None
    reasons: tuple[Reason, ...]
    offers: tuple[Offer, ...]
    options: tuple[Option, ...]
    slack: int = 0
    untried: tuple[OptionCode, ...] = ()

    @property
    def served(self) -> bool:
        """Whether the plan serves it."""
        return self.vehicle is not None
