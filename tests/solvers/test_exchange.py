from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.exchange import entry
from solvers.insertion import Draft
from solvers.problem import Problem
from solvers.repair import repaired
from solvers.schedule import schedule
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Vehicle

DAY = Window(0, 1000)


def test_the_cheapest_string_gives_way(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = (
        Task("a", 1, (DAY,), 30, 100),
        Task("b", 2, (DAY,), 10, 30),
        Task("c", 2, (DAY,), 10, 30),
        Task("x", 2, (DAY,), 20, 0),
    )
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 90),), {"default": on_line(0, 10, 20)})
    draft = Draft(problem)
    draft.load({"v": ("a", "b", "c")})
    assert entry(draft, "x") == ("v", ("a", "x"))
    assert draft.orders() == {"v": ("a", "b", "c")}


@pytest.mark.parametrize("mandatory", [False, True])
def test_a_mandatory_stop_stays(on_line: Callable[..., TravelMatrix], mandatory: bool) -> None:
    tasks = (Task("a", 1, (DAY,), 30, 100, mandatory=mandatory), Task("x", 1, (DAY,), 30, 0))
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 60),), {"default": on_line(0, 10)})
    draft = Draft(problem)
    draft.load({"v": ("a",)})
    assert entry(draft, "x") == (None if mandatory else ("v", ("x",)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_entry_is_feasible_and_found_where_there_is_one(
    data: st.DataObject, any_problem: Callable[..., st.SearchStrategy[Problem]]
) -> None:
    problem = data.draw(any_problem(max_tasks=5))
    ids = data.draw(st.permutations([task.id for task in problem.tasks]))
    cut = data.draw(st.integers(0, len(ids)))
    names = [vehicle.id for vehicle in problem.vehicles]
    orders = repaired(problem, dict(zip(names, (ids[:cut], ids[cut:]), strict=False)))[0]
    draft = Draft(problem)
    draft.load(orders)
    for task in {task.id for task in problem.tasks}.difference(*orders.values()):
        found = entry(draft, task)
        possible = [
            (name, (*order[:first], task, *order[after:]))
            for name in names
            for order in [orders.get(name, ())]
            for first in range(len(order) + 1)
            for after in range(first, len(order) + 1)
            if not any(problem.task_by_id[other].mandatory for other in order[first:after])
        ]
        feasible = {seat for seat in possible if schedule(problem, *seat) is not None}
        assert found in feasible if feasible else found is None
