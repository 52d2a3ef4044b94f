"""What several days are priced by beside routes and worth: evenings, the same agent again, and fair shares."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, time
from decimal import Decimal

from scheduler.model.values import Money, seconds_of_day
from scheduler.planning.compile import COST_PER_MINOR, StatedDay, vehicle_of
from scheduler.settings import Workspace
from solvers.evaluate import Evaluation, RouteEvaluation
from solvers.problem import Problem
from solvers.task import Task
from solvers.vehicle import Balance, Measure


def price(amount: float, workspace: Workspace) -> int:
    """An amount of the workspace's currency in the problem's unit."""
    return Money.of(Decimal(str(amount)), workspace.settings.workspace.currency).minor * COST_PER_MINOR


def with_evenings(problem: Problem, stated: Sequence[StatedDay], workspace: Workspace) -> Problem:
    """The problem with the second from which each vehicle's day is an evening."""
    zone, first = workspace.settings.zone, stated[0].day
    clock = time.fromisoformat(workspace.settings.plan.evening_from)
    since = {
        vehicle_of(team, day.day): seconds_of_day(datetime.combine(day.day, clock, zone), first, zone)
        for day in stated
        for team in day.teams
    }
    vehicles = tuple(replace(vehicle, evening_from=since[vehicle.id]) for vehicle in problem.vehicles)
    return Problem(problem.name, problem.tasks, vehicles, problem.travel, problem.balances)


def with_last_agents(
    tasks: Collection[Task], stated: Sequence[StatedDay], last_agents: Mapping[str, str], cost: int
) -> tuple[Task, ...]:
    """The tasks with a price on anybody but who came last, by task id, where that agent is there on one of the days."""
    if cost <= 0 or not last_agents:
        return tuple(tasks)
    members = {
        vehicle_of(team, day.day): {member.id for member in team.members}
        for day in stated
        for team in day.teams
    }
    here = set().union(*members.values())
    return tuple(
        replace(
            task,
            vehicle_costs=tuple(
                (name, cost) for name, ids in members.items() if last_agents[task.id] not in ids
            ),
        )
        if last_agents.get(task.id) in here
        else task
        for task in tasks
    )


def is_balanced(workspace: Workspace) -> bool:
    """Whether an uneven share of work or evenings has a price."""
    table = workspace.settings.plan
    return table.balance_hour > 0 or table.balance_evening > 0


def with_balances(
    problem: Problem, stated: Sequence[StatedDay], found: Evaluation, workspace: Workspace
) -> Problem:
    """The problem with what each agent's work beyond a fair share costs: the share of what a first plan has, by days."""
    table = workspace.settings.plan
    mine: dict[str, set[str]] = {}
    for day in stated:
        for team in day.teams:
            mine.setdefault(team.id, set()).add(vehicle_of(team, day.day))
    days = max(1, sum(len(names) for names in mine.values()))
    work = sum(route.travel_s + route.service_s for route in found.routes) / days
    evenings = sum(_is_evening(problem, route) for route in found.routes) / days
    balances = []
    for name, vehicles in sorted(mine.items()):
        fair_work, fair_evenings = round(work * len(vehicles)), -int(-evenings * len(vehicles) // 1)
        shares = (
            (Measure.WORK, fair_work, price(table.balance_hour, workspace) // 3600),
            (Measure.EVENINGS, fair_evenings, price(table.balance_evening, workspace)),
        )
        balances += [
            Balance(f"{name} {measure}", frozenset(vehicles), measure, target, cost)
            for measure, target, cost in shares
            if cost > 0
        ]
    return Problem(problem.name, problem.tasks, problem.vehicles, problem.travel, tuple(balances))


def _is_evening(problem: Problem, route: RouteEvaluation) -> bool:
    since = problem.vehicle_by_id[route.vehicle].evening_from
    return since is not None and route.arrival_end > since
