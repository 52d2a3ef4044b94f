"""Who searches, and parts of a problem searched in rounds.

A round cuts the plan it is at into parts (`solvers.decompose`), has each annealed at the round's temperatures, and
puts the plan together again. With steps to take and no seconds, what comes of it depends on the problem and
the seed alone, whoever works it off.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace

import numpy as np

from solvers.anneal import Errand, Found, Halt, Told, run_errand
from solvers.board import Board
from solvers.decompose import Atlas, Part
from solvers.progress import Phase
from solvers.solution import Orders
from solvers.task import Task

_POLL_S = 0.05
_PATIENCE_S = 1.0


class Crew:
    """Who works errands off: an executor that is handed in, threads of this process, or this thread alone.

    The kernel runs without Python's lock, so that threads are as good as processes, and nothing is copied to them.
    """

    def __init__(self, board: Board, cores: int = 1, executor: Executor | None = None) -> None:
        self.board, self.width = board, cores
        self.own = ThreadPoolExecutor(cores) if executor is None and cores > 1 else None
        self.pool = executor or self.own

    def close(self) -> None:
        """Errands begun have ended, others are dropped."""
        if self.own is not None:
            self.own.shutdown(cancel_futures=True)

    @property
    def is_foreign(self) -> bool:
        """Whether errands are worked off where the board cannot be asked or told."""
        return self.pool is not self.own

    def run(
        self, errands: Sequence[Errand], halt: Halt | None = None, told: Told | None = None
    ) -> Iterator[tuple[int, Found]]:
        """Each errand's number and what it found: in order where steps count, else as they end.

        Fewer of them when the board says so. `halt`, or the board, is asked and `told` is told between their steps
        unless the executor was handed in.

        An errand that is lost with its process is done again here if it counts steps, and passed over if it
        counts seconds.
        """
        asked = (halt or self.board.over, told)
        if self.pool is None:
            for number, errand in enumerate(errands):
                if number and self.board.over():  # the first runs anyway: it is what there is of a plan
                    return
                yield number, run_errand(errand, *asked)
            return
        if not errands:
            return
        of_here = () if self.is_foreign else asked
        futures = {self.pool.submit(run_errand, errand, *of_here): k for k, errand in enumerate(errands)}
        waiting, ready, ordered = set(futures), set[Future[Found]](), errands[0].seconds is None
        for future in list(futures):
            while future not in ready if ordered else not ready:
                if self._given_up():
                    return
                done, waiting = wait(waiting, timeout=_POLL_S, return_when="FIRST_COMPLETED")
                ready |= done
            one = future if ordered else min(ready, key=futures.__getitem__)
            ready.remove(one)
            found = self._result(one, errands[futures[one]])
            if found is not None:
                yield futures[one], found

    def _given_up(self) -> bool:
        """Lanes that count seconds end by themselves a moment before the time is up: their answers are worth it."""
        late = self.board.elapsed() - self.board.search_s
        return late > _PATIENCE_S or self.board.stop()

    def _result(self, future: Future[Found], errand: Errand) -> Found | None:
        try:
            return future.result()
        except (MemoryError, OSError, RuntimeError):  # a process that is gone is a RuntimeError of its pool
            self.board.remark("worker_died")
            return run_errand(errand, halt=self.board.over) if errand.seconds is None else None


@dataclass(frozen=True, slots=True)
class Shares:
    """How a round is shared out: parts of about `tasks` tasks.

    A round that is `greedy` goes on from the best plan of each part, others from where the part's search ended.
    """

    tasks: int
    greedy: bool = False


class Rounds:
    """A plan being improved round by round."""

    def __init__(self, board: Board, crew: Crew, seed: int) -> None:
        self.board, self.crew, self.problem = board, crew, board.problem
        self.random = np.random.default_rng(seed)
        self.atlas = Atlas(self.problem)
        self.now: dict[str, tuple[str, ...]] = {}
        self.cost = 0
        self.idle_s = 0.0  # what handing over an errand and its answer took, the last time

    def begin(self, orders: Orders, phase: Phase, size: int) -> None:
        """These orders, and what is worth inserting into them, in parts of about `size` tasks."""
        self.now = dict(orders)
        parts = (
            self.atlas.cut(orders, size, self.random) if orders else self.atlas.first_cut(size, self.random)
        )
        self._work(phase, parts, [self._errand(part) for part in parts])

    def go_on_from(self, orders: Orders, cost: int) -> None:
        """A plan that was found elsewhere, at this cost."""
        self.now, self.cost = dict(orders), cost

    def take(
        self, shares: Shares, hot: float, cold: float, *, seconds: float | None = None, steps: int = 0
    ) -> None:
        """One round of so many seconds, or of so many steps shared out by tasks."""
        parts = self.atlas.cut(self.now, shares.tasks, self.random)
        began = time.monotonic()
        every = max(1, sum(len(part.tasks) for part in parts))
        turns = -(-len(parts) // self.crew.width)
        errands = [
            replace(
                self._errand(part),
                hot=hot,
                cold=cold,
                seconds=None if seconds is None else max(0.0, seconds / turns - self.idle_s),
                steps=steps * len(part.tasks) // every,
            )
            for part in parts
        ]
        self._work(Phase.IMPROVE, parts, errands, greedy=shares.greedy)
        if seconds is not None and errands:
            spent = time.monotonic() - began
            self.idle_s = max(0.0, spent / turns - (errands[0].seconds or 0.0))

    def _errand(self, part: Part) -> Errand:
        orders = {vehicle: self.now[vehicle] for vehicle in part.vehicles if vehicle in self.now}
        seed = int(self.random.integers(2**62))
        problem = self.problem.part(part.tasks, part.vehicles)
        return Errand(problem, orders, seed, self.problem.mandatory_penalty, leg=1.0)

    def _unserved_cost(self, task: Task) -> int:
        return self.problem.top_prizes[task.id] + (self.problem.mandatory_penalty if task.mandatory else 0)

    def _work(
        self, phase: Phase, parts: Sequence[Part], errands: Sequence[Errand], *, greedy: bool = False
    ) -> None:
        """Run the errands and put the plan together again."""
        taken: dict[Part, Found] = {}
        for number, found in self.crew.run(errands):
            self.board.steps += found.steps
            taken[parts[number]] = found
            if phase is Phase.IMPROVE:
                gained = sum(found.first_cost - found.cost for found in taken.values())
                best = self._with({part: found.best for part, found in taken.items()})
                self.board.offer(phase, self.cost - gained, best)
        best = self._with({part: found.best for part, found in taken.items()})
        if phase is not Phase.IMPROVE:
            inside = {task for part in taken for task in part.tasks}
            outside = sum(self._unserved_cost(t) for t in self.problem.tasks if t.id not in inside)
            self.cost = outside + sum(found.now_cost for found in taken.values())
            self.board.offer(phase, outside + sum(found.cost for found in taken.values()), best)
        else:
            ends = [found.cost if greedy else found.now_cost for found in taken.values()]
            self.cost -= sum(found.first_cost for found in taken.values()) - sum(ends)
        self.now = best if greedy else self._with({part: found.now for part, found in taken.items()})

    def _with(self, found: Mapping[Part, Orders]) -> dict[str, tuple[str, ...]]:
        """The plan it is at, with these parts replaced."""
        orders = dict(self.now)
        for part, own in found.items():
            for vehicle in part.vehicles:
                orders.pop(vehicle, None)
            orders.update(own)
        return orders
