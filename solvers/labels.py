"""Pricing of `solvers.bound`, compiled: the cheapest ng-routes of one vehicle, by labels in order of time."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]

BITS = 63
"""Tasks in one word of a memory."""

NONE = 1 << 60
"""A cost that nothing reaches."""

TIME, COST, NODE, TAKEN, LOAD, COUNT, BEFORE, NEXT, QUEUED, DEAD, MEMORY = range(11)
_BUCKETS, _COARSE = 2048, 16


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
def _beats(one: Ints, other: Ints) -> bool:
    """Whether whatever follows `other` can follow `one`, at no higher cost."""
    if one[COST] > other[COST] or one[LOAD] > other[LOAD] or one[COUNT] > other[COUNT]:
        return False
    if other[TAKEN] & ~one[TAKEN]:
        return False
    for k in range(MEMORY, len(one)):  # noqa: SIM110  numba has no generators here
        if one[k] & ~other[k]:
            return False
    return True


@numba.njit(nogil=True, cache=True)
def _keep(labels: Ints, first: Ints, fresh: int) -> int:
    """Put a label among its node's in order of time unless it is beaten; how many were looked at, below 0 if beaten."""
    new, seen, before = labels[fresh], 1, -1
    at = first[new[NODE]]
    while at >= 0 and labels[at, TIME] <= new[TIME]:
        seen += 1
        if _beats(labels[at], new):
            return -seen
        before, at = at, labels[at, NEXT]
    new[NEXT] = at
    if before < 0:
        first[new[NODE]] = fresh
    else:
        labels[before, NEXT] = fresh
    before = fresh
    while at >= 0:
        seen += 1
        after = labels[at, NEXT]
        if _beats(new, labels[at]):
            labels[at, DEAD] = 1
            labels[before, NEXT] = after
        else:
            before = at
        at = after
    return seen


@numba.njit(nogil=True, cache=True)
def cheapest_routes(  # noqa: C901  compiled: what a call saves in reading it costs in speed
    price: Ints,
    legs: Ints,
    fares: Ints,
    service: Ints,
    load: Ints,
    ends: Ints,
    pieces: Ints,
    rests: Ints,
    memory: Ints,
    shift: Ints,
    loose: bool,
    most_labels: int,
    effort: int,
) -> tuple[Ints, Ints, Ints, int]:
    """The cheapest route that ends with each task, at `price` (n,) for serving each.

    `legs` and `fares` (n + 1, n + 1) are seconds, below 0 without a way, and costs; row n leaves the start, column n
    goes to the end. `pieces` (k, 3) holds start, end and prize, those of task j are `ends[j]` to `ends[j + 1]`. `rests`
    (k, 3) holds earliest, latest and duration, `memory` (n, words) which tasks a visit here does not forget. `shift` is
    start, end, last arrival, overtime's price, fixed cost, capacity and most tasks.

    `loose` keeps but the cheapest label of a node in each 128th of the day: quick, and may miss the cheapest route.

    Returns costs (n,), NONE without a route; the last labels (n,), the labels, and comparisons made, or -1 where
    `most_labels` or `effort`, a number of comparisons, did not suffice.
    """
    n, words = memory.shape
    begin, close, last, late_price, fixed, capacity, most = shift
    width = max(1, (last - begin) // _BUCKETS + 1)
    queue = np.full(_BUCKETS + 1, -1)
    first = np.full(n, -1)
    best, final = np.full(n, NONE), np.full(n, -1)
    labels = np.zeros((min(most_labels, 1 << 15), MEMORY + words), np.int64)
    full = (1 << len(rests)) - 1
    able = np.array([j for j in range(n) if ends[j + 1] > ends[j]], dtype=np.int64)
    cheapest = np.full((n, _BUCKETS // _COARSE + 1, full + 1), -1)
    count, work, bucket, at = 0, 0, 0, -1
    while True:
        if at == -1:
            node, now, taken = n, begin, 0
        else:
            node, now, taken = labels[at, NODE], labels[at, TIME], labels[at, TAKEN]
        free = full & ~taken
        group = free
        while True:  # every group of breaks not yet taken, the empty one last
            if at >= 0 and legs[node, n] >= 0:
                arrival = _rested(now, int(legs[node, n]), group, rests)
                if 0 <= arrival <= min(last, _due(taken | group, rests)):
                    cost = labels[at, COST] + fares[node, n] + max(0, arrival - close) * late_price + fixed
                    if cost < best[node]:
                        best[node], final[node] = cost, at
            if at == -1 or labels[at, COUNT] < most:
                due = min(last, _due(taken | group, rests))
                for j in able:
                    if legs[node, j] < 0:
                        continue
                    if at >= 0 and (
                        labels[at, MEMORY + j // BITS] >> (j % BITS) & 1
                        or labels[at, LOAD] + load[j] > capacity
                    ):
                        continue
                    ready = _rested(now, int(legs[node, j]), group, rests)
                    if ready < 0:
                        break
                    top = -NONE
                    for p in range(ends[j], ends[j + 1]):
                        start = max(ready, pieces[p, 0])
                        if pieces[p, 1] < ready or pieces[p, 2] <= top:
                            continue
                        if start > due or start + service[j] > last:
                            break
                        top = pieces[p, 2]
                        if loose and top <= price[j]:
                            continue
                        if count == len(labels):
                            if count >= most_labels:
                                return best, final, labels, -1
                            grown = np.zeros((min(most_labels, 2 * count), MEMORY + words), np.int64)
                            grown[:count] = labels
                            labels = grown
                        new = labels[count]
                        new[TIME], new[NODE], new[TAKEN], new[BEFORE], new[DEAD] = (
                            start + service[j],
                            j,
                            taken | group,
                            at,
                            0,
                        )
                        new[COST], new[LOAD], new[COUNT] = (
                            fares[node, j] + price[j] - top,
                            load[j],
                            int(most < NONE),
                        )
                        for k in range(words):
                            new[MEMORY + k] = 0
                        if at >= 0:
                            new[COST] += labels[at, COST]
                            new[LOAD] += labels[at, LOAD]
                            new[COUNT] += labels[at, COUNT]
                            for k in range(words):
                                new[MEMORY + k] = labels[at, MEMORY + k] & memory[j, k]
                        elif load[j] > capacity:
                            continue
                        new[MEMORY + j // BITS] |= 1 << (j % BITS)
                        slot = (new[TIME] - begin) // width
                        if loose:
                            other = cheapest[j, slot // _COARSE, taken | group]
                            if other >= 0 and labels[other, COST] <= new[COST]:
                                continue
                            if other >= 0:
                                labels[other, DEAD] = 1
                            cheapest[j, slot // _COARSE, taken | group] = count
                            looked = 1
                        else:
                            looked = _keep(labels, first, count)
                        work += abs(looked)
                        if looked > 0:
                            new[QUEUED] = queue[slot]
                            queue[slot] = count
                            count += 1
            if work > effort:
                return best, final, labels, -1
            if group == 0:
                break
            group = (group - 1) & free
        while bucket <= _BUCKETS:
            at = queue[bucket]
            if at < 0:
                bucket += 1
                continue
            queue[bucket] = labels[at, QUEUED]
            if not labels[at, DEAD]:
                break
        if bucket > _BUCKETS:
            return best, final, labels, work
