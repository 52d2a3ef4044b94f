from __future__ import annotations

from pathlib import Path

import pytest

from solvers.evaluate import evaluate
from solvers.formats.instance import FormatError
from solvers.formats.vrplib import read_solution, read_vrplib
from solvers.schedule import schedule
from solvers.solution import solution_of
from solvers.task import Window

COORDS = "NODE_COORD_SECTION\n1 0 0\n2 0 9\n3 1 1\n4 3.5 4.5\n"
WINDOWS = "TIME_WINDOW_SECTION\n1 0 100\n2 0 90\n3 12 67\n4 25 70\n"
DEMAND = "DEMAND_SECTION\n1 0\n2 0\n3 10\n4 30\n"

MULTI = (
    "NAME: M\nTYPE: MDVRPTW\nEDGE_WEIGHT_TYPE: EUC_2D\nDIMENSION: 4\nVEHICLES: 3\nCAPACITY: 35\n"
    f"VEHICLES_MAX_DURATION: 50\n{COORDS}{DEMAND}"
    f"SERVICE_TIME_SECTION\n1 0\n2 0\n3 5\n4 6\n{WINDOWS}"
    "VEHICLES_DEPOT_SECTION\n1 1\n2 2\n3 2\nDEPOT_SECTION\n1\n2\n-1\nEOF\n"
)
SITE = (
    "NAME : S\nTYPE : SDVRPTW\nDIMENSION : 4\nVEHICLES : 2\nSERVICE_TIME : 5\n"
    f"{COORDS}{DEMAND}{WINDOWS}CAPACITY_SECTION\n1 10\n2 40\n"
    "VEHICLES_ALLOWED_CLIENTS_SECTION\n1 2 3\n2 2 3 4\n"
)
PRIZES = (
    "NAME : P\nTYPE : PCVRPTW\nDIMENSION : 4\nVEHICLES : 2\nCAPACITY : 40\nSERVICE_TIME : 9\n"
    f"{COORDS}{DEMAND}{WINDOWS}PRIZE_SECTION\n1 0\n2 0\n3 11\n4 12\n"
)


def write(folder: Path, text: str, solution: str = "") -> Path:
    path = folder / "tiny.vrp"
    path.write_text(text)
    if solution:
        path.with_suffix(".sol").write_text(solution)
    return path


def test_several_depots_and_limited_durations(tmp_path: Path) -> None:
    instance = read_vrplib(write(tmp_path, MULTI))
    problem = instance.problem
    assert [(v.start, v.end, v.shift_end) for v in problem.vehicles] == [
        (0, 0, 100_000), (1, 1, 90_000), (1, 1, 90_000),
    ]  # fmt: skip
    assert {v.max_duration for v in problem.vehicles} == {50_000}
    assert [task.id for task in problem.tasks] == ["2", "3"]  # node 3 and 4; the depots are no tasks
    assert all(task.mandatory for task in problem.tasks)
    assert [task.service for task in problem.tasks] == [5000, 6000]
    assert problem.travel["default"].duration[0, 2] == 1414
    assert problem.travel["default"].duration[0, 3] == 5701  # 5.70087: the nearest, not the next below
    assert instance.best_known is None


def test_vehicles_that_may_not_serve_everyone(tmp_path: Path) -> None:
    problem = read_vrplib(write(tmp_path, SITE)).problem
    assert [task.vehicles for task in problem.tasks] == [None, None, frozenset({"v2"})]
    assert [vehicle.capacity for vehicle in problem.vehicles] == [10, 40]
    assert {vehicle.max_duration for vehicle in problem.vehicles} == {None}


def test_prizes_and_the_published_answer(tmp_path: Path) -> None:
    path = write(tmp_path, PRIZES, "Route #1: 2 1\nRoute #2:\nCost: 337\n")
    instance = read_vrplib(path)
    problem = instance.problem
    assert [(task.prize, task.mandatory) for task in problem.tasks] == [(0, True), (110, False), (120, False)]
    assert problem.tasks[1].windows == (Window(120, 670),)
    published = read_solution(path.with_suffix(".sol"))
    assert published.orders == (("2", "1"), ())
    route = schedule(problem, "v1", published.orders[0])
    assert route is not None
    verdict = evaluate(problem, solution_of([route], [task.id for task in problem.tasks]))
    assert verdict.feasible
    assert verdict.total == 14 + 80 + 90 + 120  # floor(10 x distance), and the prize that is left
    assert instance.gap(verdict) == pytest.approx((304 - 337) / 337 * 100)


@pytest.mark.parametrize(
    ("text", "old", "new", "said"),
    [
        (MULTI, "MDVRPTW", "CVRP", "TYPE is 'CVRP'; one of PCVRPTW"),
        (MULTI, "DIMENSION: 4", "DIMENSION: four", "DIMENSION is 'four'"),
        (MULTI, "DIMENSION: 4", "DIMENSION: 5", "NODE_COORD_SECTION of 5 lines"),
        (MULTI, "4 25 70", "4 25", "tiny.vrp, line 27: 3 numbers are expected, 2"),
        (MULTI, "4 25 70", "4 25 late", "line 27: word 3 is 'late'"),
        (MULTI, "3 2\nDEPOT", "3 3\nDEPOT", "vehicle 3 belongs to node 3, which is no depot"),
        (MULTI, "3 2\nDEPOT", "DEPOT", "VEHICLES_DEPOT_SECTION of 3 lines"),
        (MULTI, "\n2\n-1", "\n9\n-1", "a depot is not one of the 4 nodes"),
        (MULTI, "4 6\nT", "T", "SERVICE_TIME_SECTION of 4 lines"),
        (SITE, "2 2 3 4\n", "7 2 3 4\n", "line 26: a vehicle and nodes"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, text: str, old: str, new: str, said: str) -> None:
    assert old in text
    with pytest.raises(FormatError, match=said):
        read_vrplib(write(tmp_path, text.replace(old, new)))


def test_a_solution_without_a_cost_is_refused(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match=r"tiny.sol: not a solution"):
        read_vrplib(write(tmp_path, PRIZES, "Route #1: 2 1\n"))
