"""Confirm a plan in the OR-Tools model and polish it there by guided local search."""

from __future__ import annotations

import signal
import threading
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
_ASK_EVERY = 1000


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
    effort: int | None = None,
    on_plan: OnPlan | None = None,
    stop: Callable[[], bool] | None = None,
) -> ModelAnswer:
    """Load the start into the routing model and search on from it.

    `accepted` is False when the model finds the start infeasible: then one of the two is wrong about the
    problem, and nothing was searched. `effort` bounds the neighbours looked at, in thousands: with time enough,
    the answer then depends on the problem and the start alone. `stop` is asked between neighbours.
    """
    try:
        return _search(problem, start, time_limit_s, effort, on_plan, stop)
    finally:
        _reinstall_interrupt_handler()


def _reinstall_interrupt_handler() -> None:
    """OR-Tools handles SIGINT while it searches and leaves the system's default behind, which ends the process."""
    handler = signal.getsignal(signal.SIGINT)
    if handler is not None and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, handler)


def _search(
    problem: Problem,
    start: Solution,
    time_limit_s: float,
    effort: int | None,
    on_plan: OnPlan | None,
    stop: Callable[[], bool] | None,
) -> ModelAnswer:
    model = RoutingModel(problem)
    # Limits bind the reading of a plan as well, and would make a sound plan look infeasible.
    model.routing.CloseModelWithParameters(_parameters(_TIME_TO_READ_S))
    assignment = model.routing.ReadAssignmentFromRoutes(model.routes_in(start), True)
    if assignment is None:
        return ModelAnswer(False, 0, {})
    found = assignment
    if time_limit_s >= 0.001 and effort != 0:
        limit = _Limit(effort, stop)
        if effort is not None or stop is not None:
            model.routing.AddSearchMonitor(model.routing.solver().CustomLimit(limit.reached))
        model.routing.AddAtSolutionCallback(_Watch(model, on_plan).on_solution)
        parameters = _parameters(time_limit_s)
        better = model.routing.SolveFromAssignmentWithParameters(assignment, parameters)
        found = better if better is not None else assignment
    orders = model.orders_out(lambda index: found.Value(model.routing.NextVar(index)))
    return ModelAnswer(True, found.ObjectiveValue() + model.constant, orders)


def _parameters(time_limit_s: float) -> pywrapcp.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.guided_local_search_lambda_coefficient = _PENALTY_FACTOR
    for operator in _OPERATORS_OFF:
        setattr(parameters.local_search_operators, operator, BOOL_FALSE)
    parameters.time_limit.FromMilliseconds(round(time_limit_s * 1000))
    # A neighbourhood cut short by the clock would make the answer depend on the machine.
    parameters.lns_time_limit.FromMilliseconds(round(time_limit_s * 1000))
    return parameters


class _Limit:
    """OR-Tools asks it about once a neighbour whether to end."""

    def __init__(self, effort: int | None, stop: Callable[[], bool] | None) -> None:
        self.most = None if effort is None else effort * 1000
        self.stop, self.asked, self.told = stop, 0, False

    def reached(self) -> bool:
        self.asked += 1
        if self.stop is not None and self.asked % _ASK_EVERY == 1:
            self.told = self.told or self.stop()
        return self.told or (self.most is not None and self.asked > self.most)


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
