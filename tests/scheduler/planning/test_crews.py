"""Pairs formed for a day: every one may go, nobody is in two, and the same day gives the same pairs."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, time
from itertools import chain
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geodata.coordinates import LatLon
from scheduler.model.people import Agent, Crew, Place, TravelMode
from scheduler.model.scenario import Scenario
from scheduler.model.values import DailyHours, Money, TimeWindow
from scheduler.model.visit import Visit, WorthBand
from scheduler.planning.crews import Going, crewing_of, crews_of_day
from scheduler.planning.past_pairs import PastPairs, count_pairs
from scheduler.settings import CrewsTable
from tests.scheduler.conftest import make_agent, make_case
from tests.scheduler.planning.flat_roads import FlatRoads
from tests.scheduler.rules.conftest import Builders

DAY = date(2026, 11, 24)
ZONE = ZoneInfo("Europe/Helsinki")
BASE = Scenario(name="base")


def visit(ident: str, worth: int = 5000, at: LatLon | None = None, **changes) -> Visit:
    """A visit worth so much from 9 to 20."""
    place = Place(address="x", location=at or LatLon(60.17, 24.94), precision="address")
    window = TimeWindow(datetime.combine(DAY, time(9), ZONE), datetime.combine(DAY, time(20), ZONE))
    case = make_case(ident, place=place, **changes)
    return Visit(
        case=case, day=DAY, windows=(window,), bands=(WorthBand(window=window, worth=Money(worth, "EUR")),)
    )


def agent_at(ident: str, east: float = 0.0, **changes) -> Agent:
    """An agent who starts so many hundredths of a degree to the east."""
    start = Place(address="x", location=LatLon(60.17, 24.94 + east / 100), precision="address")
    return make_agent(ident, start=start, **changes)


def formed(
    agents, visits, *, crews=(), scenario: Scenario = BASE, past: PastPairs | None = None, seed=1, **crewing
) -> tuple[Crew, ...]:
    """The crews of the day."""
    going = Going(
        day=DAY,
        agents=tuple(agents),
        crews=tuple(crews),
        visits=tuple(visits),
        crewing=crewing_of(CrewsTable(**crewing), scenario),
        max_snap_m=300,
    )
    return crews_of_day(going, scenario, FlatRoads(), lambda: past or PastPairs(), seed)[0]


def twos(count: int, **changes) -> list[Visit]:
    return [visit(f"T{n}", people=2, **changes) for n in range(count)]


def members(crews) -> list[list[str]]:
    return [[member.id for member in crew.members] for crew in crews]


def test_no_pairs_where_nobody_asks_for_two() -> None:
    assert formed([agent_at("A"), agent_at("B")], [visit("C1"), visit("C2")]) == ()


def test_a_pair_where_two_are_asked_for_and_the_rest_stay_single() -> None:
    agents = [agent_at(f"A{n}") for n in range(6)]
    singles = [visit(f"S{n}") for n in range(200)]
    (only,) = formed(agents, [*twos(5, worth=50_000), *singles])
    assert only.id == "+".join(member.id for member in only.members)
    assert len(formed(agents, twos(200))) == 3


def test_crews_of_the_table_go_first_and_their_time_counts() -> None:
    agents = [agent_at(f"A{n}") for n in range(6)]
    fixed = Crew(id="X", members=(agents[0], agents[1]))
    singles = [visit(f"S{n}") for n in range(200)]
    assert formed(agents, [*twos(5, worth=50_000), *singles], crews=[fixed]) == (fixed,)
    assert formed(agents, twos(40), crews=[fixed], pairs="none") == ()
    assert formed(agents, twos(40), crews=[fixed], pairs="fixed") == (fixed,)
    assert len(formed(agents, twos(200), crews=[fixed])) == 3
    anew = formed(agents, twos(200), crews=[fixed], pairs="anew")
    assert len(anew) == 3
    assert fixed not in anew
    assert formed(agents, twos(200), crews=[fixed], attendance="meet") == (fixed,)


def test_a_scenario_says_which_crews_go() -> None:
    agents = [agent_at("A"), agent_at("B")]
    assert len(formed(agents, twos(9), pairs="fixed", scenario=Scenario(name="s", pairs="formed"))) == 1
    assert formed(agents, twos(9), scenario=Scenario(name="s", attendance="meet")) == ()
    assert members(formed(agents, twos(9), scenario=Scenario(name="s", agents_away=("B",)))) == []


def test_neighbours_are_paired() -> None:
    agents = [agent_at("A", 0), agent_at("B", 20), agent_at("C", 1), agent_at("D", 21)]
    assert sorted(sorted(pair) for pair in members(formed(agents, twos(60)))) == [["A", "C"], ["B", "D"]]


def test_nobody_is_paired_with_somebody_too_far_away_or_without_common_hours() -> None:
    far = [agent_at("A", 0, mode=TravelMode.FOOT), agent_at("B", 20, mode=TravelMode.FOOT)]
    assert formed(far, twos(9)) == ()
    late = agent_at("B", shift=DailyHours(time(15), time(20)))
    assert formed([agent_at("A"), late], twos(9)) == ()
    assert len(formed([agent_at("A"), late], twos(9), least_shared=60)) == 1
    assert formed([agent_at("A"), agent_at("B", agency="north")], twos(9)) == ()


def hours(first: int, last: int) -> TimeWindow:
    return TimeWindow(datetime.combine(DAY, time(first), ZONE), datetime.combine(DAY, time(last), ZONE))


def test_a_pair_works_when_those_who_ask_for_two_may_be_visited() -> None:
    late = DailyHours(time(12), time(20))
    agents = [agent_at("A"), agent_at("B", 1), agent_at("C", 20, shift=late), agent_at("D", 25, shift=late)]
    evening = [replace(each, windows=(hours(18, 20),)) for each in twos(4, worth=50_000)]
    assert [set(pair) for pair in members(formed(agents, evening))] == [{"C", "D"}]
    bands = (
        WorthBand(window=hours(9, 18), worth=Money(1_000, "EUR")),
        WorthBand(window=hours(18, 20), worth=Money(50_000, "EUR")),
    )
    better_late = [replace(each, bands=bands) for each in twos(4)]
    assert [set(pair) for pair in members(formed(agents, better_late))] == [{"C", "D"}]
    assert [set(pair) for pair in members(formed(agents, twos(4, worth=50_000)))] == [{"A", "B"}]


def test_a_language_that_is_asked_for_is_in_a_pair() -> None:
    agents = [agent_at("A"), agent_at("B"), agent_at("C", 3, skills=frozenset({"language:zh"}))]
    asked = twos(9, required_skills=frozenset({"language:zh"}))
    (pair,) = formed(agents, asked)
    assert "C" in members([pair])[0]


def test_a_conflict_of_interest_keeps_an_agent_out_of_the_pair() -> None:
    agents = [agent_at("A"), agent_at("B"), agent_at("C", 3)]
    (pair,) = formed(agents, twos(9, excluded_agents=frozenset({"B"})))
    assert sorted(members([pair])[0]) == ["A", "C"]


def test_who_led_and_went_together_lately_gives_way() -> None:
    agents = [agent_at(f"A{n}") for n in range(4)]
    asked = twos(100)
    monday = formed(agents, asked)
    together = {frozenset(pair): 1 for pair in members(monday)}
    led = {pair[0]: 1 for pair in members(monday)}
    tuesday = members(formed(agents, asked, past=PastPairs(together, led)))
    assert {frozenset(pair) for pair in tuesday}.isdisjoint(together)
    (one,) = formed(agents[:2], asked)
    first = one.leader.id
    (two,) = formed(agents[:2], asked, past=PastPairs({}, {first: 1}))
    assert two.leader.id != first


def test_past_pairs_are_counted_from_plans() -> None:
    make = Builders()
    start = datetime(2026, 11, 23, 9, tzinfo=ZONE)
    plan = make.plan(make.stop(start), members=("A", "B"))
    past = count_pairs([plan, replace(plan, day=date(2026, 11, 22))])
    assert past.together == {frozenset({"A", "B"}): 2}
    assert past.led == {"A": 2}


def test_without_anybody_who_may_lead_there_is_a_finding() -> None:
    going = Going(
        day=DAY,
        agents=(agent_at("A"), agent_at("B")),
        crews=(),
        visits=tuple(twos(5)),
        crewing=CrewsTable(lead_skill="senior"),
        max_snap_m=300,
    )
    crews, findings = crews_of_day(going, BASE, FlatRoads(), PastPairs, 1)
    assert crews == ()
    assert [finding.code for finding in findings] == ["no_certified_lead"]


@pytest.mark.parametrize("ident", ["A" * 40, "A"])
def test_a_crews_id_is_an_id(ident) -> None:
    agents = [agent_at(ident), agent_at("B" * 40)]
    assert len(formed(agents, twos(9))[0].id) <= 64


def world(seed: int) -> tuple[list[Agent], list[Visit], CrewsTable]:
    rng = random.Random(seed)
    agents = []
    for number in range(rng.randrange(0, 14)):
        begin = rng.randrange(7, 14)
        agents.append(
            agent_at(
                f"A{number}",
                rng.uniform(0, 12),
                shift=DailyHours(time(begin), time(begin + rng.randrange(2, 9))),
                mode=rng.choice(list(TravelMode)),
                agency=rng.choice(["", "", "RED"]),
                skills=frozenset(s for s in ("senior", "language:sv", "gender:female") if rng.random() < 0.4),
                days_off=frozenset({DAY}) if rng.random() < 0.1 else frozenset(),
                max_visits=rng.choice([None, 6]),
            )
        )
    visits = [
        visit(
            f"C{number}",
            rng.randrange(500, 9000),
            LatLon(60.17 + rng.uniform(-0.05, 0.05), 24.94 + rng.uniform(0, 0.15)),
            people=rng.choice([1, 1, 2, 2, 3]),
            agency=rng.choice(["", "RED"]),
            required_skills=frozenset(rng.choice([(), (), ("language:sv",), ("gender:female",)])),
            excluded_agents=frozenset({f"A{rng.randrange(14)}"} if rng.random() < 0.2 else ()),
        )
        for number in range(rng.randrange(0, 60))
    ]
    crewing = CrewsTable(
        lead_skill=rng.choice(["", "senior"]), max_apart=rng.choice([10, 45]), least_shared=120
    )
    return agents, visits, crewing


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000))
def test_random_agents_and_visits_give_lawful_pairs(seed) -> None:
    agents, visits, crewing = world(seed)
    fixed = [Crew(id="X", members=(agents[0], agents[1]))] if len(agents) > 6 else []
    going = Going(
        day=DAY,
        agents=tuple(agents),
        crews=tuple(fixed),
        visits=tuple(visits),
        crewing=crewing,
        max_snap_m=300,
    )
    crews, _ = crews_of_day(going, BASE, FlatRoads(), PastPairs, seed)
    again, _ = crews_of_day(
        replace(going, agents=tuple(reversed(agents))), BASE, FlatRoads(), PastPairs, seed
    )
    assert again == crews
    everybody = list(chain.from_iterable(members(crews)))
    assert len(set(everybody)) == len(everybody)
    fixed = [crew for crew in fixed if all(member.works_on(DAY) for member in crew.members)]
    assert list(crews[: len(fixed)]) == fixed
    roads = FlatRoads()
    for crew in crews[len(fixed) :]:
        lead, other = crew.members
        assert crewing.lead_skill in {"", *lead.skills}
        assert lead.agency == other.agency
        assert lead.works_on(DAY)
        assert other.works_on(DAY)
        shared = min(lead.shift.end, other.shift.end).hour - max(lead.shift.start, other.shift.start).hour
        assert shared * 60 >= crewing.least_shared
        assert lead.start.location is not None
        assert other.start.location is not None
        way = roads.matrices([other.mode], (other.start.location, lead.start.location))[other.mode]
        assert way.duration_s[0, -1] <= crewing.max_apart * 60
        ours = [v for v in visits if v.case.people == 2 and v.case.agency == lead.agency]
        assert any(
            v.case.required_skills <= lead.skills | other.skills
            and v.case.excluded_agents.isdisjoint({lead.id, other.id})
            for v in ours
        )
