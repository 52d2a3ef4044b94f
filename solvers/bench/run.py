"""One engine on one instance, in a process of its own: timed, its answer judged, whatever becomes of it."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

from solvers.bench.engine import Found, Orders, load, missing
from solvers.bench.judge import judged
from solvers.evaluate import Evaluation
from solvers.formats.instance import BenchInstance, Goal
from solvers.problem import Problem

WARM_UP_S = 600.0
"""How long an engine may take to import and compile what it needs; this is not counted."""

GRACE_S = 60.0
"""How long past its time an engine may take to answer before it is given up."""

_POLL_S = 0.1
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_LATE_S, _LATE_SHARE = 0.5, 0.05


class Outcome(StrEnum):
    """How a run ended."""

    DONE = "done"
    UNFIT = "unfit"
    MISSING = "missing"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Run:
    """One engine, one instance, one seed.

    `total` is the problem's objective and `value` the family's figure, a `profit` (the more the better) or a
    cost; both are None without an answer. `wall_s` and `cpu_s` are what the search took, building included,
    imports and compilation not; `memory_mb` is the most its process (or a child of it) held, those included.
    `orders` are the answer itself, `first_plan_s` is when the first plan was there, where the engine tells. `notes` say
    what of the problem the engine did not see, why there is no answer, or that the answer came late.
    """

    instance: str
    family: str
    engine: str
    seed: int
    seconds: float
    cores: int
    outcome: Outcome
    profit: bool = False
    notes: tuple[str, ...] = ()
    total: int | None = None
    value: float | None = None
    gap: float | None = None
    served: int | None = None
    tasks: int = 0
    violations: Mapping[str, int] = field(default_factory=dict)
    wall_s: float | None = None
    cpu_s: float | None = None
    memory_mb: int | None = None
    first_plan_s: float | None = None
    orders: Orders = field(default_factory=dict)

    @property
    def feasible(self) -> bool:
        """Whether there is an answer that keeps every rule."""
        return self.total is not None and not self.violations

    @property
    def late(self) -> bool:
        """Whether the answer took more than its time, by more than a moment."""
        return self.wall_s is not None and self.wall_s > self.seconds * (1 + _LATE_SHARE) + _LATE_S


@dataclass(frozen=True, slots=True)
class Limits:
    """The same for every engine."""

    seconds: float
    cores: int = 1

    def __post_init__(self) -> None:
        if self.seconds <= 0 or self.cores < 1:
            raise ValueError("more than no time and at least one core are needed")


def measure(instance: BenchInstance, engine: str, seed: int, limits: Limits) -> Run:
    """Run it. An interrupt (Ctrl-C) ends the engine's process and is raised again."""
    kept: dict[str, Any] = {
        "instance": instance.name,
        "family": str(instance.family),
        "engine": engine,
        "seed": seed,
        "seconds": limits.seconds,
        "cores": limits.cores,
        "tasks": len(instance.problem.tasks),
        "profit": instance.goal is Goal.PROFIT,
    }
    absent = missing(engine)
    if absent is not None:
        return Run(**kept, outcome=Outcome.MISSING, notes=(absent,))
    fit = load(engine).fit(instance.problem)
    if fit.obstacle is not None:
        return Run(**kept, outcome=Outcome.UNFIT, notes=(fit.obstacle,))
    answer = _in_process(engine, instance.problem, seed, limits)
    if isinstance(answer, str):
        return Run(**kept, outcome=Outcome.FAILED, notes=(*fit.shortcuts, answer))
    _, verdict = judged(instance.problem, answer.found.orders)
    run = Run(**kept, outcome=Outcome.DONE, **_figures(instance, verdict, answer))
    return replace(run, notes=(*fit.shortcuts, *_overdrawn(run, answer.cpu_s)))


@dataclass(frozen=True, slots=True)
class _Answer:
    found: Found
    wall_s: float
    cpu_s: float
    memory_mb: int


def _figures(instance: BenchInstance, verdict: Evaluation, answer: _Answer) -> dict[str, Any]:
    return {
        "total": verdict.total,
        "value": instance.value(verdict),
        "gap": instance.gap(verdict),
        "served": verdict.served,
        "violations": dict(Counter(violation.code for violation in verdict.violations)),
        "wall_s": round(answer.wall_s, 2),
        "cpu_s": round(answer.cpu_s, 2),
        "memory_mb": answer.memory_mb,
        "first_plan_s": answer.found.first_plan_s,
        "orders": answer.found.orders,
    }


def _overdrawn(run: Run, cpu_s: float) -> Iterator[str]:
    if run.late:
        yield f"late: {run.wall_s:.1f} s"
    if cpu_s > (run.wall_s or 0) * run.cores * (1 + _LATE_SHARE) + _LATE_S:
        yield f"more than its cores: {cpu_s:.1f} s of processor time"


def _in_process(engine: str, problem: Problem, seed: int, limits: Limits) -> _Answer | str:
    """The answer, or why there is none."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, engine, limits.cores), name=f"bench-{engine}")
    with _threads(limits.cores):
        process.start()
    theirs.close()
    try:
        ready = _heard(ours, process.is_alive, WARM_UP_S)
        if ready != "ready":
            return f"warming up failed: {ready}"
        ours.send((problem, seed, limits))
        heard = _heard(ours, process.is_alive, limits.seconds + GRACE_S)
        return heard if isinstance(heard, _Answer) else str(heard)
    except BrokenPipeError:
        return "its process ended before it was handed the problem"
    finally:
        _end(process)
        ours.close()


def _end(process: BaseProcess) -> None:
    """The engine's process and any it has started."""
    if process.pid is not None:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)  # a group of its own: see `_serve`
    process.kill()
    process.join()


def _heard(connection: Connection, alive: Callable[[], bool], most_s: float) -> object:
    until = time.monotonic() + most_s
    while time.monotonic() < until:
        try:
            if connection.poll(_POLL_S):
                return connection.recv()
        except (EOFError, OSError):
            return "its process ended without an answer"
        if not alive() and not connection.poll():
            return "its process ended without an answer"
    return f"no answer after {most_s:g} s"


@contextmanager
def _threads(cores: int) -> Iterator[None]:
    """Let the numeric libraries of a process started now use so many threads."""
    before = {name: os.environ.get(name) for name in _THREADS}
    os.environ.update(dict.fromkeys(_THREADS, str(cores)))
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _serve(connection: Connection, name: str, cores: int) -> None:
    """The engine's whole life: warm up, say so, solve one problem, answer."""
    os.setsid()  # an interrupt is the parent's to deal with, and whatever is started here ends with this group
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    try:
        engine = load(name)
        engine.warm_up(cores)
        connection.send("ready")
        problem, seed, limits = connection.recv()
        began, used = time.monotonic(), _processor_s()
        found = engine.solve(problem, began + limits.seconds, seed, limits.cores)
        wall_s, cpu_s = time.monotonic() - began, _processor_s() - used
        connection.send(_Answer(found, wall_s, cpu_s, _memory_mb()))
    except (BrokenPipeError, EOFError):
        return  # nobody is listening any more
    except Exception as error:  # noqa: BLE001 - whatever it is, it becomes part of the report
        connection.send(f"{type(error).__name__}: {error}")
    finally:
        connection.close()


def _end_with(sentinel: int) -> None:
    """A parent that is killed ends nobody: this group ends itself."""
    wait([sentinel])
    os.killpg(0, signal.SIGKILL)


def _processor_s() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _memory_mb() -> int:
    most = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return round(
        most / (1_000_000 if sys.platform == "darwin" else 1_000)
    )  # bytes there, kilobytes elsewhere
