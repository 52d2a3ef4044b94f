"""What a file is told by, and the public instances against their published answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from solvers.errors import ProblemError
from solvers.evaluate import evaluate
from solvers.formats.instance import Family, FormatError
from solvers.formats.read import read_instance
from solvers.formats.vrplib import read_solution
from solvers.problem import Problem
from solvers.problem_json import save_problem
from solvers.schedule import schedule
from solvers.solution import solution_of
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Vehicle

PUBLIC = Path(__file__).resolve().parents[4] / "shared" / "bench"
FAMILIES = ("vrptw", "pcvrptw", "sdvrptw", "mdvrptw", "toptw", "fieldday")


def test_a_kept_problem_is_a_field_day(tmp_path: Path) -> None:
    travel = {"default": TravelMatrix([[0, 1], [1, 0]], [[0, 9], [9, 0]])}  # type: ignore[arg-type]
    problem = Problem("kept", (Task("t", 1, (Window(0, 5),), prize=3),), (Vehicle("v", 0, 0, 0, 9),), travel)
    path = tmp_path / "other-name.json"
    save_problem(problem, path)
    instance = read_instance(path)
    assert (instance.name, instance.family) == ("other-name", Family.FIELDDAY)
    assert instance.problem.tasks == problem.tasks


@pytest.mark.parametrize("text", ["", "hello", "{", "[]", "{}", "1 2\n", "4 10 x\n"])
def test_anything_else_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other.txt"
    path.write_text(text)
    with pytest.raises(ProblemError):
        read_instance(path)


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.txt"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="no text file"):
        read_instance(path)


@pytest.mark.slow
@pytest.mark.parametrize("family", FAMILIES)
def test_the_public_instances(family: str) -> None:
    files = [path for path in sorted((PUBLIC / family).glob("*")) if path.suffix in {".txt", ".vrp", ".json"}]
    files = [path for path in files if path.name != "best_known.json"]
    if not files:
        pytest.skip(f"no public instances: ../shared/bench/{family} is not there")
    for path in files:
        instance = read_instance(path, agents=1)
        assert instance.family == family
        assert (instance.best_known is None) == (family == "fieldday")
        if path.suffix == ".vrp":
            _reproduces_the_published_answer(path)


def _reproduces_the_published_answer(path: Path) -> None:
    problem, published = read_instance(path).problem, read_solution(path.with_suffix(".sol"))
    routes = []
    for number, order in enumerate(published.orders, start=1):
        route = schedule(problem, f"v{number}", order)
        if order:
            assert route is not None, (path.name, number)
            routes.append(route)
    verdict = evaluate(problem, solution_of(routes, [task.id for task in problem.tasks]))
    assert verdict.violations == ()
    assert verdict.total == published.cost
