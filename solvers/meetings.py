"""Visits at which two vehicles meet, stated in a problem that knows of no meetings.

A meeting is two mandatory tasks at one place, each pinned to its vehicle and both to the same second.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from solvers.problem import Problem
from solvers.solution import Solution
from solvers.task import Task

_SECOND = "/2"


@dataclass(frozen=True, slots=True)
class Meetable:
    """A task that two of these vehicles may serve by meeting there, if together they have its skills."""

    task: str
    vehicles: frozenset[str]


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two vehicles that start the service of a task at the same second."""

    task: str
    vehicles: tuple[str, str]
    start: int


def second(task: str) -> str:
    """The id of the task that stands for the second vehicle's part of a meeting."""
    return task + _SECOND


def met_task(task: str) -> str:
    """The task that an id of a route stands for: itself, or that of the meeting it is the second part of."""
    return task.removesuffix(_SECOND)


def parts(task: Task, meeting: Meeting) -> tuple[Task, Task]:
    """The two tasks of a meeting. The first earns all of the prize, so that the objective stays comparable."""
    one, two = meeting.vehicles
    pinned = replace(
        task,
        mandatory=True,
        skills=frozenset(),
        vehicles=None,
        vehicle_costs=(),
        pinned_vehicle=one,
        pinned_start=meeting.start,
        pinned_position=None,
    )
    return pinned, replace(pinned, id=second(task.id), pinned_vehicle=two, prize=0, prize_bands=())


def with_meetings(problem: Problem, meetings: Iterable[Meeting]) -> Problem:
    """The problem with these meetings pinned; its other tasks are as they were."""
    by_task = {meeting.task: meeting for meeting in meetings}
    tasks: list[Task] = []
    for task in problem.tasks:
        meeting = by_task.get(task.id)
        tasks += (task,) if meeting is None else parts(task, meeting)
    return Problem(problem.name, tuple(tasks), problem.vehicles, problem.travel, problem.balances)


def kept_meetings(meetings: Sequence[Meeting], solution: Solution) -> bool:
    """Whether every part of every meeting is served."""
    served = set(solution.served())
    return all(task in served for meeting in meetings for task in (meeting.task, second(meeting.task)))
