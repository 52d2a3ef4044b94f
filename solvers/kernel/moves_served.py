"""Moves between served and unserved: tasks come in, drop out, or take the seats of others."""

from __future__ import annotations

from solvers.kernel.compiled import compiled
from solvers.kernel.edit import put, seconds_of, take
from solvers.kernel.insert import look_at_home, look_near
from solvers.kernel.moves_between import (
    DROP,
    INSERT,
    REPLACE,
    note_string,
    span_leg,
    string_could_stand,
    string_fits,
    string_leg,
    string_load,
    string_times_hold,
    string_work,
    work_price,
)
from solvers.kernel.moves_order import (
    Local,
    add,
    add_head,
    add_span,
    after_node,
    before_node,
    best_mode,
    enqueue,
    mode_of,
    note_change,
    propose_served,
    vehicle_of,
    worst_mode,
)
from solvers.kernel.scratch import NOWHERE, Scratch, move_out
from solvers.kernel.state import COUNT, State
from solvers.kernel.tables import FIXED, SERVICE, UNSERVED, Tables
from solvers.kernel.ways import leg, relief


@compiled
def bring_in(t: Tables, s: State, x: Scratch, y: Local, u: int, near: int, always: bool) -> bool:
    """Serve task u where that is cheapest, if it is cheaper than not to (or `always` where it can be)."""
    x.found[0] = NOWHERE if always else t.task[u, UNSERVED]
    x.found[1] = -1
    look_near(t, s, x, u, near)
    look_at_home(t, s, x, u)
    if x.found[1] < 0:
        return False
    a = x.found[1]
    v = vehicle_of(s, a)
    before = s.total[0]
    put(t, s, v, a, u, x.found[2])
    if s.total[0] >= before and not always:  # an evening more may cost what the insertion test does not count
        take(t, s, v, u, u)
        return False
    move_out(x, u)
    note_change(t, s, x, y, v)
    y.made[INSERT] += 1
    enqueue_around(t, s, y, u)
    return True


@compiled
def enqueue_around(t: Tables, s: State, y: Local, u: int) -> None:
    """Look for moves of a served task and its neighbours later."""
    enqueue(y, u)
    if before_node(s, u) < t.tasks:
        enqueue(y, before_node(s, u))
    if after_node(s, u) < t.tasks:
        enqueue(y, after_node(s, u))


@compiled
def drop(t: Tables, s: State, y: Local, u: int) -> bool:
    """Serve task u no longer, if it is not worth its way."""
    v = vehicle_of(s, u)
    a, b = before_node(s, u), after_node(s, u)
    change = t.task[u, UNSERVED] - span_leg(t, s, v, a, b) - t.mode_forgone[mode_of(s, u)]
    change += leg(t, v, a, b) if s.route[v, COUNT] > 1 else -t.vehicle[v, FIXED]
    if len(t.balance):
        less = seconds_of(t, v, a, b) - seconds_of(t, v, a, u) - seconds_of(t, v, u, b) - t.node[u, SERVICE]
        change += work_price(t, s, v, less, -1, 0)
    if change - relief(t, s, v) >= 0:
        return False
    add_head(t, s, y, 0, v, a)
    add_span(t, s, y, 0, b, -1)
    y.string[1, 0] = u
    return propose_served(y, v, t.task[u, UNSERVED], DROP, 1, 0)


@compiled
def replace(t: Tables, s: State, y: Local, u: int, w: int, c: int, size: int) -> bool:
    """Serve the unserved task u in place of the tasks behind node c of route w."""
    if t.fits[u, w] == 0:
        return False
    d = note_string(s, y, 1, c, size, False)
    y.string[0, 0] = u
    unserved, load = -t.task[u, UNSERVED], string_load(t, y, 1, size)
    forgone = 0
    for k in range(size):
        unserved += t.task[y.string[1, k], UNSERVED]
        forgone += t.mode_forgone[y.as_mode[1, k]]
    change = unserved - forgone + string_leg(t, y, w, c, 0, 1, d) - span_leg(t, s, w, c, d)
    if len(t.balance):
        change += work_price(t, s, w, string_work(t, s, y, w, c, 0, 1, d), -1, 0)
    change -= relief(t, s, w)
    if change >= 0 or not string_fits(t, s, y, w, 0, 1, size, load):
        return False
    if not string_could_stand(t, s, y, w, c, 0, 1, d):
        return False
    for mode in range(best_mode(t, u), worst_mode(t, u) + 1):
        if change + t.mode_forgone[mode] >= 0:
            return False
        y.as_mode[0, 0] = mode
        if string_times_hold(t, s, y, w, c, 0, 1, d):
            add_head(t, s, y, 0, w, c)
            add(y, 0, u, mode)
            add_span(t, s, y, 0, d, -1)
            return propose_served(y, w, unserved, REPLACE, size, 1)
    return False


REPLACE_CASES = 4


@compiled
def propose_instead(t: Tables, s: State, y: Local, u: int, o: int, start: int) -> int:
    """The first case from `start` on in which the unserved task u takes the seat of served task o or of its neighbours."""
    w = vehicle_of(s, o)
    a, b = before_node(s, o), after_node(s, o)
    for case in range(start, REPLACE_CASES):
        c, size = a, 1
        if case == 1:
            size = 2
        elif case == 2:
            c = o
        elif case == 3:
            c = before_node(s, a) if a < t.tasks else -1
        if (case == 1 or case == 2) and b >= t.tasks:
            continue
        if c >= 0 and replace(t, s, y, u, w, c, size):
            return case
    return -1
