from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.explain import explain
from solvers.insertion import timed
from solvers.mends import mends_of
from solvers.moves import moves
from solvers.options import Explanation, Option, OptionCode
from solvers.problem import Problem
from solvers.quick import Effort, quick
from solvers.reasons import ReasonCode
from solvers.repair import repaired
from solvers.schedule import schedule
from solvers.solution import Solution
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Balance, Measure, Vehicle

DAY = Window(0, 1000)
AnyProblem = Callable[..., st.SearchStrategy[Problem]]
Plans = Callable[[Problem], Iterator[Solution]]
SHORT = Effort(20.0, iterations=60)
_EITHER_ORDER = (Window(0, 17), Window(28, 28))  # x before a starts at 20, after a at 25


@pytest.fixture
def told(on_line: Callable[..., TravelMatrix]) -> Callable[..., Explanation]:
    """Task x (at 20) explained, with v at 0 serving a (at 10), under changes."""

    def explained(vehicle: dict[str, object] | None = None, **x: object) -> Explanation:
        tasks = (Task("a", 1, (DAY,), 5, 100), replace(Task("x", 2, (DAY,), 5, 100), **x))  # type: ignore[arg-type]
        agent = replace(Vehicle("v", 0, 0, 0, 100), **(vehicle or {}))  # type: ignore[arg-type]
        problem = Problem("p", tasks, (agent,), {"default": on_line(0, 10, 20)})
        return explain(problem, timed(problem, {"v": ("a",)}), "x", effort=SHORT)

    return explained


def mend(explanation: Explanation, code: OptionCode) -> Option:
    return next(option for option in explanation.options if option.code is code)


# Serving both takes 50 seconds, 20 more of them under way than a alone; x earns 100.
@pytest.mark.parametrize(
    ("change", "code", "amount", "seconds"),
    [
        ({"prize": 7}, OptionCode.HIGHER_WORTH, 13, 0),
        ({"vehicle": {"shift_end": 46}}, OptionCode.LONGER_DAY, -80, 300),
        ({"vehicle": {"shift_end": 46, "cost_per_overtime_second": 3}}, OptionCode.LONGER_DAY, -68, 300),
        ({"vehicle": {"shift_start": 20, "shift_end": 66}}, OptionCode.EARLIER_DAY, -80, 300),
        ({"vehicle": {"max_tasks": 1}}, OptionCode.HIGHER_LIMIT, -80, 0),
        ({"vehicle": {"max_travel": 30}}, OptionCode.HIGHER_LIMIT, -80, 300),
        ({"vehicle": {"shift_end": 46}}, OptionCode.ONE_MORE_VEHICLE, -60, 0),
        ({"skills": frozenset("k")}, OptionCode.SKILL, -80, 0),
        ({"vehicle": {"shift_end": 52}, "windows": _EITHER_ORDER}, OptionCode.WIDER_HOURS, -80, 3),
    ],
)
def test_each_mend_with_its_price(
    told: Callable[..., Explanation],
    change: dict[str, object],
    code: OptionCode,
    amount: int,
    seconds: int,
) -> None:
    found = mend(told(**change), code)
    assert (found.amount, found.seconds, found.vehicle) == (amount, seconds, "v")


def test_a_mend_tells_what_it_does_to_the_others(told: Callable[..., Explanation]) -> None:
    found = mend(told(vehicle={"shift_end": 46}, prize=90), OptionCode.HIGHER_WORTH)
    assert found.amount == 100 - 90 + 20
    assert [(move.task, move.dropped) for move in found.moves] == [("a", True)]


def test_who_may_serve_is_never_a_mend(told: Callable[..., Explanation]) -> None:
    explained = told(vehicles=frozenset())
    assert explained.reasons[0].code is ReasonCode.NO_VEHICLE_ALLOWED
    assert explained.options == ()


