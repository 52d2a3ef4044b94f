"""Who goes out with whom: pairs chosen by CP-SAT for the visits they reach, less what each pair costs.

How the day will be routed is not known yet. A pair or a person counts for the number of visits that fit into its
day and into those of its hours in which they may be made, and a visit for its worth; the routes are searched
afterwards, over the pairs chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

from ortools.sat.python import cp_model

Expression = cp_model.LinearExprT
_Sum = cp_model.LinearExpr

_CHUNKS = 12
_EFFORT = 10.0
"""Deterministic seconds of CP-SAT: they count work and no clock, so that the same pairs come out anywhere."""


ALL_DAY = frozenset(range(24))
"""Every hour of the clock."""


@dataclass(frozen=True, slots=True)
class Room:
    """How many visits fit into a day: all together, and by the hour of the clock (24 figures)."""

    whole: int
    hourly: tuple[float, ...]

    def within(self, hours: frozenset[int]) -> int:
        """Those that fit into these hours."""
        return min(self.whole, ceil(sum(self.hourly[hour] for hour in sorted(hours))))


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may go in a pair, with the visits that fit into his or her day alone."""

    id: str
    room: Room


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who may go together, led by the first, with the visits that fit into their common day and the price.

    A `given` pair goes out in any case; its ids need not be among the persons.
    """

    lead: str
    other: str
    room: Room
    price: int
    given: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """Visits that ask the same of those who come: `worths` one a visit, in the unit of the pairs' prices.

    `alone` are the persons who may make them by themselves, `pairs` the positions of the pairs that may, `hours`
    those in which they may be made. Teams of one `group` share the time for all demands of that group; no team is
    in two.
    """

    group: str
    worths: tuple[int, ...]
    alone: frozenset[str]
    pairs: frozenset[int]
    hours: frozenset[int] = ALL_DAY


@dataclass(frozen=True, slots=True)
class Pairing:
    """The positions of the pairs chosen, in order, and what they and those left alone are expected to earn."""

    chosen: tuple[int, ...]
    value: int


def choose_pairs(
    persons: Sequence[Person], pairs: Sequence[Pair], demands: Sequence[Demand], *, seed: int
) -> Pairing:
    """The pairs that earn the most, each person in one at most; the same seed gives the same pairs.

    A pair is chosen only where it earns more than its members alone, and none but given ones where the effort allowed
    does not find any. An interrupt is heard when the pairs are chosen. Raises ValueError for a pair that is not
    given and names somebody who is not among the persons, or the same person twice.
    """
    known = {person.id for person in persons}
    for pair in pairs:
        if not pair.given and (pair.lead == pair.other or not {pair.lead, pair.other} <= known):
            raise ValueError(f"not a pair of two known persons: {pair.lead} and {pair.other}")
    model = _Model(persons, pairs, demands)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.random_seed = seed % 2**31
    solver.parameters.max_deterministic_time = _EFFORT
    solver.parameters.catch_sigint_signal = (
        False  # else an interrupt would end this alone, and planning go on
    )
    if solver.solve(model.model) == cp_model.UNKNOWN:
        model.form_none()
        solver.parameters.max_deterministic_time = float("inf")
        solver.solve(model.model)
    chosen = tuple(at for at, picked in enumerate(model.picked) if solver.value(picked))
    return Pairing(chosen, round(solver.objective_value))


class _Model:
    def __init__(self, persons: Sequence[Person], pairs: Sequence[Pair], demands: Sequence[Demand]) -> None:
        self.model, self.pairs = cp_model.CpModel(), pairs
        self.room = {person.id: person.room for person in persons}
        self.picked = [self.model.new_bool_var(f"pair {at}") for at in range(len(pairs))]
        self.alone = {person.id: self.model.new_bool_var(f"alone {person.id}") for person in persons}
        self._partners()
        earned = self._served(demands)
        spent = [-pair.price * picked for pair, picked in zip(pairs, self.picked, strict=True)]
        self.model.maximize(_Sum.sum([*earned, *spent]))
        self._hint()

    def _partners(self) -> None:
        """Everybody goes alone or in one pair."""
        mine: dict[str, list[cp_model.IntVar]] = {ident: [] for ident in self.alone}
        for pair, picked in zip(self.pairs, self.picked, strict=True):
            if pair.given:
                self.model.add(picked == 1)
                continue
            mine[pair.lead].append(picked)
            mine[pair.other].append(picked)
        for ident, picks in mine.items():
            self.model.add_exactly_one([self.alone[ident], *picks])

    def _served(self, demands: Sequence[Demand]) -> list[Expression]:
        """What the visits served are worth. No demand takes more than those who may serve it have room for."""
        earned: list[Expression] = []
        groups: dict[str, list[tuple[Demand, Expression]]] = {}
        for number, demand in enumerate(demands):
            chunks = _chunks(demand.worths)
            counts = [
                self.model.new_int_var(0, size, f"demand {number} chunk {at}")
                for at, (size, _) in enumerate(chunks)
            ]
            served = _Sum.sum(counts)
            earned += [worth * count for (_, worth), count in zip(chunks, counts, strict=True)]
            self.model.add(served <= self._room([demand], demand.hours))
            groups.setdefault(demand.group, []).append((demand, served))
        for members in groups.values():
            self._shared_room(members)
        return earned

    def _shared_room(self, members: Sequence[tuple[Demand, Expression]]) -> None:
        """A group's demands together, and those of them that pairs alone may serve; by the hours they are left to."""
        limits = {ALL_DAY, *(demand.hours for demand, _ in members)}
        for hours in sorted(limits, key=sorted):
            inside = [entry for entry in members if entry[0].hours <= hours]
            together = [entry for entry in inside if not entry[0].alone]
            for some in (inside, together):
                if some:
                    room = self._room([demand for demand, _ in some], hours)
                    self.model.add(_Sum.sum([served for _, served in some]) <= room)

    def _room(self, demands: Sequence[Demand], hours: frozenset[int]) -> Expression:
        """The visits that fit into these hours of the teams that may make any of them."""
        alone = frozenset().union(*(demand.alone for demand in demands))
        pairs = frozenset().union(*(demand.pairs for demand in demands))
        single = [
            room.within(hours) * self.alone[ident] for ident, room in self.room.items() if ident in alone
        ]
        double = [self.pairs[at].room.within(hours) * self.picked[at] for at in sorted(pairs)]
        return _Sum.sum([*single, *double])

    def form_none(self) -> None:
        """Only given pairs go out."""
        for pair, picked in zip(self.pairs, self.picked, strict=True):
            self.model.add(picked == pair.given)

    def _hint(self) -> None:
        for pair, picked in zip(self.pairs, self.picked, strict=True):
            self.model.add_hint(picked, pair.given)


def _chunks(worths: Sequence[int]) -> list[tuple[int, int]]:
    """The visits, worthiest first, in a few runs of one worth each: (visits, worth of each)."""
    ordered = sorted(worths, reverse=True)
    size = max(1, -(-len(ordered) // _CHUNKS))
    parts = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    return [(len(part), sum(part) // len(part)) for part in parts]
