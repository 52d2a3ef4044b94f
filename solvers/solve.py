"""Solve a problem: the one call most users need."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass

from solvers.errors import SolverError
from solvers.evaluate import Evaluation, evaluate
from solvers.insertion import timed
from solvers.pipeline import Answer, Job, run
from solvers.problem import Problem
from solvers.progress import Progress, Remark, StoppedBy
from solvers.settings import Settings
from solvers.solution import Orders, Solution
from solvers.stopping import StopRule
from solvers.worker import run_in_worker

_UNAVOIDABLE = "mandatory_unserved"


@dataclass(frozen=True, slots=True)
class Result:
    """A plan, its evaluation, how the search went and why it ended.

    The plan breaks no rule, unless a mandatory task could not be served: then `evaluation.violations` names
    it. `history` holds every better plan that was told of.
    """

    solution: Solution
    evaluation: Evaluation
    history: tuple[Progress, ...]
    stopped_by: StoppedBy
    remarks: tuple[Remark, ...] = ()


def solve(
    problem: Problem,
    *,
    time_limit_s: float,
    seed: int = 1,
    iteration_limit: int | None = None,
    start: Solution | None = None,
    cores: int = 1,
    executor: Executor | None = None,
    until: StopRule | None = None,
    progress: Callable[[Progress], None] | None = None,
    stop: Callable[[], bool] | None = None,
    note: Callable[[str], None] | None = None,
    in_process: bool = False,
    settings: Settings | None = None,
) -> Result:
    """The best plan found within the limits, evaluated.

    With an `iteration_limit` (steps of ruin and recreate) that is reached before the time limit, the same
    problem, seed and start give the same plan, on any machine and any number of cores; a time limit cannot
    promise that, and uses all `cores`. `until` is one more rule to end by (`solvers.stopping`).

    The search runs in a process of its own, and each core's lane in another, so that a crash there costs that
    search and no more. `in_process` keeps the search here, for tests and for callers that are workers themselves;
    an `executor` (any of `concurrent.futures`' kind, such as a cluster's) keeps it here and its lanes there.
    `progress` is called in this process for every better plan, `note` with a sentence before something
    that takes long and is no search: compiling the engine, once on a machine, which no time limit counts.
    `stop` is asked a few times a second, and a Ctrl-C does the same: both end the search with the best plan so far.

    `start` may be any plan, of an earlier version of the problem too: what no longer fits is left out and
    remarked on. Raises `SolverError` when the worker fails before there is a plan, or when an engine's answer
    breaks a rule; ValueError for a negative limit or no core.
    """
    if time_limit_s < 0 or (iteration_limit is not None and iteration_limit < 0):
        raise ValueError("a limit is 0 or more")
    if cores < 1:
        raise ValueError("at least one core is needed")
    job = Job(problem, time_limit_s, seed, iteration_limit, start, cores, until, settings or Settings())
    history: list[Progress] = []
    best: list[Orders] = []

    def told(news: Progress, orders: Orders) -> None:
        history.append(news)
        best[:] = [orders]
        if progress is not None:
            progress(news)

    def search() -> Answer:
        if in_process or executor is not None:
            return run(job, told, stop or _never, executor=executor, note=note)
        return run_in_worker(job, told, stop or _never, note)

    try:
        answer = search()
        orders, stopped_by, remarks, plan = answer.orders, answer.stopped_by, answer.remarks, answer.plan
    except KeyboardInterrupt:
        if not best:
            raise
        orders, stopped_by, remarks, plan = best[0], StoppedBy.INTERRUPT, (), None
    solution = timed(problem, orders) if plan is None else plan
    evaluation = evaluate(problem, solution)
    broken = sorted({v.code for v in evaluation.violations if v.code != _UNAVOIDABLE})
    if broken:
        raise SolverError(f"an answer was refused because it breaks: {', '.join(broken)}")
    return Result(solution, evaluation, tuple(history), stopped_by, remarks)


def _never() -> bool:
    return False
