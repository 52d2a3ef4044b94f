"""First plans in which everybody stays near home."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from solvers.demand import demand, eligible
from solvers.homes import near_homes
from solvers.problem import Problem
from tests.solvers.test_solve import plane


def bound(problem: Problem, seed: int = 1) -> dict[str, frozenset[str] | None]:
    return {task.id: task.vehicles for task in near_homes(problem, np.random.default_rng(seed)).tasks}


def test_each_task_is_for_one_vehicle_that_may_serve_it_and_none_has_far_more_than_its_share() -> None:
    problem = plane(40, 4)
    able = eligible(problem)
    given = bound(problem)
    names = [next(iter(ids)) for ids in given.values() if ids is not None and len(ids) == 1]
    assert len(names) == 40
    assert max(map(names.count, names)) <= 15
    for task in problem.tasks:
        assert given[task.id] <= able[demand(task)]


def test_draws_differ_and_the_same_seed_draws_the_same() -> None:
    problem = plane(40, 4)
    assert bound(problem) == bound(problem)
    assert bound(problem) != bound(problem, 2)


def test_one_at_home_with_an_agent_is_that_agents() -> None:
    problem = plane(12, 3)
    homes = [vehicle.start for vehicle in problem.vehicles]
    tasks = [replace(task, place=homes[at % 3]) for at, task in enumerate(problem.tasks)]
    at_home = replace(problem, tasks=tuple(tasks))
    expected = {task.id: frozenset({problem.vehicles[at % 3].id}) for at, task in enumerate(tasks)}
    assert bound(at_home) == expected


def test_what_is_pinned_or_for_nobody_stays_as_it_is() -> None:
    problem = plane(6, 2)
    pinned, nobodys, *others = problem.tasks
    pinned = replace(pinned, pinned_vehicle=problem.vehicles[1].id)
    nobodys = replace(nobodys, vehicles=frozenset())
    given = bound(replace(problem, tasks=(pinned, nobodys, *others)))
    assert (given[pinned.id], given[nobodys.id]) == (pinned.vehicles, frozenset())


def test_homes_that_are_not_known_are_all_as_near() -> None:
    problem = plane(10, 2)
    vehicles = tuple(replace(vehicle, start=None, end=None) for vehicle in problem.vehicles)
    assert all(ids is not None for ids in bound(replace(problem, vehicles=vehicles)).values())
