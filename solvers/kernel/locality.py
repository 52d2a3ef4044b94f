"""Tasks near each other, near each other in memory too."""

from __future__ import annotations

import numpy as np

from solvers.problem import Problem


def neighbours_together(problem: Problem) -> Problem:
    """The problem with its tasks along a chain, each followed by the nearest of those that are left.

    A step reads travel times between a task and its neighbours, which lie far apart in the order of a list of
    customers: beyond some hundred tasks most of its time went to waiting for memory.
    """
    duration = next(iter(problem.travel.values())).duration
    places = np.array([task.place for task in problem.tasks], dtype=np.intp)
    left, here, order = np.arange(len(places)), 0, []
    while len(left):
        order.append(int(left[here]))
        way = duration[places[left[here]]]
        left = np.delete(left, here)
        here = int(way[places[left]].argmin()) if len(left) else 0
    return problem.in_order(order)
