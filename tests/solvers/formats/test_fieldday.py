from __future__ import annotations

import json
from pathlib import Path

import pytest

from solvers.errors import ProblemError
from solvers.formats.fieldday import read_fieldday
from solvers.task import Window
from solvers.vehicle import Break

DAY = {
    "name": "tiny",
    "places_km": [[0, 0], [3, 4], [6, 8]],
    "tasks": [
        {"id": "t0", "place": 1, "service_s": 600, "windows_s": [[0, 10], [20, 30]], "prize": 70, "skill": 2},
        {"id": "t1", "place": 2, "service_s": 300, "windows_s": [[0, 10]], "prize": 5, "skill": None},
    ],
    "agents": [
        {
            "id": "a0", "start_place": 0, "end_place": 0, "shift_s": [5, 9000], "skills": [0, 2],
            "break_": {"earliest_start_s": 100, "latest_start_s": 200, "duration_s": 45},
        }
    ],
}  # fmt: skip


def test_reads_every_field(tmp_path: Path) -> None:
    file = tmp_path / "day.json"
    file.write_text(json.dumps(DAY))
    problem = read_fieldday(file)
    task, vehicle = problem.tasks[0], problem.vehicles[0]
    assert task.windows == (Window(0, 10), Window(20, 30))
    assert (task.place, task.service, task.prize, task.skills) == (1, 600, 70, frozenset({"2"}))
    assert problem.tasks[1].skills == frozenset()
    assert (vehicle.shift_start, vehicle.shift_end, vehicle.skills) == (5, 9000, frozenset({"0", "2"}))
    assert vehicle.breaks == (Break(45, 100, 200),)
    assert problem.travel["default"].duration[0, 1] == 936  # 5 km x 1.3 at 25 km/h
    assert problem.travel["default"].distance[0, 1] == 6500


@pytest.mark.parametrize(
    "text", ["", "{}", '{"tasks": 3}', '{"tasks": [], "agents": [], "places_km": [[1]]}']
)
def test_another_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "day.json"
    file.write_text(text)
    with pytest.raises(ProblemError):
        read_fieldday(file)
