"""Meetings on their way into a plan: who may meet, what stops say of it, and the reasons of those left out."""

from __future__ import annotations

from datetime import timedelta

import pytest

from geodata.coordinates import LatLon
from scheduler.model.people import Place
from scheduler.model.plan import ReasonCode
from scheduler.planning.diagnosis import reasons_of
from scheduler.planning.lift import lift_routes
from scheduler.planning.meetables import meetables
from scheduler.planning.shortlist import shortlist
from scheduler.planning.teams import Team
from scheduler.publishing.kpis import figures
from scheduler.rules.attendance import Attendance
from scheduler.rules.base import Pack, RuleContext, Source
from scheduler.rules.checker import certify
from solvers.meet import solve_with_meetings
from tests.scheduler.planning.test_compile import DAY, ZONE, compiled, visit
from tests.scheduler.rules.conftest import Builders

TWO = Pack(
    name="t", version="1", jurisdiction="", title={"en": "t"},
    rules=(Attendance(source=Source(pack="t", text="t"), people=2),),
)  # fmt: skip

FAR = Place(address="x", location=LatLon(60.2, 25.0), precision="address")


def test_single_agents_of_the_agency_who_are_not_barred_may_meet(agent, case) -> None:
    teams = [
        Team("A", (agent("A"),)),
        Team("B", (agent("B"),)),
        Team("C", (agent("C"),)),
        Team("N", (agent("N", agency="north"),)),
        Team("X", (agent("D"), agent("E"))),
    ]
    asked = [
        visit(case("C1", people=2)),
        visit(case("C2", people=2, excluded_agents=frozenset({"C"}))),
        visit(case("C3", people=2, excluded_agents=frozenset({"B", "C"}))),
        visit(case("C4")),
        visit(case("C5", people=3)),
        visit(case("C6", people=2, agency="north")),
    ]
    found = {one.task: one.vehicles for one in meetables(asked, teams)}
    assert found == {"C1": {"A", "B", "C"}, "C2": {"A", "B"}}


def test_two_single_agents_count_for_a_team_of_two_on_the_shortlist(agent, case) -> None:
    teams = [Team(name, (agent(name),)) for name in "ABCD"]
    asked = [visit(case(f"C{n}", people=2), worth=n + 1) for n in range(9)]
    assert shortlist(asked, teams, 3)[0] == ()
    assert len(shortlist(asked, teams, 3, meeting=True)[0]) == 6


@pytest.fixture
def day(agent, case):
    """A plan of two agents with two visits for two, one of them worth nothing to speak of."""
    teams = [Team("A", (agent("A"),)), Team("B", (agent("B"),))]
    visits = [visit(case("C1", people=2), worth=9000), visit(case("C2", people=2, place=FAR), worth=1)]
    made = compiled(visits, teams)
    may = meetables(visits, teams)
    met = solve_with_meetings(made.problem, may, time_limit_s=20, seed=1, iteration_limit=2, in_process=True)
    return teams, visits, made, met


def test_both_stops_name_each_other_and_the_certificate_counts_two(day, agent) -> None:
    _, visits, made, met = day
    routes = lift_routes(made, met.result.evaluation, DAY, ZONE, met.meetings)
    plan = Builders().plan(day=DAY, zone=ZONE.key, routes=routes)
    one, two = plan.stops
    assert (one.case, one.meets, one.people) == ("C1", "B", 2)
    assert (two.case, two.meets, two.people) == ("C1", "A", 2)
    assert (one.start, one.finish) == (two.start, two.finish)
    context = RuleContext(
        cases={v.id: v.case for v in visits},
        zone=ZONE,
        packs=(TWO,),
        agents={name: agent(name) for name in "AB"},
    )
    assert certify(plan, "", context).findings == ()
    sums = figures(plan)
    assert (sums.visits, sums.two_person_visits) == (1, 1)
    assert sums.worth == one.worth
    assert sums.people_time == sum((route.finish - route.depart for route in routes), timedelta())


def test_who_might_have_met_is_not_told_that_nobody_may_go(day) -> None:
    _, _, _, met = day
    reasons = reasons_of(met.problem, met.result.solution, "EUR", {"C1", "C2"})
    assert [reason.code for reason in reasons["C2"]] == [ReasonCode.NO_MEETING]
