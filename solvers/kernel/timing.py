"""When a route is where: labels along it, and the test of an insertion that does not walk it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from solvers.kernel.compiled import compiled, inlined
from solvers.kernel.scratch import Scratch
from solvers.kernel.state import (
    COST,
    COUNT,
    DONE_BY,
    DUTY_FROM,
    DUTY_TO,
    END,
    LEAVE,
    LEG,
    MODE,
    NEXT,
    OFF_BY,
    PREV,
    State,
)
from solvers.kernel.tables import (
    ADD,
    AT,
    EVENING,
    FLOOR,
    IS_EVENING,
    JUDGED,
    LAST_ARRIVAL,
    LATEST,
    LONGEST,
    NEVER,
    PER_OVERTIME,
    PRICE,
    PROFILE,
    SERVICE,
    SHARES,
    SHARES_END,
    SHIFT_END,
    SHIFT_START,
    STATES,
    SUMMED,
    TARGET,
    TO,
    Tables,
)


@inlined
def next_start(t: Tables, mode: int, ready: int) -> int:
    """The first start of service not before `ready`."""
    for w in range(t.window_first[mode], t.window_first[mode + 1]):
        if ready <= t.window[w, 1]:
            return max(ready, np.int64(t.window[w, 0]))
    return NEVER


@inlined
def last_start(t: Tables, mode: int, second: int) -> int:
    """The last start of service not after `second`."""
    for w in range(t.window_first[mode + 1] - 1, t.window_first[mode] - 1, -1):
        if t.window[w, 0] <= second:
            return min(second, np.int64(t.window[w, 1]))
    return -NEVER


@compiled
def forward(t: Tables, s: State, v: int, x: int) -> bool:
    """The earliest leaves of node x from those before it; whether any changed."""
    before = s.node[x, PREV]
    seconds = np.int64(s.node[before, LEG])
    task, changed = x < t.tasks, False
    if t.vehicle[v, STATES] == 1:
        ready = s.node[before, LEAVE] + seconds
        if task:
            ready = next_start(t, s.node[x, MODE], ready) + t.node[x, SERVICE]
        ready = min(ready, NEVER)
        changed = s.node[x, LEAVE] != ready
        s.node[x, LEAVE] = ready
        if t.vehicle[v, JUDGED] == SUMMED:
            spans = LEAVE + 2 * t.states
            duty, off = s.node[before, spans + DUTY_TO] + seconds, np.int64(s.node[before, spans + OFF_BY])
            if task:
                off = min(off, t.window[t.window_first[s.node[x, MODE]], 1] - duty)
                duty += t.node[x, SERVICE]
            else:
                off = min(off, t.vehicle[v, LAST_ARRIVAL] - duty)
            duty, off = min(duty, NEVER), max(off, np.int64(-NEVER))
            changed = changed or s.node[x, spans + DUTY_TO] != duty or s.node[x, spans + OFF_BY] != off
            s.node[x, spans + DUTY_TO], s.node[x, spans + OFF_BY] = duty, off
        return changed
    for goal in range(t.vehicle[v, STATES]):
        best = NEVER
        for taken in range(goal + 1):
            leave = np.int64(s.node[before, LEAVE + taken])
            if leave >= NEVER or taken & ~goal:
                continue
            for o in range(t.option_first[v, taken], t.option_first[v, taken + 1]):
                if t.option[o, TO] != goal or leave > t.option[o, LATEST]:
                    continue
                ready = max(leave + seconds + t.option[o, ADD], np.int64(t.option[o, FLOOR]))
                if task:
                    ready = next_start(t, s.node[x, MODE], ready)
                    if ready > t.due[v, goal]:
                        continue
                    ready += t.node[x, SERVICE]
                best = min(best, ready)
        if s.node[x, LEAVE + goal] != best:
            s.node[x, LEAVE + goal] = best
            changed = True
    return changed


@compiled
def backward(t: Tables, s: State, v: int, x: int) -> bool:
    """The latest arrivals at task x from those after it; whether any changed."""
    after = s.node[x, NEXT]
    seconds = np.int64(s.node[x, LEG])
    changed, reach = False, LEAVE + t.states
    if t.vehicle[v, STATES] == 1:
        leave = s.node[after, reach] - seconds - t.node[x, SERVICE]
        start = max(last_start(t, s.node[x, MODE], leave), -NEVER)
        changed = s.node[x, reach] != start
        s.node[x, reach] = start
        if t.vehicle[v, JUDGED] == SUMMED:
            spans = LEAVE + 2 * t.states
            duty = min(NEVER, seconds + t.node[x, SERVICE] + s.node[after, spans + DUTY_FROM])
            done = max(
                t.window[t.window_first[s.node[x, MODE]], 0] + duty, np.int64(s.node[after, spans + DONE_BY])
            )
            done = min(done, NEVER)
            changed = changed or s.node[x, spans + DUTY_FROM] != duty or s.node[x, spans + DONE_BY] != done
            s.node[x, spans + DUTY_FROM], s.node[x, spans + DONE_BY] = duty, done
        return changed
    for taken in range(t.vehicle[v, STATES]):
        leave = -NEVER
        for o in range(t.option_first[v, taken], t.option_first[v, taken + 1]):
            goal = np.int64(s.node[after, reach + t.option[o, TO]])
            if t.option[o, FLOOR] <= goal:
                leave = max(leave, min(np.int64(t.option[o, LATEST]), goal - seconds - t.option[o, ADD]))
        start = min(leave - t.node[x, SERVICE], np.int64(t.due[v, taken]))
        start = max(last_start(t, s.node[x, MODE], start), -NEVER)
        if s.node[x, reach + taken] != start:
            s.node[x, reach + taken] = start
            changed = True
    return changed


@compiled
def refresh(t: Tables, s: State, v: int, left: int, right: int) -> None:
    """Labels after a change between two nodes whose own links are right again; then the end of the day."""
    x, inside = s.node[left, NEXT], True
    while True:
        changed = forward(t, s, v, x)
        if x == right:
            inside = False
        if x >= t.tasks or not (inside or changed):
            break
        x = s.node[x, NEXT]
    x, inside = s.node[right, PREV], True
    while x < t.tasks:
        changed = backward(t, s, v, x)
        if x == left:
            inside = False
        if not (inside or changed):
            break
        x = s.node[x, PREV]
    end = t.tasks + t.vehicles + v
    arrival = NEVER
    for taken in range(t.vehicle[v, STATES]):
        second = np.int64(s.node[end, LEAVE + taken])
        if second <= s.node[end, LEAVE + t.states + taken]:
            arrival = min(arrival, second)
    set_end(t, s, v, arrival)


@compiled
def set_end(t: Tables, s: State, v: int, arrival: int) -> None:
    """The day's end, with the overtime it costs and the evening it may be."""
    if s.route[v, COUNT] == 0:
        arrival = 0
    old = s.route[v, END]
    if arrival == old:
        return
    price = t.vehicle[v, PER_OVERTIME]
    if price:
        limit = t.vehicle[v, SHIFT_END]
        change = price * (max(0, arrival - limit) - max(0, old - limit))
        s.route[v, COST] += change
        s.total[0] += change
    evening = t.vehicle[v, EVENING]
    if (old > evening) != (arrival > evening):
        share_out(t, s, v, 1 if arrival > evening else -1, True)
    s.route[v, END] = arrival


