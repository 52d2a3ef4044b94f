"""An answer to a `Problem`: routes with every instant in them, and what is left unserved. Plain JSON in and out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

Orders = Mapping[str, tuple[str, ...]]
"""Task ids in order, by vehicle id."""


@dataclass(frozen=True, slots=True)
class Route:
    """One vehicle's day, in order.

    `starts` are the starts of service of `tasks`, in seconds. `departure` is when it leaves its start place,
    `arrival_end` when it reaches its end place (or ends its last service, where the end is open).
    `break_starts` runs parallel to the vehicle's `breaks`; None is a break not taken.
    """

    vehicle: str
    tasks: tuple[str, ...]
    starts: tuple[int, ...]
    departure: int
    arrival_end: int
    break_starts: tuple[int | None, ...] = ()


@dataclass(frozen=True, slots=True)
class Solution:
    """Routes of the vehicles that are used, and the ids of the tasks nobody serves."""

    routes: tuple[Route, ...]
    unserved: tuple[str, ...]

    def route_of(self, vehicle: str) -> Route | None:
        """This vehicle's route, or None if it stays at home."""
        return next((route for route in self.routes if route.vehicle == vehicle), None)

    def served(self) -> tuple[str, ...]:
        """Ids of the served tasks, route by route."""
        return tuple(task for route in self.routes for task in route.tasks)


def solution_of(routes: Iterable[Route], task_ids: Iterable[str]) -> Solution:
    """The solution with these routes (empty ones left out) over all these tasks."""
    used = tuple(route for route in routes if route.tasks)
    served = {task for route in used for task in route.tasks}
    return Solution(used, tuple(task for task in task_ids if task not in served))


def solution_to_dict(solution: Solution) -> dict[str, Any]:
    """Plain values for JSON."""
    return {
        "routes": [
            {
                "vehicle": route.vehicle,
                "tasks": list(route.tasks),
                "starts": list(route.starts),
                "departure": route.departure,
                "arrival_end": route.arrival_end,
                "break_starts": list(route.break_starts),
            }
            for route in solution.routes
        ],
        "unserved": list(solution.unserved),
    }


def solution_from_dict(data: dict[str, Any]) -> Solution:
    """The solution that `solution_to_dict` described. Raises ValueError when the shape is another one."""
    try:
        routes = tuple(
            Route(
                vehicle=str(row["vehicle"]),
                tasks=tuple(str(task) for task in row["tasks"]),
                starts=tuple(int(start) for start in row["starts"]),
                departure=int(row["departure"]),
                arrival_end=int(row["arrival_end"]),
                break_starts=tuple(None if start is None else int(start) for start in row["break_starts"]),
            )
            for row in data["routes"]
        )
        return Solution(routes, tuple(str(task) for task in data["unserved"]))
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"not a solution: {type(error).__name__} at {error}") from None


def dump_solution(solution: Solution) -> str:
    """The solution as JSON text."""
    return json.dumps(solution_to_dict(solution))


def load_solution(text: str) -> Solution:
    """The solution in JSON text. Raises ValueError when it is none."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"not a solution: no JSON at line {error.lineno}") from None
    if not isinstance(data, dict):
        raise ValueError("not a solution: a JSON object is expected")
    return solution_from_dict(data)
