"""Where a task may be put in, and what that costs: beside near tasks, in all routes, or at home."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import put
from solvers.kernel.scratch import Knobs, Scratch, chance
from solvers.kernel.state import AT, COUNT, END, LEAVE, LEG, LOADED, NEXT, NOBODY, PREV, TRAVEL, WHO, State
from solvers.kernel.tables import (
    CAPACITY,
    EVENING,
    FIXED,
    IS_EVENING,
    JUDGED,
    KIND,
    LOAD,
    MOST_TASKS,
    MOST_TRAVEL,
    NEVER,
    PER_METRE,
    PER_OVERTIME,
    PER_SECOND,
    PIN,
    PRICE,
    PRIZE,
    PROFILE,
    SERVICE,
    SHARES,
    SHARES_END,
    SHIFT_END,
    STATES,
    TARGET,
    UNPINNED,
    UNSERVED,
    Tables,
)
from solvers.kernel.timing import could_fit, day_end_with, fits_between, next_start


@inlined
def has_room(t: Tables, s: State, v: int, u: int) -> bool:
    """Whether vehicle v may take task u, time and travel aside."""
    return (
        t.fits[u, v] != 0
        and s.route[v, COUNT] < t.vehicle[v, MOST_TASKS]
        and s.route[v, LOADED] + t.task[u, LOAD] <= t.vehicle[v, CAPACITY]
    )


@compiled
def seats_allow(t: Tables, s: State, v: int, a: int, u: int) -> bool:
    """Whether pinned positions, its own and others', let task u stand behind node a."""
    n = t.tasks
    place, x = 0, s.node[n + v, NEXT]
    before = -1 if a == n + v else 0
    while x < n:
        if before >= 0 and x == a:
            before = place + 1
            if t.task[x, PIN] == -1:
                return False
        elif before < 0 or (before > 0 and place >= before):
            if t.task[x, PIN] >= 0:
                return False
        x = s.node[x, NEXT]
        place += 1
    before = max(before, 0)
    pin = t.task[u, PIN]
    if pin >= 0:
        return pin == before
    return pin == UNPINNED or before == place


@compiled
def share_price(t: Tables, s: State, v: int, amount: int) -> int:
    """What more work of this vehicle costs in balances."""
    cost = np.int64(0)
    for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
        b = t.share[k]
        if t.balance[b, IS_EVENING] == 0:
            more = max(0, s.shared[b] + amount - t.balance[b, TARGET])
            cost += t.balance[b, PRICE] * (more - max(0, s.shared[b] - t.balance[b, TARGET]))
    return cost


@compiled
def evening_price(t: Tables, s: State, v: int) -> int:
    """What one more evening of this vehicle costs in balances."""
    cost = np.int64(0)
    for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
        b = t.share[k]
        if t.balance[b, IS_EVENING] != 0 and s.shared[b] >= t.balance[b, TARGET]:
            cost += t.balance[b, PRICE]
    return cost


@inlined
def try_between(t: Tables, s: State, x: Scratch, v: int, a: int, u: int, base: int) -> None:
    """Judge task u behind node a of route v, and keep it if it is the cheapest so far.

    `base` is what it costs there apart from travel and the hour.
    """
    b = s.node[a, NEXT]
    profile = t.vehicle[v, PROFILE]
    into, out = (
        np.int64(t.travel_to[profile, u, s.node[a, AT]]),
        np.int64(t.travel[profile, u, s.node[b, AT]]),
    )
    added = into + out - s.node[a, LEG]
    cost = base + added * t.vehicle[v, PER_SECOND]
    if t.by_metre:
        cost += t.vehicle[v, PER_METRE] * added_metres(t, s, v, a, b, u)
    if (
        cost < x.found[0]
        and s.route[v, TRAVEL] + added <= t.vehicle[v, MOST_TRAVEL]
        and into + out < NEVER
        and could_fit(t, s, v, a, b, into, out, u)
    ):
        if len(t.balance):
            cost += share_price(t, s, v, added + t.node[u, SERVICE])
        if x.mood[2] > 0.0:
            cost += np.int64(x.mood[2] * t.vehicle[v, PER_SECOND] * waiting(t, s, v, a, u, into))
        for mode in range(t.mode_first[u], t.mode_first[u + 1]):
            if cost + t.mode_forgone[mode] >= x.found[0]:
                break
            if fits_between(t, s, v, a, b, into, out, u, mode):
                if (not t.has_pins or seats_allow(t, s, v, a, u)) and lasts(
                    t, s, x, v, a, into, out, u, mode, cost
                ):
                    x.found[1], x.found[2] = a, mode
                break


