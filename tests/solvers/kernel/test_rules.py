"""Whatever the rules, the compiled search breaks none and counts its cost as `evaluate` does."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.kernel.kernel import Kernel
from solvers.problem import Problem

MANY = 10_000


def judged(problem: Problem, kernel: Kernel) -> int:
    """What the plan costs with the price of mandatory tasks unserved; no other rule may be broken."""
    evaluation = evaluate(problem, timed(problem, kernel.orders()))
    missing = [v for v in evaluation.violations if v.code == "mandatory_unserved"]
    assert len(evaluation.violations) == len(missing), evaluation.violations
    return evaluation.total + len(missing) * problem.mandatory_penalty


def agrees(problem: Problem, kernel: Kernel) -> None:
    """The cost counted step by step is the plan's, but for prizes that another timing would collect."""
    cost = judged(problem, kernel)
    assert cost <= kernel.objective
    if not any(task.prize_bands for task in problem.tasks):
        assert cost == kernel.objective


@settings(deadline=None, max_examples=200)
@given(data=st.data())
def test_no_rule_is_broken_and_every_cost_is_counted(
    any_problem: Callable[..., st.SearchStrategy[Problem]], data: st.DataObject
) -> None:
    problem = data.draw(any_problem(max_tasks=7, max_vehicles=3))
    kernel = Kernel(problem, 1)
    kernel.construct()
    agrees(problem, kernel)
    kernel.anneal(200, 30.0, 0.1)
    agrees(problem, kernel)


def test_a_plan_loaded_is_the_plan(random_problem: Callable[..., Problem]) -> None:
    for seed in range(300):
        problem = random_problem(seed)
        kernel, other = Kernel(problem, 1), Kernel(problem, 2)
        kernel.anneal(60, 30.0, 0.1)
        assert other.load(kernel.orders()) == ()
        assert other.orders() == kernel.orders()
        assert other.objective == kernel.objective
        other.anneal(60, 30.0, 0.1)
        agrees(problem, other)


def test_orders_alone_are_loaded_in_their_best_timing(random_problem: Callable[..., Problem]) -> None:
    for seed in range(300):
        problem = random_problem(seed)
        kernel, other = Kernel(problem, 1), Kernel(problem, 2)
        kernel.anneal(60, 30.0, 0.1)
        assert other.load({vehicle: tuple(order) for vehicle, order in kernel.orders().items()}) == ()
        assert other.orders() == kernel.orders()
        assert other.objective == judged(problem, kernel) <= kernel.objective


def test_a_part_is_loaded_as_the_whole_has_it(random_problem: Callable[..., Problem]) -> None:
    for seed in range(300):
        problem = random_problem(seed)
        kernel = Kernel(problem, 1)
        kernel.anneal(60, 30.0, 0.1)
        orders = kernel.current()
        some = list(orders)[::2]
        if some:
            tasks = [task for vehicle in some for task in orders[vehicle]]
            part = Kernel(problem.part(tasks, some), 2)
            assert part.load(deepcopy({vehicle: orders[vehicle] for vehicle in some})) == ()
            assert part.current() == {vehicle: orders[vehicle] for vehicle in some}
            part.anneal(60, 30.0, 0.1)
            agrees(part.problem, part)


def test_what_does_not_fit_is_left_out_and_named(random_problem: Callable[..., Problem]) -> None:
    for seed in range(200):
        problem = random_problem(seed)
        given_to: dict[str, list[str]] = {vehicle.id: [] for vehicle in problem.vehicles}
        for number, task in enumerate(problem.tasks):
            given_to[f"v{number % len(problem.vehicles)}"].append(task.id)
        given_to["nobody"] = ["t0", "nothing"]
        kernel = Kernel(problem, 1)
        dropped = kernel.load(given_to)
        kept = [task for order in kernel.orders().values() for task in order]
        if kernel.objective < sum(problem.top_prizes.values()):
            assert sorted(kept + [d for d in dropped if d != "nothing"]) == sorted(problem.task_by_id)
        assert "nothing" in dropped
        agrees(problem, kernel)


def test_the_same_seed_and_steps_give_the_same_plan(random_problem: Callable[..., Problem]) -> None:
    for seed in range(100):
        problem = random_problem(seed, 12)
        one, other = Kernel(problem, seed), Kernel(problem, seed)
        for kernel in (one, other):
            kernel.construct()
            for _ in range(3):
                kernel.anneal(40, 20.0, 5.0)
        assert one.orders() == other.orders()
        assert one.objective == other.objective


@pytest.mark.slow
def test_ten_thousand_problems_without_a_violation(random_problem: Callable[..., Problem]) -> None:
    for seed in range(MANY):
        problem = random_problem(1_000_000 + seed)
        kernel = Kernel(problem, seed)
        kernel.construct()
        kernel.anneal(100, 30.0, 0.3)
        agrees(problem, kernel)
