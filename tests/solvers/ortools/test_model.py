from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.ortools.load import load
from solvers.ortools.model import RoutingModel, nodes_of
from solvers.problem import Problem
from solvers.repair import repaired
from solvers.solution import Solution
from solvers.task import PrizeBand, Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Vehicle

AnyProblem = Callable[..., st.SearchStrategy[Problem]]


def any_orders(data: st.DataObject, problem: Problem) -> dict[str, tuple[str, ...]]:
    """A random feasible plan."""
    ids = data.draw(st.permutations([task.id for task in problem.tasks]))
    cut = data.draw(st.integers(0, len(ids)))
    names = [vehicle.id for vehicle in problem.vehicles]
    return repaired(problem, dict(zip(names, (ids[:cut], ids[cut:]), strict=False)))[0]


def price_in_model(problem: Problem, solution: Solution) -> int:
    """What the evaluation says, and the model's penalty for each mandatory task that it holds and nobody serves."""
    verdict = evaluate(problem, solution)
    left = {ids for v in verdict.violations if v.code == "mandatory_unserved" for ids in v.ids}
    model = RoutingModel(problem)
    inside = {node.task.id for node in model.nodes}
    return verdict.total + len(left & inside) * problem.mandatory_penalty


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_model_accepts_any_feasible_plan_at_the_price_of_the_evaluation(
    data: st.DataObject, any_problem: AnyProblem
) -> None:
    problem = data.draw(any_problem())
    plan = timed(problem, any_orders(data, problem))
    answer = load(problem, plan)
    assert answer.accepted
    assert answer.objective == price_in_model(problem, plan)
    assert answer.orders == {route.vehicle: route.tasks for route in plan.routes}


@pytest.fixture
def two_stops(on_line: Callable[..., TravelMatrix]) -> Callable[..., Problem]:
    def make(**changes: object) -> Problem:
        tasks = (Task("a", 1, (Window(0, 90),), 5, 50, **changes), Task("b", 2, (Window(0, 90),), 5, 50))  # type: ignore[arg-type]
        return Problem("p", tasks, (Vehicle("v", 0, 0, 0, 100),), {"default": on_line(0, 10, 20)})

    return make


def test_an_infeasible_start_is_refused(two_stops: Callable[..., Problem]) -> None:
    loose, tight = two_stops(), two_stops(pinned_position=-1)
    assert load(loose, timed(loose, {"v": ("a", "b")})).accepted
    assert not load(tight, timed(loose, {"v": ("a", "b")})).accepted


def test_one_node_a_prize(two_stops: Callable[..., Problem]) -> None:
    bands = (PrizeBand(0, 9, 7), PrizeBand(20, 29, 7), PrizeBand(30, 39, 50), PrizeBand(95, 99, 1))
    groups = nodes_of(two_stops(prize_bands=bands))
    assert [(node.prize, [(p.start, p.end) for p in node.intervals]) for node in groups[0]] == [
        (7, [(0, 9), (20, 29)]),
        (50, [(10, 19), (30, 90)]),
    ]
    assert len(groups[1]) == 1
