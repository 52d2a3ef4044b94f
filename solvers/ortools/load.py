"""Load a plan into the OR-Tools model: whether it calls the plan feasible, and what it says it costs."""

from __future__ import annotations

from dataclasses import dataclass

from ortools.constraint_solver import pywrapcp

from solvers.ortools.interrupt import interrupt_kept
from solvers.ortools.model import RoutingModel
from solvers.problem import Problem
from solvers.solution import Orders, Solution

_TIME_TO_READ_S = 60
"""Limits bind the reading of a plan as well, and would make a sound plan look infeasible."""


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model said: whether it accepts the plan, its own objective, and the orders as it has them."""

    accepted: bool
    objective: int
    orders: Orders


def load(problem: Problem, plan: Solution) -> ModelAnswer:
    """Load the plan. Where it is not accepted, the model or the evaluation is wrong about the problem."""
    with interrupt_kept():
        return _load(problem, plan)


def _load(problem: Problem, plan: Solution) -> ModelAnswer:
    model = RoutingModel(problem)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.time_limit.FromSeconds(_TIME_TO_READ_S)
    model.routing.CloseModelWithParameters(parameters)
    found = model.routing.ReadAssignmentFromRoutes(model.routes_in(plan), True)
    if found is None:
        return ModelAnswer(False, 0, {})
    orders = model.orders_out(lambda index: found.Value(model.routing.NextVar(index)))
    return ModelAnswer(True, found.ObjectiveValue() + model.constant, orders)
