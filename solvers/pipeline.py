"""The search itself: a first plan, ruin and recreate in as many lanes as there are cores, confirmed in OR-Tools."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field
from importlib import import_module
from threading import Thread
from typing import NamedTuple

from solvers.anneal import Lane, usual_leg
from solvers.board import Board, Report
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

    First the whole is searched, for a share `broad` of the time, while temperatures fall from `hot` to `cold` legs of
    the first plan. Beyond `whole` tasks that is done in parts of about `part` tasks, or of more where the first plan
    needs more for `part_days` days, and `rounds` are the times that these are put together. Then, until the time is
    up, parts of about `near` tasks are searched again, each from `again` legs to `settled` in so many steps a task, or
    seconds, as follow; what is better is kept. Temperatures are given for a problem whose tasks are all mandatory and
    for one whose tasks are all optional; others lie between. The plan is confirmed in the routing model unless
    `confirm` is False.
    """

    hot: tuple[float, float] = (1.0, 4.0)
    cold: tuple[float, float] = (0.02, 0.08)
    broad: float = 0.9
    whole: int = 350
    part: int = 250
    part_days: int = 6
    rounds: int = 16
    near: int = 60
    again: tuple[float, float] = (0.3, 1.0)
    settled: tuple[float, float] = (0.01, 0.05)
    steps_a_task: int = 200
    seconds_a_task: float = 0.005
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


class _Heat(NamedTuple):
    """Temperatures in units of cost: those of `Settings`."""

    hot: float
    cold: float
    again: float
    settled: float

    def at(self, share: float) -> float:
        """The temperature when this share of the broad search is over."""
        return _between((self.hot, self.cold), share)


class _Search:
    def __init__(self, job: Job, board: Board, crew: Crew) -> None:
        self.job, self.board, self.crew, self.problem = job, board, crew, job.problem

    def run(self) -> Answer:
        board, settings = self.board, self.job.settings
        begun = Phase.CONSTRUCT if self.job.start is None else Phase.START
        rounds = Rounds(board, self.crew, self.job.seed)
        if len(self.problem.tasks) > settings.whole:
            rounds.begin(self._start(), begun, settings.part)
            heat = self._heat(rounds.now)
            self._in_rounds(rounds, heat)
        elif self.job.cores == 1 or self.job.iteration_limit is not None:
            heat = self._alone(begun)
        else:
            rounds.begin(self._start(), begun, settings.whole)
            heat = self._heat(rounds.now)
            self._side_by_side(rounds, heat)
        rounds.go_on_from(board.orders, board.cost or 0)
        self._again(rounds, heat)
        if settings.confirm and board.orders:
            self._confirm()
        return Answer(board.orders, self._reason(), tuple(board.remarks))

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

    def _alone(self, begun: Phase) -> _Heat:
        """One lane on the whole problem, with the plans it finds on its way; the temperatures, read off its first."""
        board, job = self.board, self.job
        phases = [begun]

        def told(cost: int, steps: int, orders: Orders) -> None:
            board.offer(phases[-1], cost, orders, steps)

        lane = Lane(self.problem, self._start(), job.seed, self.problem.mandatory_penalty, told)
        phases.append(Phase.IMPROVE)
        heat = self._heat(lane.found().now)
        broad = job.settings.broad
        if job.iteration_limit is None:
            seconds = (board.search_s - board.elapsed()) * broad
            lane.for_seconds(seconds, heat.hot, heat.cold, board.halt)
        else:
            lane.for_steps(round(job.iteration_limit * broad), heat.hot, heat.cold, board.halt)
        found = lane.found()
        board.offer(Phase.IMPROVE, found.cost, found.best, found.steps)
        board.steps += found.steps
        return heat

    def _side_by_side(self, rounds: Rounds, heat: _Heat) -> None:
        """A lane a core on the whole problem, of which the best goes on."""
        seconds = (self.board.search_s - self.board.elapsed()) * self.job.settings.broad
        shares = Shares(len(self.problem.tasks), lanes=self.job.cores, greedy=True)
        rounds.take(shares, heat.hot, heat.cold, seconds=seconds)

    def _in_rounds(self, rounds: Rounds, heat: _Heat) -> None:
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

    def _again(self, rounds: Rounds, heat: _Heat) -> None:
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

    def _heat(self, orders: Orders) -> _Heat:
        """The temperatures; now that there is a first plan, OR-Tools is imported beside the search."""
        if self.job.settings.confirm:
            Thread(target=import_module, args=(_CONFIRM,), daemon=True).start()
        leg = usual_leg(self.problem, orders)
        settings, tasks = self.job.settings, self.problem.tasks
        optional = sum(not task.mandatory for task in tasks) / len(tasks)
        pairs = (settings.hot, settings.cold, settings.again, settings.settled)
        return _Heat(*(_between(pair, optional) * leg for pair in pairs))

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


def _between(ends: tuple[float, float], share: float) -> float:
    """So far from one to the other, by factors."""
    return float(ends[0] * (ends[1] / ends[0]) ** share)
