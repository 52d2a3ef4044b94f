"""A short search from a plan at hand."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.problem import Problem
from solvers.quick import Budget, Effort, quick
from solvers.repair import repaired
from tests.solvers.test_solve import plane


@settings(max_examples=100, deadline=None)
@given(data=st.data())
def test_no_plan_gets_worse_and_no_rule_is_broken(
    data: st.DataObject, any_problem: Callable[..., st.SearchStrategy[Problem]]
) -> None:
    problem = data.draw(any_problem())
    names = st.sampled_from([task.id for task in problem.tasks])
    orders, _ = repaired(problem, {v: data.draw(st.lists(names, max_size=6)) for v in ("v0", "v1")})
    before = evaluate(problem, timed(problem, orders))
    after = evaluate(problem, timed(problem, quick(problem, orders, Effort(60, iterations=30))))
    assert {violation.code for violation in after.violations} <= {"mandatory_unserved"}
    counted = [one.total + problem.mandatory_penalty * len(one.violations) for one in (before, after)]
    assert counted[1] <= counted[0]


def test_the_same_seed_and_steps_end_alike_and_no_time_still_inserts() -> None:
    problem = plane(40, 4)
    once, again = (quick(problem, {}, Effort(60, seed=3, iterations=400)) for _ in range(2))
    assert once == again
    assert sum(map(len, quick(problem, {}, Effort(0)).values())) > 0
    assert sum(map(len, quick(problem, {}, Effort(0, iterations=10**9)).values())) > 0  # the time ends it


@pytest.mark.parametrize("left", [1, 4])
def test_what_one_search_leaves_over_goes_to_those_after_it(left: int) -> None:
    now = [0.0]
    budget = Budget(Effort(8.0), clock=lambda: now[0])
    budget.begin(left)
    assert budget.effort().seconds == pytest.approx(8 / left)
    now[0] = 1.0
    budget.begin(2)
    assert budget.effort().seconds == pytest.approx(3.5)
    now[0] = 9.0
    assert budget.spent
    assert budget.effort().seconds == 0
