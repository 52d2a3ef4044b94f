from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import permutations
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import Route, solution_of
from solvers.task import PrizeBand, Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle

DAY = Window(0, 1000)


def best_by_the_second(problem: Problem, vehicle_id: str, order: tuple[str, ...]) -> tuple[int, int] | None:
    """Least (prizes forgone + overtime cost, end of the day) of an order, living through every second.

    Shares nothing with `schedule`: a state is a second, a leg, the travel left in it and the breaks taken,
    and in each second the agent travels, waits, begins a break, begins a service or is home.
    """
    vehicle = problem.vehicle_by_id[vehicle_id]
    tasks = [problem.task_by_id[task] for task in order]
    places = [task.place for task in tasks]
    matrix = problem.matrix(vehicle)
    froms = [places[0] if vehicle.start is None else vehicle.start, *places]
    tos = [*places, places[-1] if vehicle.end is None else vehicle.end]
    legs = [int(matrix.duration[a, b]) for a, b in zip(froms, tos, strict=True)]
    if UNREACHABLE in legs or (vehicle.max_travel is not None and sum(legs) > vehicle.max_travel):
        return None
    if vehicle.max_tasks is not None and len(tasks) > vehicle.max_tasks:
        return None
    for place, task in enumerate(tasks):
        pin = task.pinned_position
        if pin is not None and place != (len(tasks) - 1 if pin == -1 else pin):
            return None
        if not task.skills <= vehicle.skills or task.pinned_vehicle not in {None, vehicle.id}:
            return None
        if task.vehicles is not None and vehicle.id not in task.vehicles:
            return None
    rests = [(n, rest) for n, rest in enumerate(vehicle.breaks) if rest.latest >= vehicle.shift_start]
    if vehicle.max_duration is None:
        return _live(vehicle, tasks, legs, rests, departure=None)
    found = [
        _live(vehicle, tasks, legs, rests, departure=second)
        for second in range(vehicle.shift_start, vehicle.last_arrival + 1)
    ]
    return min((one for one in found if one is not None), default=None)


def _live(  # noqa: C901 - all a day can do in a second, in one place
    vehicle: Vehicle,
    tasks: list[Task],
    legs: list[int],
    rests: list[tuple[int, Break]],
    departure: int | None,
) -> tuple[int, int] | None:
    home = -1
    states: dict[int, dict[tuple[int, int, frozenset[int]], int]] = {
        vehicle.shift_start: {(home, 0, frozenset()): 0}
    }
    best: tuple[int, int] | None = None

    def reach(second: int, state: tuple[int, int, frozenset[int]], cost: int) -> None:
        known = states.setdefault(second, {})
        known[state] = min(cost, known.get(state, cost))

    for now in range(vehicle.shift_start, vehicle.last_arrival + 1):
        queue = list(states.pop(now, {}).items())
        while queue:
            (leg, left, taken), cost = queue.pop()
            for number, rest in rests:
                if number not in taken and rest.earliest <= now <= rest.latest:
                    reach(now + rest.duration, (leg, left, taken | {number}), cost)
            if leg == home:
                if departure in {None, now}:
                    queue.append(((0, legs[0], taken), cost))
                reach(now + 1, (leg, left, taken), cost)
                continue
            reach(now + 1, (leg, max(0, left - 1), taken), cost)
            if left > 0:
                continue
            if leg < len(tasks):
                task = tasks[leg]
                open_now = any(window.start <= now <= window.end for window in task.windows)
                if open_now and task.pinned_start in {None, now}:
                    price = cost + task.top_prize - task.prize_at(now)
                    state = (leg + 1, legs[leg + 1], taken)
                    if task.service:
                        reach(now + task.service, state, price)
                    else:
                        queue.append((state, price))
                continue
            if any(number not in taken and rest.latest < now for number, rest in rests):
                continue
            if departure is not None and now - departure > (vehicle.max_duration or 0):
                continue
            total = cost + max(0, now - vehicle.shift_end) * vehicle.cost_per_overtime_second
            best = min(best or (total, now), (total, now))
    return best


