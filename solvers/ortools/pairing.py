"""Who goes out with whom: pairs chosen by CP-SAT for the visits they reach, less what each pair costs.

How the day will be routed is not known yet. A pair or a person counts for the number of visits that fit into its
day, and a visit for its worth; the routes are searched afterwards, over the pairs chosen here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ortools.sat.python import cp_model

Expression = cp_model.LinearExprT
_Sum = cp_model.LinearExpr

_CHUNKS = 12
_EFFORT = 10.0
"""Deterministic seconds of CP-SAT: they count work and no clock, so that the same pairs come out anywhere."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may go in a pair, and how many visits he or she can make alone on the day."""

    id: str
    capacity: int


@dataclass(frozen=True, slots=True)
class Pair:
    """Two who may go together, led by the first, with the visits that fit into their common day and the price.

    A `given` pair goes out in any case; its ids need not be among the persons.
    """

    lead: str
    other: str
    capacity: int
    price: int
    given: bool = False


@dataclass(frozen=True, slots=True)
class Demand:
    """Visits that ask the same of those who come: `worths` one a visit, in the unit of the pairs' prices.

    `alone` are the persons who may make them by themselves, `pairs` the positions of the pairs that may.
    Teams of one `group` share the time for all demands of that group; no team is in two.
    """

    group: str
    worths: tuple[int, ...]
    alone: frozenset[str]
    pairs: frozenset[int]


@dataclass(frozen=True, slots=True)
class Pairing:
    """The positions of the pairs chosen, in order, and what they and those left alone are expected to earn."""

    chosen: tuple[int, ...]
    value: int


def choose_pairs(
    persons: Sequence[Person], pairs: Sequence[Pair], demands: Sequence[Demand], *, seed: int
) -> Pairing:
    """The pairs that earn the most, each person in one at most; the same seed gives the same pairs.

    A pair is chosen only where it earns more than its members alone. Raises ValueError for a pair that is not
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
    status = solver.solve(model.model)
    if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        raise AssertionError("nobody in a pair is always an answer")
    chosen = tuple(at for at, picked in enumerate(model.picked) if solver.value(picked))
    return Pairing(chosen, round(solver.objective_value))


class _Model:
    def __init__(self, persons: Sequence[Person], pairs: Sequence[Pair], demands: Sequence[Demand]) -> None:
        self.model, self.pairs = cp_model.CpModel(), pairs
        self.capacity = {person.id: person.capacity for person in persons}
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
            self.model.add(served <= self._room(demand.alone, demand.pairs))
            groups.setdefault(demand.group, []).append((demand, served))
        for members in groups.values():
            self._shared_room(members)
        return earned

    def _shared_room(self, members: Sequence[tuple[Demand, Expression]]) -> None:
        """A group's demands together, and those of them that pairs alone may serve."""
        together = [entry for entry in members if not entry[0].alone]
        for some in (members, together):
            if some:
                alone = frozenset().union(*(demand.alone for demand, _ in some))
                pairs = frozenset().union(*(demand.pairs for demand, _ in some))
                self.model.add(_Sum.sum([served for _, served in some]) <= self._room(alone, pairs))

    def _room(self, alone: frozenset[str], pairs: frozenset[int]) -> Expression:
        single = [self.capacity[ident] * self.alone[ident] for ident in self.capacity if ident in alone]
        double = [self.pairs[at].capacity * self.picked[at] for at in sorted(pairs)]
        return _Sum.sum([*single, *double])

    def _hint(self) -> None:
        for pair, picked in zip(self.pairs, self.picked, strict=True):
            self.model.add_hint(picked, pair.given)


def _chunks(worths: Sequence[int]) -> list[tuple[int, int]]:
    """The visits, worthiest first, in a few runs of one worth each: (visits, worth of each)."""
    ordered = sorted(worths, reverse=True)
    size = max(1, -(-len(ordered) // _CHUNKS))
    parts = [ordered[at : at + size] for at in range(0, len(ordered), size)]
    return [(len(part), sum(part) // len(part)) for part in parts]
