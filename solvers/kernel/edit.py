"""Change a plan: put a task into a route, take tasks out; costs and labels follow."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.state import COST, COUNT, LEG, LOADED, MODE, NEXT, NOBODY, PREV, TRAVEL, WHO, State
from solvers.kernel.tables import (
    AT,
    FIXED,
    LOAD,
    PER_METRE,
    PER_SECOND,
    PROFILE,
    SERVICE,
    UNSERVED,
    Tables,
)
from solvers.kernel.timing import refresh, share_out


@inlined
def seconds_of(t: Tables, v: int, a: int, b: int) -> int:
    """Travel from node a to node b."""
    return np.int64(t.travel[t.vehicle[v, PROFILE], t.node[a, AT], t.node[b, AT]])


@inlined
def metres_of(t: Tables, v: int, a: int, b: int) -> int:
    """Distance from node a to node b."""
    return np.int64(t.metres[t.vehicle[v, PROFILE], t.node[a, AT], t.node[b, AT]])


@compiled
def put(t: Tables, s: State, v: int, a: int, u: int, mode: int) -> None:
    """Put the unserved task u behind node a of route v, in this mode."""
    b = s.node[a, NEXT]
    empty = s.route[v, COUNT] == 0
    into, out = seconds_of(t, v, a, u), seconds_of(t, v, u, b)
    added = into + out - s.node[a, LEG]
    cost = added * t.vehicle[v, PER_SECOND] + t.mode_forgone[mode]
    if t.by_metre:
        left = np.int64(0) if empty else metres_of(t, v, a, b)
        cost += (metres_of(t, v, a, u) + metres_of(t, v, u, b) - left) * t.vehicle[v, PER_METRE]
    if t.has_extra:
        cost += t.extra[u, v]
    if empty:
        cost += t.vehicle[v, FIXED]
    s.node[a, NEXT] = u
    s.node[a, LEG] = into
    s.node[u, LEG] = out
    s.node[u, PREV] = a
    s.node[u, NEXT] = b
    s.node[b, PREV] = u
    s.node[u, WHO] = v
    s.node[u, MODE] = mode
    s.route[v, COUNT] += 1
    s.route[v, TRAVEL] += added
    s.route[v, LOADED] += t.task[u, LOAD]
    s.route[v, COST] += cost
    s.total[0] += cost - t.task[u, UNSERVED]
    if len(t.balance):
        share_out(t, s, v, added + t.node[u, SERVICE], False)
    refresh(t, s, v, a, b)


@compiled
def take(t: Tables, s: State, v: int, first: int, last: int) -> None:
    """Take the tasks from `first` to `last` out of route v."""
    a, b = s.node[first, PREV], s.node[last, NEXT]
    count, load, service = 0, np.int64(0), np.int64(0)
    seconds, metres = np.int64(s.node[a, LEG]), np.int64(0)
    if t.by_metre:
        metres = metres_of(t, v, a, first)
    cost, unserved = np.int64(0), np.int64(0)
    x = first
    while x != b:
        after = s.node[x, NEXT]
        count += 1
        load += t.task[x, LOAD]
        service += t.node[x, SERVICE]
        seconds += s.node[x, LEG]
        if t.by_metre:
            metres += metres_of(t, v, x, after)
        cost += t.mode_forgone[s.node[x, MODE]]
        if t.has_extra:
            cost += t.extra[x, v]
        unserved += t.task[x, UNSERVED]
        s.node[x, WHO] = NOBODY
        x = after
    s.node[a, NEXT] = b
    s.node[b, PREV] = a
    s.route[v, COUNT] -= count
    s.node[a, LEG] = 0
    if s.route[v, COUNT] == 0:
        cost += t.vehicle[v, FIXED]
    else:
        straight = seconds_of(t, v, a, b)
        s.node[a, LEG] = straight
        seconds -= straight
        if t.by_metre:
            metres -= metres_of(t, v, a, b)
    cost += seconds * t.vehicle[v, PER_SECOND] + metres * t.vehicle[v, PER_METRE]
    s.route[v, TRAVEL] -= seconds
    s.route[v, LOADED] -= load
    s.route[v, COST] -= cost
    s.total[0] += unserved - cost
    if len(t.balance):
        share_out(t, s, v, -seconds - service, False)
    refresh(t, s, v, a, b)


@compiled
def set_mode(t: Tables, s: State, v: int, u: int, mode: int) -> None:
    """Serve task u in another mode, where it stands."""
    change = t.mode_forgone[mode] - t.mode_forgone[s.node[u, MODE]]
    s.node[u, MODE] = mode
    s.route[v, COST] += change
    s.total[0] += change
    refresh(t, s, v, s.node[u, PREV], s.node[u, NEXT])
