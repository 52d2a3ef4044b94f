"""A problem as arrays: everything the compiled search reads and never writes."""

from __future__ import annotations

from itertools import permutations
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.demand import eligible, kinds, who_may
from solvers.problem import Problem
from solvers.task import Task
from solvers.travel import UNREACHABLE
from solvers.vehicle import Measure, Vehicle

Ints = NDArray[np.int64]
Int32 = NDArray[np.int32]

NEVER = 2_000_000_000
"""A second that is never reached."""

UNPINNED = -2
_MOST_FREE = 1 << 60
_LARGEST = 1 << 53
_APART = 1e12  # beyond any way there is, in seconds
_GUIDE_LEGS = 20
_AT_ONCE = 64  # tasks whose neighbours are found together


# Columns of Tables.node
AT, SERVICE = 0, 1
# Columns of Tables.task
UNSERVED, PRIZE, LOAD, PIN = range(4)
# Columns of Tables.vehicle
(
    KIND,
    PROFILE,
    PER_SECOND,
    PER_METRE,
    FIXED,
    SHIFT_START,
    SHIFT_END,
    LAST_ARRIVAL,
    PER_OVERTIME,
    MOST_TASKS,
    MOST_TRAVEL,
    LONGEST,
    CAPACITY,
    EVENING,
    JUDGED,
    STATES,
    SHARES,
    SHARES_END,
) = range(18)
# Values of JUDGED: how the end and the length of a day are told, where they matter
WALKED, SUMMED = 1, 2
# Columns of Tables.option
TO, ADD, FLOOR, LATEST = range(4)
# Columns of Tables.balance
IS_EVENING, TARGET, PRICE = range(3)


COLUMNS = {"node": 2, "task": 4, "window": 2, "vehicle": 18, "option": 4, "balance": 3}
"""Widths that compiled code may rely on."""


class Tables(NamedTuple):
    """Tasks are numbered 0 to n - 1; node n + v is where vehicle v's day starts, n + m + v where it ends.

    A task's `mode` is a prize it may earn: it lists the starts of service that earn at least that, and what is
    then forgone against the top prize. An `option` is a way to drive a leg, with no break or with some of those
    not yet taken: the arrival is max(leave + travel + add, floor) if leave <= latest. `due` is the latest start
    of a service while a break is missing. All costs are multiplied by `scale`; `guide` is what a second of
    travel counts in the search beside its price: 0, or 1 where travel is free.
    """

    tasks: int
    vehicles: int
    states: int  # sets of breaks taken, at most: 2 ** breaks
    spans: int  # labels that tell how long a day lasts: 4, or 0 where nobody's day is SUMMED
    by_metre: bool
    has_extra: bool
    has_pins: bool
    kinds: int
    scale: int
    guide: int
    travel: Int32  # (profiles, rows, rows), seconds; a task's row has its number
    travel_to: Int32  # the same by goal: insertions of one task then read two rows and no column
    metres: Int32  # as `travel`, or (profiles, 1, 1) where nobody pays by the metre
    metres_to: Int32
    node: Int32  # (n + 2 m, 2)
    task: Ints  # (n, 4)
    mode_first: Int32  # (n + 1,)
    mode_forgone: Ints
    window_first: Int32  # by mode
    window: Int32  # (windows, 2)
    hours: Int32  # (n, 2): the first and the last start of service
    fits: NDArray[np.uint8]  # (n, m)
    extra: Ints  # (n, m), or (1, 1) where no vehicle costs more than another
    vehicle: Ints  # (m, 18); interchangeable vehicles are of one KIND
    option_first: Int32  # (m, states + 1)
    option: Int32  # (options, 4)
    due: Int32  # (m, states)
    share: Int32  # numbers of balances, by vehicle
    balance: Ints  # (balances, 3)
    near: Int32  # (n, neighbours), nearest first


