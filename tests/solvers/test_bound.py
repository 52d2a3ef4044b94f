from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.bound import lower_bound
from solvers.evaluate import evaluate
from solvers.problem import Problem, Task, TravelMatrix, Vehicle, Window
from solvers.solution import Solution

AnyProblem = Callable[..., st.SearchStrategy[Problem]]
Plans = Callable[[Problem], Iterator[Solution]]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_plan_is_below_the_bound(data: st.DataObject, any_problem: AnyProblem, all_plans: Plans) -> None:
    problem = data.draw(any_problem(max_tasks=4))
    totals = [verdict.total for p in all_plans(problem) if (verdict := evaluate(problem, p)).feasible]
    step = data.draw(st.sampled_from([1, 2, 5]))
    bound = lower_bound(problem, seconds=5, rounds=15, step_s=step)
    if bound is not None and totals:
        assert bound.value <= min(totals)


def test_it_is_exact_where_nothing_is_relaxed(on_line: Callable[..., TravelMatrix]) -> None:
    day = Window(0, 1000)
    tasks = (Task("a", 1, (day,), 5, 100), Task("b", 2, (day,), 5, 100), Task("c", 3, (day,), 5, 7))
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 200),), {"default": on_line(0, 10, 20, 60)})
    bound = lower_bound(problem, seconds=5, rounds=200, step_s=1, objective=47)
    assert bound is not None
    assert 42 <= bound.value <= 47
    assert bound.gap(47) <= 0.11


def test_there_is_none_where_a_step_is_too_coarse(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = (Task("a", 1, (Window(0, 9),), 5, 100), Task("b", 2, (Window(0, 9),), 5, 100))
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 200),), {"default": on_line(0, 10, 20)})
    assert lower_bound(problem, seconds=1, step_s=60) is None
