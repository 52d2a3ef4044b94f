from __future__ import annotations

from collections.abc import Callable, Iterator

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.bound import MOST_TASKS, Bound, Unknown, lower_bound
from solvers.evaluate import evaluate
from solvers.problem import Problem, Task, TravelMatrix, Vehicle, Window
from solvers.schedule import schedule
from solvers.solution import Solution, solution_of

AnyProblem = Callable[..., st.SearchStrategy[Problem]]
Plans = Callable[[Problem], Iterator[Solution]]

DAY = (Window(0, 1000),)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_plan_is_below_the_bound(data: st.DataObject, any_problem: AnyProblem, all_plans: Plans) -> None:
    problem = data.draw(any_problem(max_tasks=4))
    plans = [plan for plan in all_plans(problem) if evaluate(problem, plan).feasible]
    if not plans:
        return
    start = data.draw(st.one_of(st.none(), st.sampled_from(plans)))
    rounds = data.draw(st.sampled_from([1, 3, 60]))
    bound = lower_bound(problem, seconds=20, rounds=rounds, plan=start)
    if bound.value is not None:
        assert bound.value <= min(evaluate(problem, plan).total for plan in plans)


def test_it_is_the_optimum_where_nothing_is_relaxed(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = (Task("a", 1, DAY, 5, 100), Task("b", 2, DAY, 5, 100), Task("c", 3, DAY, 5, 7))
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 200),), {"default": on_line(0, 10, 20, 60)})
    bound = lower_bound(problem, seconds=5)
    assert (bound.value, bound.settled, bound.gap(47)) == (47, True, 0.0)
    assert bound.gap(94) == 1.0
    assert bound.told(47).endswith(
        "costs less than 47; the best here, 47, is within 0.0% of the best possible"
    )


def test_a_mandatory_task_is_paid_for(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = (Task("a", 1, DAY, 5, 0, mandatory=True), Task("b", 2, DAY, 5, 0))
    vehicles = tuple(Vehicle(f"v{k}", 0, 0, 0, 200, fixed_cost=30) for k in range(3))
    problem = Problem("p", tasks, vehicles, {"default": on_line(0, 10, 20)})
    assert lower_bound(problem, seconds=5).value == 50


def test_each_agent_has_one_day(on_line: Callable[..., TravelMatrix]) -> None:
    """Six visits, two at most an agent: whoever forgot that two agents have two days would reach all six."""
    tasks = tuple(Task(f"t{k}", 1, DAY, 5, 100) for k in range(6))
    vehicles = tuple(Vehicle(f"v{k}", 0, 0, 0, 200, max_tasks=2) for k in range(2))
    problem = Problem("p", tasks, vehicles, {"default": on_line(0, 10)})
    assert lower_bound(problem, seconds=5).value == 240


def test_a_plan_to_start_from_does_not_move_it(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = tuple(Task(f"t{k}", k, DAY, 5, 100) for k in range(1, 6))
    vehicles = tuple(Vehicle(f"v{k}", 0, 0, 0, 90) for k in range(2))
    problem = Problem("p", tasks, vehicles, {"default": on_line(0, 10, 25, -10, -30, 40)})
    route = schedule(problem, "v0", ["t1", "t2"])
    assert route is not None
    plan = solution_of([route], [task.id for task in tasks])
    with_it, without = lower_bound(problem, seconds=5, plan=plan), lower_bound(problem, seconds=5)
    assert with_it.settled
    assert without.settled
    assert with_it.value == without.value


def test_there_is_none_for_a_large_problem(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = tuple(Task(f"t{k}", 0, DAY, 5, 1) for k in range(MOST_TASKS + 1))
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 200),), {"default": on_line(0)})
    bound = lower_bound(problem, seconds=1)
    assert bound == Bound(None, Unknown.TOO_LARGE, 0)
    assert bound.gap(10) is None
    assert "is not known: it has more than" in bound.told(10)
