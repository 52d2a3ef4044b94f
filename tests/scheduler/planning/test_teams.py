from __future__ import annotations

from datetime import date, time, timedelta

from scheduler.model.people import Crew
from scheduler.model.scenario import Scenario
from scheduler.model.values import DailyHours, Money
from scheduler.planning.teams import Team, teams_of

DAY = date(2026, 11, 24)


def ids(teams) -> list[str]:
    return [team.id for team in teams]


def test_crew_members_do_not_also_go_alone(agent) -> None:
    a, b, c = agent("A"), agent("B"), agent("C")
    assert ids(teams_of([a, b, c], [Crew(id="X", members=(a, b))], DAY)) == ["C", "X"]


def test_a_crew_with_one_member_left_lets_that_one_go_alone(agent) -> None:
    a, b = agent("A"), agent("B", days_off=frozenset({DAY}))
    assert ids(teams_of([a, b], [Crew(id="X", members=(a, b))], DAY)) == ["A"]


def test_a_crew_has_all_skills_the_tightest_limits_and_costs_the_sum(agent) -> None:
    early = agent("A", skills=frozenset({"zh"}), shift=DailyHours(time(8), time(16)), max_visits=9)
    late = agent(
        "B",
        skills=frozenset({"senior"}),
        shift=DailyHours(time(10), time(18)),
        max_overtime=timedelta(hours=1),
    )
    team = Team("X", (early, late))
    assert team.skills == {"zh", "senior"}
    assert team.shift == DailyHours(time(10), time(16))
    assert (team.max_visits, team.max_overtime) == (9, timedelta())
    assert team.hourly_cost == Money(6000, "EUR")


def test_members_without_common_hours_have_no_shift(agent) -> None:
    a, b = agent("A", shift=DailyHours(time(8), time(12))), agent("B", shift=DailyHours(time(12), time(16)))
    assert Team("X", (a, b)).shift is None


def test_who_may_visit(agent, case) -> None:
    alone, pair = Team("A", (agent("A"),)), Team("X", (agent("B"), agent("C")))
    assert alone.may_visit(case())
    assert not alone.may_visit(case(people=2))
    assert pair.may_visit(case(people=2))
    assert not pair.may_visit(case(excluded_agents=frozenset({"C"})))
    assert not alone.may_visit(case(agency="north"))
    assert Team("N", (agent("N", agency="north"),)).may_visit(case(agency="north"))


def test_a_scenario_takes_agents_away_adds_copies_and_moves_shifts(agent) -> None:
    changes = Scenario(
        name="s",
        agents_away=("B",),
        copies_of=("A", "A"),
        shift=DailyHours(time(12), time(20)),
        overtime=timedelta(hours=1),
    )
    teams = teams_of([agent("A"), agent("B")], [], DAY, changes)
    assert ids(teams) == ["A", "A+1", "A+2"]
    assert {team.shift for team in teams} == {DailyHours(time(12), time(20))}
    assert {team.max_overtime for team in teams} == {timedelta(hours=1)}
