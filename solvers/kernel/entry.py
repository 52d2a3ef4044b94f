"""The one function of the kernel that is called from outside."""

from __future__ import annotations

from solvers.kernel.compiled import compiled
from solvers.kernel.edit import put
from solvers.kernel.search import Knobs, Scratch, anneal, insert_all, true_cost
from solvers.kernel.state import PREV, State, copy_state, send_home
from solvers.kernel.tables import Tables

SEND_HOME, APPEND, INSERT_ALL, ANNEAL, COPY, COST = range(6)


@compiled
def enter(
    what: int,
    t: Tables,
    now: State,
    trial: State,
    best: State,
    x: Scratch,
    knobs: Knobs,
    one: int,
    two: int,
    three: int,
    hot: float,
    cold: float,
) -> int:
    """Do what is asked: empty `now`; append task `two` in mode `three` to vehicle `one`; insert all; take `one` steps;
    copy `now` to `trial` and, if it is better, to `best` (or `best` to both); the cost of `now` or `best`.
    """
    if what == SEND_HOME:
        send_home(t, now)
    elif what == APPEND:
        put(t, now, one, now.node[t.tasks + t.vehicles + one, PREV], two, three)
    elif what == INSERT_ALL:
        insert_all(t, now, x, knobs)
    elif what == ANNEAL:
        return anneal(t, now, trial, best, x, knobs, one, hot, cold)
    elif what == COPY:
        if one:
            copy_state(best, now)
        elif now.total[0] < best.total[0]:
            copy_state(now, best)
        copy_state(now, trial)
    elif what == COST:
        return true_cost(t, best if one else now)
    return 0