def cost_and_end(problem: Problem, route: Route) -> tuple[int, int]:
    vehicle = problem.vehicle_by_id[route.vehicle]
    tasks = [problem.task_by_id[task] for task in route.tasks]
    forgone = sum(t.top_prize - t.prize_at(s) for t, s in zip(tasks, route.starts, strict=True))
    late = max(0, route.arrival_end - vehicle.shift_end)
    return forgone + late * vehicle.cost_per_overtime_second, route.arrival_end


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_schedule_is_as_good_as_living_through_every_second(data: st.DataObject, any_problem) -> None:
    problem = data.draw(any_problem(max_tasks=3, horizon=30))
    ids = [task.id for task in problem.tasks]
    order = tuple(data.draw(st.permutations(ids))[: data.draw(st.integers(1, len(ids)))])
    spare = data.draw(st.sampled_from([0, 4, 900]))
    for vehicle in problem.vehicles:
        with patch("solvers.schedule._SPARE", spare):
            route = schedule(problem, vehicle.id, order)
        truth = best_by_the_second(problem, vehicle.id, order)
        if route is None:
            assert truth is None
            continue
        assert truth is not None
        if vehicle.cost_per_overtime_second:
            assert cost_and_end(problem, route) == truth
        else:
            assert cost_and_end(problem, route)[0] == truth[0]
        verdict = evaluate(problem, solution_of([route], ids))
        assert [v for v in verdict.violations if v.code != "mandatory_unserved"] == []


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_leaving_a_second_later_would_delay_the_first_service(data: st.DataObject, any_problem) -> None:
    problem = data.draw(any_problem(max_tasks=2, horizon=30))
    for vehicle in problem.vehicles:
        free = replace(vehicle, max_duration=None)
        relaxed = Problem(
            "x",
            problem.tasks,
            tuple(free if v.id == vehicle.id else v for v in problem.vehicles),
            problem.travel,
        )
        for order in permutations([task.id for task in problem.tasks]):
            route = schedule(relaxed, vehicle.id, order)
            if route is None:
                continue
            first = relaxed.task_by_id[order[0]]
            leg = 0 if free.start is None else int(relaxed.matrix(free).duration[free.start, first.place])
            later = route.departure + 1
            resting = sum(
                rest.duration
                for begun, rest in zip(route.break_starts, free.breaks, strict=True)
                if begun is not None and later <= begun < route.starts[0]
            )
            assert later + leg + resting > route.starts[0] or any(
                begun is not None and begun < later < begun + rest.duration
                for begun, rest in zip(route.break_starts, free.breaks, strict=True)
            )


@settings(max_examples=250, deadline=None)
@given(data=st.data())
def test_whoever_waits_on_the_way_could_not_have_left_later(data: st.DataObject, any_problem) -> None:
    problem = data.draw(any_problem(max_tasks=4, horizon=40))
    ids = [task.id for task in problem.tasks]
    order = tuple(data.draw(st.permutations(ids))[: data.draw(st.integers(1, len(ids)))])
    spare = data.draw(st.sampled_from([0, 3]))
    plain = tuple(replace(vehicle, breaks=(), max_duration=None) for vehicle in problem.vehicles)
    problem = Problem("x", problem.tasks, plain, problem.travel)
    for vehicle in problem.vehicles:
        with patch("solvers.schedule._SPARE", spare):
            route = schedule(problem, vehicle.id, order)
        if route is None:
            continue
        assert best_by_the_second(problem, vehicle.id, order)[0] == cost_and_end(problem, route)[0]
        matrix, tasks = problem.matrix(vehicle).duration, [problem.task_by_id[name] for name in order]
        waits = [
            start - (begun + task.service + int(matrix[task.place, after.place]))
            for task, after, begun, start in zip(
                tasks, tasks[1:], route.starts, route.starts[1:], strict=False
            )
        ]
        if sum(waits) <= spare:
            continue
        # Up to the first wait somebody's window, or hour of that prize, is near its end.
        first = next(number for number, wait in enumerate(waits) if wait)
        latest = [last_start(task, begun) for task, begun in zip(tasks, route.starts, strict=True)]
        assert any(
            end - begun <= spare for end, begun in zip(latest[: first + 1], route.starts, strict=False)
        )


def last_start(task: Task, begun: int) -> int:
    """The last second up to which a service may begin at any moment from `begun` on, and earns the same."""
    second = begun
    while (
        task.pinned_start is None
        and any(window.start <= second + 1 <= window.end for window in task.windows)
        and task.prize_at(second + 1) == task.prize_at(begun)
    ):
        second += 1
    return second


@pytest.fixture
def street(on_line: Callable[..., TravelMatrix]) -> Callable[..., Problem]:
    """Tasks a, b, c at 10, 20, 30 on a line; the vehicle at 0."""

    def make(vehicle: Vehicle | None = None, **changes: dict[str, object]) -> Problem:
        tasks = [Task(name, k + 1, (DAY,), 5, 100) for k, name in enumerate("abc")]
        tasks = [replace(task, **changes.get(task.id, {})) for task in tasks]  # type: ignore[arg-type]
        vehicle = vehicle or Vehicle("v", 0, 0, 0, 500)
        return Problem("street", tuple(tasks), (vehicle,), {"default": on_line(0, 10, 20, 30)})

    return make


def test_waits_for_a_window_and_leaves_home_late(street: Callable[..., Problem]) -> None:
    route = schedule(street(a={"windows": (Window(100, 110),)}), "v", ["a", "b"])
    assert route == Route("v", ("a", "b"), (100, 115), 90, 140, ())


