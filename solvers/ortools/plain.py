"""The routing model solved from scratch with OR-Tools' own means: what the engine is measured against."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from solvers.ortools.model import RoutingModel
from solvers.problem import Problem

_GUIDED = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
_Strategy = routing_enums_pb2.FirstSolutionStrategy


def solve_plain(problem: Problem, seconds_left: Callable[[], float]) -> Mapping[str, tuple[str, ...]]:
    """Task ids in order by vehicle id: a first plan by parallel cheapest insertion, then guided local search.

    Where insertion serves nobody, as no task alone is worth a way there and back, the search starts from the
    path of cheapest arcs. `seconds_left` is asked once the model is built, so that building counts. Empty when
    nothing was found.
    """
    model = RoutingModel(problem)
    routing = model.routing
    parameters = _parameters(seconds_left(), _Strategy.PARALLEL_CHEAPEST_INSERTION)
    parameters.solution_limit = 1
    first = routing.SolveWithParameters(parameters)
    inserts = first is not None and bool(_orders(model, first))
    strategy = _Strategy.PARALLEL_CHEAPEST_INSERTION if inserts else _Strategy.PATH_CHEAPEST_ARC
    found = None
    if inserts:
        found = routing.SolveFromAssignmentWithParameters(first, _guided(seconds_left(), strategy))
    if found is None:  # days with breaks cannot always be taken up where they were left
        found = routing.SolveWithParameters(_guided(seconds_left(), strategy))
    best = found if found is not None else first
    return {} if best is None else _orders(model, best)


def _guided(seconds: float, strategy: int) -> pywrapcp.RoutingSearchParameters:
    parameters = _parameters(seconds, strategy)
    parameters.local_search_metaheuristic = _GUIDED
    return parameters


def _parameters(seconds: float, strategy: int) -> pywrapcp.RoutingSearchParameters:
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.first_solution_strategy = strategy
    parameters.time_limit.FromMilliseconds(max(1, round(seconds * 1000)))
    return parameters


def _orders(model: RoutingModel, found: pywrapcp.Assignment) -> dict[str, tuple[str, ...]]:
    return model.orders_out(lambda index: found.Value(model.routing.NextVar(index)))
