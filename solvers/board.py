"""What a search knows of itself: the best plan so far, the clock, and whether it is time to end."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event, Lock

from solvers.anneal import missing
from solvers.problem import Problem
from solvers.progress import Phase, Progress, Remark, StoppedBy
from solvers.solution import Orders
from solvers.stopping import Standing, StopRule

Report = Callable[[Progress, Orders], None]
"""Gets every better plan."""


@dataclass(slots=True)
class Board:
    """The clock starts when it is made; the search ends after `search_s`, when `stop` says so, or by a rule.

    Costs count `Problem.mandatory_penalty` for each mandatory task unserved.
    """

    problem: Problem
    report: Report
    stop: Callable[[], bool]
    search_s: float
    rule: StopRule | None = None
    began: float = field(default_factory=time.monotonic)
    orders: Orders = field(default_factory=dict)
    cost: int | None = None
    steps: int = 0
    better_at_s: float = 0.0
    better_at: int = 0
    ended_by: StoppedBy | None = None
    remarks: list[Remark] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)
    has_plan: Event = field(default_factory=Event)

    def elapsed(self) -> float:
        """Seconds since it was made."""
        return time.monotonic() - self.began

    def offer(self, phase: Phase, cost: int, orders: Orders, ahead: int = 0) -> None:
        """A plan, found `ahead` steps after those counted: kept and told of if it is better. From any thread."""
        with self.lock:
            if self.cost is not None and cost >= self.cost:
                return
            self.cost, self.orders = cost, orders
            self.better_at_s, self.better_at = self.elapsed(), self.steps + ahead
            served = sum(len(order) for order in orders.values())
            news = Progress(round(self.better_at_s, 3), phase, self.objective(), served, self.better_at)
            self.report(news, orders)
            self.has_plan.set()

    def objective(self) -> int:
        """The problem's objective of the best plan."""
        return (self.cost or 0) - missing(self.problem, self.orders) * self.problem.mandatory_penalty

    def over(self, ahead: int = 0) -> bool:  # noqa: ARG002 - as `halt`
        """Whether somebody said stop or the time is up; the first reason to end stays."""
        if self.ended_by is None:
            if self.stop():
                self.ended_by = StoppedBy.STOP
            elif self.elapsed() >= self.search_s:
                self.ended_by = StoppedBy.TIME_LIMIT
        return self.ended_by is not None

    def halt(self, ahead: int = 0) -> bool:
        """As `over`, or the rule says so. Asked between some steps, `ahead` after those counted."""
        if not self.over() and self.rule is not None and self.cost is not None:
            steps = self.steps + ahead
            standing = Standing(self.elapsed(), steps, self.objective(), self.better_at_s, self.better_at)
            if self.rule(standing):
                self.ended_by = StoppedBy.RULE
        return self.ended_by is not None

    def remark(self, code: str, *ids: str) -> None:
        """Something the caller should know, said once."""
        if Remark(code, ids) not in self.remarks:
            self.remarks.append(Remark(code, ids))
