"""A short search in this process, from a plan at hand: for questions that cannot wait for a full one."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from solvers.problem import Problem
from solvers.solution import Orders

_HOT, _COLD = 0.2, 0.02  # legs: the plan at hand is good, and most of it stays

Clock = Callable[[], float]
"""Seconds since whenever."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long a search may take. Where `iterations` end it first, its answer does not depend on the machine."""

    seconds: float
    seed: int = 1
    iterations: int | None = None


class Budget:
    """An effort shared among several searches and all that is done around them.

    What one leaves over goes to those after it; what one takes too much, they lack.
    """

    def __init__(self, effort: Effort, clock: Clock = time.monotonic) -> None:
        self.clock, self.whole = clock, effort
        self.until = clock() + effort.seconds
        self._due = self.until

    @property
    def spent(self) -> bool:
        """Whether the time is over."""
        return self.clock() >= self.until

    def begin(self, left: int) -> None:
        """The first of `left` parts begins: an equal share of the time is its own."""
        now = self.clock()
        self._due = now + (self.until - now) / left

    def effort(self) -> Effort:
        """For the search of the part that has begun: what is left of its share."""
        return replace(self.whole, seconds=max(0.0, self._due - self.clock()))


def quick(problem: Problem, orders: Orders, effort: Effort) -> Orders:
    """Orders by vehicle, no worse than those given; tasks outside them come in where that pays.

    However short the time, what is worth inserting is inserted, and moves are made until none pays.
    """
    from solvers.anneal import Lane, usual_leg

    until = time.monotonic() + effort.seconds
    if not problem.tasks or not problem.vehicles:
        return {}
    lane = Lane(problem, orders, effort.seed, problem.mandatory_penalty)
    lane.kernel.improve()
    leg = usual_leg(problem, lane.kernel.orders())
    if effort.iterations is None:
        lane.for_seconds(until - time.monotonic(), _HOT * leg, _COLD * leg)
    else:
        lane.for_steps(effort.iterations, _HOT * leg, _COLD * leg, lambda _steps: time.monotonic() >= until)
    return lane.kernel.orders()
