"""The search itself, in one process: construct, improve by ruin and recreate, confirm and polish in OR-Tools."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from solvers.construct import Inserter
from solvers.improve import Improver
from solvers.insertion import Draft, timed
from solvers.problem import Problem, Task, Window
from solvers.progress import Phase, Progress, Remark, StoppedBy
from solvers.repair import repaired
from solvers.solution import Solution

Orders = Mapping[str, tuple[str, ...]]
"""Task ids in order, by vehicle id."""

Report = Callable[[Progress, Orders], None]

_DENSITIES = (0.5, 1.0, 0.0)
_SMALL = 100_000  # tasks x vehicles up to which several first plans are tried


@dataclass(frozen=True, slots=True)
class Settings:
    """How the time is spent.

    The routing model gets the last `polish_share` of it. It searches among at most `polish_nodes` nodes (a
    task is one for each prize it can earn): the served tasks and the unserved ones with the highest prizes.
    Where the served ones alone are more, it only confirms the plan, each task at the prize it now earns, and
    above `confirm_nodes` not even that.
    """

    polish_share: float = 0.15
    polish_nodes: int = 1000
    confirm_nodes: int = 3000


@dataclass(frozen=True, slots=True)
class Job:
    """One search. All of it can be pickled."""

    problem: Problem
    time_limit_s: float
    seed: int = 1
    iteration_limit: int | None = None
    start: Solution | None = None
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True, slots=True)
class Answer:
    """Where a search ended."""

    orders: Orders
    stopped_by: StoppedBy
    remarks: tuple[Remark, ...]


def run(job: Job, report: Report, stop: Callable[[], bool]) -> Answer:
    """Search until a limit is reached or `stop` says so; `report` gets every better plan."""
    return _Search(job, report, stop).run()


class _Search:
    def __init__(self, job: Job, report: Report, stop: Callable[[], bool]) -> None:
        self.job, self.report, self.stop = job, report, stop
        self.began = time.monotonic()
        self.remarks: list[Remark] = []
        self.prizes = sum(job.problem.top_prizes.values())

    def elapsed(self) -> float:
        return time.monotonic() - self.began

    def run(self) -> Answer:
        job = self.job
        draft = self._first_plan()
        phase = Phase.CONSTRUCT if job.start is None else Phase.START
        self._tell(phase, draft.objective(), draft.orders())
        orders: Orders = draft.orders()
        if draft.fits.any():
            orders = self._improve(draft)
        if orders and not self.stop():
            orders = self._polish(orders)
        return Answer(orders, self._reason(bool(draft.fits.any())), tuple(self.remarks))

    def _reason(self, anything: bool) -> StoppedBy:
        if not anything:
            return StoppedBy.NOTHING_TO_DO
        if self.stop():
            return StoppedBy.STOP
        out_of_time = self.elapsed() >= self.job.time_limit_s
        return (
            StoppedBy.TIME_LIMIT
            if self.job.iteration_limit is None or out_of_time
            else StoppedBy.ITERATION_LIMIT
        )

    def _tell(self, phase: Phase, objective: int, orders: Orders) -> None:
        served = sum(len(order) for order in orders.values())
        self.report(Progress(round(self.elapsed(), 3), phase, objective, served), orders)

    def _halt(self) -> bool:
        return self.stop() or self.elapsed() >= self.job.time_limit_s

    def _first_plan(self) -> Draft:
        problem, start = self.job.problem, self.job.start
        draft = Draft(problem)
        if start is not None:
            orders, dropped = repaired(problem, {route.vehicle: route.tasks for route in start.routes})
            if dropped:
                self.remarks.append(Remark("start_repaired", dropped))
            draft.load(orders)
            Inserter(draft).run(draft.unserved(), stop=self._halt)
            return draft
        home, best, least = list(draft.plans), list(draft.plans), draft.cost()
        small = len(problem.tasks) * len(problem.vehicles) <= _SMALL
        for density in _DENSITIES if small else _DENSITIES[1:2]:
            draft.plans = list(home)
            Inserter(draft).run(draft.unserved(), density=density, stop=self._halt)
            if draft.cost() < least:
                best, least = list(draft.plans), draft.cost()
        draft.plans = best
        return draft

    def _improve(self, draft: Draft) -> Orders:
        job, improver = self.job, Improver(draft, self.job.seed)
        until = job.time_limit_s * (1 - job.settings.polish_share)
        begun, steps = self.elapsed(), 0
        while not self.stop() and self.elapsed() < until:
            if job.iteration_limit is None:
                share = (self.elapsed() - begun) / max(until - begun, 1e-9)
            elif steps < job.iteration_limit:
                share = steps / job.iteration_limit
            else:
                break
            if improver.step(share):
                self._tell(Phase.IMPROVE, improver.objective, improver.best)
            steps += 1
        return improver.best

    def _polish(self, orders: Orders) -> Orders:
        from solvers.ortools.search import search

        problem, job = self.job.problem, self.job
        plan = timed(problem, orders)
        part, searched = self._candidates(plan)
        if part is None:
            self.remarks.append(Remark("model_skipped"))
            return orders
        outside = self.prizes - sum(part.top_prizes.values())
        answer = search(
            part,
            plan,
            time_limit_s=max(0.0, job.time_limit_s - self.elapsed()) if searched else 0.0,
            effort=job.iteration_limit,
            on_plan=lambda cost, found: self._tell(Phase.POLISH, cost + outside, found),
            stop=self.stop,
        )
        if not answer.accepted:
            self.remarks.append(Remark("model_refuses_plan", tuple(orders)))
            return orders
        if not searched:
            return orders
        polished, dropped = repaired(problem, answer.orders)
        if dropped:
            self.remarks.append(Remark("answer_repaired", dropped))
            return orders
        return polished

    def _candidates(self, plan: Solution) -> tuple[Problem | None, bool]:
        """The day as the routing model sees it, and whether to search there. None if even that is too large."""
        problem, settings = self.job.problem, self.job.settings
        nodes = {task: len({piece.prize for piece in cut}) for task, cut in problem.pieces.items()}
        starts = {task: s for route in plan.routes for task, s in zip(route.tasks, route.starts, strict=True)}
        room = settings.polish_nodes - sum(nodes[task] for task in starts)
        if room >= 0 and settings.polish_share > 0:
            chosen = set(starts)
            for task in sorted(plan.unserved, key=lambda task: -problem.top_prizes[task]):
                room -= nodes[task]
                if room < 0:
                    break
                chosen.add(task)
            return problem.with_tasks(chosen), True
        if len(starts) > settings.confirm_nodes:
            return None, False
        served = problem.with_tasks(starts)
        fixed = tuple(_at_its_prize(served, task, starts[task.id]) for task in served.tasks)
        return Problem(served.name, fixed, served.vehicles, served.travel), False


def _at_its_prize(problem: Problem, task: Task, start: int) -> Task:
    """The task with only those starts that earn what this one does."""
    prize = task.prize_at(start)
    windows = tuple(
        Window(piece.start, piece.end) for piece in problem.pieces[task.id] if piece.prize == prize
    )
    return replace(task, windows=windows, prize=prize, prize_bands=())
