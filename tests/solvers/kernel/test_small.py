"""On problems small enough to try every plan, the compiled search finds the best; and it is what its Python says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations, permutations

import numpy as np
import pytest

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.kernel.kernel import Kernel
from solvers.kernel.memory import layout
from solvers.kernel.native import CACHE_SETTING, _folder, is_warm
from solvers.kernel.scratch import KNOBS, forget, move_out, scratch_for
from solvers.kernel.search import anneal
from solvers.kernel.state import copied, memory_for, send_home
from solvers.kernel.warm import warm_up
from solvers.problem import Problem
from solvers.schedule import schedule


def plans(
    problem: Problem, tasks: tuple[str, ...], vehicles: tuple[str, ...]
) -> Iterator[dict[str, tuple[str, ...]]]:
    """Every plan that has a timing."""
    if not vehicles:
        yield {}
        return
    for size in range(len(tasks) + 1):
        for chosen in combinations(tasks, size):
            rest = tuple(task for task in tasks if task not in chosen)
            for order in permutations(chosen):
                if not order or schedule(problem, vehicles[0], order) is not None:
                    for others in plans(problem, rest, vehicles[1:]):
                        yield {vehicles[0]: order, **others} if order else others


def cost(problem: Problem, orders: dict[str, tuple[str, ...]]) -> int:
    evaluation = evaluate(problem, timed(problem, orders))
    return evaluation.total + problem.mandatory_penalty * len(evaluation.violations)


def is_exact(problem: Problem) -> bool:
    """Whether every rule is tested exactly: days of limited duration are judged by one timing a set of breaks, and a
    seat that is free only once another visit is there needs the right order of insertions.
    """
    return not any(v.max_duration is not None for v in problem.vehicles) and not any(
        t.pinned_position is not None for t in problem.tasks
    )


def test_the_best_of_all_plans_is_found(random_problem: Callable[..., Problem]) -> None:
    exact, others, missed = 0, 0, 0
    for seed in range(100):
        problem = random_problem(5_000 + seed, 4)
        if len(problem.vehicles) > 2:
            continue
        every = plans(problem, tuple(problem.task_by_id), tuple(problem.vehicle_by_id))
        best = min(cost(problem, orders) for orders in every)
        kernel = Kernel(problem, seed)
        kernel.construct()
        kernel.anneal(3000, 60.0, 0.5)
        found = cost(problem, kernel.orders())
        if is_exact(problem):
            exact += 1
            assert found == best, problem.name
        else:
            others += 1
            missed += found != best
    assert exact > 20
    assert missed <= 0.1 * others


def test_machine_code_does_what_the_python_it_is_made_of_does(random_problem: Callable[..., Problem]) -> None:
    for seed in range(12):
        problem = random_problem(9_000 + seed, 6)
        kernel = Kernel(problem, seed)
        kernel.anneal(25, 20.0, 2.0)
        now = memory_for(kernel.tables)
        send_home(kernel.tables, now)
        trial, best = copied(now), copied(now)
        with np.errstate(over="ignore"):
            anneal(kernel.tables, now, trial, best, scratch_for(kernel.tables, seed), KNOBS, 25, 20.0, 2.0)
        for ours, theirs in ((kernel.now, now), (kernel.best, best)):
            assert ours.total[0] == theirs.total[0]
            assert (ours.route == theirs.route).all()


def test_a_plan_is_gone_back_to(random_problem: Callable[..., Problem]) -> None:
    kernel = Kernel(random_problem(3, 8), 1)
    kernel.anneal(50, 30.0, 30.0)
    kernel.restart()
    assert kernel.current() == kernel.orders()
    assert kernel.current_objective == kernel.objective


def test_steps_take_no_memory(random_problem: Callable[..., Problem]) -> None:
    import resource

    kernel = Kernel(random_problem(8, 12), 1)
    kernel.anneal(1000, 20.0, 1.0)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(200):
        kernel.anneal(500, 20.0, 1.0)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2048


def test_what_compiled_code_cannot_read_is_refused() -> None:
    with pytest.raises(TypeError, match="removed is neither"):
        layout(KNOBS._replace(removed="ten"))  # type: ignore[arg-type]


def test_a_warm_kernel_says_nothing() -> None:
    warm_up(lambda _message: None)
    said: list[str] = []
    warm_up(said.append)
    assert is_warm()
    assert said == []


def test_without_a_folder_to_write_to_nothing_is_kept(
    monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory
) -> None:
    blocked = tmp_path_factory.mktemp("cache") / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv(CACHE_SETTING, str(blocked))
    _folder.cache_clear()
    try:
        assert _folder() is None
    finally:
        _folder.cache_clear()


def test_knobs_can_be_set(random_problem: Callable[..., Problem]) -> None:
    problem = random_problem(11, 8)
    kernel = Kernel(problem, 1, KNOBS._replace(removed=2.0, longest=2.0, small=0.0))
    kernel.anneal(200, 10.0, 1.0)
    assert kernel.objective <= sum(problem.top_prizes.values()) + problem.mandatory_penalty * len(
        problem.tasks
    )


def test_a_task_is_on_the_list_of_a_step_once(random_problem: Callable[..., Problem]) -> None:
    scratch = scratch_for(Kernel(random_problem(3, 6), 1).tables, 1)
    for task in (4, 2, 4, 4, 2):
        move_out(scratch, task)
    assert scratch.out[: scratch.counters[2]].tolist() == [4, 2]
    forget(scratch)
    assert not scratch.is_out.any()
