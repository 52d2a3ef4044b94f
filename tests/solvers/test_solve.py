from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers import worker
from solvers.errors import SolverError
from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.problem import Problem
from solvers.progress import Phase, StoppedBy
from solvers.settings import Settings
from solvers.solution import Solution
from solvers.solve import solve
from solvers.task import Task, Window
from solvers.travel import TravelMatrix
from solvers.vehicle import Break, Vehicle

AnyProblem = Callable[..., st.SearchStrategy[Problem]]
ALONE = Settings(confirm=False)


def plane(tasks: int, vehicles: int, seed: int = 3) -> Problem:
    """Tasks and vehicles spread over a plane."""
    random = np.random.default_rng(seed)
    at = random.uniform(0, 3000, (tasks + vehicles, 2))
    seconds = np.ceil(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))).astype(int)
    made = tuple(
        Task(
            f"t{n}",
            n,
            (Window(*sorted(random.integers(0, 28_000, 2).tolist())),),
            900,
            int(random.integers(5000)),
        )
        for n in range(tasks)
    )
    agents = tuple(
        Vehicle(f"v{n}", tasks + n, tasks + n, 0, 28_000, breaks=(Break(1800, 11_000, 16_000),))
        for n in range(vehicles)
    )
    return Problem("plane", made, agents, {"default": TravelMatrix(seconds, seconds)})


