"""What differs between two plans of the same tasks: who serves them, when, and what came in or fell out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from solvers.solution import Solution


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Who serves a task, and the second its service starts."""

    vehicle: str
    start: int


@dataclass(frozen=True, slots=True)
class Move:
    """One task that is served otherwise; None is not at all."""

    task: str
    before: Slot | None
    after: Slot | None

    @property
    def dropped(self) -> bool:
        """Whether it was served and is not any more."""
        return self.before is not None and self.after is None

    @property
    def other_vehicle(self) -> bool:
        """Whether somebody else serves it."""
        return (
            self.before is not None and self.after is not None and self.before.vehicle != self.after.vehicle
        )


def slots_of(solution: Solution) -> Mapping[str, Slot]:
    """Where each served task is, by task id."""
    return {
        task: Slot(route.vehicle, start)
        for route in solution.routes
        for task, start in zip(route.tasks, route.starts, strict=True)
    }


def moves(before: Solution, after: Solution, *, tolerance_s: int = 0) -> tuple[Move, ...]:
    """Tasks that change vehicle, start more than `tolerance_s` off, come in or fall out; by id."""
    was, now = slots_of(before), slots_of(after)
    found = []
    for task in sorted(was.keys() | now.keys()):
        old, new = was.get(task), now.get(task)
        if (
            old is None
            or new is None
            or old.vehicle != new.vehicle
            or abs(old.start - new.start) > tolerance_s
        ):
            found.append(Move(task, old, new))
    return tuple(found)