def tables_of(problem: Problem, *, neighbours: int = 100) -> Tables:
    """Compile a problem that has tasks and vehicles."""
    tasks, vehicles = problem.tasks, problem.vehicles
    modes = [_modes(problem, task) for task in tasks]
    hours = _hours(modes)
    places, at = _places(problem)
    travel = np.stack([_spread(problem.travel[p].duration, places) for p in problem.travel])
    by_metre = any(v.cost_per_metre for v in vehicles)
    metres = np.zeros((len(problem.travel), 1, 1), np.int32)
    if by_metre:
        metres = np.stack([_spread(problem.travel[p].distance, places) for p in problem.travel])
    able = eligible(problem)
    fits = (who_may(problem, able) & np.array([bool(m) for m in modes])[:, None]).astype(np.uint8)
    guide = int(not any(v.cost_per_travel_second or v.cost_per_metre for v in vehicles))
    scale = _scale(problem, travel) if guide else 1
    extra = _extra(problem) * scale
    vehicle = _vehicles(problem, kinds(problem, able), modes, scale, guide)
    node = np.zeros((len(at), 2), np.int32)
    node[:, AT] = at
    node[: len(tasks), SERVICE] = [task.service for task in tasks]
    return Tables(
        tasks=len(tasks),
        vehicles=len(vehicles),
        states=int(vehicle[:, STATES].max()),
        spans=4 if (vehicle[:, JUDGED] == SUMMED).any() else 0,
        by_metre=by_metre,
        has_extra=bool(extra.any()),
        has_pins=any(t.pinned_position is not None for t in tasks),
        kinds=int(vehicle[:, KIND].max()) + 1,
        scale=scale,
        guide=guide,
        travel=travel,
        travel_to=np.ascontiguousarray(travel.transpose(0, 2, 1)),
        metres=metres,
        metres_to=np.ascontiguousarray(metres.transpose(0, 2, 1)),
        node=node,
        task=_tasks(problem, scale),
        **_mode_arrays(modes, scale),
        hours=hours,
        fits=fits,
        extra=extra,
        vehicle=vehicle,
        **_options(problem),
        share=_int32(k for v in vehicles for k, b in enumerate(problem.balances) if v.id in b.vehicles),
        balance=np.array(
            [[b.measure is Measure.EVENINGS, b.target, b.price * scale] for b in problem.balances], np.int64
        ).reshape(-1, 3),
        near=_near(problem, hours, travel, at, fits, neighbours),
    )


