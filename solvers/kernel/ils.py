"""Iterated local search, compiled: disturb a few tasks, make moves around them until none helps, keep or undo."""

from __future__ import annotations

import numpy as np

from solvers.kernel.compiled import compiled
from solvers.kernel.local import improve, settle, start_afresh
from solvers.kernel.moves_order import (
    Local,
    after_node,
    before_node,
    enqueue,
    note_change,
    vehicle_of,
)
from solvers.kernel.moves_served import bring_in
from solvers.kernel.ruin import take_string
from solvers.kernel.scratch import Scratch, below, chance, forget, move_out
from solvers.kernel.search import better_modes, copy_changes, is_sound, sort_out
from solvers.kernel.state import NOBODY, State, copy_state
from solvers.kernel.tables import Tables

_ROOM = 0.5
"""The chance that around an unserved task others are taken out, to make room for it, rather than it is forced in."""


@compiled
def clear(x: Scratch) -> None:
    """Nothing is touched yet."""
    x.counters[1] = 0
    x.counters[2] = 0
    x.counters[3] = 0
    x.mood[0] = 0.0
    x.mood[1] = 1.0


@compiled
def improve_alone(t: Tables, s: State, x: Scratch, y: Local, near: int) -> int:
    """`local.improve` outside of any step."""
    clear(x)
    made = improve(t, s, x, y, near)
    for k in range(x.counters[1]):
        better_modes(t, s, x, x.touched[k])
    forget(x)
    return made


@compiled
def disturb(t: Tables, s: State, x: Scratch, y: Local, most: int, near: int) -> None:
    """Take a few served tasks near each other out, or unserved ones in where they cost least, all over the plan.

    What is then unserved is to be put back in an order drawn by chance, before anything is done about its old neighbours.
    """
    left, holes = 1 + below(x, most), 0
    for _ in range(2 * most):
        u = below(x, t.tasks)
        removing = vehicle_of(s, u) != NOBODY
        if not removing and chance(x) < _ROOM:
            removing = True
            move_out(x, u)
        for k in range(-1, t.near.shape[1]):
            w = u if k < 0 else np.int64(t.near[u, k])
            if x.is_out[w] or (vehicle_of(s, w) != NOBODY) != removing:
                continue
            if removing:
                y.order[0, holes], y.order[1, holes] = before_node(s, w), after_node(s, w)
                holes += 1
                v = vehicle_of(s, w)
                take_string(t, s, x, v, w, w)
                note_change(t, s, x, y, v)
            elif not bring_in(t, s, x, y, w, near, True):
                continue
            left -= 1
            if left == 0:
                break
        if left == 0:
            break
    sort_out(t, x)
    for k in range(x.counters[2]):
        if vehicle_of(s, x.out[k]) == NOBODY:
            enqueue(y, x.out[k])
    for k in range(holes):
        for side in range(2):
            u = y.order[side, k]
            if u < t.tasks:
                enqueue(y, u)


@compiled
def ils(
    t: Tables,
    now: State,
    trial: State,
    best: State,
    x: Scratch,
    y: Local,
    steps: int,
    most: int,
    near: int,
    hot: float,
    cold: float,
) -> int:
    """Take so many steps at temperatures falling from `hot` to `cold`; how many of them found a best plan.

    `trial` is equal to `now` before and after.
    """
    news = 0
    cooling = (cold / hot) ** (1.0 / max(1, steps))
    heat = hot
    start_afresh(t, trial, x, y)
    for _ in range(steps):
        clear(x)
        disturb(t, trial, x, y, most, near)
        settle(t, trial, x, y, near, False)
        for k in range(x.counters[1]):
            better_modes(t, trial, x, x.touched[k])
        heat *= cooling
        limit = now.total[0] - heat * np.log(max(chance(x), 1e-300))
        if trial.total[0] < limit and is_sound(t, trial, x):
            copy_changes(t, trial, now, x)
            if now.total[0] < best.total[0]:
                copy_state(now, best)
                news += 1
        else:
            copy_changes(t, now, trial, x)
            for k in range(x.counters[1]):
                note_change(t, trial, x, y, x.touched[k])
                y.numbered[x.touched[k]] = -1
        forget(x)
    return news
