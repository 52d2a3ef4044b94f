"""Lanes on the whole of a problem, each from a first plan of its own, of which the best goes on.

Where a search over many optional tasks ends is decided early, by its first plan and by luck, and shows when it is half
cold: several short lanes of which the bad are given up then end more alike than one long one, and no worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from solvers.anneal import Errand, Found, Told, run_errand, usual_leg
from solvers.homes import near_homes
from solvers.portfolio import Crew, Rounds, Shares
from solvers.progress import Phase
from solvers.settings import Heat, Settings, between, lanes_within, most_lanes
from solvers.solution import Orders

_ROUNDS = 4  # in which the best goes on where it does so in parts
_HOMES = 1.0, 0.2  # legs between which a first plan near home is searched
_TRIED = 0.02  # of the time, to see how fast it goes


class Race:
    """The broad search of a problem: in steps if `limit` is given, else until a share of the time is up."""

    def __init__(self, rounds: Rounds, settings: Settings, seed: int, limit: int | None = None) -> None:
        board = rounds.board
        self.board, self.settings, self.problem, self.rounds = board, settings, board.problem, rounds
        # Steps are counted in one order, whatever the cores.
        self.crew = rounds.crew if limit is None else Crew(board)
        self.random = np.random.default_rng(seed)
        self.legs = Heat.of(settings, self.problem)
        self.steps = None if limit is None else round(limit * settings.broad)
        self.until_s = board.elapsed() + (board.search_s - board.elapsed()) * settings.broad

    def run(self, start: Orders, begun: Phase) -> Heat:
        """Search from here, or from nothing; the temperatures, by the first plan of the best lane."""
        first = self._errand(start)
        steps = 0.0 if self.steps is None else self.steps
        races = most_lanes(self.settings, self.problem) > 1
        if self.steps is None and (races or self.crew.is_foreign):
            first, steps = self._tried(first, begun)
        fitting = lanes_within(self.settings, self.problem, steps)
        each = len(self.problem.tasks) // self.crew.width
        if not fitting and self.crew.width > 1 and each >= self.settings.whole:
            return self._together(first, start, begun)
        number = max(1, fitting) * self.crew.width
        lanes = self._apart(first, start, number, begun) if races or number > 1 else [first]
        if number == 1:
            ended = self._take(lanes, begun, (self.legs.hot, self.legs.cold))
        else:
            ends, race = (self.legs.hot, self.legs.judged), self.settings.race / self.settings.broad
            ended = self._take(lanes, begun, ends, race)
        if not ended:
            return self.legs.times(usual_leg(self.problem, self.board.orders))
        best = min(ended, key=lambda found: found.now_cost)
        heat = self.legs.times(best.leg)
        if number > 1:
            self._go_on(best, heat)
        return heat

    def _together(self, first: Errand, start: Orders, begun: Phase) -> Heat:
        """One lane for all cores, each with a part of it, where none has the time for a lane of its own."""
        first = self._measured(first, begun)
        starts = [] if start else self._near_home(self.crew.width)
        orders, cost = min(
            ((found.best, found.cost) for found in starts),
            key=lambda found: found[1],
            default=(self.board.orders, self.board.cost or 0),
        )
        heat = self.legs.times(first.leg or usual_leg(self.problem, orders))
        self._in_parts(orders, cost, (heat.hot, heat.cold), self.settings.rounds)
        return heat

    def _go_on(self, best: Found, heat: Heat) -> None:
        """From where the best is, alone or in parts for all cores."""
        if self.board.halt():
            return
        if self.crew.width == 1 or len(self.problem.tasks) <= self.settings.near:
            self._take([self._errand(best.now, best.leg)], Phase.IMPROVE, (self.legs.judged, self.legs.cold))
        else:
            self._in_parts(best.now, best.now_cost, (heat.judged, heat.cold), _ROUNDS)

    def _in_parts(self, orders: Orders, cost: int, ends: tuple[float, float], count: int) -> None:
        """From this plan on, from one temperature to the other, in parts for all cores, cut anew so many times."""
        self.rounds.go_on_from(orders, cost)
        shares = Shares(max(self.settings.near, -(-len(self.problem.tasks) // self.crew.width)))
        for number in range(count):
            left_s = self.until_s - self.board.elapsed()
            if left_s <= 0 or self.board.halt():
                return
            heats = (between(ends, (number + k) / count) for k in (0, 1))
            self.rounds.take(shares, *heats, seconds=left_s / (count - number))

    def _apart(self, first: Errand, start: Orders, number: int, begun: Phase) -> list[Errand]:
        """So many lanes from the given start, or from plans in which everybody stays near home."""
        if start:
            return [first, *(self._errand(start) for _ in range(number - 1))]
        first = self._measured(first, begun)
        return [self._errand(found.best, first.leg) for found in self._near_home(number)] or [first]

    def _measured(self, first: Errand, begun: Phase) -> Errand:
        """From the greedy plan on: it is told of at once, and its legs measure the heat of all."""
        if first.leg is not None:
            return first
        found = run_errand(first, self.board.halt, self._teller(begun))
        self._note(found)
        return self._errand(found.now, found.leg)

    def _near_home(self, number: int) -> list[Found]:
        """So many plans in which everybody stays near home; of one cost here as where they were found."""
        near = [
            replace(self._errand({}), problem=near_homes(self.problem, self.random)) for _ in range(number)
        ]
        return self._take(near, Phase.IMPROVE, _HOMES, self.settings.homes)

    def _tried(self, first: Errand, begun: Phase) -> tuple[Errand, float]:
        """The first lane after a moment of it here, and how many steps a core takes at that speed in the time left."""
        seconds = max(0.0, self.until_s - self.board.elapsed()) * _TRIED
        tried = replace(first, hot=self.legs.hot, cold=self.legs.hot, seconds=seconds)
        found = run_errand(tried, self.board.halt, self._teller(begun))
        self._note(found)
        a_second = found.steps / max(found.seconds, 1e-3)
        return self._errand(found.now, found.leg), a_second * (self.until_s - self.board.elapsed())

    def _take(
        self, errands: Sequence[Errand], begun: Phase, ends: tuple[float, float], share: float = 1.0
    ) -> list[Found]:
        """Work them off in this share of what is left, from one temperature to the other, and offer what they find."""
        board, turns = self.board, -(-len(errands) // self.crew.width)
        left_s = max(0.0, self.until_s - board.elapsed()) * share / turns
        left = None if self.steps is None else round(self.steps * share) // len(errands)
        errands = [
            replace(
                errand, hot=ends[0], cold=ends[1], seconds=left_s if left is None else None, steps=left or 0
            )
            for errand in errands
        ]

        ended = []
        for _, found in self.crew.run(errands, board.halt, self._teller(begun)):
            ended.append(found)
            self._note(found)
        return ended

    def _errand(self, orders: Orders, leg: float | None = None) -> Errand:
        seed = int(self.random.integers(2**62))
        return Errand(self.problem, orders, seed, self.problem.mandatory_penalty, leg=leg)

    def _teller(self, begun: Phase) -> Told:
        """Offers what a lane finds on its way."""

        def told(cost: int, steps: int, orders: Orders) -> None:
            self.board.offer(begun if steps == 0 else Phase.IMPROVE, cost, orders, steps)

        return told

    def _note(self, found: Found) -> None:
        self.board.offer(Phase.IMPROVE, found.cost, found.best, found.steps)
        self.board.steps += found.steps
        if self.steps is not None:
            self.steps -= found.steps
