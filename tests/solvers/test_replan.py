from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from solvers.errors import SolverError
from solvers.evaluate import evaluate
from solvers.frozen import Changes
from solvers.insertion import timed
from solvers.moves import Slot
from solvers.prices import MovePrices, priced
from solvers.problem import Problem
from solvers.quick import Effort
from solvers.repair import repaired
from solvers.replan import Cause, Moved, Replanned, replan
from solvers.solution import Solution
from solvers.task import PrizeBand, Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Break, Vehicle

DAY = Window(0, 1000)
PRICES = MovePrices(vehicle=30, hour=20, dropped=40, tolerance_s=15)
SHORT = Effort(20.0, iterations=80)
AnyProblem = Callable[..., st.SearchStrategy[Problem]]


def two_agents(on_line: Callable[..., TravelMatrix], **vehicle: object) -> Problem:
    """v serves a, b, c going out from 0; w starts at 40."""
    tasks = tuple(Task(name, at, (DAY,), 20, 500) for at, name in enumerate("abc", start=1))
    agents = (Vehicle("v", 0, 0, 0, 300), Vehicle("w", 4, 4, 0, 300))
    made = tuple(replace(agent, **vehicle) for agent in agents)  # type: ignore[arg-type]
    return Problem("p", tasks, made, {"default": on_line(0, 10, 20, 30, 40)})


def causes(answer: Replanned) -> dict[str, Cause]:
    return {moved.move.task: moved.cause for moved in answer.moved}


def test_nothing_changes_where_nothing_changed(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line)
    plan = timed(problem, {"v": ("a", "b", "c")})
    answer = replan(problem, plan, 35, Changes(), PRICES, SHORT)
    assert answer.solution == plan
    assert answer.moved == ()
    assert answer.frozen == {"a", "b"}  # a is over at 30, and v must have left for b


def test_whoever_is_away_hands_over_what_is_not_begun(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line)
    plan = timed(problem, {"v": ("a", "b", "c")})
    answer = replan(problem, plan, 35, Changes(away=frozenset("v")), PRICES, SHORT)
    assert {route.vehicle: route.tasks for route in answer.solution.routes} == {"v": ("a",), "w": ("b", "c")}
    assert causes(answer) == {"b": Cause.AWAY, "c": Cause.AWAY}
    assert answer.solution.routes[0].arrival_end == 40
    assert all(start >= 35 for start in answer.solution.routes[1].starts)


def test_a_cancelled_stop_is_turned_away_from(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line)
    plan = timed(problem, {"v": ("a", "b", "c")})
    answer = replan(problem, plan, 35, Changes(cancelled=frozenset("b")), PRICES, SHORT)
    (route,) = answer.solution.routes
    assert route.tasks == ("a", "c")
    assert route.starts == (10, 55)  # v has stood at a until now
    assert causes(answer) == {"b": Cause.CANCELLED}
    strict = replan(
        problem, plan, 35, Changes(cancelled=frozenset("b")), replace(PRICES, tolerance_s=5), SHORT
    )
    assert strict.solution.routes[0].starts == (10, 65)  # c is not surprised


def test_an_added_visit_displaces_only_what_it_must(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line, shift_end=120)
    urgent = Task("x", 1, (DAY,), 20, 0)
    problem = Problem("p", (*problem.tasks, urgent), problem.vehicles[:1], problem.travel)
    plan = timed(problem, {"v": ("a", "b", "c")})
    answer = replan(problem, plan, 12, Changes(added=frozenset("x")), PRICES, SHORT)
    assert "x" in answer.solution.served()
    assert causes(answer)["x"] is Cause.ADDED
    dropped = [moved for moved in answer.moved if moved.move.dropped]
    assert dropped == [Moved(dropped[0].move, Cause.MAKES_ROOM, "x")]
    assert answer.solution.routes[0].tasks[0] == "a"


def test_a_break_taken_is_not_taken_again(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line, breaks=(Break(10, 20, 40),))
    plan = timed(problem, {"v": ("a", "b", "c")})
    (old,) = plan.routes
    assert old.break_starts == (30,)
    answer = replan(problem, plan, 55, Changes(cancelled=frozenset("c")), PRICES, SHORT)
    assert answer.solution.routes[0].break_starts == old.break_starts
    assert answer.evaluation.feasible


def test_who_is_late_keeps_what_can_still_be_kept(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line)
    problem = Problem(
        "p",
        tuple(replace(task, windows=(Window(0, 80),)) for task in problem.tasks),
        problem.vehicles,
        problem.travel,
    )
    plan = timed(problem, {"v": ("a", "b", "c")})
    answer = replan(problem, plan, 35, Changes(late={"v": 25}), PRICES, SHORT)
    assert causes(answer) == {"c": Cause.LATE}
    assert answer.solution.route_of("w") is not None


