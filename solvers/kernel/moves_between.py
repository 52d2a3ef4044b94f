"""Moves between two routes: strings of tasks change places, tails are exchanged, whole days change hands."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import metres_of, seconds_of
from solvers.kernel.moves_order import (
    Local,
    add,
    add_head,
    add_span,
    after_node,
    before_node,
    begin,
    best_mode,
    mode_of,
    overtime,
    propose,
    run_from,
    run_meets,
    run_to,
    vehicle_of,
    worst_mode,
)
from solvers.kernel.state import COUNT, END, LEG, LOADED, State
from solvers.kernel.tables import (
    CAPACITY,
    EVENING,
    FIXED,
    IS_EVENING,
    LOAD,
    MOST_TASKS,
    PER_METRE,
    PER_SECOND,
    PRICE,
    PROFILE,
    SERVICE,
    SHARES,
    SHARES_END,
    TARGET,
    WALKED,
    Tables,
)

# Kinds of moves, by what they change
RELOCATE, SWAP, TAILS, HAND_OVER, RESEAT, TURN, INSERT, DROP, REPLACE = range(9)
KINDS = 9


@inlined
def leg(t: Tables, v: int, a: int, b: int) -> int:
    """What it costs vehicle v to go from node a to node b."""
    cost = seconds_of(t, v, a, b) * t.vehicle[v, PER_SECOND]
    if t.by_metre:
        cost += metres_of(t, v, a, b) * t.vehicle[v, PER_METRE]
    return cost


@compiled
def relief(t: Tables, s: State, v: int) -> int:
    """What an earlier end of the day can save at most."""
    if not t.vehicle[v, WALKED]:
        return 0
    saved = overtime(t, v, s.route[v, END])
    if s.route[v, END] > t.vehicle[v, EVENING]:
        for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
            if t.balance[t.share[k], IS_EVENING]:
                saved += t.balance[t.share[k], PRICE]
    return saved


@compiled
def work_price(t: Tables, s: State, v: int, more: int, w: int, more_w: int) -> int:
    """What so much more work of vehicle v, and of w unless w < 0, changes in the cost of balances."""
    cost = 0
    for b in range(len(t.balance)):
        if t.balance[b, IS_EVENING]:
            continue
        amount = 0
        for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
            if t.share[k] == b:
                amount += more
        if w >= 0:
            for k in range(t.vehicle[w, SHARES], t.vehicle[w, SHARES_END]):
                if t.share[k] == b:
                    amount += more_w
        was = max(0, s.shared[b] - t.balance[b, TARGET])
        cost += t.balance[b, PRICE] * (max(0, s.shared[b] + amount - t.balance[b, TARGET]) - was)
    return cost


@inlined
def note_string(s: State, y: Local, side: int, a: int, size: int, turned: bool) -> int:
    """Write down the tasks behind node a, in the order in which they would be put back; the node behind them."""
    b = after_node(s, a)
    for k in range(size):
        place = size - 1 - k if turned else k
        y.string[side, place] = b
        y.as_mode[side, place] = mode_of(s, b)
        b = after_node(s, b)
    return b


@compiled
def string_times_hold(t: Tables, s: State, y: Local, v: int, a: int, side: int, size: int, b: int) -> bool:
    """Whether a string can stand between nodes a and b of route v, and all that follows stay."""
    run_from(t, s, y, v, a)
    here = a
    for k in range(size):
        u = y.string[side, k]
        if not run_to(t, y, v, here, u, y.as_mode[side, k]):
            return False
        here = u
    return run_meets(t, s, y, v, here, b)


@compiled
def string_fits(
    t: Tables, s: State, y: Local, v: int, side: int, size: int, gone: int, gone_load: int
) -> bool:
    """Whether vehicle v may take a string in exchange for `gone` tasks, time aside."""
    load = s.route[v, LOADED] - gone_load
    for k in range(size):
        u = y.string[side, k]
        if t.fits[u, v] == 0:
            return False
        load += t.task[u, LOAD]
    return s.route[v, COUNT] - gone + size <= t.vehicle[v, MOST_TASKS] and load <= t.vehicle[v, CAPACITY]


@compiled
def string_load(t: Tables, y: Local, side: int, size: int) -> int:
    """What a string takes up."""
    load = 0
    for k in range(size):
        load += t.task[y.string[side, k], LOAD]
    return load


@inlined
def string_leg(t: Tables, y: Local, v: int, a: int, side: int, size: int, b: int) -> int:
    """What it costs vehicle v to go from node a over a string to node b, with what the tasks cost with it."""
    cost, here = 0, a
    for k in range(size):
        u = y.string[side, k]
        cost += leg(t, v, here, u)
        if t.has_extra:
            cost += t.extra[u, v]
        here = u
    return cost + leg(t, v, here, b)


@inlined
def span_leg(t: Tables, s: State, v: int, a: int, b: int) -> int:
    """What it costs vehicle v to go from node a to node b of its route."""
    cost, here = 0, a
    while here != b:
        after = after_node(s, here)
        cost += leg(t, v, here, after)
        if t.has_extra and after != b:
            cost += t.extra[after, v]
        here = after
    return cost


@compiled
def string_work(t: Tables, s: State, y: Local, v: int, a: int, side: int, size: int, b: int) -> int:
    """Seconds of travel and service from node a over a string to node b, more than those now between them."""
    work, here = 0, a
    for k in range(size):
        u = y.string[side, k]
        work += seconds_of(t, v, here, u) + t.node[u, SERVICE]
        here = u
    work += seconds_of(t, v, here, b)
    here = a
    while here != b:
        after = after_node(s, here)
        work -= seconds_of(t, v, here, after)
        if after != b:
            work -= t.node[after, SERVICE]
        here = after
    return work


@compiled
def exchange(
    t: Tables,
    s: State,
    y: Local,
    v: int,
    a: int,
    size: int,
    turned: bool,
    w: int,
    c: int,
    size_w: int,
) -> bool:
    """Exchange the tasks behind node a of route v, turned round if so said, with those behind node c of route w."""
    b = note_string(s, y, 0, a, size, turned)
    d = note_string(s, y, 1, c, size_w, False)
    emptied = s.route[v, COUNT] == size and size_w == 0
    change = string_leg(t, y, w, c, 0, size, d) - span_leg(t, s, v, a, b)
    if emptied:
        change -= t.vehicle[v, FIXED]
    else:
        change += string_leg(t, y, v, a, 1, size_w, b)
    if s.route[w, COUNT] == 0:
        change += t.vehicle[w, FIXED]
    else:
        change -= span_leg(t, s, w, c, d)
    if len(t.balance):
        more = string_work(t, s, y, v, a, 1, size_w, b)
        more_w = string_work(t, s, y, w, c, 0, size, d)
        change += work_price(t, s, v, more, w, more_w)
    change -= relief(t, s, v) + relief(t, s, w)
    u = y.string[0, 0]
    first, last = mode_of(s, u), mode_of(s, u)
    if size == 1 and size_w == 0:
        change -= t.mode_forgone[first]
        first, last = best_mode(t, u), worst_mode(t, u)
    else:
        change -= t.mode_forgone[first]
    if change + t.mode_forgone[first] >= 0:
        return False
    load, load_w = string_load(t, y, 0, size), string_load(t, y, 1, size_w)
    if not string_fits(t, s, y, w, 0, size, size_w, load_w):
        return False
    if not string_fits(t, s, y, v, 1, size_w, size, load):
        return False
    if not emptied and not string_times_hold(t, s, y, v, a, 1, size_w, b):
        return False
    for mode in range(first, last + 1):
        if change + t.mode_forgone[mode] >= 0:
            return False
        if size == 1 and size_w == 0:
            y.as_mode[0, 0] = mode
        if string_times_hold(t, s, y, w, c, 0, size, d):
            add_head(t, s, y, 0, v, a)
            for k in range(size_w):
                add(y, 0, y.string[1, k], y.as_mode[1, k])
            add_span(t, s, y, 0, b, -1)
            add_head(t, s, y, 1, w, c)
            for k in range(size):
                add(y, 1, y.string[0, k], y.as_mode[0, k])
            add_span(t, s, y, 1, d, -1)
            return propose(y, v, w, SWAP if size_w else RELOCATE)
    return False


# -- tails


@inlined
def end_of(t: Tables, v: int, b: int) -> int:
    """Node b, or where v's day ends if b is the end of another's."""
    return b if b < t.tasks else t.tasks + t.vehicles + v


@compiled
def tail_leg(t: Tables, s: State, v: int, b: int) -> int:
    """What it costs vehicle v to go on from node b, of whatever route, to the end of its own day."""
    cost, here = 0, b
    while here < t.tasks:
        after = end_of(t, v, after_node(s, here))
        cost += leg(t, v, here, after)
        if t.has_extra:
            cost += t.extra[here, v]
        here = after
    return cost


@inlined
def last_leg(t: Tables, s: State, v: int, w: int, b: int) -> int:
    """What it costs vehicle v to go home from the last task of route w; nothing if b, in it, is its end."""
    if b >= t.tasks:
        return 0
    return leg(t, v, before_node(s, t.tasks + t.vehicles + w), t.tasks + t.vehicles + v)


@compiled
def tail_times_hold(t: Tables, s: State, y: Local, v: int, a: int, w: int, d: int) -> bool:
    """Whether vehicle v can go on from node a with what route w does from node d."""
    run_from(t, s, y, v, a)
    if y.tail[v] == y.tail[w]:
        return run_meets(t, s, y, v, a, d)
    here = a
    while d < t.tasks:
        if not run_to(t, y, v, here, d, mode_of(s, d)):
            return False
        here = d
        d = after_node(s, d)
    return run_meets(t, s, y, v, here, t.tasks + t.vehicles + v)


@compiled
def swap_tails(t: Tables, s: State, y: Local, v: int, a: int, w: int, c: int) -> bool:
    """Exchange what follows node a in route v with what follows node c in route w."""
    n = t.tasks
    b, d = after_node(s, a), after_node(s, c)
    if b >= n and d >= n:
        return False
    empty_v, empty_w = a >= n and d >= n, c >= n and b >= n
    change = 0
    if not empty_v:
        change += leg(t, v, a, end_of(t, v, d))
    if not empty_w:
        change += leg(t, w, c, end_of(t, w, b))
    if s.route[v, COUNT]:
        change -= leg(t, v, a, b)
    if s.route[w, COUNT]:
        change -= leg(t, w, c, d)
    if y.tail[v] != y.tail[w] or t.has_extra:
        alike = (
            t.vehicle[v, PROFILE] == t.vehicle[w, PROFILE]
            and t.vehicle[v, PER_SECOND] == t.vehicle[w, PER_SECOND]
            and t.vehicle[v, PER_METRE] == t.vehicle[w, PER_METRE]
        )
        if alike and not t.has_extra:
            change += last_leg(t, s, v, w, d) - last_leg(t, s, w, w, d)
            change += last_leg(t, s, w, v, b) - last_leg(t, s, v, v, b)
        else:
            change += tail_leg(t, s, v, d) - tail_leg(t, s, w, d)
            change += tail_leg(t, s, w, b) - tail_leg(t, s, v, b)
    if s.route[v, COUNT] == 0:
        change += t.vehicle[v, FIXED]
    if s.route[w, COUNT] == 0:
        change += t.vehicle[w, FIXED]
    if empty_v:
        change -= t.vehicle[v, FIXED]
    if empty_w:
        change -= t.vehicle[w, FIXED]
    change -= relief(t, s, v) + relief(t, s, w)
    if change >= 0 and not len(t.balance):
        return False
    if not empty_v and not tail_times_hold(t, s, y, v, a, w, d):
        return False
    if not empty_w and not tail_times_hold(t, s, y, w, c, v, b):
        return False
    add_head(t, s, y, 0, v, a)
    add_span(t, s, y, 0, d, -1)
    add_head(t, s, y, 1, w, c)
    add_span(t, s, y, 1, b, -1)
    return propose(y, v, w, TAILS)


@compiled
def hand_over(t: Tables, s: State, y: Local, v: int, w: int) -> bool:
    """Exchange the whole days of two vehicles."""
    begin(y, 0)
    add_span(t, s, y, 0, after_node(s, t.tasks + w), -1)
    begin(y, 1)
    add_span(t, s, y, 1, after_node(s, t.tasks + v), -1)
    return propose(y, v, w, HAND_OVER)


# -- all of them for a pair of tasks

_SIZES = np.array([0, 1, 2, 3, 2, 3, 1, 1, 2, 2])
_SIZES_OTHER = np.array([0, 0, 0, 0, 0, 0, 1, 2, 1, 2])
PAIR_CASES = 20


@inlined
def back(t: Tables, s: State, u: int, count: int) -> int:
    """The node so many places before task u, or -1 if the day starts after it."""
    for _ in range(count):
        u = before_node(s, u) if u >= 0 and u < t.tasks else -1
    return u


@inlined
def has_ahead(t: Tables, s: State, u: int, count: int) -> bool:
    """Whether there are so many tasks from node u on."""
    for _ in range(count - 1):
        if u < t.tasks:
            u = after_node(s, u)
    return u < t.tasks or count == 0


@inlined
def shortens(t: Tables, s: State, v: int, a: int, b: int) -> bool:
    """Whether the way from node a to node b is shorter than the ways on from a and up to b are now.

    One of the new ways of any improvement is, where only travel costs: the others can be left to the tasks they join.
    """
    return seconds_of(t, v, a, b) < max(s.node[a, LEG], s.node[before_node(s, b), LEG])


@inlined
def only_travel(t: Tables, v: int) -> bool:
    """Whether moves change the cost of this vehicle's day by its travel alone."""
    return not (t.has_extra or len(t.balance) or t.vehicle[v, WALKED])


