"""New orders for one or two routes: written down, judged by every rule, put in place if the plan gets cheaper."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import metres_of, seconds_of
from solvers.kernel.scratch import NOWHERE, Scratch, move_out, touch
from solvers.kernel.state import (
    COST,
    COUNT,
    END,
    LEAVE,
    LEG,
    LOADED,
    MODE,
    NEXT,
    NOBODY,
    PREV,
    TRAVEL,
    WHO,
    State,
)
from solvers.kernel.tables import (
    ADD,
    AT,
    CAPACITY,
    EVENING,
    FIXED,
    FLOOR,
    IS_EVENING,
    KIND,
    LATEST,
    LOAD,
    MOST_TASKS,
    MOST_TRAVEL,
    NEVER,
    PER_METRE,
    PER_OVERTIME,
    PER_SECOND,
    PIN,
    PRICE,
    PROFILE,
    SERVICE,
    SHARES,
    SHARES_END,
    SHIFT_END,
    STATES,
    TARGET,
    TO,
    Ints,
    Tables,
)
from solvers.kernel.timing import go_on, in_time, next_start, refresh, set_out, share_out

# Columns of Local.saving, the latter two followed by one for each size of a string
FIRST, AS_IS, TURNED, SAVINGS = 0, 0, 3, 7
# Columns of Local.sheet
SIZE, SECONDS, CARRIED, BASE, ARRIVAL, WORK = range(6)
# Places in Local.count
HEAD, WAITING, MOMENT, MADE = range(4)


class Local(NamedTuple):
    """Memory the local search works in. A moment is the number of changes made before."""

    order: Ints  # (2, n + 1): new orders of one or two routes
    mode: Ints  # (2, n + 1): the modes they are served in
    sheet: Ints  # (2, 6): what such an order adds up to; BASE is its cost without overtime
    clock: Ints  # (6, states)
    run: Ints  # (2, states): the earliest leaves by breaks taken, now and next
    string: Ints  # (2, 3): tasks about to change places
    as_mode: Ints  # (2, 3): the modes they would be served in
    place: NDArray[np.int32]  # by task: its place in its route
    numbered: Ints  # by vehicle: when those were noted
    changed: Ints  # by vehicle: when its route last changed
    tested: Ints  # by task: when its moves were last looked for
    queue: Ints  # (n + 1,): tasks whose moves are to be looked for, a ring
    is_queued: NDArray[np.uint8]
    count: Ints  # [head, waiting, moment, moves made]
    proposal: (
        Ints  # [vehicle, other vehicle or -1, kind, change in what unserved tasks cost, leaving, coming]
    )
    made: Ints  # moves made by kind
    saving: Ints  # (2, 7): without a task and those behind it or before it: what is saved of the way to it, and in all
    tail: Ints  # by vehicle: the same number where the rest of a day is timed and priced alike
    is_even: bool  # whether every way is as long as the way back


# -- reading a plan, in one integer type: every other would be compiled anew


@inlined
def after_node(s: State, x: int) -> int:
    """The node behind node x."""
    return np.int64(s.node[x, NEXT])


@inlined
def before_node(s: State, x: int) -> int:
    """The node before node x."""
    return np.int64(s.node[x, PREV])


@inlined
def vehicle_of(s: State, u: int) -> int:
    """Who serves task u."""
    return np.int64(s.node[u, WHO])


@inlined
def mode_of(s: State, u: int) -> int:
    """The mode task u is served in."""
    return np.int64(s.node[u, MODE])


@inlined
def best_mode(t: Tables, u: int) -> int:
    """The mode in which task u earns most; worse ones follow it."""
    return np.int64(t.mode_first[u])


@inlined
def worst_mode(t: Tables, u: int) -> int:
    """The mode in which task u earns least."""
    return np.int64(t.mode_first[u + 1]) - 1


# -- writing an order down


@inlined
def begin(y: Local, side: int) -> None:
    """An empty order."""
    y.sheet[side, SIZE] = 0


@inlined
def add(y: Local, side: int, u: int, mode: int) -> None:
    """Put a task at the end of an order."""
    size = y.sheet[side, SIZE]
    y.order[side, size] = u
    y.mode[side, size] = mode
    y.sheet[side, SIZE] = size + 1


@compiled
def add_span(t: Tables, s: State, y: Local, side: int, first: int, last: int) -> None:
    """Put the tasks from `first` to `last`, neighbours in a plan, at the end of an order; to the end of the day if last < 0."""
    u = first
    while u < t.tasks:
        add(y, side, u, mode_of(s, u))
        if u == last:
            return
        u = after_node(s, u)


@compiled
def add_reversed(t: Tables, s: State, y: Local, side: int, first: int, last: int) -> None:
    """Put the tasks from `last` back to `first` at the end of an order."""
    u = last
    while u < t.tasks:
        add(y, side, u, mode_of(s, u))
        if u == first:
            return
        u = before_node(s, u)


@inlined
def add_head(t: Tables, s: State, y: Local, side: int, v: int, last: int) -> None:
    """Begin an order with what route v does up to node `last`."""
    begin(y, side)
    if last < t.tasks:
        add_span(t, s, y, side, after_node(s, t.tasks + v), last)


# -- judging it


@compiled
def pins_hold(t: Tables, y: Local, side: int) -> bool:
    """Whether every pinned task is in its seat."""
    size = y.sheet[side, SIZE]
    for k in range(size):
        pin = t.task[y.order[side, k], PIN]
        if (pin >= 0 and pin != k) or (pin == -1 and k != size - 1):
            return False
    return True


@compiled
def times_hold(t: Tables, y: Local, side: int, v: int) -> bool:
    """Whether vehicle v can work in this order; notes when its day ends."""
    size, here = y.sheet[side, SIZE], t.tasks + v
    set_out(t, v, y.clock)
    for place in range(size + 1):
        u = y.order[side, place] if place < size else t.tasks + t.vehicles + v
        if not go_on(t, v, here, u, y.mode[side, place], y.clock):
            return False
        here = u
    arrival = NEVER
    for k in range(t.vehicle[v, STATES]):
        arrival = min(arrival, y.clock[0, k])
    y.sheet[side, ARRIVAL] = arrival
    return in_time(t, v, y.clock) == arrival


@compiled
def sums_hold(t: Tables, y: Local, side: int, v: int) -> bool:
    """Add up what vehicle v does in this order; whether it is allowed to, time aside."""
    size, n = y.sheet[side, SIZE], t.tasks
    y.sheet[side, SECONDS], y.sheet[side, CARRIED] = 0, 0
    y.sheet[side, BASE], y.sheet[side, WORK] = 0, 0
    if size == 0:
        return True
    seconds, metres, load, service, cost = np.int64(0), np.int64(0), np.int64(0), np.int64(0), np.int64(0)
    here = n + v
    for place in range(size):
        u = y.order[side, place]
        if t.fits[u, v] == 0:
            return False
        seconds += seconds_of(t, v, here, u)
        if t.by_metre:
            metres += metres_of(t, v, here, u)
        load += t.task[u, LOAD]
        service += t.node[u, SERVICE]
        cost += t.mode_forgone[y.mode[side, place]]
        if t.has_extra:
            cost += t.extra[u, v]
        here = u
    end = n + t.vehicles + v
    seconds += seconds_of(t, v, here, end)
    if t.by_metre:
        metres += metres_of(t, v, here, end)
    cost += seconds * t.vehicle[v, PER_SECOND] + metres * t.vehicle[v, PER_METRE] + t.vehicle[v, FIXED]
    y.sheet[side, SECONDS], y.sheet[side, CARRIED] = seconds, load
    y.sheet[side, BASE], y.sheet[side, WORK] = cost, seconds + service
    return (
        size <= t.vehicle[v, MOST_TASKS]
        and load <= t.vehicle[v, CAPACITY]
        and seconds <= t.vehicle[v, MOST_TRAVEL]
    )


@compiled
def order_holds(t: Tables, y: Local, side: int, v: int) -> bool:
    """Whether vehicle v may and can work in this order."""
    if not sums_hold(t, y, side, v):
        return False
    if y.sheet[side, SIZE] == 0:
        y.sheet[side, ARRIVAL] = 0
        return True
    return (not t.has_pins or pins_hold(t, y, side)) and times_hold(t, y, side, v)


@inlined
def overtime(t: Tables, v: int, arrival: int) -> int:
    """What it costs that the day ends then."""
    return t.vehicle[v, PER_OVERTIME] * max(0, arrival - t.vehicle[v, SHIFT_END])


@compiled
def work_of(t: Tables, s: State, v: int) -> int:
    """Seconds of travel and service in route v."""
    work = s.route[v, TRAVEL]
    u = after_node(s, t.tasks + v)
    while u < t.tasks:
        work += t.node[u, SERVICE]
        u = after_node(s, u)
    return work


@inlined
def is_part(t: Tables, v: int, b: int) -> bool:
    """Whether vehicle v is part of balance b."""
    count = 0
    for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
        count += t.share[k] == b
    return count > 0


@inlined
def amount(t: Tables, s: State, y: Local, side: int, v: int, b: int) -> int:
    """What the new order of route v adds to balance b."""
    if t.balance[b, IS_EVENING] == 0:
        return y.sheet[side, WORK] - work_of(t, s, v)
    evening = t.vehicle[v, EVENING]
    return np.int64(y.sheet[side, ARRIVAL] > evening) - np.int64(s.route[v, END] > evening)


@compiled
def balances_change(t: Tables, s: State, y: Local, v: int, w: int) -> int:
    """What the new orders of routes v and w (none if w < 0) change in the cost of balances."""
    change = np.int64(0)
    for side in range(2 if w >= 0 else 1):
        mine = v if side == 0 else w
        other = w if side == 0 else v
        for k in range(t.vehicle[mine, SHARES], t.vehicle[mine, SHARES_END]):
            b = np.int64(t.share[k])
            more = amount(t, s, y, side, mine, b)
            if other >= 0 and is_part(t, other, b):
                if side == 1:
                    continue
                more += amount(t, s, y, 1, other, b)
            was = max(0, s.shared[b] - t.balance[b, TARGET])
            change += t.balance[b, PRICE] * (max(0, s.shared[b] + more - t.balance[b, TARGET]) - was)
    return change


# -- putting it in place


@compiled
def head_kept(t: Tables, s: State, y: Local, side: int, v: int) -> int:
    """How many tasks at the beginning stay as they are."""
    u, k, size = after_node(s, t.tasks + v), 0, y.sheet[side, SIZE]
    while k < size and u == y.order[side, k] and mode_of(s, u) == y.mode[side, k]:
        u = after_node(s, u)
        k += 1
    return k


@compiled
def tail_kept(t: Tables, s: State, y: Local, side: int, v: int, most: int) -> int:
    """How many tasks at the end stay as they are, at most `most`."""
    u, k = before_node(s, t.tasks + t.vehicles + v), 0
    size = y.sheet[side, SIZE]
    while k < most and u == y.order[side, size - 1 - k] and mode_of(s, u) == y.mode[side, size - 1 - k]:
        u = before_node(s, u)
        k += 1
    return k


@inlined
def vacate(t: Tables, s: State, v: int) -> None:
    """Nobody serves the tasks of route v for a moment."""
    u = after_node(s, t.tasks + v)
    while u < t.tasks:
        s.node[u, WHO] = NOBODY
        u = after_node(s, u)


@compiled
def link(t: Tables, s: State, x: Scratch, y: Local, side: int, v: int, head: int, tail: int) -> None:
    """Make an order the route of v, of which `head` and `tail` tasks stay as they are."""
    n, size = t.tasks, y.sheet[side, SIZE]
    before = n + v
    left, right = before, n + t.vehicles + v
    for k in range(size + 1):
        u = y.order[side, k] if k < size else n + t.vehicles + v
        s.node[before, NEXT] = u
        s.node[before, LEG] = seconds_of(t, v, before, u) if size else 0
        s.node[u, PREV] = before
        if k < size:
            s.node[u, WHO] = v
            s.node[u, MODE] = y.mode[side, k]
            y.place[u] = k
            if k == head - 1:
                left = u
            if k == size - tail:
                right = u
        before = u
    change = y.sheet[side, BASE] + overtime(t, v, s.route[v, END]) - s.route[v, COST]
    s.route[v, COUNT] = size
    s.route[v, TRAVEL] = y.sheet[side, SECONDS]
    s.route[v, LOADED] = y.sheet[side, CARRIED]
    s.route[v, COST] += change
    s.total[0] += change
    refresh(t, s, v, left, right)
    note_change(t, s, x, y, v)
    y.numbered[v] = y.count[MOMENT]
    for k in range(max(0, head - 1), min(size, head + 2)):
        enqueue(y, y.order[side, k])
    for k in range(max(head, size - tail - 2), min(size, size - tail + 1)):
        enqueue(y, y.order[side, k])


@inlined
def note_change(t: Tables, s: State, x: Scratch, y: Local, v: int) -> None:
    """Remember that route v has changed."""
    y.count[MOMENT] += 1
    y.changed[v] = y.count[MOMENT]
    touch(x, v)
    if s.route[v, COUNT] == 0:
        note_spare(t, s, x, v)


@compiled
def note_spare(t: Tables, s: State, x: Scratch, v: int) -> None:
    """Remember that vehicle v has nothing to do any more."""
    for k in range(x.counters[4]):
        other = x.spare[k]
        if t.vehicle[other, KIND] == t.vehicle[v, KIND]:
            if v < other or s.route[other, COUNT]:
                x.spare[k] = v
            return
    x.spare[x.counters[4]] = v
    x.counters[4] += 1


@inlined
def enqueue(y: Local, u: int) -> None:
    """Look for moves of task u later."""
    if not y.is_queued[u]:
        y.is_queued[u] = 1
        size = len(y.queue)
        k = y.count[HEAD] + y.count[WAITING]
        y.queue[k if k < size else k - size] = u
        y.count[WAITING] += 1


@inlined
def propose(y: Local, v: int, w: int, kind: int) -> bool:
    """Propose the first order for route v and the second for route w (none if w < 0)."""
    y.proposal[0], y.proposal[1], y.proposal[2] = v, w, kind
    y.proposal[3], y.proposal[4], y.proposal[5] = 0, 0, 0
    return True


@inlined
def propose_served(y: Local, v: int, unserved: int, kind: int, leaving: int, coming: int) -> bool:
    """Propose the first order for route v, with so many tasks of the second string leaving it and the plan.

    `unserved` is what the tasks cost that are then unserved, less those that were; `coming` says whether the first
    task of the first string comes into the plan.
    """
    y.proposal[0], y.proposal[1], y.proposal[2] = v, -1, kind
    y.proposal[3], y.proposal[4], y.proposal[5] = unserved, leaving, coming
    return True


@compiled
def proposed_change(t: Tables, s: State, y: Local) -> int:
    """What the proposal changes in the cost of the plan; NOWHERE if it breaks a rule."""
    v, w = y.proposal[0], y.proposal[1]
    if not order_holds(t, y, 0, v) or (w >= 0 and not order_holds(t, y, 1, w)):
        return NOWHERE
    change = y.proposal[3] + y.sheet[0, BASE] + overtime(t, v, y.sheet[0, ARRIVAL]) - s.route[v, COST]
    if w >= 0:
        change += y.sheet[1, BASE] + overtime(t, w, y.sheet[1, ARRIVAL]) - s.route[w, COST]
    if len(t.balance):
        change += balances_change(t, s, y, v, w)
    return change


@compiled
def decide(t: Tables, s: State, x: Scratch, y: Local) -> bool:
    """Do what is proposed, if the new orders hold and the plan gets cheaper."""
    if proposed_change(t, s, y) >= 0:
        return False
    v, w = y.proposal[0], y.proposal[1]
    head = head_kept(t, s, y, 0, v)
    tail = tail_kept(t, s, y, 0, v, min(y.sheet[0, SIZE], s.route[v, COUNT]) - head)
    head_w, tail_w = 0, 0
    work, work_w = np.int64(0), np.int64(0)
    if len(t.balance):
        work = y.sheet[0, WORK] - work_of(t, s, v)
    if w >= 0:
        head_w = head_kept(t, s, y, 1, w)
        tail_w = tail_kept(t, s, y, 1, w, min(y.sheet[1, SIZE], s.route[w, COUNT]) - head_w)
        if len(t.balance):
            work_w = y.sheet[1, WORK] - work_of(t, s, w)
        vacate(t, s, w)
    vacate(t, s, v)
    s.total[0] += y.proposal[3]
    link(t, s, x, y, 0, v, head, tail)
    if work:
        share_out(t, s, v, work, False)
    if w >= 0:
        link(t, s, x, y, 1, w, head_w, tail_w)
        if work_w:
            share_out(t, s, w, work_w, False)
    y.count[MADE] += 1
    y.made[y.proposal[2]] += 1
    if y.proposal[5]:
        move_out(x, y.string[0, 0])
    for k in range(y.proposal[4]):
        move_out(x, y.string[1, k])
        enqueue(y, y.string[1, k])
    return True


# -- testing the times of a change without walking the route


@inlined
def run_from(t: Tables, s: State, y: Local, v: int, a: int) -> None:
    """Stand at node a of route v, its service done."""
    for k in range(t.vehicle[v, STATES]):
        y.run[0, k] = s.node[a, LEAVE + k]


@compiled
def run_to(t: Tables, y: Local, v: int, a: int, u: int, mode: int) -> bool:
    """Go on from node a to task u and serve it in this mode; whether there is time to."""
    seconds = np.int64(t.travel[t.vehicle[v, PROFILE], t.node[a, AT], t.node[u, AT]])
    states = t.vehicle[v, STATES]
    if states == 1:
        start = next_start(t, mode, y.run[0, 0] + seconds)
        y.run[0, 0] = start + t.node[u, SERVICE]
        return start < NEVER
    for k in range(states):
        y.run[1, k] = NEVER
    alive = False
    for taken in range(states):
        leave = y.run[0, taken]
        if leave >= NEVER:
            continue
        for o in range(t.option_first[v, taken], t.option_first[v, taken + 1]):
            if leave > t.option[o, LATEST]:
                continue
            goal = t.option[o, TO]
            start = next_start(t, mode, max(leave + seconds + t.option[o, ADD], np.int64(t.option[o, FLOOR])))
            if start < NEVER and start <= t.due[v, goal]:
                alive = True
                y.run[1, goal] = min(y.run[1, goal], start + t.node[u, SERVICE])
    for k in range(states):
        y.run[0, k] = y.run[1, k]
    return alive


@compiled
def run_meets(t: Tables, s: State, y: Local, v: int, a: int, b: int) -> bool:
    """Whether from node a, node b is reached early enough for it and all that follow it."""
    reach = LEAVE + t.states
    seconds = np.int64(t.travel[t.vehicle[v, PROFILE], t.node[a, AT], t.node[b, AT]])
    states = t.vehicle[v, STATES]
    if states == 1:
        return y.run[0, 0] + seconds <= s.node[b, reach]
    for taken in range(states):
        leave = y.run[0, taken]
        if leave >= NEVER:
            continue
        for o in range(t.option_first[v, taken], t.option_first[v, taken + 1]):
            if leave <= t.option[o, LATEST]:
                ready = max(leave + seconds + t.option[o, ADD], np.int64(t.option[o, FLOOR]))
                if ready <= s.node[b, reach + t.option[o, TO]]:
                    return True
    return False
