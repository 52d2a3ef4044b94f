"""Pricing of `solvers.bound`, compiled: the cheapest ng-routes of one vehicle, by labels in order of time.

A label that waits stands in the cell of its task and its slot of the day; one that was gone on from stands in its task's
front, which holds what no other of it beats and is short, whatever the length of the day.
"""

from __future__ import annotations

from typing import NamedTuple

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

BITS = 63
"""Tasks in one word of a memory."""

NONE = 1 << 60
"""A cost that nothing reaches."""

EXACT, MERGED, LOOSE = range(3)
"""What becomes of two labels in a cell of which neither beats the other: both stay; one takes the better of each, which
widens what is allowed; or the cheaper stays, which may miss the cheapest route."""

TIME, COST, NODE, TAKEN, LOAD, COUNT, BEFORE, NEXT, MEMORY = range(9)
DONE, FULL, GOING = range(3)


class Day(NamedTuple):
    """What a vehicle's labels walk over, in seconds and in units of cost.

    `legs` and `fares` (n + 1, n + 1) are seconds, below 0 without a way, and costs; row n leaves the start, column n
    goes to the end; `ways` (n + 1, m) are the tasks to go on to. `pieces` (k, 3) holds start, end and prize, those of
    task j are `ends[j]` to `ends[j + 1]`. `rests` (k, 3) holds earliest, latest and duration. `shift` is start, end,
    last arrival, overtime's price, fixed cost, capacity and most tasks.
    """

    legs: Ints
    fares: Ints
    ways: Ints
    service: Ints
    load: Ints
    ends: Ints
    pieces: Ints
    rests: Ints
    shift: Ints


class State(NamedTuple):
    """How far it is: the labels; the first of each task's front and of each cell (n, slots), -1 for none; each last task's
    cheapest route and its last label; and the number of labels, the slot, 1 once the start was left."""

    labels: Ints
    front: Ints
    cells: Ints
    best: Ints
    final: Ints
    at: Ints


def begin(tasks: int, words: int, slots: int) -> State:
    """Before the first label."""
    return State(
        np.zeros((1 << 14, MEMORY + words), dtype=np.int64),
        np.full(tasks, -1),
        np.full((tasks, slots + 1), -1),
        np.full(tasks, NONE),
        np.full(tasks, -1),
        np.zeros(3, dtype=np.int64),
    )


def grown(state: State) -> State:
    """The same with room for twice as many labels."""
    return state._replace(labels=np.concatenate([state.labels, np.zeros_like(state.labels)]))


@numba.njit(nogil=True, cache=True)
def _rested(now: int, leg: int, group: int, rests: Ints) -> int:
    """The earliest a leg can be over with this group of breaks in it; -1 if one of them would begin too late.

    Exact for one break. For several their order is not looked at, which can only make it earlier.
    """
    ready = now + leg
    for k in range(len(rests)):
        if group >> k & 1:
            if now > rests[k, 1]:
                return -1
            ready += rests[k, 2]
    for k in range(len(rests)):
        if group >> k & 1:
            ready = max(ready, rests[k, 0] + rests[k, 2])
    return ready


@numba.njit(nogil=True, cache=True)
def _due(taken: int, rests: Ints) -> int:
    """The latest second that a day without the breaks not yet taken may reach."""
    latest = NONE
    for k in range(len(rests)):
        if not taken >> k & 1:
            latest = min(latest, rests[k, 1])
    return latest


@numba.njit(nogil=True, cache=True)
def _holds(one: Ints, other: Ints) -> bool:
    """Whether whatever follows `other` can follow `one`, time and cost apart."""
    if one[LOAD] > other[LOAD] or one[COUNT] > other[COUNT] or other[TAKEN] & ~one[TAKEN]:
        return False
    for k in range(MEMORY, len(one)):  # noqa: SIM110  numba has no generators here
        if one[k] & ~other[k]:
            return False
    return True


@numba.njit(nogil=True, cache=True)
def _beaten(labels: Ints, first: int, new: Ints) -> bool:
    """Whether a label of a front, which is in order of cost, does all that `new` does, no later and no dearer."""
    at = first
    while at >= 0 and labels[at, COST] <= new[COST]:
        if labels[at, TIME] <= new[TIME] and _holds(labels[at], new):
            return True
        at = labels[at, NEXT]
    return False


@numba.njit(nogil=True, cache=True)
def _put(labels: Ints, front: Ints, fresh: int) -> None:
    """Add to a front, in order of cost, and take out what it makes needless for labels yet to come, all of them later."""
    new = labels[fresh]
    before, at = -1, front[new[NODE]]
    while at >= 0 and labels[at, COST] < new[COST]:
        before, at = at, labels[at, NEXT]
    new[NEXT] = at
    if before < 0:
        front[new[NODE]] = fresh
    else:
        labels[before, NEXT] = fresh
    before = fresh
    while at >= 0:
        after = labels[at, NEXT]
        if _holds(new, labels[at]):
            labels[before, NEXT] = after
        else:
            before = at
        at = after


