from __future__ import annotations

import json
from pathlib import Path

import pytest

from solvers.evaluate import evaluate
from solvers.formats.instance import FormatError, Goal
from solvers.formats.toptw import read_toptw
from solvers.schedule import schedule
from solvers.solution import solution_of
from solvers.task import Window

TEXT = """4 10 2 1
0 200
  0 0.00 0.00 0.00 0.00 0 0 0 100
  1 1.00 1.00 9.00 10.00 1 1 1 12 67
  2 3.00 4.00 9.00 30.00 2 2 1 2 25 70
"""


@pytest.mark.parametrize(("name", "scale", "diagonal"), [("c901.txt", 10, 14), ("pr99.txt", 100, 141)])
def test_decimals_follow_the_name(tmp_path: Path, name: str, scale: int, diagonal: int) -> None:
    path = tmp_path / name
    path.write_text(TEXT)
    problem = read_toptw(path, 2).problem
    assert len(problem.vehicles) == 2
    assert problem.vehicles[0].shift_end == 100 * scale
    assert problem.tasks[0].windows == (Window(12 * scale, 67 * scale),)
    assert problem.tasks[1].windows == (Window(25 * scale, 70 * scale),)  # after a longer list
    assert problem.tasks[0].service == 9 * scale
    assert problem.travel["default"].duration[0, 1] == diagonal


def test_profit_is_the_figure(tmp_path: Path) -> None:
    path = tmp_path / "c901.txt"
    path.write_text(TEXT)
    (tmp_path / "best_known.json").write_text(json.dumps({"1": {"c901": 40}}))
    instance = read_toptw(path, 1)
    route = schedule(instance.problem, "v1", ["2"])
    assert route is not None
    verdict = evaluate(instance.problem, solution_of([route], ["1", "2"]))
    assert (instance.goal, instance.value(verdict), instance.gap(verdict)) == (Goal.PROFIT, 30, 25.0)
    assert verdict.total == 10
    assert read_toptw(path, 2).best_known is None


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("67", "x", "c901.txt, line 4: word 10 is 'x'"),
        ("10.00", "10.50", "line 4: a profit is an integer"),
        ("  0 0.00 0.00 0.00 0.00 0 0 0 100\n", "0 1\n", "line 3: 9 numbers"),
        (TEXT[20:], "", "not a TOPTW file"),
    ],
)
def test_a_bad_file_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    path = tmp_path / "c901.txt"
    path.write_text(TEXT.replace(old, new))
    with pytest.raises(FormatError, match=said):
        read_toptw(path, 1)


def test_agents_are_counted_from_one(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="agent"):
        read_toptw(tmp_path / "c901.txt", 0)
