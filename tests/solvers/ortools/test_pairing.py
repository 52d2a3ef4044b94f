"""The pairs chosen, held against every way of pairing a few people up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.ortools import pairing
from solvers.ortools.pairing import ALL_DAY, Demand, Pair, Pairing, Person, Room, choose_pairs


def room(count: int, hours: frozenset[int] = ALL_DAY) -> Room:
    """So many visits, in any of these hours."""
    return Room(count, tuple(float(count) * (hour in hours) for hour in range(24)))


def all_ways(persons: Sequence[Person], pairs: Sequence[Pair]) -> Iterator[tuple[int, ...]]:
    """Every set of pairs in which nobody is twice and every given pair is."""
    free = [at for at, pair in enumerate(pairs) if not pair.given]
    given_ones = tuple(at for at, pair in enumerate(pairs) if pair.given)

    def extend(at: int, chosen: tuple[int, ...], busy: frozenset[str]) -> Iterator[tuple[int, ...]]:
        if at == len(free):
            yield tuple(sorted((*chosen, *given_ones)))
            return
        yield from extend(at + 1, chosen, busy)
        pair = pairs[free[at]]
        if busy.isdisjoint({pair.lead, pair.other}):
            yield from extend(at + 1, (*chosen, free[at]), busy | {pair.lead, pair.other})

    yield from extend(0, (), frozenset())


def earned(
    persons: Sequence[Person], pairs: Sequence[Pair], demands: Sequence[Demand], chosen: Sequence[int]
) -> int:
    """The best use of these teams' time for one demand of pairs and one of everybody."""
    together = sum(pairs[at].room.whole for at in chosen)
    busy = {ident for at in chosen for ident in (pairs[at].lead, pairs[at].other)}
    alone = sum(person.room.whole for person in persons if person.id not in busy)
    both, single = (sorted(demand.worths, reverse=True) for demand in demands)
    best = max(
        sum(both[:count]) + sum(single[: alone + together - count])
        for count in range(min(together, len(both)) + 1)
    )
    return best - sum(pairs[at].price for at in chosen)


worths = st.lists(st.integers(0, 50), max_size=10).map(tuple)


@st.composite
def days(draw) -> tuple[list[Person], list[Pair], list[Demand]]:
    persons = [Person(f"A{n}", room(draw(st.integers(0, 4)))) for n in range(draw(st.integers(1, 5)))]
    pairs = [
        Pair(one.id, two.id, room(draw(st.integers(0, 4))), draw(st.integers(0, 30)))
        for one in persons
        for two in persons
        if one is not two and draw(st.booleans())
    ]
    if draw(st.booleans()):
        pairs.append(Pair("X", "Y", room(draw(st.integers(0, 4))), 0, given=True))
    everybody, every_pair = frozenset(p.id for p in persons), frozenset(range(len(pairs)))
    demands = [
        Demand("g", draw(worths), frozenset(), every_pair),
        Demand("g", draw(worths), everybody, every_pair),
    ]
    return persons, pairs, demands


@settings(max_examples=60, deadline=None)
@given(days(), st.integers(0, 5))
def test_no_other_way_of_pairing_up_earns_more(day, seed) -> None:
    persons, pairs, demands = day
    answer = choose_pairs(persons, pairs, demands, seed=seed)
    ways = list(all_ways(persons, pairs))
    assert answer.chosen in ways
    best = max(earned(persons, pairs, demands, way) for way in ways)
    assert earned(persons, pairs, demands, answer.chosen) == answer.value == best
    assert choose_pairs(persons, pairs, demands, seed=seed) == answer


def test_a_pair_is_formed_where_two_are_asked_for_and_only_as_many_as_that() -> None:
    persons = [Person(f"A{n}", room(5)) for n in range(6)]
    pairs = [Pair(a.id, b.id, room(5), 10) for a in persons for b in persons if a.id < b.id]
    every = frozenset(range(len(pairs)))
    few = Demand("g", (100,) * 4, frozenset(), every)
    many = Demand("g", (100,) * 60, frozenset(), every)
    single = Demand("g", (60,) * 60, frozenset(p.id for p in persons), every)
    assert len(choose_pairs(persons, pairs, [few, single], seed=1).chosen) == 0  # 400 against 600 and 10
    assert len(choose_pairs(persons, pairs, [few], seed=1).chosen) == 1
    assert len(choose_pairs(persons, pairs, [many], seed=1).chosen) == 3


