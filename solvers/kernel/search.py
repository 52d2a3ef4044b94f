"""Ruin and recreate under simulated annealing, compiled.

Slack induction by string removals (Christiaens and Vanden Berghe 2020), with insertions looked for beside near tasks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.edit import put, set_mode, take
from solvers.kernel.state import (
    AT,
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
    copy_row,
    copy_state,
)
from solvers.kernel.tables import AT as ROW
from solvers.kernel.tables import (
    CAPACITY,
    EVENING,
    FIXED,
    IS_EVENING,
    KIND,
    LOAD,
    LONGEST,
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
    WALKED,
    Tables,
)
from solvers.kernel.timing import fits_between, next_start, walk

NOWHERE = 1 << 62
"""The cost of an insertion that is not possible."""


_LESS = 0.4
"""The size of a small ruin against the average."""

_PARTNERS = 10
"""Near tasks of other routes among which one is drawn to exchange tails with."""


class Scratch(NamedTuple):
    """Memory the search works in."""

    seen: NDArray[np.int64]  # by node: the insertion that last looked behind it
    counters: NDArray[np.int64]  # insertions, touched, out, opened, positions to the next blink, spare
    found: NDArray[np.int64]  # [cost, node, mode] of the best insertion
    clock: NDArray[np.int64]  # (6, states), for `walk`
    out: NDArray[np.int64]  # unserved tasks to insert
    key: NDArray[np.float64]  # what they are sorted by
    touched: NDArray[np.int64]  # vehicles changed in this step
    is_touched: NDArray[np.uint8]
    is_out: NDArray[np.uint8]
    spare: NDArray[np.int64]  # vehicles at home, one of a kind
    kind_seen: NDArray[np.uint8]
    mood: NDArray[np.float64]  # credit, boost, price of waiting, size of the ruin, of this step
    random: NDArray[np.uint64]


class Knobs(NamedTuple):
    """How the search ruins and recreates."""

    removed: float  # tasks taken out in one step, on average
    longest: float  # string of neighbours taken out of one route, at most
    neighbours: int  # near tasks beside which an insertion is looked for
    blink: float  # chance that a position is passed over
    everywhere: float  # chance that an insertion is looked for in all routes
    open_most: int  # unserved tasks tried in one step beside those taken out
    credit: float  # chance that a step looks away from a part of what it costs to begin a day
    boost: float  # chance that a step takes visits for worth more than they are
    patience: float  # chance that a step counts waiting before a visit, at a price of its own
    small: float  # chance that a step takes out fewer than usual; the others then take out more
    cross: float  # chance that a step exchanges the tails of two routes instead
    whole: float  # chance that these are whole days, where vehicles are not alike


KNOBS = Knobs(
    removed=10.0,
    longest=10.0,
    neighbours=40,
    blink=0.01,
    everywhere=0.05,
    open_most=20,
    credit=0.3,
    boost=0.3,
    patience=0.0,
    small=0.6,
    cross=0.15,
    whole=0.3,
)


def scratch_for(t: Tables, seed: int) -> Scratch:
    """Fresh memory."""
    nodes = t.tasks + 2 * t.vehicles
    mixed = np.random.SeedSequence(seed).generate_state(1, np.uint64)
    return Scratch(
        seen=np.zeros(nodes, np.int64),
        counters=np.zeros(8, np.int64),
        found=np.zeros(3, np.int64),
        clock=np.zeros((6, t.states), np.int64),
        out=np.zeros(t.tasks + 1, np.int64),
        key=np.zeros(t.tasks + 1, np.float64),
        touched=np.zeros(t.vehicles + 1, np.int64),
        is_touched=np.zeros(t.vehicles, np.uint8),
        is_out=np.zeros(t.tasks, np.uint8),
        spare=np.zeros(t.kinds, np.int64),
        kind_seen=np.zeros(t.kinds, np.uint8),
        mood=np.array([0.0, 1.0, 0.0, 1.0]),
        random=mixed | np.uint64(1),
    )


@inlined
def chance(x: Scratch) -> float:
    """A random number from 0 to 1 (xorshift64*, Vigna 2016)."""
    state = x.random[0]
    state ^= state >> np.uint64(12)
    state ^= state << np.uint64(25)
    state ^= state >> np.uint64(27)
    x.random[0] = state
    return np.float64((state * np.uint64(2685821657736338717)) >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(x: Scratch, limit: int) -> int:
    """A random integer from 0 to limit - 1."""
    return min(np.int64(chance(x) * limit), limit - 1)


@inlined
def blinks(x: Scratch, blink: float) -> bool:
    """Whether a position is passed over: true with probability `blink`, at the price of a countdown."""
    x.counters[4] -= 1
    if x.counters[4] >= 0:
        return False
    draw_blink(x, blink)
    return True


@compiled
def draw_blink(x: Scratch, blink: float) -> None:
    """Draw how many positions are looked at before the next is passed over."""
    if blink <= 0.0:
        x.counters[4] = NOWHERE
    else:
        x.counters[4] = np.int64(np.log(max(chance(x), 1e-300)) / np.log(1.0 - blink))


# -- insertion


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
    if cost < x.found[0] and s.route[v, TRAVEL] + added <= t.vehicle[v, MOST_TRAVEL] and into + out < NEVER:
        if len(t.balance):
            cost += share_price(t, s, v, added + t.node[u, SERVICE])
        if x.mood[2] > 0.0:
            cost += np.int64(x.mood[2] * t.vehicle[v, PER_SECOND] * waiting(t, s, v, a, u, into))
        for mode in range(t.mode_first[u], t.mode_first[u + 1]):
            if cost + t.mode_forgone[mode] >= x.found[0]:
                break
            if fits_between(t, s, v, a, b, into, out, u, mode):
                if (not t.has_pins or seats_allow(t, s, v, a, u)) and lasts(t, s, x, v, a, u, mode, cost):
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
def lasts(t: Tables, s: State, x: Scratch, v: int, a: int, u: int, mode: int, cost: int) -> bool:
    """Whether the day is then short enough and, with its overtime, still the cheapest; notes the cost if so."""
    cost += t.mode_forgone[mode]
    if t.vehicle[v, WALKED]:
        arrival = walk(t, s, v, a, u, mode, x.clock)
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
def look_everywhere(t: Tables, s: State, x: Scratch, u: int, blink: float) -> None:
    """The cheapest insertion of task u over all routes in use."""
    n = t.tasks
    for v in range(t.vehicles):
        if s.route[v, COUNT] == 0 or not has_room(t, s, v, u):
            continue
        base = base_cost(t, v, u)
        a = n + v
        while a < n + t.vehicles:
            if not blinks(x, blink):
                try_between(t, s, x, v, a, u, base)
            a = np.int64(s.node[a, NEXT])


@compiled
def look_near(t: Tables, s: State, x: Scratch, u: int, neighbours: int, blink: float) -> None:
    """The cheapest insertion of task u beside a task near it."""
    x.counters[0] += 1
    stamp = x.counters[0]
    for k in range(min(neighbours, t.near.shape[1])):
        w = np.int64(t.near[u, k])
        v = np.int64(s.node[w, WHO])
        if v == NOBODY or not has_room(t, s, v, u):
            continue
        base = base_cost(t, v, u)
        if x.seen[w] != stamp:
            x.seen[w] = stamp
            if not blinks(x, blink):
                try_between(t, s, x, v, w, u, base)
        a = np.int64(s.node[w, PREV])
        if x.seen[a] != stamp:
            x.seen[a] = stamp
            if not blinks(x, blink):
                try_between(t, s, x, v, a, u, base)


@compiled
def look_at_home(t: Tables, s: State, x: Scratch, u: int) -> None:
    """The cheapest insertion of task u into the day of a vehicle that has nothing to do yet."""
    k = 0
    while k < x.counters[5]:
        v = np.int64(x.spare[k])
        if s.route[v, COUNT] > 0:
            v = spare_after(t, s, v)
            if v < 0:
                x.counters[5] -= 1
                x.spare[k] = x.spare[x.counters[5]]
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
def draw_mood(x: Scratch, knobs: Knobs) -> None:
    """How optimistic this step is: a first visit far out, or one that does not pay by itself, may open the way for more."""
    x.mood[0] = chance(x) if chance(x) < knobs.credit else 0.0
    x.mood[1] = 1.0 + chance(x) if chance(x) < knobs.boost else 1.0
    x.mood[2] = chance(x) if chance(x) < knobs.patience else 0.0
    less = chance(x) < knobs.small
    x.mood[3] = _LESS if less else (1.0 - knobs.small * _LESS) / (1.0 - knobs.small)


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
    x.counters[5] = 0
    for kind in range(t.kinds):
        x.kind_seen[kind] = 0
    for v in range(t.vehicles):
        if s.route[v, COUNT] == 0 and not x.kind_seen[t.vehicle[v, KIND]]:
            x.kind_seen[t.vehicle[v, KIND]] = 1
            x.spare[x.counters[5]] = v
            x.counters[5] += 1


@compiled
def insert(t: Tables, s: State, x: Scratch, u: int, knobs: Knobs, everywhere: bool) -> int:
    """Insert task u where it is cheapest, if that is cheaper than not serving it; the vehicle, or -1."""
    x.found[0] = t.task[u, UNSERVED]
    if x.mood[1] > 1.0:
        x.found[0] = np.int64(t.task[u, UNSERVED] + (x.mood[1] - 1.0) * t.task[u, PRIZE])
    x.found[1] = -1
    if everywhere or t.near.shape[1] <= knobs.neighbours or chance(x) < knobs.everywhere:
        look_everywhere(t, s, x, u, knobs.blink)
    else:
        look_near(t, s, x, u, knobs.neighbours, knobs.blink)
    look_at_home(t, s, x, u)
    if x.found[1] < 0:
        return -1
    a = x.found[1]
    v = np.int64(s.node[a, WHO])
    put(t, s, v, a, u, x.found[2])
    return v


# -- one step


@inlined
def touch(x: Scratch, v: int) -> None:
    """Remember that a route has changed."""
    if not x.is_touched[v]:
        x.is_touched[v] = 1
        x.touched[x.counters[1]] = v
        x.counters[1] += 1


@inlined
def forget(x: Scratch) -> None:
    """Clear the marks of a step."""
    for k in range(x.counters[1]):
        x.is_touched[x.touched[k]] = 0
    for k in range(x.counters[2]):
        x.is_out[x.out[k]] = 0


@inlined
def move_out(x: Scratch, u: int) -> None:
    """Put a task on the list of those to insert."""
    x.is_out[u] = 1
    x.out[x.counters[2]] = u
    x.counters[2] += 1


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


@compiled
def sort_out(t: Tables, x: Scratch) -> None:
    """Put the tasks to insert into an order drawn by chance: at random, by prize, distance or window."""
    count = x.counters[2]
    draw = below(x, 11)
    for k in range(count):
        u = x.out[k]
        if draw < 4:
            x.key[k] = chance(x)
        elif draw < 6:
            x.key[k] = -np.float64(t.task[u, PRIZE]) - np.float64(t.task[u, LOAD])
        else:
            mode = t.mode_first[u + 1] - 1
            if mode < t.mode_first[u]:
                x.key[k] = 0.0  # its pinned start lies in no window: it fits nowhere
                continue
            opens = t.window[t.window_first[mode], 0]
            shuts = t.window[t.window_first[mode + 1] - 1, 1]
            if draw < 7:
                x.key[k] = np.float64(shuts) - np.float64(opens)
            elif draw < 8:
                x.key[k] = np.float64(opens)
            elif draw < 9:
                x.key[k] = -np.float64(shuts)
            else:
                home = np.float64(t.travel[0, t.node[t.tasks, ROW], u])
                x.key[k] = -home if draw < 10 else home
    for k in range(1, count):
        key, u = x.key[k], x.out[k]
        j = k - 1
        while j >= 0 and x.key[j] > key:
            x.key[j + 1] = x.key[j]
            x.out[j + 1] = x.out[j]
            j -= 1
        x.key[j + 1] = key
        x.out[j + 1] = u


@compiled
def recreate(t: Tables, s: State, x: Scratch, knobs: Knobs, everywhere: bool) -> None:
    """Insert what was taken out, and some of the unserved, greedily one after another."""
    sort_out(t, x)
    find_spare(t, s, x)
    for k in range(x.counters[2]):
        if s.node[x.out[k], WHO] == NOBODY:
            v = insert(t, s, x, x.out[k], knobs, everywhere)
            if v >= 0:
                touch(x, v)
    for k in range(x.counters[1]):
        better_modes(t, s, x, x.touched[k])


@compiled
def better_modes(t: Tables, s: State, x: Scratch, v: int) -> None:
    """Let tasks of a route earn more where they stand, if their neighbours and the end of the day allow it."""
    n = t.tasks
    u = np.int64(s.node[n + v, NEXT])
    while u < n:
        mode = np.int64(s.node[u, MODE])
        if mode > t.mode_first[u]:
            a, b = np.int64(s.node[u, PREV]), np.int64(s.node[u, NEXT])
            into, out = np.int64(s.node[a, LEG]), np.int64(s.node[u, LEG])
            for other in range(t.mode_first[u], mode):
                if fits_between(t, s, v, a, b, into, out, u, other):
                    before = s.total[0]
                    set_mode(t, s, v, u, other)
                    if not t.vehicle[v, WALKED]:
                        break
                    if s.total[0] < before and (
                        t.vehicle[v, LONGEST] >= NEVER or walk(t, s, v, -1, -1, 0, x.clock) < NEVER
                    ):
                        break
                    set_mode(t, s, v, u, mode)
        u = np.int64(s.node[u, NEXT])


@compiled
def is_sound(t: Tables, s: State, x: Scratch) -> bool:
    """Whether every changed route whose duration is limited is still short enough."""
    for k in range(x.counters[1]):
        v = x.touched[k]
        if t.vehicle[v, LONGEST] < NEVER and s.route[v, COUNT]:
            if walk(t, s, v, -1, -1, 0, x.clock) >= NEVER:
                return False
    return True


@compiled
def copy_changes(t: Tables, source: State, target: State, x: Scratch) -> None:
    """Make the target equal to the source in all that this step touched, in either of them."""
    n, m = t.tasks, t.vehicles
    for k in range(x.counters[2]):
        u = x.out[k]
        copy_row(source.node, target.node, u)
    for k in range(x.counters[1]):
        v = x.touched[k]
        copy_row(source.route, target.route, v)
        copy_row(source.node, target.node, n + v)
        copy_row(source.node, target.node, n + m + v)
        u = np.int64(source.node[n + v, NEXT])
        while u < n:
            copy_row(source.node, target.node, u)
            u = np.int64(source.node[u, NEXT])
    for k in range(len(source.shared)):
        target.shared[k] = source.shared[k]
    target.total[0] = source.total[0]


@compiled
def true_cost(t: Tables, s: State) -> int:
    """The objective (with what mandatory tasks count), without the search's own preferences."""
    if t.guide == 0:
        return np.int64(s.total[0])
    seconds = np.int64(0)
    for v in range(t.vehicles):
        seconds += s.route[v, TRAVEL]
    return (s.total[0] - t.guide * seconds) // t.scale


