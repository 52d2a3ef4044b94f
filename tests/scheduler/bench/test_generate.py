from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from geodata.coordinates import LatLon, haversine_m
from geodata.roads import Progress, RouteGeometry, Snapped, silent
from geodata.travel import UNREACHABLE as NO_ROAD
from geodata.travel import TravelMatrix
from scheduler.bench.generate import DAY, HOUR, SKILLS, Spec, generate
from scheduler.cli.main import run
from solvers.problem_json import load_problem, problem_to_dict
from solvers.travel import UNREACHABLE

STREETS = np.array([[60.17 + k * 1e-4, 24.94 + k * 2e-4] for k in range(50)])


class Beeline:
    """Ten metres a second as the crow flies; from the office to the first home there is no way."""

    name, profile = "beeline", "car"

    def snap(self, points: Sequence[LatLon]) -> Snapped:
        raise NotImplementedError

    def route(self, origin: LatLon, destination: LatLon) -> RouteGeometry | None:
        raise NotImplementedError

    def at(self, hour: int) -> Beeline:
        return self

    def matrix(self, points: Sequence[LatLon], *, progress: Progress = silent) -> TravelMatrix:
        lat, lon = np.array([p.lat for p in points]), np.array([p.lon for p in points])
        metres = haversine_m(lat[:, None], lon[:, None], lat, lon).astype(np.int32)
        seconds = metres // 10
        metres[0, 1] = seconds[0, 1] = NO_ROAD
        return TravelMatrix(seconds, metres)


def test_a_day_has_what_it_was_asked_for() -> None:
    problem = generate(Spec(200, 12, seed=3), STREETS, Beeline())
    assert (problem.name, len(problem.tasks), len(problem.vehicles)) == ("fieldday-200-12-s3", 200, 12)
    assert problem.places == 1 + 12 + 200
    assert problem.travel["default"].duration[0, 1] == UNREACHABLE
    needing = [task for task in problem.tasks if task.skills]
    assert 40 < len(needing) < 110
    assert {skill for vehicle in problem.vehicles for skill in vehicle.skills} == set(SKILLS)
    assert {len(task.windows) for task in problem.tasks} == {1, 2}
    assert all(len(vehicle.breaks) == 1 for vehicle in problem.vehicles)
    assert [vehicle.start for vehicle in problem.vehicles] == list(range(1, 13))
    assert {vehicle.end == vehicle.start for vehicle in problem.vehicles} == {True, False}


def test_a_visit_is_worth_most_in_the_evening() -> None:
    for task in generate(Spec(50, 3), STREETS, Beeline()).tasks:
        assert task.prize_at(18 * HOUR) == task.prize
        assert task.prize_at(13 * HOUR) == round(0.6 * task.prize)
        assert 600 <= task.prize <= 9000


def test_several_days_repeat_shifts_and_hours() -> None:
    problem = generate(Spec(120, 2, days=5, seed=2), STREETS, Beeline())
    assert [v.id for v in problem.vehicles][:2] == ["a0-d0", "a0-d1"]
    first, second = problem.vehicles[:2]
    assert second.shift_start - first.shift_start == second.breaks[0].latest - first.breaks[0].latest == DAY
    assert (first.start, first.skills) == (second.start, second.skills)
    days = [{window.start // DAY for window in task.windows} for task in problem.tasks]
    assert {0, 1, 2, 3, 4} in days
    assert any(len(some) < 5 for some in days)
    for task in problem.tasks:
        assert task.windows[-1].end < 5 * DAY
        evening = 18 * HOUR + DAY * (task.windows[-1].start // DAY)
        assert task.prize_at(evening) == task.prize


def test_the_same_seed_draws_the_same_problem() -> None:
    one, two, other = (
        problem_to_dict(generate(Spec(30, 3, seed=seed), STREETS, Beeline())) for seed in (1, 1, 2)
    )
    assert one == two
    assert one["tasks"] != other["tasks"]


@pytest.mark.parametrize("sizes", [(0, 1, 1), (1, 0, 1), (1, 1, 0)])
def test_nothing_is_not_a_problem(sizes: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="at least one"):
        Spec(*sizes)


def test_without_streets_there_is_no_problem() -> None:
    with pytest.raises(ValueError, match="no streets"):
        generate(Spec(1, 1), np.empty((0, 2)), Beeline())


def test_on_real_streets(
    helsinki: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    target = tmp_path / "day.json"
    arguments = [
        "--roads",
        str(helsinki),
        "--tasks",
        "20",
        "--agents",
        "2",
        "--seed",
        "4",
        "--profile",
        "foot",
    ]
    assert run(["bench", "generate", *arguments, "--out", str(target)]) == 0
    assert "20 tasks, 2 agent-days" in capsys.readouterr().err
    problem = load_problem(target)
    duration = problem.travel["default"].duration
    assert duration.shape == (23, 23)
    assert (duration != UNREACHABLE).all()
    assert duration.max() < 2 * HOUR
