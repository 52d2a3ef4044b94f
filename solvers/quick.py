"""A short search in this process, from a plan at hand: for questions that cannot wait for a full one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.problem import Problem

_CHUNK = 250
_HOT, _COLD = 2e-3, 1e-5  # first and last temperature, as shares of what the plan costs

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


def quick(
    problem: Problem,
    orders: Mapping[str, Sequence[str]],
    effort: Effort,
    stop: Callable[[], bool] | None = None,
) -> dict[str, tuple[str, ...]]:
    """Orders by vehicle, no worse than those given; tasks outside them come in where that pays.

    However short the time, what is worth inserting is inserted, and moves are made until none pays.
    """
    from solvers.kernel.kernel import Kernel

    began, steps = time.monotonic(), 0
    if not problem.tasks or not problem.vehicles:
        return {}
    kernel = Kernel(problem, effort.seed)
    kernel.load(orders)
    kernel.construct()
    kernel.improve()
    cost = max(1, evaluate(problem, timed(problem, kernel.orders())).total)
    while True:
        done = (time.monotonic() - began) / max(effort.seconds, 1e-9)
        if effort.iterations is not None:
            done = max(done if done >= 1 else 0.0, steps / max(effort.iterations, 1))
        if done >= 1 or (stop is not None and stop()):
            return kernel.orders()
        chunk = _CHUNK if effort.iterations is None else min(_CHUNK, effort.iterations - steps)
        hot = cost * _HOT * (_COLD / _HOT) ** done
        kernel.anneal(chunk, hot, hot)
        steps += chunk
        if steps % (8 * _CHUNK) == 0:
            kernel.restart()
