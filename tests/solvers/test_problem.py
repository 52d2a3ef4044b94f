from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from solvers.errors import ProblemError
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import UNREACHABLE, TravelMatrix
from solvers.vehicle import Break, Vehicle

TASK = Task("a", 1, (Window(0, 100),), 5, 10)
VEHICLE = Vehicle("v", 0, None, 0, 100)


@pytest.fixture
def build(on_line: Callable[..., TravelMatrix]) -> Callable[..., Problem]:
    def make(task: dict | None = None, vehicle: dict | None = None, **parts: Any) -> Problem:  # type: ignore[type-arg]
        parts.setdefault("tasks", (replace(TASK, **(task or {})),))
        parts.setdefault("vehicles", (replace(VEHICLE, **(vehicle or {})),))
        parts.setdefault("travel", {"default": on_line(0, 10)})
        return Problem("p", **parts)

    return make


@pytest.mark.parametrize(
    ("change", "code", "ids"),
    [
        ({"task": {"place": 2}}, "task_place", ("a",)),
        ({"task": {"place": -1}}, "task_place", ("a",)),
        ({"task": {"windows": ()}}, "task_windows", ("a",)),
        ({"task": {"windows": (Window(5, 4),)}}, "task_window", ("a",)),
        ({"task": {"windows": (Window(-1, 4),)}}, "task_window", ("a",)),
        ({"task": {"windows": (Window(0.0, 4),)}}, "task_window", ("a",)),  # type: ignore[arg-type]
        ({"task": {"prize": -1}}, "task_prize", ("a",)),
        ({"task": {"service": True}}, "task_service", ("a",)),
        ({"task": {"prize_bands": (PrizeBand(0, 9, 1), PrizeBand(9, 12, 2))}}, "task_prize_bands", ("a",)),
        ({"task": {"vehicles": frozenset({"nobody"})}}, "task_vehicle", ("a", "nobody")),
        ({"task": {"pinned_vehicle": "nobody"}}, "task_vehicle", ("a", "nobody")),
        ({"task": {"pinned_position": -2}}, "task_pin", ("a",)),
        ({"vehicle": {"start": 9}}, "vehicle_place", ("v",)),
        ({"vehicle": {"shift_end": -5}}, "vehicle_number", ("v",)),
        ({"vehicle": {"shift_start": 101}}, "vehicle_shift", ("v",)),
        ({"vehicle": {"profile": "bicycle"}}, "vehicle_profile", ("v",)),
        ({"vehicle": {"cost_per_metre": -1}}, "vehicle_cost", ("v",)),
        ({"vehicle": {"breaks": (Break(5, 9, 8),)}}, "vehicle_break", ("v",)),
        ({"vehicle": {"breaks": (Break(0, 9, 9),)}}, "vehicle_break", ("v",)),
        ({"vehicle": {"breaks": (Break(1, 9, 9),) * 5}}, "vehicle_break", ("v",)),
        ({"task": {"prize": 2**53}}, "cost_overflow", ("a", "v")),
        ({"vehicle": {"cost_per_travel_second": 2**50}}, "cost_overflow", ("v", "a")),
        ({"tasks": (TASK, TASK)}, "task_id_twice", ("a",)),
        ({"vehicles": (VEHICLE, VEHICLE)}, "vehicle_id_twice", ("v",)),
    ],
)
def test_what_is_wrong_is_named(
    build: Callable[..., Problem], change: dict, code: str, ids: tuple[str, ...]
) -> None:  # type: ignore[type-arg]
    with pytest.raises(ProblemError) as caught:
        build(**change)
    assert (code, ids) in [(fault.code, fault.ids) for fault in caught.value.faults]
    assert all(name in str(caught.value) for name in ids)


def test_all_faults_are_collected(build: Callable[..., Problem]) -> None:
    tasks = [replace(TASK, id=f"t{n}", windows=()) for n in range(30)]
    with pytest.raises(ProblemError) as caught:
        build(tasks=tuple(tasks), vehicle={"start": 5})
    assert len(caught.value.faults) == 31
    assert "and 11 more" in str(caught.value)
    assert pickle.loads(pickle.dumps(caught.value)).faults == caught.value.faults  # noqa: S301


def test_two_mandatory_tasks_cannot_share_a_seat(build: Callable[..., Problem]) -> None:
    first = replace(TASK, mandatory=True, pinned_vehicle="v", pinned_position=0)
    with pytest.raises(ProblemError, match="a, b are all pinned to position 0 of vehicle v"):
        build(tasks=(first, replace(first, id="b")))
    build(tasks=(first, replace(first, id="b", mandatory=False)))
    build(tasks=(first, replace(first, id="b", pinned_position=-1)))


