"""Where days are limited in length, labels tell what a walk through the day tells; and who is near whom."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from solvers.kernel.kernel import Kernel
from solvers.kernel.state import COUNT, NEXT, NOBODY, WHO
from solvers.kernel.tables import AT, JUDGED, NEVER, PROFILE, SUMMED
from solvers.kernel.timing import could_fit, day_end, day_end_with, fits_between, walk
from solvers.problem import Problem


def limited(problem: Problem, seed: int) -> Problem:
    """The same with days of limited length, paid overtime, no breaks and one window a task."""
    draw = np.random.default_rng(seed)
    tasks = [replace(t, windows=t.windows[:1], prize_bands=()) for t in problem.tasks]
    vehicles = [
        replace(
            v,
            breaks=(),
            max_duration=int(draw.integers(1, v.last_arrival - v.shift_start + 2)),
            max_overtime=int(draw.integers(0, 60)),
            cost_per_overtime_second=int(draw.integers(0, 5)),
        )
        for v in problem.vehicles
    ]
    return Problem(problem.name, tuple(tasks), tuple(vehicles), problem.travel, problem.balances)


def test_labels_tell_what_a_walk_tells(random_problem: Callable[..., Problem]) -> None:
    judged = refused = 0
    for seed in range(150):
        problem = limited(random_problem(seed, 9), seed)
        kernel = Kernel(problem, seed)
        t, s, x = kernel.tables, kernel.now, kernel.scratch
        kernel.anneal(40, 100.0, 5.0)
        for v in range(t.vehicles):
            assert t.vehicle[v, JUDGED] == SUMMED
            if s.route[v, COUNT]:
                assert day_end(t, s, x, v) == walk(t, s, v, -1, -1, 0, x.clock)
            a = t.tasks + v
            while a < t.tasks + t.vehicles:
                b = int(s.node[a, NEXT])
                for u in np.flatnonzero(s.node[: t.tasks, WHO] == NOBODY).tolist():
                    into, out = (
                        int(t.travel[t.vehicle[v, PROFILE], i, j])
                        for i, j in ((t.node[a, AT], u), (u, t.node[b, AT]))
                    )
                    for mode in range(t.mode_first[u], t.mode_first[u + 1]):
                        if into + out < NEVER and fits_between(t, s, v, a, b, into, out, u, mode):
                            told = day_end_with(t, s, x, v, a, into, out, u, mode)
                            assert told == walk(t, s, v, a, u, mode, x.clock)
                            judged, refused = judged + 1, refused + (told == NEVER)
                a = b
    assert judged > 500
    assert 0 < refused < judged


def test_what_could_not_fit_does_not(random_problem: Callable[..., Problem]) -> None:
    refused = fitted = 0
    for seed in range(120):
        kernel = Kernel(random_problem(seed, 9), seed)
        t, s = kernel.tables, kernel.now
        kernel.anneal(40, 100.0, 5.0)
        for a in range(t.tasks + t.vehicles):
            v, b = int(s.node[a, WHO]), int(s.node[a, NEXT])
            if v == NOBODY:
                continue
            travel, here, there = t.travel[t.vehicle[v, PROFILE]], t.node[a, AT], t.node[b, AT]
            for u in np.flatnonzero(
                (s.node[: t.tasks, WHO] == NOBODY) & (t.mode_first[1:] > t.mode_first[:-1])
            ).tolist():
                into, out = int(travel[here, u]), int(travel[u, there])
                modes = range(t.mode_first[u], t.mode_first[u + 1])
                if into + out < NEVER and could_fit(t, s, v, a, b, into, out, u):
                    fitted += any(fits_between(t, s, v, a, b, into, out, u, mode) for mode in modes)
                elif into + out < NEVER:
                    refused += 1
                    assert not any(fits_between(t, s, v, a, b, into, out, u, mode) for mode in modes)
    assert refused > 500
    assert fitted > 100


def test_tasks_that_no_vehicle_may_serve_both_are_not_near(random_problem: Callable[..., Problem]) -> None:
    told = 0
    for seed in range(40):
        t = Kernel(random_problem(seed, 14), 1).tables
        together = t.fits.astype(int) @ t.fits.T.astype(int) > 0
        for u in range(t.tasks):
            shared = together[u, t.near[u]]
            assert (shared[:-1] >= shared[1:]).all()
            told += 0 < shared.sum() < len(shared)
    assert told > 20
