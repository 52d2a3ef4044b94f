"""What the search works with: its memory, its settings, its luck."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from solvers.kernel.compiled import inlined
from solvers.kernel.tables import Tables

NOWHERE = 1 << 62
"""The cost of an insertion that is not possible."""


class Scratch(NamedTuple):
    """Memory the search works in."""

    seen: NDArray[np.int64]  # by node: the insertion that last looked behind it
    counters: NDArray[np.int64]  # insertions, touched, out, opened, spare
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
        counters=np.zeros(5, np.int64),
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
    """Put a task, once, on the list of those that this step takes out, puts in or may put in."""
    if not x.is_out[u]:
        x.is_out[u] = 1
        x.out[x.counters[2]] = u
        x.counters[2] += 1
