"""A search in a process of its own, which may be stopped, may die, and takes OR-Tools' crashes with it."""

from __future__ import annotations

import multiprocessing
import signal
import time
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Event
from typing import Any

from solvers.board import Report
from solvers.errors import SolverError
from solvers.pipeline import Answer, Job, Note, run
from solvers.progress import Progress, Remark, StoppedBy
from solvers.solution import Orders

_POLL_S = 0.05
_GRACE_S = 1.5  # for a worker told to stop to come back with its answer
_OVERTIME_S = 20.0  # beyond the time limit
_STARTING_S = 600.0  # to import and compile everything and to find a first plan


def _serve(connection: Connection, stopped: Event, job: Job) -> None:
    """The worker's whole life."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides what an interrupt means
    try:
        answer = run(
            job,
            lambda progress, orders: connection.send((progress, dict(orders))),
            stopped.is_set,
            note=connection.send,
        )
        connection.send(answer)
    except (BrokenPipeError, EOFError):
        return  # nobody is listening any more
    except Exception as error:  # noqa: BLE001 - whatever it is, the parent must hear of it
        connection.send(SolverError(f"the search failed: {type(error).__name__}: {error}"))
    finally:
        connection.close()


def run_in_worker(job: Job, report: Report, stop: Callable[[], bool], note: Note | None = None) -> Answer:
    """As `pipeline.run`, in a new process.

    Whatever ends the worker, the best plan it told of is returned. An interrupt (Ctrl-C) stops the search;
    it is raised again only if there is no plan yet. Raises `SolverError` when the worker dies or fails
    without any plan.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe(duplex=False)
    stopped = context.Event()
    process = context.Process(target=_serve, args=(theirs, stopped, job), name="solver")
    process.start()
    theirs.close()
    talk = _Talk(ours, report, note)
    try:
        return _listen(job, talk, process, stopped, stop)
    except KeyboardInterrupt:
        stopped.set()
        talk.until(time.monotonic() + _GRACE_S)
        if talk.best is None:
            raise
        return Answer(talk.best, StoppedBy.INTERRUPT, ())
    finally:
        _end(process)
        ours.close()


class _Talk:
    """What has been heard from the worker."""

    def __init__(self, connection: Connection, report: Report, note: Note | None) -> None:
        self.connection, self.report, self.note = connection, report, note
        self.best: Orders | None = None
        self.answer: Answer | None = None
        self.closed = False

    def hear(self, wait_s: float) -> None:
        """Take in one message, if one comes in time."""
        try:
            if not self.connection.poll(wait_s):
                return
            message = self.connection.recv()
        except (EOFError, OSError):
            self.closed = True
            return
        if isinstance(message, SolverError):
            raise message
        if isinstance(message, Answer):
            self.answer, self.best, self.closed = message, message.orders, True
            return
        if isinstance(message, str):
            if self.note is not None:
                self.note(message)
            return
        progress, orders = message
        assert isinstance(progress, Progress)
        self.best = orders
        self.report(progress, orders)

    def until(self, deadline: float) -> None:
        """Listen until the worker has finished or the deadline has come."""
        while not self.closed and time.monotonic() < deadline:
            self.hear(_POLL_S)


def _listen(job: Job, talk: _Talk, process: Any, stopped: Event, stop: Callable[[], bool]) -> Answer:
    deadline = time.monotonic() + _STARTING_S
    asked = started = False
    while not talk.closed and time.monotonic() < deadline:
        talk.hear(_POLL_S)
        if talk.best is not None and not started:
            started = True
            deadline = time.monotonic() + (_GRACE_S if asked else job.time_limit_s + _OVERTIME_S)
        if not asked and not talk.closed and stop():
            asked = True
            stopped.set()
            if started:
                deadline = min(deadline, time.monotonic() + _GRACE_S)
    if talk.answer is not None:
        return talk.answer
    if asked and talk.best is not None:
        return Answer(talk.best, StoppedBy.STOP, ())
    process.join(_GRACE_S)
    how = "did not answer in time" if process.exitcode is None else f"ended with code {process.exitcode}"
    if talk.best is None:
        raise SolverError(f"the solver's worker process {how} before it had a plan")
    return Answer(talk.best, StoppedBy.WORKER_DIED, (Remark("worker_died", (how,)),))


def _end(process: Any) -> None:
    process.join(0.2)
    if process.is_alive():
        process.terminate()
        process.join(_GRACE_S)
    if process.is_alive():
        process.kill()
        process.join()
