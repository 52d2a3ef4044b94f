"""Ruin and recreate under simulated annealing, compiled.

Slack induction by string removals (Christiaens and Vanden Berghe 2020), with insertions looked for beside near tasks.
"""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled
from solvers.kernel.edit import set_mode
from solvers.kernel.insert import find_spare, insert
from solvers.kernel.ruin import cross, ruin
from solvers.kernel.scratch import Knobs, Scratch, below, chance, forget, move_out, touch
from solvers.kernel.state import (
    COUNT,
    LEG,
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
from solvers.kernel.tables import JUDGED, LOAD, LONGEST, NEVER, PRIZE, Tables
from solvers.kernel.timing import day_end, fits_between

_LESS = 0.4
"""The size of a small ruin against the average."""


@compiled
def draw_mood(x: Scratch, knobs: Knobs) -> None:
    """How optimistic this step is: a first visit far out, or one that does not pay by itself, may open the way for more."""
    x.mood[0] = chance(x) if chance(x) < knobs.credit else 0.0
    x.mood[1] = 1.0 + chance(x) if chance(x) < knobs.boost else 1.0
    x.mood[2] = chance(x) if chance(x) < knobs.patience else 0.0
    less = chance(x) < knobs.small
    x.mood[3] = _LESS if less else (1.0 - knobs.small * _LESS) / (1.0 - knobs.small)


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
                    if not t.vehicle[v, JUDGED]:
                        break
                    if s.total[0] < before and (
                        t.vehicle[v, LONGEST] >= NEVER or day_end(t, s, x, v) < NEVER
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
            if day_end(t, s, x, v) >= NEVER:
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
