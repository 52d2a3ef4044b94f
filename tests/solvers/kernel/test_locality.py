"""Tasks near each other, near each other in memory too."""

from __future__ import annotations

from collections.abc import Callable

from solvers.kernel.locality import neighbours_together
from solvers.problem import Problem
from tests.solvers.test_solve import plane


def test_each_task_is_followed_by_the_nearest_of_those_left(random_problem: Callable[..., Problem]) -> None:
    for problem in (plane(40, 4), *(random_problem(seed, 4 + seed % 14) for seed in range(60))):
        chain = neighbours_together(problem).tasks
        assert sorted(task.id for task in chain) == sorted(task.id for task in problem.tasks)
        seconds = next(iter(problem.travel.values())).duration
        for at, task in enumerate(chain[:-1]):
            left = [int(seconds[task.place, other.place]) for other in chain[at + 1 :]]
            assert left[0] == min(left)


def test_a_chain_stays_as_it_is(random_problem: Callable[..., Problem]) -> None:
    for seed in range(60):
        once = neighbours_together(random_problem(seed, 4 + seed % 14))
        assert neighbours_together(once).tasks == once.tasks


def test_nothing_else_of_the_problem_changes() -> None:
    problem = plane(12, 3)
    kept = problem.pieces  # derived once, and taken over
    ordered = neighbours_together(problem)
    assert (ordered.name, ordered.vehicles, ordered.balances) == (
        problem.name,
        problem.vehicles,
        problem.balances,
    )
    assert ordered.travel is problem.travel
    assert ordered.pieces is kept
    assert {task.id: task for task in ordered.tasks} == problem.task_by_id
