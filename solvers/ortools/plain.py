"""The routing model solved from scratch with OR-Tools' own means: what the engine is measured against."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from solvers.ortools.interrupt import interrupt_kept
from solvers.ortools.model import RoutingModel
from solvers.problem import Problem

_Strategy = routing_enums_pb2.FirstSolutionStrategy


def solve_plain(problem: Problem, seconds_left: Callable[[], float]) -> Mapping[str, tuple[str, ...]]:
    """Task ids in order by vehicle id: a first plan by parallel cheapest insertion, then guided local search.

    Where insertion serves nobody, as no task alone is worth a way there and back, the search starts from the
    path of cheapest arcs; where the first plan cannot be read back, it starts anew. `seconds_left` is asked
    once the model is built, so that building counts. Empty when nothing was found.
    """
    with interrupt_kept():
        return _solve(problem, seconds_left)


def _solve(problem: Problem, seconds_left: Callable[[], float]) -> Mapping[str, tuple[str, ...]]:
    model = RoutingModel(problem)
    routing = model.routing
    parameters = _parameters(seconds_left(), _Strategy.PARALLEL_CHEAPEST_INSERTION)
    parameters.solution_limit = 1
    first = routing.SolveWithParameters(parameters)
    plan = {} if first is None else _orders(model, first)
    found = None
    if plan:
        parameters = _guided(seconds_left(), _Strategy.PARALLEL_CHEAPEST_INSERTION)
        found = routing.SolveFromAssignmentWithParameters(first, parameters)
    if found is None:
        again = _Strategy.PARALLEL_CHEAPEST_INSERTION if plan else _Strategy.PATH_CHEAPEST_ARC
        found = routing.SolveWithParameters(_guided(seconds_left(), again))
    return plan if found is None else _orders(model, found)


def _guided(seconds: float, strategy: int) -> pywrapcp.RoutingSearchParameters:
    parameters = _parameters(seconds, strategy)
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    return parameters


def _parameters(seconds: float, strategy: int) -> pywrapcp.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = strategy
    parameters.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
    return parameters


def _orders(model: RoutingModel, found: pywrapcp.Assignment) -> dict[str, tuple[str, ...]]:
    return model.orders_out(lambda index: found.Value(model.routing.NextVar(index)))
