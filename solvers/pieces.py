"""When a task may start and what it then earns: its windows and prize bands cut into plain intervals."""

from __future__ import annotations

from typing import NamedTuple

from solvers.task import Task


class Piece(NamedTuple):
    """Starts of service from `start` to `end`, both included, all of which earn `prize`."""

    start: int
    end: int
    prize: int


def pieces(task: Task) -> tuple[Piece, ...]:
    """The task's allowed starts in order, as few intervals as carry one prize each; empty when none is left."""
    cut: list[Piece] = []
    for start, end in allowed(task):
        edges = {start}
        for band in task.prize_bands:
            edges.update(edge for edge in (band.start, band.end + 1) if start < edge <= end)
        ordered = sorted(edges)
        for low, high in zip(ordered, [*(edge - 1 for edge in ordered[1:]), end], strict=True):
            prize = task.prize_at(low)
            if cut and cut[-1].prize == prize and cut[-1].end + 1 == low:
                cut[-1] = Piece(cut[-1].start, high, prize)
            else:
                cut.append(Piece(low, high, prize))
    return tuple(cut)


def allowed(task: Task) -> list[tuple[int, int]]:
    """The union of the windows, cut down to the pinned start if there is one."""
    merged: list[tuple[int, int]] = []
    for window in sorted(task.windows, key=lambda w: (w.start, w.end)):
        if merged and window.start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], window.end))
        else:
            merged.append((window.start, window.end))
    pin = task.pinned_start
    if pin is None:
        return merged
    return [(pin, pin)] if any(start <= pin <= end for start, end in merged) else []
