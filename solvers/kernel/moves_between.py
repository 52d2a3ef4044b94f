"""Moves between two routes: strings of tasks change places, tails are exchanged, whole days change hands."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import seconds_of
from solvers.kernel.moves_order import (
    AS_IS,
    FIRST,
    TURNED,
    Local,
    add,
    add_head,
    add_span,
    after_node,
    before_node,
    begin,
    best_mode,
    mode_of,
    propose,
    run_from,
    run_meets,
    run_to,
    vehicle_of,
    worst_mode,
)
from solvers.kernel.scratch import NOWHERE
from solvers.kernel.state import COUNT, LOADED, State
from solvers.kernel.tables import (
    CAPACITY,
    FIXED,
    IS_EVENING,
    LOAD,
    MOST_TASKS,
    PRICE,
    SERVICE,
    SHARES,
    SHARES_END,
    TARGET,
    Tables,
)
from solvers.kernel.timing import latest, soonest
from solvers.kernel.ways import leg, onward, pay_alike, relief, standing, turning, way, way_to

# Kinds of moves, by what they change
RELOCATE, SWAP, TAILS, HAND_OVER, RESEAT, TURN, TRADE, INSERT, DROP, REPLACE = range(10)
KINDS = 10


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
def string_could_stand(t: Tables, s: State, y: Local, v: int, a: int, side: int, size: int, b: int) -> bool:
    """Whether there would be time for a string between nodes a and b of route v if breaks took none and prizes were all one.

    No where `string_times_hold` says no, in a fraction of its time.
    """
    here, ready = a, soonest(t, s, v, a)
    for k in range(size):
        u = y.string[side, k]
        ready = max(ready + seconds_of(t, v, here, u), np.int64(t.hours[u, 0]))
        if ready > t.hours[u, 1]:
            return False
        ready += t.node[u, SERVICE]
        here = u
    return ready + seconds_of(t, v, here, b) <= latest(t, s, v, b)


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
    if not string_could_stand(t, s, y, w, c, 0, size, d):
        return False
    if size_w and not string_could_stand(t, s, y, v, a, 1, size_w, b):
        return False
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


@inlined
def ways_home(t: Tables, s: State, y: Local, u: int, o: int) -> int:
    """What the vehicles of tasks u and o can save at most on their ways home by exchanging tails."""
    v, w = vehicle_of(s, u), vehicle_of(s, o)
    if y.tail[v] == y.tail[w]:
        return 0
    return last_leg(t, s, v, v, u) + last_leg(t, s, w, w, o)


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
def tail_allowed(t: Tables, s: State, v: int, d: int) -> bool:
    """Whether vehicle v may serve all tasks from node d on."""
    while d < t.tasks:
        if t.fits[d, v] == 0:
            return False
        d = after_node(s, d)
    return True


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
        if pay_alike(t, v, w) and not t.has_extra:
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
    if not tail_allowed(t, s, v, d) or not tail_allowed(t, s, w, b):
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

# Strings that change hands; of the fourth and fifth the one is turned round
_SIZES = np.array([0, 1, 2, 3, 2, 3, 1, 1, 2, 2])
_SIZES_OTHER = np.array([0, 0, 0, 0, 0, 0, 1, 2, 1, 2])
_HALF = 10
PAIR_CASES = 2 * _HALF


@inlined
def closing(t: Tables, v: int, a: int, b: int, forth: bool) -> int:
    """What it costs to go from node a to node b, or what is saved where the day then is empty."""
    return way(t, v, a, b, forth) if a < t.tasks or b < t.tasks else -t.vehicle[v, FIXED]


@compiled
def handing(t: Tables, s: State, u: int, last: int, forth: bool, v: int, w: int) -> int:
    """What more it costs that vehicle w serves the tasks from u to `last`, and not v."""
    cost = np.int64(0)
    while True:
        cost += t.extra[u, w] - t.extra[u, v]
        if u == last:
            return cost
        u = onward(s, u, forth)


@compiled
def note_savings(t: Tables, s: State, y: Local, u: int) -> None:
    """Note what its vehicle saves without task u and those behind it, or before it, whoever is to serve them."""
    v = vehicle_of(s, u)
    for half in range(2):
        forth = half == 0
        a, last = onward(s, u, not forth), u
        first = standing(t, s, v, a, u, forth)
        y.saving[half, FIRST] = first
        for size in range(1, 4):
            saved = -NOWHERE
            if last < t.tasks:
                x = onward(s, last, forth)
                saved = first + standing(t, s, v, last, x, forth) - closing(t, v, a, x, forth)
                last = x
            y.saving[half, AS_IS + size] = saved
            y.saving[half, TURNED + size] = saved
            if saved > -NOWHERE:
                y.saving[half, TURNED + size] -= turning(t, s, y, v, u, size, not forth)
        y.saving[half, AS_IS + 1] += t.mode_forgone[mode_of(s, u)]


@compiled
def swap_gains(
    t: Tables, s: State, u: int, last: int, o: int, other: int, forth: bool, crossing: int
) -> bool:
    """Whether to look at the string from u to `last` changing places with that behind o up to `other`.

    `crossing` is what the ways to and from both strings cost at their ends by u and o, less those now.
    """
    v, w, x, e = vehicle_of(s, u), vehicle_of(s, o), onward(s, last, forth), onward(s, other, forth)
    change = crossing - standing(t, s, v, last, x, forth) - standing(t, s, w, other, e, forth)
    if t.has_extra:
        change += handing(t, s, u, last, forth, v, w)
        change += handing(t, s, onward(s, o, forth), other, forth, w, v)
    if change >= 0:
        return False
    change += way(t, w, last, e, forth)
    return change < 0 and change + way_to(t, v, other, x, forth) < 0


@inlined
def string_end(t: Tables, s: State, u: int, size: int, forth: bool) -> int:
    """The last of so many tasks from node u on; a node that is none if there are fewer."""
    for _ in range(size - 1):
        if u < t.tasks:
            u = onward(s, u, forth)
    return u


@compiled
def propose_between(t: Tables, s: State, y: Local, u: int, o: int, start: int, thorough: bool) -> int:
    """The first case from `start` on in which a move brings task u beside task o of another route; -1 if none.

    In the first half of the cases u comes behind o, in the second before it: tails, strings to relocate (the last
    two of these turned round), strings to swap. A half whose new way is no shorter than those it follows is left out
    unless `thorough`: another of the new ways of what gains is shorter nearly always, and is tried with its own tasks.
    What u's vehicle saves without it has been noted.
    """
    v, w, n = vehicle_of(s, u), vehicle_of(s, o), t.tasks
    mine, theirs = t.fits[u, w] != 0, t.fits[o, v] != 0
    if not mine and not theirs:
        return -1
    exact = pay_alike(t, v, w) and len(t.balance) == 0
    saved = relief(t, s, v) + relief(t, s, w)
    thorough = thorough or saved > 0 or len(t.balance) > 0
    if t.has_extra:
        thorough = thorough or t.extra[u, w] < t.extra[u, v] or t.extra[o, v] < t.extra[o, w]
    for half in range(start // _HALF, 2):
        forth = half == 0
        ahead = mine if forth else theirs  # with u before o, it is v whose day goes on with o
        if not mine and not ahead:
            continue
        a, d = onward(s, u, not forth), onward(s, o, forth)
        join, left, first = way_to(t, w, o, u, forth), standing(t, s, w, o, d, forth), y.saving[half, FIRST]
        if not thorough and join >= left and join >= first:
            continue
        base, crossing = join - left - saved, np.int64(0)
        if exact:
            crossing = base - first + way(t, v, a, d, forth)
        for k in range(max(0, start - half * _HALF), _HALF):
            size, size_w = _SIZES[k], _SIZES_OTHER[k]
            if k == 0:
                if not ahead:
                    continue
                if exact and not t.has_extra and (a < n or d < n) and crossing >= ways_home(t, s, y, u, o):
                    continue
                if swap_tails(t, s, y, v, a if forth else u, w, o if forth else d):
                    return half * _HALF
                continue
            if not mine:
                break
            turned = k == 4 or k == 5
            saving = y.saving[1 - half, TURNED + size] if turned else y.saving[half, AS_IS + size]
            if exact and size_w == 0 and base >= saving and not t.has_extra:
                continue
            last = string_end(t, s, u, size, forth != turned)
            if last >= n:
                continue
            other = string_end(t, s, d, size_w, forth)
            if size_w and other >= n:
                continue
            if exact and size_w:
                if not swap_gains(t, s, u, last, o, other, forth, crossing):
                    continue
            elif exact:
                more = handing(t, s, u, last, forth != turned, v, w) if t.has_extra else np.int64(0)
                if base + more + way(t, w, last, d, forth) >= saving:
                    continue
            b = before_node(s, u if forth != turned else last)
            c = o if forth else before_node(s, other) if size_w else d
            if exchange(t, s, y, v, b, size, turned, w, c, size_w):
                return half * _HALF + k
    return -1
