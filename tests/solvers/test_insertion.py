from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from solvers.evaluate import evaluate
from solvers.insertion import WORTHLESS, Draft
from solvers.problem import Problem
from solvers.schedule import schedule
from solvers.solution import solution_of

AnyProblem = Callable[..., st.SearchStrategy[Problem]]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_a_draft_accepts_what_has_a_timing_at_the_price_of_the_evaluation(
    data: st.DataObject, any_problem: AnyProblem
) -> None:
    problem = data.draw(any_problem())
    draft, ids = Draft(problem), [task.id for task in problem.tasks]
    order = tuple(data.draw(st.permutations(range(len(ids)))))
    for number, vehicle in enumerate(problem.vehicles):
        for size in range(1, len(order) + 1):
            part = order[:size]
            route = schedule(problem, vehicle.id, [ids[task] for task in part])
            assert draft.set_order(number, part) is (route is not None)
            if route is not None:
                total = evaluate(problem, solution_of([route], ids)).total
                draft.set_order(1 - number, ()) if len(problem.vehicles) > 1 else None
                assert draft.objective() == total


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_an_insertion_is_found_where_one_is_possible(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem = data.draw(any_problem())
    draft = Draft(problem)
    for number, vehicle in enumerate(problem.vehicles):
        for task in data.draw(st.permutations(range(len(problem.tasks)))):
            if task in draft.plans[number].order:
                continue
            plan = draft.plans[number]
            earns, position, _ = draft.insertions(number, np.array([task]))
            possible = {}
            for at in range(len(plan.order) + 1):
                if draft.set_order(number, (*plan.order[:at], task, *plan.order[at:])):
                    possible[at] = plan.cost - draft.plans[number].cost
                    draft.plans[number] = plan
            if vehicle.max_duration is None:
                assert bool(earns[0] > WORTHLESS) is bool(possible)
            elif possible:
                assert earns[0] > WORTHLESS  # without the limit on the duration, no less is possible
            plain = all(draft.plain[t] for t in (*plan.order, task))
            if possible and plain and vehicle.max_duration is None and not vehicle.cost_per_overtime_second:
                assert int(earns[0]) == max(possible.values()) == possible[int(position[0])]
            if possible:
                at = max(possible, key=possible.__getitem__)
                draft.set_order(number, (*plan.order[:at], task, *plan.order[at:]))
                if data.draw(st.booleans()):
                    continue
            draft.plans[number] = plan if data.draw(st.booleans()) else draft.plans[number]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_lacking_is_nothing_exactly_where_time_suffices(data: st.DataObject, any_problem: AnyProblem) -> None:
    problem = data.draw(any_problem(max_tasks=4))
    draft = Draft(problem)
    for number, vehicle in enumerate(problem.vehicles):
        free = vehicle.max_duration is None and vehicle.max_travel is None and vehicle.max_tasks is None
        for task, one in enumerate(problem.tasks):
            if (
                not draft.fits[task, number]
                or task in draft.plans[number].order
                or one.pinned_position is not None
            ):
                continue
            earns, position, _ = draft.insertions(number, np.array([task]))
            lacking = int(draft.lacking(number, np.array([task]))[0])
            pinned = any(draft.pin[other] != -2 for other in draft.plans[number].order)
            if free and not pinned:
                assert (lacking == 0) is bool(earns[0] > WORTHLESS)
            if earns[0] > WORTHLESS:
                at, order = int(position[0]), draft.plans[number].order
                draft.set_order(number, (*order[:at], task, *order[at:]))
