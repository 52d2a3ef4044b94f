"""Confirm a plan in the OR-Tools model and polish it there by guided local search."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from ortools.constraint_solver import pywrapcp, routing_enums_pb2
from ortools.util.optional_boolean_pb2 import BOOL_FALSE

from solvers.ortools.model import RoutingModel
from solvers.problem import Problem
from solvers.solution import Solution

Orders = dict[str, tuple[str, ...]]
"""Task ids in order, by vehicle id."""

OnPlan = Callable[[int, Orders], None]
"""Gets the objective and the orders of a better plan."""

# Operators for pickups and deliveries, and heavy ones that cost more than they gave on field-visit days.
_OPERATORS_OFF = (
    "use_lin_kernighan",
    "use_relocate_pair",
    "use_light_relocate_pair",
    "use_exchange_pair",
    "use_relocate_subtrip",
    "use_exchange_subtrip",
    "use_relocate_expensive_chain",
    "use_relocate_path_global_cheapest_insertion_insert_unperformed",
    "use_global_cheapest_insertion_path_lns",
    "use_local_cheapest_insertion_path_lns",
    "use_global_cheapest_insertion_visit_types_lns",
    "use_local_cheapest_insertion_visit_types_lns",
)
_PENALTY_FACTOR = 0.3  # of guided local search; 0.02, 0.1 and 0.3 were tried
_REPORT_EVERY_S = 0.05
_TIME_TO_READ_S = 60.0


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """What the model said: whether it accepts the start, its own objective, and the orders it ended with."""

    accepted: bool
    objective: int
    orders: Orders


def search(
    problem: Problem,
    start: Solution,
    *,
    time_limit_s: float,
    solution_limit: int | None = None,
    on_plan: OnPlan | None = None,
    stop: Callable[[], bool] | None = None,
) -> ModelAnswer:
    """Load the start into the routing model and search on from it.

    `accepted` is False when the model finds the start infeasible: then one of the two is wrong about the
    problem, and nothing was searched. With a `solution_limit` and time enough, the answer depends on the
    problem and the start alone. `stop` is asked between solutions and while searching.
    """
    model = RoutingModel(problem)
    # Limits bind the reading of a plan as well, and would make a sound plan look infeasible.
    model.routing.CloseModelWithParameters(_parameters(_TIME_TO_READ_S, None))
    assignment = model.routing.ReadAssignmentFromRoutes(model.routes_in(start), True)
    if assignment is None:
        return ModelAnswer(False, 0, {})
    found = assignment
    if time_limit_s >= 0.001 and (solution_limit is None or solution_limit > 0):
        if stop is not None:
            model.routing.AddSearchMonitor(model.routing.solver().CustomLimit(stop))
        model.routing.AddAtSolutionCallback(_Watch(model, on_plan).on_solution)
        parameters = _parameters(time_limit_s, solution_limit)
        better = model.routing.SolveFromAssignmentWithParameters(assignment, parameters)
        found = better if better is not None else assignment
    orders = model.orders_out(lambda index: found.Value(model.routing.NextVar(index)))
    return ModelAnswer(True, found.ObjectiveValue() + model.constant, orders)


def _parameters(time_limit_s: float, solution_limit: int | None) -> pywrapcp.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.guided_local_search_lambda_coefficient = _PENALTY_FACTOR
    for operator in _OPERATORS_OFF:
        setattr(parameters.local_search_operators, operator, BOOL_FALSE)
    parameters.time_limit.FromMilliseconds(round(time_limit_s * 1000))
    if solution_limit is not None:
        parameters.solution_limit = solution_limit
        # A neighbourhood cut short by the clock would make the answer depend on the machine.
        parameters.lns_time_limit.FromMilliseconds(round(time_limit_s * 1000))
    return parameters


class _Watch:
    """Passes on better plans as they come, a few times a second at most."""

    def __init__(self, model: RoutingModel, on_plan: OnPlan | None) -> None:
        self.model, self.on_plan = model, on_plan
        self.best: int | None = None
        self.said = -1.0

    def on_solution(self) -> None:
        if self.on_plan is None:
            return
        routing = self.model.routing
        objective = routing.CostVar().Max() + self.model.constant
        now = time.monotonic()
        if (self.best is None or objective < self.best) and now - self.said >= _REPORT_EVERY_S:
            self.best, self.said = objective, now
            self.on_plan(objective, self.model.orders_out(lambda index: routing.NextVar(index).Value()))
