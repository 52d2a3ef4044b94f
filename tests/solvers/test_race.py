"""Lanes that race on the whole of a problem."""

from __future__ import annotations

from dataclasses import replace

import pytest

from solvers.board import Board
from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.portfolio import Crew, Rounds, Shares
from solvers.progress import Phase, Progress
from solvers.race import Race
from solvers.settings import Heat, Settings, lanes_within
from solvers.solution import Orders
from tests.solvers.test_solve import plane


def race(limit: int, settings: Settings, seed: int = 1) -> tuple[Board, Heat, list[Progress]]:
    problem, history = plane(40, 4), []

    def report(news: Progress, _orders: Orders) -> None:
        history.append(news)

    board = Board(problem, report, lambda: False, 90.0)
    heat = Race(Rounds(board, Crew(board), seed), settings, seed, limit).run({}, Phase.CONSTRUCT)
    return board, heat, history


@pytest.mark.parametrize(("lanes", "limit"), [(1, 900), (3, 900), (3, 10)])
def test_a_race_takes_its_share_of_the_steps_and_costs_what_it_says(lanes: int, limit: int) -> None:
    settings = Settings(lanes=(lanes, lanes), lane_steps=5)
    board, heat, history = race(limit, settings)
    assert 0.9 * limit - lanes <= board.steps <= 0.9 * limit
    assert board.cost == evaluate(board.problem, timed(board.problem, board.orders)).total
    assert (history[0].phase, history[0].iterations) == (Phase.CONSTRUCT, 0)
    assert [news.objective for news in history] == sorted({news.objective for news in history}, reverse=True)
    assert heat.hot / heat.cold == pytest.approx(settings.hot[1] / settings.cold[1])


def test_lanes_begin_apart_and_the_same_seed_ends_alike() -> None:
    settings = Settings(lanes=(3, 3), lane_steps=5)
    once, again, other = (race(600, settings, seed)[0].orders for seed in (1, 1, 2))
    assert once == again
    assert once != other


def test_there_are_as_many_lanes_as_there_is_time_for() -> None:
    settings = Settings(lanes=(1.0, 3.0), lane_steps=10, race=0.5)
    problem = plane(40, 4)  # all optional: 400 steps a lane, in half of the steps
    steps = 0, 799, 1599, 1600, 2400, 99_999
    assert [lanes_within(settings, problem, each) for each in steps] == [0, 0, 1, 2, 3, 3]
    needed = replace(problem, tasks=tuple(replace(task, mandatory=True) for task in problem.tasks))
    assert lanes_within(settings, needed, 99_999) == 1


def test_cores_without_the_time_for_a_lane_each_work_on_one_together() -> None:
    problem, parts = plane(40, 4), []

    class Watched(Rounds):
        def take(self, shares: Shares, *ends: float, seconds: float | None = None, steps: int = 0) -> None:
            parts.append((shares.tasks, *ends))
            super().take(shares, *ends, seconds=seconds, steps=steps)

    def raced(**settings: int) -> Board:
        board = Board(problem, lambda *_: None, lambda: False, 1.0)
        crew = Crew(board, 2)
        parts.clear()
        try:
            Race(Watched(board, crew, 1), Settings(rounds=5, near=10, **settings), 1).run({}, Phase.CONSTRUCT)
        finally:
            crew.close()
        assert board.cost == evaluate(problem, timed(problem, board.orders)).total
        return board

    raced(whole=20, lane_steps=10**9)
    assert [tasks for tasks, *_ in parts] == [20] * 5
    heats = [heat for _, hot, cold in parts for heat in (hot, cold)]
    assert heats == sorted(heats, reverse=True)
    assert heats[0] / heats[-1] == pytest.approx(50)  # from four legs to 0.08
    raced(whole=21, lane_steps=10**9)  # parts would be too small
    assert len(parts) < 5
    raced(whole=20, lane_steps=1)
    assert len(parts) < 5
