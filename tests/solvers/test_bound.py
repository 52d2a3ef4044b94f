from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import count

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from solvers import bound as bound_module
from solvers import pricing
from solvers.bound import MOST_TASKS, Bound, Unknown, lower_bound
from solvers.evaluate import evaluate
from solvers.labels import MERGED
from solvers.pricing import Manner
from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import Solution, solution_of
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Balance, Measure, Vehicle

AnyProblem = Callable[..., st.SearchStrategy[Problem]]
Plans = Callable[[Problem], Iterator[Solution]]

DAY = (Window(0, 1000),)


@st.composite
def everything(draw: st.DrawFn, drawn: st.SearchStrategy[Problem]) -> Problem:
    """A drawn problem with loads, vehicles' own costs and balances as well."""
    problem = draw(drawn)
    names = [vehicle.id for vehicle in problem.vehicles]
    small = st.integers(0, 4)
    return replace(
        problem,
        tasks=tuple(
            replace(
                task,
                load=draw(small),
                vehicle_costs=((names[0], 5 * draw(small)),)
                if task.vehicles is None and draw(st.booleans())
                else (),
            )
            for task in problem.tasks
        ),
        vehicles=tuple(
            replace(vehicle, capacity=draw(st.sampled_from([None, 3, 6])), evening_from=vehicle.shift_end - 5)
            for vehicle in problem.vehicles
        ),
        balances=tuple(
            Balance(f"b-{measure}", frozenset(names), measure, draw(small), draw(small))
            for measure in Measure
            if draw(st.booleans())
        ),
    )


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_plan_is_below_the_bound(data: st.DataObject, any_problem: AnyProblem, all_plans: Plans) -> None:
    problem = data.draw(everything(any_problem(max_tasks=4)))
    plans = [plan for plan in all_plans(problem) if evaluate(problem, plan).feasible]
    if not plans:
        return
    start = data.draw(st.one_of(st.none(), st.sampled_from(plans)))
    rounds = data.draw(st.sampled_from([1, 3, 60]))
    bound = lower_bound(problem, seconds=20, rounds=rounds, plan=start)
    if bound.value is not None:
        assert bound.value <= min(evaluate(problem, plan).total for plan in plans)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_plan_is_below_the_bound_where_labels_are_merged(
    data: st.DataObject, any_problem: AnyProblem, all_plans: Plans
) -> None:
    """The way out of problems on which a whole search takes too long, held to the same: few slots, few labels in each."""
    problem = data.draw(everything(any_problem(max_tasks=4)))
    plans = [plan for plan in all_plans(problem) if evaluate(problem, plan).feasible]
    if not plans:
        return
    merged = data.draw(
        st.sampled_from([Manner(MERGED, slots, crowd=crowd) for slots in (1, 4, 40) for crowd in (1, 3)])
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bound_module, "WHOLE", merged)
        bound = lower_bound(problem, seconds=20, rounds=data.draw(st.sampled_from([1, 8])))
    if bound.value is not None:
        assert bound.value <= min(evaluate(problem, plan).total for plan in plans)


def test_most_tiny_problems_have_a_bound_and_a_near_one(any_problem: AnyProblem, all_plans: Plans) -> None:
    """So that the two tests above are not about nothing."""
    seen: list[tuple[int, int | None]] = []

    @settings(max_examples=40, database=None, derandomize=True, deadline=None, phases=[Phase.generate])
    @given(problem=everything(any_problem(max_tasks=4)))
    def draw(problem: Problem) -> None:
        totals = [
            verdict.total for plan in all_plans(problem) if (verdict := evaluate(problem, plan)).feasible
        ]
        if min(totals, default=0) > 0:
            seen.append((min(totals), lower_bound(problem, seconds=20, rounds=60).value))

    draw()
    assert len(seen) > 12
    assert sum(value is not None and value > 0 for _, value in seen) > 0.8 * len(seen)
    assert sum(value == least for least, value in seen) > 0.4 * len(seen)


def test_it_keeps_to_its_time(on_line: Callable[..., TravelMatrix]) -> None:
    """Looked at by a clock of its own, which goes on a second each time: one look a few ways on, not one a search."""
    tasks = tuple(Task(f"t{k}", k, (Window(k, 4000),), 5, 100 + k) for k in range(60))
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 4000),), {"default": on_line(*range(0, 120, 2))})
    clock = count()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pricing, "_EFFORT", 500)
        patch.setattr(time, "monotonic", lambda: float(next(clock)))
        bound = lower_bound(problem, seconds=30)
    assert bound.rounds <= 2
    assert next(clock) < 60


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
