"""Each engine's answers, judged; and what each says it cannot express."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st

from solvers.bench.engine import NAMES, load, missing
from solvers.bench.judge import judged
from solvers.problem import Problem
from solvers.task import PrizeBand, Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Balance, Break, Measure, Vehicle

AnyProblem = Callable[..., st.SearchStrategy[Problem]]
PEERS = ("ortools", "pyvrp", "vroom")


def installed(name: str) -> None:
    if missing(name) is not None:
        pytest.skip(f"{name} is not installed")


def a_day(**changes: object) -> Problem:
    """Four tasks on a line and two vehicles alike; `changes` are to the first task or vehicle, or to the problem."""
    at = np.array([0, 10, 20, 30, 40], dtype=np.int32)
    table = np.abs(at[:, None] - at[None, :])
    tasks = [Task(f"t{k}", k, (Window(0, 500),), 5, prize=100 * k) for k in range(1, 5)]
    vehicles = [Vehicle(f"v{k}", 0, 0, 0, 1000) for k in range(2)]
    of_task = {key: value for key, value in changes.items() if key in Task.__dataclass_fields__}
    of_vehicle = {key: value for key, value in changes.items() if key in Vehicle.__dataclass_fields__}
    tasks[0] = replace(tasks[0], **of_task)  # type: ignore[arg-type]
    vehicles[0] = replace(vehicles[0], **of_vehicle)  # type: ignore[arg-type]
    balances = changes.get("balances", ())
    return Problem("day", tuple(tasks), tuple(vehicles), {"default": TravelMatrix(table, table)}, balances)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", PEERS)
def test_everything_worthwhile_is_served_at_the_least_travel(name: str) -> None:
    installed(name)
    problem, engine = a_day(), load(name)
    engine.warm_up(1)
    found = engine.solve(problem, time.monotonic() + 0.3, 1, 1)
    _, verdict = judged(problem, found.orders)
    assert verdict.violations == ()
    assert (verdict.total, verdict.served) == (80, 4)


@pytest.mark.parametrize("name", PEERS)
@pytest.mark.parametrize(
    "change",
    [
        {"capacity": 0, "load": 1},
        {"skills": frozenset({"s"})},
        {"vehicles": frozenset({"v1"})},
        {"pinned_vehicle": "v1"},
        {"pinned_start": 77},
        {"windows": (Window(3, 4), Window(60, 70))},
        {"max_tasks": 1},
        {"start": None},
        {"end": None},
        {"start": 2, "end": 4},
        {"fixed_cost": 500},
        {"max_travel": 30},
        {"cost_per_metre": 2},
        {"mandatory": True, "prize": 0},
        {"prize_bands": (PrizeBand(0, 50, 0), PrizeBand(51, 90, 900))},
        {"max_duration": 60},
        {"breaks": (Break(30, 20, 40),)},
        {"vehicle_costs": (("v0", 900),)},
    ],
    ids=lambda change: " ".join(change),
)
def test_a_rule_is_kept_or_said_to_be_beyond_it(name: str, change: dict[str, object]) -> None:
    installed(name)
    problem, engine = a_day(**change), load(name)
    if engine.fit(problem).obstacle is not None:
        assert set(change) & {"max_duration", "breaks", "cost_per_metre", "max_travel"}
        return
    _, verdict = judged(problem, engine.solve(problem, time.monotonic() + 0.2, 1, 1).orders)
    assert verdict.violations == ()
    assert verdict.served >= 3


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("pyvrp", {"breaks": (Break(30, 20, 40),)}, "no breaks"),
        ("pyvrp", {"pinned_position": 0}, "pin a position"),
        ("pyvrp", {"max_travel": 30, "cost_per_metre": 1}, "travel time"),
        ("vroom", {"max_duration": 60}, "length of a day"),
        ("vroom", {"pinned_position": 0}, "pin a position"),
    ],
)
def test_a_rule_a_peer_lacks_is_an_obstacle(name: str, change: dict[str, object], said: str) -> None:
    assert said in (load(name).fit(a_day(**change)).obstacle or "")


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("vroom", {}, "priorities"),
        ("vroom", {"prize_bands": (PrizeBand(0, 50, 0),)}, "by the hour"),
        ("vroom", {"vehicle_costs": (("v0", 9),)}, "costs of a vehicle"),
        ("pyvrp", {"max_overtime": 9}, "overtime"),
        ("ortools", {"balances": (Balance("b", frozenset({"v0"}), Measure.WORK, 0, 1),)}, "balances"),
    ],
)
def test_what_a_peer_does_not_see_is_said(name: str, change: dict[str, object], said: str) -> None:
    fit = load(name).fit(a_day(**change))
    assert fit.obstacle is None
    assert any(said in note for note in fit.shortcuts)


def test_the_engine_itself_sees_everything() -> None:
    assert load("doorstep").fit(a_day(pinned_position=0, max_duration=60)).obstacle is None
    assert NAMES[0] == "doorstep"


@pytest.mark.parametrize("name", ["pyvrp", "vroom"])
@settings(
    max_examples=40, deadline=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(data=st.data())
def test_no_answer_breaks_a_rule(name: str, any_problem: AnyProblem, data: st.DataObject) -> None:
    installed(name)
    drawn, engine = data.draw(any_problem()), load(name)
    # What nobody can serve must not be mandatory: a peer then breaks another rule to serve it.
    tasks = tuple(replace(task, mandatory=False) for task in drawn.tasks)
    problem = Problem(drawn.name, tasks, drawn.vehicles, drawn.travel)
    assume(engine.fit(problem).obstacle is None)
    _, verdict = judged(problem, engine.solve(problem, time.monotonic() + 0.02, 1, 1).orders)
    assert verdict.violations == ()


def test_pyvrp_counts_as_we_do() -> None:
    installed("pyvrp")
    import pyvrp

    from solvers.bench.with_pyvrp import _Model

    problem = a_day(fixed_cost=30, vehicle_costs=(("v0", 7), ("v1", 3)), start=2)
    model = _Model(problem, pyvrp)
    result = pyvrp.solve(model.data(), pyvrp.stop.MaxIterations(20), seed=1, display=False)
    _, verdict = judged(problem, model.orders(result.best))
    assert result.cost() == verdict.total
