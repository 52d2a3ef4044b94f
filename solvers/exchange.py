"""Where a task could come into a route if some neighbouring stops left it: the entry of a search that has to serve it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from solvers.insertion import NEVER, WORTHLESS, Draft, Ints
from solvers.travel import UNREACHABLE, Int32Matrix

_MOST_OUT = 8  # neighbouring stops that leave a route for one task
_TRIED = 20  # orders looked at by exact timing


def entry(draft: Draft, task: str) -> tuple[str, tuple[str, ...]] | None:
    """The vehicle and its order that take an unserved task in at the least cost, stops left out counted in full.

    None where there is none. Mandatory stops stay. The cost does not see what later stops earn by the hour, overtime
    and balances; that the order has a feasible timing is sure.
    """
    number = draft.index[task]
    found = [
        (cost, vehicle, first, size)
        for vehicle in range(len(draft.vehicles))
        if draft.fits[number, vehicle]
        for cost, first, size in _exchanges(draft, vehicle, number)
    ]
    for _, vehicle, first, size in sorted(found)[:_TRIED]:
        plan = draft.plans[vehicle]
        order = (*plan.order[:first], number, *plan.order[first + size :])
        if draft.set_order(vehicle, order):
            draft.plans[vehicle] = plan
            return draft.vehicles[vehicle].id, tuple(draft.tasks[stop].id for stop in order)
    return None


def _exchanges(draft: Draft, vehicle: int, task: int) -> Iterator[tuple[int, int, int]]:
    """For each string of stops that may give its seat to the task in time: cost, first stop, and how many they are."""
    plan, who = draft.plans[vehicle], draft.vehicles[vehicle]
    order, count = list(plan.order), len(plan.order)
    matrix, here = draft.problem.matrix(who), int(draft.place[task])
    places = [who.start, *draft.place[order].tolist(), who.end]
    into, out, seconds = _ways(matrix.duration, places, here)
    metres_in, metres_out, metres = _ways(matrix.distance, places, here)
    stays = np.array([draft.tasks[stop].mandatory for stop in order], dtype=np.int64)
    lost, kept = _sums(_worth(draft, vehicle, order)), _sums(stays)
    extra = who.fixed_cost if not order else 0
    extra += 0 if draft.priced is None else int(draft.priced[task, vehicle])
    one = np.array([task], dtype=np.int64)
    for size in range(min(_MOST_OUT, count) + 1):
        gaps = count - size + 1
        view = plan._replace(leave=plan.leave[:, :gaps], reach=plan.reach[:, size:])
        prize = draft.collectable(vehicle, view, one, into[:gaps, None], out[size:, None])[:, 0]
        ahead = np.arange(gaps)
        longer = into[:gaps] + out[size:] - (seconds[ahead + size + 1] - seconds[ahead])
        further = metres_in[:gaps] + metres_out[size:] - (metres[ahead + size + 1] - metres[ahead])
        cost = longer * who.cost_per_travel_second + further * who.cost_per_metre + extra
        cost += lost[ahead + size] - lost[ahead] - prize
        free = (prize > WORTHLESS) & (kept[ahead + size] == kept[ahead])
        for first in np.flatnonzero(free).tolist():
            yield int(cost[first]), first, size


def _ways(table: Int32Matrix, places: list[int | None], here: int) -> tuple[Ints, Ints, Ints]:
    """From each place but the last, to each but the first, and the sums of the legs up to each place."""

    def leg(origin: int | None, goal: int | None) -> int:
        if origin is None or goal is None:
            return 0
        found = int(table[origin, goal])
        return int(NEVER) if found == UNREACHABLE else found

    into = np.array([leg(place, here) for place in places[:-1]], dtype=np.int64)
    out = np.array([leg(here, place) for place in places[1:]], dtype=np.int64)
    legs = [leg(a, b) for a, b in pairwise(places)] if len(places) > 2 else [0]
    return into, out, _sums(np.array(legs, dtype=np.int64))


def _worth(draft: Draft, vehicle: int, order: list[int]) -> Ints:
    """What is lost with each stop."""
    found = draft.top[order]
    return found if draft.priced is None else found - draft.priced[order, vehicle]


def _sums(values: Ints) -> Ints:
    return np.concatenate(([0], np.cumsum(values)))
