"""Days with meetings: whatever is drawn, both are there at the same second and nobody breaks a rule."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.meet import MeetingDraft, Met, solve_with_meetings
from solvers.meetings import Meetable, Meeting, met_task, second, with_meetings
from solvers.openings import spent
from solvers.problem import Problem
from solvers.solution import solution_of
from solvers.solve import solve
from solvers.task import PrizeBand, Task, Window
from solvers.travel import DEFAULT_PROFILE, TravelMatrix
from solvers.vehicle import Break, Vehicle
from tests.solvers.conftest import line, problems


def meet(problem: Problem, meetables: list[Meetable], seed: int = 1) -> Met:
    return solve_with_meetings(
        problem, meetables, time_limit_s=20, seed=seed, iteration_limit=2, in_process=True
    )


def two_agents(*tasks: Task, positions=(0, 100, 50, 20, 80), **changes) -> Problem:
    """Agents v0 at place 0 and v1 at place 1, who go home again."""
    vehicles = tuple(
        Vehicle(**{"id": f"v{n}", "start": n, "end": n, "shift_start": 0, "shift_end": 1000, **changes})
        for n in (0, 1)
    )
    return Problem("two", tasks, vehicles, {DEFAULT_PROFILE: line(*positions)})


def pair_task(ident: str = "m", place: int = 2, **changes) -> Task:
    base = {"windows": (Window(0, 900),), "service": 60, "prize": 1000, "vehicles": frozenset()}
    return Task(ident, place, **{**base, **changes})


BOTH = frozenset({"v0", "v1"})


def test_two_meet_where_neither_may_go_alone() -> None:
    problem = two_agents(pair_task())
    met = meet(problem, [Meetable("m", BOTH)])
    (only,) = met.meetings
    assert set(only.vehicles) == BOTH
    assert only.start == 50  # as soon as both can be there
    assert met.result.evaluation.feasible
    assert met.result.evaluation.waiting_s == 0


def test_a_visit_on_the_way_is_made_while_the_other_comes() -> None:
    near = Task("t", 3, (Window(0, 900),), service=30, prize=200)
    problem = two_agents(pair_task(windows=(Window(80, 900),)), near)
    met = meet(problem, [Meetable("m", BOTH)])
    assert met.result.solution.unserved == ()
    (only,) = met.meetings
    assert only.start == 80
    assert {met_task(t) for t in met.result.solution.served()} == {"m", "t"}


def test_a_meeting_gives_way_to_what_is_worth_more_and_what_is_worth_less_gives_way_to_it() -> None:
    def day(prize: int) -> Met:
        rival = Task("t", 3, (Window(20, 30),), service=900, prize=300, vehicles=frozenset({"v0"}))
        return meet(two_agents(pair_task(prize=prize), rival), [Meetable("m", BOTH)])

    assert [met.task for met in day(1000).meetings] == ["m"]
    assert day(1000).result.solution.unserved == ("t",)
    assert day(150).meetings == ()
    assert day(150).result.solution.unserved == ("m",)


def test_skills_may_be_shared_out_between_the_two() -> None:
    problem = two_agents(pair_task(skills=frozenset("ab")))
    one, two = problem.vehicles
    able = replace(
        problem, vehicles=(replace(one, skills=frozenset("a")), replace(two, skills=frozenset("b")))
    )
    unable = replace(problem, vehicles=(replace(one, skills=frozenset("a")), two))
    assert len(meet(able, [Meetable("m", BOTH)]).meetings) == 1
    assert meet(unable, [Meetable("m", BOTH)]).meetings == ()
    assert meet(able, [Meetable("m", frozenset({"v0"}))]).meetings == ()


def test_both_come_at_the_best_hour_and_not_in_somebodys_break() -> None:
    late = (PrizeBand(0, 299, 100), PrizeBand(300, 900, 1000))
    problem = two_agents(pair_task(prize_bands=late))
    assert meet(problem, [Meetable("m", BOTH)]).meetings[0].start == 300
    rest = two_agents(pair_task(windows=(Window(100, 260),)), breaks=(Break(100, 100, 150),))
    (only,) = meet(rest, [Meetable("m", BOTH)]).meetings
    assert only.start >= 200


def test_a_mandatory_visit_is_met_whatever_it_earns() -> None:
    problem = two_agents(pair_task(prize=0, mandatory=True))
    assert len(meet(problem, [Meetable("m", BOTH)]).meetings) == 1


def test_a_crew_may_still_make_the_visit_by_itself() -> None:
    problem = two_agents()
    crew = Vehicle("X", 2, 2, 0, 1000)
    with_crew = replace(
        problem, vehicles=(*problem.vehicles, crew), tasks=(pair_task(vehicles=frozenset({"X"})),)
    )
    met = meet(with_crew, [Meetable("m", BOTH)])
    assert met.meetings == ()
    assert met.result.solution.unserved == ()


def test_stop_keeps_what_there_is() -> None:
    problem = two_agents(pair_task())
    met = solve_with_meetings(
        problem, [Meetable("m", BOTH)], time_limit_s=5, seed=1, stop=lambda: True, in_process=True
    )
    assert met.result.evaluation.feasible


def check(problem: Problem, meetables: list[Meetable], met: Met) -> None:
    """Every rule of a meeting, read off the answer."""
    solution = met.result.solution
    judged = evaluate(with_meetings(problem, met.meetings), solution)
    assert {violation.code for violation in judged.violations} <= {"mandatory_unserved"}
    assert judged == met.result.evaluation
    starts = {
        (task, route.vehicle): start
        for route in solution.routes
        for task, start in zip(route.tasks, route.starts, strict=True)
    }
    allowed = {one.task: one.vehicles for one in meetables}
    for meeting in met.meetings:
        one, two = meeting.vehicles
        assert one != two
        assert {one, two} <= allowed[meeting.task]
        skills = problem.vehicle_by_id[one].skills | problem.vehicle_by_id[two].skills
        task = problem.task_by_id[meeting.task]
        assert task.skills <= skills
        assert starts[meeting.task, one] == starts[second(meeting.task), two] == meeting.start
        assert any(window.start <= meeting.start <= window.end for window in task.windows)
    served = [met_task(task) for task in solution.served()]
    assert len(served) - len(met.meetings) == len(set(served))


@settings(max_examples=25, deadline=None)
@given(problems(max_tasks=6, max_vehicles=3), st.data())
def test_whatever_is_drawn_meetings_are_kept_and_the_day_is_no_worse_for_them(problem, data) -> None:
    picked = data.draw(st.sets(st.sampled_from([task.id for task in problem.tasks])))
    free = tuple(
        replace(task, vehicles=frozenset(), pinned_vehicle=None, pinned_start=None, pinned_position=None)
        if task.id in picked
        else task
        for task in problem.tasks
    )
    asked = replace(problem, tasks=free)
    everybody = frozenset(vehicle.id for vehicle in problem.vehicles)
    meetables = [Meetable(task, everybody) for task in sorted(picked)]
    met = meet(asked, meetables)
    check(asked, meetables, met)
    alone = solve(asked, time_limit_s=20, seed=1, iteration_limit=2, in_process=True)
    unmet = [len(result.evaluation.violations) for result in (met.result, alone)]
    assert unmet[0] < unmet[1] or met.result.evaluation.total <= alone.evaluation.total
    again = meet(asked, meetables)
    assert (again.meetings, again.result.solution) == (met.meetings, met.result.solution)


@settings(max_examples=30, deadline=None)
@given(problems(max_tasks=4, max_vehicles=2))
def test_what_a_route_is_said_to_cost_is_what_the_evaluation_says(problem) -> None:
    answer = solve(problem, time_limit_s=5, seed=1, iteration_limit=5, in_process=True)
    judged = {route.vehicle: route for route in answer.evaluation.routes}
    for route in answer.solution.routes:
        costs = sum(problem.task_by_id[task].cost_with(route.vehicle) for task in route.tasks)
        assert spent(problem, route) == judged[route.vehicle].cost + costs - judged[route.vehicle].collected


def test_calling_a_meeting_off_leaves_the_other_visits() -> None:
    near = Task("t", 3, (Window(0, 900),), service=30, prize=200)
    problem = two_agents(pair_task(), near)
    pinned = with_meetings(problem, [Meeting("m", ("v0", "v1"), 200)])
    plan = timed(pinned, {"v0": ["t", "m"], "v1": ["m/2"]})
    draft = MeetingDraft(problem, [Meetable("m", BOTH)], [Meeting("m", ("v0", "v1"), 200)], plan)
    draft.take_out(list(draft.meetings.values()))
    stated, solution = draft.stated_solution()
    assert solution.served() == ("t",)
    assert evaluate(stated, solution).feasible
    draft.fill(100, 0)
    assert draft.meetings["m"].start < 200
    assert evaluate(*draft.stated_solution()).feasible


@pytest.mark.slow
def test_a_day_of_many_meetings_is_kept_whole() -> None:
    rng = np.random.default_rng(3)
    at = rng.uniform(0, 5000, (90, 2))
    seconds = np.rint(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)) / 5).astype(np.int32)
    vehicles = tuple(Vehicle(f"v{n}", n, n, 0, 28_000, max_tasks=16) for n in range(10))
    tasks = tuple(
        Task(
            f"t{n}",
            n,
            (Window(0, 28_000),),
            900,
            int(rng.integers(500, 3000)),
            vehicles=frozenset() if n % 2 else None,
        )
        for n in range(10, 90)
    )
    problem = Problem("many", tasks, vehicles, {DEFAULT_PROFILE: TravelMatrix(seconds, seconds)})
    everybody = frozenset(vehicle.id for vehicle in vehicles)
    meetables = [Meetable(task.id, everybody) for task in tasks if task.vehicles is not None]
    met = solve_with_meetings(problem, meetables, time_limit_s=12, seed=1, in_process=True)
    check(problem, meetables, met)
    assert len(met.meetings) > 25
    empty = evaluate(problem, solution_of([], [task.id for task in tasks]))
    assert met.result.evaluation.total < empty.total / 2
