"""Kinds of reasons why a task is not served. The wording is the caller's."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Certainty(StrEnum):
    """How far a reason can be trusted."""

    PROVEN = "proven"
    LIKELY = "likely"


class ReasonCode(StrEnum):
    """Kinds of reasons, with the fields of `Reason` each fills in."""

    NO_VEHICLE_HAS_SKILL = "no_vehicle_has_skill"
    """`skills`: those no vehicle has, or all the task needs where no single vehicle has them together."""
    NO_VEHICLE_ALLOWED = "no_vehicle_allowed"
    """Skilled vehicles exist (`vehicles`), none of them allowed; empty when the day has no vehicle at all."""
    PIN_CONFLICT = "pin_conflict"
    """Proven: the pinned start is in no window, or the pinned vehicle (`vehicles`) may not serve it.
    Likely: the pinned position is taken by `tasks` in the routes of `vehicles`."""
    UNREACHABLE = "unreachable"
    """No way there, or back, for any of `vehicles`."""
    WINDOW_SHUT_BEFORE_EARLIEST_ARRIVAL = "window_shut_before_earliest_arrival"
    """The last window shuts `seconds` before `vehicles[0]`, the earliest of those allowed, can be there."""
    OUTSIDE_ALL_SHIFTS = "outside_all_shifts"
    """Even at the first start, `vehicles[0]`, the closest, would be back `seconds` after its last second."""
    ALONE_DOES_NOT_FIT = "alone_does_not_fit"
    """None of `vehicles` could serve it even if it had nothing else to do: breaks, limits or windows."""
    NOT_WORTH_ITS_TRAVEL = "not_worth_its_travel"
    """The cheapest insertion, in the route of `vehicles[0]`, costs `amount` more than the prize it collects."""
    NO_TIME_LEFT = "no_time_left"
    """The cheapest insertion would make `vehicles[0]` late by `seconds`, at this task or at a later stop."""
    MAX_TASKS_REACHED = "max_tasks_reached"
    """`vehicles` could serve it but are full."""
    DISPLACED_BY = "displaced_by"
    """It would fit in the route of `vehicles[0]` without `tasks[0]`; that exchange would cost `amount`."""
    SEARCH_ENDED_EARLY = "search_ended_early"
    """It fits in the route of `vehicles[0]` and would gain `amount`: a longer search would serve it."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason; see `ReasonCode` for what the fields mean."""

    code: ReasonCode
    certainty: Certainty
    vehicles: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    seconds: int | None = None
    amount: int | None = None
    skills: tuple[str, ...] = field(default=())
