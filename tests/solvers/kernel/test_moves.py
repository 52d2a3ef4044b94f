"""What a move proposes is what the evaluation says of it, each kind is made, and none that gains is overlooked."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import numpy as np

from solvers.evaluate import evaluate
from solvers.insertion import timed
from solvers.kernel.kernel import Kernel
from solvers.kernel.local import next_move, start_afresh
from solvers.kernel.moves_between import INSERT, KINDS
from solvers.kernel.moves_order import decide, proposed_change
from solvers.kernel.moves_served import bring_in
from solvers.kernel.scratch import NOWHERE, forget
from solvers.kernel.state import NOBODY, WHO
from solvers.problem import Problem
from solvers.task import Task, Window
from solvers.travel import DEFAULT_PROFILE, TravelMatrix
from solvers.vehicle import Break, Vehicle
from tests.solvers.kernel.test_local import is_as_built_anew

Plan = dict[str, tuple[str, ...]]
ALL = 100


def cost(problem: Problem, plan: Plan) -> int | None:
    """What a plan costs, with the price of mandatory tasks unserved; None if it breaks any other rule."""
    try:
        evaluation = evaluate(problem, timed(problem, plan))
    except ValueError:
        return None
    missing = [v for v in evaluation.violations if v.code == "mandatory_unserved"]
    if len(missing) < len(evaluation.violations):
        return None
    return evaluation.total + len(missing) * problem.mandatory_penalty


def roomy(seed: int) -> Problem:
    """A problem whose days take many orders: few rules, agents who start in different places, ways there and back that differ."""
    draw = random.Random(seed)
    size = draw.randint(5, 9)
    seconds = np.array([[draw.randint(1, 30) for _ in range(size)] for _ in range(size)])
    if seed % 3 == 0:
        seconds = np.minimum(seconds, seconds.T)
    np.fill_diagonal(seconds, 0)
    vehicles = tuple(
        Vehicle(
            f"v{k}",
            start=draw.randrange(size),
            end=draw.randrange(size) if seed % 2 else 0,
            shift_start=0,
            shift_end=400,
            max_overtime=100,
            cost_per_overtime_second=draw.choice([0, 0, 2]),
            cost_per_metre=int(seed % 5 == 0),
            capacity=draw.choice([None, size - 2]),
            breaks=(Break(10, 100, 150),) if draw.random() < 0.2 else (),
        )
        for k in range(draw.randint(1, 3))
    )
    tasks = tuple(
        Task(
            f"t{k}",
            place=k,
            windows=(Window(0, 500) if draw.random() < 0.7 else Window(0, 120),),
            service=3,
            prize=100,
            load=1,
            vehicle_costs=(("v0", draw.randint(1, 20)),) if seed % 4 == 1 and draw.random() < 0.5 else (),
        )
        for k in range(size)
    )
    return Problem("roomy", tasks, vehicles, {DEFAULT_PROFILE: TravelMatrix(seconds, 2 * seconds)})


def poor_plan(problem: Problem, seed: int) -> Kernel:
    """A kernel at a plan drawn by chance, with some that was inserted with sense or nothing more."""
    draw = random.Random(seed)
    tasks = [task.id for task in problem.tasks]
    draw.shuffle(tasks)
    plan: dict[str, list[str]] = {vehicle.id: [] for vehicle in problem.vehicles}
    for task in tasks:
        plan[draw.choice(problem.vehicles).id].append(task)
    kernel = Kernel(problem, seed)
    kernel.load(plan)
    if seed % 2:
        kernel.construct()
    return kernel


def proposals(kernel: Kernel) -> Iterator[int]:
    """Every move proposed, task by task, with the change it makes; those that gain are made before the next is looked for."""
    t, s, x, y = kernel.tables, kernel.now, kernel.scratch, kernel.local
    start_afresh(t, s, x, y)
    x.counters[1:4] = 0
    for u in range(t.tasks):
        if s.node[u, WHO] == NOBODY:
            before = int(s.total[0])
            if bring_in(t, s, x, y, u, ALL, False):
                y.proposal[2] = INSERT
                yield int(s.total[0]) - before
        cursor = next_move(t, s, x, y, u, 0, ALL, -1, True)
        while cursor >= 0:
            change = int(proposed_change(t, s, y))
            yield change
            assert decide(t, s, x, y) == (change < 0)
            cursor = next_move(t, s, x, y, u, cursor + 1, ALL, -1, True)
    forget(x)


def proposed_plan(kernel: Kernel) -> Plan:
    """The plan after the move that is proposed now."""
    problem, y = kernel.problem, kernel.local
    plan = kernel.current()
    if y.proposal[2] != INSERT:
        for side, v in enumerate(y.proposal[:2].tolist()):
            if v >= 0:
                order = y.order[side, : y.sheet[side, 0]].tolist()
                plan[problem.vehicles[v].id] = tuple(problem.tasks[u].id for u in order)
    return plan


def test_a_move_changes_what_the_evaluation_says(random_problem: Callable[..., Problem]) -> None:
    proposed, made = np.zeros(KINDS, np.int64), np.zeros(KINDS, np.int64)
    for seed in range(160):
        problem = roomy(seed) if seed % 3 == 0 else random_problem(seed, 4 + seed % 14)
        kernel = poor_plan(problem, seed)
        if kernel.tables.guide:
            continue
        exact = not any(task.prize_bands for task in problem.tasks)
        for change in proposals(kernel):
            if change < NOWHERE:
                after = cost(problem, proposed_plan(kernel))
                assert after is not None
                kind = kernel.local.proposal[2]
                proposed[kind] += 1
                before = int(kernel.now.total[0]) - (change if kind == INSERT else 0)
                assert after == before + change if exact else after <= before + change
        is_as_built_anew(kernel)
        made += kernel.local.made
    assert (proposed > 0).all(), proposed
    assert (made > 0).all(), made


def simple_moves(plan: Plan) -> Iterator[Plan]:
    """Every task elsewhere, every two tasks in each other's seats, every stretch turned round."""
    seats = [(v, k) for v, order in plan.items() for k in range(len(order))]
    for v, k in seats:
        rest = {**plan, v: plan[v][:k] + plan[v][k + 1 :]}
        for w, order in rest.items():
            for place in range(len(order) + 1 if order else 0):
                yield {**rest, w: (*order[:place], plan[v][k], *order[place:])}
    for v, k in seats:
        for w, j in seats:
            if v == w and k < j:
                order = plan[v]
                yield {**plan, v: (*order[:k], *order[k : j + 1][::-1], *order[j + 1 :])}
                yield {**plan, v: (*order[:k], order[j], *order[k + 1 : j], order[k], *order[j + 1 :])}
            elif v < w and len(plan[v]) > 1 and len(plan[w]) > 1:
                one, other = list(plan[v]), list(plan[w])
                one[k], other[j] = other[j], one[k]
                yield {**plan, v: tuple(one), w: tuple(other)}


def test_no_simple_move_that_gains_is_overlooked() -> None:
    looked_at = 0
    for seed in range(40):
        problem = roomy(seed)
        kernel = poor_plan(problem, seed)
        kernel.improve(ALL)
        plan, at = kernel.current(), kernel.current_objective
        for other in simple_moves(plan):
            found = cost(problem, other)
            assert found is None or found >= at, (seed, plan, other)
            looked_at += found is not None
    assert looked_at > 2000, looked_at