@compiled
def share_out(t: Tables, s: State, v: int, amount: int, evening: bool) -> None:
    """Add work, or evenings, to the balances this vehicle is part of."""
    for k in range(t.vehicle[v, SHARES], t.vehicle[v, SHARES_END]):
        b = t.share[k]
        if (t.balance[b, IS_EVENING] != 0) == evening:
            s.total[0] += t.balance[b, PRICE] * (
                max(0, s.shared[b] + amount - t.balance[b, TARGET])
                - max(0, s.shared[b] - t.balance[b, TARGET])
            )
            s.shared[b] += amount


@inlined
def fits_between(t: Tables, s: State, v: int, a: int, b: int, into: int, out: int, u: int, mode: int) -> bool:
    """Whether task u, in this mode, can be served between nodes a and b with every later stop in time."""
    reach, service = LEAVE + t.states, np.int64(t.node[u, SERVICE])
    if t.vehicle[v, STATES] == 1:
        start = next_start(t, mode, s.node[a, LEAVE] + into)
        return start + service + out <= s.node[b, reach]
    for taken in range(t.vehicle[v, STATES]):
        leave = np.int64(s.node[a, LEAVE + taken])
        for o in range(t.option_first[v, taken], t.option_first[v, taken + 1]):
            if leave > t.option[o, LATEST]:
                continue
            mask = t.option[o, TO]
            ready = max(leave + into + t.option[o, ADD], np.int64(t.option[o, FLOOR]))
            start = next_start(t, mode, ready)
            if start > t.due[v, mask]:
                continue
            done = start + service
            for p in range(t.option_first[v, mask], t.option_first[v, mask + 1]):
                if done > t.option[p, LATEST]:
                    continue
                ready = max(done + out + t.option[p, ADD], np.int64(t.option[p, FLOOR]))
                if ready <= s.node[b, reach + t.option[p, TO]]:
                    return True
    return False