def _scale(problem: Problem, travel: Int32) -> int:
    """Where travel is free: a prize of the usual size against the usual leg, so that short plans are preferred."""
    known = travel[(travel > 0) & (travel < NEVER)]
    leg = int(np.median(known)) if known.size else 1
    prizes = [prize for task in problem.tasks if (prize := problem.top_prizes[task.id])]
    usual = max(1, int(np.median(prizes))) if prizes else 1
    mandatory = sum(task.mandatory for task in problem.tasks)
    most = max(1, sum(prizes) + problem.mandatory_penalty * max(1, mandatory))
    return max(1, min(_GUIDE_LEGS * leg // usual, _LARGEST // most))


def _tasks(problem: Problem, scale: int) -> Ints:
    rows = [
        (
            scale * (problem.top_prizes[t.id] + (problem.mandatory_penalty if t.mandatory else 0)),
            scale * problem.top_prizes[t.id],
            t.load,
            UNPINNED if t.pinned_position is None else min(t.pinned_position, NEVER),
        )
        for t in problem.tasks
    ]
    return np.array(rows, np.int64).reshape(-1, 4)


def _vehicles(problem: Problem, kind: list[int], modes: list[list[Mode]], scale: int, guide: int) -> Ints:
    def limit(value: int | None) -> int:
        return _MOST_FREE if value is None else value

    profiles = {profile: number for number, profile in enumerate(problem.travel)}
    judged = _judged(problem, modes)
    shares = np.cumsum([0, *(sum(v.id in b.vehicles for b in problem.balances) for v in problem.vehicles)])
    rows = [
        (
            kind[k],
            profiles[v.profile],
            scale * v.cost_per_travel_second + guide,
            scale * v.cost_per_metre,
            scale * v.fixed_cost,
            v.shift_start,
            v.shift_end,
            min(v.last_arrival, NEVER),
            scale * v.cost_per_overtime_second if v.max_overtime else 0,
            limit(v.max_tasks),
            limit(v.max_travel),
            limit(v.max_duration),
            limit(v.capacity),
            NEVER if v.evening_from is None else v.evening_from,
            judged[k],
            1 << len(v.due_breaks),
            shares[k],
            shares[k + 1],
        )
        for k, v in enumerate(problem.vehicles)
    ]
    return np.array(rows, np.int64)


def _ints(values: Any) -> Ints:
    return np.fromiter(values, np.int64)


def _int32(values: Any) -> Int32:
    return np.fromiter(values, np.int32)


Mode = tuple[int, list[tuple[int, int]]]


def _modes(problem: Problem, task: Task) -> list[Mode]:
    """What is forgone and the starts that forgo no more, by rising price."""
    cut, top = problem.pieces[task.id], problem.top_prizes[task.id]
    modes = []
    for prize in sorted({piece.prize for piece in cut}, reverse=True):
        spans: list[tuple[int, int]] = []
        for piece in cut:
            if piece.prize < prize:
                continue
            if spans and spans[-1][1] + 1 == piece.start:
                spans[-1] = (spans[-1][0], piece.end)
            else:
                spans.append((piece.start, piece.end))
        modes.append((top - prize, spans))
    return modes


def _mode_arrays(modes: list[list[Mode]], scale: int) -> dict[str, Any]:
    flat = [mode for group in modes for mode in group]
    windows = [window for _, spans in flat for window in spans]
    return {
        "mode_first": np.cumsum([0, *(len(group) for group in modes)], dtype=np.int32),
        "mode_forgone": _ints(scale * forgone for forgone, _ in flat),
        "window_first": np.cumsum([0, *(len(spans) for _, spans in flat)], dtype=np.int32),
        "window": np.array(windows, np.int32).reshape(-1, 2),
    }


def _hours(modes: list[list[Mode]]) -> Int32:
    """The first and the last start of service; a task that fits nowhere has none."""
    return np.array(
        [(m[-1][1][0][0], m[-1][1][-1][1]) if m else (NEVER, -1) for m in modes], np.int32
    ).reshape(-1, 2)


def _places(problem: Problem) -> tuple[list[int | None], Int32]:
    """Places by row of the spread matrix (None is nowhere, next to everywhere), and the row of every node."""
    used: list[int | None] = [task.place for task in problem.tasks]
    ends = [*(v.start for v in problem.vehicles), *(v.end for v in problem.vehicles)]
    order: dict[int | None, int] = {}
    for place in ends:
        order.setdefault(place, len(used) + len(order))
    return [*used, *order], _int32([*range(len(used)), *(order[place] for place in ends)])


def _spread(table: Int32, places: list[int | None]) -> Int32:
    known = np.array([0 if place is None else place for place in places], np.intp)
    matrix = table[np.ix_(known, known)]
    matrix[matrix == UNREACHABLE] = NEVER
    nowhere = [row for row, place in enumerate(places) if place is None]
    matrix[nowhere, :] = 0
    matrix[:, nowhere] = 0
    return matrix


def _extra(problem: Problem) -> Ints:
    if not any(task.vehicle_costs for task in problem.tasks):
        return np.zeros((1, 1), np.int64)
    column = {vehicle.id: number for number, vehicle in enumerate(problem.vehicles)}
    extra = np.zeros((len(problem.tasks), len(problem.vehicles)), np.int64)
    for row, task in enumerate(problem.tasks):
        for vehicle, cost in task.vehicle_costs:
            extra[row, column[vehicle]] = cost
    return extra


def _judged(problem: Problem, modes: list[list[Mode]]) -> list[int]:
    """How insertions are judged where the end or the length of a day matters: `SUMMED` from labels, or `WALKED`.

    0 for all other days. Labels add up where there is no break to take and no second window to wait for.
    """
    evening = {v for b in problem.balances if b.measure is Measure.EVENINGS for v in b.vehicles}
    plain = all(len(spans) == 1 for group in modes for _, spans in group)
    judged = []
    for v in problem.vehicles:
        matters = (
            v.max_duration is not None
            or bool(v.max_overtime and v.cost_per_overtime_second)
            or (v.id in evening and v.evening_from is not None)
        )
        judged.append((SUMMED if plain and not v.due_breaks else WALKED) if matters else 0)
    return judged


def _options(problem: Problem) -> dict[str, Any]:
    states = max(1 << len(v.due_breaks) for v in problem.vehicles)
    first = np.zeros((len(problem.vehicles), states + 1), np.int32)
    due = np.full((len(problem.vehicles), states), NEVER, np.int32)
    rows: list[tuple[int, int, int, int]] = []
    for number, vehicle in enumerate(problem.vehicles):
        rests, ways = vehicle.due_breaks, _ways(vehicle)
        for taken in range(states):
            first[number, taken] = len(rows)
            if taken < 1 << len(rests):
                rows.extend((taken | bits, *way) for bits, *way in ways if not bits & taken)  # type: ignore[misc]
                due[number, taken] = min(
                    [NEVER, *(r.latest for k, r in enumerate(rests) if not taken >> k & 1)]
                )
        first[number, states] = len(rows)
    return {"option_first": first, "option": np.array(rows, np.int32).reshape(-1, 4), "due": due}


def _ways(vehicle: Vehicle) -> list[tuple[int, int, int, int]]:
    """Breaks that one leg can hold: their bits, the seconds they add, the floor, the latest second to leave."""
    ways = [(0, 0, -NEVER, NEVER)]
    rests = vehicle.due_breaks
    for size in range(1, len(rests) + 1):
        for order in permutations(range(len(rests)), size):
            floor, add, latest, bits = -NEVER, 0, NEVER, 0
            for number in order:
                rest = rests[number]
                latest = min(latest, rest.latest - add) if floor <= rest.latest else -NEVER
                floor = max(floor, rest.earliest) + rest.duration
                add += rest.duration
                bits |= 1 << number
            if latest > -NEVER:
                ways.append((bits, add, floor, latest))
    return ways


def _near(
    problem: Problem,
    hours: Int32,
    travel: Int32,
    at: Int32,
    fits: NDArray[np.uint8],
    count: int,
) -> Int32:
    """The nearest other tasks by travel, waiting and lateness (Vidal et al. 2013), to or from the task.

    Tasks that no vehicle may serve both come last.
    """
    size = len(problem.tasks)
    keep = min(count, size - 1)
    near = np.zeros((size, keep), np.int32)
    if not keep:
        return near
    opens, shuts = hours.astype(np.int64).T
    service = np.array([task.service for task in problem.tasks], np.int64)
    rows = at[:size]
    able, kind = np.unique(fits.astype(np.float32), axis=0, return_inverse=True)
    apart = able @ able.T == 0
    for begin in range(0, size, _AT_ONCE):
        some = np.arange(begin, min(begin + _AT_ONCE, size))
        out = travel[0, rows[some, None], rows].astype(np.int64)
        into = travel[0, rows, rows[some, None]].astype(np.int64)
        first, last, stay = (values[some, None] for values in (opens, shuts, service))
        wait_out = np.maximum(0, opens - last - stay - out)
        wait_in = np.maximum(0, first - shuts - service - into)
        late_out = np.maximum(0, first + stay + out - shuts)
        late_in = np.maximum(0, opens + service + into - last)
        away = np.minimum(out + 0.2 * wait_out + late_out, into + 0.2 * wait_in + late_in)
        away[apart[kind[some, None], kind]] += _APART
        away[some - begin, some] = np.inf
        found = np.sort(np.argpartition(away, keep - 1)[:, :keep])
        order = np.argsort(np.take_along_axis(away, found, 1), kind="stable")
        near[some] = np.take_along_axis(found, order, 1)
    return near
