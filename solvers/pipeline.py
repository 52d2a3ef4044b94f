"""The search itself: a first plan, ruin and recreate in as many lanes as there are cores, confirmed in OR-Tools."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from importlib import import_module
from threading import Thread

from solvers.anneal import Lane, usual_leg
from solvers.board import Board, Report
from solvers.executors import Processes
from solvers.insertion import timed
from solvers.portfolio import Crew, Rounds, Shares
from solvers.problem import Problem
from solvers.progress import Phase, Remark, StoppedBy
from solvers.repair import repaired
from solvers.solution import Orders, Solution
from solvers.stopping import StopRule

_CONFIRM = "solvers.ortools.confirm"
_CONFIRM_S, _CONFIRM_TASK_S = 0.15, 0.0006  # what confirming takes on a core of today
_LEAST_ROUND = 0.01  # of the time: what is left of it is no round

Note = Callable[[str], None]
"""Gets a sentence about what takes long beside the search."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How the search goes about it.

    Temperatures fall from `hot` to `cold` legs of the first plan, each given for a problem whose tasks are all
    mandatory and for one whose tasks are all optional; others lie between. A problem of more than `whole` tasks is
    searched in parts of about `part` tasks, and in time for each of many cores; `rounds` are the times that parts
    are put together. The plan is confirmed in the routing model unless `confirm` is False.
    """

    hot: tuple[float, float] = (1.0, 3.0)
    cold: tuple[float, float] = (0.02, 0.08)
    whole: int = 1500
    part: int = 500
    least_part: int = 60
    rounds: int = 16
    confirm: bool = True


@dataclass(frozen=True, slots=True)
class Job:
    """One search. All of it can be pickled."""

    problem: Problem
    time_limit_s: float
    seed: int = 1
    iteration_limit: int | None = None
    start: Solution | None = None
    cores: int = 1
    until: StopRule | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a search ended."""

    orders: Orders
    stopped_by: StoppedBy
    remarks: tuple[Remark, ...]


def run(
    job: Job,
    report: Report,
    stop: Callable[[], bool],
    *,
    executor: Executor | None = None,
    note: Note | None = None,
) -> Answer:
    """Search until a limit is reached or `stop` says so; `report` gets every better plan.

    More than one core means processes, or lanes in the `executor` if one is given.
    """
    problem = job.problem
    if not any(problem.pieces[task.id] for task in problem.tasks) or not problem.vehicles:
        return Answer({}, StoppedBy.NOTHING_TO_DO, ())
    compiled = _warm(note)
    own = Processes(job.cores) if executor is None and job.cores > 1 else None
    try:
        board = Board(problem, report, stop, _search_s(job), job.until, remarks=compiled)
        return _Search(job, board, executor or own).run()
    finally:
        if own is not None:
            own.close()


def _warm(note: Note | None) -> list[Remark]:
    from solvers.kernel.warm import warm_up

    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if note is not None:
            note(text)

    began = time.monotonic()
    warm_up(say)
    return [Remark("engine_compiled", (f"{time.monotonic() - began:.0f}",))] if said else []


def _search_s(job: Job) -> float:
    """Seconds for the search: what confirming the plan will take is kept back, a tenth of the time at most."""
    if not job.settings.confirm:
        return job.time_limit_s
    usual = _CONFIRM_S + _CONFIRM_TASK_S * len(job.problem.tasks)
    return job.time_limit_s - min(usual, job.time_limit_s / 10)