@compiled
def propose_between(t: Tables, s: State, y: Local, u: int, o: int, start: int, thorough: bool) -> int:
    """The first case from `start` on in which a move brings task u beside task o of another route; -1 if none.

    In the first half of the cases u comes behind o, in the second before it: tails, strings to relocate (the last
    two of these turned round), strings to swap. Ways that are no shorter than those they follow are left out unless
    `thorough`.
    """
    v, w = vehicle_of(s, u), vehicle_of(s, o)
    thorough = thorough or not (only_travel(t, v) and only_travel(t, w))
    worth_behind, worth_before = thorough or shortens(t, s, w, o, u), thorough or shortens(t, s, w, u, o)
    for case in range(start, PAIR_CASES):
        behind = case < PAIR_CASES // 2
        if not (worth_behind if behind else worth_before):
            continue
        k = case if behind else case - PAIR_CASES // 2
        if k == 0:
            if swap_tails(
                t, s, y, v, before_node(s, u) if behind else u, w, o if behind else before_node(s, o)
            ):
                return case
            continue
        size, size_w, turned = _SIZES[k], _SIZES_OTHER[k], k == 4 or k == 5
        a, c = back(t, s, u, size), back(t, s, o, size_w + 1)
        if behind != turned:
            a = before_node(s, u) if has_ahead(t, s, u, size) else -1
        if behind:
            c = o if has_ahead(t, s, after_node(s, o), size_w) else -1
        if a >= 0 and c >= 0 and exchange(t, s, y, v, a, size, turned, w, c, size_w):
            return case
    return -1
