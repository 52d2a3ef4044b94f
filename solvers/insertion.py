"""Routes under construction: where a task could be inserted, and what that earns, for many tasks at once.

A route keeps, for every stop and every set of breaks already taken, the earliest second at which it is left
and the latest second at which it may be reached; an insertion is then judged without walking the route. The
judgement is vectorised over tasks and positions. `schedule` has the last word on every route that is kept.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.pieces import Piece
from solvers.problem import Problem
from solvers.schedule import may_serve, schedule
from solvers.solution import Solution, solution_of
from solvers.travel import UNREACHABLE
from solvers.vehicle import Vehicle

Ints = NDArray[np.int64]

NEVER = np.int64(2**50)
WORTHLESS = np.int64(-(2**60))


class _Rest(NamedTuple):
    """Breaks taken in one leg: the leg's arrival is max(leave + travel + add, floor), if leave <= latest."""

    bits: int
    add: int
    floor: int
    latest: int


class Plan(NamedTuple):
    """What insertion tests need of one route. `leave` and `reach` run (2 ** breaks, stops + 1) over gaps."""

    serial: int
    order: tuple[int, ...]
    cost: int
    travel: int
    leave: Ints
    reach: Ints


def _rests(vehicle: Vehicle) -> list[_Rest]:
    options = [_Rest(0, 0, -int(NEVER), int(NEVER))]
    due = vehicle.due_breaks
    for size in range(1, len(due) + 1):
        for order in permutations(range(len(due)), size):
            floor, add, latest, bits = -int(NEVER), 0, int(NEVER), 0
            for number in order:
                rest = due[number]
                latest = min(latest, rest.latest - add) if floor <= rest.latest else -int(NEVER)
                floor = max(floor, rest.earliest) + rest.duration
                add += rest.duration
                bits |= 1 << number
            options.append(_Rest(bits, add, floor, latest))
    return [option for option in options if option.latest > -int(NEVER)]