class _Search:
    def __init__(self, job: Job, board: Board, executor: Executor | None) -> None:
        self.job, self.board, self.problem = job, board, job.problem
        self.executor = executor

    def run(self) -> Answer:
        board, settings = self.board, self.job.settings
        shares = self._shares()
        if shares is None:
            self._alone()
        else:
            self._in_rounds(shares)
        if settings.confirm and board.orders:
            self._confirm()
        return Answer(board.orders, self._reason(), tuple(board.remarks))

    def _reason(self) -> StoppedBy:
        if self.board.ended_by is not None:
            return self.board.ended_by
        return StoppedBy.TIME_LIMIT if self.job.iteration_limit is None else StoppedBy.ITERATION_LIMIT

    def _shares(self) -> Shares | None:
        """How to share out the work, or None for one lane on the whole.

        With an iteration limit the cores have no say: they only work off what the problem's size makes of it.
        """
        job, settings, tasks = self.job, self.job.settings, len(self.problem.tasks)
        large = tasks > settings.whole
        if large:
            size = settings.part
            if job.iteration_limit is None and job.cores > 1:
                parts = max(round(tasks / size), job.cores)
                size = -(-tasks // (-(-parts // job.cores) * job.cores))
            return Shares(size, width=job.cores)
        if job.cores == 1 or job.iteration_limit is not None:
            return None
        if tasks >= settings.least_part * job.cores and len(self.problem.vehicles) >= 2 * job.cores:
            return Shares(-(-tasks // job.cores), width=job.cores)
        return Shares(tasks, lanes=job.cores, width=job.cores)

    def _start(self) -> Orders:
        """The given start as far as it fits."""
        if self.job.start is None:
            return {}
        orders, dropped = repaired(self.problem, {r.vehicle: r.tasks for r in self.job.start.routes})
        if dropped:
            self.board.remark("start_repaired", *dropped)
        return orders

    def _alone(self) -> None:
        """One lane on the whole problem."""
        board, job = self.board, self.job
        phases = [Phase.CONSTRUCT if job.start is None else Phase.START]

        def told(cost: int, steps: int, orders: Orders) -> None:
            board.offer(phases[-1], cost, orders, steps)

        lane = Lane(self.problem, self._start(), job.seed, self.problem.mandatory_penalty, told)
        phases.append(Phase.IMPROVE)
        hot, cold = self._heat(lane.found().now)
        if job.iteration_limit is None:
            lane.for_seconds(board.search_s - board.elapsed(), hot, cold, board.halt)
        else:
            lane.for_steps(job.iteration_limit, hot, cold, board.halt)
        found = lane.found()
        board.offer(Phase.IMPROVE, found.cost, found.best, found.steps)

    def _in_rounds(self, shares: Shares) -> None:
        board, job, total = self.board, self.job, self.job.settings.rounds
        rounds = Rounds(board, Crew(board, self.executor), job.seed, shares)
        rounds.begin(self._start(), Phase.CONSTRUCT if job.start is None else Phase.START)
        hot, cold = self._heat(rounds.now)
        begun, limit = board.elapsed(), job.iteration_limit
        whole_s = board.search_s - begun
        number = 0
        while not board.halt():
            if limit is None:
                share = (board.elapsed() - begun) / whole_s
                after = min(1.0, share + 1 / total)
                if share + _LEAST_ROUND > 1:
                    break
                rounds.take(
                    self._at(hot, cold, share), self._at(hot, cold, after), seconds=(after - share) * whole_s
                )
            else:
                if number >= total:
                    break
                share, after = number / total, (number + 1) / total
                steps = limit * (number + 1) // total - limit * number // total
                rounds.take(self._at(hot, cold, share), self._at(hot, cold, after), steps=steps)
            number += 1

    @staticmethod
    def _at(first: float, last: float, share: float) -> float:
        return float(first * (last / first) ** share)

    def _heat(self, orders: Orders) -> tuple[float, float]:
        """The first and the last temperature; now that there is a first plan, OR-Tools is imported beside the search."""
        if self.job.settings.confirm:
            Thread(target=import_module, args=(_CONFIRM,), daemon=True).start()
        leg = usual_leg(self.problem, orders)
        settings, tasks = self.job.settings, self.problem.tasks
        optional = sum(not task.mandatory for task in tasks) / len(tasks)
        return self._at(*settings.hot, optional) * leg, self._at(*settings.cold, optional) * leg

    def _confirm(self) -> None:
        """Ask the routing model; what it says changes no plan."""
        board, job = self.board, self.job
        plan = timed(self.problem, board.orders)
        if board.ended_by is StoppedBy.STOP:
            board.remark("model_skipped", *(route.vehicle for route in plan.routes))
            return
        from solvers.ortools.confirm import confirm

        verdict = confirm(self.problem, plan, board.began + job.time_limit_s)
        if verdict.refused:
            board.remark("model_refuses_plan", *verdict.refused)
        if verdict.left:
            board.remark("model_skipped", *verdict.left)
