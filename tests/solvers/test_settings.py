"""What a problem decides about how it is searched."""

from __future__ import annotations

from dataclasses import replace

from solvers.problem import Problem
from solvers.settings import Settings, whole_up_to
from tests.solvers.test_solve import plane


def test_more_is_searched_as_a_whole_where_vehicles_differ() -> None:
    settings, problem = Settings(whole=5, unlike=50), plane(12, 3)
    alike = [replace(problem.vehicles[0], id=v.id) for v in problem.vehicles]

    def limit(*, vehicles: list[str] | None = None, later: int = 0) -> int:
        tasks = list(problem.tasks)
        tasks[0] = replace(tasks[0], vehicles=None if vehicles is None else frozenset(vehicles))
        days = [replace(alike[0], shift_end=alike[0].shift_end + later), *alike[1:]]
        return whole_up_to(settings, Problem("p", tuple(tasks), tuple(days), problem.travel))

    assert limit() == 5
    assert limit(later=60) == 50
    assert limit(vehicles=[problem.vehicles[0].id]) == 50
