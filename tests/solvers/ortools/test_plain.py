"""The peer's own search: that it finds a plan in its time, whatever becomes of its first one."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
import pytest
from ortools.constraint_solver import pywrapcp

from solvers.bench.judge import judged
from solvers.ortools.plain import solve_plain
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Break, Vehicle


def a_day(tasks: int, vehicles: int) -> Problem:
    """Visits all over a square, half of them closed over noon, and days with a break at noon."""
    generator = np.random.default_rng(3)
    at = generator.integers(0, 60, (tasks + 1, 2)) * 60
    table = np.abs(at[:, None] - at[None, :]).sum(axis=2).astype(np.int32)
    windows = ((Window(0, 30_000),), (Window(0, 9_000), Window(20_000, 30_000)))
    return Problem(
        "day",
        tuple(Task(f"t{k}", k + 1, windows[k % 2], 1200, prize=9000) for k in range(tasks)),
        tuple(
            Vehicle(f"v{k}", 0, 0, 0, 30_000, breaks=(Break(2700, 12_000, 16_000),)) for k in range(vehicles)
        ),
        {"default": TravelMatrix(table, table)},
    )


def solved(problem: Problem, seconds: float) -> int:
    """How many are served in a plan that keeps every rule."""
    began = time.monotonic()
    orders = solve_plain(problem, lambda: began + seconds - time.monotonic())
    _, verdict = judged(problem, orders)
    assert verdict.violations == ()
    return verdict.served


@pytest.mark.slow  # a first plan of such a day once took minutes
def test_a_large_day_with_gaps_and_breaks_has_a_plan() -> None:
    assert solved(a_day(500, 25), 15) > 250


@pytest.mark.parametrize("again", [True, False], ids=["from scratch", "kept"])
def test_a_first_plan_that_cannot_be_read_back_does_not_end_the_search(
    monkeypatch: pytest.MonkeyPatch, again: bool
) -> None:
    solve: Callable[..., object] = pywrapcp.RoutingModel.SolveWithParameters
    answers: list[object] = []

    def from_scratch(routing: object, parameters: object) -> object:
        answers.append(solve(routing, parameters) if again or not answers else None)
        return answers[-1]

    monkeypatch.setattr(pywrapcp.RoutingModel, "SolveFromAssignmentWithParameters", lambda *_: None)
    monkeypatch.setattr(pywrapcp.RoutingModel, "SolveWithParameters", from_scratch)
    assert solved(a_day(8, 2), 0.5) == 8
    assert len(answers) == 2
