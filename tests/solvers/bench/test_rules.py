from __future__ import annotations

from dataclasses import replace

import numpy as np

from solvers.bench.rules import occurring, with_ties_broken, within_shifts
from solvers.demand import demand, eligible
from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Break, Vehicle


def day(*tasks: Task, **changes: object) -> Problem:
    table = np.array([[0, 9], [9, 0]], dtype=np.int32)
    free = Vehicle("v", 0, 0, 100, 500, cost_per_travel_second=0, fixed_cost=2, skills=frozenset({"s"}))
    vehicle = replace(free, **changes)  # type: ignore[arg-type]
    other = Vehicle("w", 0, 0, 100, 300, cost_per_travel_second=0)
    return Problem("day", tasks, (vehicle, other), {"default": TravelMatrix(table, table)})


A = Task("a", 1, (Window(0, 900),), prize=7, prize_bands=(PrizeBand(0, 10, 3),), vehicle_costs=(("v", 4),))


def test_where_travel_is_free_it_breaks_ties() -> None:
    problem = with_ties_broken(day(A))
    assert {vehicle.cost_per_travel_second for vehicle in problem.vehicles} == {1}
    assert (problem.tasks[0].prize, problem.tasks[0].prize_bands[0].prize) == (7 * 400, 3 * 400)
    assert problem.tasks[0].vehicle_costs == (("v", 1600),)
    assert problem.vehicles[0].fixed_cost == 800


def test_where_it_costs_or_the_figures_are_too_large_nothing_changes() -> None:
    priced, huge = day(A, cost_per_metre=1), day(replace(A, prize=2**50))
    assert with_ties_broken(priced) is priced
    assert with_ties_broken(huge) is huge


def test_who_may_serve_is_asked_once_for_equal_demands() -> None:
    skilled, pinned = replace(A, id="b", skills=frozenset({"s"})), replace(A, id="c", pinned_vehicle="w")
    found = eligible(day(A, skilled, pinned, replace(A, id="d")))
    assert len(found) == 3
    assert found[demand(skilled)] == {"v"}
    assert found[demand(pinned)] == {"w"}
    assert found[demand(A)] == {"v", "w"}


def test_starts_after_the_last_day_are_left_out() -> None:
    late = replace(A, id="late", windows=(Window(600, 700),))
    problem = day(A, late)
    kept = {task.id: cut for task, cut in within_shifts(problem, problem.vehicles)}
    assert kept == {"a": [Piece(0, 10, 3), Piece(11, 500, 7)]}


def test_rules_that_occur() -> None:
    plain = replace(A, prize_bands=(), vehicle_costs=())
    assert not any(occurring(day(plain)))
    found = occurring(day(A, breaks=(Break(5, 120, 200),), max_duration=9, max_overtime=1))
    assert (found.breaks, found.durations, found.overtime, found.bands, found.vehicle_costs) == (True,) * 5
    assert (found.travel_limits, found.pinned_positions, found.balances) == (False,) * 3