def test_none_is_formed_where_the_effort_finds_nothing(monkeypatch) -> None:
    monkeypatch.setattr(pairing, "_EFFORT", 0.0)
    persons = [Person(f"A{n}", room(5)) for n in range(3)]
    pairs = [
        Pair("A0", "A1", room(5), 0),
        Pair("A1", "A2", room(5), 0),
        Pair("X", "Y", room(5), 0, given=True),
    ]
    demand = Demand("g", (100,) * 20, frozenset(), frozenset(range(3)))
    assert choose_pairs(persons, pairs, [demand], seed=1) == Pairing((2,), 500)


def test_skills_that_are_asked_for_decide_who_goes() -> None:
    persons = [Person("A", room(5)), Person("B", room(5)), Person("C", room(5))]
    pairs = [Pair("A", "B", room(5), 0), Pair("A", "C", room(5), 3), Pair("B", "C", room(5), 3)]
    speaks = Demand("g", (100,), frozenset(), frozenset({2}))
    other = Demand("g", (50,) * 3, frozenset(), frozenset({0, 1, 2}))
    assert choose_pairs(persons, pairs, [speaks, other], seed=1).chosen == (2,)


def test_the_nearer_and_the_fairer_pair_is_taken() -> None:
    persons = [Person(f"A{n}", room(5)) for n in range(3)]
    pairs = [Pair("A0", "A1", room(5), 40), Pair("A0", "A2", room(5), 12), Pair("A2", "A0", room(5), 11)]
    demand = Demand("g", (100,) * 5, frozenset(), frozenset(range(3)))
    assert choose_pairs(persons, pairs, [demand], seed=1) == Pairing((2,), 489)


def test_agencies_do_not_share_their_time() -> None:
    persons = [Person(f"A{n}", room(5)) for n in range(4)]
    pairs = [Pair("A0", "A1", room(5), 1), Pair("A2", "A3", room(5), 1)]
    mine = Demand("mine", (10,) * 9, frozenset(), frozenset({0}))
    theirs = Demand("theirs", (), frozenset(), frozenset({1}))
    assert choose_pairs(persons, pairs, [mine, theirs], seed=1) == Pairing((0,), 49)


def test_a_pair_of_strangers_is_refused() -> None:
    with pytest.raises(ValueError, match="not a pair"):
        choose_pairs([Person("A", room(1))], [Pair("A", "B", room(1), 0)], [], seed=1)
    with pytest.raises(ValueError, match="not a pair"):
        choose_pairs([Person("A", room(1))], [Pair("A", "A", room(1), 0)], [], seed=1)


EVENING = frozenset({17, 18, 19})


def test_a_pair_goes_where_it_has_hours_for_the_visits() -> None:
    early, late = room(9, ALL_DAY - EVENING), room(9, EVENING)
    persons = [Person(name, at) for name, at in (("E1", early), ("E2", early), ("L1", late), ("L2", late))]
    pairs = [Pair("E1", "E2", early, 1), Pair("L1", "L2", late, 5)]
    demand = Demand("g", (100,) * 3, frozenset(), frozenset({0, 1}), EVENING)
    assert choose_pairs(persons, pairs, [demand], seed=1) == Pairing((1,), 295)
    only_early = Demand("g", (100,) * 3, frozenset(), frozenset({0}), EVENING)
    assert choose_pairs(persons, pairs, [only_early], seed=1) == Pairing((), 0)


def test_visits_left_to_the_same_hours_share_them() -> None:
    persons = [Person("A", room(0)), Person("B", room(0))]
    an_hour_each = Room(9, (1.0,) * 24)
    pair = Pair("A", "B", an_hour_each, 0)
    both, one = (
        Demand("g", (10,) * 9, frozenset(), frozenset({0}), hours) for hours in (EVENING, frozenset({18}))
    )
    assert choose_pairs(persons, [pair], [both], seed=1).value == 30
    assert choose_pairs(persons, [pair], [both, one], seed=1).value == 30  # one of them at six
    later = Demand("g", (10,) * 9, frozenset(), frozenset({0}))
    assert choose_pairs(persons, [pair], [both, one, later], seed=1).value == 90


def test_no_more_fit_into_some_hours_than_into_all() -> None:
    assert Room(4, (2.5,) * 24).within(frozenset({1, 2, 3})) == 4
    assert Room(4, (2.5,) * 24).within(frozenset({1})) == 3
    assert Room(4, (2.5,) * 24).within(frozenset()) == 0
