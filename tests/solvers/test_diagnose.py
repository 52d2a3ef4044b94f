from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.diagnose import diagnose
from solvers.insertion import timed
from solvers.problem import Problem
from solvers.reasons import Certainty, Reason, ReasonCode
from solvers.repair import repaired
from solvers.schedule import schedule
from solvers.task import Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle

DAY = Window(0, 1000)


@pytest.fixture
def why(on_line: Callable[..., TravelMatrix]) -> Callable[..., tuple[Reason, ...]]:
    """Reasons for task x (at 20) with v at 0 serving a (at 10), under changes."""

    def reasons(
        vehicle: dict | None = None, serve: tuple[str, ...] = ("a",), **x: object
    ) -> tuple[Reason, ...]:  # type: ignore[type-arg]
        tasks = (Task("a", 1, (DAY,), 5, 100), replace(Task("x", 2, (DAY,), 5, 100), **x))  # type: ignore[arg-type]
        agent = replace(Vehicle("v", 0, 0, 0, 100), **(vehicle or {}))
        problem = Problem(
            "p", tasks, (agent, Vehicle("w", None, None, 0, 0)), {"default": on_line(0, 10, 20)}
        )
        return diagnose(problem, timed(problem, {"v": serve} if serve else {}))["x"]

    return reasons


PROVEN, LIKELY = Certainty.PROVEN, Certainty.LIKELY


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"skills": frozenset("k")}, Reason(ReasonCode.NO_VEHICLE_HAS_SKILL, PROVEN, skills=("k",))),
        ({"vehicles": frozenset()}, Reason(ReasonCode.NO_VEHICLE_ALLOWED, PROVEN, ("v", "w"))),
        ({"pinned_start": 2000}, Reason(ReasonCode.PIN_CONFLICT, PROVEN)),
        ({"pinned_vehicle": "w", "vehicles": frozenset("v")}, Reason(ReasonCode.PIN_CONFLICT, PROVEN, ("w",))),
        ({"windows": (Window(0, 17),), "vehicles": frozenset("v")},
         Reason(ReasonCode.WINDOW_SHUT_BEFORE_EARLIEST_ARRIVAL, PROVEN, ("v",), seconds=3)),
        ({"windows": (Window(80, 90),), "vehicles": frozenset("v")},
         Reason(ReasonCode.OUTSIDE_ALL_SHIFTS, PROVEN, ("v",), seconds=5)),
        ({"vehicle": {"max_travel": 39}, "vehicles": frozenset("v")},
         Reason(ReasonCode.ALONE_DOES_NOT_FIT, PROVEN, ("v",))),
        ({"vehicle": {"max_tasks": 1}, "vehicles": frozenset("v")},
         Reason(ReasonCode.MAX_TASKS_REACHED, LIKELY, ("v",))),
        ({"prize": 7, "vehicles": frozenset("v")}, Reason(ReasonCode.NOT_WORTH_ITS_TRAVEL, LIKELY, ("v",), amount=13)),
        ({"prize": 50, "vehicles": frozenset("v")}, Reason(ReasonCode.SEARCH_ENDED_EARLY, LIKELY, ("v",), amount=30)),
        ({"vehicle": {"shift_end": 46}}, Reason(ReasonCode.NO_TIME_LEFT, LIKELY, ("v",), seconds=4)),
        ({"vehicle": {"shift_end": 46}, "prize": 90},
         Reason(ReasonCode.DISPLACED_BY, LIKELY, ("v",), ("a",), amount=100 - 90 + 20)),
    ],
)  # fmt: skip
def test_each_reason_with_its_numbers(
    why: Callable[..., tuple[Reason, ...]], change: dict[str, object], expected: Reason
) -> None:
    assert expected in why(**change)


def test_unreachable_there_or_back() -> None:
    for way in ((0, 1), (1, 0)):
        seconds = [[0, 5], [5, 0]]
        seconds[way[0]][way[1]] = UNREACHABLE
        matrix = TravelMatrix(seconds, seconds)
        problem = Problem("p", (Task("x", 1, (DAY,)),), (Vehicle("v", 0, 0, 0, 99),), {"default": matrix})
        assert diagnose(problem, timed(problem, {}))["x"] == (Reason(ReasonCode.UNREACHABLE, PROVEN, ("v",)),)


def test_a_break_can_be_what_does_not_fit(why: Callable[..., tuple[Reason, ...]]) -> None:
    rest = Break(90, 10, 15)
    reasons = why({"breaks": (rest,), "max_duration": 95}, serve=(), vehicles=frozenset("v"))
    assert reasons == (Reason(ReasonCode.ALONE_DOES_NOT_FIT, PROVEN, ("v",)),)


def test_a_taken_position_is_a_pin_conflict(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = tuple(Task(name, 1, (DAY,), 5, 100, pinned_position=0) for name in "ax")
    problem = Problem("p", tasks, (Vehicle("v", 0, 0, 0, 100),), {"default": on_line(0, 10)})
    reasons = diagnose(problem, timed(problem, {"v": ("a",)}))["x"]
    assert reasons[0] == Reason(ReasonCode.PIN_CONFLICT, LIKELY, ("v",), ("a",))


def test_no_vehicle_at_all(on_line: Callable[..., TravelMatrix]) -> None:
    problem = Problem("p", (Task("x", 0, (DAY,)),), (), {"default": on_line(0)})
    assert diagnose(problem, timed(problem, {}))["x"] == (Reason(ReasonCode.NO_VEHICLE_ALLOWED, PROVEN),)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_proven_means_that_nobody_can_serve_it_alone(
    data: st.DataObject, any_problem: Callable[..., st.SearchStrategy[Problem]]
) -> None:
    problem = data.draw(any_problem())
    ids = data.draw(st.permutations([task.id for task in problem.tasks]))
    cut = data.draw(st.integers(0, len(ids)))
    names = [vehicle.id for vehicle in problem.vehicles]
    orders = repaired(problem, dict(zip(names, (ids[:cut], ids[cut:]), strict=False)))[0]
    plan = timed(problem, orders)
    found = diagnose(problem, plan)
    assert set(found) == set(plan.unserved)
    for task, reasons in found.items():
        assert reasons
        assert len({reason.certainty for reason in reasons}) == 1
        free = problem.task_by_id[task].pinned_position in {None, 0, -1}
        alone = any(schedule(problem, vehicle.id, [task]) is not None for vehicle in problem.vehicles)
        if free:
            assert (reasons[0].certainty is Certainty.PROVEN) is not alone
