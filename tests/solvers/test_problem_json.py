from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.errors import ProblemError
from solvers.problem import Problem
from solvers.problem_json import load_problem, problem_from_dict, problem_to_dict, save_problem


@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_comes_back_as_it_was(
    data: st.DataObject, any_problem: Callable[..., st.SearchStrategy[Problem]]
) -> None:
    problem = data.draw(any_problem())
    again = problem_from_dict(json.loads(json.dumps(problem_to_dict(problem))))
    assert (again.name, again.tasks, again.vehicles) == (problem.name, problem.tasks, problem.vehicles)
    for profile, matrix in problem.travel.items():
        assert np.array_equal(again.travel[profile].duration, matrix.duration)
        assert np.array_equal(again.travel[profile].distance, matrix.distance)


@pytest.mark.parametrize(
    "text", ["", "[]", "{", '{"format": "other"}', '{"format": "solvers.problem/1"}', "\xff"]
)
def test_other_files_are_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "p.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(ProblemError, match="not a problem"):
        load_problem(file)


def test_a_damaged_problem_is_refused(
    tmp_path: Path, any_problem: Callable[..., st.SearchStrategy[Problem]], on_line: Callable
) -> None:  # type: ignore[type-arg]
    problem = Problem("p", (), (), {"default": on_line(0, 5)})
    data = problem_to_dict(problem)
    for damage in (
        {"tasks": [{"id": "x"}]},
        {"vehicles": 3},
        {"travel": {"default": {"places": 2, "duration": "A"}}},
    ):
        with pytest.raises(ProblemError, match="not a problem"):
            problem_from_dict({**data, **damage})
    save_problem(problem, tmp_path / "p.json")
    assert load_problem(tmp_path / "p.json").name == "p"