@numba.njit(nogil=True, cache=True)
def _keep(labels: Ints, cells: Ints, slot: int, fresh: int, mode: int, crowd: int) -> bool:
    """Whether the label waits in its cell, rather than being beaten there or merged with another."""
    new = labels[fresh]
    node, before, seen = new[NODE], -1, 0
    at = cells[node, slot]
    while at >= 0:
        old, after = labels[at], labels[at, NEXT]
        seen += 1
        same = old[TAKEN] == new[TAKEN]
        if mode == LOOSE:
            if same and old[COST] <= new[COST]:
                return False
            out = same
        else:
            over, under = _holds(old, new), _holds(new, old)
            sooner, cheaper = old[TIME] <= new[TIME], old[COST] <= new[COST]
            if over and sooner and cheaper:
                return False
            out = under and new[TIME] <= old[TIME] and new[COST] <= old[COST]
            if mode == MERGED and not out and same and (over or under or seen >= crowd):
                old[TIME], old[LOAD] = min(old[TIME], new[TIME]), min(old[LOAD], new[LOAD])
                old[COUNT] = min(old[COUNT], new[COUNT])
                if not cheaper:
                    old[COST], old[BEFORE] = new[COST], new[BEFORE]
                for k in range(MEMORY, len(old)):
                    old[k] &= new[k]
                return False
        if out:
            if before < 0:
                cells[node, slot] = after
            else:
                labels[before, NEXT] = after
        else:
            before = at
        at = after
    new[NEXT] = cells[node, slot]
    cells[node, slot] = fresh
    return True


@numba.njit(nogil=True, cache=True)
def _go_on(  # noqa: C901  compiled: what a call saves in reading it costs in speed
    day: Day, price: Ints, memory: Ints, state: State, at: int, mode: int, crowd: int
) -> int:
    """Every way on from a label, or from the start for -1; how many were looked at."""
    labels, best, final = state.labels, state.best, state.final
    n, words = memory.shape
    opening, close, last, late_price, fixed, capacity, most = day.shift
    width = max(1, (last - opening) // (state.cells.shape[1] - 1) + 1)
    full = (1 << len(day.rests)) - 1
    node, now, taken = n, opening, 0
    if at >= 0:
        node, now, taken = labels[at, NODE], labels[at, TIME], labels[at, TAKEN]
    free = full & ~taken
    group, looked = free, 0
    while True:  # every group of breaks not yet taken, the empty one last
        due = min(last, _due(taken | group, day.rests))
        if at >= 0 and day.legs[node, n] >= 0:
            arrival = _rested(now, int(day.legs[node, n]), group, day.rests)
            if 0 <= arrival <= due:
                cost = labels[at, COST] + day.fares[node, n] + max(0, arrival - close) * late_price + fixed
                if cost < best[node]:
                    best[node], final[node] = cost, at
        for j in day.ways[node] if at == -1 or labels[at, COUNT] < most else day.ways[node, :0]:
            if day.legs[node, j] < 0:
                continue
            if at >= 0 and labels[at, MEMORY + j // BITS] >> (j % BITS) & 1:
                continue
            if (labels[at, LOAD] if at >= 0 else 0) + day.load[j] > capacity:
                continue
            ready = _rested(now, int(day.legs[node, j]), group, day.rests)
            if ready < 0:
                break
            top = -NONE
            for p in range(day.ends[j], day.ends[j + 1]):
                start = max(ready, day.pieces[p, 0])
                if day.pieces[p, 1] < ready or day.pieces[p, 2] <= top:
                    continue
                if start > due or start + day.service[j] > last:
                    break
                top = day.pieces[p, 2]
                if mode == LOOSE and top <= price[j]:
                    continue
                looked += 1
                fresh = state.at[0]
                new = labels[fresh]
                new[TIME], new[NODE], new[TAKEN], new[BEFORE] = start + day.service[j], j, taken | group, at
                new[COST], new[LOAD], new[COUNT] = day.fares[node, j] + price[j] - top, day.load[j], 1
                for k in range(words):
                    new[MEMORY + k] = labels[at, MEMORY + k] & memory[j, k] if at >= 0 else 0
                if at >= 0:
                    new[COST] += labels[at, COST]
                    new[LOAD] += labels[at, LOAD]
                    new[COUNT] += labels[at, COUNT]
                if most == NONE:
                    new[COUNT] = 0
                new[MEMORY + j // BITS] |= 1 << (j % BITS)
                if _beaten(labels, state.front[j], new):
                    continue
                if _keep(labels, state.cells, (new[TIME] - opening) // width, fresh, mode, crowd):
                    state.at[0] += 1
        if group == 0:
            return looked
        group = (group - 1) & free


@numba.njit(nogil=True, cache=True)
def advance(
    day: Day, price: Ints, memory: Ints, state: State, mode: int, crowd: int, room: int, effort: int
) -> int:
    """Go on: to the end (DONE), to where `room` for the ways on from one label is short (FULL), or for so much effort.

    `price` (n,) is for serving each task, `memory` (n, words) which tasks a visit here does not forget. `MERGED` keeps
    at most `crowd` labels in a cell for each set of breaks.
    """
    labels, at = state.labels, state.at
    if at[2] == 0:
        at[2] = 1
        effort -= _go_on(day, price, memory, state, -1, mode, crowd)
    slots = state.cells.shape[1]
    while at[1] < slots:
        idle = True
        for j in range(len(state.front)):
            while state.cells[j, at[1]] >= 0:
                if at[0] + room >= len(labels):
                    return FULL
                if effort < 0:
                    return GOING
                one = state.cells[j, at[1]]
                state.cells[j, at[1]] = labels[one, NEXT]
                idle = False
                effort -= 1
                if not _beaten(labels, state.front[j], labels[one]):
                    _put(labels, state.front, one)
                    effort -= _go_on(day, price, memory, state, one, mode, crowd)
        if idle:
            at[1] += 1
    return DONE