@inlined
def waiting(t: Tables, s: State, v: int, a: int, u: int, into: int) -> int:
    """Seconds that task u, right behind node a, cannot begin yet: lost to others, though nobody pays for them."""
    ready = np.int64(s.node[a, LEAVE])
    for taken in range(1, t.vehicle[v, STATES]):
        ready = min(ready, np.int64(s.node[a, LEAVE + taken]))
    start = next_start(t, t.mode_first[u + 1] - 1, ready + into)
    return 0 if start >= NEVER else start - ready - into


@inlined
def added_metres(t: Tables, s: State, v: int, a: int, b: int, u: int) -> int:
    """The distance that task u between nodes a and b adds."""
    profile, at, to = t.vehicle[v, PROFILE], np.int64(s.node[a, AT]), np.int64(s.node[b, AT])
    metres = np.int64(t.metres_to[profile, u, at]) + t.metres[profile, u, to]
    return metres if s.route[v, COUNT] == 0 else metres - t.metres[profile, at, to]


@inlined
def base_cost(t: Tables, v: int, u: int) -> int:
    """What it costs that vehicle v serves task u, apart from travel and the hour."""
    return np.int64(t.extra[u, v]) if t.has_extra else np.int64(0)


@inlined
def lasts(
    t: Tables, s: State, x: Scratch, v: int, a: int, into: int, out: int, u: int, mode: int, cost: int
) -> bool:
    """Whether the day is then short enough and, with its overtime, still the cheapest; notes the cost if so."""
    cost += t.mode_forgone[mode]
    if t.vehicle[v, JUDGED]:
        arrival = day_end_with(t, s, x, v, a, into, out, u, mode)
        if arrival >= NEVER:
            return False
        late = max(0, arrival - t.vehicle[v, SHIFT_END]) - max(0, s.route[v, END] - t.vehicle[v, SHIFT_END])
        cost += late * t.vehicle[v, PER_OVERTIME]
        if len(t.balance) and arrival > t.vehicle[v, EVENING] >= s.route[v, END]:
            cost += evening_price(t, s, v)
        if cost >= x.found[0]:
            return False
    x.found[0] = cost
    return True


@compiled
def look_everywhere(t: Tables, s: State, x: Scratch, u: int) -> None:
    """The cheapest insertion of task u over all routes in use."""
    n = t.tasks
    for v in range(t.vehicles):
        if s.route[v, COUNT] == 0 or not has_room(t, s, v, u):
            continue
        base = base_cost(t, v, u)
        a = n + v
        while a < n + t.vehicles:
            try_between(t, s, x, v, a, u, base)
            a = np.int64(s.node[a, NEXT])