def test_a_served_task_has_a_next_best(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = (Task("a", 1, (DAY,), 5, 500), Task("b", 2, (Window(0, 40_000),), 5, 500))
    agents = (Vehicle("v", 0, 0, 0, 50_000), Vehicle("w", 3, 3, 0, 50_000))
    problem = Problem("p", tasks, agents, {"default": on_line(0, 10, 20, 50)})
    plan = timed(problem, {"v": ("a", "b")})
    explained = explain(problem, plan, "b", effort=SHORT)
    assert (explained.vehicle, explained.start) == ("v", 25)
    options = {option.code: option for option in explained.options}
    other = options[OptionCode.OTHER_VEHICLE]
    assert (other.vehicle, other.amount) == ("w", 60 - 20)
    assert options[OptionCode.LATER].amount == 0
    assert (options[OptionCode.LATER].start or 0) >= 25 + 3600
    assert options[OptionCode.LEFT_OUT].amount == 500 - 20
    assert OptionCode.EARLIER not in options
    assert [(offer.vehicle, offer.amount) for offer in explained.offers] == [("w", 40)]


def test_balance_counts_in_every_price(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = (Task("a", 1, (DAY,), 5, 500), Task("b", 1, (DAY,), 5, 500))
    agents = (Vehicle("v", 0, 0, 0, 500), Vehicle("w", 0, 0, 0, 500))
    shares = tuple(Balance(n, frozenset(n), Measure.WORK, 25, 10) for n in "vw")
    problem = Problem("p", tasks, agents, {"default": on_line(0, 10)}, shares)
    plan = timed(problem, {"v": ("a", "b")})
    explained = explain(problem, plan, "b", effort=SHORT)
    assert [(offer.vehicle, offer.amount) for offer in explained.offers] == [("w", 20 - 5 * 10)]


class Passing:
    """A clock that only moves when it is told to, or by `beat` whenever it is read."""

    def __init__(self, beat: float) -> None:
        self.now, self.beat = 0.0, beat

    def __call__(self) -> float:
        self.now += self.beat
        return self.now


@pytest.mark.parametrize(("seconds", "beat"), [(3.0, 0.001), (3.0, 0.1), (1.0, 0.2), (0.0, 0.1)])
def test_explaining_keeps_to_its_budget_and_says_what_it_left_untried(
    on_line: Callable[..., TravelMatrix], monkeypatch: pytest.MonkeyPatch, seconds: float, beat: float
) -> None:
    clock, asked = Passing(beat), []

    def search(problem: Problem, orders: Mapping[str, Sequence[str]], effort: Effort) -> object:
        asked.append(effort.seconds)
        clock.now += effort.seconds
        return quick(problem, orders, replace(effort, iterations=60, seconds=20.0))

    monkeypatch.setattr("solvers.trials.quick", search)
    tasks = (Task("a", 1, (DAY,), 5, 100), Task("x", 2, (Window(0, 17),), 5, 100, skills=frozenset("k")))
    agents = (Vehicle("v", 0, 0, 20, 46), Vehicle("w", 0, 0, 0, 46, max_tasks=0, skills=frozenset("k")))
    problem = Problem("p", tasks, agents, {"default": on_line(0, 10, 20)})
    told = explain(problem, timed(problem, {"v": ("a",)}), "x", effort=Effort(seconds), clock=clock)
    assert clock.now <= seconds + 10 * beat
    assert bool(told.untried) is (beat * 20 > seconds)
    if not told.untried:
        assert min(asked) > seconds / len(asked) / 2
    assert len(told.offers) == 2


def drawn_plan(data: st.DataObject, any_problem: AnyProblem, most: int) -> tuple[Problem, Solution]:
    problem = data.draw(any_problem(max_tasks=most))
    ids = data.draw(st.permutations([task.id for task in problem.tasks]))
    cut = data.draw(st.integers(0, len(ids)))
    names = [vehicle.id for vehicle in problem.vehicles]
    orders = repaired(problem, dict(zip(names, (ids[:cut], ids[cut:]), strict=False)))[0]
    return problem, timed(problem, orders)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_offer_is_the_best_place_by_exact_timing(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem, plan = drawn_plan(data, any_problem, 5)
    for task in plan.unserved:
        for offer in explain(problem, plan, task, effort=Effort(0.0)).offers:
            old = plan.route_of(offer.vehicle)
            order = old.tasks if old else ()
            made = [
                route
                for at in range(len(order) + 1)
                if (route := schedule(problem, offer.vehicle, [*order[:at], task, *order[at:]])) is not None
            ]
            assert (offer.amount is None) is not made
            if offer.amount is not None:
                others = [route for route in plan.routes if route.vehicle != offer.vehicle]
                left = tuple(name for name in plan.unserved if name != task)
                totals = [evaluate(problem, Solution((*others, route), left)).total for route in made]
                assert offer.amount == min(totals) - evaluate(problem, plan).total
            else:
                assert offer.reason is not None


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_mend_is_cheaper_than_the_best_plan_with_it(
    data: st.DataObject, any_problem: AnyProblem, all_plans: Plans
) -> None:
    problem, plan = drawn_plan(data, any_problem, 4)
    now = evaluate(problem, plan).total
    for task in plan.unserved[:2]:
        explained = explain(problem, plan, task, effort=SHORT)
        changes = mends_of(problem, {route.vehicle: route for route in plan.routes}, task, None)
        by_code = {change.code: change.problem for change in changes}
        for option in explained.options:
            changed = by_code[option.code]
            better = changed.task_by_id[task].top_prize - problem.task_by_id[task].top_prize
            with_it = [evaluate(changed, other) for other in all_plans(changed) if task in other.served()]
            assert option.amount >= min(verdict.total for verdict in with_it) - better - now
            assert all(move.task != task for move in option.moves)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_moves_tell_all_that_differs(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem, before = drawn_plan(data, any_problem, 5)
    ids = data.draw(st.permutations([task.id for task in problem.tasks]))
    after = timed(problem, repaired(problem, {problem.vehicles[0].id: ids})[0])
    found = {move.task: move for move in moves(before, after)}
    assert {name for name, move in found.items() if move.dropped} == set(before.served()) - set(
        after.served()
    )
    kept = {r.vehicle: dict(zip(r.tasks, r.starts, strict=True)) for r in before.routes}
    for route in after.routes:
        for task, start in zip(route.tasks, route.starts, strict=True):
            assert (task in found) is not (kept.get(route.vehicle, {}).get(task) == start)