@inlined
def soonest(t: Tables, s: State, v: int, a: int) -> int:
    """When node a of route v can be left, whatever breaks are taken by then."""
    ready = np.int64(s.node[a, LEAVE])
    for k in range(1, t.vehicle[v, STATES]):
        ready = min(ready, np.int64(s.node[a, LEAVE + k]))
    return ready


@inlined
def latest(t: Tables, s: State, v: int, b: int) -> int:
    """By when node b of route v has to be reached, whatever breaks are taken by then."""
    reach = LEAVE + t.states
    limit = np.int64(s.node[b, reach])
    for k in range(1, t.vehicle[v, STATES]):
        limit = max(limit, np.int64(s.node[b, reach + k]))
    return limit


@inlined
def could_fit(t: Tables, s: State, v: int, a: int, b: int, into: int, out: int, u: int) -> bool:
    """Whether task u could be served between nodes a and b if breaks took no time and prizes were all one.

    No where `fits_between` says no for every mode: few places that are cheap enough pass, and it takes a fraction of
    the time.
    """
    start = max(soonest(t, s, v, a) + into, np.int64(t.hours[u, 0]))
    return start <= t.hours[u, 1] and start + t.node[u, SERVICE] + out <= latest(t, s, v, b)


@inlined
def set_out(t: Tables, v: int, clock: NDArray[np.int64]) -> None:
    """Stand where vehicle v's day starts.

    `clock` is scratch of shape (6, states): earliest instant, seconds on duty and latest departure by breaks
    taken, now and next (Savelsbergh 1992). Among ways to the same set of breaks the earliest is kept, so that a
    duration found short enough is, and one found too long may not be where there are several windows or breaks.
    """
    for k in range(t.vehicle[v, STATES]):
        clock[0, k] = NEVER
    clock[0, 0] = t.vehicle[v, SHIFT_START]
    clock[1, 0] = 0
    clock[2, 0] = NEVER


@inlined
def go_on(t: Tables, v: int, here: int, x: int, mode: int, clock: NDArray[np.int64]) -> bool:
    """Go on from a node to node x and serve it in this mode, if it is a task; whether there is time to."""
    states, profile = t.vehicle[v, STATES], t.vehicle[v, PROFILE]
    seconds = np.int64(t.travel[profile, t.node[here, AT], t.node[x, AT]])
    alive = False
    for k in range(states):
        clock[3, k] = NEVER
    for taken in range(states):
        if clock[0, taken] >= NEVER:
            continue
        for o in range(t.option_first[v, taken], t.option_first[v, taken + 1]):
            if clock[0, taken] > t.option[o, LATEST]:
                continue
            goal = t.option[o, TO]
            ready = max(clock[0, taken] + seconds + t.option[o, ADD], np.int64(t.option[o, FLOOR]))
            duty = clock[1, taken] + seconds + t.option[o, ADD]
            latest = min(clock[2, taken], t.option[o, LATEST] - clock[1, taken])
            if x < t.tasks:
                ready = next_start(t, mode, ready)
                if ready > t.due[v, goal]:
                    continue
                latest = min(latest, min(shut(t, mode, ready), np.int64(t.due[v, goal])) - duty)
                ready += t.node[x, SERVICE]
                duty += t.node[x, SERVICE]
            else:
                limit = min(t.vehicle[v, LAST_ARRIVAL], np.int64(t.due[v, goal]))
                if ready > limit:
                    continue
                latest = min(latest, limit - duty)
            alive = alive or ready < NEVER
            if ready < clock[3, goal] or (ready == clock[3, goal] and duty < clock[4, goal]):
                clock[3, goal], clock[4, goal], clock[5, goal] = ready, duty, latest
    for k in range(states):
        clock[0, k], clock[1, k], clock[2, k] = clock[3, k], clock[4, k], clock[5, k]
    return alive


