"""The whole problem as an OR-Tools routing model.

A task becomes one node for each prize it can earn, all in one disjunction whose penalty is the task's top
prize; what a node forgoes against the top prize is charged on the arcs that leave it. Costs and limits are
registered as matrices and times as look-ups in an array, so that the search runs no Python code.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from ortools.constraint_solver import pywrapcp

from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.schedule import may_serve
from solvers.solution import Solution
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Vehicle

_Matrix = NDArray[np.int64]


class Node(NamedTuple):
    """One task at one prize: the intervals in which its service may start."""

    task: Task
    prize: int
    intervals: tuple[Piece, ...]


def nodes_of(problem: Problem) -> list[list[Node]]:
    """The nodes of every task that a vehicle may serve before the end of its day, task by task."""
    grouped = []
    for task in problem.tasks:
        by_prize: dict[int, list[Piece]] = {}
        last = max((v.last_arrival for v in problem.vehicles if may_serve(v, task)), default=-1)
        for piece in problem.pieces[task.id]:
            if piece.start <= last:
                by_prize.setdefault(piece.prize, []).append(piece._replace(end=min(piece.end, last)))
        if by_prize:
            grouped.append([Node(task, prize, tuple(cut)) for prize, cut in by_prize.items()])
    return grouped


class RoutingModel:
    """A `Problem` in OR-Tools' terms, ready to be searched."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        groups = nodes_of(problem)
        self.nodes: list[Node] = [node for group in groups for node in group]
        self._lay_out_places()
        self.manager = pywrapcp.RoutingIndexManager(
            len(self.place), len(problem.vehicles), self.starts, self.ends
        )
        self.routing = pywrapcp.RoutingModel(self.manager, _settings())
        self.index = [self.manager.NodeToIndex(node) for node in range(len(self.nodes))]
        self.horizon = max(vehicle.last_arrival for vehicle in problem.vehicles)
        self._add_costs()
        self._add_time()
        self._add_limits()
        self._add_disjunctions(groups)
        self._restrict_vehicles()

    @property
    def constant(self) -> int:
        """What the tasks that are not in the model add to the objective."""
        inside = {node.task.id for node in self.nodes}
        return sum(task.top_prize for task in self.problem.tasks if task.id not in inside)

    # -- places and matrices

    def _lay_out_places(self) -> None:
        """Nodes first, then each place where a day starts or ends, then a node that is nowhere if need be.

        A node that no vehicle starts or ends at would be one more stop to make.
        """
        places = {p for v in self.problem.vehicles for p in (v.start, v.end) if p is not None}
        depots = {place: len(self.nodes) + number for number, place in enumerate(sorted(places))}
        nowhere = len(self.nodes) + len(depots)
        self.place: list[int | None] = [*(node.task.place for node in self.nodes), *depots]
        if any(v.start is None or v.end is None for v in self.problem.vehicles):
            self.place.append(None)
        self.starts = [nowhere if v.start is None else depots[v.start] for v in self.problem.vehicles]
        self.ends = [nowhere if v.end is None else depots[v.end] for v in self.problem.vehicles]

    def _spread(self, table: NDArray[np.int32]) -> tuple[_Matrix, NDArray[np.bool_]]:
        """A matrix over places as one over nodes, and where there is no way. Nowhere is next to everywhere."""
        known = np.array([0 if place is None else place for place in self.place], dtype=np.intp)
        matrix = table[np.ix_(known, known)].astype(np.int64)
        if self.place[-1] is None:
            matrix[-1, :] = matrix[:, -1] = 0
        depots = slice(len(self.nodes), None)
        matrix[depots, depots] = 0  # only a vehicle that stays at home goes from its start to its end
        blocked = matrix == UNREACHABLE
        matrix[blocked] = 0
        return matrix, blocked

    def _register(self, matrix: _Matrix) -> int:
        return int(self.routing.RegisterTransitMatrix(matrix.tolist()))

    def _register_lookup(self, matrix: _Matrix) -> int:
        """A matrix without negative values that stays outside of the model, for a dimension with windows.

        OR-Tools (9.15) copies the evaluator of such a dimension for every route it checks, and a registered
        matrix with it: megabytes for each step of the search. This one is copied as a reference, and looking
        a value up is one call into NumPy.
        """
        nodes = [self.manager.IndexToNode(index) for index in range(self.manager.GetNumberOfIndices())]
        by_index = np.ascontiguousarray(matrix[np.ix_(nodes, nodes)])
        sign = pywrapcp.RoutingModel.kTransitEvaluatorSignPositiveOrZero
        return int(self.routing.RegisterTransitCallback(by_index.item, sign))

    def _add_costs(self) -> None:
        forgone = np.array([node.task.top_prize - node.prize for node in self.nodes], dtype=np.int64)
        classes: dict[tuple[str, int, int, bytes], int] = {}
        for number, vehicle in enumerate(self.problem.vehicles):
            extra = np.array([node.task.cost_with(vehicle.id) for node in self.nodes], dtype=np.int64)
            key = (
                vehicle.profile, vehicle.cost_per_travel_second, vehicle.cost_per_metre, extra.tobytes(),
            )  # fmt: skip
            if key not in classes:
                travel = self.problem.matrix(vehicle)
                cost = self._spread(travel.duration)[0] * vehicle.cost_per_travel_second
                if vehicle.cost_per_metre:
                    cost += self._spread(travel.distance)[0] * vehicle.cost_per_metre
                cost[: len(forgone)] += (forgone + extra)[:, None]
                classes[key] = self._register(cost)
            self.routing.SetArcCostEvaluatorOfVehicle(classes[key], number)
            self.routing.SetFixedCostOfVehicle(vehicle.fixed_cost, number)

    # -- time: windows, shifts, breaks, overtime, duration

    def _add_time(self) -> None:
        service = np.zeros(len(self.place), dtype=np.int64)
        service[: len(self.nodes)] = [node.task.service for node in self.nodes]
        by_profile: dict[str, int] = {}
        for vehicle in self.problem.vehicles:
            if vehicle.profile not in by_profile:
                matrix, blocked = self._spread(self.problem.matrix(vehicle).duration)
                matrix += service[:, None]
                matrix[blocked] = self.horizon + 1
                by_profile[vehicle.profile] = self._register_lookup(matrix)
        transits = [by_profile[vehicle.profile] for vehicle in self.problem.vehicles]
        self.routing.AddDimensionWithVehicleTransits(transits, self.horizon, self.horizon, False, "time")
        self.time = self.routing.GetDimensionOrDie("time")
        for index, node in zip(self.index, self.nodes, strict=True):
            self._set_intervals(self.time.CumulVar(index), node.intervals)
        visits = [0] * self.routing.Size()
        for index, node in zip(self.index, self.nodes, strict=True):
            visits[index] = node.task.service
        for number, vehicle in enumerate(self.problem.vehicles):
            self._set_shift(number, vehicle, visits)

    def _set_intervals(self, variable: Any, intervals: tuple[Piece, ...]) -> None:
        variable.SetRange(intervals[0].start, intervals[-1].end)
        gaps = [(before.end + 1, after.start - 1) for before, after in pairwise(intervals)]
        if gaps:
            # The search's filters see a gap only where it is this constraint. Cut out of the domain it is
            # overlooked: first plans could not be timed, and every insertion was then propagated in full.
            solver = self.routing.solver()
            solver.Add(solver.NotMemberCt(variable, [first for first, _ in gaps], [last for _, last in gaps]))

    def _set_shift(self, number: int, vehicle: Vehicle, visits: list[int]) -> None:
        routing, solver = self.routing, self.routing.solver()
        start, end = routing.Start(number), routing.End(number)
        self.time.CumulVar(start).SetRange(vehicle.shift_start, vehicle.last_arrival)
        self.time.CumulVar(end).SetRange(vehicle.shift_start, vehicle.last_arrival)
        if vehicle.max_overtime and vehicle.cost_per_overtime_second:
            self.time.SetCumulVarSoftUpperBound(end, vehicle.shift_end, vehicle.cost_per_overtime_second)
        if vehicle.max_duration is not None:
            self.time.SetSpanUpperBoundForVehicle(vehicle.max_duration, number)
        # A break of OR-Tools may lie before the departure or after the arrival: a compulsory one binds
        # exactly the days that run past its latest start.
        rests = [
            solver.FixedDurationIntervalVar(
                max(rest.earliest, vehicle.shift_start),
                rest.latest,
                rest.duration,
                False,
                f"break {number}.{k}",
            )
            for k, rest in enumerate(vehicle.due_breaks)
        ]
        if rests:
            self.time.SetBreakIntervalsOfVehicle(rests, number, visits)

    # -- counts, travel limits, pinned positions

    def _add_limits(self) -> None:
        vehicles, tasks = self.problem.vehicles, len(self.nodes)
        pins = [(i, n.task.pinned_position) for i, n in zip(self.index, self.nodes, strict=True)]
        pinned = [(index, pin) for index, pin in pins if pin is not None]
        if any(v.max_tasks is not None for v in vehicles) or any(pin >= 0 for _, pin in pinned):
            unit = self.routing.RegisterUnaryTransitVector([1] * tasks + [0] * (len(self.place) - tasks))
            most = [tasks if v.max_tasks is None else min(v.max_tasks, tasks) for v in vehicles]
            self.routing.AddDimensionWithVehicleCapacity(unit, 0, most, True, "count")
            count = self.routing.GetDimensionOrDie("count")
            for index, pin in pinned:
                if pin >= 0:
                    count.CumulVar(index).SetRange(min(pin, tasks), min(pin, tasks))
        if any(v.capacity is not None for v in vehicles):
            loads = [node.task.load for node in self.nodes]
            every = sum(loads)
            load = self.routing.RegisterUnaryTransitVector(loads + [0] * (len(self.place) - tasks))
            room = [every if v.capacity is None else min(v.capacity, every) for v in vehicles]
            self.routing.AddDimensionWithVehicleCapacity(load, 0, room, True, "load")
        ends = [self.routing.End(number) for number in range(len(vehicles))]
        for index, pin in pinned:
            if pin == -1:
                self.routing.NextVar(index).SetValues([index, *ends])
        if any(v.max_travel is not None for v in vehicles):
            by_profile = {
                profile: self._register(self._spread(matrix.duration)[0])
                for profile, matrix in self.problem.travel.items()
            }
            transits = [by_profile[v.profile] for v in vehicles]
            far = self.horizon + 1
            most = [far if v.max_travel is None else min(v.max_travel, far) for v in vehicles]
            self.routing.AddDimensionWithVehicleTransitAndCapacity(transits, 0, most, True, "travel")

    def _add_disjunctions(self, groups: list[list[Node]]) -> None:
        compulsory = self.problem.mandatory_penalty
        at = iter(self.index)
        for group in groups:
            task = group[0].task
            penalty = task.top_prize + (compulsory if task.mandatory else 0)
            self.routing.AddDisjunction([next(at) for _ in group], penalty, 1)

    def _restrict_vehicles(self) -> None:
        everyone = len(self.problem.vehicles)
        for index, node in zip(self.index, self.nodes, strict=True):
            fit = [k for k, vehicle in enumerate(self.problem.vehicles) if may_serve(vehicle, node.task)]
            if len(fit) < everyone:
                self.routing.VehicleVar(index).SetValues([-1, *fit])

    # -- solutions in and out

    def routes_in(self, solution: Solution) -> list[list[int]]:
        """A solution as lists of indices, one a vehicle, each task at the node its start of service falls in."""
        by_task: dict[str, list[tuple[int, Node]]] = {}
        for index, node in zip(self.index, self.nodes, strict=True):
            by_task.setdefault(node.task.id, []).append((index, node))
        routes = []
        for vehicle in self.problem.vehicles:
            route = solution.route_of(vehicle.id)
            stops = zip(route.tasks, route.starts, strict=True) if route else ()
            routes.append([self._index_at(by_task.get(task, []), start) for task, start in stops])
        return routes

    @staticmethod
    def _index_at(nodes: list[tuple[int, Node]], start: int) -> int:
        for index, node in nodes:
            if any(piece.start <= start <= piece.end for piece in node.intervals):
                return index
        raise ValueError("a start of service lies in no window of its task")

    def orders_out(self, following: Any) -> dict[str, tuple[str, ...]]:
        """Task ids in order, by vehicle. `following(index)` is the index that comes next."""
        orders = {}
        first_depot = len(self.nodes)
        for number, vehicle in enumerate(self.problem.vehicles):
            index, order = following(self.routing.Start(number)), []
            while not self.routing.IsEnd(index):
                node = self.manager.IndexToNode(index)
                if node < first_depot:
                    order.append(self.nodes[node].task.id)
                index = following(index)
            if order:
                orders[vehicle.id] = tuple(order)
        return orders


def _settings() -> Any:
    """Without the compression of what is undone between two tries: it took a fifth of the search."""
    settings = pywrapcp.DefaultRoutingModelParameters()
    settings.solver_parameters.compress_trail = settings.solver_parameters.NO_COMPRESSION
    return settings
