"""Local search, compiled: moves beside near tasks, each made as soon as it makes the plan cheaper.

What is tested first is the change in cost and, by the labels of the routes, in time; a change that passes is written
down as one or two new orders and judged by every rule (`moves_order`). Two routes are looked at again for a task only
if one of them has changed since (Vidal 2022).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from solvers.kernel.compiled import compiled
from solvers.kernel.insert import find_spare
from solvers.kernel.moves_between import (
    KINDS,
    PAIR_CASES,
    exchange,
    hand_over,
    note_savings,
    propose_between,
    swap_tails,
)
from solvers.kernel.moves_order import (
    HEAD,
    MADE,
    MOMENT,
    SAVINGS,
    WAITING,
    Local,
    before_node,
    decide,
    enqueue,
    vehicle_of,
)
from solvers.kernel.moves_served import REPLACE_CASES, bring_in, drop, propose_instead, replace
from solvers.kernel.moves_within import WITHIN_CASES, propose_within
from solvers.kernel.scratch import Scratch, below
from solvers.kernel.state import COUNT, NOBODY, State
from solvers.kernel.tables import (
    AT,
    KIND,
    LAST_ARRIVAL,
    PER_METRE,
    PER_SECOND,
    PROFILE,
    STATES,
    Tables,
)

_HOMES = 12
_PARTNERS = 20
CASES = max(PAIR_CASES, WITHIN_CASES, REPLACE_CASES)


def local_for(t: Tables) -> Local:
    """Fresh memory."""
    n, m = t.tasks, t.vehicles
    return Local(
        order=np.zeros((2, n + 1), np.int64),
        mode=np.zeros((2, n + 1), np.int64),
        sheet=np.zeros((2, 6), np.int64),
        clock=np.zeros((6, t.states), np.int64),
        run=np.zeros((2, t.states), np.int64),
        string=np.zeros((2, 3), np.int64),
        as_mode=np.zeros((2, 3), np.int64),
        place=np.zeros(n, np.int32),
        numbered=np.full(m, -1, np.int64),
        changed=np.zeros(m, np.int64),
        tested=np.full(n, -1, np.int64),
        queue=np.zeros(n + 1, np.int64),
        is_queued=np.zeros(n, np.uint8),
        count=np.zeros(4, np.int64),
        proposal=np.zeros(6, np.int64),
        made=np.zeros(KINDS, np.int64),
        saving=np.zeros((2, SAVINGS), np.int64),
        tail=_tails(t),
        is_even=bool(
            all((a == a.T).all() for a in t.travel)
            and (not t.by_metre or all((a == a.T).all() for a in t.metres))
        ),
    )


def _tails(t: Tables) -> Any:
    """The same number for vehicles whose days go on alike from any task: same travel, prices, breaks and end."""
    seen: dict[Any, int] = {}
    tails = []
    for v in range(t.vehicles):
        options = t.option[t.option_first[v, 0] : t.option_first[v, -1]].tobytes()
        counts = (t.option_first[v] - t.option_first[v, 0]).tobytes()
        end = int(t.node[t.tasks + t.vehicles + v, AT])
        columns = (PROFILE, PER_SECOND, PER_METRE, LAST_ARRIVAL, STATES)
        key = (*(int(t.vehicle[v, c]) for c in columns), end, options, counts, t.due[v].tobytes())
        tails.append(seen.setdefault(key, len(seen)))
    return np.array(tails, np.int64)


@compiled
def start_afresh(t: Tables, s: State, x: Scratch, y: Local) -> None:
    """Forget what was noted of the plan: others have changed it."""
    y.count[MOMENT] += 1
    for v in range(t.vehicles):
        y.changed[v] = y.count[MOMENT]
        y.numbered[v] = -1
    find_spare(t, s, x)


@compiled
def next_move(
    t: Tables, s: State, x: Scratch, y: Local, u: int, cursor: int, near: int, since: int, thorough: bool
) -> int:
    """The first place from `cursor` on, in the list of all moves of task u, of one that is proposed; -1 if none.

    Left out is what only concerns routes that have not changed `since`; whole days change hands only if `thorough`.
    """
    v = vehicle_of(s, u)
    if v != NOBODY:
        note_savings(t, s, y, u)
    near = min(near, t.near.shape[1])
    for k in range(cursor // CASES, near):
        case = cursor - k * CASES if k == cursor // CASES else 0
        o = np.int64(t.near[u, k])
        w = vehicle_of(s, o)
        found = -1
        if v == NOBODY:
            if w != NOBODY:
                found = propose_instead(t, s, y, u, o, case)
        elif w == NOBODY:
            if case == 0 and y.changed[v] > since and replace(t, s, y, o, v, before_node(s, u), 1):
                found = 0
        elif y.changed[v] > since or y.changed[w] > since:
            found = (
                propose_within(t, s, y, u, o, case, thorough)
                if w == v
                else propose_between(t, s, y, u, o, case, thorough)
            )
        if found >= 0:
            return k * CASES + found
    if v == NOBODY or y.changed[v] <= since:
        return -1
    last = near * CASES
    if cursor <= last and drop(t, s, y, u):
        return last
    spare = x.counters[4]
    for k in range(max(0, cursor - last - 1), 2 * min(spare, _HOMES)):
        e = x.spare[(u + k // 2) % spare]
        if s.route[e, COUNT] or (s.route[v, COUNT] == 1 and t.vehicle[v, KIND] == t.vehicle[e, KIND]):
            continue
        a, home = before_node(s, u), t.tasks + e
        if k % 2:
            if swap_tails(t, s, y, v, a, e, home):
                return last + 1 + k
        elif exchange(t, s, y, v, a, 1, False, e, home, 0):
            return last + 1 + k
    last += 1 + 2 * _HOMES
    if thorough and before_node(s, u) >= t.tasks:
        for k in range(max(0, cursor - last), min(t.vehicles, _PARTNERS)):
            w = (v + 1 + k) % t.vehicles
            if t.vehicle[v, KIND] != t.vehicle[w, KIND] and hand_over(t, s, y, v, w):
                return last + k
    return -1


@compiled
def settle(t: Tables, s: State, x: Scratch, y: Local, near: int, thorough: bool) -> None:
    """Make moves of the tasks in the queue and of those that this brings into it; whole days too if `thorough`."""
    while y.count[WAITING]:
        u = y.queue[y.count[HEAD]]
        y.count[HEAD] += 1
        if y.count[HEAD] == len(y.queue):
            y.count[HEAD] = 0
        y.count[WAITING] -= 1
        y.is_queued[u] = 0
        if vehicle_of(s, u) == NOBODY and bring_in(t, s, x, y, u, near, False):
            continue
        since, cursor = y.tested[u], 0
        y.tested[u] = y.count[MOMENT]
        while True:
            cursor = next_move(t, s, x, y, u, cursor, near, since, thorough)
            if cursor < 0:
                break
            decide(t, s, x, y)
            cursor += 1


@compiled
def enqueue_all(t: Tables, x: Scratch, y: Local) -> None:
    """Look for moves of all tasks, beginning anywhere."""
    start = below(x, t.tasks)
    for k in range(t.tasks):
        u = start + k
        enqueue(y, u if u < t.tasks else u - t.tasks)


@compiled
def improve(t: Tables, s: State, x: Scratch, y: Local, near: int) -> int:
    """Make moves until none is found; how many were made. The vehicles and tasks concerned are noted in the scratch."""
    start_afresh(t, s, x, y)
    before = y.count[MADE]
    while True:
        made = y.count[MADE]
        enqueue_all(t, x, y)
        settle(t, s, x, y, near, True)
        if y.count[MADE] == made:
            return made - before
