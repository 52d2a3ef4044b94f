"""Each rule in pairs: just allowed, and just forbidden."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from solvers.evaluate import evaluate
from solvers.problem import Problem
from solvers.solution import Route, Solution
from solvers.task import PrizeBand, Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle

DAY = Window(0, 1000)
ROUTE = Route("v", ("a", "b"), (10, 25), 0, 50)


@pytest.fixture
def judge(on_line: Callable[..., TravelMatrix]) -> Callable[..., set[str]]:
    """Violation codes of a route over a (at 10, service 5) and b (at 20, service 5), the vehicle at 0."""

    def codes(
        route: Route = ROUTE, vehicle: dict | None = None, a: dict | None = None, b: dict | None = None
    ) -> set:
        base = Vehicle("v", 0, 0, 0, 100)
        problem = Problem(
            "p",
            (
                replace(Task("a", 1, (DAY,), 5, 70), **(a or {})),
                replace(Task("b", 2, (DAY,), 5, 30), **(b or {})),
            ),
            (replace(base, **(vehicle or {})), Vehicle("w", 0, 0, 0, 100)),
            {"default": on_line(0, 10, 20)},
        )
        unserved = tuple(t for t in ("a", "b") if t not in route.tasks)
        return {violation.code for violation in evaluate(problem, Solution((route,), unserved)).violations}

    return codes


def test_a_sound_route_breaks_nothing(judge: Callable[..., set[str]]) -> None:
    assert judge() == set()


@pytest.mark.parametrize(
    ("allowed", "forbidden", "code"),
    [
        ({"a": {"windows": (Window(10, 10),)}}, {"a": {"windows": (Window(11, 90),)}}, "outside_windows"),
        ({"a": {"windows": (Window(0, 10),)}}, {"a": {"windows": (Window(0, 9), Window(11, 90))}}, "outside_windows"),
        ({"vehicle": {"skills": frozenset("xy")}, "a": {"skills": frozenset("x")}},
         {"vehicle": {"skills": frozenset("y")}, "a": {"skills": frozenset("x")}}, "skill_missing"),
        ({"a": {"vehicles": frozenset("vw")}}, {"a": {"vehicles": frozenset("w")}}, "vehicle_not_allowed"),
        ({"a": {"vehicles": None}}, {"a": {"vehicles": frozenset()}}, "vehicle_not_allowed"),
        ({"a": {"pinned_vehicle": "v"}}, {"a": {"pinned_vehicle": "w"}}, "pinned_vehicle"),
        ({"a": {"pinned_start": 10}}, {"a": {"pinned_start": 11}}, "pinned_start"),
        ({"a": {"pinned_position": 0}}, {"a": {"pinned_position": 1}}, "pinned_position"),
        ({"b": {"pinned_position": -1}}, {"a": {"pinned_position": -1}}, "pinned_position"),
        ({"vehicle": {"shift_start": 0}}, {"vehicle": {"shift_start": 1}}, "departs_before_shift"),
        ({"vehicle": {"shift_end": 50}}, {"vehicle": {"shift_end": 49}}, "ends_after_shift"),
        ({"vehicle": {"shift_end": 40, "max_overtime": 10}}, {"vehicle": {"shift_end": 40, "max_overtime": 9}},
         "ends_after_shift"),
        ({"vehicle": {"max_tasks": 2}}, {"vehicle": {"max_tasks": 1}}, "max_tasks"),
        ({"vehicle": {"max_travel": 40}}, {"vehicle": {"max_travel": 39}}, "max_travel"),
        ({"vehicle": {"max_duration": 50}}, {"vehicle": {"max_duration": 49}}, "max_duration"),
        ({"vehicle": {"breaks": (Break(5, 0, 50),)}}, {"vehicle": {"breaks": (Break(5, 0, 49),)}}, "break_missing"),
    ],
)  # fmt: skip
def test_rules_in_pairs(judge: Callable[..., set[str]], allowed: dict, forbidden: dict, code: str) -> None:
    assert judge(**allowed) == set()
    assert judge(**forbidden) == {code}


@pytest.mark.parametrize(
    ("route", "code"),
    [
        (replace(ROUTE, starts=(9, 25)), "start_before_arrival"),
        (replace(ROUTE, starts=(10, 24), arrival_end=49), "start_before_arrival"),
        (replace(ROUTE, departure=1), "start_before_arrival"),
        (replace(ROUTE, arrival_end=49), "arrival_end"),
        (replace(ROUTE, arrival_end=51), "arrival_end"),
        (replace(ROUTE, starts=(10,)), "malformed_route"),
        (replace(ROUTE, break_starts=(1,)), "malformed_route"),
        (replace(ROUTE, vehicle="z"), "unknown_vehicle"),
        (replace(ROUTE, tasks=("a", "z")), "unknown_task"),
        (Route("v", ("a", "b", "a"), (10, 25, 40), 0, 55), "task_twice"),
    ],
)
def test_broken_routes(judge: Callable[..., set[str]], route: Route, code: str) -> None:
    assert code in judge(route)


@pytest.mark.parametrize(
    ("rest", "begun", "starts", "departure", "end", "code"),
    [
        (Break(7, 15, 20), 15, (10, 32), 0, 57, None),  # on the way from a to b, right after the service
        (Break(7, 15, 20), 20, (10, 32), 0, 57, None),
        (Break(7, 15, 20), 21, (10, 32), 0, 57, "break_outside_bounds"),
        (Break(7, 16, 20), 15, (10, 32), 0, 57, "break_outside_bounds"),
        (Break(7, 15, 20), 15, (10, 31), 0, 56, "start_before_arrival"),  # the trip takes 17 s with the break
        (Break(7, 0, 20), 14, (10, 32), 0, 57, "break_in_service"),
        (Break(7, 0, 20), 3, (17, 32), 0, 57, None),  # before the first service
        (Break(7, 0, 20), 4, (10, 25), 0, 50, "break_in_service"),
        (Break(7, 0, 30), 30, (10, 25), 0, 57, None),  # on the way home
        (Break(7, 0, 30), 30, (10, 25), 0, 50, "arrival_end"),
        (Break(7, 0, 20), 0, (17, 32), 7, 57, None),  # at home, over at the departure
        (Break(7, 0, 20), 0, (17, 32), 6, 57, "departure_in_break"),
    ],
)  # fmt: skip
def test_breaks(judge, rest, begun, starts, departure, end, code) -> None:  # type: ignore[no-untyped-def]
    route = Route("v", ("a", "b"), starts, departure, end, (begun,))
    assert (judge(route, vehicle={"breaks": (rest,)}) == set()) is (code is None)
    if code:
        assert code in judge(route, vehicle={"breaks": (rest,)})


def test_a_break_cannot_start_before_the_shift(judge: Callable[..., set[str]]) -> None:
    route = Route("v", ("a", "b"), (20, 35), 10, 60, (3,))
    assert judge(route, vehicle={"shift_start": 3, "breaks": (Break(7, 0, 20),)}) == set()
    assert judge(route, vehicle={"shift_start": 4, "breaks": (Break(7, 0, 20),)}) == {"break_outside_bounds"}


def test_a_break_before_the_shift_does_not_bind(judge: Callable[..., set[str]]) -> None:
    route = Route("v", ("a", "b"), (30, 45), 20, 70)
    assert judge(route, vehicle={"shift_start": 11, "breaks": (Break(7, 0, 10),)}) == set()
    assert judge(route, vehicle={"shift_start": 10, "breaks": (Break(7, 0, 10),)}) == {"break_missing"}


def test_two_breaks_do_not_overlap(judge: Callable[..., set[str]]) -> None:
    rests = {"breaks": (Break(5, 0, 90), Break(5, 0, 90))}
    assert judge(Route("v", ("a", "b"), (20, 35), 0, 60, (0, 5)), vehicle=rests) == set()
    assert "breaks_overlap" in judge(Route("v", ("a", "b"), (20, 35), 0, 60, (0, 4)), vehicle=rests)


@pytest.fixture
def problem(on_line: Callable[..., TravelMatrix]) -> Problem:
    band = (PrizeBand(100, 200, 90),)
    return Problem(
        "p",
        (Task("a", 1, (DAY,), 5, 70, band), Task("b", 2, (DAY,), 5, 30, mandatory=True), Task("c", 2, (DAY,), 5, 11)),
        (
            Vehicle("v", 0, 0, 0, 40, max_overtime=60, cost_per_travel_second=3, cost_per_metre=2,
                    cost_per_overtime_second=7, fixed_cost=1000),
            Vehicle("w", 0, 0, 0, 100, fixed_cost=5000),
        ),
        {"default": on_line(0, 10, 20)},
    )  # fmt: skip


def test_costs_by_part(problem: Problem) -> None:
    verdict = evaluate(problem, Solution((ROUTE,), ("c",)))
    assert verdict.feasible
    assert (verdict.costs.fixed, verdict.costs.travel, verdict.costs.distance) == (1000, 40 * 3, 400 * 2)
    assert verdict.costs.overtime == 10 * 7
    assert verdict.costs.uncollected == (90 - 70) + 0 + 11
    assert verdict.total == 1000 + 120 + 800 + 70 + 31
    assert (verdict.served, verdict.unserved, verdict.collected) == (2, 1, 100)
    assert (verdict.travel_s, verdict.distance_m, verdict.overtime_s, verdict.waiting_s) == (40, 400, 10, 0)
    assert verdict.routes[0].cost == 1000 + 120 + 800 + 70


@pytest.mark.parametrize(("start", "collected"), [(99, 70), (100, 90), (200, 90), (201, 70)])
def test_the_prize_is_that_of_the_second_the_service_starts(
    problem: Problem, start: int, collected: int
) -> None:
    late = replace(problem.vehicles[0], shift_end=900)
    day = Problem("p", problem.tasks, (late,), problem.travel)
    verdict = evaluate(day, Solution((Route("v", ("a",), (start,), 0, start + 15),), ("b", "c")))
    assert verdict.collected == collected
    assert verdict.costs.uncollected == 90 - collected + 30 + 11


def test_waiting_and_arrivals(problem: Problem) -> None:
    rest = replace(problem.vehicles[0], shift_end=100, breaks=(Break(4, 16, 16),))
    day = Problem("p", problem.tasks, (rest,), problem.travel)
    route = Route("v", ("a", "b"), (12, 40), 0, 65, (16,))
    verdict = evaluate(day, Solution((route,), ("c",)))
    assert [v.code for v in verdict.violations] == ["break_in_service"]
    rest = replace(rest, breaks=(Break(4, 17, 17),))
    verdict = evaluate(
        Problem("p", problem.tasks, (rest,), problem.travel),
        Solution((replace(route, break_starts=(17,)),), ("c",)),
    )
    assert verdict.feasible
    first, second = verdict.routes[0].stops
    assert (first.arrival, first.waiting, first.start, first.end) == (10, 2, 12, 17)
    assert (second.arrival, second.waiting) == (31, 9)
    assert verdict.waiting_s == 11
    assert verdict.routes[0].breaks == ((17, 21),)


def test_membership(problem: Problem) -> None:
    def codes(*routes: Route, unserved: tuple[str, ...]) -> list[str]:
        return sorted(v.code for v in evaluate(problem, Solution(routes, unserved)).violations)

    assert codes(ROUTE, unserved=("c",)) == []
    assert codes(ROUTE, unserved=()) == ["task_missing"]
    assert codes(ROUTE, unserved=("c", "c")) == ["task_twice"]
    assert codes(ROUTE, unserved=("a", "c")) == ["task_served_and_unserved"]
    assert codes(ROUTE, unserved=("c", "nobody")) == ["unknown_task"]
    assert codes(unserved=("a", "b", "c")) == ["mandatory_unserved"]
    assert "vehicle_twice" in codes(ROUTE, ROUTE, unserved=("c",))


def test_an_unused_vehicle_costs_nothing(problem: Problem) -> None:
    empty = Route("w", (), (), 0, 0)
    assert (
        evaluate(problem, Solution((ROUTE, empty), ("c",))).total
        == evaluate(problem, Solution((ROUTE,), ("c",))).total
    )


def test_unreachable_leg() -> None:
    seconds = np.array([[0, 5], [UNREACHABLE, 0]])
    day = Problem(
        "p",
        (Task("a", 1, (DAY,)),),
        (Vehicle("v", 0, 0, 0, 99),),
        {"default": TravelMatrix(seconds, seconds)},
    )
    verdict = evaluate(day, Solution((Route("v", ("a",), (5,), 0, 5),), ()))
    assert [v.code for v in verdict.violations] == ["unreachable"]
