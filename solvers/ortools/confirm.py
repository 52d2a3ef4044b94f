"""Load a finished plan into the routing model, some days at a time: whether it calls them feasible too."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from solvers.ortools.load import load
from solvers.problem import Problem
from solvers.solution import Route, Solution
from solvers.task import Task, Window

_TASKS_AT_A_TIME = 80  # a model's matrices grow with the square of its tasks


class Verdict(NamedTuple):
    """Ids of the vehicles whose days the model refuses, and of those there was no time for."""

    refused: tuple[str, ...]
    left: tuple[str, ...]


def confirm(problem: Problem, plan: Solution, until: float) -> Verdict:
    """Ask the model about every day of a plan, as long as `time.monotonic` has not reached `until`.

    A served task is stated with those of its starts that earn what it earns in the plan.
    """
    refused: list[str] = []
    left: list[str] = []
    for routes in _groups(plan.routes):
        names = [route.vehicle for route in routes]
        if time.monotonic() >= until:
            left += names
        elif not _accepts(problem, routes):
            refused += [route.vehicle for route in routes if not _accepts(problem, [route])] or names
    return Verdict(tuple(refused), tuple(left))


def _accepts(problem: Problem, routes: Sequence[Route]) -> bool:
    return load(_served(problem, routes), Solution(tuple(routes), ())).accepted


def _groups(routes: Sequence[Route]) -> Iterator[list[Route]]:
    group: list[Route] = []
    for route in routes:
        if group and sum(len(one.tasks) for one in group) + len(route.tasks) > _TASKS_AT_A_TIME:
            yield group
            group = []
        group.append(route)
    if group:
        yield group


def _served(problem: Problem, routes: Sequence[Route]) -> Problem:
    starts = {task: s for route in routes for task, s in zip(route.tasks, route.starts, strict=True)}
    part = problem.part(list(starts), [route.vehicle for route in routes])
    tasks = tuple(_at_its_prize(part, task, starts[task.id]) for task in part.tasks)
    return replace(part, tasks=tasks, balances=())


def _at_its_prize(problem: Problem, task: Task, start: int) -> Task:
    prize = task.prize_at(start)
    windows = tuple(
        Window(piece.start, piece.end) for piece in problem.pieces[task.id] if piece.prize == prize
    )
    return replace(task, windows=windows, prize=prize, prize_bands=())
