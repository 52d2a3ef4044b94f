"""Lanes on the whole of a problem, each from a first plan of its own, of which the best go on.

Where a search over many optional tasks ends is decided early, by its first plan and by luck, and shows when it is half
cold: several short lanes of which the bad are given up then end more alike than one long one, and no worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solvers.anneal import Errand, Found, run_errand, usual_leg
from solvers.board import Board
from solvers.portfolio import Crew
from solvers.progress import Phase
from solvers.settings import Heat, Settings, most_lanes
from solvers.solution import Orders


class Race:
    """The broad search of a problem: in steps if `limit` is given, else until a share of the time is up."""

    def __init__(
        self, board: Board, crew: Crew, settings: Settings, seed: int, limit: int | None = None
    ) -> None:
        self.board, self.settings, self.problem = board, settings, board.problem
        self.crew = crew if limit is None else Crew(board)  # steps are counted in one order, on any cores
        self.random = np.random.default_rng(seed)
        self.legs = Heat.of(settings, self.problem)
        self.steps = None if limit is None else round(limit * settings.broad)
        self.until_s = board.elapsed() + (board.search_s - board.elapsed()) * settings.broad

    def run(self, start: Orders, begun: Phase) -> Heat:
        """Search from here, or from nothing; the temperatures, by the first plan of the best lane."""
        firsts = [Errand(self.problem, start, self._seed(), self.problem.mandatory_penalty)]
        if self.crew.is_foreign:  # which tells nothing on the way
            self._offer(begun, run_errand(firsts[0]))
        turns = self._turns()
        lanes = turns * self.crew.width
        firsts += [replace(firsts[0], seed=self._seed()) for _ in range(lanes - 1)]
        ended = self._take(
            firsts, begun, (self.legs.hot, self.legs.judged if turns > 1 else self.legs.cold), turns
        )
        best = sorted(ended, key=lambda found: found.now_cost)
        if turns > 1:
            on = [
                replace(firsts[0], orders=found.now, seed=self._seed(), leg=found.leg)
                for found in best[: self.crew.width]
            ]
            self._take(on, Phase.IMPROVE, (self.legs.judged, self.legs.cold), 1)
        return self.legs.times(best[0].leg if best else usual_leg(self.problem, self.board.orders))

    def _turns(self) -> int:
        """Lanes one after another on each core."""
        settings, tasks = self.settings, len(self.problem.tasks)
        if self.steps is None:
            enough = (self.until_s - self.board.elapsed()) * settings.race / (settings.lane_s * tasks)
        else:
            enough = self.steps * settings.race / (settings.lane_steps * tasks)
        return max(1, min(most_lanes(settings, self.problem), int(enough)))

    def _take(
        self, errands: Sequence[Errand], begun: Phase, ends: tuple[float, float], turns: int
    ) -> list[Found]:
        """Work them off, from the one temperature to the other, and offer what they find."""
        board, race = self.board, self.settings.race / self.settings.broad if turns > 1 else 1.0
        left_s = max(0.0, self.until_s - board.elapsed()) * race / turns
        left = None if self.steps is None else round(self.steps * race) // len(errands)
        errands = [
            replace(
                errand, hot=ends[0], cold=ends[1], seconds=left_s if left is None else None, steps=left or 0
            )
            for errand in errands
        ]

        def told(cost: int, steps: int, orders: Orders) -> None:
            board.offer(begun if steps == 0 else Phase.IMPROVE, cost, orders, steps)

        ended = []
        for _, found in self.crew.run(errands, board.halt, told):
            ended.append(found)
            self._offer(Phase.IMPROVE, found)
            board.steps += found.steps
            if self.steps is not None:
                self.steps -= found.steps
        return ended

    def _offer(self, phase: Phase, found: Found) -> None:
        self.board.offer(phase, found.cost, found.best, found.steps)

    def _seed(self) -> int:
        return int(self.random.integers(2**62))