@compiled
def look_near(t: Tables, s: State, x: Scratch, u: int, neighbours: int) -> None:
    """The cheapest insertion of task u beside a task near it.

    One that has to be served looks further where days near it may not take it.
    """
    must = t.task[u, UNSERVED] > t.task[u, PRIZE]
    x.counters[0] += 1
    stamp, left = x.counters[0], neighbours
    for k in range(t.near.shape[1]):
        w = np.int64(t.near[u, k])
        v = np.int64(s.node[w, WHO])
        if must and v != NOBODY and t.fits[u, v] == 0:
            continue
        left -= 1
        if left < 0:
            break
        if v == NOBODY or not has_room(t, s, v, u):
            continue
        base = base_cost(t, v, u)
        if x.seen[w] != stamp:
            x.seen[w] = stamp
            try_between(t, s, x, v, w, u, base)
        a = np.int64(s.node[w, PREV])
        if x.seen[a] != stamp:
            x.seen[a] = stamp
            try_between(t, s, x, v, a, u, base)


@compiled
def look_at_home(t: Tables, s: State, x: Scratch, u: int) -> None:
    """The cheapest insertion of task u into the day of a vehicle that has nothing to do yet."""
    k = 0
    while k < x.counters[4]:
        v = np.int64(x.spare[k])
        if s.route[v, COUNT] > 0:
            v = spare_after(t, s, v)
            if v < 0:
                x.counters[4] -= 1
                x.spare[k] = x.spare[x.counters[4]]
                continue
            x.spare[k] = v
        if has_room(t, s, v, u):
            base = base_cost(t, v, u) + t.vehicle[v, FIXED]
            if x.mood[0] > 0.0:
                base -= np.int64(x.mood[0] * first_cost(t, s, v, u))
            try_between(t, s, x, v, t.tasks + v, u, base)
        k += 1


@inlined
def first_cost(t: Tables, s: State, v: int, u: int) -> float:
    """What it costs vehicle v, at home, to go to task u alone: what later visits will share."""
    profile, start, end = t.vehicle[v, PROFILE], t.tasks + v, t.tasks + t.vehicles + v
    seconds = np.int64(t.travel_to[profile, u, s.node[start, AT]]) + t.travel[profile, u, s.node[end, AT]]
    cost = np.float64(seconds) * np.float64(t.vehicle[v, PER_SECOND]) + np.float64(t.vehicle[v, FIXED])
    if t.by_metre:
        cost += np.float64(t.vehicle[v, PER_METRE]) * np.float64(added_metres(t, s, v, start, end, u))
    return cost if seconds < NEVER else 0.0


@compiled
def spare_after(t: Tables, s: State, v: int) -> int:
    """The next vehicle of the same kind that is at home, or -1."""
    kind = t.vehicle[v, KIND]
    for other in range(v + 1, t.vehicles):
        if t.vehicle[other, KIND] == kind and s.route[other, COUNT] == 0:
            return other
    return -1


@compiled
def find_spare(t: Tables, s: State, x: Scratch) -> None:
    """One vehicle of each kind that is at home."""
    x.counters[4] = 0
    for kind in range(t.kinds):
        x.kind_seen[kind] = 0
    for v in range(t.vehicles):
        if s.route[v, COUNT] == 0 and not x.kind_seen[t.vehicle[v, KIND]]:
            x.kind_seen[t.vehicle[v, KIND]] = 1
            x.spare[x.counters[4]] = v
            x.counters[4] += 1


@compiled
def insert(t: Tables, s: State, x: Scratch, u: int, knobs: Knobs, everywhere: bool) -> int:
    """Insert task u where it is cheapest, if that is cheaper than not serving it; the vehicle, or -1."""
    x.found[0] = t.task[u, UNSERVED]
    if x.mood[1] > 1.0:
        x.found[0] = np.int64(t.task[u, UNSERVED] + (x.mood[1] - 1.0) * t.task[u, PRIZE])
    x.found[1] = -1
    if everywhere or t.near.shape[1] <= knobs.neighbours or chance(x) < knobs.everywhere:
        look_everywhere(t, s, x, u)
    else:
        look_near(t, s, x, u, knobs.neighbours)
    look_at_home(t, s, x, u)
    if x.found[1] < 0:
        return -1
    a = x.found[1]
    v = np.int64(s.node[a, WHO])
    put(t, s, v, a, u, x.found[2])
    return v