def _undominated(labels: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Labels (clock, prize) by clock, without those that are no earlier and earn no more than another."""
    kept: list[tuple[int, int]] = []
    most = -1
    for clock, prize in sorted(labels, key=lambda label: (label[0], -label[1])):
        if prize > most:
            kept.append((clock, prize))
            most = prize
    return kept


class Draft:
    """A solution being built: an order of tasks per vehicle, each of them with a feasible timing."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.tasks, self.vehicles = problem.tasks, problem.vehicles
        self.pieces: list[tuple[Piece, ...]] = [problem.pieces[task.id] for task in self.tasks]
        self.place: Ints = np.array([task.place for task in self.tasks], dtype=np.int64)
        self.service: Ints = np.array([task.service for task in self.tasks], dtype=np.int64)
        self.loads: Ints = np.array([task.load for task in self.tasks], dtype=np.int64)
        self.top: Ints = np.array([problem.top_prizes[task.id] for task in self.tasks], dtype=np.int64)
        self.bonus: Ints = np.array(
            [problem.mandatory_penalty if task.mandatory else 0 for task in self.tasks], dtype=np.int64
        )
        self.pin: Ints = np.array(
            [-2 if task.pinned_position is None else task.pinned_position for task in self.tasks],
            dtype=np.int64,
        )
        width = max((len(cut) for cut in self.pieces), default=0)
        self.opens = np.full((width, len(self.tasks)), NEVER)
        self.shuts = np.full((width, len(self.tasks)), -NEVER)
        self.earns = np.zeros((width, len(self.tasks)), dtype=np.int64)
        for task, cut in enumerate(self.pieces):
            for number, piece in enumerate(cut):
                self.opens[number, task], self.shuts[number, task], self.earns[number, task] = piece
        self.fits = np.array(
            [
                [bool(cut) and may_serve(v, t) for v in self.vehicles]
                for t, cut in zip(self.tasks, self.pieces, strict=True)
            ],
            dtype=bool,
        ).reshape(len(self.tasks), len(self.vehicles))
        self.priced = _priced(problem)
        self.plain = [len({piece.prize for piece in cut}) == 1 for cut in self.pieces]
        self.rests = [_rests(vehicle) for vehicle in self.vehicles]
        self.serial = 0
        plans = [self._plan(number, ()) for number in range(len(self.vehicles))]
        if any(plan is None for plan in plans):
            raise AssertionError("a day at home is always feasible")
        self.plans: list[Plan] = [plan for plan in plans if plan is not None]
        self.index = {task.id: number for number, task in enumerate(self.tasks)}

    def unserved(self) -> list[int]:
        """Numbers of the tasks in no route, in the problem's order."""
        served = {task for plan in self.plans for task in plan.order}
        return [number for number in range(len(self.tasks)) if number not in served]

    def cost(self) -> int:
        """What the routes cost, less the prizes they collect and a bonus for every mandatory task served."""
        return sum(plan.cost for plan in self.plans)

    def objective(self) -> int:
        """The problem's objective."""
        bonus = sum(int(self.bonus[task]) for plan in self.plans for task in plan.order)
        return self.cost() + bonus + int(self.top.sum())

    def solution(self) -> Solution:
        """The orders as they stand, each at its best timing."""
        return timed(self.problem, self.orders())

    def orders(self) -> dict[str, tuple[str, ...]]:
        """Task ids in order, by vehicle id, of the vehicles in use."""
        ids = [task.id for task in self.tasks]
        return {
            vehicle.id: tuple(ids[task] for task in plan.order)
            for vehicle, plan in zip(self.vehicles, self.plans, strict=True)
            if plan.order
        }

    def load(self, orders: Mapping[str, Sequence[str]]) -> list[str]:
        """Take over these orders, by vehicle id; returns the vehicles whose order is infeasible, left as they were."""
        numbers = {vehicle.id: number for number, vehicle in enumerate(self.vehicles)}
        return [
            vehicle
            for vehicle, order in orders.items()
            if not self.set_order(numbers[vehicle], tuple(self.index[task] for task in order))
        ]

    def set_order(self, vehicle: int, order: tuple[int, ...]) -> bool:
        """Give the vehicle this order of tasks, if it has a feasible timing; nothing changes otherwise."""
        plan = self._plan(vehicle, order)
        if plan is not None:
            self.plans[vehicle] = plan
        return plan is not None

    def _plan(self, number: int, order: tuple[int, ...]) -> Plan | None:
        vehicle = self.vehicles[number]
        if not self._admits(number, order):
            return None
        legs, metres = self._legs(vehicle, order)
        travel = sum(legs)
        if UNREACHABLE in legs or (vehicle.max_travel is not None and travel > vehicle.max_travel):
            return None
        masks = 1 << len(vehicle.due_breaks)
        leave = np.full((masks, len(order) + 1), NEVER)
        reach = np.full((masks, len(order) + 1), -NEVER)
        self._backward(number, order, legs, reach)
        arrival = self._forward(number, order, legs, leave)
        if arrival is None:
            return None
        cost = 0
        if order:
            earned = self._earned(number, order, legs, arrival)
            if earned is None:
                return None
            cost = vehicle.fixed_cost + travel * vehicle.cost_per_travel_second
            cost += metres * vehicle.cost_per_metre - earned - sum(self.bonus[list(order)].tolist())
            if self.priced is not None:
                cost += int(self.priced[list(order), number].sum())
        self.serial += 1
        return Plan(self.serial, order, cost, travel, leave, reach)

    def _admits(self, number: int, order: tuple[int, ...]) -> bool:
        most = self.vehicles[number].max_tasks
        room = self.vehicles[number].capacity
        if room is not None and int(self.loads[list(order)].sum()) > room:
            return False
        if (most is not None and len(order) > most) or not self.fits[list(order), number].all():
            return False
        last = len(order) - 1
        pins = self.pin[list(order)].tolist()
        return all(pin in {-2, place} or (pin == -1 and place == last) for place, pin in enumerate(pins))

    def _earned(self, number: int, order: tuple[int, ...], legs: list[int], arrival: int) -> int | None:
        """Prizes less overtime of the best timing; None if the exact timing finds none."""
        vehicle = self.vehicles[number]
        if vehicle.max_duration is None:
            if all(self.plain[task] for task in order):
                late = max(0, arrival - vehicle.shift_end)
                return (
                    sum(self.pieces[task][0].prize for task in order)
                    - late * vehicle.cost_per_overtime_second
                )
            return self._most_earned(number, order, legs)
        route = schedule(self.problem, vehicle.id, [self.tasks[task].id for task in order])
        if route is None:
            return None
        late = max(0, route.arrival_end - vehicle.shift_end)
        prizes = sum(self.tasks[t].prize_at(start) for t, start in zip(order, route.starts, strict=True))
        return prizes - late * vehicle.cost_per_overtime_second

    def _most_earned(self, number: int, order: tuple[int, ...], legs: list[int]) -> int | None:
        """As the exact timing, without the timing itself: labels (clock, prize so far) by breaks taken."""
        vehicle, rests, limits = (
            self.vehicles[number],
            self.rests[number],
            self._limits(self.vehicles[number]),
        )
        labels: dict[int, list[tuple[int, int]]] = {0: [(vehicle.shift_start, 0)]}
        for gap, task in enumerate(order):
            service, cut = self.tasks[task].service, self.pieces[task]
            reached: dict[int, list[tuple[int, int]]] = {}
            for taken, group in labels.items():
                for rest in rests:
                    if rest.bits & taken:
                        continue
                    mask = taken | rest.bits
                    into, due = reached.setdefault(mask, []), limits[mask]
                    for clock, prize in group:
                        if clock > rest.latest:
                            continue
                        ready, best = max(clock + legs[gap] + rest.add, rest.floor), -1
                        for piece in cut:
                            begin = max(ready, piece.start)
                            if begin > due:
                                break
                            if ready <= piece.end and piece.prize > best:
                                best = piece.prize
                                into.append((begin + service, prize + best))
            labels = {mask: _undominated(group) for mask, group in reached.items() if group}
        ends = [
            prize - max(0, home - vehicle.shift_end) * vehicle.cost_per_overtime_second
            for taken, group in labels.items()
            for rest in rests
            if not rest.bits & taken
            for clock, prize in group
            if clock <= rest.latest
            and (home := max(clock + legs[-1] + rest.add, rest.floor)) <= limits[taken | rest.bits]
        ]
        return max(ends, default=None)

    def _legs(self, vehicle: Vehicle, order: tuple[int, ...]) -> tuple[list[int], int]:
        if not order:
            return [0], 0
        matrix = self.problem.matrix(vehicle)
        places = [self.tasks[task].place for task in order]
        origins = [places[0] if vehicle.start is None else vehicle.start, *places]
        goals = [*places, places[-1] if vehicle.end is None else vehicle.end]
        return matrix.duration[origins, goals].tolist(), int(
            matrix.distance[origins, goals].sum(dtype=np.int64)
        )

    def _forward(self, number: int, order: tuple[int, ...], legs: list[int], leave: Ints) -> int | None:
        """Fill in the earliest departures; returns the earliest end of the day, None if there is no timing."""
        vehicle, rests = self.vehicles[number], self.rests[number]
        clock = {0: vehicle.shift_start}
        leave[0, 0] = clock[0]
        for gap, task in enumerate(order):
            after: dict[int, int] = {}
            for taken, now in clock.items():
                for rest in rests:
                    if rest.bits & taken or now > rest.latest:
                        continue
                    ready = max(now + legs[gap] + rest.add, rest.floor)
                    begin = next((max(ready, p.start) for p in self.pieces[task] if ready <= p.end), None)
                    if begin is not None:
                        mask, end = taken | rest.bits, begin + self.tasks[task].service
                        after[mask] = min(end, after.get(mask, end))
            clock = after
            for mask, now in clock.items():
                leave[mask, gap + 1] = now
        limits = self._limits(vehicle)
        ends = [
            max(now + legs[-1] + rest.add, rest.floor)
            for taken, now in clock.items()
            for rest in rests
            if not rest.bits & taken
            and now <= rest.latest
            and max(now + legs[-1] + rest.add, rest.floor) <= limits[taken | rest.bits]
        ]
        return min(ends, default=None)

    @staticmethod
    def _limits(vehicle: Vehicle) -> dict[int, int]:
        """The latest end of the day, by the breaks taken: one not taken must not have fallen due."""
        due = vehicle.due_breaks
        return {
            mask: min([vehicle.last_arrival, *(r.latest for n, r in enumerate(due) if not mask >> n & 1)])
            for mask in range(1 << len(due))
        }

    def _backward(self, number: int, order: tuple[int, ...], legs: list[int], reach: Ints) -> None:
        vehicle, rests = self.vehicles[number], self.rests[number]
        due, limit = vehicle.due_breaks, self._limits(vehicle)
        for gap in range(len(order), -1, -1):
            for mask, second in limit.items():
                reach[mask, gap] = second
            if gap == 0:
                break
            before: dict[int, int] = {}
            for mask in range(1 << len(due)):
                last = -int(NEVER)
                for rest in rests:
                    goal = limit.get(mask | rest.bits)
                    if not rest.bits & mask and goal is not None and rest.floor <= goal:
                        last = max(last, min(rest.latest, goal - legs[gap] - rest.add))
                last -= self.tasks[order[gap - 1]].service
                starts = [min(p.end, last) for p in self.pieces[order[gap - 1]] if p.start <= last]
                if starts:
                    before[mask] = max(starts)
            limit = before

    def insertions(self, number: int, tasks: Ints) -> tuple[Ints, Ints, Ints]:
        """The best insertion of each of these tasks into one vehicle's route.

        Returns, per task: what it earns (prize and bonus less added cost; `WORTHLESS` where it fits nowhere), the
        position, and the seconds of travel it adds.
        """
        count = len(tasks)
        if not count:
            return np.full(count, WORTHLESS), np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
        earns, added_s = self.earnings(number, tasks)
        best = earns.argmax(axis=0)
        column = np.arange(count)
        return earns[best, column], best, added_s[best, column]

    def earnings(self, number: int, tasks: Ints) -> tuple[Ints, Ints]:
        """What each of these tasks would earn in each gap of the vehicle's route, and the travel seconds it adds.

        Both of shape (stops + 1, tasks). Never less than the exact timing says: later stops' bands and overtime are
        not seen. `WORTHLESS` where it does not fit.
        """
        vehicle, plan = self.vehicles[number], self.plans[number]
        seconds_in, seconds_out, added_s, added_cost = self._detours(vehicle, plan, tasks)
        prize = self.collectable(number, plan, tasks, seconds_in, seconds_out)
        prize[~self._positions(plan, tasks)] = WORTHLESS
        prize[:, ~self.fits[tasks, number]] = WORTHLESS
        if vehicle.max_travel is not None:
            prize[plan.travel + added_s > vehicle.max_travel] = WORTHLESS
        if vehicle.max_tasks is not None and len(plan.order) >= vehicle.max_tasks:
            prize[:] = WORTHLESS
        if self.priced is not None:
            added_cost = added_cost + self.priced[tasks, number]
        return np.where(prize > WORTHLESS, prize - added_cost + self.bonus[tasks], WORTHLESS), added_s

    def best_place(self, number: int, task: int) -> Plan | None:
        """The vehicle's route with the task where it costs least by the exact timing; None where it fits nowhere."""
        plan = self.plans[number]
        earns = self.earnings(number, np.array([task], dtype=np.int64))[0][:, 0]
        best: Plan | None = None
        for at in np.argsort(-earns, kind="stable").tolist():
            if earns[at] <= WORTHLESS or (best is not None and earns[at] <= plan.cost - best.cost):
                break
            made = self._plan(number, (*plan.order[:at], task, *plan.order[at:]))
            if made is not None and (best is None or made.cost < best.cost):
                best = made
        return best

    def _detours(self, vehicle: Vehicle, plan: Plan, tasks: Ints) -> tuple[Ints, Ints, Ints, Ints]:
        """Seconds to and from each task at each gap, seconds and cost added: each of shape (gaps, tasks)."""
        matrix, order = self.problem.matrix(vehicle), list(plan.order)
        stops, goals = self.place[order], self.place[tasks]
        shape = (len(order) + 1, len(tasks))
        into, out = np.zeros((2, *shape), dtype=np.int64), np.zeros((2, *shape), dtype=np.int64)
        old = np.zeros((2, shape[0], 1), dtype=np.int64)
        first = 0 if vehicle.start is not None else 1
        last = shape[0] if vehicle.end is not None else shape[0] - 1
        origins = np.concatenate(([vehicle.start if vehicle.start is not None else 0], stops)).astype(
            np.int64
        )
        ends = np.concatenate((stops, [vehicle.end if vehicle.end is not None else 0])).astype(np.int64)
        for kind, table in enumerate((matrix.duration, matrix.distance)):
            into[kind, first:] = table[origins[first:, None], goals[None, :]]
            out[kind, :last] = table[goals[None, :], ends[:last, None]]
            if order:
                old[kind, first:last, 0] = table[origins[first:last], ends[first:last]]
        into[0][into[0] == UNREACHABLE] = NEVER
        out[0][out[0] == UNREACHABLE] = NEVER
        added = into + out - old
        cost = added[0] * vehicle.cost_per_travel_second + added[1] * vehicle.cost_per_metre
        return into[0], out[0], added[0], cost if order else cost + vehicle.fixed_cost

    def collectable(self, number: int, plan: Plan, tasks: Ints, into: Ints, out: Ints) -> Ints:
        """The best prize of each insertion that keeps every later stop in time, `WORTHLESS` elsewhere."""
        rests, masks = self.rests[number], range(plan.leave.shape[0])
        prize = np.full(into.shape, WORTHLESS)
        service = self.service[tasks]
        for taken in masks:
            leave = plan.leave[taken][:, None]
            for first in rests:
                if first.bits & taken:
                    continue
                arrive = np.maximum(leave + into + first.add, first.floor)
                arrive[(leave > first.latest)[:, 0]] = NEVER
                if arrive.min() >= NEVER:
                    continue
                for opens, shuts, earns in zip(self.opens, self.shuts, self.earns, strict=True):
                    done = np.maximum(arrive, opens[tasks]) + service
                    in_time = arrive <= shuts[tasks]
                    if not in_time.any():
                        continue
                    for second in rests:
                        if second.bits & (taken | first.bits):
                            continue
                        reach = plan.reach[taken | first.bits | second.bits][:, None]
                        ready = np.maximum(done + out + second.add, second.floor)
                        good = in_time & (done <= second.latest) & (ready <= reach)
                        np.maximum(prize, np.where(good, earns[tasks], WORTHLESS), out=prize)
        return prize

    def lacking(self, number: int, tasks: Ints) -> Ints:
        """How many seconds too late the best insertion into this route would make the task or a later stop.

        0 where it fits in time, `NEVER` where no delay is the trouble. Counts of tasks and pins are not seen.
        """
        vehicle, plan, rests = self.vehicles[number], self.plans[number], self.rests[number]
        into, out, _, _ = self._detours(vehicle, plan, tasks)
        service, least = self.service[tasks], np.full(into.shape, NEVER)
        for taken in range(plan.leave.shape[0]):
            leave = plan.leave[taken][:, None]
            for first in (rest for rest in rests if not rest.bits & taken):
                arrive = np.maximum(leave + into + first.add, first.floor)
                arrive[(leave > first.latest)[:, 0]] = NEVER
                for second in (rest for rest in rests if not rest.bits & (taken | first.bits)):
                    reach = plan.reach[taken | first.bits | second.bits][:, None]
                    for opens, shuts in zip(self.opens[:, tasks], self.shuts[:, tasks], strict=True):
                        done = np.maximum(arrive, opens) + service
                        ready = np.maximum(done + out + second.add, second.floor)
                        late = np.maximum(arrive - shuts, ready - reach)
                        np.minimum(least, np.where(done <= second.latest, late, NEVER), out=least)
        shortest = np.clip(least.min(axis=0), 0, NEVER)
        return np.where(self.fits[tasks, number] & (shortest < NEVER // 2), shortest, NEVER)

    def _positions(self, plan: Plan, tasks: Ints) -> NDArray[np.bool_]:
        """Where pinned positions let each task go, shape (gaps, tasks)."""
        size = len(plan.order)
        gaps = np.arange(size + 1)[:, None]
        pins = self.pin[tasks][None, :]
        good = (pins == -2) | (gaps == np.where(pins == -1, size, pins))
        held = [(place, self.pin[task]) for place, task in enumerate(plan.order) if self.pin[task] != -2]
        for place, pin in held:
            if pin == -1:
                good[size, :] = False
            else:
                good[: place + 1, :] = False
        return np.asarray(good)


def _priced(problem: Problem) -> Ints | None:
    """What each task costs extra with each vehicle, shape (tasks, vehicles); None where nothing does."""
    if not any(task.vehicle_costs for task in problem.tasks):
        return None
    column = {vehicle.id: number for number, vehicle in enumerate(problem.vehicles)}
    table = np.zeros((len(problem.tasks), len(problem.vehicles)), dtype=np.int64)
    for row, task in enumerate(problem.tasks):
        for vehicle, cost in task.vehicle_costs:
            table[row, column[vehicle]] = cost
    return table


def timed(problem: Problem, orders: Mapping[str, Sequence[str]]) -> Solution:
    """The solution with these orders, each at its best timing. Raises ValueError where one has none."""
    routes = []
    for vehicle, tasks in orders.items():
        if tasks:
            route = schedule(problem, vehicle, tasks)
            if route is None:
                raise ValueError(f"the order given to vehicle {vehicle} has no feasible timing")
            routes.append(route)
    return solution_of(routes, (task.id for task in problem.tasks))
