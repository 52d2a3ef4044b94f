"""Ways between nodes, read in the order of the day (`forth`) or against it: what is true of one is of the other."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import metres_of, seconds_of
from solvers.kernel.moves_order import Local, after_node, before_node, overtime
from solvers.kernel.state import END, LEG, State
from solvers.kernel.tables import (
    AT,
    EVENING,
    IS_EVENING,
    JUDGED,
    PER_METRE,
    PER_SECOND,
    PRICE,
    PROFILE,
    SHARES,
    SHARES_END,
    Tables,
)


@inlined
def leg(t: Tables, v: int, a: int, b: int) -> int:
    """What it costs vehicle v to go from node a to node b."""
    cost = seconds_of(t, v, a, b) * t.vehicle[v, PER_SECOND]
    if t.by_metre:
        cost += metres_of(t, v, a, b) * t.vehicle[v, PER_METRE]
    return cost


@inlined
def onward(s: State, x: int, forth: bool) -> int:
    """The node after x, or before it."""
    return after_node(s, x) if forth else before_node(s, x)


@inlined
def way(t: Tables, v: int, a: int, b: int, forth: bool) -> int:
    """What it costs vehicle v to go from node a to node b, or back; read in what is kept of node a."""
    profile, one, other = t.vehicle[v, PROFILE], np.int64(t.node[a, AT]), np.int64(t.node[b, AT])
    seconds = np.int64(t.travel[profile, one, other]) if forth else np.int64(t.travel_to[profile, one, other])
    cost = seconds * t.vehicle[v, PER_SECOND]
    if t.by_metre:
        metres = (
            np.int64(t.metres[profile, one, other]) if forth else np.int64(t.metres_to[profile, one, other])
        )
        cost += metres * t.vehicle[v, PER_METRE]
    return cost


@inlined
def way_to(t: Tables, v: int, a: int, b: int, forth: bool) -> int:
    """The same, read in what is kept of node b: faster where b is looked at again and again."""
    return way(t, v, b, a, not forth)


@inlined
def standing(t: Tables, s: State, v: int, a: int, b: int, forth: bool) -> int:
    """The same of a way that is in the plan."""
    first = a if forth else b
    cost = np.int64(s.node[first, LEG]) * t.vehicle[v, PER_SECOND]
    if t.by_metre:
        cost += metres_of(t, v, first, b if forth else a) * t.vehicle[v, PER_METRE]
    return cost


@inlined
def turning(t: Tables, s: State, y: Local, v: int, u: int, size: int, forth: bool) -> int:
    """What more it costs to go from task u to those that now lead up to it, so many with u, than up to u."""
    cost = np.int64(0)
    if not y.is_even:
        for _ in range(size - 1):
            a = onward(s, u, not forth)
            cost += way(t, v, u, a, forth) - standing(t, s, v, a, u, forth)
            u = a
    return cost


@compiled
def relief(t: Tables, s: State, v: int) -> int:
    """What an earlier end of the day can save at most."""
    if not t.vehicle[v, JUDGED]:
        return 0
    saved = overtime(t, v, s.route[v, END])
    if s.route[v, END] > t.vehicle[v, EVENING]:
        for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
            if t.balance[t.share[k], IS_EVENING]:
                saved += t.balance[t.share[k], PRICE]
    return saved


@inlined
def pay_alike(t: Tables, v: int, w: int) -> bool:
    """Whether every way costs vehicle w what it costs vehicle v."""
    return (
        t.vehicle[v, PROFILE] == t.vehicle[w, PROFILE]
        and t.vehicle[v, PER_SECOND] == t.vehicle[w, PER_SECOND]
        and t.vehicle[v, PER_METRE] == t.vehicle[w, PER_METRE]
    )
