"""The routing model solved from scratch with OR-Tools' own means: what the engine is measured against."""

from __future__ import annotations

from collections.abc import Callable

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from solvers.ortools.model import RoutingModel
from solvers.problem import Problem


def solve_plain(problem: Problem, seconds_left: Callable[[], float]) -> dict[str, tuple[str, ...]]:
    """Task ids in order by vehicle id: parallel cheapest insertion, then guided local search.

    `seconds_left` is asked once the model is built, so that building counts. Empty when nothing was found.
    """
    model = RoutingModel(problem)
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = routing_enums_pb2.FirstSolutionStrategy.PARALLEL_CHEAPEST_INSERTION
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromMilliseconds(max(1, round(seconds_left() * 1000)))
    found = model.routing.SolveWithParameters(parameters)
    if found is None:
        return {}
    return model.orders_out(lambda index: found.Value(model.routing.NextVar(index)))
