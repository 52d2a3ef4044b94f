"""Moves within one route: a string goes elsewhere in it, or a stretch is turned round."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.moves_between import (
    RESEAT,
    TURN,
    back,
    has_ahead,
    leg,
    note_string,
    only_travel,
    relief,
    shortens,
)
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
    d = after_node(s, c)
    first, last = y.string[0, 0], y.string[0, size - 1]
    change = leg(t, v, a, b) + leg(t, v, c, first) + leg(t, v, last, d) - leg(t, v, c, d)
    change -= leg(t, v, a, last if turned else first) + leg(t, v, first if turned else last, b)
    if turned:
        for k in range(size - 1):
            change += leg(t, v, y.string[0, k], y.string[0, k + 1])
            change -= leg(t, v, y.string[0, k + 1], y.string[0, k])
    if change - relief(t, s, v) >= 0:
        return False
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


_SIZES = np.array([0, 0, 1, 2, 3, 1, 2, 3, 2, 3, 2, 3])
WITHIN_CASES = 12


@compiled
def propose_within(t: Tables, s: State, y: Local, u: int, o: int, start: int, thorough: bool) -> int:
    """The first case from `start` on in which a move brings tasks u and o of one route together; -1 if none.

    Two stretches to turn round; then strings from u on, behind o and before it, and strings up to u, the same.
    """
    v = vehicle_of(s, u)
    if not thorough and only_travel(t, v) and not (shortens(t, s, v, o, u) or shortens(t, s, v, u, o)):
        return -1
    number(t, s, y, v)
    a, b = before_node(s, u), after_node(s, u)
    if a == o or b == o:
        return -1
    apart = y.place[o] - y.place[u]
    for case in range(start, WITHIN_CASES):
        if case < 2:
            first = after_node(s, o) if apart < 0 else u
            last = u if apart < 0 else before_node(s, o)
            if case == 1:
                first, last = (o, a) if apart < 0 else (b, o)
            if turn(t, s, y, v, first, last):
                return case
            continue
        size, ahead, behind = _SIZES[case], case < 8, case < 5 or (case > 7 and case < 10)
        left = a if ahead else back(t, s, u, size)
        if left < 0 or (ahead and not has_ahead(t, s, u, size)):
            continue
        c = o if behind else before_node(s, o)
        if ahead and apart > 0 and apart < size + (0 if behind else 1):
            continue
        if not ahead and apart < 0 and -apart <= size:
            continue
        turned = (behind != ahead) and size > 1
        if c != left and reseat(t, s, y, v, left, size, turned, c):
            return case
    return -1
