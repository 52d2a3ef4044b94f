"""What a search says while it runs and when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the search was doing when it found a plan."""

    START = "start"
    CONSTRUCT = "construct"
    IMPROVE = "improve"


@dataclass(frozen=True, slots=True)
class Progress:
    """A better plan: seconds since the search began, its objective, how many tasks it serves, steps taken so far.

    One that serves more mandatory tasks is better at any objective. `bound` is a figure that no plan's objective
    can be below, where one is known.
    """

    elapsed_s: float
    phase: Phase
    objective: int
    served: int
    iterations: int = 0
    bound: int | None = None


class StoppedBy(StrEnum):
    """Why a search ended."""

    TIME_LIMIT = "time_limit"
    ITERATION_LIMIT = "iteration_limit"
    RULE = "rule"
    STOP = "stop"
    INTERRUPT = "interrupt"
    NOTHING_TO_DO = "nothing_to_do"
    WORKER_DIED = "worker_died"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the caller should know about a search: a stable code and the ids concerned.

    `start_repaired`: these tasks of the given start could not be kept where they were. `engine_compiled`: the
    engine was compiled first, which took so many seconds that the time limit does not count.
    `model_refuses_plan`: the routing model calls the days of these vehicles infeasible that the evaluation calls
    feasible; one of the two is wrong. `model_skipped`: there was no time left to confirm the days of these
    vehicles in the routing model. `answer_repaired`: these tasks of the routing model's answer could not be kept.
    `worker_died`: a process ended early; what it did is lost, the best plan is not.
    """

    code: str
    ids: tuple[str, ...] = ()
