"""Who attends: how many, certified for what, speaking what, asked for and barred by whom."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.model.ledger import AgentComplaint, AttendanceRequest
from scheduler.model.people import Customer
from scheduler.rules.attendance import AskedAttendance, Attendance
from scheduler.rules.base import Effect

NOON = datetime(2026, 11, 24, 12, tzinfo=ZoneInfo("Europe/Helsinki"))
SKILLS = ("certified", "senior", "language:sv", "gender:female")


def verdict(make, rule, case, members, skills=None, marks=(), **agent):
    """The verdict on one visit by `members`, whose skills are given by id."""
    skills = skills or {}
    agents = {ident: make.agent(ident, *skills.get(ident, ()), **agent) for ident in ("A1", "A2", "A3")}
    context = make.context(case, agents=agents, marks=marks)
    return make.verdict(rule, make.plan(make.stop(NOON), members=members), context)


@pytest.mark.parametrize(
    ("members", "lawful"),
    [(("A1",), False), (("A1", "A2"), True), (("A1", "A2", "A3"), True), (("A1", "A1"), False)],
)
def test_two_people_attend(make, members, lawful: bool) -> None:
    rule = Attendance(source=make.source, people=2)
    permitted, codes = verdict(make, rule, make.case(), members)
    assert codes == ([] if lawful else ["too_few_people"])
    assert permitted is lawful or members == ("A1", "A1")  # no team has the same agent twice


@pytest.mark.parametrize(
    ("skills", "each", "one"),
    [
        ({}, False, False),
        ({"A1": ["certified"]}, False, True),
        ({"A1": ["certified"], "A2": ["certified", "senior"]}, True, True),
    ],
)
def test_each_is_certified_or_one_is(make, skills, each: bool, one: bool) -> None:
    everybody = Attendance(source=make.source, each=frozenset({"certified"}))
    somebody = Attendance(source=make.source, one=frozenset({"certified"}))
    permitted, codes = verdict(make, everybody, make.case(), ("A1", "A2"), skills)
    assert (permitted, set(codes)) == (each, set() if each else {"agent_lacks"})
    permitted, codes = verdict(make, somebody, make.case(), ("A1", "A2"), skills)
    assert (permitted, codes) == (one, [] if one else ["nobody_has"])


@pytest.mark.parametrize(
    ("language", "skills", "lawful"),
    [
        ("fi", {}, True),
        ("fi-FI", {}, True),
        ("sv", {}, False),
        ("sv-FI", {"A1": ["language:sv"]}, True),
        ("sv", {"A1": ["language:zh"]}, False),
    ],
)
def test_somebody_speaks_the_customer_s_language(make, language, skills, lawful: bool) -> None:
    rule = Attendance(source=make.source, languages=frozenset({"fi", "en"}))
    case = make.case(customer=Customer(id="K", name="Maija Meikäläinen", language=language))
    assert verdict(make, rule, case, ("A1",), skills) == (lawful, [] if lawful else ["nobody_has"])


@pytest.mark.parametrize(
    ("case", "skills", "codes"),
    [
        ({"people": 2}, {}, ["too_few_people"]),
        ({"required_skills": frozenset({"senior"})}, {}, ["nobody_has"]),
        ({"required_skills": frozenset({"senior"})}, {"A1": ["senior"]}, []),
        ({"excluded_agents": frozenset({"A1"})}, {}, ["agent_barred"]),
        ({"excluded_agents": frozenset({"A2"})}, {}, []),
    ],
)
def test_what_the_case_asks_for(make, case, skills, codes) -> None:
    assert verdict(make, AskedAttendance(), make.case(**case), ("A1",), skills) == (not codes, codes)


def test_a_wish_for_who_comes(make) -> None:
    wish = (make.mark(AttendanceRequest, skill="gender:female"),)
    case = make.case()
    assert verdict(make, AskedAttendance(), case, ("A1",), marks=wish) == (False, ["nobody_has"])
    skills = {"A1": ["gender:female"]}
    assert verdict(make, AskedAttendance(), case, ("A1",), skills, wish) == (True, [])


@pytest.mark.parametrize(("members", "lawful"), [(("A1",), False), (("A2",), True), (("A2", "A1"), False)])
def test_after_a_complaint_that_agent_stays_away(make, members, lawful: bool) -> None:
    complaint = (make.mark(AgentComplaint, agent="A1"),)
    codes = [] if lawful else ["agent_barred"]
    assert verdict(make, AskedAttendance(), make.case(), members, marks=complaint) == (lawful, codes)


@pytest.mark.parametrize(("agency", "codes"), [("", []), ("RED", ["other_agency"])])
def test_nobody_of_another_agency_comes(make, agency: str, codes) -> None:
    found = verdict(make, AskedAttendance(), make.case(agency=agency), ("A1",))[1]
    assert found == codes
    assert verdict(make, AskedAttendance(), make.case(agency="RED"), ("A1",), agency="RED")[1] == []


def test_what_rules_ask_is_written_into_the_case(make) -> None:
    case = make.case(people=2, required_skills=frozenset({"a"}))
    untouched = Effect(windows=())
    assert untouched.narrow(case) is case
    asked = Effect(windows=(), people=1, skills=frozenset({"b"}), excluded_agents=frozenset({"A9"}))
    narrowed = asked.narrow(case)
    assert (narrowed.people, narrowed.required_skills, narrowed.excluded_agents) == (2, {"a", "b"}, {"A9"})
    assert Effect(windows=(), people=3).narrow(case).people == 3


@given(
    people=st.integers(1, 3),
    each=st.sets(st.sampled_from(SKILLS[:2])),
    one=st.sets(st.sampled_from(SKILLS)),
    had=st.lists(st.sets(st.sampled_from(SKILLS)), min_size=3, max_size=3),
    members=st.sets(st.sampled_from(["A1", "A2", "A3"]), min_size=1),
    asked=st.sampled_from(SKILLS),
    barred=st.sampled_from(["A1", "A2", "A3", "A4"]),
)
def test_effects_and_check_agree(make, people, each, one, had, members, asked, barred) -> None:
    skills = dict(zip(("A1", "A2", "A3"), had, strict=True))
    rule = Attendance(source=make.source, people=people, each=frozenset(each), one=frozenset(one))
    permitted, codes = verdict(make, rule, make.case(), tuple(sorted(members)), skills)
    assert permitted == (codes == [])
    marks = (
        make.mark(AttendanceRequest, "M1", skill=asked),
        make.mark(AgentComplaint, "M2", agent=barred),
    )
    case = make.case(people=people)
    permitted, codes = verdict(make, AskedAttendance(), case, tuple(sorted(members)), skills, marks)
    assert permitted == (codes == [])