def price(problem: Problem, solution: Solution) -> tuple[int, int]:
    verdict = evaluate(problem, solution)
    missed = sum(v.code == "mandatory_unserved" for v in verdict.violations)
    assert missed == len(verdict.violations)
    return missed, verdict.total


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_tiny_problems_are_solved_to_the_optimum(
    data: st.DataObject,
    any_problem: AnyProblem,
    all_plans: Callable[[Problem], Iterator[Solution]],
) -> None:
    problem = data.draw(any_problem(max_tasks=4))
    result = solve(problem, time_limit_s=30, iteration_limit=2000, in_process=True, settings=ALONE)
    least = min(price(problem, plan) for plan in all_plans(problem))
    assert price(problem, result.solution) >= least
    if not any(task.mandatory for task in problem.tasks) and all(
        v.max_duration is None for v in problem.vehicles
    ):
        assert price(problem, result.solution) == least


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_answer_breaks_a_rule(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem = data.draw(any_problem(max_tasks=8, max_vehicles=3))
    result = solve(problem, time_limit_s=30, iteration_limit=200, in_process=True, settings=ALONE)
    assert {v.code for v in result.evaluation.violations} <= {"mandatory_unserved"}
    assert result.evaluation == evaluate(problem, result.solution)
    assert result.remarks == ()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_the_routing_model_never_disagrees(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem = data.draw(any_problem(max_tasks=8, max_vehicles=3))
    result = solve(problem, time_limit_s=30, iteration_limit=50, in_process=True)
    assert result.remarks == ()
    assert {v.code for v in result.evaluation.violations} <= {"mandatory_unserved"}


def test_same_seed_and_iterations_same_plan_whatever_the_process() -> None:
    problem = plane(30, 3)
    runs = [
        solve(problem, time_limit_s=60, iteration_limit=60, seed=5, in_process=here)
        for here in (True, False, True)
    ]
    assert runs[0].solution == runs[1].solution == runs[2].solution
    assert all(run.stopped_by is StoppedBy.ITERATION_LIMIT for run in runs)
    other = solve(problem, time_limit_s=60, iteration_limit=60, seed=6, in_process=True)
    assert [p.objective for p in other.history] != [p.objective for p in runs[0].history]


def test_progress_only_gets_better_and_ends_at_the_answer() -> None:
    heard: list[int] = []
    result = solve(plane(100, 8), time_limit_s=3.0, progress=lambda news: heard.append(news.objective))
    assert heard == [news.objective for news in result.history]
    assert heard == sorted(heard, reverse=True)
    assert result.evaluation.total <= heard[-1]
    assert result.stopped_by is StoppedBy.TIME_LIMIT
    assert {news.phase for news in result.history} >= {Phase.CONSTRUCT, Phase.IMPROVE}
    assert {remark.code for remark in result.remarks} <= {"model_skipped"}  # on a busy machine


@pytest.mark.parametrize("in_process", [True, False])
def test_stop_ends_it_with_the_best_so_far(in_process: bool) -> None:
    seen: list[float] = []
    began = time.monotonic()
    result = solve(
        plane(30, 3),
        time_limit_s=120,
        progress=lambda news: seen.append(news.elapsed_s),
        stop=lambda: bool(seen),
        in_process=in_process,
    )
    assert time.monotonic() - began < 20
    assert result.stopped_by is StoppedBy.STOP
    assert result.evaluation.served > 0
    assert result.evaluation.feasible


def test_an_interrupt_ends_it_with_the_best_so_far() -> None:
    def interrupt(_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    began = time.monotonic()
    result = solve(plane(20, 2), time_limit_s=120, progress=interrupt)
    assert result.stopped_by is StoppedBy.INTERRUPT
    assert result.evaluation.feasible
    assert result.evaluation.served > 0
    assert time.monotonic() - began < 20


def test_an_interrupt_in_process_ends_it_with_the_best_so_far() -> None:
    def interrupt(_: object) -> None:
        raise KeyboardInterrupt

    result = solve(plane(20, 2), time_limit_s=120, progress=interrupt, in_process=True)
    assert result.stopped_by is StoppedBy.INTERRUPT
    assert result.evaluation.served > 0


def test_a_worker_that_dies_early_is_an_error() -> None:
    class Deadly(Settings):
        """Ends the process it is unpickled in."""

        def __reduce__(self) -> tuple[object, ...]:
            return os._exit, (7,)

    with pytest.raises(SolverError, match="ended with code 7 before it had a plan"):
        solve(plane(5, 1), time_limit_s=5, settings=Deadly())


def test_a_worker_that_dies_late_leaves_its_best_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[object] = []

    class Context:
        """The usual context, which remembers the processes it makes."""

        def __init__(self, real: object) -> None:
            self.real = real

        def __getattr__(self, name: str) -> object:
            return getattr(self.real, name)

        def Process(self, **arguments: object) -> object:  # noqa: N802 - the name it stands in for
            process = self.real.Process(**arguments)  # type: ignore[attr-defined]
            started.append(process)
            return process

    real = worker.multiprocessing.get_context
    monkeypatch.setattr(worker.multiprocessing, "get_context", lambda method: Context(real(method)))
    result = solve(plane(20, 2), time_limit_s=120, progress=lambda _: started[0].kill())  # type: ignore[attr-defined]
    assert result.stopped_by is StoppedBy.WORKER_DIED
    assert [remark.code for remark in result.remarks] == ["worker_died"]
    assert result.evaluation.feasible
    assert result.evaluation.served > 0


def test_a_failure_in_the_worker_comes_back_as_a_clear_error() -> None:
    with pytest.raises(SolverError, match="the search failed: TypeError"):
        solve(plane(5, 1), time_limit_s=5, seed="x")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("timer", "settings"), [("solve.timed", ALONE), ("pipeline._Search._confirmed", Settings())]
)
def test_an_answer_that_breaks_a_rule_is_refused(
    monkeypatch: pytest.MonkeyPatch, timer: str, settings: Settings
) -> None:
    problem = plane(5, 1)
    loose = Problem(
        "p",
        tuple(replace(t, windows=(Window(0, 28_000),)) for t in problem.tasks),
        problem.vehicles,
        problem.travel,
    )
    wrong = timed(loose, {"v0": ("t0", "t1", "t2", "t3", "t4")})
    monkeypatch.setattr(f"solvers.{timer}", lambda *_: wrong)
    with pytest.raises(SolverError, match="outside_windows"):
        solve(problem, time_limit_s=5, iteration_limit=1, in_process=True, settings=settings)


def test_a_given_start_is_never_made_worse() -> None:
    problem = plane(25, 2)
    good = solve(problem, time_limit_s=30, iteration_limit=80, in_process=True, settings=ALONE)
    again = solve(problem, time_limit_s=30, iteration_limit=0, start=good.solution, in_process=True)
    assert again.history[0].phase is Phase.START
    assert again.evaluation.total <= good.evaluation.total
    assert again.remarks == ()


def test_a_start_of_yesterday_is_repaired_and_remarked_on() -> None:
    problem = plane(12, 2)
    old = solve(problem, time_limit_s=30, iteration_limit=20, in_process=True, settings=ALONE).solution
    gone = old.routes[0].tasks[0]
    new = problem.with_tasks(task.id for task in problem.tasks if task.id != gone)
    result = solve(new, time_limit_s=30, iteration_limit=5, start=old, in_process=True)
    assert [(remark.code, remark.ids) for remark in result.remarks] == [("start_repaired", (gone,))]
    assert result.evaluation.feasible


def test_an_impossible_mandatory_task_is_named_and_the_rest_planned() -> None:
    problem = plane(10, 2)
    tasks = (*problem.tasks, Task("never", 0, (Window(50_000, 60_000),), mandatory=True))
    result = solve(replace(problem, tasks=tasks), time_limit_s=30, iteration_limit=20, in_process=True)
    assert [(v.code, v.ids) for v in result.evaluation.violations] == [("mandatory_unserved", ("never",))]
    assert result.evaluation.served > 5
    assert result.remarks == ()


def test_mandatory_tasks_are_served_though_they_lose_money() -> None:
    problem = plane(10, 1)
    tasks = tuple(
        replace(t, prize=0, mandatory=n == 3, windows=(Window(0, 28_000),))
        for n, t in enumerate(problem.tasks)
    )
    result = solve(replace(problem, tasks=tasks), time_limit_s=30, iteration_limit=20, in_process=True)
    assert result.solution.served() == ("t3",)


@pytest.mark.parametrize(("tasks", "vehicles"), [(0, 0), (0, 2), (3, 0)])
def test_nothing_to_do(tasks: int, vehicles: int) -> None:
    result = solve(plane(tasks, vehicles), time_limit_s=5, in_process=True)
    assert result.stopped_by is StoppedBy.NOTHING_TO_DO
    assert len(result.solution.unserved) == tasks


def test_a_large_problem_is_searched_in_parts_whoever_works_them_off() -> None:
    problem = plane(60, 6)
    parts = Settings(whole=20, unlike=20, part=20, rounds=3)
    runs = [
        solve(problem, time_limit_s=90, iteration_limit=900, settings=parts, in_process=True),
        solve(problem, time_limit_s=90, iteration_limit=900, settings=parts, cores=2),
    ]
    with ThreadPoolExecutor(3) as threads:
        runs.append(
            solve(problem, time_limit_s=90, iteration_limit=900, settings=parts, cores=3, executor=threads)
        )
    assert runs[0].solution == runs[1].solution == runs[2].solution
    for run in runs:
        assert run.remarks == ()
        assert run.evaluation.feasible
        assert run.history[0].phase is Phase.CONSTRUCT
        assert run.evaluation.total < run.history[0].objective


@pytest.mark.parametrize(("tasks", "vehicles"), [(20, 2), (130, 8)])
def test_two_cores_search_until_the_time_is_up(tasks: int, vehicles: int) -> None:
    result = solve(plane(tasks, vehicles), time_limit_s=3, cores=2, settings=ALONE)
    assert result.evaluation.feasible
    assert result.stopped_by is StoppedBy.TIME_LIMIT
    assert result.remarks == ()


class Mortal(ThreadPoolExecutor):
    """Every third errand is lost."""

    count = 0

    def submit(self, function: Any, /, *arguments: Any, **named: Any) -> Future[Any]:
        self.count += 1
        if self.count % 3 == 0:
            return super().submit(_die)
        return super().submit(function, *arguments, **named)


def _die() -> None:
    raise BrokenProcessPool("gone")


def test_lanes_that_die_cost_nothing_but_their_own_work() -> None:
    problem, parts = plane(60, 6), Settings(whole=20, unlike=20, part=20, rounds=3, confirm=False)
    whole = solve(problem, time_limit_s=90, iteration_limit=300, settings=parts, in_process=True)
    with Mortal(2) as mortal:
        result = solve(
            problem, time_limit_s=90, iteration_limit=300, settings=parts, cores=2, executor=mortal
        )
        assert result.solution == whole.solution
        assert [remark.code for remark in result.remarks] == ["worker_died"]
        for settings in (parts, ALONE):
            timed_out = solve(problem, time_limit_s=2, settings=settings, cores=2, executor=mortal)
            assert timed_out.evaluation.feasible
            assert timed_out.evaluation.served > 0


def test_limits_below_zero_are_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        solve(plane(3, 1), time_limit_s=-1)


def test_importing_the_solver_does_not_import_ortools() -> None:
    code = "import sys, json, solvers.solve, solvers.diagnose; print(json.dumps('ortools' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) is False
