"""A plan under construction as arrays: linked routes and the times that make an insertion test quick."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.tables import AT as ROW
from solvers.kernel.tables import JUDGED, LAST_ARRIVAL, NEVER, SHIFT_START, STATES, SUMMED, Tables

# Columns of State.node; behind them the earliest leave by set of breaks taken, then the latest arrival by the same,
# then, where somebody's day is SUMMED, four more from DUTY_TO on.
# AT never changes and LEG is the travel to the next node: both are here to be beside what else a test reads.
NEXT, PREV, WHO, MODE, AT, LEG, LEAVE = range(7)
# The four behind all of these, of days that are SUMMED (Vidal et al. 2013): seconds on duty up to the leave of a node
# without waiting, the latest departure from home with which nothing up to it is late, seconds on duty from the arrival
# at it on, the end of the day for whoever arrives as early as one likes.
DUTY_TO, OFF_BY, DUTY_FROM, DONE_BY = range(4)
# Columns of State.route
COUNT, TRAVEL, LOADED, COST, END = range(5)  # END is 0 for whoever stays at home

NOBODY = -1


class State(NamedTuple):
    """Routes are linked lists of nodes, from the node where a day starts to the one where it ends."""

    node: NDArray[np.int32]  # (n + 2 m, 6 + 2 states + spans)
    route: NDArray[np.int64]  # (m, 5)
    shared: NDArray[np.int64]  # what each balance measures
    total: NDArray[np.int64]  # [the cost of everything]


COLUMNS = {"route": 5}
"""Widths that compiled code may rely on."""


def memory_for(t: Tables) -> State:
    """Memory for one plan; `send_home` must be called on it first."""
    return State(
        np.zeros((t.tasks + 2 * t.vehicles, LEAVE + 2 * t.states + t.spans), np.int32),
        np.zeros((t.vehicles, 5), np.int64),
        np.zeros(len(t.balance), np.int64),
        np.zeros(1, np.int64),
    )


def copied(s: State) -> State:
    """A copy in memory of its own."""
    return State(s.node.copy(), s.route.copy(), s.shared.copy(), s.total.copy())


def overwrite(source: State, target: State) -> None:
    """`copy_state`, not compiled."""
    target.node[...] = source.node
    target.route[...] = source.route
    target.shared[...] = source.shared
    target.total[...] = source.total


@compiled
def send_home(t: Tables, s: State) -> None:
    """Empty every route."""
    n, m = t.tasks, t.vehicles
    s.total[0] = 0
    for k in range(len(s.shared)):
        s.shared[k] = 0
    for node in range(n + 2 * m):
        s.node[node, AT] = t.node[node, ROW]
    for task in range(n):
        s.node[task, WHO] = NOBODY
        s.total[0] += t.task[task, 0]
    for v in range(m):
        for k in range(s.route.shape[1]):
            s.route[v, k] = 0
        start, end = n + v, n + m + v
        s.node[start, NEXT] = end
        s.node[start, LEG] = 0
        s.node[end, PREV] = start
        s.node[start, WHO] = v
        s.node[end, WHO] = v
        for k in range(t.states):
            s.node[start, LEAVE + k] = t.vehicle[v, SHIFT_START] if k == 0 else NEVER
            s.node[end, LEAVE + t.states + k] = min(t.vehicle[v, LAST_ARRIVAL], t.due[v, k])
            if k >= t.vehicle[v, STATES]:
                s.node[end, LEAVE + t.states + k] = -NEVER
        if t.vehicle[v, JUDGED] == SUMMED:
            spans = LEAVE + 2 * t.states
            s.node[start, spans + DUTY_TO] = 0
            s.node[start, spans + OFF_BY] = NEVER
            s.node[end, spans + DUTY_FROM] = 0
            s.node[end, spans + DONE_BY] = -NEVER


@inlined
def copy_row(source: NDArray[np.int64], target: NDArray[np.int64], row: int) -> None:
    """Copy one row. (An assignment of slices would allocate.)"""
    for column in range(source.shape[1]):
        target[row, column] = source[row, column]


@compiled
def copy_state(source: State, target: State) -> None:
    """Make the target equal to the source."""
    for row in range(source.node.shape[0]):
        copy_row(source.node, target.node, row)
    for row in range(source.route.shape[0]):
        copy_row(source.route, target.route, row)
    for k in range(len(source.shared)):
        target.shared[k] = source.shared[k]
    target.total[0] = source.total[0]