def test_a_quarter_of_an_hour_of_a_wait_is_left_for_delays(street: Callable[..., Problem]) -> None:
    long = Vehicle("v", 0, 0, 0, 20_000)
    late = {"windows": (Window(9000, 9100),)}
    whole = street(long, a={"windows": (Window(0, 9000),)}, b=late, c={"windows": (Window(0, 9999),)})
    route = schedule(whole, "v", ["a", "b", "c"])
    assert route == Route("v", ("a", "b", "c"), (8085, 9000, 9015), 8075, 9050, ())
    route = schedule(street(long, a={"windows": (Window(0, 4000),)}, b=late), "v", ["a", "b"])
    assert route is not None
    assert route.starts == (4000 - 900, 9000)


def test_second_window_is_used_when_the_first_is_missed(street: Callable[..., Problem]) -> None:
    route = schedule(street(b={"windows": (Window(0, 24), Window(200, 300))}), "v", ["a", "b"])
    assert route is not None
    assert route.starts == (10, 200)


def test_waits_for_a_better_band_only_as_long_as_it_pays(street: Callable[..., Problem]) -> None:
    evening = (PrizeBand(300, 400, 150),)
    assert schedule(street(a={"prize_bands": evening}), "v", ["a"]).starts == (300,)  # type: ignore[union-attr]
    late = Vehicle("v", 0, 0, 0, 200, max_overtime=300, cost_per_overtime_second=1)
    # 315 at home is 115 s of overtime for a prize that is 50 higher.
    assert schedule(street(late, a={"prize_bands": evening}), "v", ["a"]).starts == (10,)  # type: ignore[union-attr]


def test_break_interrupts_travel_but_no_service(street: Callable[..., Problem]) -> None:
    vehicle = Vehicle("v", 0, 0, 0, 500, breaks=(Break(20, 18, 18),))
    route = schedule(street(vehicle), "v", ["a", "b"])
    assert route == Route("v", ("a", "b"), (10, 45), 0, 70, (18,))
    blocked = Vehicle("v", 0, 0, 0, 500, breaks=(Break(20, 12, 14),))
    # The break would fall into the service at a, so a waits until the break is over.
    assert schedule(street(blocked), "v", ["a", "b"]).starts == (32, 47)  # type: ignore[union-attr]


def test_break_is_not_due_when_the_day_ends_by_its_latest_start(street: Callable[..., Problem]) -> None:
    at_limit = Vehicle("v", 0, 0, 0, 500, breaks=(Break(20, 0, 25),))
    assert schedule(street(at_limit), "v", ["a"]).break_starts == (None,)  # type: ignore[union-attr]
    due = Vehicle("v", 0, 0, 0, 500, breaks=(Break(20, 0, 24),))
    assert schedule(street(due), "v", ["a"]).break_starts != (None,)  # type: ignore[union-attr]


def test_break_at_home_before_a_late_departure(street: Callable[..., Problem]) -> None:
    vehicle = Vehicle("v", 0, 0, 0, 500, max_duration=40, breaks=(Break(20, 30, 60),))
    route = schedule(street(vehicle, a={"windows": (Window(200, 210),)}), "v", ["a"])
    assert route == Route("v", ("a",), (200,), 190, 215, (30,))


def test_max_duration_delays_the_first_service_only_if_it_must(street: Callable[..., Problem]) -> None:
    changes = {"b": {"windows": (Window(100, 200),)}}
    free = schedule(street(**changes), "v", ["a", "b"])
    assert free is not None
    assert free.starts == (10, 100)
    tight = schedule(street(Vehicle("v", 0, 0, 0, 500, max_duration=50), **changes), "v", ["a", "b"])
    assert tight is not None
    assert tight.starts == (85, 100)
    assert tight.arrival_end - tight.departure == 50
    assert schedule(street(Vehicle("v", 0, 0, 0, 500, max_duration=49), **changes), "v", ["a", "b"]) is None


def test_open_ends_cost_no_travel(street: Callable[..., Problem]) -> None:
    route = schedule(street(Vehicle("v", None, None, 7, 500)), "v", ["b"])
    assert route == Route("v", ("b",), (7,), 7, 12, ())


def test_unreachable_place_has_no_timing() -> None:
    seconds = [[0, UNREACHABLE], [5, 0]]
    problem = Problem(
        "x",
        (Task("a", 1, (DAY,)),),
        (Vehicle("v", 0, None, 0, 99),),
        {"default": TravelMatrix(seconds, seconds)},
    )
    assert schedule(problem, "v", ["a"]) is None


def test_the_same_task_twice_or_no_task_has_no_timing(street: Callable[..., Problem]) -> None:
    assert schedule(street(), "v", ["a", "a"]) is None
    assert schedule(street(), "v", []) is None
