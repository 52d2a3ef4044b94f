"""Two agents who meet at a visit are two people there, and only while both are there."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.findings import ModelError
from scheduler.model.ledger import SafetyFlag, VisitApproval
from scheduler.model.people import Customer
from scheduler.model.plan import Plan, Stop
from scheduler.rules.attendance import Attendance
from scheduler.rules.base import Pack, Source
from scheduler.rules.caps import VisitCap
from scheduler.rules.checker import certify
from scheduler.rules.vulnerability import Vulnerable
from tests.scheduler.rules.conftest import Builders

ZONE = ZoneInfo("Europe/Helsinki")
TEN = datetime(2026, 11, 24, 10, tzinfo=ZONE)
SOURCE = Source(pack="test", text="A test")
TWO = Attendance(source=SOURCE, people=2)


def meeting(make, one: Stop | None, two: Stop | None) -> Plan:
    """A plan of agent A1's route with one stop and A2's with the other, each meeting the other's agent."""
    first = replace(one or make.stop(TEN), meets="A2")
    second = replace(two or make.stop(TEN), meets="A1")
    plan = make.plan(first)
    (route,) = plan.routes
    other = replace(route, vehicle="A2", members=("A2",), stops=(second,), finish=second.finish)
    return replace(plan, routes=(route, other))


def found(plan: Plan, make, *rules, **context) -> list[tuple[str, str]]:
    pack = Pack(name="t", version="1", jurisdiction="", title={"en": "t"}, rules=rules)
    case = context.pop("case", make.case(people=2))
    certificate = certify(plan, "", make.context(case, packs=(pack,), **context))
    return [(finding.rule, finding.code) for finding in certificate.findings]


def test_two_who_meet_are_two_and_one_visit(make) -> None:
    plan = meeting(make, None, None)
    cap = VisitCap(visits=1, days=7, per="case", source=SOURCE)
    assert found(plan, make, TWO, cap) == []
    assert (len(plan.stops), len(plan.visits)) == (2, 1)


@pytest.mark.parametrize("minutes", [1, -1, 25])
def test_who_comes_at_another_time_does_not_attend(make, minutes) -> None:
    late = make.stop(TEN + timedelta(minutes=minutes))
    codes = found(meeting(make, None, late), make, TWO)
    assert codes.count(("attendance", "too_few_people")) == 2
    assert codes.count(("asked_attendance", "too_few_people")) == 2
    assert codes.count(("plan", "meets_nobody")) == 2


def test_who_leaves_early_leaves_the_other_alone(make) -> None:
    short = make.stop(TEN, lasts=timedelta(minutes=5))
    codes = found(meeting(make, None, short), make, TWO)
    assert codes.count(("attendance", "too_few_people")) == 1
    assert codes.count(("plan", "meets_nobody")) == 2


def test_a_meeting_without_the_other_is_no_meeting(make) -> None:
    alone = make.plan(replace(make.stop(TEN), meets="A2"))
    assert ("plan", "meets_nobody") in found(alone, make)
    assert ("attendance", "too_few_people") in found(alone, make, TWO)


def test_a_case_on_two_routes_that_do_not_meet_is_no_plan(make) -> None:
    plan = meeting(make, None, None)
    one, two = plan.routes
    for stops in [(replace(two.stops[0], meets=""),), (replace(two.stops[0], meets="A3"),)]:
        with pytest.raises(ModelError, match="visited twice"):
            replace(plan, routes=(one, replace(two, stops=stops)))
    with pytest.raises(ModelError, match="visited twice"):
        replace(plan, routes=(replace(one, stops=(*one.stops, *one.stops)),))


def test_an_agent_does_not_meet_himself(make) -> None:
    one, two = meeting(make, None, None).routes
    plan = replace(meeting(make, None, None), routes=(one, replace(two, members=("A1",))))
    codes = found(plan, make, TWO)
    assert ("plan", "agent_twice") in codes
    assert ("attendance", "too_few_people") in codes


def test_what_either_can_do_counts_and_what_each_must_have_is_asked_of_both(make) -> None:
    agents = {"A1": make.agent("A1"), "A2": make.agent("A2", "gender:female", "certified")}
    plan = meeting(make, None, None)
    one = Attendance(source=SOURCE, people=2, one=frozenset({"gender:female"}))
    each = Attendance(source=SOURCE, people=2, each=frozenset({"certified"}))
    assert found(plan, make, one, agents=agents) == []
    assert set(found(plan, make, each, agents=agents)) == {("attendance", "agent_lacks")}
    barred = make.case(people=2, excluded_agents=frozenset({"A2"}))
    assert found(plan, make, agents=agents, case=barred) == [("asked_attendance", "agent_barred")]
    lent = {**agents, "A2": make.agent("A2", agency="RED")}
    assert found(plan, make, agents=lent) == [("asked_attendance", "other_agency")]


def test_after_dark_two_who_meet_are_safe_and_one_is_not(make) -> None:
    night = make.stop(TEN.replace(hour=18))
    marks = (make.mark(SafetyFlag),)
    assert found(meeting(make, night, night), make, marks=marks, case=make.case()) == []
    alone = make.plan(night)
    assert ("safety", "unsafe_visit") in found(alone, make, marks=marks, case=make.case())


def test_a_trained_agent_may_be_the_one_who_joins(make) -> None:
    agents = {"A1": make.agent("A1"), "A2": make.agent("A2", "trained")}
    frail = make.case(people=2, customer=Customer(id="K", name="x", flags=frozenset({"elderly"})))
    rule = Vulnerable(flags=frozenset({"elderly"}), skill="trained", source=SOURCE)
    marks = (make.mark(VisitApproval, approved_by="olli"),)
    plan = meeting(make, None, None)
    assert found(plan, make, rule, agents=agents, case=frail, marks=marks) == []
    untrained = {**agents, "A2": make.agent("A2")}
    codes = found(plan, make, rule, agents=untrained, case=frail, marks=marks)
    assert codes == [("vulnerability", "nobody_has")] * 2


@given(st.integers(0, 10_000))
def test_both_are_judged_there_exactly_when_both_are_there_all_the_time(seed) -> None:
    make, rng = Builders(), random.Random(seed)
    stops = [
        make.stop(
            TEN + timedelta(minutes=rng.randrange(-2, 3)), lasts=timedelta(minutes=rng.choice([19, 20, 21]))
        )
        for _ in range(2)
    ]
    codes = found(meeting(make, *stops), make, TWO)
    one, two = stops
    short = sum(
        not (there.start <= stop.start and stop.finish <= there.finish)
        for stop, there in ((one, two), (two, one))
    )
    assert codes.count(("attendance", "too_few_people")) == short
    same = (one.start, one.finish) == (two.start, two.finish)
    assert codes.count(("plan", "meets_nobody")) == (0 if same else 2)
