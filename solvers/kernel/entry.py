"""The one function of the kernel that is called from outside."""

from __future__ import annotations

from solvers.kernel.compiled import compiled
from solvers.kernel.edit import put
from solvers.kernel.ils import ils, improve_alone
from solvers.kernel.moves_order import Local
from solvers.kernel.scratch import Knobs, Scratch
from solvers.kernel.search import anneal, insert_all, true_cost
from solvers.kernel.state import PREV, State, copy_state, send_home
from solvers.kernel.tables import Tables

SEND_HOME, APPEND, INSERT_ALL, ANNEAL, COPY, COST, IMPROVE, ILS = range(8)


@compiled
def enter(
    what: int,
    t: Tables,
    now: State,
    trial: State,
    best: State,
    x: Scratch,
    knobs: Knobs,
    y: Local,
    one: int,
    two: int,
    three: int,
    hot: float,
    cold: float,
) -> int:
    """Do what is asked and return the number asked for, or 0.

    SEND_HOME empties `now`. APPEND puts task `two` in mode `three` at the end of vehicle `one`. INSERT_ALL inserts into
    `trial` with credit `hot`, looking everywhere if `one`. ANNEAL takes `one` steps. COPY makes `trial` and, if it is
    worse, `best` equal to `now`; or both equal to `best` if `one`. COST is that of `best` if `one`, else of `now`.
    IMPROVE makes moves beside `one` near tasks; ILS takes `one` steps that disturb up to `two` tasks, beside `three` near ones.
    """
    if what == SEND_HOME:
        send_home(t, now)
    elif what == APPEND:
        put(t, now, one, now.node[t.tasks + t.vehicles + one, PREV], two, three)
    elif what == INSERT_ALL:
        insert_all(t, now, trial, x, knobs, hot, one != 0)
    elif what == ANNEAL:
        return anneal(t, now, trial, best, x, knobs, one, hot, cold)
    elif what == COPY:
        if one:
            copy_state(best, now)
        elif now.total[0] < best.total[0]:
            copy_state(now, best)
        copy_state(now, trial)
    elif what == COST:
        return true_cost(t, best) if one else true_cost(t, now)
    elif what == IMPROVE:
        return improve_alone(t, now, x, y, one)
    elif what == ILS:
        return ils(t, now, trial, best, x, y, one, two, three, hot, cold)
    return 0
