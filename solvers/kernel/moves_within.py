"""Moves within one route: a string goes elsewhere in it, or a stretch is turned round."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.moves_between import RESEAT, TRADE, TURN, note_string, string_end
from solvers.kernel.moves_order import (
    Local,
    add,
    add_head,
    add_reversed,
    add_span,
    after_node,
    before_node,
    mode_of,
    propose,
    run_from,
    run_meets,
    run_to,
    vehicle_of,
)
from solvers.kernel.state import State
from solvers.kernel.tables import Tables
from solvers.kernel.ways import leg, onward, relief, standing, turning, way, way_to

_LONGEST_TURN = 50


@compiled
def number(t: Tables, s: State, y: Local, v: int) -> None:
    """Note the places of the tasks of route v, if that was not done since it changed."""
    if y.numbered[v] >= y.changed[v]:
        return
    y.numbered[v] = y.changed[v]
    u, place = after_node(s, t.tasks + v), 0
    while u < t.tasks:
        y.place[u] = place
        place += 1
        u = after_node(s, u)


@inlined
def run_string(t: Tables, y: Local, v: int, here: int, size: int) -> bool:
    """Go on from a node over the noted string."""
    for k in range(size):
        u = y.string[0, k]
        if not run_to(t, y, v, here, u, y.as_mode[0, k]):
            return False
        here = u
    return True


@inlined
def run_span(t: Tables, s: State, y: Local, v: int, here: int, first: int, last: int) -> bool:
    """Go on from a node over the tasks from `first` to `last`, neighbours in the plan."""
    u = first
    while True:
        if not run_to(t, y, v, here, u, mode_of(s, u)):
            return False
        if u == last:
            return True
        here = u
        u = after_node(s, u)


@compiled
def reseat(t: Tables, s: State, y: Local, v: int, a: int, size: int, turned: bool, c: int) -> bool:
    """Put the tasks behind node a behind node c of the same route, which is neither a nor one of them."""
    b = note_string(s, y, 0, a, size, turned)
    d, last = after_node(s, c), y.string[0, size - 1]
    later = c < t.tasks and (a >= t.tasks or y.place[c] > y.place[a])
    if later:
        run_from(t, s, y, v, a)
        if not run_span(t, s, y, v, a, b, c) or not run_string(t, y, v, c, size):
            return False
        if not run_meets(t, s, y, v, last, d):
            return False
        add_head(t, s, y, 0, v, a)
        add_span(t, s, y, 0, b, c)
    else:
        run_from(t, s, y, v, c)
        if not run_string(t, y, v, c, size) or not run_span(t, s, y, v, last, d, a):
            return False
        if not run_meets(t, s, y, v, a, b):
            return False
        add_head(t, s, y, 0, v, c)
    for k in range(size):
        add(y, 0, y.string[0, k], y.as_mode[0, k])
    if later:
        add_span(t, s, y, 0, d, -1)
    else:
        add_span(t, s, y, 0, d, a)
        add_span(t, s, y, 0, b, -1)
    return propose(y, v, -1, RESEAT)


@compiled
def turn(t: Tables, s: State, y: Local, v: int, first: int, last: int) -> bool:
    """Serve the tasks from `first` to `last` the other way round."""
    if y.place[last] - y.place[first] > _LONGEST_TURN:
        return False
    a, b = before_node(s, first), after_node(s, last)
    change = leg(t, v, a, last) + leg(t, v, first, b) - leg(t, v, a, first) - leg(t, v, last, b)
    change -= relief(t, s, v)
    if y.is_even and change >= 0:
        return False
    run_from(t, s, y, v, a)
    here, u = a, last
    while True:
        if not run_to(t, y, v, here, u, mode_of(s, u)):
            return False
        if here != a:
            change += leg(t, v, here, u) - leg(t, v, u, here)
        here = u
        if u == first:
            break
        u = before_node(s, u)
    if change >= 0 or not run_meets(t, s, y, v, first, b):
        return False
    add_head(t, s, y, 0, v, a)
    add_reversed(t, s, y, 0, first, last)
    add_span(t, s, y, 0, b, -1)
    return propose(y, v, -1, TURN)


@compiled
def trade(t: Tables, s: State, y: Local, v: int, i: int, j: int) -> bool:
    """Let tasks i and j, which are not neighbours, trade seats."""
    if y.place[i] > y.place[j]:
        i, j = j, i
    a, b, c, d = before_node(s, i), after_node(s, i), before_node(s, j), after_node(s, j)
    run_from(t, s, y, v, a)
    if not run_to(t, y, v, a, j, mode_of(s, j)) or not run_span(t, s, y, v, j, b, c):
        return False
    if not run_to(t, y, v, c, i, mode_of(s, i)) or not run_meets(t, s, y, v, i, d):
        return False
    add_head(t, s, y, 0, v, a)
    add(y, 0, j, mode_of(s, j))
    add_span(t, s, y, 0, b, c)
    add(y, 0, i, mode_of(s, i))
    add_span(t, s, y, 0, d, -1)
    return propose(y, v, -1, TRADE)


# Strings that go elsewhere; those of the last two cases are turned round
_SIZES = np.array([0, 0, 0, 1, 2, 3, 2, 3])
_HALF = 8
WITHIN_CASES = 2 * _HALF


@compiled
def turn_gains(
    t: Tables, s: State, y: Local, v: int, u: int, o: int, case: int, forth: bool, base: int
) -> bool:
    """Whether to look at a stretch being turned round so that u comes behind o; `base` is what the way between them costs."""
    if not y.is_even:
        return True
    if case == 0:
        d, x = onward(s, o, forth), onward(s, u, forth)
        change = way_to(t, v, d, x, forth) - standing(t, s, v, o, d, forth) - standing(t, s, v, u, x, forth)
    else:
        p, a = onward(s, o, not forth), onward(s, u, not forth)
        change = way_to(t, v, p, a, forth) - standing(t, s, v, p, o, forth) - standing(t, s, v, a, u, forth)
    return base + change < 0


@compiled
def trade_gains(t: Tables, s: State, v: int, u: int, o: int, forth: bool, base: int) -> bool:
    """Whether to look at u trading seats with the task behind o."""
    a, x, d = onward(s, u, not forth), onward(s, u, forth), onward(s, o, forth)
    e = onward(s, d, forth)
    change = way(t, v, u, e, forth) + way(t, v, a, d, forth) + way_to(t, v, d, x, forth)
    change -= standing(t, s, v, o, d, forth) + standing(t, s, v, d, e, forth)
    change -= standing(t, s, v, a, u, forth) + standing(t, s, v, u, x, forth)
    return base + change < 0


@compiled
def reseat_gains(
    t: Tables,
    s: State,
    y: Local,
    v: int,
    u: int,
    last: int,
    size: int,
    turned: bool,
    o: int,
    forth: bool,
    base: int,
) -> bool:
    """Whether to look at the string from u to `last` coming behind o."""
    a, d = onward(s, u, turned == forth), onward(s, o, forth)
    x = onward(s, last, turned != forth)
    change = way(t, v, last, d, forth) - standing(t, s, v, o, d, forth)
    if turned:
        change += way(t, v, x, a, forth) + turning(t, s, y, v, u, size, forth)
        change -= standing(t, s, v, x, last, forth) + standing(t, s, v, u, a, forth)
    else:
        change += way(t, v, a, x, forth)
        change -= standing(t, s, v, a, u, forth) + standing(t, s, v, last, x, forth)
    return base + change < 0


@compiled
def propose_within(t: Tables, s: State, y: Local, u: int, o: int, start: int, thorough: bool) -> int:
    """The first case from `start` on in which a move brings tasks u and o of one route together; -1 if none.

    In the first half of the cases u comes behind o, in the second before it: two stretches to turn round, two tasks
    to trade seats, strings to go there. Halves are left out as by `propose_between`.
    """
    v, n = vehicle_of(s, u), t.tasks
    number(t, s, y, v)
    apart = np.int64(y.place[u]) - y.place[o]
    if -1 <= apart <= 1:
        return -1
    saved = relief(t, s, v)
    thorough = thorough or saved > 0
    for half in range(start // _HALF, 2):
        forth = half == 0
        a, d = onward(s, u, not forth), onward(s, o, forth)
        join = way_to(t, v, o, u, forth)
        if not thorough and join >= standing(t, s, v, o, d, forth) and join >= standing(t, s, v, a, u, forth):
            continue
        ahead = apart if forth else -apart  # so many places further on than o
        base = join - saved
        for k in range(max(0, start - half * _HALF), _HALF):
            case = half * _HALF + k
            if k < 2:
                if ahead > 0 and turn_gains(t, s, y, v, u, o, k, forth, base):
                    i, j = (d, u) if k == 0 else (o, a)
                    if turn(t, s, y, v, i if forth else j, j if forth else i):
                        return case
                continue
            if k == 2:
                if d < n and (ahead < 0 or ahead > 2) and trade_gains(t, s, v, u, o, forth, base):
                    if trade(t, s, y, v, u, d):
                        return case
                continue
            size, turned = _SIZES[k], k >= 6
            last = string_end(t, s, u, size, forth != turned)
            if last >= n or (0 < ahead <= size if turned else 0 < -ahead < size):
                continue
            if reseat_gains(t, s, y, v, u, last, size, turned, o, forth, base):
                b = before_node(s, u if forth != turned else last)
                if reseat(t, s, y, v, b, size, turned, o if forth else d):
                    return case
    return -1
