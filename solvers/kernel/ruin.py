"""What a step undoes: strings of neighbours are taken out, or two routes exchange their tails or whole days."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import put, take
from solvers.kernel.insert import base_cost, has_room, try_between
from solvers.kernel.scratch import NOWHERE, Knobs, Scratch, below, chance, move_out, touch
from solvers.kernel.state import COUNT, END, NEXT, NOBODY, PREV, TRAVEL, WHO, State
from solvers.kernel.tables import KIND, MOST_TRAVEL, NEVER, PIN, Tables

_PARTNERS = 10
"""Near tasks of other routes among which one is drawn to exchange tails with."""


@compiled
def take_string(t: Tables, s: State, x: Scratch, v: int, first: int, last: int) -> None:
    """Take a string of tasks out of a route, and what then cannot stay."""
    u = first
    while True:
        move_out(x, u)
        if u == last:
            break
        u = s.node[u, NEXT]
    take(t, s, v, first, last)
    touch(x, v)
    n = t.tasks
    if t.has_pins:
        place, u = 0, np.int64(s.node[n + v, NEXT])
        while u < n:
            after = np.int64(s.node[u, NEXT])
            if t.task[u, PIN] >= 0 and t.task[u, PIN] != place:
                move_out(x, u)
                take(t, s, v, u, u)
            else:
                place += 1
            u = after
    if s.route[v, COUNT] and (s.route[v, END] >= NEVER or s.route[v, TRAVEL] > t.vehicle[v, MOST_TRAVEL]):
        # Possible where the way round is shorter than the way straight on.
        first, last = np.int64(s.node[n + v, NEXT]), np.int64(s.node[n + t.vehicles + v, PREV])
        u = first
        while u < n:
            move_out(x, u)
            u = s.node[u, NEXT]
        take(t, s, v, first, last)


@compiled
def ruin(t: Tables, s: State, x: Scratch, knobs: Knobs, in_use: int, served: int) -> None:
    """Take strings of tasks out of some routes near a random task."""
    seed = below(x, t.tasks)
    longest = min(max(1.0, x.mood[3] * knobs.longest), served / max(1, in_use))
    strings = np.int64(1 + chance(x) * max(0.0, 4 * x.mood[3] * knobs.removed / (1 + longest) - 1))
    taken = 0
    for k in range(-1, t.near.shape[1]):
        if taken >= strings:
            break
        w = seed if k < 0 else np.int64(t.near[seed, k])
        v = np.int64(s.node[w, WHO])
        if v == NOBODY:
            if x.counters[3] < knobs.open_most and not x.is_out[w]:
                x.counters[3] += 1
                move_out(x, w)
            continue
        if x.is_touched[v]:
            continue
        taken += 1
        size = s.route[v, COUNT]
        length = min(np.int64(1 + chance(x) * min(longest, np.float64(size))), size)
        ruin_route(t, s, x, v, w, length)


@compiled
def ruin_route(t: Tables, s: State, x: Scratch, v: int, w: int, length: int) -> None:
    """Take a string of this length, with task w in it, out of route v; or a longer one that leaves a part in place."""
    n = t.tasks
    size = s.route[v, COUNT]
    keep = 0
    if 1 < length < size and chance(x) < 0.5:
        keep = 1
        while length + keep < size and chance(x) > 0.01:
            keep += 1
    whole = length + keep
    ahead = below(x, whole)
    first = w
    while ahead > 0 and s.node[first, PREV] < n:
        first = np.int64(s.node[first, PREV])
        ahead -= 1
    last, held = first, 1
    while held < whole and s.node[last, NEXT] < n:
        last = np.int64(s.node[last, NEXT])
        held += 1
    while held < whole and s.node[first, PREV] < n:
        first = np.int64(s.node[first, PREV])
        held += 1
    if keep == 0 or held <= keep + 1:
        take_string(t, s, x, v, first, last)
        return
    cut = 1 + below(x, held - keep - 1)
    middle = first
    for _ in range(cut - 1):
        middle = np.int64(s.node[middle, NEXT])
    resume = middle
    for _ in range(keep + 1):
        resume = np.int64(s.node[resume, NEXT])
    take_string(t, s, x, v, resume, last)
    if s.node[first, WHO] == v and s.node[middle, WHO] == v and not t.has_pins:
        take_string(t, s, x, v, first, middle)


@compiled
def cross(t: Tables, s: State, x: Scratch, whole: float) -> None:
    """Exchange the tails of two routes beside each other, or pass whole days on; what does not fit is taken out.

    A string is too short to bring what lies behind a leg, or a day, to another vehicle, and nothing else would.
    """
    u = below(x, t.tasks)
    v = np.int64(s.node[u, WHO])
    if v == NOBODY:
        return
    w = neighbour(t, s, x, u, v)
    if w < 0:
        return
    r = np.int64(s.node[w, WHO])
    if t.vehicle[v, KIND] != t.vehicle[r, KIND] and chance(x) < whole:
        pass_on(t, s, x, w, v, r)
        return
    b = np.int64(s.node[w, PREV])
    if s.node[u, NEXT] < t.tasks:
        take_behind(t, s, x, v, u)
    known = x.counters[2]
    take_behind(t, s, x, r, b)
    touch(x, v)
    last = x.counters[2]
    for k in range(last):
        to = r if k < known else v
        insert_behind(t, s, x, to, last_stop(t, s, to), x.out[k])


@compiled
def neighbour(t: Tables, s: State, x: Scratch, u: int, v: int) -> int:
    """A task near u, drawn among a few, of a route other than v; -1 if there is none."""
    w, skip = -1, below(x, _PARTNERS)
    for k in range(t.near.shape[1]):
        other = np.int64(s.node[t.near[u, k], WHO])
        if other != NOBODY and other != v:
            w = np.int64(t.near[u, k])
            skip -= 1
            if skip < 0:
                break
    return w


@compiled
def pass_on(t: Tables, s: State, x: Scratch, w: int, v: int, r: int) -> None:
    """Give the day of vehicle v to r and that of r to v, or on to a third and that one's to v.

    In their order, or each task where it is cheapest: whoever lives elsewhere goes round another way.
    """
    n, third = t.tasks, v
    if chance(x) < 0.5:
        q = neighbour(t, s, x, w, r)
        if q >= 0:
            third = np.int64(s.node[q, WHO])
    take_behind(t, s, x, v, n + v)
    first = x.counters[2]
    take_behind(t, s, x, r, n + r)
    second = x.counters[2]
    if third != v:
        take_behind(t, s, x, third, n + third)
    last = x.counters[2]
    in_order = chance(x) < 0.5
    for k in range(last):
        to = r if k < first else third if k < second else v
        insert_behind(t, s, x, to, last_stop(t, s, to) if in_order else n + to, x.out[k])


@inlined
def last_stop(t: Tables, s: State, v: int) -> int:
    """The node behind which a day ends."""
    return np.int64(s.node[t.tasks + t.vehicles + v, PREV])


@inlined
def take_behind(t: Tables, s: State, x: Scratch, v: int, a: int) -> None:
    """Take out all that follows node a, at least one task, and what then cannot stay."""
    take_string(t, s, x, v, np.int64(s.node[a, NEXT]), last_stop(t, s, v))


@compiled
def insert_behind(t: Tables, s: State, x: Scratch, v: int, a: int, u: int) -> None:
    """Put task u into route v, behind node a or later where it is cheapest, if it fits anywhere."""
    if has_room(t, s, v, u):
        x.found[0], x.found[1] = NOWHERE, -1
        base = base_cost(t, v, u)
        while a < t.tasks + t.vehicles:
            try_between(t, s, x, v, a, u, base)
            a = np.int64(s.node[a, NEXT])
        if x.found[1] >= 0:
            put(t, s, v, x.found[1], u, x.found[2])
