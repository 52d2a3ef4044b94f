"""Where the lanes of a search run: in processes of their own, unless the caller hands in an executor."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait
from typing import Any


class Processes(Executor):
    """So many processes, each with a queue of its own: one that dies takes only its own errands with it.

    The next errand for a process that has died starts another. `close` ends them at once, whatever they do.
    """

    def __init__(self, count: int) -> None:
        self._lanes = [_process() for _ in range(count)]
        self._waiting = [0] * count
        self._lock = threading.Lock()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> Future[Any]:
        """Hand it to the process with the least to do."""
        with self._lock:
            lane = min(range(len(self._lanes)), key=self._waiting.__getitem__)
            self._waiting[lane] += 1
        try:
            future = self._lanes[lane].submit(function, *arguments, **named)
        except BrokenProcessPool:
            self._lanes[lane] = _process()
            future = self._lanes[lane].submit(function, *arguments, **named)
        future.add_done_callback(lambda _future: self._done(lane))
        return future

    def _done(self, lane: int) -> None:
        with self._lock:
            self._waiting[lane] -= 1

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """As any executor's."""
        for lane in self._lanes:
            lane.shutdown(wait, cancel_futures=cancel_futures)

    def close(self) -> None:
        """End all processes now."""
        for lane in self._lanes:
            processes = list((lane._processes or {}).values())
            lane.shutdown(wait=False, cancel_futures=True)
            for process in processes:
                process.kill()
            for process in processes:
                process.join()


def _process() -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begin)


def _begin() -> None:
    """In a new process: an interrupt is its parent's to deal with, and it ends when its parent does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    wait([sentinel])
    os._exit(1)