@inlined
def in_time(t: Tables, v: int, clock: NDArray[np.int64]) -> int:
    """When the day that has been gone through ends, if it lasts no longer than it may; else NEVER."""
    best = NEVER
    for k in range(t.vehicle[v, STATES]):
        if clock[0, k] < best and max(clock[1, k], clock[0, k] - clock[2, k]) <= t.vehicle[v, LONGEST]:
            best = clock[0, k]
    return best


@compiled
def walk(t: Tables, s: State, v: int, a: int, u: int, mode: int, clock: NDArray[np.int64]) -> int:
    """The end of the day with task u after node a (as it stands if u < 0); NEVER if it would last too long."""
    here, end = t.tasks + v, t.tasks + t.vehicles + v
    set_out(t, v, clock)
    while here != end:
        if u >= 0 and here == a:
            x, m = u, mode
        elif u >= 0 and here == u:
            x = s.node[a, NEXT]
            m = s.node[x, MODE]
        else:
            x = s.node[here, NEXT]
            m = s.node[x, MODE]
        if not go_on(t, v, here, x, m, clock):
            return NEVER
        here = x
    return in_time(t, v, clock)


@inlined
def day_end(t: Tables, s: State, x: Scratch, v: int) -> int:
    """The end of the day of vehicle v, with the tasks it has; NEVER if it lasts too long."""
    if t.vehicle[v, JUDGED] != SUMMED:
        return walk(t, s, v, -1, -1, 0, x.clock)
    end, spans = t.tasks + t.vehicles + v, LEAVE + 2 * t.states
    done = np.int64(s.node[end, LEAVE])
    span = max(np.int64(s.node[end, spans + DUTY_TO]), done - s.node[end, spans + OFF_BY])
    return done if span <= t.vehicle[v, LONGEST] else NEVER


@inlined
def day_end_with(
    t: Tables, s: State, x: Scratch, v: int, a: int, into: int, out: int, u: int, mode: int
) -> int:
    """The same of any day with task u, which fits there, behind node a: so far to it and on from it."""
    if t.vehicle[v, JUDGED] != SUMMED:
        return walk(t, s, v, a, u, mode, x.clock)
    b, spans, window = np.int64(s.node[a, NEXT]), LEAVE + 2 * t.states, t.window_first[mode]
    out += t.node[u, SERVICE]
    duty = s.node[a, spans + DUTY_TO] + into
    off = min(np.int64(s.node[a, spans + OFF_BY]), t.window[window, 1] - duty)
    done = max(s.node[a, LEAVE] + into, np.int64(t.window[window, 0])) + out
    duty += out
    off = min(off, s.node[b, LEAVE + t.states] - duty)
    duty += s.node[b, spans + DUTY_FROM]
    done = max(done + s.node[b, spans + DUTY_FROM], np.int64(s.node[b, spans + DONE_BY]))
    return done if max(duty, done - off) <= t.vehicle[v, LONGEST] else NEVER


@inlined
def shut(t: Tables, mode: int, start: int) -> int:
    """When the window this start lies in is shut."""
    for w in range(t.window_first[mode], t.window_first[mode + 1]):
        if start <= t.window[w, 1]:
            return np.int64(t.window[w, 1])
    return -NEVER
