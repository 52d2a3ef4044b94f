"""The local search breaks no rule, never makes a plan worse, and leaves a plan as one built from nothing would be."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.kernel.entry import APPEND, SEND_HOME
from solvers.kernel.kernel import Kernel
from solvers.kernel.moves_between import KINDS
from solvers.kernel.state import COUNT, LEAVE, LEG, MODE, NEXT, PREV, WHO, State
from solvers.kernel.tables import STATES, Tables
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Vehicle


def judged(problem: Problem, kernel: Kernel) -> int:
    """What the plan costs with the price of mandatory tasks unserved; no other rule may be broken."""
    evaluation = evaluate(problem, timed(problem, kernel.current()))
    missing = [v for v in evaluation.violations if v.code == "mandatory_unserved"]
    assert len(evaluation.violations) == len(missing), evaluation.violations
    return evaluation.total + len(missing) * problem.mandatory_penalty


def agrees(problem: Problem, kernel: Kernel) -> None:
    cost = judged(problem, kernel)
    assert cost <= kernel.current_objective
    if not any(task.prize_bands for task in problem.tasks):
        assert cost == kernel.current_objective


def is_as_built_anew(kernel: Kernel) -> None:
    """Links, labels, sums and costs are those of the same plan put together task by task."""
    other, t = Kernel(kernel.problem, 0), kernel.tables
    other._do(SEND_HOME)
    for v in range(t.vehicles):
        u = int(kernel.now.node[t.tasks + v, NEXT])
        while u < t.tasks:
            other._do(APPEND, v, u, int(kernel.now.node[u, MODE]))
            u = int(kernel.now.node[u, NEXT])
    for name in ("route", "shared", "total"):
        assert (getattr(kernel.now, name) == getattr(other.now, name)).all()
    for v in range(t.vehicles):
        if kernel.now.route[v, COUNT]:
            same_labels(kernel.now, other.now, t, v)


def same_labels(one: State, other: State, t: Tables, v: int) -> None:
    taken = range(int(t.vehicle[v, STATES]))
    leave = [LEAVE + k for k in taken]
    x = t.tasks + v
    while x < t.tasks + t.vehicles:
        columns = [NEXT, WHO, LEG, *leave]
        if x < t.tasks:
            columns += [PREV, MODE, *(LEAVE + t.states + k for k in taken)]
        assert one.node[x, columns].tolist() == other.node[x, columns].tolist()
        x = int(one.node[x, NEXT])
    assert one.node[x, [PREV, *leave]].tolist() == other.node[x, [PREV, *leave]].tolist()


@settings(deadline=None, max_examples=150)
@given(data=st.data())
def test_moves_keep_every_rule(
    any_problem: Callable[..., st.SearchStrategy[Problem]], data: st.DataObject
) -> None:
    problem = data.draw(any_problem(max_tasks=8, max_vehicles=3))
    kernel = Kernel(problem, data.draw(st.integers(0, 99)))
    kernel.construct()
    before = kernel.current_objective
    kernel.improve()
    assert kernel.current_objective <= before
    agrees(problem, kernel)
    is_as_built_anew(kernel)
    kernel.ils(30, 20.0, 1.0)
    agrees(problem, kernel)
    is_as_built_anew(kernel)


def test_plans_of_many_random_problems(random_problem: Callable[..., Problem]) -> None:
    made = np.zeros(KINDS, np.int64)
    for seed in range(300):
        problem = random_problem(seed, 4 + seed % 14)
        kernel = Kernel(problem, seed)
        kernel.construct()
        kernel.anneal(seed % 3, 30.0, 1.0)
        kernel.improve(3 if seed % 2 else 40)
        is_as_built_anew(kernel)
        kernel.ils(20, 20.0, 1.0)
        agrees(problem, kernel)
        is_as_built_anew(kernel)
        assert kernel.objective <= kernel.current_objective
        made += kernel.local.made
    assert (made > 0).all(), made


def test_the_same_seed_and_steps_give_the_same_plan(random_problem: Callable[..., Problem]) -> None:
    for seed in range(60):
        problem = random_problem(seed, 12)
        one, other = Kernel(problem, seed), Kernel(problem, seed)
        for kernel in (one, other):
            kernel.construct()
            kernel.improve()
            kernel.ils(40, 30.0, 1.0)
        assert one.orders() == other.orders()


def line(places: int) -> TravelMatrix:
    """Places a minute apart in a row."""
    at = np.arange(places) * 60
    seconds = np.abs(at[:, None] - at[None, :]).astype(np.int32)
    return TravelMatrix(seconds, seconds)


def visits(places: list[int], **more: object) -> tuple[Task, ...]:
    always = (Window(0, 100_000),)
    return tuple(Task(f"t{k}", place, always, prize=10_000, **more) for k, place in enumerate(places))  # type: ignore[arg-type]


def agents(*homes: int, **more: object) -> tuple[Vehicle, ...]:
    return tuple(Vehicle(f"v{k}", home, home, 0, 90_000, **more) for k, home in enumerate(homes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("places", "homes", "more", "given_plan", "found"),
    [
        ([1, 2, 3, 4], (0,), {}, {"v0": ("t1", "t0", "t3", "t2")}, 480),
        ([1, 2, 8, 9], (0, 10), {"max_tasks": 2}, {"v0": ("t2", "t3"), "v1": ("t0", "t1")}, 480),
        ([1, 2, 8, 9], (0, 10), {"max_tasks": 2}, {"v0": ("t0", "t2"), "v1": ("t1", "t3")}, 480),
        ([1, 2, 8, 9], (0, 10), {}, {"v0": ("t0", "t1", "t2", "t3")}, 480),
        ([1, 2, 8, 9], (0, 10), {}, {}, 480),
    ],
    ids=["out of order", "the other's day", "one each too many", "one does it all", "nobody does anything"],
)
def test_a_poor_plan_is_put_right(
    places: list[int],
    homes: tuple[int, ...],
    more: dict[str, object],
    given_plan: dict[str, tuple[str, ...]],
    found: int,
) -> None:
    problem = Problem("line", visits(places), agents(*homes, **more), {"default": line(11)})
    kernel = Kernel(problem, 1)
    kernel.load(given_plan)
    kernel.improve()
    assert kernel.current_objective == judged(problem, kernel) == found


def test_a_dearer_visit_takes_the_seat_of_a_cheaper_one() -> None:
    window = (Window(0, 600),)
    tasks = (Task("cheap", 1, window, 60, 1_000), Task("dear", 2, window, 60, 5_000))
    problem = Problem("seat", tasks, agents(0, max_tasks=1), {"default": line(3)})
    kernel = Kernel(problem, 1)
    kernel.load({"v0": ("cheap",)})
    kernel.improve()
    assert kernel.current() == {"v0": ("dear",)}