@pytest.mark.parametrize(
    ("duration", "distance"),
    [
        ([[0, 1], [1, 0]], [[0]]),
        ([[0, 1]], [[0, 1]]),
        ([[1, 1], [1, 0]], [[0, 1], [1, 0]]),
        ([[0, UNREACHABLE], [1, 0]], [[0, 1], [1, 0]]),
        ([[0, -1], [1, 0]], [[0, 1], [1, 0]]),
        ([[0, 2**40], [1, 0]], [[0, 1], [1, 0]]),
        ([[0, 1.5], [1, 0]], [[0, 1], [1, 0]]),
    ],
)
def test_matrices_that_cannot_be(build: Callable[..., Problem], duration: object, distance: object) -> None:
    with pytest.raises(ProblemError):
        build(travel={"default": TravelMatrix(np.array(duration), np.array(distance))})


def test_matrices_cannot_be_written_to_nor_changed_from_outside(build: Callable[..., Problem]) -> None:
    mine = np.array([[0, 3], [3, 0]], dtype=np.int32)
    problem = build(travel={"default": TravelMatrix(mine, mine)})
    mine[0, 1] = 99
    for one in (problem, pickle.loads(pickle.dumps(problem))):  # noqa: S301
        matrix = one.travel["default"]
        assert matrix.duration[0, 1] == 3
        with pytest.raises(ValueError, match="read-only"):
            matrix.duration[0, 1] = 1


def test_no_tasks_and_no_vehicles_are_a_problem_too(build: Callable[..., Problem]) -> None:
    assert build(tasks=(), vehicles=()).tasks == ()


@pytest.mark.parametrize(
    ("windows", "bands", "top"),
    [
        ((Window(0, 9),), (), 10),
        ((Window(0, 9),), (PrizeBand(20, 30, 50),), 10),
        ((Window(0, 20),), (PrizeBand(20, 30, 50),), 50),
        ((Window(25, 26),), (PrizeBand(20, 30, 50),), 50),
        ((Window(20, 30),), (PrizeBand(20, 30, 5),), 5),
        ((Window(20, 31),), (PrizeBand(20, 30, 5),), 10),
        ((Window(0, 3), Window(30, 40)), (PrizeBand(0, 10, 7), PrizeBand(30, 50, 8)), 8),
    ],
)
def test_top_prize_is_the_highest_a_window_can_earn(
    windows: tuple[Window, ...], bands: tuple[PrizeBand, ...], top: int
) -> None:
    task = replace(TASK, windows=windows, prize_bands=bands)
    assert task.top_prize == top
    seconds = [s for w in windows for s in range(w.start, w.end + 1)]
    assert task.top_prize == max(task.prize_at(s) for s in seconds)


def test_with_tasks_keeps_the_travel_times(on_line: Callable[..., TravelMatrix]) -> None:
    tasks = tuple(replace(TASK, id=f"t{n}", place=n) for n in range(5))
    problem = Problem("p", tasks, (replace(VEHICLE, start=4, end=0),), {"default": on_line(0, 7, 9, 30, 100)})
    part = problem.with_tasks(["t3", "t1"])
    assert [task.id for task in part.tasks] == ["t1", "t3"]
    assert part.places == 4
    vehicle, last = part.vehicles[0], part.tasks[1]
    assert part.matrix(vehicle).duration[vehicle.start, last.place] == 70
    assert part.matrix(vehicle).distance[last.place, vehicle.end] == 300


def test_figures_too_large_are_named() -> None:
    table = TravelMatrix(np.zeros((1, 1), np.int32), np.zeros((1, 1), np.int32))
    day = Vehicle("v", 0, 0, 0, 10)
    rich = [Task(name, 0, (Window(0, 9),), prize=prize) for name, prize in (("a", 2**53), ("b", 1), ("c", 2))]
    with pytest.raises(ProblemError) as caught:
        Problem("rich", tuple(rich), (day,), {"default": table})
    assert caught.value.faults[0].ids == ("a", "v", "c")
    many = [Task(f"m{k}", 0, (Window(0, 9),), prize=2**40, mandatory=True) for k in range(4000)]
    with pytest.raises(ProblemError, match="4000 mandatory tasks"):
        Problem("many", tuple(many), (day,), {"default": table})
