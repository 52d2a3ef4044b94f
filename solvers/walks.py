"""The dynamic programme of `solvers.bound`, compiled: one vehicle's cheapest walk that never goes straight back."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

FAR = 1e300


@numba.njit(nogil=True, cache=True)
def _offer(cost: Floats, last: Ints, source: Ints, value: float, node: int, origin: int) -> None:
    """Keep the two cheapest with different nodes before."""
    if value < cost[0]:
        if last[0] != node:
            cost[1], last[1], source[1] = cost[0], last[0], source[0]
        cost[0], last[0], source[0] = value, node, origin
    elif value < cost[1] and last[0] != node:
        cost[1], last[1], source[1] = value, node, origin


@numba.njit(nogil=True, cache=True)
def cheapest_walk(  # noqa: C901  compiled: what a call saves in reading it costs in speed
    gain: Floats,
    into: Floats,
    into_lag: Ints,
    cost: Floats,
    lag: Ints,
    home: Floats,
    home_lag: Ints,
    serve_lag: Ints,
    rest: Ints,
    visits: Floats,
) -> float:
    """The least cost; `visits` counts how often each task is served.

    `gain` (steps, tasks) is what a service started then earns, -FAR where it may not start. Lags are in steps, the
    first row of each without a break on the way and the second with one, less waiting for it. `rest` are the earliest
    end, the latest start and the latest end of a day without it, in steps; a latest start below 0 means there is none.
    """
    steps, n = gain.shape
    value = np.full((2, steps, n, 2), FAR)
    last = np.full((2, steps, n, 2), -1)
    source = np.full((2, steps, n, 2), -1)
    for k in range(n):
        for broken in range(2):
            if broken == 1 and rest[1] < 0:
                continue
            at = into_lag[broken, k]
            if broken == 1:
                at = max(at, rest[0])
            if at < steps and into[k] < FAR:
                _offer(value[broken, at, k], last[broken, at, k], source[broken, at, k], into[k], n, -1)
    best, end = FAR, -1
    for t in range(steps):
        for m in range(2):
            for j in range(n):
                if t > 0:
                    for which in range(2):
                        if value[m, t - 1, j, which] < FAR:
                            _offer(
                                value[m, t, j],
                                last[m, t, j],
                                source[m, t, j],
                                value[m, t - 1, j, which],
                                last[m, t - 1, j, which],
                                source[m, t - 1, j, which],
                            )
                if gain[t, j] <= -FAR or value[m, t, j, 0] >= FAR:
                    continue
                for broken in range(2):
                    if broken == 1 and (m == 1 or rest[1] < 0 or t + serve_lag[j] > rest[1]):
                        continue
                    to = m + broken
                    done = t + home_lag[broken, j]
                    if broken == 1:
                        done = max(done, rest[0])
                    latest = steps - 1 if to == 1 or rest[1] < 0 else min(steps - 1, rest[2])
                    here = ((m * steps + t) * n + j) * 2
                    if done <= latest and value[m, t, j, 0] - gain[t, j] + home[j] < best:
                        best, end = value[m, t, j, 0] - gain[t, j] + home[j], here
                    for k in range(n):
                        if k == j or cost[j, k] >= FAR:
                            continue
                        at = t + lag[broken, j, k]
                        if broken == 1:
                            at = max(at, rest[0])
                        if at >= steps:
                            continue
                        which = 1 if last[m, t, j, 0] == k else 0
                        if value[m, t, j, which] >= FAR:
                            continue
                        _offer(
                            value[to, at, k],
                            last[to, at, k],
                            source[to, at, k],
                            value[m, t, j, which] - gain[t, j] + cost[j, k],
                            j,
                            here + which,
                        )
    while end >= 0:
        which, rows = end % 2, end // 2
        j, t, m = rows % n, rows // n % steps, rows // n // steps
        visits[j] += 1
        end = source[m, t, j, which]
    return best