@compiled
def anneal(
    t: Tables,
    now: State,
    trial: State,
    best: State,
    x: Scratch,
    knobs: Knobs,
    steps: int,
    hot: float,
    cold: float,
) -> int:
    """Take so many steps at temperatures falling from `hot` to `cold`; how many of them found a best plan.

    `trial` is equal to `now` before and after.
    """
    news = 0
    in_use, served = counts(t, now)
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    for _ in range(steps):
        x.counters[1] = 0
        x.counters[2] = 0
        x.counters[3] = 0
        draw_mood(x, knobs)
        if not t.has_pins and chance(x) < knobs.cross:
            cross(t, trial, x, knobs.whole)
        else:
            ruin(t, trial, x, knobs, in_use, served)
        recreate(t, trial, x, knobs, False)
        heat *= cooling
        limit = now.total[0] - heat * np.log(max(chance(x), 1e-300))
        if trial.total[0] < limit and is_sound(t, trial, x):
            copy_changes(t, trial, now, x)
            if now.total[0] < best.total[0]:
                in_use, served = counts(t, now)
                copy_state(now, best)
                news += 1
        else:
            copy_changes(t, now, trial, x)
        forget(x)
    return news


@compiled
def counts(t: Tables, s: State) -> tuple[int, int]:
    """Vehicles in use and tasks served."""
    in_use, served = 0, 0
    for v in range(t.vehicles):
        if s.route[v, COUNT]:
            in_use += 1
            served += s.route[v, COUNT]
    return in_use, served


@compiled
def insert_all(
    t: Tables, now: State, trial: State, x: Scratch, knobs: Knobs, credit: float, everywhere: bool
) -> None:
    """Make `trial` a copy of `now` with every unserved task inserted that is worth it, or a plain copy.

    `credit` is the share that is looked away from of what it costs to begin a day.
    """
    copy_state(now, trial)
    for again in range(2):
        x.counters[1] = 0
        x.counters[2] = 0
        x.mood[0] = credit if again == 0 else 0.0
        x.mood[1], x.mood[2], x.mood[3] = 1.0, 0.0, 1.0
        for u in range(t.tasks):
            if trial.node[u, WHO] == NOBODY:
                move_out(x, u)
        recreate(t, trial, x, knobs, everywhere)
        sound = is_sound(t, trial, x)
        forget(x)
        if not sound:
            copy_state(now, trial)
            return
