"""What a search says while it runs and when it ends."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What the search was doing when it found a plan."""

    START = "start"
    CONSTRUCT = "construct"
    IMPROVE = "improve"
    POLISH = "polish"


@dataclass(frozen=True, slots=True)
class Progress:
    """A better plan: seconds since the search began, its objective, and how many tasks it serves.

    One that serves more mandatory tasks is better at any objective.
    """

    elapsed_s: float
    phase: Phase
    objective: int
    served: int


class StoppedBy(StrEnum):
    """Why a search ended."""

    TIME_LIMIT = "time_limit"
    ITERATION_LIMIT = "iteration_limit"
    STOP = "stop"
    INTERRUPT = "interrupt"
    NOTHING_TO_DO = "nothing_to_do"
    WORKER_DIED = "worker_died"


@dataclass(frozen=True, slots=True)
class Remark:
    """Something the caller should know about a search: a stable code and the ids concerned.

    `start_repaired`: these tasks of the given start could not be kept where they were.
    `model_refuses_plan`: the routing model calls a plan infeasible that the evaluation calls feasible; one of
    the two is wrong, and the plan was not polished there. `answer_repaired`: these tasks of the routing model's
    answer could not be kept. `model_skipped`: too many tasks for one routing model, so the plan was not
    confirmed there. `worker_died`: the search ended early, and the best plan until then is returned.
    """

    code: str
    ids: tuple[str, ...] = ()
