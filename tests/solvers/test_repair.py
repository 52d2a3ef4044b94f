from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.problem import Problem
from solvers.repair import repaired
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Vehicle


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_whatever_comes_in_is_feasible_after(
    data: st.DataObject, any_problem: Callable[..., st.SearchStrategy[Problem]]
) -> None:
    problem = data.draw(any_problem())
    names = st.sampled_from([*(task.id for task in problem.tasks), "gone"])
    given_orders = {v: data.draw(st.lists(names, max_size=6)) for v in ("v0", "v1", "away")}
    orders, dropped = repaired(problem, given_orders)
    codes = {v.code for v in evaluate(problem, timed(problem, orders)).violations}
    assert codes <= {"mandatory_unserved"}
    served = {task for order in orders.values() for task in order}
    assert served.isdisjoint(dropped)
    assert served | set(dropped) == {task for order in given_orders.values() for task in order}


def test_a_sound_order_stays_and_pinned_tasks_are_kept_first(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = tuple(Task(n, k, (Window(0, 50),), 10) for k, n in enumerate("abc"))
    vehicle = Vehicle("v", 0, None, 0, 30)
    problem = Problem("p", tasks, (vehicle,), {"default": on_line(0, 1, 2)})
    assert repaired(problem, {"v": ["a", "b"]}) == ({"v": ("a", "b")}, ())
    assert repaired(problem, {"v": ["a", "b", "c"]}) == ({"v": ("a", "b")}, ("c",))
    pinned = (*tasks[:2], Task("c", 2, (Window(0, 50),), 10, pinned_start=20))
    assert repaired(Problem("p", pinned, (vehicle,), problem.travel), {"v": ["a", "b", "c"]})[0] == {
        "v": ("a", "c")
    }