def test_moves_are_worth_their_price(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line)
    plan = timed(problem, {"v": ("a", "b"), "w": ("c",)})
    cheap = MovePrices(vehicle=0, hour=0, dropped=0)
    assert replan(problem, plan, 0, Changes(), PRICES, SHORT).moved == ()
    assert [m.cause for m in replan(problem, plan, 0, Changes(), cheap, SHORT).moved] == []
    worse = timed(problem, {"v": ("c",), "w": ("b", "a")})
    moved = replan(problem, worse, 0, Changes(), cheap, SHORT)
    assert moved.evaluation.total < evaluate(problem, worse).total
    assert replan(problem, worse, 0, Changes(), replace(PRICES, vehicle=500, hour=500), SHORT).moved == ()


def test_a_promise_has_its_price(on_line: Callable[..., TravelMatrix]) -> None:
    task = Task("a", 1, (Window(0, 50),), 5, 100, (PrizeBand(20, 40, 70),))
    problem = Problem("p", (task,), (Vehicle("v", 0, 0, 0, 99),), {"default": on_line(0, 10)})
    dear = priced(problem, timed(problem, {"v": ("a",)}), PRICES, {"a": Window(15, 25)})
    prizes = [dear.tasks[0].prize_at(second) for second in (10, 15, 20, 25, 26, 41)]
    assert prizes == [140, 160, 130, 130, 110, 140]
    assert dear.tasks[0].cost_with("v") == 0


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], phases=[Phase.generate]
)
@given(data=st.data())
def test_the_past_stays_and_no_rule_breaks(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem = data.draw(any_problem(max_tasks=7, max_vehicles=3))
    names = [vehicle.id for vehicle in problem.vehicles]
    ids = data.draw(st.permutations([task.id for task in problem.tasks]))
    spread = [data.draw(st.integers(0, len(names) - 1)) for _ in ids]
    orders = {n: tuple(t for t, at in zip(ids, spread, strict=True) if names[at] == n) for n in names}
    plan = timed(problem, repaired(problem, orders)[0])
    now = data.draw(st.integers(0, 60))
    changes = drawn_changes(data, plan, names, now)
    answer = answered(problem, plan, now, changes)
    if answer is None:
        return
    judged = evaluate(answer.problem, answer.solution)
    assert {v.code for v in judged.violations} <= {"mandatory_unserved"}
    was = slots(plan)
    for task, slot in slots(answer.solution).items():
        if task in answer.frozen:
            assert was[task] == slot
        else:
            assert slot.start >= now
            assert task not in changes.cancelled
            assert slot.vehicle not in changes.away
        if task in changes.pinned and task in was and task not in answer.frozen:
            assert was[task].vehicle == slot.vehicle
    assert {task for task, slot in was.items() if slot.start <= now} <= answer.frozen


def answered(problem: Problem, plan: Solution, now: int, changes: Changes) -> Replanned | None:
    """None where somebody can't even get home any more, which the draw of travel times allows."""
    try:
        return replan(problem, plan, now, changes, PRICES, Effort(20.0, iterations=20))
    except SolverError as error:
        if "not even the way home" not in str(error):
            raise
        return None


def slots(solution: Solution) -> dict[str, Slot]:
    return {t: Slot(r.vehicle, s) for r in solution.routes for t, s in zip(r.tasks, r.starts, strict=True)}


def drawn_changes(data: st.DataObject, plan: Solution, names: list[str], now: int) -> Changes:
    def some(ids: list[str]) -> frozenset[str]:
        return frozenset(data.draw(st.lists(st.sampled_from(ids), max_size=2))) if ids else frozenset()

    later = [t for t, slot in slots(plan).items() if slot.start > now]
    cancelled = some(later)
    return Changes(
        away=some(names) if data.draw(st.booleans()) else frozenset(),
        late={name: data.draw(st.integers(1, 9)) for name in some(names)},
        cancelled=cancelled,
        added=some(list(plan.unserved)),
        pinned=some(later) - cancelled,
    )


def test_unknown_ids_are_refused(on_line: Callable[..., TravelMatrix]) -> None:
    problem = two_agents(on_line)
    plan = timed(problem, {"v": ("a",)})
    for changes in (Changes(cancelled=frozenset("z")), Changes(away=frozenset("z"))):
        with pytest.raises(KeyError):
            replan(problem, plan, 0, changes, PRICES, SHORT)
