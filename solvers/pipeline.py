"""The search itself: broad, then in small parts, on as many cores as there are, confirmed in OR-Tools."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from importlib import import_module
from threading import Thread

from solvers.anneal import usual_leg
from solvers.board import Board, Report
from solvers.insertion import timed
from solvers.portfolio import Crew, Rounds, Shares
from solvers.problem import Problem
from solvers.progress import Phase, Remark, StoppedBy
from solvers.race import Race
from solvers.repair import repaired
from solvers.settings import Heat, Settings, whole_up_to
from solvers.solution import Orders, Solution
from solvers.stopping import StopRule

_CONFIRM = "solvers.ortools.confirm"
_CONFIRM_S, _CONFIRM_TASK_S = 0.15, 0.0006  # what confirming takes on a core of today
_LEAST_ROUND = 0.01  # of the time: what is left of it is no round

Note = Callable[[str], None]
"""Gets a sentence about what takes long beside the search."""


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
    """Where a search ended; with its times if they had to be known for a model."""

    orders: Orders
    stopped_by: StoppedBy
    remarks: tuple[Remark, ...]
    plan: Solution | None = None


def run(
    job: Job,
    report: Report,
    stop: Callable[[], bool],
    *,
    executor: Executor | None = None,
    note: Note | None = None,
) -> Answer:
    """Search until a limit is reached or `stop` says so; `report` gets every better plan.

    More than one core means threads, or lanes in the `executor` if one is given.
    """
    problem = job.problem
    if not any(problem.pieces[task.id] for task in problem.tasks) or not problem.vehicles:
        return Answer({}, StoppedBy.NOTHING_TO_DO, ())
    compiled = _warm(note)
    board = Board(problem, report, stop, _search_s(job), job.until, remarks=compiled)
    crew = Crew(board, job.cores, executor)
    try:
        return _Search(job, board, crew).run()
    finally:
        crew.close()


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
    def __init__(self, job: Job, board: Board, crew: Crew) -> None:
        self.job, self.board, self.crew, self.problem = job, board, crew, job.problem

    def run(self) -> Answer:
        board, job, settings = self.board, self.job, self.job.settings
        begun = Phase.CONSTRUCT if job.start is None else Phase.START
        rounds = Rounds(board, self.crew, job.seed)
        if settings.confirm:
            Thread(target=self._fetch_model, daemon=True).start()
        if len(self.problem.tasks) > whole_up_to(settings, self.problem):
            rounds.begin(self._start(), begun, settings.part)
            heat = Heat.of(settings, self.problem).times(usual_leg(self.problem, rounds.now))
            self._in_rounds(rounds, heat)
        else:
            heat = Race(rounds, settings, job.seed, job.iteration_limit).run(self._start(), begun)
        rounds.go_on_from(board.orders, board.cost or 0)
        self._again(rounds, heat)
        plan = self._confirmed() if settings.confirm and board.orders else None
        return Answer(board.orders, self._reason(), tuple(board.remarks), plan)

    def _fetch_model(self) -> None:
        """Import OR-Tools beside the search, once there is a plan: a first plan comes before all else."""
        self.board.has_plan.wait()
        import_module(_CONFIRM)

    def _reason(self) -> StoppedBy:
        if self.board.ended_by is not None:
            return self.board.ended_by
        return StoppedBy.TIME_LIMIT if self.job.iteration_limit is None else StoppedBy.ITERATION_LIMIT

    def _start(self) -> Orders:
        """The given start as far as it fits."""
        if self.job.start is None:
            return {}
        orders, dropped = repaired(self.problem, {r.vehicle: r.tasks for r in self.job.start.routes})
        if dropped:
            self.board.remark("start_repaired", *dropped)
        return orders

    def _in_rounds(self, rounds: Rounds, heat: Heat) -> None:
        """Large parts, cut anew in every round, while it gets colder."""
        board, job, settings = self.board, self.job, self.job.settings
        begun, limit, total = board.elapsed(), job.iteration_limit, settings.rounds
        whole_s = (board.search_s - begun) * settings.broad
        whole = 0 if limit is None else round(limit * settings.broad)
        used = sum(bool(order) for order in rounds.now.values())
        enough = -(-settings.part_days * len(self.problem.tasks) // max(1, used))
        shares = Shares(self._evenly(max(settings.part, enough)))
        number = 0
        while not board.halt():
            if limit is None:
                share = (board.elapsed() - begun) / whole_s
                after = min(1.0, share + 1 / total)
                if share + _LEAST_ROUND > 1:
                    break
                rounds.take(shares, heat.at(share), heat.at(after), seconds=(after - share) * whole_s)
            else:
                if number >= total:
                    break
                share, after = number / total, (number + 1) / total
                steps = whole * (number + 1) // total - whole * number // total
                rounds.take(shares, heat.at(share), heat.at(after), steps=steps)
            number += 1

    def _again(self, rounds: Rounds, heat: Heat) -> None:
        """Small parts, cut anew in every round and each warmed up and cooled by itself."""
        board, job, settings, tasks = self.board, self.job, self.job.settings, len(self.problem.tasks)
        limit = job.iteration_limit
        shares = Shares(self._evenly(settings.near), greedy=True)
        usual_s = settings.seconds_a_task * tasks / self.crew.width
        while not board.halt():
            if limit is None:
                left = board.search_s - board.elapsed()
                if left < _LEAST_ROUND * board.search_s:
                    break
                seconds = left if left < 1.5 * usual_s else usual_s
                rounds.take(shares, heat.again, heat.settled, seconds=seconds)
            else:
                steps = min(limit - board.steps, settings.steps_a_task * tasks)
                if steps <= 0:
                    break
                before = board.steps
                rounds.take(shares, heat.again, heat.settled, steps=steps)
                if board.steps == before:
                    break

    def _evenly(self, size: int) -> int:
        """About so many tasks a part, so that every core gets as many parts; with an iteration limit they have no say."""
        tasks, width = len(self.problem.tasks), self.crew.width
        if self.job.iteration_limit is not None or width == 1:
            return size
        parts = max(round(tasks / size), 1)
        return -(-tasks // (-(-parts // width) * width))

    def _confirmed(self) -> Solution:
        """The plan with its times, after the routing model was asked; what that says changes no plan."""
        board, job = self.board, self.job
        plan = timed(self.problem, board.orders)
        if board.ended_by is StoppedBy.STOP:
            board.remark("model_skipped", *(route.vehicle for route in plan.routes))
            return plan
        from solvers.ortools.confirm import confirm

        verdict = confirm(self.problem, plan, board.began + job.time_limit_s)
        if verdict.refused:
            board.remark("model_refuses_plan", *verdict.refused)
        if verdict.left:
            board.remark("model_skipped", *verdict.left)
        return plan
